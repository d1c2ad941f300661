"""Whom the words of an order mean, who looks after them, and whom they look after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select
from sqlmodel import col

from bot.store import Writing
from bot.store.called import contacts_called
from bot.store.prepared import is_one_of, unindexed
from models import orders
from models.accounts import Account
from models.context import MerchantView
from models.events import Event
from models.groups import ChatGroup, GroupMember
from models.operations import Role, RoleGrant
from models.people import Contact, Person

# Of people with the same name no more are looked at than show that the name does not tell.
_ALIKE = 20


class Owning(NamedTuple):
    """Contact ids: by word, by person id, and of customers, one of each."""

    named: dict[str, list[int]] = {}  # noqa: RUF012 - never changed
    owners: dict[int, int] = {}  # noqa: RUF012
    customers: tuple[int, ...] = ()

    @property
    def contact_ids(self) -> set[int]:
        """All of them."""
        return {*(one for ids in self.named.values() for one in ids), *self.owners.values(), *self.customers}


def load_owning(writing: Writing, merchant: MerchantView, events: Sequence[Event]) -> Owning:
    """Such orders stand alone in their wave, so that there is one of them."""
    named: dict[str, list[int]] = {}
    owners: dict[int, int] = {}
    customers: list[int] = []
    for event in events:
        match event:
            case orders.OwnerOrder():
                words = [event.person, event.owner]
            case orders.HandoverOrder():
                words = [event.source, event.to]
                customers += _customers(writing, merchant, event.source)
            case orders.MoveOrder() | orders.HandoffOrder():
                words = [event.person]
            case _:
                continue
        for word in filter(None, words):
            found = _named(writing.connection, merchant, word)
            named[word] = [contact_id for contact_id, _, _ in found]
            owners |= {person_id: owner for _, person_id, owner in found if owner}
    return Owning(named, owners, tuple(customers))


_OWNED = select(col(Person.id), col(Person.owner_contact_id)).where(
    col(Person.merchant_id) == bindparam("merchant"),
    is_one_of(col(Person.id), "ids"),
    col(Person.owner_contact_id).is_not(None),
)


def owners_of(writing: Writing, merchant_id: str, persons: Iterable[int]) -> dict[int, int]:
    """By person: the contact id of who looks after them, of those who have an owner."""
    return dict(writing.rows(_OWNED, merchant=merchant_id, ids=sorted(set(persons))))


def _named(connection: Connection, merchant: MerchantView, word: str) -> list[tuple[int, int, int | None]]:
    """Contact, person and owner of who may be meant."""
    ids = contacts_called(connection, merchant, word, _ALIKE)
    rows = connection.execute(
        select(col(Contact.id), col(Contact.person_id), col(Person.owner_contact_id))
        .join(
            Person, (col(Person.merchant_id) == col(Contact.merchant_id)) & (col(Person.id) == col(Contact.person_id))
        )
        .where(col(Contact.merchant_id) == merchant.id, col(Contact.id).in_(ids))
        .order_by(col(Contact.id))
    )
    return [(contact_id, person_id, owner) for contact_id, person_id, owner in rows]


def customers_only(merchant: MerchantView, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What leaves our own accounts and the staff out of contacts: they are nobody's customers."""
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id)
    staff = select(col(RoleGrant.wire_id)).where(
        unindexed(col(RoleGrant.merchant_id)) == merchant.id,
        col(RoleGrant.role).in_(_WORKING),
        or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > now),
    )
    return (
        col(Contact.wire_id).not_in(ours),
        col(Contact.wire_id).not_in(staff),
        col(Contact.wire_id).not_in([wire_id for _, wire_id, _ in merchant.admins]),
    )


_WORKING = (Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL, Role.HELPER)


def _customers(writing: Writing, merchant: MerchantView, source: str) -> list[int]:
    """One contact of each whom the source looks after: an owner's whole book, or those of a group's owner in it."""
    connection = writing.connection
    group = connection.execute(
        select(col(ChatGroup.id), col(ChatGroup.owner_contact_id)).where(
            col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.wire_id) == source
        )
    ).first()
    statement = (
        select(col(Contact.person_id), col(Contact.id))
        .join(
            Person, (col(Person.merchant_id) == col(Contact.merchant_id)) & (col(Person.id) == col(Contact.person_id))
        )
        .where(col(Contact.merchant_id) == merchant.id, col(Person.erased_at).is_(None))
        .order_by(col(Contact.id))
    )
    if group is not None:
        present = select(col(GroupMember.contact_id)).where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.group_id) == group.id,
            col(GroupMember.left_at).is_(None),
        )
        owned = statement.where(col(Contact.id).in_(present), col(Person.owner_contact_id) == group.owner_contact_id)
        if group.owner_contact_id is None:  # whoever is in it then has no owner either, our own and the staff, too
            owned = owned.where(*customers_only(merchant, writing.now))
        return _one_each([(row[0], row[1]) for row in connection.execute(owned)])
    mine = [contact_id for contact_id, _, _ in _named(connection, merchant, source)]
    owned = statement.where(col(Person.owner_contact_id).in_(mine))
    return _one_each([(row[0], row[1]) for row in connection.execute(owned)])


def _one_each(rows: Sequence[tuple[int, int]]) -> list[int]:
    return list(dict(reversed(rows)).values())[::-1]
