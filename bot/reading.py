"""Answers to an operator's questions: read-only, each row recomputable from the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.rehearsal_output import delivery_lines, iso
from content_calendar.entry import Entry, from_json
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryChange
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.operations import AuditEntry, EntryRevision, RoleGrant
from models.people import Answer, Contact, Friendship, Person, Survey, Tag

Row = dict[str, Any]


def groups(connection: Connection, merchant: MerchantView) -> list[Row]:
    """All groups, the bound ones first and in the order in which they fill."""
    members = _counts(
        connection,
        select(GroupMember.group_id, func.count())
        .where(GroupMember.merchant_id == merchant.id, col(GroupMember.left_at).is_(None))
        .group_by(col(GroupMember.group_id)),
    )
    seats = _counts(
        connection,
        select(Seat.group_id, func.count()).where(Seat.merchant_id == merchant.id).group_by(col(Seat.group_id)),
    )
    rows = connection.execute(
        select(ChatGroup.__table__, Contact.wire_id.label("owner"))  # type: ignore[attr-defined]
        .outerjoin(
            Contact,
            (col(Contact.merchant_id) == ChatGroup.merchant_id) & (col(Contact.id) == ChatGroup.owner_contact_id),
        )
        .where(ChatGroup.merchant_id == merchant.id)
        .order_by(col(ChatGroup.bound_at).asc().nulls_last(), col(ChatGroup.id))
    ).all()
    wire_ids = {row.id: row.wire_id for row in rows}
    capacities = {tier.name: tier.capacity for tier in merchant.playbook.tiers}
    return [
        {
            "group": row.wire_id,
            "topic": row.topic,
            "tier": row.tier,
            "owner": row.owner,
            "parent": wire_ids.get(row.parent_id),
            "capacity": capacities.get(row.tier),
            "members": members.get(row.id, 0),
            "reserved": seats.get(row.id, 0),
        }
        for row in rows
    ]


def who(connection: Connection, merchant: MerchantView, wire_id: str) -> Row | None:
    """Everything that we know of a person, found by a contact's wire id."""
    run = connection.execute
    found = run(
        select(Contact.id, Contact.person_id, Contact.name, Person.note, Person.opted_out_at, Person.consent)
        .join(Person, (col(Person.merchant_id) == Contact.merchant_id) & (col(Person.id) == Contact.person_id))
        .where(Contact.merchant_id == merchant.id, Contact.wire_id == wire_id)
    ).first()
    if found is None:
        return None
    survey = run(
        select(Survey.state, Survey.question, Survey.asked).where(
            Survey.merchant_id == merchant.id, Survey.person_id == found.person_id
        )
    ).first()
    answers = run(
        select(Answer.key, Answer.value, Answer.state)
        .where(Answer.merchant_id == merchant.id, Answer.person_id == found.person_id)
        .order_by(Answer.at, Answer.key)
    )
    tags = run(
        select(Tag.tag).where(Tag.merchant_id == merchant.id, Tag.person_id == found.person_id).order_by(Tag.tag)
    )
    in_groups = run(
        select(ChatGroup.wire_id, ChatGroup.owner_contact_id)
        .join(
            GroupMember,
            (col(GroupMember.merchant_id) == ChatGroup.merchant_id) & (col(GroupMember.group_id) == ChatGroup.id),
        )
        .where(
            GroupMember.merchant_id == merchant.id,
            GroupMember.contact_id == found.id,
            col(GroupMember.left_at).is_(None),
        )
        .order_by(GroupMember.joined_at, ChatGroup.id)
    ).all()
    owner = next((row.owner_contact_id for row in in_groups if row.owner_contact_id), None)
    return {
        "contact": wire_id,
        "name": found.name,
        "answers": {key: {"value": value, "state": state} for key, value, state in answers},
        "tags": list(tags.scalars()),
        "remark": run(
            select(func.max(Friendship.remark)).where(
                Friendship.merchant_id == merchant.id, Friendship.contact_id == found.id
            )
        ).scalar()
        or "",
        "note": found.note,
        "owner": run(select(Contact.wire_id).where(Contact.merchant_id == merchant.id, Contact.id == owner)).scalar()
        if owner
        else None,
        "groups": [row.wire_id for row in in_groups],
        "waiting_for": run(
            select(Waiting.tier).where(Waiting.merchant_id == merchant.id, Waiting.contact_id == found.id)
        ).scalar(),
        "survey": {
            "state": survey.state if survey else "none",
            "question": (survey.question or None) if survey else None,
        },
        "opted_out": found.opted_out_at is not None,
        "consent": found.consent,
        "stage": None,
    }


