"""Events read back from the journal, each with its words, which stand apart."""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Any

import msgspec
from sqlalchemy import and_, select
from sqlmodel import col

from models import events as ev
from models.erasure import is_nameless
from models.events import Event, Who
from models.groups import ChatGroup
from models.journal import Body, JournalEntry
from models.orders import Order
from models.people import Contact

# What somebody out there did, of which is true later what was true then.
DONE = (
    ev.FriendRequested | ev.FriendAdded | ev.FriendRemoved | ev.Message | ev.SelfMessage | ev.MessageRecalled
    | ev.GroupJoined | ev.GroupLeft | ev.GroupRenamed | ev.Tapped
)  # fmt: skip
# And how it was with our accounts at that moment.
HEARD = DONE | ev.LoggedIn | ev.LoggedOut | ev.WentDeaf | ev.Taken


class Lost(StrEnum):
    """Why an event cannot be read back."""

    ERASED = auto()  # who was forgotten has taken it along
    WORDLESS = auto()  # its words are not kept any longer


def read_back(row: Any, decoder: msgspec.json.Decoder[Event]) -> Event | Lost:
    """The event of a row of `JOURNALLED`, of one of the kinds that the decoder knows. People and groups have the ids by
    which the rest of the database knows them now."""
    event: Any
    try:
        event = decoder.decode(row.data)
    except msgspec.ValidationError:
        return Lost.ERASED
    if isinstance(event, Order):
        order: Order = _with(event, merchant=row.merchant_id)
        return order
    if row.contact is not None and is_nameless(row.contact):
        return Lost.ERASED
    event = _with(event, merchant=row.merchant_id, account=row.account_id, wire_id=row.wire_id)
    match event:
        case ev.Message():
            if row.body_id is not None and row.words is None:
                return Lost.WORDLESS
            event = _with(event, kind=row.kind or "text", text=row.words or "")
        case ev.SelfMessage():
            event = _with(event, text=row.words or "")
        case ev.FriendRequested():
            event = _with(event, hello=row.words or "")
    called_now: Event = _as_called_now(event, row)
    return called_now


def _as_called_now(event: Any, row: Any) -> Any:
    if row.contact and isinstance(who := getattr(event, "contact", None), Who) and who.contact != row.contact:
        event = _with(event, contact=_with(who, contact=row.contact))
    if row.room and getattr(event, "group", row.room) != row.room:
        event = _with(event, group=row.room)
    return event


def _with(event: Any, **values: Any) -> Any:
    return msgspec.structs.replace(event, **values)


JOURNALLED: Any = (
    select(
        col(JournalEntry.id),
        col(JournalEntry.merchant_id),
        col(JournalEntry.type),
        col(JournalEntry.at),
        col(JournalEntry.received_at),
        col(JournalEntry.account_id),
        col(JournalEntry.wire_id),
        col(JournalEntry.kind),
        col(JournalEntry.body_id),
        col(JournalEntry.data),
        col(JournalEntry.error),
        col(Body.text).label("words"),
        col(Contact.wire_id).label("contact"),
        col(ChatGroup.wire_id).label("room"),
    )
    .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
    .outerjoin(
        Contact,
        and_(
            col(Contact.merchant_id) == col(JournalEntry.merchant_id), col(Contact.id) == col(JournalEntry.contact_id)
        ),
    )
    .outerjoin(
        ChatGroup,
        and_(
            col(ChatGroup.merchant_id) == col(JournalEntry.merchant_id), col(ChatGroup.id) == col(JournalEntry.group_id)
        ),
    )
)
