"""Who comes to what: the list of a gathering, and which one somebody means who says 报名."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlmodel import col

from bot.store import Writing
from bot.store.applying_calendar import enter
from bot.store.identify import Names
from content_calendar.entry import expires_at, from_json, signed_up_for
from handlers.signups import KINDS
from models import orders
from models.context import GatheringView, MerchantView, PersonView, SignupView
from models.deliveries import OPEN_STATES, TOUCHING_STATES, Delivery, DeliveryState
from models.events import Event, Message
from models.operations import IN_FORCE, EntryRevision, Signup
from models.people import Contact

Pairs = list[tuple[Event, Any]]

# Nobody signs up for what was posted longer ago, or so many posts ago.
_LONGEST = timedelta(days=30)
_MOST_POSTS = 200


def gathering_of(
    writing: Writing, merchant: MerchantView, event: Event, person: PersonView | None, names: Names
) -> GatheringView | None:
    """The last gathering that was posted where the person speaks; 1:1 to them or to any of their groups. Of one that
    has more places now, its newest list."""
    if isinstance(event, orders.PlacesChanged):
        return _newest(writing, merchant, event.entry)
    if person is None or not isinstance(event, Message | orders.SignUp):
        return None
    mine = and_(col(Delivery.contact_id) == person.contact_id, col(Delivery.group_id).is_(None))
    groups = [names.groups[event.group]] if event.group else sorted(person.groups)
    posts = and_(col(Delivery.group_id).in_(groups), col(Delivery.contact_id).is_(None))
    rows = writing.connection.execute(
        select(col(Delivery.entry), col(Delivery.occurrence), col(EntryRevision.body))
        .join(
            EntryRevision,
            and_(
                col(EntryRevision.merchant_id) == col(Delivery.merchant_id),
                col(EntryRevision.key) == col(Delivery.entry),
                IN_FORCE,
            ),
        )
        .where(
            col(Delivery.merchant_id) == merchant.id,
            posts if event.group else or_(mine, posts),
            col(Delivery.left_at) >= writing.now - _LONGEST,
            col(Delivery.state).in_(TOUCHING_STATES),
        )
        .order_by(col(Delivery.left_at).desc(), col(Delivery.id).desc())
        .limit(_MOST_POSTS)
    ).all()
    for key, occurrence, body in rows:
        if key is None or occurrence is None:  # only calendar deliveries are joined to an entry
            continue
        entry = from_json(body)
        ends = expires_at(entry, merchant.zone)
        if entry.kind in KINDS and (ends is None or writing.now <= ends):
            listed = tuple(_listed(writing, merchant.id, key, occurrence))
            return GatheringView(key=key, body=body, occurrence=occurrence, signups=listed)
    return None


def _newest(writing: Writing, merchant: MerchantView, key: str) -> GatheringView | None:
    body = writing.connection.execute(
        select(col(EntryRevision.body)).where(
            col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == key, IN_FORCE
        )
    ).scalar()
    newest = select(func.max(col(Signup.occurrence))).where(
        col(Signup.merchant_id) == merchant.id,
        col(Signup.entry) == key,
        col(Signup.occurrence) >= (writing.now - _LONGEST).date().isoformat(),
    )
    occurrence = writing.connection.execute(newest).scalar()
    if body is None or occurrence is None:
        return None
    ends = expires_at(from_json(body), merchant.zone)
    if ends is not None and writing.now > ends:
        return None
    listed = tuple(_listed(writing, merchant.id, key, occurrence))
    return GatheringView(key=key, body=body, occurrence=occurrence, signups=listed)


def _listed(writing: Writing, merchant_id: str, key: str, occurrence: str) -> list[SignupView]:
    rows = writing.connection.execute(
        select(
            col(Signup.contact_id),
            col(Contact.wire_id),
            col(Contact.name),
            col(Signup.account_id),
            col(Signup.group_id),
            col(Signup.waits),
        )
        .join(
            Contact,
            and_(col(Contact.merchant_id) == col(Signup.merchant_id), col(Contact.id) == col(Signup.contact_id)),
        )
        .where(col(Signup.merchant_id) == merchant_id, col(Signup.entry) == key, col(Signup.occurrence) == occurrence)
        .order_by(col(Signup.at), col(Signup.contact_id))
    )
    return [
        SignupView(contact_id=contact_id, wire_id=wire_id, name=name, account=account, group_id=group_id, waits=waits)
        for contact_id, wire_id, name, account, group_id, waits in rows
    ]


def put_signups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Who is on the list keeps their turn; only whether they wait may change."""
    for event, effect in pairs:
        this = _this(merchant, effect)
        since = writing.connection.execute(select(col(Signup.at)).where(this)).scalar()
        row = {
            "merchant_id": merchant.id,
            "entry": effect.entry,
            "occurrence": effect.occurrence,
            "contact_id": effect.contact_id,
            "account_id": effect.account,
            "group_id": effect.group_id,
            "waits": effect.waits,
            "at": since or event.at,
        }
        writing.upsert(Signup, [row])


def drop_signups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Nobody is reminded of what they do not come to."""
    for _event, effect in pairs:
        writing.connection.execute(delete(Signup).where(_this(merchant, effect)))
        waiting = writing.connection.execute(
            select(col(Delivery.id), col(EntryRevision.body))
            .join(
                EntryRevision,
                and_(
                    col(EntryRevision.merchant_id) == col(Delivery.merchant_id),
                    col(EntryRevision.key) == col(Delivery.entry),
                    IN_FORCE,
                ),
            )
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.contact_id) == effect.contact_id,
                col(Delivery.state).in_(OPEN_STATES),
            )
        ).all()
        reminders = [
            identity
            for identity, body in waiting
            if effect.entry in {signed_up_for(tag) for tag in from_json(body).tags}
        ]
        enter(writing, merchant, (col(Delivery.id).in_(reminders),), DeliveryState.CANCELLED, None)


def _this(merchant: MerchantView, effect: Any) -> Any:
    return and_(
        col(Signup.merchant_id) == merchant.id,
        col(Signup.entry) == effect.entry,
        col(Signup.occurrence) == effect.occurrence,
        col(Signup.contact_id) == effect.contact_id,
    )
