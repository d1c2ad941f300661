"""An entry on another day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.cadence import occurrences
from content_calendar.entry import Entry
from content_calendar.moving import CannotMove, can_move, moved

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)


def entry(rule: str = "", **more: object) -> Entry:
    return Entry(key="e", **{"date": MONDAY, "time": time(9), "rule": rule, "text": "早", **more})  # type: ignore[arg-type]


def days(one: Entry) -> set[date]:
    start = datetime(2026, 10, 1, tzinfo=UTC)
    return {found.local_date for found in occurrences(one, ZONE, start, start + 300 * DAY)}


def test_what_happens_once_takes_its_end_along() -> None:
    once = entry(not_after=datetime(2026, 11, 30, 20))  # noqa: DTZ001  the wall clock of the merchant's zone
    assert moved(once, MONDAY, MONDAY + 2 * DAY) == entry(
        date=MONDAY + 2 * DAY,
        not_after=datetime(2026, 12, 2, 20),  # noqa: DTZ001
    )


@pytest.mark.parametrize(
    ("rule", "day", "to", "becomes"),
    [
        ("weekly mon,thu", MONDAY, MONDAY + DAY, "weekly tue,thu"),
        ("weekly mon", MONDAY, MONDAY - DAY, "weekly sun"),
        ("monthly 15", date(2026, 12, 15), date(2026, 12, 18), "monthly 18"),
        ("monthly last", date(2026, 12, 31), date(2026, 12, 30), "monthly 30"),
        ("monthly 31", date(2027, 2, 28), date(2027, 2, 27), "monthly 27"),
        ("monthly 2nd sat", date(2026, 12, 12), date(2026, 12, 20), "monthly 3rd sun"),
    ],
)
def test_what_repeats_repeats_on_another_day(rule: str, day: date, to: date, becomes: str) -> None:
    assert moved(entry(rule), day, to).rule == becomes


@pytest.mark.parametrize(
    ("rule", "to", "why"),
    [
        ("weekly mon,thu", MONDAY + 3 * DAY, "周四本来就发"),
        ("monthly 30", MONDAY + DAY, "只能在当月里挪"),
        ("daily", MONDAY + DAY, "没有固定的星期几或几号"),
        ("lunar 8-15", MONDAY + DAY, "没有固定的星期几或几号"),
        ("", MONDAY, "没有动"),
    ],
)
def test_why_it_cannot_be_moved(rule: str, to: date, why: str) -> None:
    with pytest.raises(CannotMove, match=why):
        moved(entry(rule), MONDAY, to)


RULES = [
    *("", "weekly mon", "weekly tue,sat", "monthly 30", "monthly 31", "monthly last", "monthly 1st tue"),
    *("monthly last fri", "daily", "workdays", "lunar 11-1", "term 冬至", "RRULE:FREQ=WEEKLY;INTERVAL=2"),
]


@given(st.sampled_from(RULES), st.integers(0, 30), st.integers(-30, 30))
def test_a_moved_occurrence_is_there_and_not_where_it_was(rule: str, number: int, by: int) -> None:
    one = entry(rule)
    known = sorted(day for day in days(one) if day < date(2027, 5, 1))
    day = known[number % len(known)]
    try:
        new = moved(one, day, day + by * DAY)
    except CannotMove:
        assert by == 0 or rule  # what happens once goes anywhere
        return
    assert day + by * DAY in days(new)
    assert day not in days(new)
    assert can_move(one)
