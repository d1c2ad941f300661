"""Who and where: from the platform's ids to ours, for a whole batch at once. Strangers get rows here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, select, update
from sqlmodel import col

from bot.store import Writing
from bot.store.known import Known
from bot.store.prepared import is_one_of
from models import events as ev
from models import orders
from models.events import Event, Who
from models.groups import ChatGroup
from models.people import Contact, Person
from models.timers import PERSON_TIMERS, QUESTION, SEAT_TIMER, WELCOME

_CHUNK = 10_000  # names in one IN list; SQLite takes 32,766 parameters


class Names(NamedTuple):
    """Our ids by wire id, for one merchant and the batch at hand."""

    contacts: dict[str, Known]
    groups: dict[str, int]


def people_of(event: Event) -> Iterator[Who]:
    """Everybody whom an event names."""
    match event:
        case ev.SendAnswered():
            return
        case ev.Message() | ev.FriendRequested() | ev.FriendAdded() | ev.FriendRemoved():
            yield event.contact
        case ev.TimerDue():  # after what is said the most there is
            if event.kind in PERSON_TIMERS:
                yield Who(event.subject)
            elif event.kind == SEAT_TIMER:
                yield Who(event.subject.partition(" ")[0])
        case ev.GroupJoined() | ev.GroupLeft():
            yield from event.members
            if event.by:
                yield Who(event.by)
        case ev.GroupRenamed() if event.by:
            yield Who(event.by)
        case ev.SelfMessage() if event.to_contact:
            yield Who(event.to_contact)
        case ev.LoggedIn():
            yield Who(event.self_id, event.name)
        case ev.Roster():
            yield from event.friends or ()
            for group in event.groups or ():
                yield from group.members
        case orders.BindGroupOrder() if event.owner:
            yield Who(event.owner)
        case orders.SurveyFinished():
            yield Who(event.contact)
            if event.owner:
                yield Who(event.owner)
        case orders.GrantRoleOrder() | orders.PersonChanged() | orders.UnmergeOrder() | orders.ErasePersonOrder():
            yield Who(event.contact)
        case orders.DescribePersonOrder():
            yield Who(event.contact)
        case orders.SayOrder() if event.contact:
            yield Who(event.contact)
        case orders.SignUp():
            yield Who(event.contact)
        case orders.OwnerOrder() | orders.HandoverOrder() | orders.MoveOrder() | orders.HandoffOrder() if event.said:
            yield Who(event.actor)
        case orders.MergeOrder():
            yield Who(event.kept)
            yield Who(event.other)
        case orders.SettleDoubtOrder():
            yield Who(event.contact)
            if event.other:
                yield Who(event.other)


def groups_of(event: Event) -> Iterator[str]:
    """Every group that an event names, by wire id."""
    match event:
        case ev.SendAnswered():
            return
        case ev.TimerDue():  # after what is said the most there is
            if event.kind == SEAT_TIMER:
                yield event.subject.partition(" ")[2]
            elif event.kind == WELCOME:
                yield event.subject
            elif event.kind == QUESTION:
                yield event.subject.partition(" ")[0]
        case ev.Message() | ev.GroupJoined() | ev.GroupLeft() | ev.GroupRenamed() if event.group:
            yield event.group
        case ev.SelfMessage() if event.to_group:
            yield event.to_group
        case orders.SignUp() | orders.SayOrder() if event.group:
            yield event.group
        case orders.BindGroupOrder() | orders.UnbindGroupOrder() | orders.OverrideEntryOrder():
            yield event.group
        case orders.OwnerOrder() | orders.HandoverOrder() | orders.MoveOrder() | orders.HandoffOrder() if event.room:
            yield event.room
        case ev.Roster():
            for group in event.groups or ():
                yield group.group


def identify(writing: Writing, merchant_id: str, events: Sequence[Event]) -> Names:
    """Our ids for everybody and every group that the events name; unknown ones are written down."""
    people: dict[str, Who] = {}
    groups: dict[str, str] = {}
    for event in events:
        if isinstance(event, ev.Message):  # nearly all of them, so they are spared the generators
            who = event.contact
            if who.name or who.contact not in people:
                people[who.contact] = who
            if event.group:
                groups.setdefault(event.group, event.account)
            continue
        if isinstance(event, ev.SendAnswered):  # many at once, and they name nobody
            continue
        for who in people_of(event):
            if who.name or who.contact not in people:
                people[who.contact] = who
        for group in groups_of(event):
            groups.setdefault(group, event.account)
    return Names(_contacts(writing, merchant_id, people), _groups(writing, merchant_id, groups))


def chunks(items: list[Any], size: int = _CHUNK) -> Iterator[list[Any]]:
    """The items in pieces that fit into one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


