"""Texts in several parts, and wordings for some: what an entry says to this person or group, decided when it leaves.

In a text a line `---` ends a part; parts leave one after the other. Within a part a line that begins with a mark such
as `【标签 爱红酒】`, `[tier 分舵；堂口]` or `【阶段 成熟期】` begins what those get instead of what stands before it,
on the same line or below; the first that fits counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

import msgspec

from models.life_cycle import stage_named
from models.patterns import compile_later

PART_MARK = "---"
"""What a line between two parts begins with; no other text needs a look."""

_BETWEEN = compile_later(r"^[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_HEAD = compile_later(
    r"^[ \t]*[\[【][ \t]*(tier|tag|stage|层级|标签|阶段)[ \t]*[:： \t][ \t]*([^\[\]【】\n]+?)[ \t]*[\]】]",
    re.MULTILINE | re.IGNORECASE,
)
_SEVERAL = compile_later(r"[;；、]")
By = Literal["tier", "tag", "stage"]
_BY: dict[str, By] = {
    "tier": "tier",
    "层级": "tier",
    "tag": "tag",
    "标签": "tag",
    "stage": "stage",
    "阶段": "stage",
}

TITLES: dict[By, str] = {"tier": "层级", "tag": "标签", "stage": "阶段"}
"""What people call them."""


class Wording(msgspec.Struct, frozen=True):
    """What whoever is in one of these tiers or stages, or has one of these tags, gets instead."""

    by: By
    names: tuple[str, ...]
    text: str


class Part(msgspec.Struct, frozen=True):
    """One message of a text: what everybody gets, empty where only some get anything, and the wordings for some."""

    text: str
    wordings: tuple[Wording, ...] = ()

    def said_to(self, tiers: Collection[str], tags: Collection[str], stage: str | None = None) -> str:
        """The text for somebody in these tiers, with these tags and in that stage."""
        for one in self.wordings:
            theirs = tiers if one.by == "tier" else tags if one.by == "tag" else {stage}
            if any((stage_named(name) if one.by == "stage" else name) in theirs for name in one.names):
                return one.text
        return self.text


def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of a text, at least one; those without any words are left out."""
    found = tuple(_part(piece) for piece in _BETWEEN.split(text) if piece.strip())
    return found or (Part(text),)


def written(parts: Iterable[Part]) -> str:
    """The text of these parts, which reads back as them."""
    pieces = (
        "\n".join(filter(None, (one.text, *(f"{_head(some)}\n{some.text}" for some in one.wordings)))) for one in parts
    )
    return f"\n{PART_MARK}\n".join(piece for piece in pieces if piece.strip())


def _head(some: Wording) -> str:
    return f"【{TITLES[some.by]} {'；'.join(some.names)}】"


def said(text: str, part: int, tiers: Collection[str], tags: Collection[str], stage: str | None = None) -> str | None:
    """What the part with this number, from 1, says to somebody; `None` if there is no such part, or nothing for them.

    A text without marks is said as it stands.
    """
    if PART_MARK not in text and not _HEAD.search(text):
        return text if part == 1 else None
    parts = parts_of(text)
    return (parts[part - 1].said_to(tiers, tags, stage) or None) if part <= len(parts) else None


def by_stage(text: str) -> bool:
    """Whether a text has wordings for the stages of customers."""
    return any(by == "stage" for by, _name in names_in(text))


def names_in(text: str) -> Iterator[tuple[By, str]]:
    """The tiers, tags and stages that a text has wordings for."""
    for head in _HEAD.finditer(text):
        for name in _names(head[2]):
            yield _BY[head[1].lower()], name


def _part(piece: str) -> Part:
    # Between the heads stand, in turn: the text, what it is by, the names, the text for those, …
    text, *rest = _HEAD.split(piece)
    wordings = tuple(
        Wording(_BY[by.lower()], _names(names), words.strip())
        for by, names, words in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    )
    return Part(text.strip(), wordings)


def _names(written: str) -> tuple[str, ...]:
    return tuple(name for piece in _SEVERAL.split(written) if (name := " ".join(piece.split())))
