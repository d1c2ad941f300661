"""Who was erased stays so: what lists, echoes and orders still say of them is said of a row without a name.

Platforms go on naming somebody who was forgotten, in lists of friends and members. Their wire id is looked up as a
mark, a keyed hash, and replaced before anybody is identified. Only who acts by themselves, by writing or by adding us,
is somebody again: a stranger, of whom nothing is known but what any list says now.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import bindparam, select, update
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import people_of
from bot.store.prepared import is_one_of
from models import events as ev
from models import orders, timers
from models.erasure import MarkSalt, Tombstone, nameless
from models.events import Event, GroupState, Who
from models.groups import GroupMember
from models.people import Contact, Friendship, FriendshipState, Person

_SALT = select(col(MarkSalt.salt)).where(col(MarkSalt.merchant_id) == bindparam("merchant"))
_MARKED = select(col(Tombstone.mark), col(Tombstone.contact_id)).where(
    col(Tombstone.merchant_id) == bindparam("merchant"), is_one_of(col(Tombstone.mark), "marks")
)
_KNOWN = select(col(Contact.wire_id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.wire_id), "wire_ids")
)
_FRIENDS = select(col(Friendship.contact_id), col(Friendship.account_id)).where(
    col(Friendship.merchant_id) == bindparam("merchant"),
    is_one_of(col(Friendship.contact_id), "ids"),
    col(Friendship.state) == FriendshipState.FRIEND,
)


def mark_of(salt: str, wire_id: str) -> str:
    """What stands for a wire id in a tombstone."""
    return hmac.new(bytes.fromhex(salt), wire_id.encode(), blake2b).hexdigest()[:64]


def salt_of(writing: Writing, merchant_id: str) -> str | None:
    """The secret of a merchant's marks; None while nobody was erased."""
    return next((salt for (salt,) in writing.rows(_SALT, merchant=merchant_id)), None)


def make_salt(writing: Writing, merchant_id: str) -> str:
    """The secret of a merchant's marks, made with the first of them."""
    writing.insert_new(MarkSalt, [{"merchant_id": merchant_id, "salt": secrets.token_hex(32)}])
    salt = salt_of(writing, merchant_id)
    assert salt is not None
    return salt


def veil(writing: Writing, merchant_id: str, events: Sequence[Event]) -> Sequence[Event]:
    """The events with nameless ids for those who were erased, unless they come back by one of them. The same ones
    where nobody in them was."""
    if not any(True for event in events for _ in _named(event)):  # outcomes of sends, and echoes from groups
        return events
    salt = salt_of(writing, merchant_id)
    if salt is None:
        return events
    marked = _marked(writing, merchant_id, salt, events)
    if not marked:
        return events
    known = {wire_id for (wire_id,) in writing.rows(_KNOWN, merchant=merchant_id, wire_ids=list(marked))}
    hidden = {wire_id: contact_id for wire_id, contact_id in marked.items() if wire_id not in known}
    friends = _friends(writing, merchant_id, hidden)
    for event in events:
        who = _comes_back(event)
        if who is None or who.contact not in hidden:
            continue
        if isinstance(event, ev.FriendAdded) and (hidden[who.contact], event.account) in friends:
            continue  # some gateways tell again of old friends
        _come_back(writing, merchant_id, salt, who, hidden.pop(who.contact))
    names = {
        wire_id: nameless(contact_id or _row_for(writing, merchant_id, salt, wire_id))
        for wire_id, contact_id in hidden.items()
    }
    return [_veiled(event, names, marked) for event in events]


def _marked(writing: Writing, merchant_id: str, salt: str, events: Iterable[Event]) -> dict[str, int | None]:
    """Of the wire ids in these events those of people who were erased, with their nameless rows.

    Who was met lately is remembered and need not be looked up, but in lists, which repeat remarks and tags.
    """
    remembered = writing.acquaintances.of(merchant_id)
    wire_ids: set[str] = set()
    for event in events:
        named = set(_named(event))
        wire_ids |= named if isinstance(event, ev.Roster) else named - remembered.keys()
    marks = {mark_of(salt, wire_id): wire_id for wire_id in wire_ids}
    if not marks:
        return {}
    return {marks[mark]: contact for mark, contact in writing.rows(_MARKED, merchant=merchant_id, marks=list(marks))}


def _named(event: Event) -> Iterator[str]:
    if isinstance(event, ev.Message):
        yield event.contact.contact
        yield from event.mentions
        return
    for who in people_of(event):
        yield who.contact
    if isinstance(event, ev.Roster):
        yield from (group.owner for group in event.groups or () if group.owner)


