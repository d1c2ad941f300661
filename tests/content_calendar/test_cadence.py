"""Occurrences: the right days and moments, in order, once each, and found without counting from the beginning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.cadence import Occurrence, is_personal, next_days, next_occurrence, occurrences
from content_calendar.entry import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")

RULES = [
    "",
    "daily",
    "workdays",
    "weekly mon,thu",
    "monthly 15",
    "monthly 31",
    "monthly last",
    "monthly 2nd sat",
    "monthly 5th mon",
    "monthly last fri",
    "lunar 8-15",
    "lunar 12-30",
    "term 冬至",
    "term 小寒",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "RRULE:FREQ=DAILY;COUNT=30",
]


def days_of(rule: str, since: date, last: date, first: date | None = None) -> list[date]:
    entry = Entry(key="e", rule=rule, date=first, time=time(9))
    start = datetime.combine(since, time(), tzinfo=SHANGHAI)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=SHANGHAI)
    return [occurrence.local_date for occurrence in occurrences(entry, SHANGHAI, start, end)]


def test_without_a_rule_it_happens_once() -> None:
    assert days_of("", date(2026, 1, 1), date(2027, 1, 1), date(2026, 11, 25)) == [date(2026, 11, 25)]
    assert days_of("", date(2026, 12, 1), date(2027, 1, 1), date(2026, 11, 25)) == []
    assert days_of("", date(2026, 12, 1), date(2027, 1, 1)) == []


def test_a_rule_begins_on_the_date_of_the_entry() -> None:
    assert days_of("weekly wed", date(2026, 11, 1), date(2026, 12, 3), date(2026, 11, 25)) == [
        date(2026, 11, 25),
        date(2026, 12, 2),
    ]


def test_work_days_know_the_holidays_and_the_days_that_pay_for_them() -> None:
    # National Day 2026: off from 1 to 7 October, 20 September (Sunday) and 10 October (Saturday) are worked.
    assert days_of("workdays", date(2026, 9, 30), date(2026, 10, 12)) == [
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 9),
        date(2026, 10, 10),
        date(2026, 10, 12),
    ]
    assert date(2026, 9, 20) in days_of("workdays", date(2026, 9, 18), date(2026, 9, 21))


def test_work_days_of_a_year_without_data_are_monday_to_friday() -> None:
    assert days_of("workdays", date(2041, 1, 1), date(2041, 1, 7)) == [
        date(2041, 1, 1),
        date(2041, 1, 2),
        date(2041, 1, 3),
        date(2041, 1, 4),
        date(2041, 1, 7),
    ]


def test_a_day_that_a_month_lacks_is_its_last_day() -> None:
    assert days_of("monthly 31", date(2027, 1, 1), date(2027, 4, 30)) == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("monthly last", [date(2028, 2, 29), date(2028, 3, 31)]),
        ("monthly 2nd sat", [date(2028, 2, 12), date(2028, 3, 11)]),
        ("monthly last fri", [date(2028, 2, 25), date(2028, 3, 31)]),
        ("monthly 5th tue", [date(2028, 2, 29)]),
        ("monthly 1st tue", [date(2028, 2, 1), date(2028, 3, 7)]),
    ],
)
def test_months(rule: str, expected: list[date]) -> None:
    assert days_of(rule, date(2028, 2, 1), date(2028, 3, 31)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("lunar 8-15", [date(2025, 10, 6), date(2026, 9, 25), date(2027, 9, 15)]),
        ("lunar 12-30", [date(2025, 1, 28), date(2026, 2, 16), date(2027, 2, 5), date(2028, 1, 25)]),  # 除夕
        ("lunar 6-15", [date(2025, 7, 9), date(2026, 7, 28), date(2027, 7, 18)]),  # 2025 has a 闰六月
        ("term 冬至", [date(2025, 12, 21), date(2026, 12, 22), date(2027, 12, 22)]),
        ("term 小寒", [date(2025, 1, 5), date(2026, 1, 5), date(2027, 1, 5), date(2028, 1, 6)]),
        ("term 大雪", [date(2025, 12, 7), date(2026, 12, 7), date(2027, 12, 7)]),
    ],
)
def test_lunar_days_and_terms(rule: str, expected: list[date]) -> None:
    assert days_of(rule, date(2025, 1, 1), date(2028, 1, 31)) == expected


def test_the_moment_is_the_time_in_the_zone_of_the_merchant() -> None:
    entry = Entry(key="e", date=date(2026, 11, 25), time=time(9))
    assert list(occurrences(entry, SHANGHAI, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))) == [
        Occurrence(date(2026, 11, 25), datetime(2026, 11, 25, 1, tzinfo=UTC))
    ]


def test_a_range_has_its_start_and_not_its_end() -> None:
    entry = Entry(key="e", rule="daily", time=time(9))
    nine = datetime(2026, 11, 25, 1, tzinfo=UTC)
    found = occurrences(entry, SHANGHAI, nine, nine + timedelta(days=1))
    assert [occurrence.at_utc for occurrence in found] == [nine]


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        (NEW_YORK, date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # skipped: 03:30 EDT
        (NEW_YORK, date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # twice: first, EDT
        (LORD_HOWE, date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 45, tzinfo=UTC)),  # half an hour
        (NEW_YORK, date(2026, 3, 8), time(9), datetime(2026, 3, 8, 13, tzinfo=UTC)),
    ],
)
def test_changes_of_clocks(zone: ZoneInfo, day: date, at: time, utc: datetime) -> None:
    entry = Entry(key="e", rule="daily", time=at)
    found = list(occurrences(entry, zone, utc - timedelta(hours=12), utc + timedelta(hours=12)))
    assert Occurrence(day, utc) in found


@given(
    st.sampled_from(RULES),
    st.sampled_from([SHANGHAI, NEW_YORK, LORD_HOWE]),
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone
    st.dates(date(2023, 1, 1), date(2028, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_400_days_of_every_rule(rule: str, zone: ZoneInfo, naive: datetime, first: date, at: time) -> None:
    entry = Entry(key="e", rule=rule, date=first, time=at)
    start = naive.replace(tzinfo=UTC)
    end = start + timedelta(days=400)
    found = list(occurrences(entry, zone, start, end))
    moments = [occurrence.at_utc for occurrence in found]
    assert moments == sorted(set(moments))
    assert len({occurrence.local_date for occurrence in found}) == len(found)
    assert all(start <= moment < end for moment in moments)
    assert all(occurrence.local_date >= first for occurrence in found)
    middle = start + timedelta(days=123, hours=7)
    halves = [*occurrences(entry, zone, start, middle), *occurrences(entry, zone, middle, end)]
    assert halves == found
    expected_next = next((occurrence for occurrence in found if occurrence.at_utc > middle), None)
    if expected_next is not None:
        assert next_occurrence(entry, zone, middle) == expected_next


def test_the_next_one_can_be_far_away_and_does_not_repeat() -> None:
    entry = Entry(key="e", rule="RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date=date(2000, 2, 29), time=time(9))
    found = next_occurrence(entry, SHANGHAI, datetime(2026, 11, 22, tzinfo=UTC))
    assert found == Occurrence(date(2028, 2, 29), datetime(2028, 2, 29, 1, tzinfo=UTC))
    assert found is not None
    following = next_occurrence(entry, SHANGHAI, found.at_utc)
    assert following is not None
    assert following.local_date == date(2032, 2, 29)


def test_the_next_one_of_a_rule_that_begins_later_is_its_first() -> None:
    entry = Entry(key="e", rule="daily", date=date(2090, 1, 1), time=time(9))
    found = next_occurrence(entry, SHANGHAI, datetime(2026, 1, 1, tzinfo=UTC))
    assert found is not None
    assert found.local_date == date(2090, 1, 1)


def test_there_is_no_next_one_after_the_last() -> None:
    once = Entry(key="e", date=date(2026, 11, 25), time=time(9))
    assert next_occurrence(once, SHANGHAI, datetime(2026, 11, 25, 1, tzinfo=UTC)) is None
    ended = Entry(key="e", rule="RRULE:FREQ=DAILY;UNTIL=20261126", date=date(2026, 11, 25), time=time(9))
    assert next_occurrence(ended, SHANGHAI, datetime(2026, 11, 26, 1, tzinfo=UTC)) is None


def test_rules_that_count_from_members_have_no_occurrences_of_their_own() -> None:
    entry = Entry(key="e", rule="birthday", time=time(9))
    assert is_personal(entry)
    assert not is_personal(Entry(key="e", rule="daily"))
    assert list(occurrences(entry, SHANGHAI, datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))) == []
    assert next_occurrence(entry, SHANGHAI, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_the_days_excepted_are_passed_over() -> None:
    entry = Entry(key="e", rule="daily", time=time(9), but=(date(2026, 11, 26), date(2026, 11, 27)))
    after = datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)
    assert [one.local_date.day for one in next_days(entry, SHANGHAI, after, 2)] == [28, 29]
