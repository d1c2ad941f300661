"""Contexts for decisions, loaded set-wise: a fixed number of statements a wave, however many events are in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, func, select
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import Names, chunks, groups_of, people_of
from bot.store.matching import deliveries_of
from bot.store.status import load_status
from handlers.needs import Needs, needs
from models import orders
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import (
    AccountView,
    AnswerView,
    Context,
    EntryView,
    FriendshipView,
    GroupView,
    MerchantView,
    PersonView,
    RoleView,
)
from models.effects import SurveyProgress
from models.events import Event
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.operations import EntryRevision, Role, RoleGrant
from models.people import Answer, Contact, Friendship, Person, Survey, Tag


def load_contexts(writing: Writing, merchant: MerchantView, names: Names, events: Sequence[Event]) -> list[Context]:
    """One context an event, in order."""
    wanted = [needs(event, merchant.playbook) for event in events]
    accounts = load_accounts(writing, merchant)
    people_ids: set[int] = set()
    group_ids: set[int] = set()
    for event, want in zip(events, wanted, strict=True):
        if want & Needs.PEOPLE:
            people_ids.update(names.contacts[who.contact].contact_id for who in people_of(event))
        group_ids.update(names.groups[wire_id] for wire_id in groups_of(event))
    every = Needs.NOTHING
    for want in wanted:
        every |= want
    deliveries = deliveries_of(writing, merchant.id, events, names) if every & Needs.DELIVERY else {}
    people_ids.update(found.contact_id for found in deliveries.values() if found.contact_id)
    waiting_ids = _waiting(writing, merchant.id, events) if every & Needs.WAITING else {}
    for ids in waiting_ids.values():
        people_ids.update(ids)
    staff_ids = _staff(writing, merchant) if every & Needs.STAFF else []
    people_ids.update(staff_ids)
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
        everybody = (
            {who.contact: people[names.contacts[who.contact].contact_id] for who in people_of(event)}
            if want & Needs.PEOPLE
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
                account=accounts.get(event.account) or AccountView(id=event.account),
                person=person,
                group=group,
                people=everybody,
                groups=bound if want & Needs.BOUND_GROUPS else by_wire,
                delivery=delivery,
                staff=staff if want & Needs.STAFF else (),
                entries=entries if want & Needs.ENTRIES else (),
                waiting=tuple(people[contact_id] for contact_id in waiting_ids.get(event.tier, ()))
                if isinstance(event, orders.SeatsChanged)
                else (),
                survey_playbook=surveys.get(person.person_id) if person else None,
                status=status if want & Needs.STATUS else None,
            )
        )
    return contexts


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


def load_people(
    writing: Writing, merchant: MerchantView, accounts: Mapping[str, AccountView], contact_ids: Iterable[int]
) -> dict[int, PersonView]:
    """Everything that decisions know about these contacts, by contact id."""
    contact_rows: dict[int, Row[Any]] = {}
    for row in _by_ids(
        writing,
        select(Contact.__table__, col(Person.source), col(Person.opted_out_at), col(Person.consent))  # type: ignore[attr-defined]
        .join(
            Person,
            and_(col(Person.merchant_id) == col(Contact.merchant_id), col(Person.id) == col(Contact.person_id)),
        )
        .where(col(Contact.merchant_id) == merchant.id),
        col(Contact.id),
        contact_ids,
    ):
        contact_rows[row.id] = row
    if not contact_rows:
        return {}
    person_ids = {row.person_id for row in contact_rows.values()}
    friendships: dict[int, dict[str, FriendshipView]] = defaultdict(dict)
    # A friendship belongs to a contact, but what a person told one account is known to all: by person.
    for row in _by_ids(
        writing,
        select(Friendship.__table__, col(Contact.person_id))  # type: ignore[attr-defined]
        .join(
            Contact,
            and_(
                col(Contact.merchant_id) == col(Friendship.merchant_id), col(Contact.id) == col(Friendship.contact_id)
            ),
        )
        .where(col(Contact.merchant_id) == merchant.id),
        col(Contact.person_id),
        person_ids,
    ):
        friendships[row.person_id][row.account_id] = FriendshipView(
            account=row.account_id,
            state=row.state,
            old=row.old,
            source=row.source,
            request=row.request,
            remark=row.remark,
            accepted_at=row.accepted_at,
            added_at=row.added_at,
            human_until=row.human_until,
        )
    answers: dict[int, dict[str, AnswerView]] = defaultdict(dict)
    for row in _by_ids(
        writing,
        select(col(Answer.person_id), col(Answer.key), col(Answer.value), col(Answer.state)).where(
            col(Answer.merchant_id) == merchant.id
        ),
        col(Answer.person_id),
        person_ids,
    ):
        answers[row.person_id][row.key] = AnswerView(value=row.value, state=row.state)
    tags: dict[int, set[str]] = defaultdict(set)
    for row in _by_ids(
        writing,
        select(col(Tag.person_id), col(Tag.tag)).where(col(Tag.merchant_id) == merchant.id),
        col(Tag.person_id),
        person_ids,
    ):
        tags[row.person_id].add(row.tag)
    surveys = {
        row.person_id: survey_of(row)
        for row in _by_ids(
            writing,
            select(Survey.__table__).where(col(Survey.merchant_id) == merchant.id),  # type: ignore[attr-defined]
            col(Survey.person_id),
            person_ids,
        )
    }
    members: dict[int, set[int]] = defaultdict(set)
    for row in _by_ids(
        writing,
        select(col(GroupMember.contact_id), col(GroupMember.group_id)).where(
            col(GroupMember.merchant_id) == merchant.id, col(GroupMember.left_at).is_(None)
        ),
        col(GroupMember.contact_id),
        contact_ids,
    ):
        members[row.contact_id].add(row.group_id)
    roles = _roles(writing, merchant, {row.wire_id for row in contact_rows.values()})
    ours = {account.self_id for account in accounts.values() if account.self_id}
    return {
        contact_id: PersonView(
            person_id=row.person_id,
            contact_id=contact_id,
            wire_id=row.wire_id,
            name=row.name,
            source=row.source,
            opted_out=row.opted_out_at is not None,
            consent=row.consent,
            friendships=friendships.get(row.person_id, {}),
            answers=answers.get(row.person_id, {}),
            tags=frozenset(tags.get(row.person_id, ())),
            survey=surveys.get(row.person_id),
            roles=roles.get(row.wire_id, ()),
            groups=frozenset(members.get(contact_id, ())),
            is_ours=row.wire_id in ours,
        )
        for contact_id, row in contact_rows.items()
    }


def load_groups(writing: Writing, merchant_id: str, ids: Iterable[int], *, bound: bool) -> dict[int, GroupView]:
    """Groups by our id: the named ones and, with `bound`, all that have a tier, with members and seats counted."""
    statement = select(ChatGroup.__table__).where(col(ChatGroup.merchant_id) == merchant_id)  # type: ignore[attr-defined]
    rows = {row.id: row for row in _by_ids(writing, statement, col(ChatGroup.id), ids)}
    if bound:
        rows |= {row.id: row for row in writing.connection.execute(statement.where(col(ChatGroup.tier).is_not(None)))}
    if not rows:
        return {}
    counted = {row.id for row in rows.values() if bound}
    members = dict(
        _pairs(
            writing,
            select(col(GroupMember.group_id), func.count())
            .where(col(GroupMember.merchant_id) == merchant_id, col(GroupMember.left_at).is_(None))
            .group_by(col(GroupMember.group_id)),
            col(GroupMember.group_id),
            counted,
        )
    )
    seats = dict(
        _pairs(
            writing,
            select(col(Seat.group_id), func.count())
            .where(col(Seat.merchant_id) == merchant_id)
            .group_by(col(Seat.group_id)),
            col(Seat.group_id),
            counted,
        )
    )
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


def survey_of(row: Row[Any]) -> SurveyProgress:
    """The value of a row of the survey table."""
    return SurveyProgress(
        contact_id=row.contact_id,
        account=row.account_id,
        revision=row.revision,
        state=row.state,
        question=row.question,
        asked=row.asked,
        tries=row.tries,
        nudges=row.nudges,
        aside=tuple(row.aside),
        pending=tuple(row.pending),
        started_at=row.started_at,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )


def _roles(writing: Writing, merchant: MerchantView, wire_ids: set[str]) -> dict[str, tuple[RoleView, ...]]:
    roles: dict[str, list[RoleView]] = defaultdict(list)
    for account, wire_id, role in merchant.admins:
        roles[wire_id].append(RoleView(role=role, account=account))
    for row in _by_ids(
        writing,
        select(
            col(RoleGrant.wire_id), col(RoleGrant.role), col(RoleGrant.account_id), col(RoleGrant.group_wire_id)
        ).where(col(RoleGrant.merchant_id) == merchant.id),
        col(RoleGrant.wire_id),
        wire_ids,
    ):
        roles[row.wire_id].append(RoleView(role=row.role, account=row.account_id, group=row.group_wire_id))
    return {wire_id: tuple(given) for wire_id, given in roles.items()}


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


def _by_ids(
    writing: Writing, statement: Select[*tuple[Any, ...]], column: Any, ids: Iterable[Any]
) -> Iterable[Row[*tuple[Any, ...]]]:
    for chunk in chunks(sorted(ids)):
        yield from writing.connection.execute(statement.where(column.in_(chunk)))


def _pairs(
    writing: Writing, statement: Select[*tuple[Any, ...]], column: Any, ids: Iterable[Any]
) -> Iterable[tuple[int, int]]:
    yield from _by_ids(writing, statement, column, ids)
