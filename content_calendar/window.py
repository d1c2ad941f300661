"""The column `window`: how far from its own time a group may move an optional entry, either way."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from content_calendar.entry import Entry
from models.patterns import compile_later

EXPECTED = "各群前后最多能挪多久：30m 30分钟、2h 2小时 或 1d 1天；空着不限"

_UNITS = {"m": 1, "min": 1, "分": 1, "分钟": 1, "h": 60, "小时": 60, "个小时": 60, "d": 24 * 60, "天": 24 * 60}
_NAMES = {"d": 24 * 60, "h": 60, "m": 1}
_CHINESE = {"d": "天", "h": "小时", "m": "分钟"}
_WINDOW = compile_later(
    rf"(?:前后|±|\+-)?\s*(\d{{1,4}})\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})", re.ASCII
)


class WindowError(ValueError):
    """The window cannot be read; the message says in Chinese what is expected."""


def parse_window(text: str) -> timedelta | None:
    """How far a group may move the entry; `None` for an empty text, which sets no bound. Raises `WindowError`."""
    word = text.strip().lower()
    if not word:
        return None
    match = _WINDOW.fullmatch(word)
    if match is None or not int(match[1]):
        raise WindowError(EXPECTED)
    return timedelta(minutes=int(match[1]) * _UNITS[match[2]])


def written_window(window: timedelta | None) -> str:
    """The one canonical spelling."""
    return "".join(_parts(window)) if window else ""


def told_window(window: timedelta) -> str:
    """As people say it: 2 小时."""
    number, unit = _parts(window)
    return f"{number} {_CHINESE[unit]}"


def is_beyond(entry: Entry, version: Entry) -> bool:
    """Whether a group's own version lies further from the entry than the entry's window allows.

    Of what repeats the first days are compared, and the times; where only one of them has a first day, it is.
    """
    window = parse_window(entry.window)
    if window is None:
        return False
    first, own = entry.date or version.date, version.date
    if first is None or own is None:
        first = own = date.min
    elif entry.date is None:
        return True
    moved = datetime.combine(own, version.time or time()) - datetime.combine(first, entry.time or time())
    return abs(moved) > window


def _parts(window: timedelta) -> tuple[str, str]:
    minutes = window // timedelta(minutes=1)
    unit, size = next((unit, size) for unit, size in _NAMES.items() if minutes % size == 0)
    return str(minutes // size), unit
