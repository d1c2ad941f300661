"""可挪: how far from its own time a group may move an entry."""

from __future__ import annotations

import datetime as dt

import pytest

from content_calendar.entry import Entry
from content_calendar.window import WindowError, is_beyond, parse_window, written_window

DAY = dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("", ""), ("2h", "2h"), ("前后2小时", "2h"), ("±90分钟", "90m"), ("120m", "2h"), ("1天", "1d"), ("48 h", "2d")],
)
def test_every_spelling_has_one_that_is_kept(text: str, canonical: str) -> None:
    assert written_window(parse_window(text)) == canonical
    assert written_window(parse_window(canonical)) == canonical


@pytest.mark.parametrize("text", ["2", "0h", "两小时", "1h30m", "-2h"])
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(WindowError, match="前后"):
        parse_window(text)


@pytest.mark.parametrize(
    ("rule", "first", "own_first", "own_time", "beyond"),
    [
        ("", DAY, DAY, dt.time(12), False),
        ("", DAY, DAY, dt.time(12, 1), True),
        ("", DAY, dt.date(2027, 1, 1), dt.time(10), True),
        ("daily", None, None, dt.time(8), False),
        ("daily", None, None, dt.time(7, 59), True),
        ("daily", None, DAY, dt.time(10), True),
        ("daily", DAY, DAY, None, True),
    ],
)
def test_either_way_over_days_and_times(
    rule: str, first: dt.date | None, own_first: dt.date | None, own_time: dt.time | None, beyond: bool
) -> None:
    entry = Entry(key="a", rule=rule, date=first, time=dt.time(10), window="2h")
    version = Entry(key="a", rule=rule, date=own_first, time=own_time, window="2h")
    assert is_beyond(entry, version) == beyond
    assert not is_beyond(Entry(key="a", date=DAY, time=dt.time(10)), version)
