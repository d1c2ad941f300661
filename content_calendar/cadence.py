"""When an entry falls due: the occurrences of its rule as local dates and UTC moments.

An occurrence is an entry and a local date. Its moment is the entry's time on that date in the merchant's zone: a time
that the clocks skip moves forward, of a time that comes twice the first counts. An entry without a time falls due as
the day begins. Ranges of moments include their start and not their end. Nothing here starts counting years ago: the
expansion of a rule begins at the days that are asked for.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from content_calendar import recurrence
from content_calendar.entry import Entry
from content_calendar.holidays import is_working_day
from content_calendar.lunar import lunar_day, solar_term
from content_calendar.recurrence import Recurrence
from content_calendar.rules import (
    After,
    BirthdayRule,
    Daily,
    DateRule,
    LunarDay,
    MonthlyDay,
    MonthlyLast,
    MonthlyRule,
    MonthlyWeekday,
    Once,
    SolarTerm,
    SpareRule,
    Weekly,
    Workdays,
    parse_rule,
)

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_MONTHS_A_YEAR = 12
_DAYS_A_WEEK = 7

# The longest that a rule which ever falls due can keep one waiting: a 29 February on a given weekday.
_HORIZON = timedelta(days=41 * 366)


class Occurrence(msgspec.Struct, frozen=True, order=True):
    """An entry's turn: its day in the merchant's zone, and the moment (aware, UTC) at which it is due."""

    local_date: date
    at_utc: datetime


def is_personal(entry: Entry) -> bool:
    """Whether the rule counts from something about each member (birthday, joining, silence)."""
    return isinstance(parse_rule(entry.rule), BirthdayRule | After)


def by_the_day(entry: Entry) -> Entry:
    """The entry as it is looked at day by day: where the rule counts from members, any day may be somebody's turn."""
    return msgspec.structs.replace(entry, rule=str(Daily())) if is_personal(entry) else entry


def occurrences(entry: Entry, zone: tzinfo, start: datetime, end: datetime) -> Iterator[Occurrence]:
    """The occurrences with `start <= at_utc < end` (aware), ascending; none for a rule that counts from members."""
    rule = parse_rule(entry.rule)
    if isinstance(rule, BirthdayRule | After):
        return iter(())
    since, last = _local_days(entry, zone, start, end)
    return _between(_days(rule, entry, zone, since, last), entry, zone, start, end)


def next_occurrence(entry: Entry, zone: tzinfo, after: datetime) -> Occurrence | None:
    """The first occurrence later than `after` (aware), or `None` if there is none any more."""
    start = after + _MOMENT
    if entry.date is not None:
        start = max(start, _moment(entry.date, entry, zone) - _DAY)
    return next(occurrences(entry, zone, start, start + _HORIZON), None)


def next_days(entry: Entry, zone: tzinfo, after: datetime, count: int) -> list[Occurrence]:
    """The next occurrences later than `after` (aware), at most `count`; none for a rule that counts from members."""
    found: list[Occurrence] = []
    following = next_occurrence(entry, zone, after)
    while following is not None and len(found) < count:
        found.append(following)
        following = next_occurrence(entry, zone, following.at_utc)
    return found


def _local_days(entry: Entry, zone: tzinfo, start: datetime, end: datetime) -> tuple[date, date]:
    """The local days that can hold the range, with a day to spare for times moved by a change of clocks."""
    since = start.astimezone(zone).date() - _DAY
    return max(since, entry.date or since), end.astimezone(zone).date()


def _between(days: Iterator[date], entry: Entry, zone: tzinfo, start: datetime, end: datetime) -> Iterator[Occurrence]:
    for day in days:
        if entry.but and day in entry.but:
            continue
        at = _moment(day, entry, zone)
        if at >= end:
            return
        if at >= start:
            yield Occurrence(day, at)


def _moment(day: date, entry: Entry, zone: tzinfo) -> datetime:
    # fold=0 is the first of two, and in a gap the offset from before it, which carries the time forward over the gap.
    return datetime.combine(day, entry.time or time(), tzinfo=zone).astimezone(UTC)


def _days(rule: DateRule, entry: Entry, zone: tzinfo, since: date, last: date) -> Iterator[date]:
    """The days of a rule from `since` to `last`, both included, ascending."""
    match rule:
        case Once():
            return iter((entry.date,) if entry.date and since <= entry.date <= last else ())
        case SpareRule():
            return iter(())
        case Recurrence():
            return recurrence.days(rule, entry.date, entry.time or time(), since, last, zone)
        case Daily():
            return _each_day(since, last)
        case Workdays():
            return (day for day in _each_day(since, last) if is_working_day(day))
        case Weekly(days=weekdays):
            return (day for day in _each_day(since, last) if day.weekday() in weekdays)
        case LunarDay(month=month, day=number):
            candidates = (lunar_day(year, month, number) for year in range(since.year - 1, last.year + 1))
        case SolarTerm(name=name):
            candidates = (solar_term(year, name) for year in range(since.year, last.year + 1))
        case MonthlyDay() | MonthlyLast() | MonthlyWeekday():
            candidates = (day for first in _each_month(since, last) if (day := _day_of_month(rule, first)) is not None)
    return (day for day in candidates if since <= day <= last)


def _each_day(since: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(since.toordinal(), last.toordinal() + 1))


def _each_month(since: date, last: date) -> Iterator[date]:
    for number in range(since.year * _MONTHS_A_YEAR + since.month - 1, last.year * _MONTHS_A_YEAR + last.month):
        yield date(number // _MONTHS_A_YEAR, number % _MONTHS_A_YEAR + 1, 1)


def _day_of_month(rule: MonthlyRule, first: date) -> date | None:
    weekday_of_first, length = calendar.monthrange(first.year, first.month)
    match rule:
        case MonthlyDay(day=day):
            return first.replace(day=min(day, length))
        case MonthlyLast():
            return first.replace(day=length)
        case MonthlyWeekday(nth=nth, weekday=weekday):
            same_weekday = range((weekday - weekday_of_first) % _DAYS_A_WEEK + 1, length + 1, _DAYS_A_WEEK)
            if nth > len(same_weekday):
                return None
            return first.replace(day=same_weekday[nth - 1 if nth > 0 else nth])
