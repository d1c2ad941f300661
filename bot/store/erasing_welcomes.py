"""Welcomes to a group name people by what they are called, several at once; and a post comes back as an echo."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import case, delete, null, or_, select, update
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import unindexed
from models.deliveries import Delivery
from models.journal import Body, JournalEntry
from models.people import Answer, Contact

_SHORTEST = 2  # characters: a single one stands in too many names


class Post(NamedTuple):
    """A post of ours to a group."""

    id: int
    key: str
    state: str
    text: str


def forget_welcomes(
    writing: Writing, merchant_id: str, contacts: Collection[int], persons: Collection[int]
) -> list[Post]:
    """The welcomes that call one of these people by their nickname, or by a name that they have told; what came back of
    them has no words any more."""
    posts = _that_name(writing, merchant_id, contacts, persons)
    _forget_echoes(writing, merchant_id, contacts, {post.text for post in posts})
    return posts


def _that_name(writing: Writing, merchant_id: str, contacts: Collection[int], persons: Collection[int]) -> list[Post]:
    run = writing.connection.execute
    nicknames = select(col(Contact.name)).where(col(Contact.merchant_id) == merchant_id, col(Contact.id).in_(contacts))
    told = select(col(Answer.value)).where(col(Answer.merchant_id) == merchant_id, col(Answer.person_id).in_(persons))
    said = [*run(nicknames).scalars(), *run(told).scalars()]
    names = {name for name in said if isinstance(name, str) and len(name) >= _SHORTEST}
    if not names:
        return []
    rows = run(
        select(col(Delivery.id), col(Delivery.key), col(Delivery.state), col(Delivery.text)).where(
            unindexed(col(Delivery.merchant_id)) == merchant_id,
            col(Delivery.id) > min(contacts),
            col(Delivery.key).startswith("welcome:"),
            or_(*(col(Delivery.text).contains(name, autoescape=True) for name in names)),
        )
    )
    return [Post(row.id, row.key, row.state, row.text or "") for row in rows]


def _forget_echoes(writing: Writing, merchant_id: str, contacts: Collection[int], texts: Collection[str]) -> None:
    if not texts:
        return
    run = writing.connection.execute
    bodies = list(
        run(
            select(col(Body.id)).where(
                col(Body.merchant_id) == merchant_id, col(Body.id) > min(contacts), col(Body.text).in_(texts)
            )
        ).scalars()
    )
    in_groups = (
        col(JournalEntry.merchant_id) == merchant_id,
        col(JournalEntry.body_id).in_(bodies),
        col(JournalEntry.group_id).is_not(None),
        col(JournalEntry.contact_id).is_(None),
    )
    echoes = list(run(select(col(JournalEntry.body_id)).where(*in_groups)).scalars())
    run(
        update(JournalEntry)
        .where(*in_groups)
        .values(body_id=None, error=case((col(JournalEntry.error).is_not(None), "erased"), else_=null()))
    )
    run(delete(Body).where(col(Body.id).in_(echoes)))