def _comes_back(event: Event) -> Who | None:
    """Who acts here by themselves; whom an operator gives a role is named by somebody who may."""
    match event:
        case ev.Message() | ev.FriendRequested() | ev.FriendAdded():
            return event.contact
        case orders.GrantRoleOrder():
            return Who(event.contact)
        case orders.BindGroupOrder() if event.owner:
            return Who(event.owner)
        case _:
            return None


def _friends(writing: Writing, merchant_id: str, hidden: Mapping[str, int | None]) -> set[tuple[int | None, str]]:
    ids = [contact_id for contact_id in hidden.values() if contact_id is not None]
    return set(writing.rows(_FRIENDS, merchant=merchant_id, ids=ids)) if ids else set()


def _come_back(writing: Writing, merchant_id: str, salt: str, who: Who, former: int | None) -> None:
    """A stranger's rows. That they are a friend and where they are a member is what lists say of them anyway; they are
    old friends, so that nobody greets them for it."""
    contact_id = _stranger(writing, merchant_id, who.contact, who.name, erased=False)
    if former is not None:
        accounts = [account for _former, account in _friends(writing, merchant_id, {who.contact: former})]
        row = {"merchant_id": merchant_id, "contact_id": contact_id, "state": FriendshipState.FRIEND, "old": True}
        writing.insert(
            Friendship, [row | {"account_id": account, "added_at": writing.now} for account in sorted(accounts)]
        )
        writing.connection.execute(
            update(GroupMember)
            .where(
                col(GroupMember.merchant_id) == merchant_id,
                col(GroupMember.contact_id) == former,
                col(GroupMember.left_at).is_(None),
            )
            .values(contact_id=contact_id)
        )
    _point(writing, merchant_id, mark_of(salt, who.contact), None)


def _row_for(writing: Writing, merchant_id: str, salt: str, wire_id: str) -> int:
    """A nameless row for somebody whose tombstone has none, as after a backup that did not know them was put back."""
    contact_id = _stranger(writing, merchant_id, "", "", erased=True)
    _point(writing, merchant_id, mark_of(salt, wire_id), contact_id)
    return contact_id


def _point(writing: Writing, merchant_id: str, mark: str, contact_id: int | None) -> None:
    writing.connection.execute(
        update(Tombstone)
        .where(col(Tombstone.merchant_id) == merchant_id, col(Tombstone.mark) == mark)
        .values(contact_id=contact_id)
    )


def _stranger(writing: Writing, merchant_id: str, wire_id: str, name: str, *, erased: bool) -> int:
    contact_id = writing.ids.take(writing.now, 2)
    person = {"merchant_id": merchant_id, "id": contact_id + 1, "created_at": writing.now}
    writing.insert(Person, [person | ({"erased_at": writing.now} if erased else {})])
    row = {"merchant_id": merchant_id, "id": contact_id, "person_id": contact_id + 1}
    writing.insert(Contact, [row | {"wire_id": wire_id or nameless(contact_id), "name": name}])
    return contact_id


def _veiled(event: Event, names: Mapping[str, str], marked: Mapping[str, Any]) -> Event:
    """The event without what it says about those who were erased; a list says no more of who came back than that they
    are there, for its remarks and tags are from before."""

    def one(who: Who) -> Who:
        if who.contact in names:
            return Who(names[who.contact])
        return Who(who.contact, who.name) if who.contact in marked else who

    def wire(wire_id: str) -> str:
        return names.get(wire_id, wire_id)

    replace = msgspec.structs.replace
    match event:
        case ev.Message() if not names.keys().isdisjoint(event.mentions):
            return replace(event, mentions=tuple(map(wire, event.mentions)))
        case ev.FriendAdded() | ev.FriendRemoved() if event.contact.contact in names:
            return replace(event, contact=one(event.contact))
        case ev.GroupJoined() | ev.GroupLeft():
            return replace(event, members=tuple(map(one, event.members)), by=wire(event.by))
        case ev.GroupRenamed():
            return replace(event, by=wire(event.by))
        case ev.SelfMessage() if event.to_contact in names:
            return replace(event, to_contact=wire(event.to_contact))
        case ev.TimerDue() if event.kind in timers.PERSON_TIMERS | {timers.SEAT_TIMER}:
            first, blank, rest = event.subject.partition(" ")
            return replace(event, subject=f"{wire(first)}{blank}{rest}")
        case orders.SurveyFinished() | orders.ErasePersonOrder() | orders.DescribePersonOrder() | orders.SayOrder():
            return replace(event, contact=wire(event.contact))
        case ev.Roster():
            friends = None if event.friends is None else tuple(map(one, event.friends))
            groups = event.groups and tuple(
                GroupState(group.group, group.topic, wire(group.owner), tuple(map(one, group.members)))
                for group in event.groups
            )
            return replace(event, friends=friends, groups=groups)
        case _:
            return event
