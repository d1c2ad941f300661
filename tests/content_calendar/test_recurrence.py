"""RFC 5545 rules: refusals, and days that agree with an expansion from the very first day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.recurrence import RecurrenceError, days, parse_recurrence

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("RRULE:", "RRULE 里没有"),
        ("FREQ=DAILY", "RRULE: 后面"),
        ("RRULE:INTERVAL=2", "要有 FREQ"),
        ("RRULE:FREQ=HOURLY", "太密"),
        ("RRULE:FREQ=MINUTELY;INTERVAL=5", "太密"),
        ("RRULE:FREQ=NEVER", "FREQ 写"),
        ("RRULE:FREQ=DAILY;FREQ=DAILY", "两次"),
        ("RRULE:FREQ=DAILY;BYHOUR=9", "没有「BYHOUR」"),
        ("RRULE:FREQ=DAILY;BYEASTER=0", "没有「BYEASTER」"),
        ("RRULE:FREQ=DAILY;DTSTART=20261101", "没有「DTSTART」"),
        ("RRULE:FREQ=WEEKLY;BYDAY=1,4", "不写数字"),
        ("RRULE:FREQ=WEEKLY;BYDAY=", "不写数字"),
        ("RRULE:FREQ=WEEKLY;BYDAY=2MO", "第几个"),
        ("RRULE:FREQ=DAILY;COUNT=0", "COUNT 写 1"),
        ("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20261231", "只写一个"),
        ("RRULE:FREQ=DAILY;UNTIL=20261332", "UNTIL 写"),
        ("RRULE:FREQ=DAILY;UNTIL=2026-12-31", "UNTIL 写"),
        ("RRULE:FREQ=DAILY;INTERVAL=-1", "INTERVAL 写"),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY 写"),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "没有 BYMONTHDAY 这一天"),
        ("RRULE:FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS 要"),
        ("RRULE:FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO 只"),
        ("RRULE:FREQ=DAILY;WKST=1", "WKST 写"),
    ],
)
def test_what_we_do_not_take_is_refused_by_name(rule: str, says: str) -> None:
    with pytest.raises(RecurrenceError, match=re.escape(says)):
        parse_recurrence(rule)


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        ("FREQ=DAILY", False),
        ("FREQ=WEEKLY;BYDAY=MO", False),
        ("FREQ=MONTHLY;BYDAY=2SA", False),
        ("FREQ=WEEKLY", True),
        ("FREQ=MONTHLY", True),
        ("FREQ=YEARLY;BYMONTH=5", True),
        ("FREQ=YEARLY;BYWEEKNO=20", True),
        ("FREQ=DAILY;INTERVAL=2", True),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", True),
        ("FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231", False),
    ],
)
def test_a_rule_says_whether_it_depends_on_its_first_day(rule: str, needs: bool) -> None:
    assert parse_recurrence(f"RRULE:{rule}").needs_first_day is needs


def expanded(rule: str, first: date | None, since: date, last: date, at: time = time(9)) -> list[date]:
    return list(days(parse_recurrence(f"RRULE:{rule}"), first, at, since, last, SHANGHAI))


def test_count_counts_from_the_first_day() -> None:
    found = expanded("FREQ=WEEKLY;BYDAY=MO;COUNT=3", date(2026, 11, 4), date(2026, 11, 10), date(2027, 12, 1))
    assert found == [date(2026, 11, 16), date(2026, 11, 23)]


@pytest.mark.parametrize(
    ("until", "at", "last"),
    [
        ("20261203", time(23, 59), 3),
        ("20261203T090000", time(9), 3),
        ("20261203T085959", time(9), 2),
        ("20261203T010000Z", time(9), 3),  # 09:00 in Shanghai
        ("20261203T005959Z", time(9), 2),
    ],
)
def test_until_admits_its_own_moment(until: str, at: time, last: int) -> None:
    found = expanded(f"FREQ=DAILY;UNTIL={until}", date(2026, 12, 1), date(2026, 11, 1), date(2027, 2, 1), at)
    assert found == [date(2026, 12, day) for day in range(1, last + 1)]


numbers = st.lists(st.integers(1, 28), min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))
weekdays = st.lists(st.sampled_from(DAY_NAMES), min_size=1, max_size=3, unique=True).map(",".join)
months = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(lambda found: ",".join(map(str, found)))
rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds("FREQ=DAILY;INTERVAL={};BYDAY={}".format, st.integers(1, 3), weekdays),
    st.builds(
        "FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST={}".format, st.integers(1, 9), weekdays, st.sampled_from(DAY_NAMES)
    ),
    st.builds("FREQ=WEEKLY;INTERVAL={}".format, st.integers(1, 9)),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format, st.integers(1, 14), numbers),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 14)),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={};BYSETPOS=-1".format, st.integers(1, 5), weekdays),
    st.builds("FREQ=YEARLY;INTERVAL={};BYMONTH={}".format, st.integers(1, 4), months),
    st.builds("FREQ=YEARLY;INTERVAL={};BYMONTH={};BYDAY={}".format, st.integers(1, 4), months, weekdays),
    st.builds("FREQ=YEARLY;INTERVAL={};BYYEARDAY={}".format, st.integers(1, 4), st.integers(1, 365)),
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, st.integers(1, 53), weekdays),
    st.builds("FREQ=WEEKLY;BYDAY={};COUNT={}".format, weekdays, st.integers(1, 200)),
)


@given(rules, st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.dates(date(2020, 1, 1), date(2028, 1, 1)))
def test_beginning_near_the_days_asked_for_finds_what_counting_from_the_first_day_finds(
    rule: str, first: date, since: date
) -> None:
    last = since + timedelta(days=400)
    beginning = datetime.combine(first, time(), tzinfo=UTC)
    reference = rrulestr(rule, dtstart=beginning).between(
        datetime.combine(since, time(), tzinfo=UTC), datetime.combine(last, time(), tzinfo=UTC), inc=True
    )
    assert expanded(rule, first, since, last) == [moment.date() for moment in reference]
