"""Who looks after whom: members found in owned groups, and customers handed over, become rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text, update
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import chunks
from bot.store.owning import customers_only
from bot.store.prepared import unindexed
from models.context import MerchantView
from models.events import Event
from models.groups import ChatGroup, GroupMember
from models.operations import AuditEntry, Ticket
from models.people import Contact, Person

Pairs = list[tuple[Event, Any]]


def claim_members(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """In statements per group and not per member; our own accounts and the staff are nobody's."""
    for event, effect in pairs:
        group: Any = writing.connection.execute(
            select(col(ChatGroup.wire_id), col(Contact.id), col(Contact.person_id), col(Contact.wire_id).label("owner"))
            .join(
                Contact,
                (col(Contact.merchant_id) == col(ChatGroup.merchant_id))
                & (col(Contact.id) == col(ChatGroup.owner_contact_id)),
            )
            .where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id) == effect.group_id)
        ).first()
        if group is None:
            continue
        free: list[int] = []
        taken: list[tuple[str, int]] = []
        for person_id, wire_id, owner, by in _found(writing, merchant, effect.group_id, effect.contact_ids):
            if person_id == group.person_id or owner == group.id:
                if by == "claim":
                    free.append(person_id)
            elif owner is None or by == "claim":
                free.append(person_id)
            else:
                taken.append((wire_id, owner))
        values = {"owner_contact_id": group.id, "owner_by": "group"}
        _update(writing, merchant, Person, [one for one in free if one != group.person_id], values)
        _refuse(writing, merchant, event, group, taken)


def hand_over(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        owner = {"owner_contact_id": effect.owner_contact_id}
        _update(writing, merchant, Person, effect.person_ids, owner | {"owner_by": "given"})
        _update(writing, merchant, ChatGroup, effect.group_ids, owner)
        _hand_over_tickets(writing, merchant, effect.owner_contact_id, effect.person_ids)


def _hand_over_tickets(writing: Writing, merchant: MerchantView, owner: int, persons: Sequence[int]) -> None:
    """Who waited for the former owner, who had taken care of it, waits for the new one."""
    new = select(col(Contact.wire_id)).where(col(Contact.merchant_id) == merchant.id, col(Contact.id) == owner)
    for chunk in chunks(list(persons)):
        theirs = select(col(Contact.id)).where(
            col(Contact.merchant_id) == merchant.id, col(Contact.person_id).in_(chunk)
        )
        writing.connection.execute(
            update(Ticket)
            .where(
                col(Ticket.merchant_id) == merchant.id,
                text("closed_at IS NULL"),  # in the words of the index
                col(Ticket.claimed_by) != "",
                col(Ticket.contact_id).in_(theirs),
            )
            .values(claimed_by=new.scalar_subquery())
        )


def _found(
    writing: Writing, merchant: MerchantView, group_id: int, contact_ids: Sequence[int] | None
) -> list[tuple[int, str, int | None, str | None]]:
    statement = (
        select(col(Person.id), col(Contact.wire_id), col(Person.owner_contact_id), col(Person.owner_by))
        .join(
            Contact, (col(Contact.merchant_id) == col(Person.merchant_id)) & (col(Contact.person_id) == col(Person.id))
        )
        .join(
            GroupMember,
            (col(GroupMember.merchant_id) == col(Contact.merchant_id))
            & (col(GroupMember.contact_id) == col(Contact.id)),
        )
        .where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.group_id) == group_id,
            col(GroupMember.left_at).is_(None),
            *customers_only(merchant, writing.now),
            col(Person.erased_at).is_(None),
        )
        .order_by(unindexed(col(Contact.id)))  # by the group's members: SQLite would go through all contacts in order
    )
    narrowed = (
        [statement]
        if contact_ids is None
        else [statement.where(col(Contact.id).in_(chunk)) for chunk in chunks(list(contact_ids))]
    )
    return [(row[0], row[1], row[2], row[3]) for one in narrowed for row in writing.connection.execute(one)]


def _update(writing: Writing, merchant: MerchantView, table: Any, ids: Sequence[int], values: dict[str, Any]) -> None:
    for chunk in chunks(list(ids)):
        writing.connection.execute(
            update(table).where(col(table.merchant_id) == merchant.id, col(table.id).in_(chunk)).values(values)
        )


def _refuse(
    writing: Writing, merchant: MerchantView, event: Event, group: Any, taken: Sequence[tuple[str, int]]
) -> None:
    if not taken:
        return
    owners: dict[int, str] = {
        identity: wire_id
        for chunk in chunks(sorted({owner for _, owner in taken}))
        for identity, wire_id in writing.connection.execute(
            select(col(Contact.id), col(Contact.wire_id)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.id).in_(chunk)
            )
        )
    }
    first = writing.ids.take(writing.now, len(taken))
    writing.insert(
        AuditEntry,
        [
            {
                "id": identity,
                "merchant_id": merchant.id,
                "at": event.at,
                "actor": group.owner,
                "action": "claim",
                "target": wire_id,
                "place": group.wire_id,
                "result": "refused",
                "reason": f"owner is {owners.get(owner, '')}",
            }
            for identity, (wire_id, owner) in enumerate(taken, first)
        ],
    )
