"""Who waits for a human, and what was settled by hand, become rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlmodel import col

from bot.store import Writing
from bot.store.prepared import is_one_of
from models import effects as fx
from models.context import MerchantView
from models.effects import Effect
from models.events import Event
from models.operations import Ticket
from models.questions import GroupQuestion

Pairs = list[tuple[Event, Any]]

_OPEN = text("closed_at IS NULL")  # in the words of the index
_OPEN_ONES = select(col(Ticket.contact_id), col(Ticket.id)).where(
    col(Ticket.merchant_id) == bindparam("merchant"), is_one_of(col(Ticket.contact_id), "ids"), _OPEN
)


def open_tickets(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    last = {effect.contact_id: (event, effect) for event, effect in pairs}
    known = dict(writing.rows(_OPEN_ONES, merchant=merchant.id, ids=sorted(last)))
    for contact_id, identity in known.items():
        event, effect = last.pop(contact_id)
        writing.connection.execute(
            update(Ticket)
            .where(col(Ticket.id) == identity)
            .values(text=effect.text, account_id=effect.account, said_at=event.at)
        )
    first = writing.ids.take(writing.now, len(last)) if last else 0
    writing.put(
        Ticket,
        ("id", "merchant_id", "contact_id", "account_id", "opened_at", "text"),
        [
            (identity, merchant.id, effect.contact_id, effect.account, event.at, effect.text)
            for identity, (event, effect) in enumerate(last.values(), first)
        ],
    )


def claim_tickets(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _change(writing, merchant, effect.contact_id, claimed_by=effect.by)


def close_tickets(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        _change(writing, merchant, effect.contact_id, closed_at=event.at, closed_by=effect.by)


def close_questions(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        writing.connection.execute(
            update(GroupQuestion)
            .where(col(GroupQuestion.merchant_id) == merchant.id, col(GroupQuestion.id) == effect.id)
            .values(closed_at=event.at, closed_by=effect.by)
        )


def _change(writing: Writing, merchant: MerchantView, contact_id: int, **values: Any) -> None:
    mine = (col(Ticket.merchant_id) == merchant.id, col(Ticket.contact_id) == contact_id, _OPEN)
    writing.connection.execute(update(Ticket).where(*mine).values(values))


TICKET_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.OpenTicket: open_tickets,
    fx.ClaimTicket: claim_tickets,
    fx.CloseTicket: close_tickets,
    fx.CloseQuestion: close_questions,
}
