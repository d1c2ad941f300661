"""Which promises of content were kept, and why the others were not: recomputed from the ledger, post by post."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

import msgspec
from sqlalchemy import Connection, select
from sqlmodel import col

from bot.store.prepared import unindexed
from content_calendar.entry import Entry, from_json
from content_calendar.promises import Judged, Outcome, Post, PromisedGroup, PromiseState, lateness, report
from content_calendar.rotation import filled
from handlers.reason_names import REASON_NAMES
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery, DeliveryState
from models.groups import ChatGroup
from models.operations import EntryRevision

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


class PromiseRow(msgspec.Struct, frozen=True):
    """What became of a promise: the room id, TIER/CONTENT_KIND/PER, the period, the keys of the entries that count, and
    in `text`, where it was not kept, why."""

    group: str
    promise: str
    period: str
    state: PromiseState
    entries: tuple[str, ...]
    text: str


def promise_rows(
    connection: Connection, merchant: MerchantView, first: date, last: date, now: datetime
) -> list[PromiseRow]:
    """Each promise of each bound group in each period that lies within these local days, both included.

    What begins after today is not judged yet, what ended before a group was bound was not promised to it.
    """
    zone = merchant.zone
    today = now.astimezone(zone).date()
    found = report(
        merchant.playbook,
        _groups(connection, merchant),
        _outcomes(connection, merchant, first, last),
        first,
        last,
        zone,
    )
    return [
        PromiseRow(
            group=judged.group,
            promise=judged.promise.name,
            period=judged.period.label,
            state=judged.state,
            entries=tuple(dict.fromkeys(one.post.entry.key for one in judged.arrived)),
            text=_why(judged, zone),
        )
        for judged in found
        if judged.period.first <= today
    ]


def _groups(connection: Connection, merchant: MerchantView) -> list[PromisedGroup]:
    rows = connection.execute(
        select(col(ChatGroup.wire_id), col(ChatGroup.tier), col(ChatGroup.bound_at))
        .where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.tier).is_not(None))
        .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
    )
    return [
        PromisedGroup(room, tier or "", bound_at.astimezone(merchant.zone).date() if bound_at else date.min)
        for room, tier, bound_at in rows
    ]


def _outcomes(connection: Connection, merchant: MerchantView, first: date, last: date) -> dict[str, list[Outcome]]:
    """What became of each post to a group, by room, in the order in which they left. One in several parts has arrived
    when all of them have, and left with the first."""
    rows = connection.execute(
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
            col(Delivery.merchant_id) == merchant.id,
            unindexed(col(Delivery.contact_id)).is_(None),
            col(Delivery.occurrence) >= first.isoformat(),
            col(Delivery.occurrence) <= last.isoformat(),
        )
        .order_by(col(Delivery.key), col(Delivery.part))
    )
    entries = posted_entries(connection, merchant)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for _, of_key in groupby(rows, key=lambda row: row.key):
        parts = list(of_key)
        one = parts[0]
        entry = entries.get((one.entry, one.revision))
        spare = entries.get((one.spare, ""))
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


def posted_entries(connection: Connection, merchant: MerchantView) -> dict[tuple[str, str], Entry]:
    """Every revision of every entry: what a post was is what it was when it left. The last of each stands under its
    key with an empty revision too."""
    rows = connection.execute(
        select(col(EntryRevision.key), col(EntryRevision.revision), col(EntryRevision.body))
        .where(col(EntryRevision.merchant_id) == merchant.id)
        .order_by(col(EntryRevision.at))
    ).all()
    found = {(key, revision): from_json(body) for key, revision, body in rows}
    return found | {(key, ""): found[key, revision] for key, revision, _ in rows}


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
    return "，".join((*late, *lost)) or "没有排够"


def _span(time: timedelta) -> str:
    minutes = max(1, round(time / timedelta(minutes=1)))
    hours, minutes = divmod(minutes, 60)
    return (f" {hours} 小时" if hours else "") + (f" {minutes} 分钟" if minutes else "")
