"""Effects on the calendar become rows; one occurrence becomes all its deliveries in one INSERT … SELECT."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import Change, Writing
from models.accounts import Account
from models.columns import Id, UtcDateTime
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Cause, Delivery, DeliveryState, Lane
from models.effects import Expand
from models.events import Event
from models.groups import ChatGroup
from models.operations import EntryRevision, Timer
from models.people import Contact, Friendship, FriendshipState, Tag

Pairs = list[tuple[Event, Any]]


def put_entries(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        for key, revision, body in effect.entries:
            this = and_(col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == key)
            first = writing.connection.execute(
                select(func.min(col(EntryRevision.first_imported_at))).where(this)
            ).scalar()
            writing.connection.execute(update(EntryRevision).where(this).values(current=False))
            writing.upsert(
                EntryRevision,
                [
                    {
                        "merchant_id": merchant.id,
                        "key": key,
                        "revision": revision,
                        "body": body,
                        "at": event.at,
                        "current": True,
                        "first_imported_at": first or event.at,
                        "approved": effect.approved,
                    }
                ],
            )


def reword(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.entry) == effect.entry,
                col(Delivery.state).in_(OPEN_STATES),
                col(Delivery.text).is_(None),  # what was rendered once is sent as it was
            )
            .values(
                template=effect.template,
                media=msgspec.to_builtins(effect.media),
                not_after=effect.not_after,
                revision=effect.revision,
                **({} if effect.approved else {"approved": False}),
            )
        )


def drop_entries(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(EntryRevision)
            .where(col(EntryRevision.merchant_id) == merchant.id, col(EntryRevision.key) == effect.key)
            .values(current=False)
        )
        writing.connection.execute(
            delete(Timer).where(
                col(Timer.merchant_id) == merchant.id, col(Timer.kind) == "entry", col(Timer.subject) == effect.key
            )
        )
        planned = (
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == effect.key,
            col(Delivery.state).in_(OPEN_STATES),
        )
        _enter(writing, merchant, planned, DeliveryState.CANCELLED, None)
        # Who waited behind these for room need not wait for their time.
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.state) == DeliveryState.WAITING,
                col(Delivery.reason) == "account_budget",
            )
            .values(next_at=writing.now)
        )


def approve_waiting(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        writing.connection.execute(
            update(EntryRevision)
            .where(
                col(EntryRevision.merchant_id) == merchant.id,
                col(EntryRevision.key) == effect.entry,
                col(EntryRevision.current),
            )
            .values(approved=True)
        )
        waiting = (
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == effect.entry,
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.approved).is_(False),
        )
        if effect.not_before is not None:
            stale = (*waiting, col(Delivery.due_at) < effect.not_before)
            _enter(writing, merchant, stale, effect.too_late, "too_late")
        _enter(writing, merchant, waiting, DeliveryState.PLANNED, None, approved=True, next_at=writing.now)


def _enter(
    writing: Writing,
    merchant: MerchantView,
    which: tuple[ColumnElement[bool], ...],
    state: DeliveryState,
    reason: str | None,
    **more: Any,
) -> None:
    """Deliveries enter a state, on record."""
    entered = writing.connection.execute(
        update(Delivery)
        .where(*which)
        .values(state=state, reason=reason, until=None, **more)
        .returning(col(Delivery.id))
    ).scalars()
    writing.changed([Change(identity, merchant.id, writing.now, state, reason, None) for identity in sorted(entered)])


def expand(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Plan occurrences. Those targets that have this occurrence already keep it."""
    for _event, effect in pairs:
        targets = audience(merchant, effect).subquery()
        count = writing.connection.execute(select(func.count()).select_from(targets)).scalar_one()
        if not count:
            continue
        first = writing.ids.take(writing.now, count)
        key = literal(f"entry:{effect.entry}:{effect.occurrence}:") + targets.c.wire_id
        planned = select(
            (literal(first - 1, Id) + func.row_number().over(order_by=targets.c.rank)).label("id"),
            literal(merchant.id).label("merchant_id"),
            key.label("key"),
            literal(1).label("part"),
            targets.c.account_id,
            targets.c.contact_id,
            targets.c.group_id,
            literal(effect.kind.value).label("kind"),
            literal(effect.lane.value).label("lane"),
            literal((Cause.CARE if effect.lane == Lane.CARE else Cause.CALENDAR).value).label("cause"),
            literal(effect.priority).label("priority"),
            literal(effect.template).label("template"),
            literal([], JSON).label("mentions"),
            literal(msgspec.to_builtins(effect.media), JSON).label("media"),
            literal("").label("request"),
            literal(effect.state.value).label("state"),
            literal(effect.reason).label("reason"),
            literal(effect.due, UtcDateTime).label("due_at"),
            literal(effect.due, UtcDateTime).label("next_at"),
            literal(effect.not_after, UtcDateTime).label("not_after"),
            literal(writing.now, UtcDateTime).label("created_at"),
            literal(0).label("attempts"),
            literal("").label("message"),
            literal(effect.promotional).label("promotional"),
            literal(False).label("about_consent"),
            literal(effect.reason != "not_approved").label("approved"),
            literal(effect.entry).label("entry"),
            literal(effect.occurrence).label("occurrence"),
            literal(effect.revision).label("revision"),
        ).where(
            ~exists().where(
                col(Delivery.merchant_id) == merchant.id, col(Delivery.key) == key, col(Delivery.part) == 1
            ),
            # Nor is it planned anew for a group that had another id when it was.
            ~exists().where(
                col(Delivery.group_id) == targets.c.group_id,
                col(Delivery.entry) == effect.entry,
                col(Delivery.occurrence) == effect.occurrence,
            ),
        )
        writing.connection.execute(
            insert(Delivery).from_select([column.name for column in planned.selected_columns], planned)
        )
        written = writing.connection.execute(
            select(col(Delivery.id))
            .where(col(Delivery.id) >= first, col(Delivery.id) < first + count)
            .order_by(col(Delivery.id))
        ).scalars()
        writing.changed(
            [Change(identity, merchant.id, writing.now, effect.state, effect.reason, None) for identity in written]
        )


