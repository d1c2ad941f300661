"""First reception as a funnel: of those who became friends in a span of days, who got how far."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.reading.insight import Wanted, bounds
from bot.console.visit import Scope
from models.deliveries import ARRIVED_STATES, Cause, Delivery, DeliveryKind
from models.erasure import is_nameless
from models.groups import ChatGroup, GroupMember
from models.people import Answer, AnswerState, Contact, Friendship, Survey

STEPS = {
    "befriended": "加了好友",
    "greeted": "打过招呼",
    "answered": "答过题",
    "finished": "建档完成",
    "grouped": "进了群",
}


def funnel(connection: Connection, scope: Scope, wanted: Wanted) -> list[dict[str, Any]]:
    """A row an account and source: how many took each step, with a tier or a group of those who are in it now. Old
    friends are not counted, as in `report reception`."""
    steps = _steps()
    taken = [func.sum(case((steps[name], 1), else_=0)).label(name) for name in STEPS]
    asked = _people(select(col(Friendship.account_id), col(Friendship.source), *taken), scope, wanted)
    by = (col(Friendship.account_id), col(Friendship.source))
    rows = connection.execute(asked.group_by(*by).order_by(*by))
    return [
        {"account": row.account_id, "source": row.source} | {name: int(getattr(row, name)) for name in STEPS}
        for row in rows
    ]


def by_tier(connection: Connection, scope: Scope, wanted: Wanted) -> dict[str, dict[str, int]]:
    """How many of those who are in a group of each tier by now took each step; tiers of nobody are left out."""
    found = {}
    for tier in scope.merchant.playbook.tiers:
        if wanted.tier in ("", tier.name):
            rows = funnel(connection, scope, wanted._replace(tier=tier.name))
            if rows:
                found[tier.name] = {step: sum(row[step] for row in rows) for step in STEPS}
    return found


def befriended(connection: Connection, scope: Scope, wanted: Wanted) -> int:
    """How many took the first step."""
    return int(connection.execute(_people(select(func.count()), scope, wanted)).scalar_one())


def people_of(connection: Connection, scope: Scope, wanted: Wanted, step: str, limit: int) -> list[dict[str, Any]]:
    """Who took a step, the newest first."""
    asked = _people(
        select(
            col(Friendship.added_at),
            col(Contact.wire_id),
            col(Contact.name),
            col(Friendship.account_id),
            col(Friendship.source),
        ),
        scope,
        wanted,
    ).where(_steps()[step])
    rows = connection.execute(asked.order_by(col(Friendship.added_at).desc(), col(Friendship.contact_id)).limit(limit))
    return [
        {
            "加好友": f"{row.added_at.astimezone(scope.merchant.zone):%Y-%m-%d %H:%M}",
            "客人": person_name(row.wire_id, row.name),
            "编号": "" if is_nameless(row.wire_id) else row.wire_id,
            "账号": row.account_id,
            "来源": row.source,
        }
        for row in rows
    ]


def _people(asked: Any, scope: Scope, wanted: Wanted) -> Any:
    start, end = bounds(scope, wanted)
    mine = col(Friendship.merchant_id)
    asked = (
        asked.select_from(Friendship)
        .join(Contact, and_(col(Contact.merchant_id) == mine, col(Contact.id) == col(Friendship.contact_id)))
        .outerjoin(
            Survey,
            and_(
                col(Survey.merchant_id) == mine,
                col(Survey.person_id) == col(Contact.person_id),
                col(Survey.account_id) == col(Friendship.account_id),
                col(Survey.contact_id) == col(Friendship.contact_id),
            ),
        )
        .where(
            mine == scope.merchant.id,
            col(Friendship.account_id).in_(scope.accounts),
            col(Friendship.old).is_(False),
            col(Friendship.added_at) >= start,
            col(Friendship.added_at) < end,
        )
    )
    if wanted.account:
        asked = asked.where(col(Friendship.account_id) == wanted.account)
    if wanted.source:
        asked = asked.where(col(Friendship.source) == wanted.source)
    if wanted.tier or wanted.group:
        asked = asked.where(_is_in(scope.merchant.id, wanted))
    return asked


def _is_in(mine: str, wanted: Wanted) -> Any:
    """Whether somebody is in a bound group of this tier, or in this one, by now."""
    conditions = [
        col(GroupMember.merchant_id) == mine,
        col(GroupMember.contact_id) == col(Friendship.contact_id),
        col(GroupMember.left_at).is_(None),
        col(ChatGroup.merchant_id) == mine,
        col(ChatGroup.id) == col(GroupMember.group_id),
    ]
    if wanted.tier:
        conditions.append(col(ChatGroup.tier) == wanted.tier)
    if wanted.group:
        conditions.append(col(ChatGroup.wire_id) == wanted.group)
    return exists().where(*conditions)


def _steps() -> dict[str, Any]:
    mine = col(Friendship.merchant_id)
    return {
        "befriended": col(Friendship.added_at).is_not(None),
        "greeted": exists().where(
            col(Delivery.merchant_id) == mine,
            col(Delivery.contact_id) == col(Friendship.contact_id),
            col(Delivery.account_id) == col(Friendship.account_id),
            col(Delivery.cause) == Cause.GREETING,
            col(Delivery.kind) == DeliveryKind.TEXT,
            col(Delivery.state).in_(ARRIVED_STATES),
        ),
        "answered": and_(
            col(Survey.person_id).is_not(None),
            exists().where(
                col(Answer.merchant_id) == mine,
                col(Answer.person_id) == col(Contact.person_id),
                col(Answer.state) == AnswerState.ANSWERED,
            ),
        ),
        "finished": col(Survey.finished_at).is_not(None),
        "grouped": exists().where(
            col(GroupMember.merchant_id) == mine,
            col(GroupMember.contact_id) == col(Friendship.contact_id),
            col(GroupMember.left_at).is_(None),
            col(ChatGroup.merchant_id) == mine,
            col(ChatGroup.id) == col(GroupMember.group_id),
            col(ChatGroup.tier).is_not(None),
        ),
    }
