"""Which delivery an event is about: the echo of our own message, a tap, an outcome, an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, and_, bindparam, func, or_, select, text
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import Names
from bot.store.prepared import constants, is_one_of, unindexed
from content_calendar.wording import PART_MARK
from models import events as ev
from models import orders
from models.context import DeliveryView
from models.deliveries import Cause, Delivery, DeliveryKind, DeliveryState
from models.events import Event
from models.journal import SeenEvent

# An echo that carries another id than the send was answered with (or none) is still ours if it says the same to the
# same target so soon after; puppets differ, and taking our own words for a human's would silence the bot.
ECHO_WINDOW = timedelta(minutes=10)
# An echo that carries the id of a send is believed for longer; the bound is there so that few rows are looked at.
NAMED_WINDOW = timedelta(days=1)
_WITH_WORDS = (
    DeliveryKind.IMAGE,
    DeliveryKind.ALBUM,
    DeliveryKind.VIDEO,
    DeliveryKind.FILE,
    DeliveryKind.LINK,
    DeliveryKind.MINI_PROGRAM,
    DeliveryKind.CARD,
)
_AWAITS_ECHO = (DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.UNKNOWN)


def deliveries_of(writing: Writing, merchant_id: str, events: Sequence[Event], names: Names) -> dict[int, DeliveryView]:
    """The deliveries in question, by the position of the event; outcomes, which come in batches, in one statement."""
    outcomes = {event.delivery: position for position, event in enumerate(events) if isinstance(event, ev.SendAnswered)}
    rows = writing.rows(_OUTCOMES, ids=list(outcomes)) if outcomes else []
    answered = {row[0]: _viewed(row) for row in rows}
    answered |= _begun(writing, merchant_id, events, answered)
    found = {outcomes[identity]: view for identity, view in answered.items()}
    sent = {
        (event.account, event.message): event.delivery
        for event in events
        if isinstance(event, ev.SendAnswered) and event.message
    }
    found |= _greetings(writing, merchant_id, events, names)
    for position, event in enumerate(events):
        if isinstance(event, ev.SendAnswered | ev.FriendAdded):
            continue
        told = sent.get((event.account, event.wire_id), 0)  # an echo that comes with the answer to its send
        if view := answered.get(told):
            found[position] = view
            found[outcomes[told]] = msgspec.structs.replace(view, state=DeliveryState.CONFIRMED)
        elif one := _delivery_of(writing, merchant_id, event, names):
            found[position] = one
    return found


def _begun(
    writing: Writing, merchant_id: str, events: Sequence[Event], answered: Mapping[int, DeliveryView]
) -> dict[int, DeliveryView]:
    """The albums of which it is answered that they have left, and of which a picture was seen before."""
    found = {}
    for event in events:
        if not isinstance(event, ev.SendAnswered) or event.answer != "sent" or not event.message:
            continue
        view = answered.get(event.delivery)
        if view is not None and view.kind == DeliveryKind.ALBUM:
            ours = {"merchant": merchant_id, "account": event.account, "message": event.message}
            if writing.rows(_SEEN, **ours):
                found[view.id] = msgspec.structs.replace(view, seen_in_part=True)
    return found


_SEEN = select(col(SeenEvent.journal_id)).where(
    col(SeenEvent.merchant_id) == bindparam("merchant"),
    col(SeenEvent.account_id) == bindparam("account"),
    col(SeenEvent.wire_id) == bindparam("message"),
)
_GREETINGS = (
    select(Delivery.__table__)  # type: ignore[attr-defined]
    .where(
        unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
        is_one_of(col(Delivery.contact_id), "ids"),
        col(Delivery.cause) == Cause.GREETING,
        col(Delivery.kind) == DeliveryKind.TEXT,
    )
    .order_by(col(Delivery.id))
)


def _greetings(writing: Writing, merchant_id: str, events: Sequence[Event], names: Names) -> dict[int, DeliveryView]:
    """The last greeting of each new friend, in one statement: who comes back may never have got it."""
    added = {
        (event.account, names.contacts[event.contact.contact].contact_id): position
        for position, event in enumerate(events)
        if isinstance(event, ev.FriendAdded)
    }
    if not added:
        return {}
    ids = sorted({contact_id for _, contact_id in added})
    rows = writing.connection.execute(_GREETINGS, {"merchant": merchant_id, "ids": ids})
    return {
        position: _view(row) for row in rows if (position := added.get((row.account_id, row.contact_id))) is not None
    }


def _delivery_of(writing: Writing, merchant_id: str, event: Event, names: Names) -> DeliveryView | None:
    if isinstance(event, ev.SelfMessage):
        return _echoed(writing, merchant_id, event, names)
    statement = select(Delivery.__table__).where(col(Delivery.merchant_id) == merchant_id)  # type: ignore[attr-defined]
    match event:
        case orders.SettleDeliveryOrder() | orders.CancelDeliveryOrder():
            return _first(writing, statement.where(col(Delivery.id) == event.delivery))
        case ev.Tapped():
            of_theirs = statement.where(col(Delivery.account_id) == event.account).order_by(col(Delivery.id))
            if event.delivery == "*":
                return _first(writing, of_theirs.where(text("state = 'awaiting_tap'")))  # in the words of the index
            tapped = col(Delivery.state).in_((DeliveryState.AWAITING_TAP, DeliveryState.UNKNOWN))
            return _first(writing, of_theirs.where(tapped, col(Delivery.key) == event.delivery))
        case _:
            return None


def _echoed(writing: Writing, merchant_id: str, event: ev.SelfMessage, names: Names) -> DeliveryView | None:
    # The platform's clock may differ from ours by which sends are stamped: an echo is no older than when we heard it.
    heard_at = min(event.at, event.received_at or event.at)
    ours: dict[str, Any] = {"merchant": merchant_id, "account": event.account, "message": event.wire_id}
    ours["since"] = heard_at - NAMED_WINDOW
    if event.to_group:
        target, statement = names.groups[event.to_group], _TO_GROUP
    else:
        target, statement = names.contacts[event.to_contact].contact_id, _TO_CONTACT
    found = writing.rows(statement, **ours, lately=heard_at - ECHO_WINDOW, target=target)
    if event.wire_id and (named := [row for *row, _, _, message in found if message == event.wire_id]):
        return _viewed(named[-1])
    if repeated := _repeated(found, event):
        return repeated
    # Whoever it went to may be called by another id by now.
    elsewhere = writing.rows(_NAMED, **ours) if event.wire_id else []
    return _viewed(elsewhere[0]) if elsewhere else None


def _repeated(found: Iterable[Sequence[Any]], event: ev.SelfMessage) -> DeliveryView | None:
    """The first of what was sent there that says the same."""
    more_of_it: DeliveryView | None = None  # what was seen already, if nothing else is left that it could be
    for *row, mentions, media, _ in found:
        view = _viewed(row)
        kind = "image" if view.kind == DeliveryKind.ALBUM else view.kind
        if event.kind == "text" and (kind in ("text", "announcement") or view.kind in _WITH_WORDS):
            repeats, has_more = _same_words(view.text, mentions, event.text), view.kind in _WITH_WORDS
        else:
            repeats, has_more = kind == event.kind, len(media) > 1
        if repeats and view.state != DeliveryState.CONFIRMED:
            return view if _is_last(view, media, event) else msgspec.structs.replace(view, seen_in_part=True)
        if repeats and has_more:  # on some platforms it is several messages: an album, a picture with words
            more_of_it = more_of_it or view
    return more_of_it


def _is_last(view: DeliveryView, media: Sequence[Mapping[str, Any]], event: ev.SelfMessage) -> bool:
    """Whether nothing leaves behind what was seen: words that are a message of their own follow what they belong to."""
    if event.kind == "text" or not view.text or _same_words(view.text, (), event.text):
        return True
    return len(media) == 1 and media[0].get("name") == view.text


def _same_words(text: str, mentions: Sequence[str], said: str) -> bool:
    """Whether an echo repeats a text of ours; where people were mentioned, the platform writes their names into it."""
    ours, echoed = _plain(text), _plain(said)
    return ours == echoed or (bool(mentions) and ours in echoed)


def _first(writing: Writing, statement: Select[*tuple[Any, ...]]) -> DeliveryView | None:
    row = writing.connection.execute(statement.limit(1)).first()
    return _view(row) if row else None


_COLUMNS = (
    col(Delivery.id),
    col(Delivery.key),
    col(Delivery.part),
    col(Delivery.account_id),
    col(Delivery.kind),
    col(Delivery.cause),
    col(Delivery.state),
    col(Delivery.contact_id),
    col(Delivery.group_id),
    func.coalesce(col(Delivery.text), ""),
    col(Delivery.attempts),
    col(Delivery.created_at),
    and_(col(Delivery.entry).is_not(None), func.coalesce(col(Delivery.template), "").contains(PART_MARK)),
)
_OUTCOMES = select(*_COLUMNS).where(is_one_of(col(Delivery.id), "ids"))
_OURS = (
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    col(Delivery.left_at) >= bindparam("since"),
)
# The latest: an echo follows its send.
_NAMED = (
    select(*_COLUMNS)
    .where(*_OURS, col(Delivery.account_id) == bindparam("account"), col(Delivery.message) == bindparam("message"))
    .order_by(col(Delivery.left_at).desc())
    .limit(1)
)
# To one person or group little was sent in a day, whatever an account sends.
_WORDED = (
    select(*_COLUMNS, col(Delivery.mentions), col(Delivery.media), col(Delivery.message))
    .where(
        *_OURS,
        unindexed(col(Delivery.account_id)) == bindparam("account"),
        or_(
            and_(col(Delivery.message) != "", col(Delivery.message) == bindparam("message")),
            and_(
                col(Delivery.left_at) >= bindparam("lately"),
                or_(
                    col(Delivery.state).in_(constants(_AWAITS_ECHO)),
                    and_(
                        col(Delivery.state) == DeliveryState.CONFIRMED, col(Delivery.kind).in_(constants(_WITH_WORDS))
                    ),
                ),
            ),
        ),
    )
    .order_by(col(Delivery.id))
)
_TO_GROUP = _WORDED.where(col(Delivery.group_id) == bindparam("target"))
_TO_CONTACT = _WORDED.where(col(Delivery.contact_id) == bindparam("target"), col(Delivery.group_id).is_(None))


def _viewed(row: Sequence[Any]) -> DeliveryView:
    identity, key, part, account, kind, cause, state, contact_id, group_id, text, attempts, created_at, has_parts = row
    return DeliveryView(
        id=identity,
        key=key,
        part=part,
        account=account,
        kind=kind,
        cause=cause,
        state=state,
        contact_id=contact_id,
        group_id=group_id,
        text=text,
        attempts=attempts,
        created_at=created_at,
        has_parts=has_parts,
    )


def _view(row: Any) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        key=row.key,
        part=row.part,
        account=row.account_id,
        kind=row.kind,
        cause=row.cause,
        state=row.state,
        contact_id=row.contact_id,
        group_id=row.group_id,
        text=row.text or "",
        attempts=row.attempts,
        created_at=row.created_at,
        has_parts=row.entry is not None and PART_MARK in (row.template or ""),
    )


def _plain(text: str) -> str:
    """The words without white space: platforms put @names and thin spaces around them."""
    return "".join(text.split())
