"""Which promises of content were kept, and why the others were not: recomputed from the ledger, post by post."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby, starmap
from operator import attrgetter
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from bot.entries_in_force import entries_in_force
from bot.store import read
from bot.store.prepared import is_one_of
from content_calendar.entry import Entry, from_json
from content_calendar.group_lint import posts_by_group
from content_calendar.lint_plan import LintEntry, LintGroup, Plan
from content_calendar.promises import (
    Judged,
    Outcome,
    Post,
    PromisedGroup,
    PromiseState,
    excess,
    fulfils,
    lateness,
    report,
)
from content_calendar.rotation import filled
from handlers.reason_names import REASON_NAMES
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, OPEN_STATES, Delivery, DeliveryState
from models.groups import ChatGroup
from models.operations import IN_FORCE, EntryRevision
from models.playbook import Rolling

_STATE_NAMES = {
    DeliveryState.PLANNED: "还没发",
    DeliveryState.WAITING: "还在等",
    DeliveryState.CLAIMED: "正在发",
    DeliveryState.FAILED: "发送失败",
    DeliveryState.UNKNOWN: "不确定，请核对",
    DeliveryState.SKIPPED: "没发",
    DeliveryState.EXPIRED: "过期未发",
    DeliveryState.CANCELLED: "取消了",
    DeliveryState.AWAITING_TAP: "待员工点发",
}
_LONGEST_MONTH = 31
# What may arrive yet.
_AWAITED = (*OPEN_STATES, DeliveryState.CLAIMED, DeliveryState.AWAITING_TAP)


class PromiseRow(msgspec.Struct, frozen=True):
    """What became of a promise: the room id, TIER/CONTENT_KIND/PER, the period, the keys of the entries that count, in
    `text`, where it was not kept, why, and how many were too many."""

    group: str
    promise: str
    period: str
    state: PromiseState
    entries: tuple[str, ...]
    text: str
    surplus: int = 0


class _Part(NamedTuple):
    """What became of a part of a post to a group."""

    wire_id: str
    key: str
    entry: str
    revision: str
    spare: str | None
    occurrence: str
    due_at: datetime
    left_at: datetime | None
    state: str
    reason: str | None


_BOUND = (
    select(col(ChatGroup.wire_id), col(ChatGroup.tier), col(ChatGroup.bound_at))
    .where(col(ChatGroup.merchant_id) == bindparam("merchant"), col(ChatGroup.tier).is_not(None))
    .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
)
_POSTS = (
    select(
        col(ChatGroup.wire_id),
        col(Delivery.key),
        col(Delivery.entry),
        col(Delivery.revision),
        col(Delivery.spare),
        col(Delivery.occurrence),
        col(Delivery.due_at),
        col(Delivery.left_at),
        col(Delivery.state),
        col(Delivery.reason),
    )
    .select_from(Delivery)
    .join(
        ChatGroup,
        (col(ChatGroup.merchant_id) == col(Delivery.merchant_id)) & (col(ChatGroup.id) == col(Delivery.group_id)),
    )
    .where(
        col(Delivery.merchant_id) == bindparam("merchant"),
        col(Delivery.contact_id).is_(None),
        col(Delivery.occurrence) >= bindparam("first"),
        col(Delivery.occurrence) <= bindparam("last"),
    )
    .order_by(col(Delivery.key), col(Delivery.part))
)
_REVISIONS = (
    select(col(EntryRevision.key), col(EntryRevision.revision), col(EntryRevision.body))
    .where(col(EntryRevision.merchant_id) == bindparam("merchant"), is_one_of(col(EntryRevision.key), "keys"))
    .order_by(col(EntryRevision.at))
)
_THESE = _REVISIONS.where(is_one_of(col(EntryRevision.revision), "revisions"))


def promise_rows(
    connection: Connection, merchant: MerchantView, first: date, last: date, now: datetime
) -> list[PromiseRow]:
    """Each promise of each bound group in each period that lies within these local days, both included.

    What begins after today is not judged yet, what ended before a group was bound was not promised to it. A period that
    still runs has kept its promise as soon as it has; it has missed it as soon as there was too much, else on its last
    day, when nothing is to come.
    """
    zone = merchant.zone
    today = now.astimezone(zone).date()
    groups = _groups(connection, merchant, first, last)
    outcomes = _outcomes(connection, merchant, first, last)
    found = [
        judged
        for judged in report(merchant.playbook, groups, outcomes, first, last, zone)
        if judged.period.first <= today
        and (judged.state != "missed" or judged.period.last <= today or _too_many(judged))
    ]
    if any(_may_still_change(judged, today) for judged in found):
        to_come = _to_come(connection, merchant, groups, now)
        found = [one for one in found if not (_may_still_change(one, today) and _is_awaited(one, to_come))]
    return [
        PromiseRow(
            group=judged.group,
            promise=judged.promise.name,
            period=judged.period.label,
            state=judged.state,
            entries=tuple(dict.fromkeys(one.post.entry.key for one in judged.arrived)),
            text=_why(judged, zone),
            surplus=_too_many(judged),
        )
        for judged in found
    ]


def _may_still_change(judged: Judged, today: date) -> bool:
    return judged.state == "missed" and judged.period.last == today and not _too_many(judged)


def _too_many(judged: Judged) -> int:
    return excess(judged.promise, judged.arrived)


def _is_awaited(judged: Judged, to_come: Mapping[str, Sequence[Post]]) -> bool:
    """Whether something on its way, or in the calendar of the rest of the day, may still keep it."""
    return any(one.state in _AWAITED for one in judged.lost) or any(
        fulfils(judged.promise, post.entry) for post in to_come.get(judged.group, ())
    )


def _to_come(
    connection: Connection, merchant: MerchantView, groups: Sequence[PromisedGroup], now: datetime
) -> dict[str, list[Post]]:
    """What the calendar has for each room in the rest of the day."""
    today = now.astimezone(merchant.zone).date()
    plan = _plan(merchant, groups, entries_in_force(connection, merchant), today, today)
    return {room: [post for post in posts if post.at_utc > now] for room, posts in posts_by_group(plan).items()}


def _plan(
    merchant: MerchantView, groups: Iterable[PromisedGroup], entries: Iterable[LintEntry], first: date, last: date
) -> Plan:
    return Plan(
        playbook=merchant.playbook,
        groups=[LintGroup(room=group.room, tier=group.tier) for group in groups],
        entries=list(entries),
        first=first,
        last=last,
        zone=merchant.zone,
    )


def _groups(connection: Connection, merchant: MerchantView, first: date, last: date) -> list[PromisedGroup]:
    """The bound groups in the order they were bound; those that were bound within the days, with what the calendar had
    for them before."""
    rows = read(connection, _BOUND, merchant=merchant.id)
    bound = {room: at for room, _, at in rows if at}
    groups = [
        PromisedGroup(room, tier or "", bound[room].astimezone(merchant.zone).date() if room in bound else date.min)
        for room, tier, _ in rows
    ]
    if not any(first <= group.since <= last for group in groups):
        return groups
    began = _first_imports(connection, merchant)
    entries = list(entries_in_force(connection, merchant))
    periods = (one.per.days for one in merchant.playbook.promises if isinstance(one.per, Rolling))
    longest = timedelta(days=max((_LONGEST_MONTH, *periods)))
    found: list[PromisedGroup] = []
    for group in groups:
        if first <= group.since <= last:
            plan = _plan(merchant, [group], entries, max(first, group.since - longest), group.since)
            posts = posts_by_group(plan)[group.room]
            early = (post for post in posts if began[post.entry.key] <= post.at_utc < bound[group.room])
            found.append(msgspec.structs.replace(group, too_early=tuple(early)))
        else:
            found.append(group)
    return found


def _first_imports(connection: Connection, merchant: MerchantView) -> dict[str, datetime]:
    """When each entry in force came into the calendar: what it has before that is no occurrence."""
    rows = connection.execute(
        select(col(EntryRevision.key), col(EntryRevision.first_imported_at)).where(
            col(EntryRevision.merchant_id) == merchant.id, IN_FORCE
        )
    )
    return {key: at for key, at in rows}  # noqa: C416 - a row is a tuple to mypy only here


def _outcomes(connection: Connection, merchant: MerchantView, first: date, last: date) -> dict[str, list[Outcome]]:
    """What became of each post to a group, by room, in the order in which they left. One in several parts has arrived
    when all of them have, and left with the first."""
    rows = read(connection, _POSTS, merchant=merchant.id, first=first.isoformat(), last=last.isoformat())
    entries = posted_entries(connection, merchant, {(row[2], row[3]) for row in rows})
    spares = _last_revisions(connection, merchant, {row[4] for row in rows if row[4]})
    found: dict[str, list[Outcome]] = defaultdict(list)
    for _, of_key in groupby(starmap(_Part, rows), key=attrgetter("key")):
        parts = list(of_key)
        one = parts[0]
        entry = entries.get((one.entry, one.revision))
        spare = spares.get(one.spare or "")
        if entry is None:
            continue
        post = Post(date.fromisoformat(one.occurrence), one.due_at, filled(entry, spare) if spare else entry)
        stuck = next((part for part in parts if part.state not in ARRIVED_STATES), None)
        if stuck is None:
            found[one.wire_id].append(Outcome(post, one.left_at, one.state))
        else:
            found[one.wire_id].append(Outcome(post, None, stuck.state, stuck.reason))
    for of_group in found.values():
        of_group.sort(key=lambda outcome: outcome.left_at or outcome.post.at_utc)
    return found


def posted_entries(
    connection: Connection, merchant: MerchantView, posted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Entry]:
    """These entries, by key and revision: what a post was is what it was when it left."""
    keys, revisions = ({one[place] for one in posted} for place in (0, 1))
    rows = read(connection, _THESE, merchant=merchant.id, keys=sorted(keys), revisions=sorted(revisions))
    return {(key, revision): from_json(body) for key, revision, body in rows}


def _last_revisions(connection: Connection, merchant: MerchantView, keys: Collection[str]) -> dict[str, Entry]:
    """These entries by their keys, as they were last, also if they are no longer in force."""
    rows = read(connection, _REVISIONS, merchant=merchant.id, keys=sorted(keys)) if keys else []
    bodies = {key: body for key, _, body in rows}
    return {key: from_json(body) for key, body in bodies.items()}


def _why(judged: Judged, zone: tzinfo) -> str:
    """Why a promise was not kept, in a sentence for people; nothing where it was."""
    if judged.state == "kept":
        return ""
    late = (
        f"{one.post.entry.key} 晚了{_span(by)}"
        for one in judged.arrived
        if (by := lateness(one, judged.period, zone)) is not None
    )
    lost = (
        f"{one.post.entry.key} {_STATE_NAMES.get(DeliveryState(one.state), one.state)}"
        + (f"（{REASON_NAMES.get(one.reason, one.reason)}）" if one.reason else "")
        for one in judged.lost
    )
    too_many = (f"多发了 {too_many} 条" for too_many in [_too_many(judged)] if too_many)
    return "，".join((*too_many, *late, *lost)) or "没有排够"


def _span(time: timedelta) -> str:
    minutes = max(1, round(time / timedelta(minutes=1)))
    hours, minutes = divmod(minutes, 60)
    return (f" {hours} 小时" if hours else "") + (f" {minutes} 分钟" if minutes else "")
