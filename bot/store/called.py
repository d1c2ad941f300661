"""Who is meant by a word: a stable id, also one that they had before, else a nickname, a remark of ours, or what
somebody likes to be called."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Select, String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.context import MerchantView
from models.people import Answer, AnswerState, Contact, Friendship, Person


def contacts_with_id(merchant: MerchantView, wire_ids: Sequence[str]) -> Select[int]:
    """Contact ids of who has one of these ids, or had it before the platform gave them another."""
    named = aliased(Contact)
    return select(func.coalesce(col(named.became), col(named.id))).where(
        col(named.merchant_id) == merchant.id, col(named.wire_id).in_(wire_ids)
    )


def contacts_called(connection: Connection, merchant: MerchantView, word: str, most: int) -> list[int]:
    """Contact ids, those whom we met first before the others, and no more than `most`. Who was erased is nobody."""
    ours = select(col(Contact.id)).where(
        col(Contact.merchant_id) == merchant.id,
        col(Contact.person_id).in_(
            select(col(Person.id)).where(col(Person.merchant_id) == merchant.id, col(Person.erased_at).is_(None))
        ),
    )
    exact = connection.execute(ours.where(col(Contact.id).in_(contacts_with_id(merchant, [word])))).scalar()
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


def ids_called(connection: Connection, merchant: MerchantView, name: str) -> list[str]:
    """The ids of whoever has this nickname."""
    mine = select(col(Contact.wire_id)).where(col(Contact.merchant_id) == merchant.id, col(Contact.name) == name)
    return list(connection.execute(mine.order_by(col(Contact.wire_id))).scalars())
