"""Where people are in groups, have a seat or wait for one: by person, whatever they were met as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, delete, select
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of, unindexed
from models.columns import table_of
from models.context import MerchantView, PlaceView
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.people import Contact, Person

_CONTACTS = select(col(Contact.id), col(Contact.person_id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.person_id), "persons")
)

_PLACED = select(col(Person.id), col(Person.placed_tier), col(Person.moved_at)).where(
    col(Person.merchant_id) == bindparam("merchant"),
    is_one_of(col(Person.id), "persons"),
    unindexed(col(Person.placed_tier)).is_not(None),
)


def _in_groups(table: Any) -> Any:
    group = and_(col(ChatGroup.merchant_id) == col(table.merchant_id), col(ChatGroup.id) == col(table.group_id))
    return (
        select(col(table.contact_id), col(ChatGroup.tier))
        .join(ChatGroup, group)
        .where(
            col(table.merchant_id) == bindparam("merchant"),
            is_one_of(col(table.contact_id), "contacts"),
            col(ChatGroup.tier).is_not(None),
        )
    )


# By whom they are about, not through all members of all groups.
_MEMBERSHIPS = _in_groups(GroupMember).where(unindexed(col(GroupMember.left_at)).is_(None))
_SEATS = _in_groups(Seat)
_WAITING = select(col(Waiting.contact_id), col(Waiting.tier)).where(
    col(Waiting.merchant_id) == bindparam("merchant"), is_one_of(col(Waiting.contact_id), "contacts")
)


def load_places(writing: Writing, merchant_id: str, person_ids: Iterable[int]) -> dict[int, PlaceView]:
    """By person id; nothing of who has no place and waits for none."""
    persons = sorted(set(person_ids))
    if not persons:
        return {}
    tiers: dict[int, set[str]] = defaultdict(set)
    waiting: dict[int, set[str]] = defaultdict(set)
    person_of = dict(writing.rows(_CONTACTS, merchant=merchant_id, persons=persons))
    contacts = list(person_of)
    placed = {person: (tier, at) for person, tier, at in writing.rows(_PLACED, merchant=merchant_id, persons=persons)}
    for statement, found in ((_MEMBERSHIPS, tiers), (_SEATS, tiers), (_WAITING, waiting)):
        for contact_id, tier in writing.rows(statement, merchant=merchant_id, contacts=contacts):
            found[person_of[contact_id]].add(tier)
    return {
        person_id: PlaceView(
            tiers=frozenset(tiers.get(person_id, ())),
            waiting_for=frozenset(waiting.get(person_id, ())),
            belongs=placed[person_id][0] if person_id in placed else None,
            moved_at=placed[person_id][1] if person_id in placed else None,
        )
        for person_id in tiers.keys() | waiting.keys() | placed.keys()
    }


def waits_of(writing: Writing, merchant: MerchantView, contact_ids: list[int]) -> list[dict[str, Any]]:
    """What these contacts wait for, as rows."""
    mine = (col(Waiting.merchant_id) == merchant.id, col(Waiting.contact_id).in_(contact_ids))
    return [dict(row._mapping) for row in writing.connection.execute(select(table_of(Waiting)).where(*mine))]


def end_waits(writing: Writing, merchant: MerchantView, person_id: int) -> None:
    """Who has a place in a tier, whatever they were met as, waits for no other."""
    place = load_places(writing, merchant.id, [person_id]).get(person_id, PlaceView())
    theirs = select(col(Contact.id)).where(col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == person_id)
    writing.connection.execute(
        delete(Waiting).where(
            col(Waiting.merchant_id) == merchant.id,
            col(Waiting.contact_id).in_(theirs),
            col(Waiting.tier).in_(place.tiers & place.waiting_for),
        )
    )


def wait_again(writing: Writing, merchant: MerchantView, waits: list[dict[str, Any]], persons: list[int]) -> None:
    """Those who were one person and are two again wait as they did, but for what they have a place in by now."""
    writing.insert_new(Waiting, waits)
    for person_id in persons:
        end_waits(writing, merchant, person_id)
