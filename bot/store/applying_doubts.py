"""Pairs of contacts that may be one person, as rows: asked about once, and answered by a human."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select, text, update
from sqlmodel import col

from bot.store import Writing
from bot.store.alerting import end_answered
from models.context import MerchantView
from models.events import Event
from models.identity import Doubt, DoubtKind, DoubtState
from models.people import Answer, Contact

Pairs = list[tuple[Event, Any]]


def put_doubts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    rows = [
        (merchant.id, str(one.kind), one.contact_id, one.other_id, one.account, list(one.evidence), event.at)
        for event, one in pairs
    ]
    writing.put(Doubt, _DOUBT, rows, "keep")


def doubt_by_answer(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Whoever told us the same is named by the contact that we knew first."""
    rows = []
    for event, effect in pairs:
        others = writing.connection.execute(
            select(func.min(col(Contact.id)))
            .join(
                Answer,
                and_(
                    col(Answer.merchant_id) == col(Contact.merchant_id),
                    col(Answer.person_id) == col(Contact.person_id),
                ),
            )
            .where(
                col(Answer.merchant_id) == merchant.id,
                col(Answer.identity) == effect.identity,
                col(Answer.person_id) != effect.person_id,
            )
            .group_by(col(Contact.person_id))
        ).scalars()
        pairs_in_doubt = [sorted((effect.contact_id, other)) for other in others]
        rows += [
            (merchant.id, str(DoubtKind.MERGE), later, earlier, "", ["answer"], event.at)
            for earlier, later in pairs_in_doubt
        ]
    writing.put(Doubt, _DOUBT, rows, "keep")


_DOUBT = ("merchant_id", "kind", "contact_id", "other_id", "account_id", "evidence", "at")


def settle_doubts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        writing.connection.execute(
            update(Doubt)
            .where(
                col(Doubt.merchant_id) == merchant.id,
                col(Doubt.kind) == effect.kind,
                col(Doubt.contact_id) == effect.contact_id,
                col(Doubt.other_id) == effect.other_id,
            )
            .values(state=effect.state, answered_at=event.at, answered_by=effect.by)
        )
    end_answered(writing, merchant)


def found(writing: Writing, merchant: MerchantView, event: Event, contact_id: int) -> None:
    """A missing friend has been found, so nobody else may be that one."""
    writing.connection.execute(
        update(Doubt)
        .where(
            col(Doubt.merchant_id) == merchant.id,
            col(Doubt.kind) == DoubtKind.REBIND,
            text("state = 'open'"),
            col(Doubt.other_id) == contact_id,
        )
        .values(state=DoubtState.DIFFERENT, answered_at=event.at, answered_by="rebind")
    )
    end_answered(writing, merchant)


def no_doubt_within(writing: Writing, merchant: MerchantView, event: Event, contacts: list[int], by: str) -> None:
    """Nobody need be asked whether these are one person."""
    writing.connection.execute(
        update(Doubt)
        .where(
            col(Doubt.merchant_id) == merchant.id,
            col(Doubt.kind) == DoubtKind.MERGE,
            text("state = 'open'"),
            col(Doubt.contact_id).in_(contacts),
            col(Doubt.other_id).in_(contacts),
        )
        .values(state=DoubtState.SAME, answered_at=event.at, answered_by=by)
    )


def doubt_again(
    writing: Writing, merchant: MerchantView, event: Event, contacts: list[int], by: str, merge: Any
) -> None:
    """They are not one person; who was taken for a missing friend may be another one that was missing."""
    answered = (
        col(Doubt.merchant_id) == merchant.id,
        or_(col(Doubt.contact_id).in_(contacts), col(Doubt.other_id).in_(contacts)),
        col(Doubt.answered_at) == merge.at,
    )
    was_wrong = update(Doubt).where(*answered, col(Doubt.state) == DoubtState.SAME)
    was_wrong = was_wrong.values(state=DoubtState.DIFFERENT, answered_at=event.at, answered_by=by)
    if merge.snapshot["rebound"]:
        was_ruled_out = update(Doubt).where(*answered, col(Doubt.state) == DoubtState.DIFFERENT)
        writing.connection.execute(was_ruled_out.values(state=DoubtState.OPEN, answered_at=None, answered_by=""))
    writing.connection.execute(was_wrong)
