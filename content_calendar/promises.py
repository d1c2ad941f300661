"""Promises to groups: so much of a kind of content in every day, ISO week, month or so many rolling days.

A post belongs to the local day of its occurrence, wherever its moment lies in UTC. What a promise demands is in the
playbook; which promises hold for a group, inherited ones too, the playbook knows as well.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from content_calendar.entry import Entry
from models.playbook import Playbook, Promise, Rolling

_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7
LATE_AFTER = timedelta(hours=1)
"""A post that left so long after its time was late."""
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic"})

PromiseState = Literal["kept", "late", "missed"]


class Post(msgspec.Struct, frozen=True):
    """An entry's turn in a group: its local day, and the moment (aware, UTC) at which it is due."""

    local_date: date
    at_utc: datetime
    entry: Entry


class Outcome(msgspec.Struct, frozen=True):
    """What became of a post: it left at `left_at` (aware, `None`: it never arrived), as the ledger says."""

    post: Post
    left_at: datetime | None
    state: str = ""
    reason: str | None = None


class Period(msgspec.Struct, frozen=True):
    """A stretch of local days, both included, and how reports spell it."""

    label: str
    first: date
    last: date


class PromisedGroup(msgspec.Struct, frozen=True):
    """A bound group, and the local day since when it is: what ended before was never promised to it. `too_early` is
    what the calendar had for it before that."""

    room: str
    tier: str
    since: date = date.min
    too_early: Sequence[Post] = ()


class Judged(msgspec.Struct, frozen=True):
    """What became of a promise to a group (its room id) in a period: the posts that count, and those that were lost."""

    group: str
    promise: Promise
    period: Period
    state: PromiseState
    arrived: tuple[Outcome, ...]
    lost: tuple[Outcome, ...]


class Shortage(msgspec.Struct, frozen=True):
    """A promise in a period and what is planned for it: how many posts fulfil it, and how many are of its content kind
    but come without the album that is promised. `last_entry` is the key of the last one that fulfils it."""

    promise: Promise
    period: Period
    planned: int
    without_album: int
    last_entry: str | None

    @property
    def missing(self) -> int:
        """How many posts the promise lacks."""
        return max(0, demanded(self.promise) - self.planned)

    @property
    def surplus(self) -> int:
        """How many posts are too many, where the promise says exactly how many."""
        return 0 if self.promise.exactly is None else max(0, self.planned - self.promise.exactly)


def periods(promise: Promise, first: date, last: date) -> Iterator[Period]:
    """The periods of the promise that lie wholly within the days from `first` to `last`."""
    match promise.per:
        case "day":
            return (Period(f"{day}", day, day) for day in _days(first, last))
        case "week":
            return weeks(first, last)
        case "month":
            return _months(first, last)
        case Rolling(days=days):
            starts = _days(first, last - (days - 1) * _DAY)
            return (Period(f"{day}/{(end := day + (days - 1) * _DAY)}", day, end) for day in starts)


def weeks(first: date, last: date) -> Iterator[Period]:
    """The ISO weeks wholly within the days, spelled 2026-W53; the days around New Year belong to the week's year."""
    monday = first + timedelta(days=-first.weekday() % _DAYS_A_WEEK)
    while (sunday := monday + 6 * _DAY) <= last:
        year, week, _ = monday.isocalendar()
        yield Period(f"{year}-W{week:02}", monday, sunday)
        monday = sunday + _DAY


def demanded(promise: Promise) -> int:
    """How many posts a period must have."""
    return promise.exactly if promise.exactly is not None else promise.at_least or 0


def fulfils(promise: Promise, entry: Entry) -> bool:
    """Whether a post of the entry counts: the content kind as written, and a picture album where one is promised."""
    return entry.content_kind == promise.content_kind and (not promise.album or has_album(entry))


def has_album(entry: Entry) -> bool:
    """Whether it comes with an album: by its kind, or by several pictures."""
    return entry.kind == "album" or sum(PurePosixPath(name).suffix.lower() in _PICTURES for name in entry.media) > 1


def shortages(promise: Promise, posts: Iterable[Post], first: date, last: date) -> Iterator[Shortage]:
    """The periods within the days in which a group's posts do not keep the promise, too many included."""
    alike = sorted((post for post in posts if post.entry.content_kind == promise.content_kind), key=_order)
    fulfilling = [post for post in alike if fulfils(promise, post.entry)]
    days = [post.local_date for post in alike]
    days_fulfilled = [post.local_date for post in fulfilling]
    for period in periods(promise, first, last):
        end = bisect_right(days_fulfilled, period.last)
        planned = end - bisect_left(days_fulfilled, period.first)
        of_kind = bisect_right(days, period.last) - bisect_left(days, period.first)
        last_entry = fulfilling[end - 1].entry.key if planned else None
        found = Shortage(promise, period, planned, of_kind - planned, last_entry)
        if found.missing or found.surplus:
            yield found


