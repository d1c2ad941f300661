"""`report digest` and `report joins`: the figures of the morning's digest, and who came into groups and who left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.moments import iso
from bot.store.digesting import load_digest
from bot.store.movements import moved
from handlers.digest import most_talked_about
from models.context import MerchantView
from models.digest_views import DigestView, GroupDay
from models.groups import ChatGroup

Row = dict[str, Any]


def digest_rows(connection: Connection, merchant: MerchantView, now: datetime, day: date | None) -> list[Row]:
    """A row for each bound group, in the order of their binding, and one for all of them, with `group` null."""
    view = load_digest(connection, merchant, now, day)
    rows = [_row(merchant, view, [one], one) for one in view.groups]
    return [*rows, _row(merchant, view, view.groups, None)]


def _row(merchant: MerchantView, view: DigestView, groups: Sequence[GroupDay], one: GroupDay | None) -> Row:
    zone = merchant.zone
    return {
        "group": one.group if one else None,
        "topic": one.topic if one else None,
        "tier": one.tier if one else None,
        "owner": (one.owner_id or None) if one else None,
        "day": view.day.isoformat(),
        "members": sum(group.members for group in groups),
        "joins": sum(group.joins for group in groups),
        "leaves": sum(group.leaves for group in groups),
        "active": len(frozenset[str]().union(*(group.active for group in groups))),
        "messages": sum(group.messages for group in groups),
        "words": [list(word) for word in most_talked_about(groups)],
        "unanswered": [asked.message for group in groups for asked in group.unanswered],
        "posts": [
            {
                "group": post.group,
                "entry": post.entry or None,
                "title": post.title,
                "at": iso(post.at, zone),
                "replies": post.replies,
                "joins": post.joins,
                "leaves": post.leaves,
            }
            for group in groups
            for post in group.posts
        ],
        "today": [
            {"group": group.group, "entry": planned.entry, "at": iso(planned.at, zone), "approved": planned.approved}
            for group in groups
            for planned in group.today
        ],
        "missing": [{"group": group.group, "text": what} for group in groups for what in group.missing],
    }


def joins_rows(
    connection: Connection, merchant: MerchantView, first: date, last: date, room: str | None = None
) -> list[Row]:
    """Who came into groups and who left them on these local days, both included: who brought them in, and for who left
    the last post of the two days before."""
    start = datetime.combine(first, time(), merchant.zone)
    end = datetime.combine(last + timedelta(days=1), time(), merchant.zone)
    mine = select(col(ChatGroup.id), col(ChatGroup.wire_id)).where(col(ChatGroup.merchant_id) == merchant.id)
    ids = [identity for identity, wire_id in connection.execute(mine) if room in (None, wire_id)]
    found = moved(connection, merchant, sorted(ids), start, end)
    everybody = sorted((one for of_group in found.values() for one in of_group), key=lambda one: one.at)
    return [
        {
            "at": iso(one.at, merchant.zone),
            "group": one.group,
            "contact": one.contact,
            "name": one.name,
            "change": "joined" if one.came else "left",
            "by": one.by or None,
            "entry": one.entry or None,
            "after": one.after or None,
        }
        for one in everybody
    ]
