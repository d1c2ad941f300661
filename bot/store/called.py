"""Who is meant by a word: a stable id, else a nickname, a remark of ours, or what somebody likes to be called."""

from __future__ import annotations

import json

from sqlalchemy import Connection, String, and_, cast, or_, select
from sqlmodel import col

from models.context import MerchantView
from models.people import Answer, AnswerState, Contact, Friendship, Person


def contacts_called(connection: Connection, merchant: MerchantView, word: str, most: int) -> list[int]:
    """Contact ids, those whom we met first before the others, and no more than `most`. Who was erased is nobody."""
    ours = select(col(Contact.id)).where(
        col(Contact.merchant_id) == merchant.id,
        col(Contact.person_id).in_(
            select(col(Person.id)).where(col(Person.merchant_id) == merchant.id, col(Person.erased_at).is_(None))
        ),
    )
    exact = connection.execute(ours.where(col(Contact.wire_id) == word)).scalar()
    if exact is not None:
        return [exact]
    name = word.removeprefix("@")
    remarked = select(col(Friendship.contact_id)).where(
        col(Friendship.merchant_id) == merchant.id, col(Friendship.remark) == name
    )
    stored = (json.dumps(name), json.dumps(name, ensure_ascii=False))  # as PostgreSQL's driver and as ours write it
    keys = [question.key for question in merchant.playbook.survey.questions if question.type == "name"]
    addressed = select(col(Answer.person_id)).where(
        and_(
            col(Answer.merchant_id) == merchant.id,
            col(Answer.key).in_(keys),
            col(Answer.state) == AnswerState.ANSWERED,
            cast(col(Answer.value), String).in_(stored),
        )
    )
    called = or_(col(Contact.name) == name, col(Contact.id).in_(remarked), col(Contact.person_id).in_(addressed))
    return list(connection.execute(ours.where(called).order_by(col(Contact.id)).limit(most)).scalars())
