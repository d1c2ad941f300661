"""What is ours to send now, and what the gate held back or ended, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import bindparam, update
from sqlmodel import col

from bot.store import Change, Writing
from bot.store.facts import Loaded
from bot.transports import Outgoing
from handlers.gate import End, Wait
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryState
from models.events import Event, Media

if TYPE_CHECKING:
    from bot.store.typed import Typed

# What waits for a human or an event, not for a time, is looked at again so often all the same.
LOOK_AGAIN = timedelta(hours=1)

# The clock's smallest step.
_INSTANT = timedelta(milliseconds=1)


class Claim(msgspec.Struct, frozen=True):
    """A delivery that is ours to send now. The platform may have it from here on."""

    delivery_id: int
    merchant_id: str
    account: str
    outgoing: Outgoing
    timeout: float  # seconds


@dataclass(slots=True)
class Claims:
    """What to send now, and when to look again (None: nothing is due by itself)."""

    claims: list[Claim] = field(default_factory=list)
    next_at: datetime | None = None
    noticed: list[Event] = field(default_factory=list)  # what a human must know
    tokens: Mapping[str, int] = field(default_factory=dict)  # of the leases under which they were claimed
    typed: Typed | None = None  # what is known already of the one delivery that has to be typed first

    def look_at(self, moment: datetime | None) -> None:
        """Look again no later than then."""
        if moment is not None and (self.next_at is None or moment < self.next_at):
            self.next_at = moment


_CLAIM = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(
        state=DeliveryState.CLAIMED,
        reason=None,
        until=None,
        text=bindparam("words"),
        left_at=bindparam("now"),
        attempts=bindparam("so_many"),
    )
)
_HOLD = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        until=bindparam("new_until"),
        next_at=bindparam("new_next_at"),
    )
)


def write_claims(
    writing: Writing, merchant: MerchantView, loaded: Loaded, claimed: Sequence[tuple[Any, str]], found: Claims
) -> None:
    now = writing.now
    writing.each(
        _CLAIM,
        ("this", "words", "now", "so_many"),
        [(row.id, words, now, row.attempts + 1) for row, words in claimed],
    )
    writing.changed([Change(row.id, merchant.id, now, DeliveryState.CLAIMED, None, None) for row, _ in claimed])
    found.claims += [
        Claim(
            delivery_id=row.id,
            merchant_id=merchant.id,
            account=row.account_id,
            outgoing=Outgoing(
                key=row.key,
                part=row.part,
                kind=row.kind,
                contact=loaded.contact_wire_id(row),
                group=loaded.group_wire_id(row),
                text=words,
                mentions=tuple(row.mentions),
                media=tuple(msgspec.convert(row.media, list[Media])) if row.media else (),
                request=row.request,
            ),
            timeout=merchant.playbook.send_timeout_seconds * max(1, len(row.media)),  # each is a message of its own
        )
        for row, words in claimed
    ]


def write_verdicts(writing: Writing, merchant: MerchantView, verdicts: list[tuple[Any, Wait | End]]) -> None:
    """Write what the gate said. A wait that only goes on is no new state."""
    changes: list[Change] = []
    values: list[tuple[Any, ...]] = []
    for row, verdict in verdicts:
        match verdict:
            case Wait(reason=reason, until=until):
                state = DeliveryState.WAITING
                next_at = until or writing.now + LOOK_AGAIN
                if row.not_after is not None and row.not_after < next_at:  # it expires when its time is over
                    next_at = row.not_after + _INSTANT
            case End(reason=reason, state=state):
                until, next_at = None, row.next_at
        values.append((row.id, state, reason, until, next_at))
        if (row.state, row.reason, row.until) != (state, reason, until):
            changes.append(Change(row.id, merchant.id, writing.now, state, reason, until))
    writing.each(_HOLD, ("this", "new_state", "new_reason", "new_until", "new_next_at"), values)
    writing.changed(changes)
