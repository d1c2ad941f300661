"""数据: what happened in a span of days, in figures and in the rows behind each of them.

A figure and its rows come of the same conditions. What a report of the command line counts is counted by that report.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Connection, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import col

from bot.console.visit import Scope
from bot.promise_report import PromiseRow, promise_rows
from bot.store.movements import moved
from bot.store.spoken import counted, in_parts
from bot.store.talk import Proceed, at_once
from models.columns import sqlite_texts
from models.digest_views import MovedView
from models.groups import ChatGroup
from models.journal import JournalEntry

SPANS = (7, 30, 90)
_LONGEST = timedelta(days=366)


class Wanted(NamedTuple):
    """Which local days, both included, and of what; what is empty does not matter. `group` is a room id."""

    first: date
    last: date
    tier: str = ""
    group: str = ""
    account: str = ""
    source: str = ""

    @classmethod
    def read(cls, at: Any, today: date) -> Wanted:
        """From the address of a page; what makes no sense there is left out, and no span is longer than a year."""
        last = _day(at.get("to", "")) or today
        first = _day(at.get("from", "")) or last - timedelta(days=SPANS[0] - 1)
        first, last = min(first, last), max(first, last)
        given = {name: str(at.get(name, ""))[:100] for name in ("tier", "group", "account", "source")}
        return cls(max(first, last - min(_LONGEST, last - date.min)), last, **given)

    def address(self, figure: str = "") -> str:
        """The page of the figures, or of the rows behind one of them."""
        given = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        given |= {name: getattr(self, name) for name in ("tier", "group", "account", "source") if getattr(self, name)}
        return f"/insight/{figure}?{urlencode(given)}" if figure else f"/insight?{urlencode(given)}"

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


class Group(NamedTuple):
    """A bound group."""

    id: int
    room: str
    topic: str
    tier: str
    account: str
    members: int


class Activity(NamedTuple):
    """Messages of members by day and by our id of the group, and by that id who wrote them (our ids of contacts)."""

    by_day: dict[date, int]
    messages: Counter[int]
    people: dict[int, set[int]]

    @property
    def active(self) -> int:
        """How many wrote at all."""
        return len(set().union(*self.people.values()))


def groups_of(connection: Connection, scope: Scope, wanted: Wanted) -> list[Group]:
    """The bound groups that are asked for, in the order of their binding."""
    asked = select(
        col(ChatGroup.id),
        col(ChatGroup.wire_id),
        col(ChatGroup.topic),
        col(ChatGroup.tier),
        col(ChatGroup.account_id),
        col(ChatGroup.members),
    ).where(*in_groups(scope, wanted))
    rows = connection.execute(asked.order_by(col(ChatGroup.bound_at), col(ChatGroup.id)))
    return [
        Group(identity, room, topic, tier or "", account, members)
        for identity, room, topic, tier, account, members in rows
    ]


def movements(connection: Connection, scope: Scope, wanted: Wanted) -> list[MovedView]:
    """Who came and who left, as `report joins` has it, in the order of time."""
    start, end = bounds(scope, wanted)
    found = moved(connection, scope.merchant, [one.id for one in groups_of(connection, scope, wanted)], start, end)
    return sorted((one for of_group in found.values() for one in of_group), key=lambda one: one.at)


def promises(connection: Connection, scope: Scope, wanted: Wanted, now: datetime) -> list[PromiseRow]:
    """What became of each promise, as `report promises` has it."""
    rooms = {one.room for one in groups_of(connection, scope, wanted)}
    found = promise_rows(connection, scope.merchant, wanted.first, wanted.last, now)
    return [one for one in found if one.group in rooms]


def activity(
    connection: Connection, scope: Scope, wanted: Wanted, now: datetime, proceed: Proceed = at_once
) -> Activity:
    """What members wrote in groups, as digests count it; `proceed` is told how much of it has been read."""
    messages: Counter[int] = Counter()
    people: dict[int, set[int]] = defaultdict(set)
    at = type_coerce(col(JournalEntry.at), NullType())  # as the driver has it: a million of them are not converted
    columns = select(col(JournalEntry.group_id), col(JournalEntry.contact_id), at)
    span = bounds(scope, wanted)
    asked = counted(connection, scope.merchant, *span, columns).where(*in_groups(scope, wanted))
    # In UTC as what they are compared with: times of different zones take Python a microsecond each.
    ends: list[Any] = [bounds(scope, wanted._replace(last=day))[1].astimezone(UTC) for day in wanted.days]
    if connection.dialect.name == "sqlite":
        ends = sqlite_texts(ends)
    per_day: Counter[int] = Counter()
    for share, rows in in_parts(connection, asked, *span, now):
        proceed(share)
        groups, contacts, moments = zip(*rows, strict=True)
        messages.update(groups)
        per_day.update(map(partial(bisect_right, ends), moments))
        for group, contact in set(zip(groups, contacts, strict=True)):
            people[group].add(contact)
    return Activity({day: per_day[number] for number, day in enumerate(wanted.days)}, messages, people)


def in_groups(scope: Scope, wanted: Wanted) -> list[Any]:
    """The conditions of the groups that are asked for."""
    conditions = [
        col(ChatGroup.merchant_id) == scope.merchant.id,
        col(ChatGroup.account_id).in_(scope.accounts),
        col(ChatGroup.tier).is_not(None),
    ]
    for column, value in (
        (ChatGroup.tier, wanted.tier),
        (ChatGroup.wire_id, wanted.group),
        (ChatGroup.account_id, wanted.account),
    ):
        if value:
            conditions.append(col(column) == value)
    return conditions


def bounds(scope: Scope, wanted: Wanted) -> tuple[datetime, datetime]:
    """The first moment, and the one after the last."""
    zone = scope.merchant.zone
    return (
        datetime.combine(wanted.first, time(), zone),
        datetime.combine(wanted.last + timedelta(days=1), time(), zone),
    )


def by_day(scope: Scope, wanted: Wanted, moves: list[MovedView], came: bool) -> list[int]:
    """How many came, or left, on each day."""
    counts = Counter(one.at.astimezone(scope.merchant.zone).date() for one in moves if one.came == came)
    return [counts[day] for day in wanted.days]


def by_account(groups: list[Group], found: Activity) -> Iterator[tuple[str, str, int, int]]:
    """For each account and tier how many wrote, and how many messages."""
    of: dict[tuple[str, str], list[Group]] = defaultdict(list)
    for one in groups:
        of[one.account, one.tier].append(one)
    for (account, tier), some in of.items():
        people: set[int] = set().union(*(found.people.get(one.id, ()) for one in some))
        yield account, tier, len(people), sum(found.messages[one.id] for one in some)


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
