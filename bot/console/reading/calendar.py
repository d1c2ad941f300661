"""排期: what goes out on which day, by tier and group, only so much of a day at a time.

Rules are expanded here and not by the database, so what is kept of a day has a limit, however much falls on it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot import reading
from bot.cli.tables import groups_named
from bot.console.reading.of_pool import entries_seen
from bot.console.visit import Scope
from content_calendar.cadence import Occurrence, is_personal, occurrences
from content_calendar.copying import copied
from content_calendar.entry import Entry
from content_calendar.lint_plan import LintEntry
from content_calendar.moving import can_move
from content_calendar.rotation import is_spare
from content_calendar.titles import title_of
from content_calendar.weekdays import CHINESE
from models.groups import ChatGroup
from models.operations import IN_FORCE, EntryOverride, EntryRevision

VIEWS = {"month": "月", "week": "周", "list": "列表"}
# How much of a day each view shows.
OF_A_DAY = {"month": 5, "week": 30}
PAGE = 50
# How far ahead the list looks for the next page.
AHEAD = timedelta(days=62)
_STANDING = 50
_DAY = timedelta(days=1)


class Wanted(NamedTuple):
    """What is looked at: a view, around which local day, and only what concerns a tier or a room."""

    view: str = "month"
    day: str = ""
    tier: str = ""
    group: str = ""

    @classmethod
    def read(cls, at: Any, today: date) -> Wanted:
        """From the address of a page; what makes no sense there is left out."""
        given = {name: str(at.get(name, ""))[:200] for name in cls._fields}
        if given["view"] not in VIEWS:
            given["view"] = "month"
        try:
            day = date.fromisoformat(given["day"])
        except ValueError:
            day = today
        given["day"] = (day if 2000 <= day.year < 2100 else today).isoformat()
        return cls(**given)

    @property
    def around(self) -> date:
        """The day."""
        return date.fromisoformat(self.day)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day that the view shows: whole weeks, or for the list as far as it looks."""
        day = self.around
        if self.view == "list":
            return day, day + AHEAD
        first = day.replace(day=1) if self.view == "month" else day
        last = (first + 31 * _DAY).replace(day=1) - _DAY if self.view == "month" else day
        return first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY

    def to(self, **other: str) -> str:
        """The address of the page with something else."""
        asked = {name: value for name, value in self._replace(**other)._asdict().items() if value}
        return "/calendar?" + urlencode(asked)


class Room(NamedTuple):
    """A bound group."""

    room: str
    topic: str
    tier: str


class Turn(NamedTuple):
    """An entry's turn on a day. `own`: the group that has it in a version of its own; `to`: who gets it, in words.

    `whole`: what repeats can be moved for good, and not this once only.
    `at` is local. `state` is draft, review (it waits for somebody's word) or approved.
    """

    at: datetime
    key: str
    revision: str
    day: date
    title: str
    to: str
    own: str
    state: str
    content_kind: str
    promotional: bool
    repeats: bool
    movable: bool
    whole: bool

    @property
    def address(self) -> str:
        """The entry's page."""
        return f"/calendar/{quote(self.key, safe='')}"


class Standing(NamedTuple):
    """An entry without a day: it counts from each member, or waits in the drafts. `rule` as it is written."""

    key: str
    title: str
    rule: str
    content_kind: str
    to: str
    state: str

    @property
    def address(self) -> str:
        """The entry's page."""
        return f"/calendar/{quote(self.key, safe='')}"


class Days(NamedTuple):
    """What falls on each local day: the first few turns, and how many there are in all."""

    turns: dict[date, list[Turn]]
    counts: dict[date, int]


class Undated(NamedTuple):
    """Entries without a day, the first of each kind, and how many there are; `entries`: those in force, all of them."""

    personal: list[Standing]
    personal_count: int
    spares: list[Standing]
    spares_count: int
    entries: int


