"""In which period of their life as a customer people are, by the playbook's definition: one expression over the rows.

The same expression answers about a few and picks an audience out of everybody, so that nobody is in one stage when
they are chosen and in another when they are written to.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.budget import midnight
from bot.store.ids import Ids
from models.conditions import Condition
from models.context import MerchantView
from models.groups import ChatGroup, GroupMember
from models.journal import JournalEntry
from models.life_cycle import StageRule, WholeDays, stage_named, stage_of_tag
from models.people import Answer, AnswerState, Contact, Friendship, Person, Tag


def stages_of_people(
    connection: Connection, merchant: MerchantView, now: datetime, contact_ids: Collection[int]
) -> dict[int, str]:
    """By contact; who is in none is absent."""
    if not merchant.playbook.stages or not contact_ids:
        return {}
    stage = _stage(connection, merchant, now)
    rows = connection.execute(
        select(col(Contact.id), stage).where(
            col(Contact.merchant_id) == merchant.id, col(Contact.id).in_(contact_ids), stage.is_not(None)
        )
    )
    return dict(rows.all())


def in_stages(
    connection: Connection, merchant: MerchantView, now: datetime, tags: Collection[str]
) -> Iterator[ColumnElement[bool]]:
    """Of the contacts of a statement, those in one of the stages that tags stand for; nothing where none does."""
    wanted = {stage_named(word) for tag in tags if (word := stage_of_tag(tag))}
    if wanted and merchant.playbook.stages:
        yield _stage(connection, merchant, now).in_(wanted)


def _stage(connection: Connection, merchant: MerchantView, now: datetime) -> ColumnElement[Any]:
    """The stage of a statement's contact, null for none."""
    of = (_rule(connection, merchant, now, rule) for rule in merchant.playbook.stages)
    rules = [(holds, literal(rule.stage)) for holds, rule in zip(of, merchant.playbook.stages, strict=True)]
    return case(*rules, else_=literal(None, String))


def _rule(connection: Connection, merchant: MerchantView, now: datetime, rule: StageRule) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = []
    if rule.when is not None:
        wanted += _condition(connection, merchant, rule.when)
    if rule.known_days is not None:
        wanted += _known(merchant, now, rule.known_days)
    if rule.silent_days is not None:
        wanted += _silent(merchant, now, rule.silent_days)
    return and_(literal(True), *wanted)


def _condition(connection: Connection, merchant: MerchantView, when: Condition) -> Iterator[ColumnElement[bool]]:
    mine = (col(Tag.merchant_id) == merchant.id, col(Tag.person_id) == col(Contact.person_id))
    for tag in when.tags:
        yield exists().where(*mine, col(Tag.tag) == tag)
    if when.without:
        yield ~exists().where(*mine, col(Tag.tag).in_(when.without))
    if when.sources:
        yield exists().where(
            col(Person.merchant_id) == merchant.id,
            col(Person.id) == col(Contact.person_id),
            col(Person.source).in_(when.sources),
        )
    if when.tiers:
        yield exists().where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.contact_id) == col(Contact.id),
            col(GroupMember.left_at).is_(None),
            col(ChatGroup.merchant_id) == merchant.id,
            col(ChatGroup.id) == col(GroupMember.group_id),
            col(ChatGroup.tier).in_(when.tiers),
        )
    for key, meets in when.tests:
        given = (
            col(Answer.merchant_id) == merchant.id,
            col(Answer.key) == key,
            col(Answer.state) == AnswerState.ANSWERED,
        )
        value = cast(col(Answer.value), String)
        told = connection.execute(select(value).distinct().where(*given)).scalars()  # each value is looked at once
        right = [text for text in told if (answer := json.loads(text)) is not None and meets(answer)]
        yield exists().where(*given, col(Answer.person_id) == col(Contact.person_id), value.in_(right))


def _known(merchant: MerchantView, now: datetime, days: WholeDays) -> Iterator[ColumnElement[bool]]:
    them = aliased(Contact)
    theirs = (
        col(them.merchant_id) == merchant.id,
        col(them.person_id) == col(Contact.person_id),
        col(Friendship.merchant_id) == merchant.id,
        col(Friendship.contact_id) == col(them.id),
    )
    since = func.coalesce(col(Friendship.first_added_at), col(Friendship.added_at))
    if days.min is not None:
        yield exists().where(*theirs, or_(col(Friendship.old), since < midnight(now, merchant.zone, 1 - days.min)))
    if days.max is not None:
        yield exists().where(*theirs)
        yield ~exists().where(*theirs, or_(col(Friendship.old), since < midnight(now, merchant.zone, -days.max)))


def _silent(merchant: MerchantView, now: datetime, days: WholeDays) -> Iterator[ColumnElement[bool]]:
    if days.min is not None:
        yield ~_spoke(merchant, midnight(now, merchant.zone, 1 - days.min))
    if days.max is not None:
        yield _spoke(merchant, midnight(now, merchant.zone, -days.max))


def _spoke(merchant: MerchantView, since: datetime) -> ColumnElement[bool]:
    them = aliased(Contact)
    return exists().where(
        col(them.merchant_id) == merchant.id,
        col(them.person_id) == col(Contact.person_id),
        col(JournalEntry.contact_id) == col(them.id),
        col(JournalEntry.id) >= Ids.floor(since),
        col(JournalEntry.merchant_id) == merchant.id,
        col(JournalEntry.type) == "message",
        col(JournalEntry.at) >= since,
    )
