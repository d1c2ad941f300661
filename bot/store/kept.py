"""What is kept of people besides what decisions go by: loaded for who asks for it, which is rare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlmodel import col

from bot.store import Writing
from models.context import Kept
from models.deliveries import Delivery, DeliveryKind
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.people import Contact, Person

NO_TOPIC = "（没有名字的群）"


def load_kept(writing: Writing, merchant_id: str, person_ids: Sequence[int]) -> dict[int, Kept]:
    """By person, over all that they were met as."""
    run = writing.connection.execute
    theirs = and_(col(Contact.merchant_id) == merchant_id, col(Contact.person_id).in_(person_ids))
    since = select(col(Person.id), col(Person.created_at)).where(
        col(Person.merchant_id) == merchant_id, col(Person.id).in_(person_ids)
    )
    said = (
        select(col(Contact.person_id), func.count(), func.min(col(JournalEntry.at)))
        .join(
            JournalEntry,
            and_(
                col(JournalEntry.merchant_id) == col(Contact.merchant_id),
                col(JournalEntry.contact_id) == col(Contact.id),
                col(JournalEntry.type) == "message",
            ),
        )
        .where(theirs)
        .group_by(col(Contact.person_id))
    )
    sent = (
        select(col(Contact.person_id), func.count())
        .join(
            Delivery,
            and_(
                col(Delivery.merchant_id) == col(Contact.merchant_id),
                col(Delivery.contact_id) == col(Contact.id),
                col(Delivery.left_at).is_not(None),
                col(Delivery.text) != "",
                col(Delivery.kind) != DeliveryKind.REMARK,
            ),
        )
        .where(theirs)
        .group_by(col(Contact.person_id))
    )
    places = (
        select(col(Contact.person_id), col(ChatGroup.topic))
        .join(
            GroupMember,
            and_(
                col(GroupMember.merchant_id) == col(Contact.merchant_id),
                col(GroupMember.contact_id) == col(Contact.id),
                col(GroupMember.left_at).is_(None),
            ),
        )
        .join(
            ChatGroup,
            and_(
                col(ChatGroup.merchant_id) == col(GroupMember.merchant_id),
                col(ChatGroup.id) == col(GroupMember.group_id),
            ),
        )
        .where(theirs)
        .order_by(col(ChatGroup.id))
    )
    messages = {person: (count, oldest) for person, count, oldest in run(said)}
    texts: dict[int, int] = dict(run(sent).all())
    groups: dict[int, list[str]] = defaultdict(list)
    for person, topic in run(places):
        groups[person].append(topic or NO_TOPIC)
    return {
        person: Kept(
            since=created_at,
            groups=tuple(groups[person]),
            said=messages.get(person, (0, None))[0],
            oldest_at=messages.get(person, (0, None))[1],
            sent=texts.get(person, 0),
        )
        for person, created_at in run(since)
    }
