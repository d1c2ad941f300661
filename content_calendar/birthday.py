"""Birthdays as the survey stores them, and the days on which they are celebrated.

Values: `YYYY-MM-DD`, `--MM-DD`, `lunar:MM-DD`, `lunar:YYYY-MM-DD`. The year of birth does not matter here. 29 February
is celebrated on the 28th in common years; a lunar day that a year lacks on the day before.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date

import msgspec

from content_calendar.lunar import lunar_day

_LEAP_YEAR = 2000
_LONGEST_MONTH = 31
_LONGEST_LUNAR_MONTH = 30
_MONTHS = 12


class Birthday(msgspec.Struct, frozen=True):
    """A day of every year, by the solar or the lunar calendar."""

    lunar: bool
    month: int
    day: int


def celebrations(birthday: Birthday, since: date, last: date) -> Iterator[date]:
    """The days from `since` to `last` (both included) on which it is celebrated, ascending."""
    for year in range(since.year - birthday.lunar, last.year + 1):
        day = _celebration(birthday, year)
        if since <= day <= last:
            yield day


def celebrated_on(day: date) -> tuple[Birthday, ...]:
    """Whose birthdays are celebrated on that day, by both calendars."""
    every = (
        Birthday(lunar, month, number)
        for lunar, longest in ((False, _LONGEST_MONTH), (True, _LONGEST_LUNAR_MONTH))
        for month in range(1, _MONTHS + 1)
        for number in range(1, longest + 1)
    )
    known = (one for one in every if one.lunar or one.day <= calendar.monthrange(_LEAP_YEAR, one.month)[1])
    return tuple(one for one in known if next(celebrations(one, day, day), None))


def _celebration(birthday: Birthday, year: int) -> date:
    if birthday.lunar:
        return lunar_day(year, birthday.month, birthday.day)
    return date(year, birthday.month, min(birthday.day, calendar.monthrange(year, birthday.month)[1]))
