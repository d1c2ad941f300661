"""What slash-commands bring about becomes rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from bot.store import Change, Writing
from models import effects as fx
from models.commands import PendingCommand, Script
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery, DeliveryState
from models.effects import Effect
from models.events import Event
from models.operations import AuditEntry, RoleGrant
from models.people import Person

Pairs = list[tuple[Event, Any]]

# So long a code that came too late is still known as one; then the row goes.
REMEMBERED = timedelta(hours=1)


def put_pending(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.connection.execute(
        delete(PendingCommand).where(
            col(PendingCommand.merchant_id) == merchant.id,
            col(PendingCommand.expires_at) < writing.now - REMEMBERED,
        )
    )
    for _event, one in pairs:
        if one.kind:
            writing.connection.execute(
                delete(PendingCommand).where(
                    col(PendingCommand.merchant_id) == merchant.id,
                    col(PendingCommand.actor) == one.actor,
                    col(PendingCommand.place) == one.place,
                    col(PendingCommand.kind) == one.kind,
                )
            )
    first = writing.ids.take(writing.now, len(pairs))
    writing.insert(
        PendingCommand,
        [
            {
                "id": identity,
                "merchant_id": merchant.id,
                "actor": one.actor,
                "place": one.place,
                "code": one.code,
                "kind": one.kind,
                "lines": list(one.lines),
                "quote": one.quote,
                "at": event.at,
                "expires_at": one.until,
            }
            for identity, (event, one) in enumerate(pairs, first)
        ],
    )


def drop_pending(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    ids = [effect.id for _event, effect in pairs]
    writing.connection.execute(
        delete(PendingCommand).where(col(PendingCommand.merchant_id) == merchant.id, col(PendingCommand.id).in_(ids))
    )


def forget_pending(writing: Writing, merchant_id: str, wire_ids: Collection[str]) -> None:
    """What waits and names somebody who is erased waits no longer. There are never many."""
    rows = writing.connection.execute(
        select(col(PendingCommand.id), col(PendingCommand.lines)).where(col(PendingCommand.merchant_id) == merchant_id)
    )
    naming = [identity for identity, lines in rows if any(one in line for one in wire_ids for line in lines)]
    writing.connection.execute(delete(PendingCommand).where(col(PendingCommand.id).in_(naming)))


def take_back(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    ids = [identity for _event, effect in pairs for identity in effect.ids]
    _end(writing, merchant, DeliveryState.CANCELLED, None, col(Delivery.id).in_(ids))


def end_waiting(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        which = col(Delivery.approved).is_(False)
        if effect.occurrence:
            which = col(Delivery.occurrence) == effect.occurrence
        _end(writing, merchant, effect.state, effect.reason, col(Delivery.entry) == effect.entry, which)


def put_notes(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _person(writing, merchant, effect.person_id, note=effect.note)


def put_fewer(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _person(writing, merchant, effect.person_id, fewer=effect.fewer)


def put_scripts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        if effect.text:
            row = {"merchant_id": merchant.id, "name": effect.name, "text": effect.text, "author": effect.author}
            writing.upsert(Script, [row | {"author_name": effect.author_name, "at": event.at}])
        else:
            this = (col(Script.merchant_id) == merchant.id, col(Script.name) == effect.name)
            writing.connection.execute(delete(Script).where(*this))


def put_roles(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        row = {
            "merchant_id": merchant.id,
            "wire_id": effect.wire_id,
            "role": effect.role,
            "account_id": effect.account,
            "group_wire_id": effect.group,
        }
        if effect.revoked:
            # Where no group or account is named, the role is gone in all of them.
            same = [col(getattr(RoleGrant, name)) == value for name, value in row.items() if value]
            writing.connection.execute(delete(RoleGrant).where(*same))
        else:
            writing.upsert(RoleGrant, [row | {"granted_by": effect.granted_by, "at": event.at, "until": effect.until}])


def audit(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    first = writing.ids.take(writing.now, len(pairs))
    writing.put(
        AuditEntry,
        ("id", "merchant_id", "at", "actor", "action", "target", "place", "result", "reason"),
        [
            (identity, merchant.id, event.at, one.actor, one.action, one.target, one.place, one.result, one.reason)
            for identity, (event, one) in enumerate(pairs, first)
        ],
    )


def _end(
    writing: Writing, merchant: MerchantView, state: DeliveryState, reason: str | None, *which: ColumnElement[bool]
) -> None:
    """Deliveries that have not left end, on record."""
    ended = writing.connection.execute(
        update(Delivery)
        .where(col(Delivery.merchant_id) == merchant.id, col(Delivery.state).in_(OPEN_STATES), *which)
        .values(state=state, reason=reason, until=None)
        .returning(col(Delivery.id))
    ).scalars()
    writing.changed([Change(identity, merchant.id, writing.now, state, reason, None) for identity in sorted(ended)])


def _person(writing: Writing, merchant: MerchantView, person_id: int, **values: Any) -> None:
    this = (col(Person.merchant_id) == merchant.id, col(Person.id) == person_id)
    writing.connection.execute(update(Person).where(*this).values(values))


COMMAND_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.PutNote: put_notes,
    fx.PutFewer: put_fewer,
    fx.PutScript: put_scripts,
    fx.PutRole: put_roles,
    fx.DropPending: drop_pending,
    fx.PutPending: put_pending,
    fx.TakeBack: take_back,
    fx.EndWaiting: end_waiting,
}
