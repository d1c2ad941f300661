"""First reception in figures: for each account and source, from the request to the finished survey."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from models.columns import table_of
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Cause, Delivery, DeliveryKind
from models.people import Answer, Contact, Friendship, FriendshipState, Survey, SurveyState


@dataclass(slots=True)
class _Row:
    requested: int = 0
    accepted: int = 0
    greeted: int = 0
    seconds: list[float] = field(default_factory=list)
    started: int = 0
    finished: int = 0
    by_question: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def reception_rows(connection: Connection, merchant: MerchantView) -> list[dict[str, Any]]:
    """One row an account and source. Seconds run from the friendship to the greeting; old friends are not counted."""
    run = connection.execute
    greeted = {
        (account, contact): left_at
        for account, contact, left_at in run(
            select(col(Delivery.account_id), col(Delivery.contact_id), col(Delivery.left_at)).where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.cause) == Cause.GREETING,
                col(Delivery.kind) == DeliveryKind.TEXT,
                col(Delivery.state).in_(ARRIVED_STATES),
            )
        )
    }
    surveys = {
        person: (account, state)
        for person, account, state in run(
            select(col(Survey.person_id), col(Survey.account_id), col(Survey.state)).where(
                col(Survey.merchant_id) == merchant.id
            )
        )
    }
    answers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for person, key, state in run(
        select(col(Answer.person_id), col(Answer.key), col(Answer.state)).where(col(Answer.merchant_id) == merchant.id)
    ):
        answers[person].append((key, state))
    rows: dict[tuple[str, str], _Row] = defaultdict(_Row)
    for friendship in run(
        select(table_of(Friendship), col(Contact.person_id))
        .join(
            Contact,
            (col(Contact.merchant_id) == col(Friendship.merchant_id)) & (col(Contact.id) == col(Friendship.contact_id)),
        )
        .where(col(Friendship.merchant_id) == merchant.id, col(Friendship.old).is_(False))
        .order_by(col(Friendship.account_id), col(Friendship.source), col(Friendship.contact_id))
    ):
        row = rows[friendship.account_id, friendship.source]
        row.requested += friendship.requested_at is not None
        row.accepted += friendship.state in (FriendshipState.ACCEPTED, FriendshipState.FRIEND)
        if left_at := greeted.get((friendship.account_id, friendship.contact_id)):
            row.greeted += 1
            if friendship.added_at is not None:
                row.seconds.append(max(0.0, (left_at - friendship.added_at).total_seconds()))
        account, state = surveys.get(friendship.person_id, ("", ""))
        if account == friendship.account_id:
            row.started += 1
            row.finished += state == SurveyState.FINISHED
            for key, answered in answers[friendship.person_id]:
                row.by_question[key][answered] += 1
    return [
        {
            "account": account,
            "source": source,
            "requested": row.requested,
            "accepted": row.accepted,
            "greeted": row.greeted,
            "p50_seconds": _quantile(row.seconds, 0.5),
            "p95_seconds": _quantile(row.seconds, 0.95),
            "started": row.started,
            "finished": row.finished,
            "by_question": {key: dict(counts) for key, counts in sorted(row.by_question.items())},
        }
        for (account, source), row in rows.items()
    ]


def _quantile(seconds: list[float], share: float) -> float | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
