"""Answers to an operator's questions: read-only, each row recomputable from the tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text
from sqlmodel import col

from bot.moments import iso
from bot.store import read
from bot.store.alerting import all_alerts
from bot.store.called import contacts_with_id
from bot.store.entries import override_view
from bot.store.stages import stages_of_people
from content_calendar.entry import Entry, from_json
from handlers.learning import learned
from handlers.overrides import own_version
from models.columns import table_of
from models.context import AnswerView, MerchantView, PersonView
from models.deliveries import Delivery
from models.erasure import is_nameless
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.operations import IN_FORCE, AuditEntry, EntryOverride, EntryRevision, RoleGrant, Signup
from models.people import Answer, Contact, Friendship, Person, Survey, Tag

Row = dict[str, Any]


def groups(connection: Connection, merchant: MerchantView) -> list[Row]:
    """All groups, the bound ones first and in the order in which they fill."""
    members = _counts(
        connection,
        select(col(GroupMember.group_id), func.count())
        .where(col(GroupMember.merchant_id) == merchant.id, col(GroupMember.left_at).is_(None))
        .group_by(col(GroupMember.group_id)),
    )
    seats = _counts(
        connection,
        select(col(Seat.group_id), func.count())
        .where(col(Seat.merchant_id) == merchant.id)
        .group_by(col(Seat.group_id)),
    )
    rows = connection.execute(
        select(table_of(ChatGroup), col(Contact.wire_id).label("owner"))
        .outerjoin(
            Contact,
            (col(Contact.merchant_id) == col(ChatGroup.merchant_id))
            & (col(Contact.id) == col(ChatGroup.owner_contact_id)),
        )
        .where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.became).is_(None))
        .order_by(col(ChatGroup.bound_at).asc().nulls_last(), col(ChatGroup.id))
    ).all()
    wire_ids = {row.id: row.wire_id for row in rows}
    capacities = {tier.name: tier.capacity for tier in merchant.playbook.tiers}
    return [
        {
            "group": row.wire_id,
            "topic": row.topic,
            "tier": row.tier,
            "owner": row.owner if row.tier else None,
            "parent": wire_ids.get(row.parent_id) if row.tier else None,
            "capacity": capacities.get(row.tier),
            "members": members.get(row.id, 0),
            "reserved": seats.get(row.id, 0),
        }
        for row in rows
    ]


def who(connection: Connection, merchant: MerchantView, wire_id: str, now: datetime) -> Row | None:
    """Everything that we know of a person, found by a contact's wire id, or a former one."""
    run = connection.execute
    found = run(
        select(
            col(Contact.id),
            col(Contact.wire_id),
            col(Contact.person_id),
            col(Contact.name),
            col(Person.note),
            col(Person.opted_out_at),
            col(Person.consent),
            col(Person.source),
            col(Person.owner_contact_id),
            col(Person.owner_by),
        )
        .join(
            Person, (col(Person.merchant_id) == col(Contact.merchant_id)) & (col(Person.id) == col(Contact.person_id))
        )
        .where(col(Contact.merchant_id) == merchant.id, col(Contact.id).in_(contacts_with_id(merchant, [wire_id])))
    ).first()
    if found is None:
        return None
    survey = run(
        select(col(Survey.state), col(Survey.question), col(Survey.coupon)).where(
            col(Survey.merchant_id) == merchant.id, col(Survey.person_id) == found.person_id
        )
    ).first()
    answers = run(
        select(col(Answer.key), col(Answer.value), col(Answer.state))
        .where(col(Answer.merchant_id) == merchant.id, col(Answer.person_id) == found.person_id)
        .order_by(col(Answer.at), col(Answer.key))
    ).all()
    tags = run(
        select(col(Tag.tag))
        .where(col(Tag.merchant_id) == merchant.id, col(Tag.person_id) == found.person_id)
        .order_by(col(Tag.tag))
    ).scalars()
    person = PersonView(
        person_id=found.person_id,
        contact_id=found.id,
        wire_id=found.wire_id,
        source=found.source,
        answers={key: AnswerView(value=value, state=state) for key, value, state in answers},
        tags=frozenset(tags),
    )
    live = learned(merchant.playbook, person).live  # an answer of a branch that is closed now does not count
    contacts = run(
        select(col(Contact.id), col(Contact.wire_id))
        .where(col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == found.person_id)
        .order_by(col(Contact.id))
    ).all()
    in_groups = run(
        select(col(ChatGroup.wire_id), col(ChatGroup.owner_contact_id), col(ChatGroup.tier))
        .join(
            GroupMember,
            (col(GroupMember.merchant_id) == col(ChatGroup.merchant_id))
            & (col(GroupMember.group_id) == col(ChatGroup.id)),
        )
        .where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.contact_id).in_([one.id for one in contacts]),
            col(GroupMember.left_at).is_(None),
        )
        .order_by(col(GroupMember.joined_at), col(ChatGroup.id))
    ).all()
    owner = found.owner_contact_id
    if found.owner_by not in ("group", "given"):  # an owned group comes before a claim
        owner = next((row.owner_contact_id for row in in_groups if row.owner_contact_id and row.tier), owner)
    return {
        "contact": found.wire_id,
        "contacts": [one.wire_id for one in contacts],  # all that they have
        "name": found.name,
        "answers": {key: {"value": value, "state": state} for key, value, state in answers if key in live},
        "tags": sorted(person.tags),
        "source": found.source,
        "remark": run(
            select(func.max(col(Friendship.remark))).where(
                col(Friendship.merchant_id) == merchant.id, col(Friendship.contact_id) == found.id
            )
        ).scalar()
        or "",
        "note": found.note,
        "owner": run(
            select(col(Contact.wire_id)).where(col(Contact.merchant_id) == merchant.id, col(Contact.id) == owner)
        ).scalar()
        if owner
        else None,
        "groups": list(dict.fromkeys(row.wire_id for row in in_groups)),
        "waiting_for": run(
            select(col(Waiting.tier)).where(
                col(Waiting.merchant_id) == merchant.id, col(Waiting.contact_id) == found.id
            )
        ).scalar(),
        "survey": {
            "state": survey.state if survey else "none",
            "question": (survey.question or None) if survey else None,
        },
        "coupon": (survey.coupon or None) if survey else None,
        "opted_out": found.opted_out_at is not None,
        "consent": found.consent,
        "stage": stages_of_people(connection, merchant, now, [found.id]).get(found.id),
    }


