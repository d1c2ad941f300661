"""Contexts for decisions, loaded set-wise: a fixed number of statements a wave, however many events are in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, reduce
from operator import or_
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import Names, groups_of, people_of
from bot.store.matching import deliveries_of
from bot.store.missing import missing_friends
from bot.store.people import load_people
from bot.store.prepared import is_one_of
from bot.store.status import load_status
from handlers.needs import Needs
from models import orders
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import AccountView, Context, EntryView, GroupView, MerchantView
from models.effects import Effect, Reserve
from models.events import Event
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.operations import EntryRevision, Role, RoleGrant
from models.people import Contact


def load_contexts(
    writing: Writing, merchant: MerchantView, names: Names, wave: Sequence[tuple[Event, Needs]]
) -> list[Context]:
    """One context an event and what it needs, in order. The contexts of a wave share their groups: see `take_seats`."""
    events, wanted = [event for event, _ in wave], [want for _, want in wave]
    every = reduce(or_, set(wanted), Needs.NOTHING)
    accounts = load_accounts(writing, merchant)
    people_ids: set[int] = set()
    group_ids: set[int] = set()
    for event, want in zip(events, wanted, strict=True):
        if want is Needs.NOTHING:
            continue
        if _has(want, Needs.PEOPLE):
            people_ids.update(names.contacts[who.contact].contact_id for who in people_of(event))
        group_ids.update(names.groups[wire_id] for wire_id in groups_of(event))
    deliveries = deliveries_of(writing, merchant.id, events, names) if every & Needs.DELIVERY else {}
    people_ids.update(found.contact_id for found in deliveries.values() if found.contact_id)
    waiting_ids = _waiting(writing, merchant.id, events) if every & Needs.WAITING else {}
    for ids in waiting_ids.values():
        people_ids.update(ids)
    staff_ids = _staff(writing, merchant) if every & Needs.STAFF else []
    people_ids.update(staff_ids)
    missing_ids = missing_friends(writing, merchant.id, events, names) if every & Needs.MISSING else []
    people_ids.update(missing_ids)
    people = load_people(writing, merchant, accounts, people_ids)
    staff = tuple(people[contact_id] for contact_id in staff_ids)
    groups = load_groups(writing, merchant.id, group_ids, bound=bool(every & Needs.BOUND_GROUPS))
    by_wire = {group.wire_id: group for group in groups.values()}
    bound = {group.wire_id: group for group in groups.values() if group.tier}
    entries = load_entries(writing, merchant.id, events) if every & Needs.ENTRIES else ()
    status = load_status(writing, merchant, tuple(accounts.values())) if every & Needs.STATUS else None
    surveys = {
        person.person_id: merchant.playbook_of(person.survey.revision)
        for person in people.values()
        if person.survey and person.survey.revision != merchant.revision
    }

    contexts = []
    for position, (event, want) in enumerate(zip(events, wanted, strict=True)):
        account = accounts.get(event.account) or AccountView(id=event.account)
        if want is Needs.NOTHING:
            contexts.append(Context(merchant=merchant, account=account))
            continue
        everybody = (
            {who.contact: people[names.contacts[who.contact].contact_id] for who in people_of(event)}
            if _has(want, Needs.PEOPLE)
            else {}
        )
        delivery = deliveries.get(position)
        if delivery and delivery.contact_id:
            person = people.get(delivery.contact_id)
        else:
            person = next(iter(everybody.values()), None)
        group = next((by_wire.get(wire_id) for wire_id in groups_of(event)), None)
        contexts.append(
            Context(
                merchant=merchant,
                account=account,
                person=person,
                group=group,
                people=everybody,
                groups=bound if _has(want, Needs.BOUND_GROUPS) else by_wire,
                delivery=delivery,
                staff=staff if _has(want, Needs.STAFF) else (),
                entries=entries if _has(want, Needs.ENTRIES) else (),
                waiting=tuple(people[contact_id] for contact_id in waiting_ids.get(event.tier, ()))
                if isinstance(event, orders.SeatsChanged)
                else (),
                missing=tuple(people[contact_id] for contact_id in missing_ids) if _has(want, Needs.MISSING) else (),
                survey_playbook=surveys.get(person.person_id) if person else None,
                status=status if _has(want, Needs.STATUS) else None,
            )
        )
    return contexts


@cache
def _has(want: Needs, part: Needs) -> bool:
    """`part in want`, which costs a microsecond with Python's flags, remembered."""
    return part in want


def take_seats(context: Context, effects: Iterable[Effect]) -> None:
    """What a decision reserves is taken for the next one in its wave, so that placing people needs no wave each."""
    for effect in effects:
        if isinstance(effect, Reserve) and isinstance(context.groups, dict):
            for wire_id, group in context.groups.items():
                if group.id == effect.group_id:
                    context.groups[wire_id] = msgspec.structs.replace(group, reserved=group.reserved + 1)
                    break


