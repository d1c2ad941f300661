"""发前检查: what the preview of an entry, the lint and the past say about it, for whoever is to let it go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot import reading
from bot.calendar_plan import load_plan
from bot.post_effects import effects_of
from bot.store import Store
from bot.store.prepared import is_one_of
from content_calendar.entry import Entry
from content_calendar.kind_names import promise_name
from content_calendar.lint import Code, Plan
from content_calendar.rotation import is_spare
from handlers.calendar_check import lint
from handlers.reason_names import MENDS
from models.context import MerchantView
from models.deliveries import TOUCHING_STATES, Delivery, Lane
from models.groups import ChatGroup
from models.people import Contact

Row = dict[str, Any]

LATELY = timedelta(days=7)
"""How far back one looks to see how worn somebody is."""
HISTORY = timedelta(days=90)
"""How far back one looks to see what such posts did."""


def verdicts(rows: Sequence[Row], key: str) -> list[Row]:
    """How many get it, wait or do not get it, by reason, and what mends it. The most first. Who has a later turn waits
    for that alone, which nothing needs to mend."""
    counts = Counter((row["decision"], row["reason"], has_later_turn(row)) for row in rows)
    return [
        {
            "decision": decision,
            "reason": reason,
            "count": count,
            "mend": "" if is_later else MENDS.get(reason or "", "").format(key=key),
        }
        for (decision, reason, is_later), count in counts.most_common()
    ]


def has_later_turn(row: Row) -> bool:
    """Whether a group waits for its turn, of an entry that goes to some groups first."""
    return row.get("stage", 1) > 1 and row["reason"] == "not_approved" and row["until"] is not None


# Of words the lint says which they are.
_SAID_BY_VERDICTS: tuple[Code, ...] = ("quiet_hours", "too_late")


def faults_of(store: Store, merchant: MerchantView, entry: Entry, moment: datetime, media: Path) -> list[str]:
    """What the lint says about an entry in the week of its moment, each once."""
    day = moment.astimezone(merchant.zone).date()
    return faults_in(_plan_of_week(store, merchant, moment, media), entry, day)


def faults_in(plan: Plan, entry: Entry, day: date) -> list[str]:
    """What the lint of a plan says about an entry on a day, each once; not what the verdicts say of its very moment."""
    return list(
        dict.fromkeys(
            row.text
            for row in lint(plan)
            if row.entry == entry.key and row.period in (None, f"{day}") and row.code not in _SAID_BY_VERDICTS
        )
    )


def gaps_of(store: Store, merchant: MerchantView, rooms: Collection[str], moment: datetime, media: Path) -> list[str]:
    """What promises to these rooms lack in the week of a moment and its days, and how it is filled; nothing, or lines
    for people."""
    rows = [
        row
        for row in lint(_plan_of_week(store, merchant, moment, media))
        if row.code == "missing" and row.promise and row.group in rooms
    ]
    if not rows:
        return []
    monday, sunday = _week(merchant, moment)
    alike = Counter((row.promise or "", row.text) for row in rows)
    told = [f"这一周还缺：{promise_name(promise)}，{text}（{count} 处）" for (promise, text), count in alike.items()]
    lacking = {promise.split("/")[1] for promise, _ in alike}
    with store.reading() as connection:
        spare = {one.content_kind for one in reading.entries(connection, merchant) if is_spare(one)}
    mend = f"用备稿补上：calendar fill --from {monday} --to {sunday}"
    return [*told, mend if lacking & spare else "备稿库里没有这类稿子，补一篇排期，或先存几篇备稿"]


def _plan_of_week(store: Store, merchant: MerchantView, moment: datetime, media: Path) -> Plan:
    with store.looking(store.now()) as looking:
        return load_plan(looking, merchant, *_week(merchant, moment), media)


def _week(merchant: MerchantView, moment: datetime) -> tuple[date, date]:
    """Monday and Sunday of the local week of a moment."""
    day = moment.astimezone(merchant.zone).date()
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def wear(store: Store, merchant: MerchantView, targets: Sequence[str], moment: datetime) -> tuple[list[int], list[int]]:
    """How much these rooms and contacts got in the week before: posts to each group, messages to each person.

    Ascending; what was answered to what they said does not count.
    """
    with store.looking(moment) as looking:
        rooms = _ids(looking.connection, merchant, ChatGroup, targets)
        contacts = _ids(looking.connection, merchant, Contact, [one for one in targets if one not in rooms])
        posts = _lately(looking.connection, merchant, col(Delivery.group_id), moment, to_groups=True)
        direct = _lately(looking.connection, merchant, col(Delivery.contact_id), moment, to_groups=False)
    return (
        sorted(posts.get(rooms[target], 0) for target in targets if target in rooms),
        sorted(direct.get(contacts[target], 0) for target in targets if target in contacts),
    )


def _ids(
    connection: Connection, merchant: MerchantView, table: type[ChatGroup] | type[Contact], wire_ids: Sequence[str]
) -> dict[str, int]:
    asked = select(col(table.wire_id), col(table.id)).where(
        col(table.merchant_id) == merchant.id, is_one_of(col(table.wire_id), "wire_ids")
    )
    found: dict[str, int] = dict(connection.execute(asked, {"wire_ids": wire_ids}).all())
    return found


def _lately(
    connection: Connection, merchant: MerchantView, target: Any, moment: datetime, *, to_groups: bool
) -> dict[int, int]:
    """How many there were in the week before, by our id of the target."""
    whom = col(Delivery.contact_id).is_(None) if to_groups else col(Delivery.group_id).is_(None)
    rows = connection.execute(
        select(target, func.count())
        .where(
            col(Delivery.merchant_id) == merchant.id,
            whom,
            target.is_not(None),
            col(Delivery.state).in_(TOUCHING_STATES),
            col(Delivery.lane) != Lane.REPLY,
            col(Delivery.left_at) > moment - LATELY,
            col(Delivery.left_at) <= moment,
        )
        .group_by(target)
    ).all()
    found: dict[int, int] = dict(rows)
    return found


def history(connection: Connection, merchant: MerchantView, entry: Entry, rooms: Collection[str], now: datetime) -> str:
    """What posts of the same content kind did in these groups before, in a sentence; nothing where there were none. It
    reads what was said there in a quarter, so it takes its time."""
    today = now.astimezone(merchant.zone).date()
    found = effects_of(connection, merchant, today - HISTORY, today, kinds=(entry.content_kind,), rooms=tuple(rooms))
    settled = [one for one in found if one.usual_replies is not None and one.usual_leaves is not None]
    if not found:
        return ""
    told = f"以前同类 {len(found)} 条：发后两天平均 {mean(one.replies for one in found):.1f} 条回话"
    told += f"、走 {mean(one.leaves for one in found):.1f} 人"
    if settled:
        replies = mean(one.usual_replies or 0 for one in settled)
        leaves = mean(one.usual_leaves or 0 for one in settled)
        told += f"（平时 {replies:.1f} 条、{leaves:.1f} 人）"
    return told