def rooms_of(connection: Connection, scope: Scope) -> list[Room]:
    """The bound groups that may be seen, in the order in which they were bound."""
    asked = (
        select(col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.tier))
        .where(
            col(ChatGroup.merchant_id) == scope.merchant.id,
            col(ChatGroup.account_id).in_(scope.accounts),
            col(ChatGroup.tier).is_not(None),
            col(ChatGroup.became).is_(None),
        )
        .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
    )
    return [Room(room, topic, tier or "") for room, topic, tier in connection.execute(asked)]


def stamp_of(connection: Connection, scope: Scope) -> tuple[Any, ...]:
    """Whatever changes with the calendar, cheaply: while it is the same, nobody has to look again."""
    mine = scope.merchant.id
    entries = connection.execute(
        select(
            func.count(),
            func.max(col(EntryRevision.at)),
            func.count().filter(col(EntryRevision.approved)),
            func.count().filter(col(EntryRevision.draft)),
        ).where(col(EntryRevision.merchant_id) == mine, IN_FORCE)
    ).one()
    own = connection.execute(
        select(func.count(), func.max(col(EntryOverride.at))).where(col(EntryOverride.merchant_id) == mine)
    ).one()
    groups = connection.execute(
        select(func.count(), func.max(col(ChatGroup.bound_at))).where(
            col(ChatGroup.merchant_id) == mine, col(ChatGroup.tier).is_not(None)
        )
    ).one()
    return (scope.merchant.revision, *entries, *own, *groups)


def days_of(connection: Connection, scope: Scope, wanted: Wanted) -> Days:
    """What the month or the week shows."""
    first, last = wanted.span
    most = OF_A_DAY[wanted.view]
    found = Days({}, {})
    for turn in _turns(connection, scope, wanted, first, last):
        found.counts[turn.day] = found.counts.get(turn.day, 0) + 1
        _keep(found.turns.setdefault(turn.day, []), turn, most)
    return found


def page_of(connection: Connection, scope: Scope, wanted: Wanted, after: Turn | None = None) -> list[Turn]:
    """The next turns from the day on, or after the last one that was shown."""
    first, last = (after.day, after.day + AHEAD) if after else wanted.span
    found: list[Turn] = []
    for until in (min(first + 7 * _DAY, last), last):  # most calendars fill a page with a week
        found = []
        for turn in _turns(connection, scope, wanted, first, until):
            if after is None or turn > after:
                _keep(found, turn, PAGE)
        if len(found) == PAGE:
            break
    return found


def left_today(connection: Connection, scope: Scope, now: datetime) -> list[Turn]:
    """What is still to come today. Its deliveries are only made when it is time, so the ledger does not have it."""
    today = now.astimezone(scope.merchant.zone).date()
    return sorted(turn for turn in _turns(connection, scope, Wanted(), today, today) if turn.at > now)


def undated(connection: Connection, scope: Scope, wanted: Wanted) -> Undated:
    """What has no day of its own."""
    rooms = {one.room: one for one in rooms_of(connection, scope)}
    words = reading.words_on_entries(connection, scope.merchant)
    found = Undated([], 0, [], 0, 0)
    for one in entries_seen(connection, scope):
        entry = one.entry
        found = found._replace(entries=found.entries + 1)
        if is_spare(entry):
            kept, found = found.spares, found._replace(spares_count=found.spares_count + 1)
        elif is_personal(entry) and concerns(wanted, entry, rooms):
            kept, found = found.personal, found._replace(personal_count=found.personal_count + 1)
        else:
            continue
        if len(kept) < _STANDING:
            to, state = whom(entry, rooms), state_of(words[entry.key])
            kept.append(Standing(entry.key, title_of(entry), entry.rule, entry.content_kind, to, state))
    return found


