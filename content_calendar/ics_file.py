"""The calendar as an iCalendar feed, to be looked at in the calendar of a phone or an office.

Rules that iCalendar knows stay rules. Working days are Monday to Friday with the known holidays taken out and make-up
days put in; lunar days and solar terms are listed for some years. What counts from each member has no place in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from icalendar import Calendar, Event, vRecur

from content_calendar import holidays, recurrence
from content_calendar.cadence import Occurrence, is_personal, next_occurrence, occurrences
from content_calendar.entry import Entry
from content_calendar.recurrence import Recurrence
from content_calendar.rules import (
    Daily,
    LunarDay,
    MonthlyDay,
    MonthlyLast,
    MonthlyWeekday,
    SolarTerm,
    Weekly,
    Workdays,
    parse_rule,
)

_PRODUCT = "-//Zhanggui//content calendar//ZH"
_DOMAIN = "zhanggui"
# A feed must begin somewhere; an entry without a first day begins with the last year whose holidays are known.
_BEGINNING = dt.datetime(holidays.LAST_KNOWN_YEAR, 1, 1, tzinfo=dt.UTC)
_LISTED_YEARS = 10
_SHORTEST_MONTH = 28


def write_ics(entries: Sequence[Entry], zone: dt.tzinfo) -> bytes:
    """The entries as events in their order, each at its moment in the merchant's zone."""
    feed = Calendar()
    feed.add("prodid", _PRODUCT)
    feed.add("version", "2.0")
    for entry in entries:
        beginning = _BEGINNING if entry.date is None else _BEGINNING.replace(year=dt.MINYEAR + 1)
        if not is_personal(entry) and (first := next_occurrence(entry, zone, beginning)) is not None:
            feed.add_component(_event(entry, first, zone))
    feed.add_missing_timezones()
    return bytes(feed.to_ical())


def _event(entry: Entry, first: Occurrence, zone: dt.tzinfo) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{_DOMAIN}")
    # When the entry was written is not known here; a fixed stamp keeps the bytes the same.
    event.add("dtstamp", first.at_utc)
    event.add("dtstart", first.at_utc.astimezone(zone))
    event.add("summary", entry.title or entry.key)
    if entry.text:
        event.add("description", entry.text)
    if categories := [word for word in (entry.content_kind, entry.theme) if word]:
        event.add("categories", categories)
    event.add("transp", "TRANSPARENT")
    _repeat(event, entry, first, zone)
    return event


def _repeat(event: Event, entry: Entry, first: Occurrence, zone: dt.tzinfo) -> None:
    match parse_rule(entry.rule):
        case Daily():
            rule = "FREQ=DAILY"
        case Workdays():
            rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
            for name, days in (("exdate", holidays.days_off()), ("rdate", holidays.make_up_days())):
                for day in days:
                    if day > first.local_date:
                        event.add(name, _moment(day, entry, zone))
        case Weekly(days=days):
            rule = f"FREQ=WEEKLY;BYDAY={','.join(recurrence.DAY_NAMES[day] for day in days)}"
        case MonthlyLast():
            rule = "FREQ=MONTHLY;BYMONTHDAY=-1"
        case MonthlyDay(day=day):
            # The last of these that a month has: in a shorter month its last day.
            days_of_month = ",".join(str(number) for number in range(min(day, _SHORTEST_MONTH), day + 1))
            rule = f"FREQ=MONTHLY;BYMONTHDAY={days_of_month};BYSETPOS=-1"
        case MonthlyWeekday(nth=nth, weekday=weekday):
            rule = f"FREQ=MONTHLY;BYDAY={nth}{recurrence.DAY_NAMES[weekday]}"
        case Recurrence() as given:
            rule = recurrence.standing_alone(given, entry.date, zone)
        case LunarDay() | SolarTerm():
            for occurrence in _later(entry, first, zone):
                event.add("rdate", occurrence.at_utc.astimezone(zone))
            return
        case _:
            return
    event.add("rrule", vRecur.from_ical(rule))
    for day in entry.but:
        if day > first.local_date:
            event.add("exdate", _moment(day, entry, zone))


def _later(entry: Entry, first: Occurrence, zone: dt.tzinfo) -> Iterator[Occurrence]:
    end = first.at_utc + dt.timedelta(days=366 * _LISTED_YEARS)
    return islice(occurrences(entry, zone, first.at_utc, end), 1, _LISTED_YEARS)


def _moment(day: dt.date, entry: Entry, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, entry.time or dt.time(), tzinfo=zone)