def audience(merchant: MerchantView, effect: Expand) -> Select[*tuple[Any, ...]]:
    """Bound groups of the tiers, and the rooms named, bound or not: the gate says no, on record, to those that are not.
    A room that has another id by now is the same room. Without any, friends who have one of the tags."""
    if effect.tiers or effect.groups:
        named = [col(ChatGroup.tier).in_(effect.tiers)] if effect.tiers else []
        if effect.groups:
            room = aliased(ChatGroup)
            rooms = select(func.coalesce(col(room.became), col(room.id))).where(
                col(room.merchant_id) == merchant.id, col(room.wire_id).in_(effect.groups)
            )
            named.append(col(ChatGroup.id).in_(rooms))
        return select(
            col(ChatGroup.account_id).label("account_id"),
            literal(None, Id).label("contact_id"),
            col(ChatGroup.id).label("group_id"),
            col(ChatGroup.wire_id).label("wire_id"),
            col(ChatGroup.id).label("rank"),
        ).where(col(ChatGroup.merchant_id) == merchant.id, or_(*named))
    tagged = exists().where(
        col(Tag.merchant_id) == merchant.id,
        col(Tag.person_id) == col(Contact.person_id),
        col(Tag.tag).in_(effect.tags),
    )
    # Who has several accounts of their own gets it at the one that we knew first.
    other, theirs = aliased(Contact), aliased(Friendship)
    known_before = exists().where(
        col(other.merchant_id) == merchant.id,
        col(other.person_id) == col(Contact.person_id),
        col(other.id) < col(Contact.id),
        col(theirs.merchant_id) == merchant.id,
        col(theirs.contact_id) == col(other.id),
        col(theirs.state) == FriendshipState.FRIEND,
    )
    # A friend of several accounts is written to by the first of them that nobody had to stand in for.
    gone = select(col(Account.id)).where(col(Account.merchant_id) == merchant.id, col(Account.replaced_by).is_not(None))
    first = func.min(case((col(Friendship.account_id).not_in(gone), col(Friendship.account_id))))
    return (
        select(
            func.coalesce(first, func.min(col(Friendship.account_id))).label("account_id"),
            col(Contact.id).label("contact_id"),
            literal(None, Id).label("group_id"),
            col(Contact.wire_id).label("wire_id"),
            col(Contact.id).label("rank"),
        )
        .join(
            Contact,
            and_(
                col(Contact.merchant_id) == col(Friendship.merchant_id), col(Contact.id) == col(Friendship.contact_id)
            ),
        )
        .where(
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.state) == FriendshipState.FRIEND,
            tagged,
            ~known_before,
        )
        .group_by(col(Contact.id), col(Contact.wire_id))
    )