def load_accounts(writing: Writing, merchant: MerchantView) -> dict[str, AccountView]:
    """The merchant's accounts by their configuration's id."""
    rows = writing.connection.execute(select(Account.__table__).where(col(Account.merchant_id) == merchant.id))  # type: ignore[attr-defined]
    return {
        row.id: AccountView(
            id=row.id,
            name=row.name,
            self_id=row.self_id,
            state=row.state,
            capabilities=msgspec.convert(row.capabilities, Capabilities),
            rostered_at=row.rostered_at,
            slow_until=row.slow_until,
        )
        for row in rows
    }


_GROUPS = select(*ChatGroup.__table__.columns).where(col(ChatGroup.merchant_id) == bindparam("merchant"))  # type: ignore[attr-defined]
_NAMED_GROUPS = _GROUPS.where(is_one_of(col(ChatGroup.id), "ids"))
_BOUND_GROUPS = _GROUPS.where(col(ChatGroup.tier).is_not(None))
_MEMBERS = (
    select(col(GroupMember.group_id), func.count())
    .where(
        col(GroupMember.merchant_id) == bindparam("merchant"),
        is_one_of(col(GroupMember.group_id), "ids"),
        col(GroupMember.left_at).is_(None),
    )
    .group_by(col(GroupMember.group_id))
)
_SEATS = (
    select(col(Seat.group_id), func.count())
    .where(col(Seat.merchant_id) == bindparam("merchant"), is_one_of(col(Seat.group_id), "ids"))
    .group_by(col(Seat.group_id))
)


def load_groups(writing: Writing, merchant_id: str, ids: Iterable[int], *, bound: bool) -> dict[int, GroupView]:
    """Groups by our id: the named ones and, with `bound`, all that have a tier, with members and seats counted."""
    run = writing.connection.execute
    scope: dict[str, Any] = {"merchant": merchant_id}
    named = sorted(ids)
    rows = {row.id: row for row in run(_NAMED_GROUPS, scope | {"ids": named}).all()} if named else {}
    if bound:
        rows |= {row.id: row for row in run(_BOUND_GROUPS, scope).all()}
    counted = {"ids": sorted(rows)}
    members: dict[int, int] = dict(run(_MEMBERS, scope | counted).all()) if bound and rows else {}
    seats: dict[int, int] = dict(run(_SEATS, scope | counted).all()) if bound and rows else {}
    return {
        row.id: GroupView(
            id=row.id,
            wire_id=row.wire_id,
            account=row.account_id,
            topic=row.topic,
            tier=row.tier,
            parent_id=row.parent_id,
            owner_contact_id=row.owner_contact_id,
            bound_at=row.bound_at,
            members=members.get(row.id, 0),
            reserved=seats.get(row.id, 0),
            human_until=row.human_until,
        )
        for row in rows.values()
    }


def load_entries(writing: Writing, merchant_id: str, events: Sequence[Event]) -> tuple[EntryView, ...]:
    """The calendar entries in force; only the one that rang, where timers are all there is."""
    statement = select(EntryRevision.__table__).where(  # type: ignore[attr-defined]
        col(EntryRevision.merchant_id) == merchant_id, col(EntryRevision.current)
    )
    subjects = [getattr(event, "subject", None) for event in events]
    if all(subjects):
        statement = statement.where(col(EntryRevision.key).in_(subjects))
    return tuple(
        EntryView(
            key=row.key,
            revision=row.revision,
            body=row.body,
            at=row.at,
            first_imported_at=row.first_imported_at,
        )
        for row in writing.connection.execute(statement.order_by(col(EntryRevision.key)))
    )


def _staff(writing: Writing, merchant: MerchantView) -> list[int]:
    """The contact ids of the owners and admins whom we have met."""
    chiefs = (Role.OWNER, Role.ADMIN)
    named = {wire_id for _, wire_id, role in merchant.admins if role in chiefs}
    granted = select(col(RoleGrant.wire_id)).where(
        col(RoleGrant.merchant_id) == merchant.id, col(RoleGrant.role).in_(chiefs), col(RoleGrant.group_wire_id) == ""
    )
    named.update(writing.connection.execute(granted).scalars())
    return list(
        writing.connection.execute(
            select(col(Contact.id))
            .where(col(Contact.merchant_id) == merchant.id, col(Contact.wire_id).in_(named))
            .order_by(col(Contact.id))
        ).scalars()
    )


def _waiting(writing: Writing, merchant_id: str, events: Sequence[Event]) -> dict[str, list[int]]:
    waiting: dict[str, list[int]] = defaultdict(list)
    for row in writing.connection.execute(
        select(col(Waiting.tier), col(Waiting.contact_id))
        .where(
            col(Waiting.merchant_id) == merchant_id,
            col(Waiting.tier).in_({event.tier for event in events if isinstance(event, orders.SeatsChanged)}),
        )
        .order_by(col(Waiting.since), col(Waiting.contact_id))
    ):
        waiting[row.tier].append(row.contact_id)
    return waiting
