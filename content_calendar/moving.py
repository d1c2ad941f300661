"""An entry on another day: what it is then, and why some cannot be moved.

An entry that happens once has another date. One that repeats by weekday or day of the month repeats on another one from
then on, or goes to another day this once: it passes over its own, and a copy of it happens there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from content_calendar.entry import Entry
from content_calendar.rules import MonthlyDay, MonthlyLast, MonthlyWeekday, Once, Rule, Weekly, parse_rule
from content_calendar.weekdays import CHINESE

_DAYS_A_WEEK = 7


class CannotMove(ValueError):
    """The entry cannot be moved like that; the message says in Chinese why and what to do."""


def can_move(entry: Entry) -> bool:
    """Whether there is a day of its own to move."""
    return isinstance(parse_rule(entry.rule), Once | Weekly | MonthlyDay | MonthlyLast | MonthlyWeekday)


def moved(entry: Entry, day: date, to: date) -> Entry:
    """The entry whose occurrence of `day` is on the day `to`. Raises `CannotMove`."""
    if to == day:
        raise CannotMove("就在这一天，没有动。")
    rule = parse_rule(entry.rule)
    if isinstance(rule, Once):
        expires = entry.not_after and entry.not_after + (to - day)
        return msgspec.structs.replace(entry, date=to, not_after=expires)
    first = min(entry.date, to) if entry.date else None
    return msgspec.structs.replace(entry, date=first, rule=str(_another(rule, day, to)))


def moved_once(entry: Entry, day: date, to: date) -> tuple[Entry, Entry]:
    """An entry that repeats without its occurrence of a day, and the one that happens on the day `to` in its place.

    Raises `CannotMove`.
    """
    if to == day:
        raise CannotMove("就在这一天，没有动。")
    if not entry.rule:
        raise CannotMove("这条本来就只发一次，直接挪。")
    once = msgspec.structs.replace(entry, key=f"{entry.key}-{to}", rule="", date=to, but=())
    return without(entry, day), once


def without(entry: Entry, day: date) -> Entry:
    """The entry, which passes over that day."""
    return msgspec.structs.replace(entry, but=tuple(sorted({*entry.but, day})))


def with_again(entry: Entry, day: date) -> Entry:
    """The entry, which does not pass over that day."""
    return msgspec.structs.replace(entry, but=tuple(one for one in entry.but if one != day))


def still_without(entry: Entry, known: Entry | None, skipped: Iterable[str]) -> Entry:
    """An entry of a file, which still passes over the days (YYYY-MM-DD) that somebody skipped, if it does now: the file
    may not know of them."""
    for day in map(date.fromisoformat, skipped):
        if known is not None and day in known.but:
            entry = without(entry, day)
    return entry


def _another(rule: Rule, day: date, to: date) -> Rule:
    match rule:
        case Weekly(days=days):
            if to.weekday() in days:
                raise CannotMove(
                    f"这条{CHINESE[to.weekday()]}本来就发，挪过去就少了一次。要停哪天，打开这条改「重复」。"
                )
            return Weekly(tuple(sorted({*days} - {day.weekday()} | {to.weekday()})))
        case MonthlyDay() | MonthlyLast() | MonthlyWeekday() if (to.year, to.month) != (day.year, day.month):
            raise CannotMove("这条每月发一次，只能在当月里挪。要从哪个月起，打开这条改「日期」。")
        case MonthlyDay() | MonthlyLast():
            return MonthlyDay(to.day)
        case MonthlyWeekday():
            return MonthlyWeekday((to.day - 1) // _DAYS_A_WEEK + 1, to.weekday())
        case _:
            raise CannotMove("这条没有固定的星期几或几号，挪不了。要改哪天发，打开这条改「重复」。")
