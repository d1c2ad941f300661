"""Public holidays of mainland China and the make-up working days that pay for them.

The State Council announces the arrangement year by year. For a year that is not known yet, the weekday decides:
Monday to Friday are worked, and no day is a public holiday. `is_known` lets the lint say so.
"""

from __future__ import annotations

from datetime import date

import chinese_calendar
from chinese_calendar import constants

_SATURDAY = 5
_KNOWN_YEARS = frozenset(day.year for day in constants.holidays)
LAST_KNOWN_YEAR = max(_KNOWN_YEARS)


def is_known(year: int) -> bool:
    """Whether the official arrangement of that year is in the data."""
    return year in _KNOWN_YEARS


def is_public_holiday(day: date) -> bool:
    """A day off because of a holiday, bridging days included; an ordinary weekend is none."""
    return day in constants.holidays


def is_make_up_day(day: date) -> bool:
    """A Saturday or Sunday that is worked because of a holiday nearby."""
    return day in constants.workdays


def is_working_day(day: date) -> bool:
    """Whether offices work: weekdays that are no holiday, and make-up days."""
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY


def days_off() -> tuple[date, ...]:
    """All known public holidays from Monday to Friday, ascending."""
    return tuple(sorted(day for day in constants.holidays if day.weekday() < _SATURDAY))


def make_up_days() -> tuple[date, ...]:
    """All known make-up working days, ascending."""
    return tuple(sorted(constants.workdays))
