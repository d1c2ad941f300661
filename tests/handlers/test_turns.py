"""Rules that count from each member: on which local days it is whose turn, as the calendar plans it day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from content_calendar.cadence import by_the_day, occurrences
from content_calendar.entry import Entry
from handlers.planning import turn_of
from models.effects import Turn

SHANGHAI = ZoneInfo("Asia/Shanghai")
Born = tuple[bool, int, int]  # by the lunar calendar or not, month, day


def days_of(rule: str, anchor: Born | datetime, first: date | None = None) -> list[date]:
    """The days from 2026 to 2028 on which it is the turn of who was born, or came or spoke last, then."""
    found = []
    for day, turn in turns_of(rule, first):
        if isinstance(anchor, datetime):
            assert turn.start is not None
            assert turn.end is not None
            is_theirs = turn.start <= anchor < turn.end
        else:
            is_theirs = anchor in turn.born
        found += [day] if is_theirs else []
    return found


@cache
def turns_of(rule: str, first: date | None) -> list[tuple[date, Turn]]:
    """Each local day of those years with its turn."""
    entry = Entry(key="e", rule=rule, time=time(9, 30), date=first)
    start, end = datetime(2026, 1, 1, tzinfo=SHANGHAI), datetime(2029, 1, 1, tzinfo=SHANGHAI)
    found = []
    for occurrence in occurrences(by_the_day(entry), SHANGHAI, start, end):
        turn = turn_of(entry, occurrence, SHANGHAI)
        assert turn is not None
        found.append((occurrence.local_date, turn))
    return found


@pytest.mark.parametrize(
    ("born", "days"),
    [
        ((False, 11, 25), [date(2026, 11, 25), date(2027, 11, 25), date(2028, 11, 25)]),
        ((False, 1, 1), [date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)]),
        ((False, 2, 29), [date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]),
        ((True, 8, 15), [date(2026, 9, 25), date(2027, 9, 15), date(2028, 10, 3)]),
        ((True, 12, 30), [date(2026, 2, 16), date(2027, 2, 5), date(2028, 1, 25)]),
        ((False, 2, 30), []),
        ((False, 13, 1), []),
        ((True, 0, 10), []),
    ],
)
def test_birthdays(born: Born, days: list[date]) -> None:
    assert days_of("birthday", born) == days


def test_a_rule_that_counts_from_members_begins_on_the_date_of_the_entry() -> None:
    assert days_of("birthday", (False, 11, 25), date(2027, 1, 1)) == [date(2027, 11, 25), date(2028, 11, 25)]


def test_days_after_joining_are_local_days() -> None:
    joined = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 01:00 on the 25th in Shanghai
    assert days_of("joined+3d", joined) == [date(2026, 11, 28)]
    assert days_of("silent+30d", joined) == [date(2026, 12, 25)]


def test_the_day_of_joining_is_only_what_is_left_of_it() -> None:
    assert days_of("joined+0d", datetime(2026, 11, 25, 1, tzinfo=UTC)) == [date(2026, 11, 25)]
    assert days_of("joined+0d", datetime(2026, 11, 25, 2, tzinfo=UTC)) == []


def test_other_rules_have_no_turns() -> None:
    entry = Entry(key="e", rule="daily", time=time(9, 30))
    start = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    occurrence = next(occurrences(entry, SHANGHAI, start, datetime(2026, 1, 3, tzinfo=SHANGHAI)))
    assert turn_of(entry, occurrence, SHANGHAI) is None
