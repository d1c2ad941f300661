"""发前检查 beside the days that it concerns: what `calendar lint` says, the same in several groups only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from bot.calendar_plan import load_plan
from bot.console.reading.calendar import Wanted, concerns, rooms_of
from bot.console.reading.of_pool import own_rooms, seen
from bot.console.visit import Scope
from bot.store import Writing
from bot.store.ids import Ids
from content_calendar.lint import NAMES, Code, LintRow, Plan
from content_calendar.titles import title_of
from handlers.calendar_check import lint

_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7


class Fault(NamedTuple):
    """One fault. `first` and `last` are the days that it concerns, both none for what concerns an entry as such;
    `rooms` the groups that have it, by name; `title` what the entry is called."""

    first: date | None
    last: date | None
    code: Code
    promise: str
    entry: str
    text: str
    rooms: tuple[str, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return NAMES[self.code]

    @property
    def is_gap(self) -> bool:
        """Whether a promise lacks something: that is red."""
        return self.code == "missing"


class Checked(NamedTuple):
    """What is not in order, in the order of the days, and whether there are drafts that could fill gaps."""

    faults: tuple[Fault, ...]
    has_spares: bool

    def of_day(self, day: date) -> list[Fault]:
        """What concerns this day alone."""
        return [one for one in self.faults if one.first == one.last == day]

    def of_week(self, monday: date) -> list[Fault]:
        """What concerns several days of a week that begins with this Monday, or of several that end in it."""
        sunday = monday + (_DAYS_A_WEEK - 1) * _DAY
        return [
            one for one in self.faults
            if one.first and one.last and one.first != one.last and one.last <= sunday and one.last >= monday
            and not _is_long(one.first, one.last)
        ]  # fmt: skip

    def of_longer(self) -> list[Fault]:
        """What concerns a month or a year."""
        return [one for one in self.faults if one.first and one.last and _is_long(one.first, one.last)]

    def of_entries(self) -> list[Fault]:
        """What concerns entries as such."""
        return [one for one in self.faults if one.first is None]


def plan_of(connection: Connection, scope: Scope, now: datetime, media: Path, first: date, last: date) -> Plan:
    """The calendar of these days as the lint looks at it, for the groups that may be seen."""
    plan = load_plan(Writing(connection, Ids(), now), scope.merchant, first, last, media)
    if scope.pool:
        ours = {one.room for one in rooms_of(connection, scope)}
        groups = [group for group in plan.groups if group.room in ours]
        plan = msgspec.structs.replace(plan, groups=groups, entries=seen(plan.entries, own_rooms(connection, scope)))
    return plan


def checked(connection: Connection, scope: Scope, now: datetime, media: Path, wanted: Wanted) -> Checked:
    """What is not in order on the days that a view shows, from today's week on: the past cannot be mended."""
    first, last = wanted.span
    today = now.astimezone(scope.merchant.zone).date()
    monday = today - today.weekday() * _DAY
    if last < monday:
        return Checked((), has_spares=False)
    # Whole weeks and the whole month, since a period is only judged if all of it is looked at.
    begin = first if wanted.view == "month" else max(first - first.weekday() * _DAY, monday)
    plan = plan_of(connection, scope, now, media, begin, last)
    rooms = {one.room: one for one in rooms_of(connection, scope)}
    topics = {one.room: one.topic or one.room for one in rooms.values()}
    keys = {one.entry.key for one in plan.entries if concerns(wanted, one.entry, rooms)}
    rows = (row for row in lint(plan) if _is_wanted(row, wanted, keys))
    found = [one for one in told(rows, plan, topics) if one.last is None or one.last >= max(today, first)]
    return Checked(tuple(found), has_spares=bool(plan.spares))


def told(rows: Iterable[LintRow], plan: Plan, topics: dict[str, str]) -> list[Fault]:
    """Rows of the lint, those that are the same in several groups as one, in the order of their days."""
    titles = {one.entry.key: title_of(one.entry) for one in plan.entries}
    titles |= {one.key: title_of(one) for one in plan.spares}
    rooms: dict[Fault, list[str]] = {}
    for row in rows:
        first, last = days_of(row.period)
        key = row.entry or ""
        alike = Fault(first, last, row.code, row.promise or "", key, row.text, title=titles.get(key, key))
        rooms.setdefault(alike, []).append(topics.get(row.group, row.group) if row.group else "")
    found = [one._replace(rooms=tuple(dict.fromkeys(filter(None, rooms[one])))) for one in rooms]
    return sorted(found, key=lambda one: (one.first or date.max, not one.is_gap, one.last or date.max))


def days_of(period: str | None) -> tuple[date, date] | tuple[None, None]:
    """The first and the last day of a period as the lint spells it: 2026-12-01, 2026-W49, 2026-12, 2026, or a/b."""
    if not period:
        return None, None
    begins, _, ends = period.partition("/")
    if ends:
        return date.fromisoformat(begins), date.fromisoformat(ends)
    year, _, rest = period.partition("-")
    if not rest:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if rest.startswith("W"):
        monday = date.fromisocalendar(int(year), int(rest[1:]), 1)
        return monday, monday + (_DAYS_A_WEEK - 1) * _DAY
    if "-" not in rest:
        first = date(int(year), int(rest), 1)
        return first, (first + 31 * _DAY).replace(day=1) - _DAY
    return date.fromisoformat(period), date.fromisoformat(period)


def _is_long(first: date, last: date) -> bool:
    return (last - first).days >= 4 * _DAYS_A_WEEK - 1


def _is_wanted(row: LintRow, wanted: Wanted, keys: set[str]) -> bool:
    if row.group is None and row.entry is not None:
        return row.entry in keys
    if wanted.group:
        return row.group in (None, wanted.group)
    return not wanted.tier or row.tier in (None, wanted.tier)


def spoken(fault: Fault, most_rooms: int = 3) -> str:
    """What is wrong, and where."""
    where = "、".join(fault.rooms[:most_rooms])
    if len(fault.rooms) > most_rooms:
        where += f" 等 {len(fault.rooms)} 个群"
    return f"{fault.text}（{where}）" if where else fault.text


def in_front(faults: Sequence[Fault]) -> bool:
    """Whether a gap is among them."""
    return any(one.is_gap for one in faults)
