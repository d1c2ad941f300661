"""One line of the content calendar: what shall be said, to whom, and when.

An entry keeps what the operator wrote, in one canonical spelling: dates and times are wall-clock values of the
merchant's zone (`date`, `time`, `not_after`), the repetition is the English spelling of `rules`, the policy that of
`catch_up`. Moments in UTC are made by `cadence.occurrences` and `expires_at`, which are told the zone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from models.patterns import compile_later

Kind = Literal[
    "text",
    "image",
    "album",
    "video",
    "file",
    "link",
    "mini_program",
    "card",
    "announcement",
    "question",
    "gathering",
    "coupon",
    "testers",
]

Priority = Annotated[int, msgspec.Meta(ge=1, le=9)]
WallClock = Annotated[dt.datetime, msgspec.Meta(tz=False)]

_REVISION_DIGITS = 12
_MINUS = "-"
_SIGNED_UP = compile_later(r"(?:报名|signup)[:：] ?(.+)")


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A calendar entry, with the columns of the workbook.

    `rule` is empty for an entry that happens once, on `date`; with a rule `date` is the first day it may fall on,
    and it passes over the days `but`.
    A group may move an optional entry by its `window` at most. `groups` are room ids, `tiers` names of tiers, `media`
    references into the media folder or links, in their order.
    """

    key: str
    title: str = ""
    kind: Kind = "text"
    content_kind: str = ""
    theme: str = ""
    date: dt.date | None = None
    time: dt.time | None = None
    rule: str = ""
    tiers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    text: str = ""
    media: tuple[str, ...] = ()
    promotional: bool = False
    priority: Priority = 5
    not_after: WallClock | None = None
    catch_up: str = "skip"
    optional: bool = False
    rollout: str = ""
    but: tuple[dt.date, ...] = ()
    window: str = ""

    @property
    def revision(self) -> str:
        """Names this content: equal entries have equal revisions, on every machine and in every process."""
        return hashlib.sha256(to_json(self)).hexdigest()[:_REVISION_DIGITS]


def asked_for(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags by which people are meant."""
    return tuple(tag for tag in tags if not tag.startswith(_MINUS))


def kept_out(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags of those who are left out all the same, as in `-已退款`."""
    return tuple(tag.removeprefix(_MINUS).strip() for tag in tags if tag.startswith(_MINUS))


def signed_up_for(tag: str) -> str | None:
    """The key of the gathering whose list such a tag stands for, as in `报名:酒会`; `None` for a tag of people."""
    match = _SIGNED_UP.fullmatch(tag)
    return match[1] if match else None


def to_json(entry: Entry) -> bytes:
    """The canonical JSON of an entry: fields in the order of the columns, defaults left out."""
    return msgspec.json.encode(entry)


def from_json(data: bytes | str) -> Entry:
    """The entry that `to_json` wrote. Raises `msgspec.ValidationError` for anything else."""
    return msgspec.json.decode(data, type=Entry)


def expires_at(entry: Entry, zone: dt.tzinfo) -> dt.datetime | None:
    """The UTC moment after which nothing of the entry leaves any more, or `None`."""
    if entry.not_after is None:
        return None
    return entry.not_after.replace(tzinfo=zone).astimezone(dt.UTC)
