"""The feed: events at their moments, and repetitions that other programs expand as we do."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar import Calendar, Event, vRecur

from content_calendar.cadence import occurrences
from content_calendar.entry import Entry
from content_calendar.workbook import write_calendar

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = dt.date(2025, 1, 31)


def events_of(*entries: Entry) -> list[Event]:
    feed = Calendar.from_ical(write_calendar(entries, "a.ics", ZONE))
    return [event for event in feed.walk("VEVENT") if isinstance(event, Event)]


def entry_of(rule: str, first: dt.date | None = FIRST) -> Entry:
    return Entry(
        key="a", title="标题, 好", text="一;二\n三", content_kind="article", date=first, time=dt.time(9), rule=rule
    )


def test_an_event() -> None:
    (event,) = events_of(entry_of(""))
    assert event.decoded("dtstart") == dt.datetime(2025, 1, 31, 9, tzinfo=ZONE)
    assert event["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert (str(event["summary"]), str(event["description"])) == ("标题, 好", "一;二\n三")


@pytest.mark.parametrize(
    "repetition",
    [
        "daily",
        "workdays",
        "weekly mon,thu",
        "monthly 15",
        "monthly 30",
        "monthly 31",
        "monthly last",
        "monthly 2nd sat",
        "monthly last fri",
        "lunar 12-30",
        "term 冬至",
        "RRULE:FREQ=MONTHLY",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260331",
        "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=9",
    ],
)
def test_other_programs_find_the_same_days(repetition: str) -> None:
    entry = entry_of(repetition)
    (event,) = events_of(entry)
    start, end = dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 3, 1, tzinfo=dt.UTC)
    assert expand(event, start, end) == [occurrence.at_utc for occurrence in occurrences(entry, ZONE, start, end)]


def _text_of(rule: object) -> str:
    assert isinstance(rule, vRecur)
    return str(rule.to_ical(), "utf-8")  # type: ignore[no-untyped-call]


def expand(event: Event, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """What a reader of iCalendar makes of an event."""
    first = event.decoded("dtstart")
    days = rruleset()
    days.rdate(first)
    if "rrule" in event:
        rule = rrulestr(_text_of(event["rrule"]), dtstart=first)
        assert isinstance(rule, rrule)
        days.rrule(rule)
    for name, take in (("rdate", days.rdate), ("exdate", days.exdate)):
        values = event.get(name, [])
        for value in values if isinstance(values, list) else [values]:
            for moment in value.dts:
                take(moment.dt)
    return [moment.astimezone(dt.UTC) for moment in days.between(start, end, inc=True)]


def test_without_a_first_day_it_begins_somewhere_and_what_counts_from_members_is_left_out() -> None:
    assert len(events_of(entry_of("daily", None), entry_of("birthday"), entry_of("joined+3d"))) == 1


def test_the_same_calendar_gives_the_same_bytes() -> None:
    entries = [entry_of("daily"), entry_of("workdays")]
    assert write_calendar(entries, "a.ics", ZONE) == write_calendar(entries, "b.ics", ZONE)
