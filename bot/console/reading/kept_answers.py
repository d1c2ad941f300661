"""What somebody told before it was asked: it counts once the question that it depends on is answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, select
from sqlmodel import col

from bot.console.visit import Scope
from models.people import Answer, AnswerState, Contact


def kept_for_later(connection: Connection, scope: Scope, contact: str) -> dict[str, Any]:
    """By question: what is kept and nobody is asked again, while it is not known yet whether the question is theirs."""
    mine = scope.merchant.id
    rows = connection.execute(
        select(col(Answer.key), col(Answer.value), col(Answer.state))
        .join(
            Contact,
            and_(col(Contact.merchant_id) == mine, col(Contact.person_id) == col(Answer.person_id)),
        )
        .where(col(Answer.merchant_id) == mine, col(Contact.wire_id) == contact)
        .order_by(col(Answer.at), col(Answer.key))
    ).all()
    told = {row.key for row in rows}
    kept: dict[str, Any] = {}
    for key, value, state in rows:
        question = scope.merchant.playbook.question(key)
        if state != AnswerState.ANSWERED or question is None or question.when is None:
            continue
        if not told.issuperset(question.when.answers):
            kept[key] = value
    return kept
