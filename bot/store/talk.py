"""What was said in groups since a question was put: from the journal, whose ids are ordered by time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, select
from sqlmodel import col

from bot.store import Writing, read
from bot.store.ids import EPOCH, SEQUENCE_BITS
from bot.store.prepared import is_one_of
from models.columns import UtcDateTime
from models.context import MerchantView, Said
from models.deliveries import Delivery
from models.events import TimerDue
from models.groups import ChatGroup
from models.journal import Body, JournalEntry
from models.operations import Role, RoleGrant
from models.people import Contact
from models.questions import GroupQuestion


class Asked(NamedTuple):
    """A question: our id of it, and its group."""

    id: int
    group_id: int


_QUESTIONS = (
    select(col(GroupQuestion.id), col(GroupQuestion.group_id))
    .where(
        col(GroupQuestion.merchant_id) == bindparam("merchant"),
        is_one_of(col(GroupQuestion.group_id), "groups"),
        col(GroupQuestion.id) >= bindparam("since"),
    )
    .order_by(col(GroupQuestion.id))
)
_OF_THIS_MESSAGE = (
    select(col(GroupQuestion.id), col(GroupQuestion.group_id))
    .join(
        ChatGroup,
        and_(
            col(ChatGroup.merchant_id) == col(GroupQuestion.merchant_id),
            col(ChatGroup.id) == col(GroupQuestion.group_id),
        ),
    )
    .join(JournalEntry, col(JournalEntry.id) == col(GroupQuestion.id))
    .where(
        col(GroupQuestion.merchant_id) == bindparam("merchant"),
        col(ChatGroup.wire_id) == bindparam("group"),
        col(JournalEntry.wire_id) == bindparam("message"),
    )
    .order_by(col(GroupQuestion.id).desc())
)
_SAID = (
    select(
        col(JournalEntry.id),
        col(JournalEntry.type),
        col(JournalEntry.group_id),
        col(JournalEntry.at),
        col(JournalEntry.account_id),
        col(JournalEntry.wire_id),
        col(JournalEntry.kind),
        col(JournalEntry.data),
        func.coalesce(col(Contact.wire_id), ""),
        func.coalesce(col(Contact.name), ""),
        func.coalesce(col(Body.text), ""),
    )
    .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
    .outerjoin(
        Contact,
        and_(
            col(Contact.merchant_id) == col(JournalEntry.merchant_id), col(Contact.id) == col(JournalEntry.contact_id)
        ),
    )
    .where(
        col(JournalEntry.id) >= bindparam("since"),
        col(JournalEntry.merchant_id) == bindparam("merchant"),
        is_one_of(col(JournalEntry.type), "types"),
    )
    .order_by(col(JournalEntry.id))
)
_POSTS = select(col(Delivery.message), col(Delivery.key)).where(
    is_one_of(col(Delivery.group_id), "groups"),
    col(Delivery.left_at) >= bindparam("after", type_=UtcDateTime()),
    col(Delivery.message) != "",
)
_ACCOUNTS = select(col(ChatGroup.id), col(ChatGroup.account_id), col(ChatGroup.owner_contact_id)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.id), "groups")
)
_STAFF = select(col(RoleGrant.wire_id), col(RoleGrant.group_wire_id)).where(
    col(RoleGrant.merchant_id) == bindparam("merchant"), is_one_of(col(RoleGrant.role), "roles")
)
_CONTACTS = select(col(Contact.id), col(Contact.wire_id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.id), "ids")
)
_NAMED = select(col(Contact.id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.wire_id), "wire_ids")
)
_OWNERS = select(col(ChatGroup.owner_contact_id)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.wire_id), "wire_ids")
)
_WORKING = (Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL, Role.HELPER)


class _Details(msgspec.Struct):
    mentions: tuple[str, ...] = ()
    quote: str = ""
    message: str = ""


_TYPES = ("message", "self_message", "recalled")
_MILLISECOND = timedelta(milliseconds=1)
_details = msgspec.json.Decoder(_Details).decode


def question_of(writing: Writing, merchant_id: str, event: TimerDue) -> Asked | None:
    """The question that a timer is about."""
    group, message, _ = event.subject.split(" ")
    found = writing.rows(_OF_THIS_MESSAGE, merchant=merchant_id, group=group, message=message)
    return Asked(*found[0]) if found else None


def load_talk(connection: Connection, merchant: MerchantView, since: Asked) -> tuple[Said, ...]:
    """What was said in the group of a question since it was put."""
    return talk_since(connection, merchant, since.id, [since.group_id])


def talk_since(connection: Connection, merchant: MerchantView, since: int, groups: Sequence[int]) -> tuple[Said, ...]:
    """What was said in groups from that id on, without what was recalled."""
    asked = {identity for identity, _ in read(connection, _QUESTIONS, merchant=merchant.id, groups=groups, since=since)}
    posting: dict[int, str] = {}
    owners: dict[int, int | None] = {}
    for group_id, account, owner in read(connection, _ACCOUNTS, merchant=merchant.id, groups=groups):
        posting[group_id], owners[group_id] = account, owner
    owner_ids = sorted({owner for owner in owners.values() if owner})
    names = dict(read(connection, _CONTACTS, merchant=merchant.id, ids=owner_ids)) if owner_ids else {}
    staff = {wire_id for _, wire_id, _ in merchant.admins}
    staff.update(wire_id for wire_id, _ in read(connection, _STAFF, merchant=merchant.id, roles=_WORKING))
    after = EPOCH + (since >> SEQUENCE_BITS) * _MILLISECOND
    posts = dict(read(connection, _POSTS, groups=groups, after=after))
    recalled: set[str] = set()
    said: list[Said] = []
    for identity, kind, group_id, at, account, wire_id, media, data, contact, name, text in read(
        connection, _SAID, merchant=merchant.id, since=since, types=_TYPES
    ):
        if kind == "recalled":
            recalled.add(_details(data).message)
            continue
        if posting.get(group_id) != account:
            continue
        details = _details(data)
        key = posts.get(wire_id) if kind == "self_message" else None
        quote = details.quote
        if kind == "self_message":
            by = "staff" if key is None else "answer" if key.startswith("answer:") else "auto"
            quote = key.rpartition(" ")[2] if key and by == "answer" else quote
        else:
            by = "staff" if contact in staff or contact == names.get(owners.get(group_id)) else "member"
        said.append(
            Said(
                id=identity,
                group_id=group_id,
                at=at,
                message=wire_id,
                contact=contact,
                name=name,
                by=by,
                kind=media or "text",
                text=text,
                mentions=details.mentions,
                quote=quote,
                asks=identity in asked and bool(text),
            )
        )
    return tuple(one for one in said if one.message not in recalled)


def all_questions(connection: Connection, merchant: MerchantView, groups: Sequence[int]) -> list[Asked]:
    """Every question that was put in these groups."""
    rows = read(connection, _QUESTIONS, merchant=merchant.id, groups=groups, since=0)
    return [Asked(identity, group_id) for identity, group_id in rows]


def carers_of(writing: Writing, merchant_id: str, places: Iterable[Sequence[str]]) -> list[int]:
    """The contact ids of who looks after these groups, and of helpers there or everywhere."""
    rooms = sorted({wire_id for wire_ids in places for wire_id in wire_ids})
    ids = {owner for (owner,) in writing.rows(_OWNERS, merchant=merchant_id, wire_ids=rooms) if owner}
    helpers = [
        wire_id
        for wire_id, room in writing.rows(_STAFF, merchant=merchant_id, roles=(Role.HELPER,))
        if room in ("", *rooms)
    ]
    ids.update(identity for (identity,) in writing.rows(_NAMED, merchant=merchant_id, wire_ids=helpers))
    return sorted(ids)
