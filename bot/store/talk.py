"""What was said in groups since a question was put: from the journal, whose ids are ordered by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select
from sqlmodel import col

from bot.store import Writing, read
from bot.store.ids import EPOCH, SEQUENCE_BITS
from bot.store.prepared import is_one_of, unindexed
from handlers.group_hearing import BEFORE
from models.columns import UtcDateTime
from models.context import MerchantView, Said
from models.deliveries import Delivery
from models.digest_views import GroupDay
from models.events import TimerDue
from models.groups import ChatGroup
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import Role, RoleGrant
from models.people import Contact
from models.questions import GroupQuestion

Proceed = Callable[[float], None]
"""Told the share of a long work that is done."""


def at_once(_share: float) -> None:
    """Nobody waits for it."""


class Asked(NamedTuple):
    """A question: our id of it, and its group."""

    id: int
    group_id: int


_RECALLED = "recalled"
_QUESTIONS = (
    select(col(GroupQuestion.id), col(GroupQuestion.group_id), col(GroupQuestion.closed_at).is_not(None))
    .where(
        col(GroupQuestion.merchant_id) == bindparam("merchant"),
        is_one_of(col(GroupQuestion.group_id), "groups"),
        col(GroupQuestion.id) >= bindparam("since"),
    )
    .order_by(col(GroupQuestion.id))
)
_OF_MESSAGES = (
    select(col(SeenEvent.wire_id), col(GroupQuestion.id), col(GroupQuestion.group_id))
    .join(
        GroupQuestion,
        and_(
            col(GroupQuestion.merchant_id) == col(SeenEvent.merchant_id),
            col(GroupQuestion.id) == col(SeenEvent.journal_id),
        ),
    )
    .where(
        col(SeenEvent.merchant_id) == bindparam("merchant"),
        col(SeenEvent.account_id) == bindparam("account"),
        is_one_of(col(SeenEvent.wire_id), "messages"),
    )
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
        col(JournalEntry.id) <= bindparam("until"),
        col(JournalEntry.merchant_id) == bindparam("merchant"),
        is_one_of(col(JournalEntry.type), "types"),
        or_(
            is_one_of(col(JournalEntry.group_id), "groups"), col(JournalEntry.type) == _RECALLED
        ),  # which says no group
    )
    .order_by(col(JournalEntry.id))
)
_NEWEST = select(func.max(col(JournalEntry.id)))
_POSTS = select(col(Delivery.message), col(Delivery.key)).where(
    is_one_of(col(Delivery.group_id), "groups"),
    col(Delivery.left_at) >= bindparam("after", type_=UtcDateTime()),
    col(Delivery.message) != "",
)
_ACCOUNTS = select(col(ChatGroup.id), col(ChatGroup.account_id), col(ChatGroup.owner_contact_id)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.id), "groups")
)
_STAFF = select(col(RoleGrant.wire_id), col(RoleGrant.group_wire_id)).where(
    unindexed(col(RoleGrant.merchant_id)) == bindparam("merchant"), is_one_of(col(RoleGrant.role), "roles")
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
_CARING = (Role.BRANCH, Role.HALL, Role.HELPER)


class _Details(msgspec.Struct):
    mentions: tuple[str, ...] = ()
    quote: str = ""
    message: str = ""


_TYPES = ("message", "self_message", _RECALLED)
_MILLISECOND = timedelta(milliseconds=1)
_BEFORE = BEFORE // _MILLISECOND << SEQUENCE_BITS
"""So much smaller are the ids of what was said so long before."""
_details = msgspec.json.Decoder(_Details).decode


def load_talk(writing: Writing, merchant: MerchantView, timers: Iterable[TimerDue]) -> dict[str, tuple[Said, ...]]:
    """By the subjects of timers that are about questions: what was said in that group since its question was put.

    The journal is gone through once for all of them, from the oldest question on.
    """
    subjects: dict[str, dict[str, str]] = defaultdict(dict)
    for timer in timers:
        _, message, _ = timer.subject.split(" ")
        subjects[timer.account][message] = timer.subject
    asked: dict[str, Asked] = {}
    for account, of_messages in subjects.items():
        for message, identity, group_id in writing.rows(
            _OF_MESSAGES, merchant=merchant.id, account=account, messages=list(of_messages)
        ):
            asked[of_messages[message]] = Asked(identity, group_id)
    if not asked:
        return {}
    said = talk_since(
        writing.connection,
        merchant,
        min(one.id for one in asked.values()),
        sorted({one.group_id for one in asked.values()}),
    )
    return {
        subject: tuple(each for each in said if each.group_id == one.group_id and each.id >= one.id - _BEFORE)
        for subject, one in asked.items()
    }


def talk_since(
    connection: Connection, merchant: MerchantView, since: int, groups: Sequence[int], proceed: Proceed = at_once
) -> tuple[Said, ...]:
    """What was said in groups from that id on, without what was recalled, and shortly before it, which tells whether
    what was asked then is a question. `proceed` is called with each week's worth of it, with the share that has been
    read by then, and may raise something to stop."""
    rows = read(connection, _QUESTIONS, merchant=merchant.id, groups=groups, since=since)
    since = max(0, since - _BEFORE)
    asked = {identity: bool(closed) for identity, _, closed in rows}
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
    told = chain.from_iterable(
        read(connection, _SAID, merchant=merchant.id, since=first, until=last, types=_TYPES, groups=groups)
        for first, last in _weeks(connection, since, proceed)
    )
    for identity, kind, group_id, at, account, wire_id, media, data, contact, name, text in told:
        if kind == _RECALLED:
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
                closed=asked.get(identity, False),
            )
        )
    return tuple(one for one in said if one.message not in recalled)


_WEEK = int(timedelta(days=7) / _MILLISECOND) << SEQUENCE_BITS
_NO_END = 2**63 - 1


def _weeks(connection: Connection, since: int, proceed: Proceed) -> Iterator[tuple[int, int]]:
    """The first and the last id of each week from an id on; the last one has no end."""
    ((newest,),) = read(connection, _NEWEST)
    first = since
    while newest is not None and newest - first > _WEEK:
        yield first, first + _WEEK - 1
        first += _WEEK
        proceed((first - since) / (newest - since))
    yield first, _NO_END


def all_questions(connection: Connection, merchant: MerchantView, groups: Sequence[int], since: int = 0) -> list[Asked]:
    """Every question that was put in these groups, from a journal id on."""
    rows = read(connection, _QUESTIONS, merchant=merchant.id, groups=groups, since=since)
    return [Asked(identity, group_id) for identity, group_id, _ in rows]


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


def digest_readers(writing: Writing, merchant_id: str, groups: Iterable[GroupDay]) -> list[int]:
    """The contact ids of the owners of these groups, in their order, and of who was made 舵主, 堂主 or helper."""
    wire_ids = sorted({wire_id for wire_id, _ in writing.rows(_STAFF, merchant=merchant_id, roles=_CARING)})
    named = sorted(identity for (identity,) in writing.rows(_NAMED, merchant=merchant_id, wire_ids=wire_ids))
    return list(dict.fromkeys([*(one.owner for one in groups if one.owner), *named]))
