"""What is kept of people besides what decisions go by: loaded for who asks for it, which is rare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlmodel import col

from bot.store import Writing
from content_calendar.entry import from_json
from models.context import Kept, ReceivedView
from models.deliveries import TOUCHING_STATES, Delivery, DeliveryKind, Lane
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.operations import IN_FORCE, EntryRevision
from models.people import Contact, Friendship, Person, Tag

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
    hellos: dict[int, dict[str, None]] = defaultdict(dict)
    requests = (
        select(col(Contact.person_id), col(Friendship.first_hello), col(Friendship.hello))
        .join(
            Friendship,
            and_(
                col(Friendship.merchant_id) == col(Contact.merchant_id),
                col(Friendship.contact_id) == col(Contact.id),
            ),
        )
        .where(theirs)
        .order_by(col(Friendship.account_id), col(Contact.id))
    )
    for person, *texts_of in run(requests):
        hellos[person] |= dict.fromkeys(text for text in texts_of if text)
    messages = {person: (count, oldest) for person, count, oldest in run(said)}
    texts: dict[int, int] = dict(run(sent).all())
    groups: dict[int, list[str]] = defaultdict(list)
    for person, topic in run(places):
        groups[person].append(topic or NO_TOPIC)
    return {
        person: Kept(
            since=created_at,
            groups=tuple(groups[person]),
            hellos=tuple(hellos[person]),
            said=messages.get(person, (0, None))[0],
            oldest_at=messages.get(person, (0, None))[1],
            sent=texts.get(person, 0),
            received=_received(writing, merchant_id, person),
        )
        for person, created_at in run(since)
    }


def _received(writing: Writing, merchant_id: str, person_id: int) -> ReceivedView | None:
    """The last that left for them of our own accord, with what its entry asks for now."""
    run = writing.connection.execute
    row = run(
        select(col(Delivery.left_at), col(Delivery.text), col(Delivery.cause), col(Delivery.entry))
        .join(
            Contact,
            and_(col(Contact.merchant_id) == col(Delivery.merchant_id), col(Contact.id) == col(Delivery.contact_id)),
        )
        .where(
            col(Contact.merchant_id) == merchant_id,
            col(Contact.person_id) == person_id,
            col(Delivery.left_at).is_not(None),
            col(Delivery.state).in_(TOUCHING_STATES),
            col(Delivery.lane) != Lane.REPLY,
        )
        .order_by(col(Delivery.left_at).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    body = run(
        select(col(EntryRevision.body)).where(
            col(EntryRevision.merchant_id) == merchant_id,
            col(EntryRevision.key) == row.entry,
            IN_FORCE,
        )
    ).scalar()
    entry = from_json(body) if body else None
    theirs = set(
        run(select(col(Tag.tag)).where(col(Tag.merchant_id) == merchant_id, col(Tag.person_id) == person_id)).scalars()
    )
    return ReceivedView(
        at=row.left_at,
        what=(entry and entry.title) or (row.text or "")[:_SHOWN],
        cause=row.cause,
        tags=tuple(tag for tag in entry.tags if tag in theirs) if entry else (),
        rule=entry.rule if entry else "",
    )


_SHOWN = 20  # characters of a message that has no title