def week_again(connection: Connection, scope: Scope, monday: date) -> list[str]:
    """What copying the week of this Monday would copy, by its day and title."""
    entries = [one.entry for one in entries_seen(connection, scope)]
    found = ((one.date or monday, one.time or time(), title_of(one)) for _, one in copied(entries, monday, monday))
    return [f"{CHINESE[day.weekday()]} {at:%H:%M} {title}" for day, at, title in sorted(found)]


def _keep(kept: list[Turn], turn: Turn, most: int) -> None:
    """Put it among the first of a day."""
    insort(kept, turn)
    del kept[most:]


def _turns(connection: Connection, scope: Scope, wanted: Wanted, first: date, last: date) -> Iterator[Turn]:
    rooms = {one.room: one for one in rooms_of(connection, scope)}
    words = reading.words_on_entries(connection, scope.merchant)
    zone = scope.merchant.zone
    # A day to spare at both ends, for clocks that skip midnight.
    start = datetime.combine(first - _DAY, time(), zone).astimezone(UTC)
    end = datetime.combine(last + 2 * _DAY, time(), zone).astimezone(UTC)
    for one in entries_seen(connection, scope):
        said = words[one.entry.key]
        # A rule reaches back for ever; what nobody had written yet did not go out then.
        since = max(first, said["first_imported_at"].astimezone(zone).date())
        for version, own in _versions(one, wanted, rooms):
            for occurrence in occurrences(version, zone, start, end):
                if since <= occurrence.local_date <= last:
                    yield _turn(version, occurrence, own, said, rooms, scope)


def _versions(one: LintEntry, wanted: Wanted, rooms: dict[str, Room]) -> Iterator[tuple[Entry, str]]:
    """An entry as it is looked at: for one group in the version of that group, else as it is, and with the versions
    that are at another time."""
    entry = one.entry
    if not concerns(wanted, entry, rooms):
        return
    if wanted.group and wanted.group in one.overrides:
        own = one.overrides[wanted.group]
        if own is not None:
            yield own, rooms[wanted.group].topic or wanted.group
        return
    yield entry, ""
    if wanted.group:
        return
    for room, own in one.overrides.items():
        seen = room in rooms and wanted.tier in ("", rooms[room].tier)
        if own is not None and seen and (own.date, own.time) != (entry.date, entry.time):
            yield own, rooms[room].topic or room


def concerns(wanted: Wanted, entry: Entry, rooms: dict[str, Room]) -> bool:
    """Whether an entry goes to the tier or the group that is looked at."""
    if wanted.group:
        room = rooms.get(wanted.group)
        return room is not None and (room.tier in entry.tiers or room.room in entry.groups)
    if wanted.tier:
        return wanted.tier in entry.tiers or any(room in rooms and rooms[room].tier == wanted.tier
                                                 for room in entry.groups)  # fmt: skip
    return True


def _turn(
    entry: Entry, occurrence: Occurrence, own: str, said: dict[str, Any], rooms: dict[str, Room], scope: Scope
) -> Turn:
    return Turn(
        at=occurrence.at_utc.astimezone(scope.merchant.zone),
        key=entry.key,
        revision=said["revision"],
        day=occurrence.local_date,
        title=title_of(entry),
        to=own or whom(entry, rooms),
        own=own,
        state=state_of(said),
        content_kind=entry.content_kind,
        promotional=entry.promotional,
        repeats=bool(entry.rule),
        movable=not own,
        whole=can_move(entry),
    )


def state_of(said: dict[str, Any]) -> str:
    """How far it is: draft, review (it waits for somebody's word) or approved."""
    return "approved" if said["approved"] else "draft" if said["draft"] else "review"


def whom(entry: Entry, rooms: dict[str, Room]) -> str:
    """Who gets it."""
    topics = [rooms[room].topic or room if room in rooms else room for room in entry.groups]
    to_groups = [*entry.tiers, *([groups_named(topics)] if topics else [])]
    if to_groups:
        return "、".join(to_groups)
    return f"一对一：{'、'.join(entry.tags)}" if entry.tags else "还没写发给谁"