def owed(promise: Promise, period: Period, group: PromisedGroup) -> int:
    """How many posts a group is owed in a period. Of one in which it was bound it is owed its share of the days, no
    part of a post, and nothing that the calendar had before."""
    whole = demanded(promise)
    if not (period.first < group.since or group.too_early):
        return whole
    inside = (post for post in group.too_early if period.first <= post.local_date <= period.last)
    before = sum(fulfils(promise, post.entry) for post in inside)
    length, ours = ((period.last - first).days + 1 for first in (period.first, max(period.first, group.since)))
    return min(max(0, whole - before), -(-whole * ours // length))


def excess(promise: Promise, arrived: Sequence[Outcome]) -> int:
    """How many posts too many arrived in a period, where the promise says exactly how many."""
    return 0 if promise.exactly is None else max(0, len(arrived) - promise.exactly)


def state_of(
    promise: Promise, period: Period, arrived: Sequence[Outcome], zone: tzinfo, least: int | None = None
) -> PromiseState:
    """What became of a promise to a group in a period, by what arrived there of it; `least` posts were owed, without
    it what the promise demands. Exactly so many is not kept by more."""
    least = demanded(promise) if least is None else least
    if excess(promise, arrived) or len(arrived) < least:
        return "missed"
    on_time = sum(lateness(one, period, zone) is None for one in arrived)
    return "kept" if on_time >= least else "late"


def lateness(outcome: Outcome, period: Period, zone: tzinfo) -> timedelta | None:
    """By how much a post was late: it left more than an hour after its time, or after the last day of the period."""
    if outcome.left_at is None:
        return None
    late = outcome.left_at - outcome.post.at_utc
    return late if late > LATE_AFTER or outcome.left_at.astimezone(zone).date() > period.last else None


def report(
    playbook: Playbook,
    groups: Iterable[PromisedGroup],
    outcomes: Mapping[str, Sequence[Outcome]],
    first: date,
    last: date,
    zone: tzinfo,
) -> Iterator[Judged]:
    """What became of every promise to every group in the periods wholly within the days, group by group.

    `outcomes` are what became of the posts to each room, in the order in which they left.
    """
    for group in groups:
        of_group = outcomes.get(group.room, ())
        for promise in playbook.promises_of(group.tier):
            by_day: dict[date, list[Outcome]] = defaultdict(list)
            for one in of_group:
                if fulfils(promise, one.post.entry):
                    by_day[one.post.local_date].append(one)
            days = sorted(by_day)
            for period in periods(promise, first, last):
                if period.last < group.since:
                    continue
                inside = days[bisect_left(days, period.first) : bisect_right(days, period.last)]
                found = [one for day in inside for one in by_day[day]]
                arrived = tuple(one for one in found if one.left_at is not None)
                lost = tuple(one for one in found if one.left_at is None)
                least = owed(promise, period, group)
                if not least and not arrived and demanded(promise):
                    continue
                state = state_of(promise, period, arrived, zone, least)
                yield Judged(group.room, promise, period, state, arrived, lost)


def theme_runs(promise: Promise, posts: Iterable[Post]) -> Iterator[tuple[Sequence[Post], tuple[str, ...]]]:
    """Where the rotation of themes fails: each run of as many posts as themes, with the themes that are absent from it.

    Runs follow one another without overlap, from the first post on; the last one is judged when it is complete.
    """
    themes = tuple(dict.fromkeys(promise.themes))
    if not themes:
        return
    alike = sorted((post for post in posts if fulfils(promise, post.entry)), key=_order)
    for start in range(0, len(alike) - len(themes) + 1, len(themes)):
        run = alike[start : start + len(themes)]
        if absent := tuple(theme for theme in themes if all(post.entry.theme != theme for post in run)):
            yield run, absent


def _order(post: Post) -> tuple[date, datetime, str]:
    return post.local_date, post.at_utc, post.entry.key


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


def _months(first: date, last: date) -> Iterator[Period]:
    start = first if first.day == 1 else _next_month(first)
    while (end := start.replace(day=calendar.monthrange(start.year, start.month)[1])) <= last:
        yield Period(f"{start:%Y-%m}", start, end)
        start = _next_month(start)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 31 * _DAY).replace(day=1)
