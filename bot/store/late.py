"""What belongs to who keeps an account, and what was heard too late: a program that lost an account meanwhile leaves
it to whoever keeps the account now, for gateways do not say it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from bot.store import Store, read
from bot.store.prepared import is_one_of
from models import events as ev
from models.events import Event
from models.workers import LateEvent

# What happened to people, and is to be known whoever heard it.
_FACTS = (
    ev.FriendRequested
    | ev.FriendAdded
    | ev.FriendRemoved
    | ev.Message
    | ev.SelfMessage
    | ev.MessageRecalled
    | ev.GroupJoined
    | ev.GroupLeft
    | ev.GroupRenamed
    | ev.Tapped
    | ev.Unreadable
)
# What is true of a link, and of a send, only for who has it.
_OF_A_LINK = ev.LoggedIn | ev.LoggedOut | ev.ScanWanted | ev.WentDeaf | ev.Taken | ev.Roster | ev.SendAnswered

_decoder = msgspec.json.Decoder(_FACTS)
_LATE = (
    select(col(LateEvent.id), col(LateEvent.body))
    .where(is_one_of(col(LateEvent.account_id), "accounts"))
    .order_by(col(LateEvent.id))
    .limit(bindparam("most"))
)
_MOST = 500


def belongs_to_keeper(event: Event) -> bool:
    """Whether only who keeps the event's account may write it."""
    return isinstance(event, _FACTS | _OF_A_LINK)


def kept_for(store: Store, events: Sequence[Event]) -> Collection[str]:
    """The accounts that we must keep to write these events."""
    return {event.account for event in events if belongs_to_keeper(event)} if store.leases is not None else ()


def leave_late(store: Store, events: Sequence[Event]) -> int:
    """Leave what was heard on accounts that we lost to who keeps them now; returns how much that is."""
    facts = [event for event in events if isinstance(event, _FACTS)]
    if facts:
        with store.writing({event.merchant for event in facts}) as writing:
            first = writing.ids.take(writing.now, len(facts))
            writing.insert(
                LateEvent,
                [
                    {
                        "id": identity,
                        "merchant_id": event.merchant,
                        "account_id": event.account,
                        "body": msgspec.json.encode(event).decode(),
                    }
                    for identity, event in enumerate(facts, first)
                ],
            )
    return len(facts)


def late_events(store: Store, accounts: Collection[str]) -> list[tuple[int, Event]]:
    """What others heard on accounts that we keep now, by its number, in order."""
    with store.reading() as connection:
        rows = read(connection, _LATE, accounts=sorted(accounts), most=_MOST)
    return [(identity, _decoder.decode(body)) for identity, body in rows]


def drop_late(store: Store, numbers: Sequence[int]) -> None:
    """These have been decided."""
    with store.writing(()) as writing:
        writing.connection.execute(delete(LateEvent).where(col(LateEvent.id).in_(numbers)))
