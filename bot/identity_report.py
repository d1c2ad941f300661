"""Who is in doubt and who was merged, for whoever has to say who is who."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.moments import iso
from models.columns import table_of
from models.context import MerchantView
from models.identity import Doubt, Merge
from models.people import Contact, Friendship

Row = dict[str, Any]


def ambiguous(connection: Connection, merchant: MerchantView) -> list[Row]:
    """One row a pair that waits for a human, with what speaks for it; oldest first."""
    contact, other = aliased(Contact), aliased(Contact)
    rows = connection.execute(
        select(
            table_of(Doubt),
            col(contact.wire_id).label("wire_id"),
            col(contact.name).label("name"),
            _remark(contact),
            col(other.wire_id).label("other_wire_id"),
            col(other.name).label("other_name"),
            _remark(other),
        )
        .join(
            contact, and_(col(contact.merchant_id) == col(Doubt.merchant_id), col(contact.id) == col(Doubt.contact_id))
        )
        .join(other, and_(col(other.merchant_id) == col(Doubt.merchant_id), col(other.id) == col(Doubt.other_id)))
        .where(col(Doubt.merchant_id) == merchant.id, text("doubt.state = 'open'"))
        .order_by(col(Doubt.at), col(Doubt.contact_id), col(Doubt.other_id))
    )
    return [
        {
            "kind": kind,
            "contact": wire_id,
            "name": name,
            "remark": remark or "",
            "other": other_wire_id,
            "other_name": other_name,
            "other_remark": other_remark or "",
            "account": account or None,
            "evidence": evidence,
            "since": iso(at, merchant.zone),
        }
        for (
            _merchant, kind, _contact, _other, account, evidence, at, _state, _answered_at, _answered_by,
            wire_id, name, remark, other_wire_id, other_name, other_remark,
        ) in rows
    ]  # fmt: skip


def merges(connection: Connection, merchant: MerchantView) -> list[Row]:
    """Merges in force, oldest first: who came to whom, by the ids that they have now."""
    rows = connection.execute(
        select(table_of(Merge))
        .where(col(Merge.merchant_id) == merchant.id, col(Merge.undone_at).is_(None))
        .order_by(col(Merge.id))
    ).all()
    contacts = {
        identity: (person_id, wire_id)
        for identity, person_id, wire_id in connection.execute(
            select(col(Contact.id), col(Contact.person_id), col(Contact.wire_id))
            .where(col(Contact.merchant_id) == merchant.id, col(Contact.person_id).in_({row.kept_id for row in rows}))
            .order_by(col(Contact.id))
        )
    }
    return [
        {
            "at": iso(row.at, merchant.zone),
            "by": row.by,
            "contacts": [contacts[one][1] for one in row.snapshot["contacts"] if one in contacts],
            "with": [
                wire_id
                for identity, (person_id, wire_id) in contacts.items()
                if person_id == row.kept_id and identity not in row.snapshot["contacts"]
            ],
        }
        for row in rows
    ]


def unknown(connection: Connection, merchant: MerchantView, *wire_ids: str) -> list[str]:
    """Those of these ids that nobody has."""
    known = set(
        connection.execute(
            select(col(Contact.wire_id)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.wire_id).in_(wire_ids)
            )
        ).scalars()
    )
    return [wire_id for wire_id in wire_ids if wire_id not in known]


def _remark(contact: Any) -> Any:
    return (
        select(func.max(col(Friendship.remark)))
        .where(col(Friendship.merchant_id) == col(contact.merchant_id), col(Friendship.contact_id) == col(contact.id))
        .scalar_subquery()
    )
