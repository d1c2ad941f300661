"""What nobody has answered yet: questions of groups, and who waits for a human 1:1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import read
from bot.store.ids import Ids
from bot.store.talk import all_questions, talk_since
from handlers.threads import OPEN, threads
from models.context import MerchantView, PersonView, Said
from models.digest_views import OpenQuestion
from models.groups import ChatGroup, GroupMember
from models.operations import Ticket
from models.people import Contact, Person

ASKED_WITHIN = timedelta(days=7)
"""How long a question that nobody answers is brought up again."""


class Room(NamedTuple):
    """A group: its wire id, what it is called, and the account that posts there."""

    wire_id: str
    name: str
    account: str


_ROOMS = (
    select(col(ChatGroup.id), col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.account_id))
    .where(col(ChatGroup.merchant_id) == bindparam("merchant"), col(ChatGroup.tier).is_not(None))
    .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
)
_claimer = aliased(Contact)
_TICKETS = (
    select(
        col(Ticket.id),
        col(Ticket.account_id),
        col(Ticket.opened_at),
        col(Ticket.text),
        col(Ticket.claimed_by),
        func.coalesce(col(_claimer.name), ""),
        col(Ticket.contact_id),
        col(Contact.wire_id),
        col(Contact.name),
        col(Person.owner_contact_id),
    )
    .join(Contact, and_(col(Contact.merchant_id) == col(Ticket.merchant_id), col(Contact.id) == col(Ticket.contact_id)))
    .join(Person, and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == col(Contact.person_id)))
    .outerjoin(
        _claimer,
        and_(col(_claimer.merchant_id) == col(Ticket.merchant_id), col(_claimer.wire_id) == col(Ticket.claimed_by)),
    )
    .where(col(Ticket.merchant_id) == bindparam("merchant"), text("closed_at IS NULL"))
    .order_by(col(Ticket.opened_at), col(Ticket.id))
)


def load_open(
    connection: Connection, merchant: MerchantView, now: datetime, person: PersonView
) -> tuple[OpenQuestion, ...]:
    """What this person of the staff may answer, the oldest first: everything, or what is asked in their groups, by
    their customers and by who is in those groups."""
    mine = None if any(not role.group for role in person.roles) else {role.group for role in person.roles}
    rooms = {
        identity: Room(wire_id, topic or wire_id, account)
        for identity, wire_id, topic, account in read(connection, _ROOMS, merchant=merchant.id)
        if mine is None or wire_id in mine
    }
    talk = open_talk(connection, merchant, sorted(rooms), now)
    asked = [one for identity, room in rooms.items() for one in open_in(talk.get(identity, ()), room, now)]
    theirs = None if mine is None else _members(connection, merchant, sorted(rooms))
    for identity, account, at, said, claimed_by, claimer, contact_id, wire_id, name, owner in read(
        connection, _TICKETS, merchant=merchant.id
    ):
        if contact_id == person.contact_id:
            continue
        if theirs is None or owner == person.contact_id or contact_id in theirs or claimed_by == person.wire_id:
            asked.append(
                OpenQuestion(
                    id=identity,
                    account=account,
                    contact=wire_id,
                    contact_id=contact_id,
                    claimed_by=claimed_by,
                    claimed_name=claimer or claimed_by,
                    name=name,
                    at=at,
                    text=said,
                )
            )
    return tuple(sorted(asked, key=lambda one: (one.at, one.id)))


def open_talk(
    connection: Connection, merchant: MerchantView, groups: Sequence[int], now: datetime
) -> Mapping[int, list[Said]]:
    """What was said in those of these groups where a question may be open: since the first that was put there lately,
    before which nothing was answered."""
    put = all_questions(connection, merchant, groups, Ids.floor(now - ASKED_WITHIN)) if groups else []
    found: dict[int, list[Said]] = defaultdict(list)
    if put:
        for one in talk_since(connection, merchant, put[0].id, sorted({one.group_id for one in put})):
            found[one.group_id].append(one)
    return found


def open_in(said: Sequence[Said], room: Room, now: datetime) -> list[OpenQuestion]:
    """The open questions of one group."""
    return [
        OpenQuestion(
            id=one.question.id,
            group=room.wire_id,
            group_id=one.question.group_id,
            account=room.account,
            topic=room.name,
            message=one.question.message,
            contact=one.question.contact,
            name=one.question.name,
            at=one.question.at,
            text=one.question.text,
        )
        for one in threads(said)
        if one.state == OPEN and one.question.at >= now - ASKED_WITHIN
    ]


def _members(connection: Connection, merchant: MerchantView, groups: Sequence[int]) -> set[int]:
    if not groups:
        return set()
    rows = connection.execute(
        select(col(GroupMember.contact_id)).where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.group_id).in_(groups),
            col(GroupMember.left_at).is_(None),
        )
    )
    return set(rows.scalars())