def audit(connection: Connection, merchant: MerchantView, since: datetime | None) -> list[Row]:
    """Who did, or tried to do, what; oldest first."""
    statement = select(table_of(AuditEntry)).where(col(AuditEntry.merchant_id) == merchant.id)
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
        for row in connection.execute(statement.order_by(col(AuditEntry.id)))
    ]


def alerts(connection: Connection, merchant: MerchantView, *, over: bool) -> list[Row]:
    """What is wrong now, oldest first; with `over`, also what was."""
    return [
        {
            "began_at": iso(row.began_at, merchant.zone),
            "ended_at": iso(row.ended_at, merchant.zone),
            "kind": row.kind,
            "subject": row.subject,
            "account": row.account_id,
            "text": row.text,
        }
        for row in all_alerts(connection, merchant, over=over)
    ]


def entries(connection: Connection, merchant: MerchantView) -> tuple[Entry, ...]:
    """The calendar entries in force, by key."""
    return tuple(from_json(body) for (body,) in read(connection, _IN_FORCE, merchant=merchant.id))


_IN_FORCE = (
    select(col(EntryRevision.body))
    .where(col(EntryRevision.merchant_id) == bindparam("merchant"), IN_FORCE)
    .order_by(col(EntryRevision.key))
)


def words_on_entries(connection: Connection, merchant: MerchantView) -> dict[str, Row]:
    """Who wrote each entry in force, who let it go, whether it waits for that, and since when it is there, by key."""
    rows = connection.execute(
        select(
            col(EntryRevision.key),
            col(EntryRevision.revision),
            col(EntryRevision.author),
            col(EntryRevision.approver),
            col(EntryRevision.approved),
            col(EntryRevision.draft),
            col(EntryRevision.first_imported_at),
        ).where(col(EntryRevision.merchant_id) == merchant.id, IN_FORCE)
    )
    return {row.key: dict(row._mapping) for row in rows}


def under_way(connection: Connection, merchant: MerchantView) -> frozenset[str]:
    """The keys of entries of which something has yet to leave."""
    statement = select(col(Delivery.entry)).where(
        col(Delivery.merchant_id) == merchant.id,
        text("state IN ('planned', 'waiting')"),  # in the words of the partial index
        col(Delivery.entry).is_not(None),
    )
    return frozenset(filter(None, connection.execute(statement.distinct()).scalars()))


def earlier_entries(connection: Connection, merchant: MerchantView, revisions: Mapping[str, str]) -> dict[str, Entry]:
    """Entries as they were in these revisions, by key; those we do not know any more are absent."""
    found = connection.execute(
        select(col(EntryRevision.key), col(EntryRevision.revision), col(EntryRevision.body)).where(
            col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.revision).in_(set(revisions.values()))
        )
    )
    return {key: from_json(body) for key, revision, body in found if revisions.get(key) == revision}


def entries_from(connection: Connection, merchant: MerchantView, workbook: str, actor: str) -> dict[str, Entry]:
    """Entries as the same person last imported them from that exported workbook, by key."""
    rows = connection.execute(
        select(col(EntryRevision.key), col(EntryRevision.body))
        .join(
            AuditEntry,
            (col(AuditEntry.merchant_id) == col(EntryRevision.merchant_id))
            & (col(AuditEntry.at) == col(EntryRevision.at)),
        )
        .where(
            col(EntryRevision.merchant_id) == merchant.id,
            col(AuditEntry.action) == "calendar.import",
            col(AuditEntry.target) == workbook,
            col(AuditEntry.actor) == actor,
        )
        .order_by(col(EntryRevision.at))
    )
    return {key: from_json(body) for key, body in rows}


