"""A rehearsal that continues a database: when it goes on, and the WeChat that its accounts had come to know."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from datetime import datetime

import msgspec
from sqlalchemy import and_, func, select
from sqlmodel import col

from bot.clock import utc_now
from bot.store import Store
from bot.story_lines import ContactSpec, GroupSpec, WorldSpec
from models.deliveries import DeliveryChange
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.people import Contact, Friendship, FriendshipState


def last_moment(database: str) -> datetime | None:
    """The last moment (UTC) of which the database knows something."""
    with closing(Store(database, utc_now)) as store, store.reading() as connection:
        moments = [
            connection.execute(select(func.max(column))).scalar()
            for column in (col(JournalEntry.received_at), col(DeliveryChange.at))
        ]
    return max((moment for moment in moments if moment), default=None)


def world_of(database: str, spec: WorldSpec) -> WorldSpec:
    """The world of the story, and in it whom and which groups its accounts know from what was played before."""
    accounts = {account.id for account in spec.accounts}
    contacts = {contact.id: contact for contact in spec.contacts}
    groups = {group.id: group for group in spec.groups}
    with closing(Store(database, utc_now)) as store, store.reading() as connection:
        for wire_id, name, account, remark in connection.execute(_FRIENDS):
            if account in accounts:
                known = contacts.setdefault(wire_id, ContactSpec(id=wire_id, name=name))
                friend_of = tuple(dict.fromkeys((*known.friend_of, account)))
                contacts[wire_id] = msgspec.structs.replace(known, friend_of=friend_of, remark=known.remark or remark)
        members: dict[int, list[str]] = defaultdict(list)
        for group_id, wire_id, name in connection.execute(_MEMBERS):
            members[group_id].append(wire_id)
            if wire_id not in accounts:
                contacts.setdefault(wire_id, ContactSpec(id=wire_id, name=name))
        for group_id, wire_id, topic, owner in connection.execute(_GROUPS):
            known_group = groups.get(wire_id, GroupSpec(id=wire_id, topic=topic, owner=owner))
            there = tuple(dict.fromkeys((*known_group.members, *members[group_id])))
            if accounts & {known_group.owner, *there}:
                groups[wire_id] = msgspec.structs.replace(known_group, members=there)
    return msgspec.structs.replace(spec, contacts=tuple(contacts.values()), groups=tuple(groups.values()))


_FRIENDS = (
    select(col(Contact.wire_id), col(Contact.name), col(Friendship.account_id), col(Friendship.remark))
    .join(
        Friendship,
        and_(col(Friendship.merchant_id) == col(Contact.merchant_id), col(Friendship.contact_id) == col(Contact.id)),
    )
    .where(col(Friendship.state).in_((FriendshipState.FRIEND, FriendshipState.ACCEPTED)))
    .order_by(col(Contact.id))
)
_MEMBERS = (
    select(col(GroupMember.group_id), col(Contact.wire_id), col(Contact.name))
    .join(
        Contact,
        and_(col(Contact.merchant_id) == col(GroupMember.merchant_id), col(Contact.id) == col(GroupMember.contact_id)),
    )
    .where(col(GroupMember.left_at).is_(None))
    .order_by(col(GroupMember.group_id), col(GroupMember.joined_at), col(Contact.id))
)
_GROUPS = select(col(ChatGroup.id), col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.platform_owner)).where(
    col(ChatGroup.became).is_(None)
)
