"""Promises to groups: so much of a kind of content in every day, ISO week, month or so many rolling days.

A post belongs to the local day of its occurrence, wherever its moment lies in UTC. What a promise demands is in the
playbook; which promises hold for a group, inherited ones too, the playbook knows as well.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import PurePosixPath
from typing import Literal

import msgspec

from content_calendar.entry import Entry
from models.playbook import Playbook, Promise, Rolling

_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7
_LATE_AFTER = timedelta(hours=1)
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic"})

PromiseState = Literal["kept", "late", "missed"]


class Post(msgspec.Struct, frozen=True):
    """An entry's turn in a group: its local day, and the moment (aware, UTC) at which it is due."""

    local_date: date
    at_utc: datetime
    entry: Entry


class SentPost(msgspec.Struct, frozen=True):
    """A post that left at `left_at` (aware)."""

    post: Post
    left_at: datetime


class Period(msgspec.Struct, frozen=True):
    """A stretch of local days, both included, and how reports spell it."""

    label: str
    first: date
    last: date


class PromiseRow(msgspec.Struct, frozen=True):
    """What became of a promise: the room id, TIER/CONTENT_KIND/PER, the period, the keys of the entries that count."""

    group: str
    promise: str
    period: str
    state: PromiseState
    entries: tuple[str, ...]


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


def state_of(promise: Promise, period: Period, sent: Iterable[SentPost], zone: tzinfo) -> PromiseState:
    """What became of a promise to a group in a period, by what was sent there.

    Late is what left more than an hour after its time, or after the period's last day.
    """
    mine = _of(promise, period, sent)
    on_time = sum(
        one.left_at - one.post.at_utc <= _LATE_AFTER and one.left_at.astimezone(zone).date() <= period.last
        for one in mine
    )
    if on_time >= demanded(promise):
        return "kept"
    return "late" if len(mine) >= demanded(promise) else "missed"


def report(
    playbook: Playbook,
    tiers: Mapping[str, str],
    sent: Mapping[str, Sequence[SentPost]],
    first: date,
    last: date,
    zone: tzinfo,
) -> Iterator[PromiseRow]:
    """What became of every promise to every group in the periods wholly within the days, group by group.

    `tiers` are the tiers of the bound groups and `sent` what left in them, both by room id.
    """
    for room, tier in tiers.items():
        posts = sent.get(room, ())
        for promise in playbook.promises_of(tier):
            for period in periods(promise, first, last):
                entries = dict.fromkeys(one.post.entry.key for one in _of(promise, period, posts))
                state = state_of(promise, period, posts, zone)
                yield PromiseRow(room, promise.name, period.label, state, tuple(entries))


def _of(promise: Promise, period: Period, sent: Iterable[SentPost]) -> list[SentPost]:
    return [
        one
        for one in sent
        if period.first <= one.post.local_date <= period.last and fulfils(promise, one.post.entry)
    ]  # fmt: skip


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
