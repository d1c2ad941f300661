"""Group chats: which there are, by what was said in them last, and one of them from its newest line back.

The journal has no index by group, since it grows with everything that is said: it is read backwards by its ids, so much
at a time, and whoever looks for a quiet group's talk goes on further back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.reading.people import Moment
from bot.console.visit import Scope
from bot.store.prepared import unindexed
from models.deliveries import Delivery, DeliveryState
from models.erasure import is_nameless
from models.fields import unfilled
from models.groups import ChatGroup
from models.journal import Body, JournalEntry
from models.people import Contact

PAGE = 50
_LOOKED_AT = 20_000  # rows of the journal a page
_LONGEST = 2_000  # of one message: somebody may have pasted a book
_SPOKEN = ("message", "self_message")


class Room(NamedTuple):
    """A group; `heard_at` is when something was said last among the newest lines of the shop, if it was."""

    room: str
    topic: str
    tier: str
    account: str
    members: int
    heard_at: datetime | None


class Line(NamedTuple):
    """Something in a group: what `who` (of the wire id `contact`) said, or with a `moment.state` what we sent."""

    moment: Moment
    contact: str
    who: str


class Page(NamedTuple):
    """Lines of a group, the newest first, and the id from below which to go on, if there may be more."""

    lines: list[Line]
    before: int | None


def topics_of(connection: Connection, scope: Scope, rooms: Sequence[str]) -> list[str]:
    """What groups are called, in their order; who has no topic goes by its id."""
    asked = select(col(ChatGroup.wire_id), col(ChatGroup.topic)).where(
        col(ChatGroup.merchant_id) == scope.merchant.id, col(ChatGroup.wire_id).in_(rooms)
    )
    topics: dict[str, str] = dict(connection.execute(asked).all())
    return [topics.get(room) or room for room in rooms]


def rooms(connection: Connection, scope: Scope, limit: int = 200) -> list[Room]:
    """The groups of the scope, those in which something was said last first."""
    mine = scope.merchant.id
    newest = (
        select(col(JournalEntry.group_id), col(JournalEntry.at))
        .where(col(JournalEntry.merchant_id) == mine, col(JournalEntry.group_id).is_not(None))
        .order_by(col(JournalEntry.id).desc())
        .limit(_LOOKED_AT // 10)
    ).subquery()
    heard: dict[int, datetime] = dict(
        connection.execute(select(newest.c.group_id, func.max(newest.c.at)).group_by(newest.c.group_id)).all()
    )
    rows = connection.execute(
        select(
            col(ChatGroup.id),
            col(ChatGroup.wire_id),
            col(ChatGroup.topic),
            col(ChatGroup.tier),
            col(ChatGroup.account_id),
            col(ChatGroup.members),
        )
        .where(
            col(ChatGroup.merchant_id) == mine,
            col(ChatGroup.account_id).in_(scope.accounts),
            col(ChatGroup.became).is_(None),
        )
        .order_by(col(ChatGroup.bound_at).asc().nulls_last(), col(ChatGroup.id))
    ).all()
    found = [
        Room(room, topic or room, tier or "", account, members, heard.get(identity))
        for identity, room, topic, tier, account, members in rows
    ]
    spoken = [(one.heard_at, number, one) for number, one in enumerate(found) if one.heard_at]
    in_order = [one for _, _, one in sorted(spoken, key=lambda pair: pair[:2], reverse=True)]
    return [*in_order, *(one for one in found if not one.heard_at)][:limit]


def room_of(connection: Connection, scope: Scope, room: str) -> Room | None:
    """One of them."""
    row = connection.execute(
        select(
            col(ChatGroup.wire_id),
            col(ChatGroup.topic),
            col(ChatGroup.tier),
            col(ChatGroup.account_id),
            col(ChatGroup.members),
        ).where(
            col(ChatGroup.merchant_id) == scope.merchant.id,
            col(ChatGroup.wire_id) == room,
            col(ChatGroup.account_id).in_(scope.accounts),
        )
    ).first()
    return Room(row.wire_id, row.topic or room, row.tier or "", row.account_id, row.members, None) if row else None


def talk(connection: Connection, scope: Scope, room: str, before: int | None = None) -> Page:
    """What was said in a group and what we sent there, a page of it from below an id on."""
    mine = scope.merchant.id
    group, account = connection.execute(
        select(col(ChatGroup.id), col(ChatGroup.account_id)).where(
            col(ChatGroup.merchant_id) == mine,
            col(ChatGroup.wire_id) == room,
            col(ChatGroup.account_id).in_(scope.accounts),
        )
    ).first() or (None, "")
    if group is None:
        return Page([], None)
    floor = _floor(connection, scope, before)
    said = _said(connection, mine, group, account, floor, before)
    sent = _sent(connection, mine, group, floor, before)
    ours = {one for _, one in sent if one}
    lines = [line for line, message in said if message not in ours or line.moment.type == "message"]
    lines += [line for line, _ in sent]
    lines.sort(key=lambda one: one.moment.id, reverse=True)
    if len(lines) >= PAGE:
        return Page(lines[:PAGE], lines[PAGE - 1].moment.id)
    return Page(lines, floor)


def _floor(connection: Connection, scope: Scope, before: int | None) -> int | None:
    """The id of the journal down to which is read; None where that is its beginning."""
    asked = select(col(JournalEntry.id)).order_by(col(JournalEntry.id).desc()).offset(_LOOKED_AT).limit(1)
    if before is not None:
        asked = asked.where(col(JournalEntry.id) < before)
    return connection.execute(asked).scalar()


def _said(
    connection: Connection, mine: str, group: int, account: str, floor: int | None, before: int | None
) -> list[tuple[Line, str]]:
    asked: Any = (
        select(
            col(JournalEntry.id),
            col(JournalEntry.at),
            col(JournalEntry.type),
            col(JournalEntry.kind),
            col(JournalEntry.wire_id).label("message"),
            func.coalesce(col(Contact.wire_id), "").label("contact"),
            func.coalesce(col(Contact.name), "").label("name"),
            func.substr(func.coalesce(col(Body.text), ""), 1, _LONGEST).label("text"),
        )
        .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
        .outerjoin(Contact, and_(col(Contact.merchant_id) == mine, col(Contact.id) == col(JournalEntry.contact_id)))
        .where(
            col(JournalEntry.merchant_id) == mine,
            col(JournalEntry.group_id) == group,
            col(JournalEntry.account_id) == account,
            col(JournalEntry.type).in_(_SPOKEN),
            col(JournalEntry.id) >= (floor or 0),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(PAGE)
    )
    if before is not None:
        asked = asked.where(col(JournalEntry.id) < before)
    return [
        (
            Line(
                Moment(row.id, row.at, row.type, account, "", "", row.kind, row.text),
                "" if is_nameless(row.contact) else row.contact,
                person_name(row.contact, row.name),
            ),
            row.message,
        )
        for row in connection.execute(asked)
    ]


def _sent(
    connection: Connection, mine: str, group: int, floor: int | None, before: int | None
) -> list[tuple[Line, str]]:
    asked: Any = (
        select(
            col(Delivery.id),
            col(Delivery.left_at),
            col(Delivery.next_at),
            col(Delivery.account_id),
            col(Delivery.kind),
            col(Delivery.state),
            col(Delivery.reason),
            col(Delivery.cause),
            col(Delivery.message),
            func.substr(func.coalesce(col(Delivery.text), col(Delivery.template), ""), 1, _LONGEST).label("text"),
        )
        .where(
            unindexed(col(Delivery.merchant_id)) == mine,
            col(Delivery.group_id) == group,
            unindexed(col(Delivery.contact_id)).is_(None),
            col(Delivery.id) >= (floor or 0),
        )
        .order_by(col(Delivery.id).desc())
        .limit(PAGE)
    )
    if before is not None:
        asked = asked.where(col(Delivery.id) < before)
    return [
        (
            Line(
                Moment(
                    row.id,
                    row.left_at or row.next_at,
                    "",
                    row.account_id,
                    "",
                    "",
                    row.kind,
                    row.text if row.left_at else unfilled(row.text),
                    DeliveryState(row.state),
                    row.reason or "",
                    row.cause,
                ),
                "",
                "",
            ),
            row.message,
        )
        for row in connection.execute(asked)
    ]
