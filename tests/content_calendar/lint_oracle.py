"""The lint once more, by brute force: every day looked at by itself, every window counted anew, nothing shared with it.

Only what the lint says about groups; whether a rule falls on a day is written down here a second time as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import chinese_calendar

from content_calendar.entry import Entry
from content_calendar.lint import LintGroup, Plan
from models.playbook import Promise, Rolling

Row = tuple[str, str, str, str | None, str, str | None]  # code, group, tier, promise, period, entry
Turn = tuple[date, datetime, Entry]

_DAY = timedelta(days=1)
_FALLS: dict[str, Callable[[date], bool]] = {
    "daily": lambda _day: True,
    "workdays": lambda day: chinese_calendar.is_workday(day) if day.year == 2026 else day.isoweekday() <= 5,
    "weekly mon,thu": lambda day: day.isoweekday() in (1, 4),
    "weekly sun": lambda day: day.isoweekday() == 7,
    "monthly 15": lambda day: day.day == 15,
    "monthly 31": lambda day: (day + _DAY).day == 1,  # a month without one has it on its last day
    "monthly last": lambda day: (day + _DAY).day == 1,
    "monthly 2nd sat": lambda day: day.isoweekday() == 6 and 8 <= day.day <= 14,
    "term 冬至": lambda day: (day.month, day.day) == (12, 22),  # in 2026
    "RRULE:FREQ=DAILY;INTERVAL=2": lambda day: day.toordinal() % 2 == date(2026, 12, 1).toordinal() % 2,
}
RULES = ("", *_FALLS)


def expected(plan: Plan) -> Counter[Row]:
    """What is wrong in the groups of a plan; an entry with `RRULE` begins on 1 December 2026."""
    rows: Counter[Row] = Counter()
    turns = {group.room: _turns(plan, group) for group in plan.groups}
    days = [plan.first + n * _DAY for n in range((plan.last - plan.first).days + 1)]
    for group in plan.groups:
        mine = turns[group.room]
        for promise in _promises(plan, group.tier):
            for label, inside in _periods(promise, days):
                there = [turn for turn in mine if turn[0] in inside and _counts(promise, turn[2])]
                least = promise.at_least if promise.at_least is not None else promise.exactly or 0
                if len(there) < least:
                    rows["missing", group.room, group.tier, promise.name, label, None] += 1
                if promise.exactly is not None and len(there) > promise.exactly:
                    last = there[-1][2].key
                    rows["surplus", group.room, group.tier, promise.name, label, last] += 1
            run: list[Turn] = []
            for turn in mine:
                if not promise.themes or not _counts(promise, turn[2]):
                    continue
                run.append(turn)
                if len(run) == len(promise.themes):
                    if {one[2].theme for one in run} != set(promise.themes):
                        label = f"{run[0][0]}/{run[-1][0]}"
                        rows["theme", group.room, group.tier, promise.name, label, None] += 1
                    run = []
        for n, (day, at, entry) in enumerate(mine):
            for _, earlier, _ in mine[:n]:
                if (at - earlier).total_seconds() <= 3600:
                    rows["clash", group.room, group.tier, None, f"{day}", entry.key] += 1
            if n and (mine[n - 1][2].content_kind, mine[n - 1][2].theme) == (entry.content_kind, entry.theme):
                rows["repeat", group.room, group.tier, None, f"{day}", entry.key] += 1
        for label, inside in _weeks(days):
            there = [turn for turn in mine if turn[0] in inside]
            share = plan.playbook.caps.advert_share
            if share is not None and sum(turn[2].promotional for turn in there) > share * len(there) + 1e-9:
                rows["advert_share", group.room, group.tier, None, label, None] += 1
        rows += _caps(plan, group, turns, days)
    return rows


def _turns(plan: Plan, group: LintGroup) -> list[Turn]:
    turns: list[Turn] = []
    day = plan.first
    while day <= plan.last:
        for one in plan.entries:
            if group.tier not in one.entry.tiers and group.room not in one.entry.groups:
                continue
            entry = one.overrides.get(group.room, one.entry)
            if entry is None:
                continue
            falls = entry.date == day if not entry.rule else _FALLS[entry.rule](day)
            if entry.date is not None and entry.rule and day < entry.date:
                falls = False
            at = datetime.combine(day, entry.time or time(), plan.zone)
            if falls and (entry.not_after is None or at.replace(tzinfo=None) <= entry.not_after):
                turns.append((day, at, entry))
        day += _DAY
    return sorted(turns, key=lambda turn: (turn[1], turn[2].key))


def _promises(plan: Plan, tier: str) -> Iterator[Promise]:
    tiers = {one.name: one for one in plan.playbook.tiers}
    name: str | None = tier
    while name is not None:
        for promise in plan.playbook.promises:
            if promise.tier == name:
                yield promise
        name = tiers[name].parent if tiers[name].inherits else None


def _counts(promise: Promise, entry: Entry) -> bool:
    return entry.content_kind == promise.content_kind and (entry.kind == "album" or not promise.album)


def _periods(promise: Promise, days: Sequence[date]) -> Iterator[tuple[str, set[date]]]:
    match promise.per:
        case "day":
            yield from ((f"{day}", {day}) for day in days)
        case "week":
            yield from _weeks(days)
        case "month":
            for year, month in sorted({(day.year, day.month) for day in days}):
                inside = {day for day in days if (day.year, day.month) == (year, month)}
                if min(inside).day == 1 and (max(inside) + _DAY).day == 1:
                    yield f"{year}-{month:02}", inside
        case Rolling(days=length):
            for start in days:
                inside = {start + n * _DAY for n in range(length)}
                if inside <= set(days):
                    yield f"{start}/{max(inside)}", inside


def _weeks(days: Sequence[date]) -> Iterator[tuple[str, set[date]]]:
    for monday in days:
        inside = {monday + n * _DAY for n in range(7)}
        if monday.isoweekday() == 1 and inside <= set(days):
            thursday = monday + 3 * _DAY  # the week is of the year of its Thursday
            number = (thursday - date(thursday.year, 1, 1)).days // 7 + 1
            yield f"{thursday.year}-W{number:02}", inside


def _caps(plan: Plan, group: LintGroup, turns: dict[str, list[Turn]], days: Sequence[date]) -> Counter[Row]:
    rows: Counter[Row] = Counter()
    caps = plan.playbook.caps
    weight = caps.group_post_weight or 0
    heard = [*turns[group.room], *(turn for room in group.alongside for turn in turns[room])]
    adverts = [turn for turn in heard if turn[2].promotional]
    spans = [(f"{day}", {day}) for day in days]
    for most, posts, worth, periods in (
        (caps.group_per_day, turns[group.room], 1, spans),
        (caps.person_per_day, heard, weight, spans),
        (caps.person_per_week, heard, weight, list(_weeks(days))),
        (caps.promotions_per_day, adverts, weight, spans),
        (caps.promotions_per_week, adverts, weight, list(_weeks(days))),
    ):
        for label, inside in periods:
            if most is not None and sum(turn[0] in inside for turn in posts) * worth > most + 1e-9:
                rows["cap", group.room, group.tier, None, label, None] += 1
    return rows
