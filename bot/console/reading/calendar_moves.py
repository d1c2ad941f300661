"""What moving an entry to another day would change, said before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.reading.calendar import rooms_of
from bot.console.reading.calendar_faults import Fault, plan_of, told
from bot.console.reading.of_pool import is_of_others
from bot.console.visit import Scope
from content_calendar.cadence import next_days
from content_calendar.entry import Entry, from_json
from content_calendar.lint import Plan
from content_calendar.lint_plan import LintEntry
from content_calendar.moving import CannotMove
from content_calendar.rule_words import rule_words
from content_calendar.weekdays import CHINESE
from handlers.calendar_check import lint
from handlers.moves import on_another_day, this_once
from models.operations import IN_FORCE, EntryOverride, EntryRevision

_DAY = timedelta(days=1)
_NEXT = 4


class Change(NamedTuple):
    """What a move does. `refused` says why it cannot be; else `told` what becomes of the entry, and `worse` and
    `better` what the lint would say that it does not say now, and the other way round."""

    refused: str = ""
    told: tuple[str, ...] = ()
    worse: tuple[Fault, ...] = ()
    better: tuple[Fault, ...] = ()


def change_of(
    connection: Connection,
    scope: Scope,
    now: datetime,
    media: Path,
    key: str,
    revision: str,
    day: date,
    to: date,
    *,
    only: bool = False,
) -> Change:
    """What becomes of it, if it is still as it was seen; with `only` of this one turn of what repeats."""
    mine = scope.merchant.id
    row = connection.execute(
        select(col(EntryRevision.revision), col(EntryRevision.body), col(EntryRevision.approved)).where(
            col(EntryRevision.merchant_id) == mine, col(EntryRevision.key) == key, IN_FORCE
        )
    ).first()
    if row is None or is_of_others(connection, scope, key):
        return Change(refused="没有这条排期了，可能刚被删了。")
    if row.revision != revision:
        return Change(refused="别人刚改过这一条，看一下最新的再挪。")
    entry = from_json(row.body)
    try:
        if only:
            new, *once = this_once(entry, day, to, now, scope.merchant.zone)
        else:
            new, once = on_another_day(entry, day, to, now, scope.merchant.zone), []
    except CannotMove as why:
        return Change(refused=str(why))
    said = [f"只挪{_called(day)}这一次，{_called(to)}发；别的照常。" if only else _sentence(entry, new, day, to)]
    if entry.rule:
        said.append(f"往后是：{_coming(new, scope, now)}")
    if new.not_after != entry.not_after:
        said.append(f"过期时间跟着挪到 {new.not_after:%m-%d %H:%M}")
    own = connection.execute(
        select(col(EntryOverride.group_id)).where(
            col(EntryOverride.merchant_id) == mine,
            col(EntryOverride.entry) == key,
            col(EntryOverride.date).is_not(None),
        )
    ).all()
    if entry.optional and own:
        said.append(f"有 {len(own)} 个群自己定了日子，不跟着挪。")
    if row.approved and scope.merchant.playbook.approval:
        said.append("挪了以后要重新等人通过。")
    worse, better = _difference(connection, scope, now, media, [new, *once], day, to)
    return Change(told=tuple(said), worse=worse, better=better)


def _sentence(entry: Entry, new: Entry, day: date, to: date) -> str:
    if entry.rule:
        return f"这条是{rule_words(entry.rule)}发的，改成{rule_words(new.rule)}：不只这一次，往后每次都变。"
    return f"从{_called(day)}挪到{_called(to)}，{_time(new)}发。"


def _coming(entry: Entry, scope: Scope, now: datetime) -> str:
    zone = scope.merchant.zone
    return "、".join(_called(one.local_date) for one in next_days(entry, zone, now, _NEXT))


def _difference(
    connection: Connection, scope: Scope, now: datetime, media: Path, new: Sequence[Entry], day: date, to: date
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """The lint of the months around both days, without and with it."""
    first, last = min(day, to).replace(day=1), (max(day, to).replace(day=1) + 31 * _DAY).replace(day=1) - _DAY
    if (last - first).days > _MOST_DAYS:
        first, last = to.replace(day=1), (to.replace(day=1) + 31 * _DAY).replace(day=1) - _DAY
    first, last = first - first.weekday() * _DAY, last + (6 - last.weekday()) * _DAY
    plan = plan_of(connection, scope, now, media, first, last)
    today = now.astimezone(scope.merchant.zone).date()
    topics = {one.room: one.topic or one.room for one in rooms_of(connection, scope)}
    before, after = (
        [one for one in told(lint(which), which, topics) if one.last is None or one.last >= today]
        for which in (plan, _with(plan, new))
    )
    return _only(after, before), _only(before, after)


def _with(plan: Plan, new: Sequence[Entry]) -> Plan:
    """What is changed in its place, what is added at the end, to the groups of the entry as the lint sees them."""
    changed, *added = new
    before = next((one.entry for one in plan.entries if one.entry.key == changed.key), changed)
    entries = [
        msgspec.structs.replace(one, entry=msgspec.structs.replace(changed, groups=before.groups))
        if one.entry.key == changed.key else one
        for one in plan.entries
    ]  # fmt: skip
    entries += [LintEntry(entry=msgspec.structs.replace(one, groups=before.groups)) for one in added]
    return msgspec.structs.replace(plan, entries=entries)


def _only(these: Sequence[Fault], those: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple(one for one in these if one not in those)


def _called(day: date) -> str:
    return f"{day.month}月{day.day}日 {CHINESE[day.weekday()]}"


def _time(entry: Entry) -> str:
    return f"{entry.time:%H:%M}" if entry.time else "一早"


_MOST_DAYS = 100
