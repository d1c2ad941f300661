"""Public holidays of mainland China and the make-up working days that pay for them.

The State Council announces the arrangement year by year, the library knows it some months later, and the configuration
may tell what it does not know (`announce`). For a year that is not known yet, the weekday decides: Monday to Friday are
worked, and no day is a public holiday. `is_known` lets the lint say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import chinese_calendar
import msgspec
from chinese_calendar import constants

_SATURDAY = 5
_KNOWN_YEARS = frozenset(day.year for day in constants.holidays)
LAST_KNOWN_YEAR = max(_KNOWN_YEARS)
"""The last year that the library knows."""


class Announced(msgspec.Struct, frozen=True):
    """The arrangement of a year: the days off (bridging days and weekends among them) and the make-up days."""

    year: int
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


class _Told:
    """What the configuration of this process has announced: the same for all its merchants, as holidays are."""

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()


def announce(years: Iterable[Announced]) -> None:
    """Take arrangements over, in place of those that were announced before. A year that the library knows stays."""
    new = [one for one in years if one.year not in _KNOWN_YEARS]
    _Told.years = frozenset(one.year for one in new)
    _Told.off = frozenset(day for one in new for day in one.off)
    _Told.worked = frozenset(day for one in new for day in one.worked)


def is_known(year: int) -> bool:
    """Whether the official arrangement of that year is in the data, or was announced."""
    return year in _KNOWN_YEARS or year in _Told.years


def is_public_holiday(day: date) -> bool:
    """A day off because of a holiday, bridging days included; an ordinary weekend is none."""
    return day in constants.holidays or day in _Told.off


def is_make_up_day(day: date) -> bool:
    """A Saturday or Sunday that is worked because of a holiday nearby."""
    return day in constants.workdays or day in _Told.worked


def is_working_day(day: date) -> bool:
    """Whether offices work: weekdays that are no holiday, and make-up days."""
    if day in _Told.worked or day in _Told.off:
        return day in _Told.worked
    if day.year in _KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY


def days_off() -> tuple[date, ...]:
    """All known public holidays from Monday to Friday, ascending."""
    return tuple(sorted(day for day in {*constants.holidays, *_Told.off} if day.weekday() < _SATURDAY))


def make_up_days() -> tuple[date, ...]:
    """All known make-up working days, ascending."""
    return tuple(sorted({*constants.workdays, *_Told.worked}))