def audit(connection: Connection, merchant: MerchantView, since: datetime | None) -> list[Row]:
    """Who did, or tried to do, what; oldest first."""
    statement = select(AuditEntry.__table__).where(AuditEntry.merchant_id == merchant.id)  # type: ignore[attr-defined]
    if since is not None:
        statement = statement.where(col(AuditEntry.at) >= since)
    return [
        {
            "at": iso(row.at, merchant.zone),
            "actor": row.actor,
            "action": row.action,
            "target": row.target,
            "place": row.place,
            "result": row.result,
            "reason": row.reason,
        }
        for row in connection.execute(statement.order_by(AuditEntry.id))
    ]


def deliveries(connection: Connection, merchant: MerchantView, state: str) -> list[Row]:
    """Deliveries as the story's output shows them, each with the moment of its present state."""
    latest = (
        select(DeliveryChange.delivery_id, func.max(DeliveryChange.id).label("last"))
        .where(DeliveryChange.merchant_id == merchant.id)
        .group_by(col(DeliveryChange.delivery_id))
        .subquery()
    )
    statement = (
        select(Delivery.id, DeliveryChange.at)
        .join(latest, latest.c.delivery_id == Delivery.id)
        .join(DeliveryChange, latest.c.last == DeliveryChange.id)  # type: ignore[arg-type]
        .where(Delivery.merchant_id == merchant.id)
        .order_by(Delivery.id)
    )
    if state:
        statement = statement.where(Delivery.state == state)
    moments = {identity: at for identity, at in connection.execute(statement)}
    shown = delivery_lines(connection, list(moments), merchant.zone)
    return [{"at": iso(at, merchant.zone), **shown[identity]} for identity, at in moments.items()]


def history(connection: Connection, merchant: MerchantView, delivery: str) -> tuple[Row, list[Row]] | None:
    """A delivery by its id or key, and each state that it went through."""
    this = Delivery.id == int(delivery) if delivery.isdecimal() else Delivery.key == delivery
    identity = connection.execute(
        select(Delivery.id).where(Delivery.merchant_id == merchant.id, this).order_by(Delivery.part)
    ).scalar()
    if identity is None:
        return None
    changes = connection.execute(
        select(DeliveryChange.at, DeliveryChange.state, DeliveryChange.reason, DeliveryChange.until)
        .where(DeliveryChange.delivery_id == identity)
        .order_by(DeliveryChange.id)
    )
    return delivery_lines(connection, [identity], merchant.zone)[identity], [
        {
            "at": iso(row.at, merchant.zone),
            "state": row.state,
            "reason": row.reason,
            "until": iso(row.until, merchant.zone),
        }
        for row in changes
    ]


def entries(connection: Connection, merchant: MerchantView) -> tuple[Entry, ...]:
    """The calendar entries in force, by key."""
    bodies = connection.execute(
        select(EntryRevision.body)
        .where(EntryRevision.merchant_id == merchant.id, col(EntryRevision.current))
        .order_by(EntryRevision.key)
    ).scalars()
    return tuple(from_json(body) for body in bodies)


def known_groups(connection: Connection, merchant: MerchantView) -> list[str]:
    """The room ids of all groups seen."""
    return list(
        connection.execute(select(ChatGroup.wire_id).where(ChatGroup.merchant_id == merchant.id)).scalars()
    )


def roles(connection: Connection, merchant: MerchantView) -> list[Row]:
    """Roles granted by command; those of the configuration come first."""
    rows = connection.execute(
        select(RoleGrant.__table__).where(RoleGrant.merchant_id == merchant.id).order_by(RoleGrant.at)  # type: ignore[attr-defined]
    )
    return [
        {"contact": contact, "role": role, "account": account, "group": "", "by": "config"}
        for account, contact, role in merchant.admins
    ] + [
        {"contact": row.wire_id, "role": row.role, "account": row.account_id, "group": row.group_wire_id, "by": row.granted_by}
        for row in rows
    ]


def _counts(connection: Connection, statement: Any) -> dict[int, int]:
    return {identity: count for identity, count in connection.execute(statement)}