_KNOWN_CONTACTS = select(col(Contact.wire_id), col(Contact.id), col(Contact.person_id), col(Contact.name)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.wire_id), "wire_ids")
)
_KNOWN_GROUPS = select(col(ChatGroup.wire_id), col(ChatGroup.id)).where(
    col(ChatGroup.merchant_id) == bindparam("merchant"), is_one_of(col(ChatGroup.wire_id), "wire_ids")
)


def _contacts(writing: Writing, merchant_id: str, people: Mapping[str, Who]) -> dict[str, Known]:
    remembered = writing.acquaintances.of(merchant_id)
    if unknown := [wire_id for wire_id in people if wire_id not in remembered]:
        for wire_id, contact_id, person_id, name in writing.rows(
            _KNOWN_CONTACTS, merchant=merchant_id, wire_ids=unknown
        ):
            remembered[wire_id] = Known(contact_id, person_id, name)
    known: dict[str, Known] = {}
    renamed: list[dict[str, Any]] = []
    strangers: list[Who] = []
    for wire_id, who in people.items():
        ours = remembered.get(wire_id)
        if ours is None:
            strangers.append(who)
            continue
        if who.name and who.name != ours.name:
            renamed.append({"merchant": merchant_id, "contact": ours.contact_id, "new_name": who.name})
            ours = remembered[wire_id] = msgspec.structs.replace(ours, name=who.name)
        known[wire_id] = ours
    if renamed:
        writing.connection.execute(
            update(Contact)
            .where(col(Contact.merchant_id) == bindparam("merchant"), col(Contact.id) == bindparam("contact"))
            .values(name=bindparam("new_name")),
            renamed,
        )
    if strangers:
        first = writing.ids.take(writing.now, 2 * len(strangers))
        for offset, who in enumerate(strangers):
            ours = Known(first + 2 * offset, first + 2 * offset + 1, who.name)
            known[who.contact] = remembered[who.contact] = ours
        writing.insert(
            Person,
            [
                {"merchant_id": merchant_id, "id": known[who.contact].person_id, "created_at": writing.now}
                for who in strangers
            ],
        )
        writing.insert(
            Contact,
            [
                {
                    "merchant_id": merchant_id,
                    "id": known[who.contact].contact_id,
                    "person_id": known[who.contact].person_id,
                    "wire_id": who.contact,
                    "name": who.name,
                }
                for who in strangers
            ],
        )
    return known


def _groups(writing: Writing, merchant_id: str, groups: Mapping[str, str]) -> dict[str, int]:
    remembered = writing.acquaintances.groups_of(merchant_id)
    if unknown := [wire_id for wire_id in groups if wire_id not in remembered]:
        remembered.update(writing.rows(_KNOWN_GROUPS, merchant=merchant_id, wire_ids=unknown))
    new = [wire_id for wire_id in unknown if wire_id not in remembered]
    if new:
        first = writing.ids.take(writing.now, len(new))
        remembered.update((wire_id, first + offset) for offset, wire_id in enumerate(new))
        writing.insert(
            ChatGroup,
            [
                {
                    "merchant_id": merchant_id,
                    "id": remembered[wire_id],
                    "account_id": groups[wire_id],
                    "wire_id": wire_id,
                }
                for wire_id in new
            ],
        )
    return {wire_id: remembered[wire_id] for wire_id in groups}
