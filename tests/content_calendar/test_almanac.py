"""Festivals, solar terms and make-up days against the almanac, year by year: dates copied from printed tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from content_calendar.cadence import occurrences
from content_calendar.entry import Entry
from content_calendar.rules import parse_rule

ZONE = ZoneInfo("Asia/Shanghai")
# Of 2024, 2025 and so on to 2032.
ALMANAC = {
    "农历正月初一": "02-10 01-29 02-17 02-06 01-26 02-13 02-03 01-23 02-11",
    "腊月三十": "02-09 01-28 02-16 02-05 01-25 02-12 02-02 01-22 02-10",
    "农历五月初五": "06-10 05-31 06-19 06-09 05-28 06-16 06-05 06-24 06-12",
    "lunar 8-15": "09-17 10-06 09-25 09-15 10-03 09-22 09-12 10-01 09-19",
    "农历九月初九": "10-11 10-29 10-18 10-08 10-26 10-16 10-05 10-24 10-12",
    "节气 清明": "04-04 04-04 04-05 04-05 04-04 04-04 04-05 04-05 04-04",
    "term 冬至": "12-21 12-21 12-22 12-22 12-21 12-21 12-22 12-22 12-21",
}


def days(rule: str, first: date, last: date) -> list[date]:
    entry = Entry(key="e", rule=str(parse_rule(rule)), time=time(9))
    start = datetime.combine(first, time(), ZONE).astimezone(UTC)
    end = datetime.combine(last, time.max, ZONE).astimezone(UTC)
    return [one.local_date for one in occurrences(entry, ZONE, start, end)]


@pytest.mark.parametrize("rule", ALMANAC)
def test_nine_years(rule: str) -> None:
    wanted = [date.fromisoformat(f"{year}-{day}") for year, day in enumerate(ALMANAC[rule].split(), 2024)]
    assert days(rule, date(2024, 1, 1), date(2032, 12, 31)) == wanted


@pytest.mark.parametrize(
    ("year", "worked", "free"),
    [
        # As the State Council announced them: make-up days, and weekdays off.
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12", "02-12 04-04 10-07"),
        (2025, "01-26 02-08 04-27 09-28 10-11", "02-04 04-04 06-02 10-08"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10", "01-02 02-23 06-19 10-07"),
    ],
)
def test_make_up_days_are_worked_and_holidays_are_not(year: int, worked: str, free: str) -> None:
    found = set(days("工作日", date(year, 1, 1), date(year, 12, 31)))
    assert {date.fromisoformat(f"{year}-{day}") for day in worked.split()} <= found
    assert not {date.fromisoformat(f"{year}-{day}") for day in free.split()} & found


def test_the_fifth_weekday_the_31st_and_the_29th_of_february() -> None:
    year = (date(2027, 1, 1), date(2027, 12, 31))
    assert [f"{day:%m-%d}" for day in days("monthly 5th sat", *year)] == ["01-30", "05-29", "07-31", "10-30"]
    assert [f"{day:%m-%d}" for day in days("monthly 31", *year)][:4] == ["01-31", "02-28", "03-31", "04-30"]
    assert [f"{day:%m-%d}" for day in days("每月最后一天", *year)][1:3] == ["02-28", "03-31"]
    leap = days("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2024, 1, 1), date(2032, 12, 31))
    assert leap == [date(2024, 2, 29), date(2028, 2, 29), date(2032, 2, 29)]
