"""Friends whom the platform's list no longer names: gone, or there under another id."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import Names
from models.events import Event, Roster
from models.people import Friendship, FriendshipState


def missing_friends(writing: Writing, merchant_id: str, events: Iterable[Event], names: Names) -> list[int]:
    """The contact ids of an account's friends who are not on its roster."""
    missing: list[int] = []
    for event in events:
        if isinstance(event, Roster) and event.friends is not None:
            listed = {names.contacts[who.contact].contact_id for who in event.friends}
            friends = writing.connection.execute(
                select(col(Friendship.contact_id))
                .where(
                    col(Friendship.merchant_id) == merchant_id,
                    col(Friendship.account_id) == event.account,
                    col(Friendship.state) == FriendshipState.FRIEND,
                )
                .order_by(col(Friendship.contact_id))
            ).scalars()
            missing += [contact_id for contact_id in friends if contact_id not in listed]
    return missing
