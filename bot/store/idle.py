"""Who only chats: plain friends with nothing open, about whose small talk there is nothing to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import Names
from bot.store.prepared import is_one_of
from models.context import AccountView
from models.events import Event, Message
from models.people import Friendship, FriendshipState, Survey

_PLAIN_FRIENDS = select(col(Friendship.contact_id)).where(
    col(Friendship.merchant_id) == bindparam("merchant"),
    col(Friendship.account_id) == bindparam("account"),
    is_one_of(col(Friendship.contact_id), "ids"),
    col(Friendship.state) == FriendshipState.FRIEND,
)
_SURVEYED = select(col(Survey.person_id)).where(
    col(Survey.merchant_id) == bindparam("merchant"),
    is_one_of(col(Survey.person_id), "ids"),
    text("state IN ('open', 'resting')"),  # in the words of the index, which holds no others
)


def idle_speakers(
    writing: Writing, merchant_id: str, names: Names, accounts: Mapping[str, AccountView], talk: Sequence[Event]
) -> set[tuple[str, str]]:
    """The (account, wire id) of speakers who are friends, in no survey, and on no channel that counts what it hears.

    Two narrow look-ups instead of everything that is known of everybody who says good morning.
    """
    speakers: dict[str, set[str]] = defaultdict(set)
    for message in talk:
        account = accounts.get(message.account)
        if isinstance(message, Message) and account is not None and account.capabilities.window_hours is None:
            speakers[message.account].add(message.contact.contact)
    found: set[tuple[str, str]] = set()
    for account_id, wire_ids in speakers.items():
        known = [(names.contacts[wire_id], wire_id) for wire_id in wire_ids]
        ids = sorted(ours.contact_id for ours, _ in known)
        persons = sorted(ours.person_id for ours, _ in known)
        friends = {one for (one,) in writing.rows(_PLAIN_FRIENDS, merchant=merchant_id, account=account_id, ids=ids)}
        surveyed = {one for (one,) in writing.rows(_SURVEYED, merchant=merchant_id, ids=persons)}
        found.update(
            (account_id, wire_id)
            for ours, wire_id in known
            if ours.contact_id in friends and ours.person_id not in surveyed
        )
    return found
