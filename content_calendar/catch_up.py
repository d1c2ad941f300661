"""What becomes of an occurrence whose time has passed before it could be planned.

The policy stands in the entry: `skip` (the default) lets it go, `within 2h` still sends it for so long, `ask` waits for
a human.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, tzinfo
from typing import Literal

import msgspec

from models.patterns import compile_later

EXPECTED = "skip 跳过、within 2h 2小时内补，或 ask 询问"


class Skip(msgspec.Struct, frozen=True):
    """A missed occurrence is left out."""

    def __str__(self) -> str:
        return "skip"


class Within(msgspec.Struct, frozen=True):
    """A missed occurrence still leaves if it is not later than `limit`."""

    limit: timedelta

    def __str__(self) -> str:
        number, unit = _parts(self)
        return f"within {number}{unit}"


class AskFirst(msgspec.Struct, frozen=True):
    """A missed occurrence waits for a human's word."""

    def __str__(self) -> str:
        return "ask"


Policy = Skip | Within | AskFirst


class Send(msgspec.Struct, frozen=True):
    """It leaves now."""


class TooLate(msgspec.Struct, frozen=True):
    """It does not leave; `state` is the state of its deliveries, their reason is `too_late`."""

    state: Literal["skipped", "expired"]


class Ask(msgspec.Struct, frozen=True):
    """It waits (`not_approved`) until somebody approves the entry."""


Decision = Send | TooLate | Ask


class CatchUpError(ValueError):
    """The policy cannot be read; the message says in Chinese what is expected."""


_WORDS: dict[str, Policy] = {
    "": Skip(),
    "skip": Skip(),
    "跳过": Skip(),
    "不补": Skip(),
    "ask": AskFirst(),
    "询问": AskFirst(),
}
# Over midnight something may be under way for so long.
_A_WHILE = timedelta(hours=1)
_SIZES = {"d": 24 * 60, "h": 60, "m": 1}
_CHINESE = {"d": "天", "h": "小时", "m": "分钟"}
_MINUTES = {"m": 1, "min": 1, "分": 1, "分钟": 1, "h": 60, "小时": 60, "个小时": 60, "d": 24 * 60, "天": 24 * 60}
_WITHIN = compile_later(
    r"within\s*(\d{1,4})\s*(m|min|h|d)|(\d{1,4}|[一两二三四五六七八九十])\s*(分钟|分|个小时|小时|天)(?:之内|以内|内)补发?",
    re.ASCII,
)
_NUMERALS = {"两": 2} | {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}


def parse_policy(text: str) -> Policy:
    """Read the column `catch_up`. Raises `CatchUpError`, whose message says what is expected."""
    word = unicodedata.normalize("NFKC", text).strip().lower()  # full-width digits of a Chinese keyboard
    if word in _WORDS:
        return _WORDS[word]
    match = _WITHIN.fullmatch(word)
    written = (match[1] or match[3]) if match else ""
    number = _NUMERALS.get(written) or int(written or 0)
    if match is None or not number:
        raise CatchUpError(EXPECTED)
    return Within(timedelta(minutes=number * _MINUTES[match[2] or match[4]]))


def told_policy(policy: Policy) -> str:
    """As people write it; it reads back as the same."""
    match policy:
        case Within():
            number, unit = _parts(policy)
            return f"{number}{_CHINESE[unit]}内补"
        case AskFirst():
            return "询问"
        case Skip():
            return "跳过"


def _parts(policy: Within) -> tuple[int, str]:
    minutes = policy.limit // timedelta(minutes=1)
    unit, size = next((unit, size) for unit, size in _SIZES.items() if minutes % size == 0)
    return minutes // size, unit


def decide(policy: Policy, due: datetime, now: datetime) -> Decision:
    """Decide about an occurrence that was missed at `due` and is found at `now` (both aware)."""
    match policy:
        case Within(limit=limit):
            return Send() if now - due <= limit else TooLate("expired")
        case AskFirst():
            return Ask()
        case Skip():
            return TooLate("skipped")


def held_up(policy: Policy, ready: datetime, now: datetime, zone: tzinfo) -> Decision:
    """Decide about what was planned in time and was ready to leave at `ready` (aware), when the program went down until
    `now`. It is of its day, unless the policy says for how long it may still leave."""
    match policy:
        case Within():
            return decide(policy, ready, now)
        case _ if now - ready <= _A_WHILE or ready.astimezone(zone).date() == now.astimezone(zone).date():
            return Send()
        case _:
            return decide(policy, ready, now)