def overrides(connection: Connection, merchant: MerchantView) -> dict[str, dict[str, Entry | None]]:
    """What groups have instead of optional entries in force, by key and room id; `None` where the group declined."""
    known = {entry.key: entry for entry in entries(connection, merchant) if entry.optional}
    found: dict[str, dict[str, Entry | None]] = {}
    for row in connection.execute(
        select(table_of(EntryOverride), col(ChatGroup.wire_id))
        .join(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(EntryOverride.merchant_id))
            & (col(ChatGroup.id) == col(EntryOverride.group_id)),
        )
        .where(col(EntryOverride.merchant_id) == merchant.id)
        .order_by(col(EntryOverride.entry), col(ChatGroup.wire_id))
    ):
        entry, own = known.get(row.entry), override_view(row)
        if entry is not None and (own.declined or own_version(entry, own) != entry):
            found.setdefault(row.entry, {})[row.wire_id] = None if own.declined else own_version(entry, own)
    return found


def signups(connection: Connection, merchant: MerchantView, key: str) -> list[Row]:
    """Who comes to a gathering, each of its dates by itself, first come first served."""
    rows = connection.execute(
        select(table_of(Signup), col(Contact.wire_id), col(Contact.name), col(ChatGroup.wire_id).label("room"))
        .join(
            Contact,
            (col(Contact.merchant_id) == col(Signup.merchant_id)) & (col(Contact.id) == col(Signup.contact_id)),
        )
        .outerjoin(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(Signup.merchant_id)) & (col(ChatGroup.id) == col(Signup.group_id)),
        )
        .where(col(Signup.merchant_id) == merchant.id, col(Signup.entry) == key)
        .order_by(col(Signup.occurrence), col(Signup.waits), col(Signup.at), col(Signup.contact_id))
    )
    return [
        {
            "entry": key,
            "occurrence": row.occurrence,
            "contact": row.wire_id,
            "name": row.name,
            "group": row.room,
            "waits": row.waits,
            "at": iso(row.at, merchant.zone),
        }
        for row in rows
        if not is_nameless(row.wire_id)
    ]


def first_day(connection: Connection, merchant: MerchantView) -> date | None:
    """The local day of the first post of the calendar."""
    posts = (col(Delivery.merchant_id) == merchant.id, col(Delivery.entry).is_not(None))  # in the words of an index
    first = connection.execute(select(func.min(col(Delivery.occurrence))).where(*posts)).scalar()
    return date.fromisoformat(first) if first else None


def known_groups(connection: Connection, merchant: MerchantView) -> list[str]:
    """The room ids of all groups seen, former ones too."""
    return list(
        connection.execute(select(col(ChatGroup.wire_id)).where(col(ChatGroup.merchant_id) == merchant.id)).scalars()
    )


def unbound_groups(connection: Connection, merchant: MerchantView) -> frozenset[str]:
    """The room ids of groups that are seen and not bound, to which nothing is posted."""
    mine = (col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.became).is_(None), col(ChatGroup.tier).is_(None))
    return frozenset(connection.execute(select(col(ChatGroup.wire_id)).where(*mine)).scalars())


def rooms(connection: Connection, merchant: MerchantView) -> list[str]:
    """The room ids of all groups as they were first seen; their places in it are the numbers that people say."""
    mine = (col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.became).is_(None))
    return list(connection.execute(select(col(ChatGroup.wire_id)).where(*mine).order_by(col(ChatGroup.id))).scalars())


def known_ids(connection: Connection, merchant: MerchantView, wire_ids: Collection[str]) -> frozenset[str]:
    """Which of these ids of people are known."""
    mine = select(col(Contact.wire_id)).where(col(Contact.merchant_id) == merchant.id)
    return frozenset(connection.execute(mine.where(col(Contact.wire_id).in_(wire_ids))).scalars())


def named_contacts(connection: Connection, merchant: MerchantView) -> dict[str, str]:
    """Stable ids by themselves and by names that only one contact has."""
    found = connection.execute(
        select(col(Contact.name), func.min(col(Contact.wire_id)))
        .where(col(Contact.merchant_id) == merchant.id, col(Contact.name) != "")
        .group_by(col(Contact.name))
        .having(func.count() == 1)
    ).all()
    ids = connection.execute(select(col(Contact.wire_id)).where(col(Contact.merchant_id) == merchant.id)).scalars()
    return {**dict(found), **{wire_id: wire_id for wire_id in ids}}


def roles(connection: Connection, merchant: MerchantView) -> list[Row]:
    """Roles granted by command; those of the configuration come first."""
    rows = connection.execute(
        select(table_of(RoleGrant)).where(col(RoleGrant.merchant_id) == merchant.id).order_by(col(RoleGrant.at))
    )
    return [
        {"contact": contact, "role": role, "account": account, "group": "", "by": "config", "until": None}
        for account, contact, role in merchant.admins
    ] + [
        {
            "contact": row.wire_id,
            "role": row.role,
            "account": row.account_id,
            "group": row.group_wire_id,
            "by": row.granted_by,
            "until": row.until and iso(row.until, merchant.zone),
        }
        for row in rows
    ]


def _counts(connection: Connection, statement: Any) -> dict[int, int]:
    return dict(connection.execute(statement).all())
