"""What waits for somebody, and how the pool is: each a count of rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text
from sqlmodel import col

from bot.budget import midnight
from bot.console.visit import Scope
from bot.question_report import question_rows
from bot.store.alerting import all_alerts
from models.accounts import Account
from models.columns import table_of
from models.deliveries import ARRIVED_STATES, Delivery
from models.groups import ChatGroup, Waiting
from models.identity import Doubt
from models.operations import Pause
from models.people import Friendship, FriendshipState, Person, Survey

# Older questions than these nobody answers any more; they are in the report.
QUESTIONS_OF = timedelta(days=7)


class Open(NamedTuple):
    """What waits for a human. `waiting` are people without a seat, by tier; `paused` and `alerts` are rows."""

    questions: int
    waiting: dict[str, int]
    doubts: int
    complaints: int
    paused: list[Any]
    alerts: list[Any]


class Health(NamedTuple):
    """How the pool is: who is a friend, who came today and in seven days, surveys that run, bound groups and heads."""

    friends: int
    new_today: int
    new_week: int
    surveys_open: int
    groups: int
    heads: int


class AccountNow(NamedTuple):
    """An account, what it sent today, and what it may send a day."""

    id: str
    name: str
    state: str
    state_at: datetime | None
    slow_until: datetime | None
    sent_today: int
    per_day: int | None
    per_minute: int | None
    paused: bool


def what_waits(connection: Connection, scope: Scope, now: datetime) -> Open:
    """What somebody should look at."""
    mine = scope.merchant.id

    def count(asked: Any) -> int:
        return int(connection.execute(asked).scalar_one())

    tiers = select(col(Waiting.tier), func.count()).where(col(Waiting.merchant_id) == mine).group_by(col(Waiting.tier))
    return Open(
        questions=sum(row["state"] == "open" for row in question_rows(connection, scope.merchant, now - QUESTIONS_OF)),
        waiting=_counts(connection, tiers),
        doubts=count(
            select(func.count(func.distinct(col(Doubt.contact_id)))).where(
                col(Doubt.merchant_id) == mine, text("state = 'open'")
            )
        ),
        complaints=count(
            select(func.count())
            .select_from(Person)
            .where(col(Person.merchant_id) == mine, text("complained_at IS NOT NULL"))
        ),
        paused=list(connection.execute(select(table_of(Pause)).where(col(Pause.merchant_id) == mine))),
        alerts=all_alerts(connection, scope.merchant, over=False),
    )


def health(connection: Connection, scope: Scope, now: datetime) -> Health:
    """The pool at a glance."""
    mine, today = scope.merchant.id, midnight(now, scope.merchant.zone)

    def count(table: Any, *where: Any) -> int:
        asked = select(func.count()).select_from(table).where(col(table.merchant_id) == mine, *where)
        return int(connection.execute(asked).scalar_one())

    ours = col(Friendship.account_id).in_(scope.accounts)
    new = (ours, col(Friendship.old).is_(False))
    bound = (
        col(ChatGroup.account_id).in_(scope.accounts),
        col(ChatGroup.tier).is_not(None),
        col(ChatGroup.became).is_(None),
    )
    heads = select(func.coalesce(func.sum(col(ChatGroup.members)), 0)).where(col(ChatGroup.merchant_id) == mine, *bound)
    return Health(
        friends=count(Friendship, ours, col(Friendship.state) == FriendshipState.FRIEND),
        new_today=count(Friendship, *new, col(Friendship.added_at) >= today),
        new_week=count(Friendship, *new, col(Friendship.added_at) >= today - timedelta(days=6)),
        surveys_open=count(Survey, text("state IN ('open', 'resting')"), col(Survey.account_id).in_(scope.accounts)),
        groups=count(ChatGroup, *bound),
        heads=int(connection.execute(heads).scalar_one()),
    )


def accounts_now(connection: Connection, scope: Scope, now: datetime) -> list[AccountNow]:
    """Each account as it is now."""
    sent = _counts(
        connection,
        select(col(Delivery.account_id), func.count())
        .where(
            col(Delivery.account_id).in_(scope.accounts),
            col(Delivery.left_at) >= midnight(now, scope.merchant.zone),
            col(Delivery.state).in_(ARRIVED_STATES),
        )
        .group_by(col(Delivery.account_id)),
    )
    paused = {
        (scoped, subject)
        for scoped, subject in connection.execute(
            select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == scope.merchant.id)
        )
    }
    pace = scope.merchant.playbook.pace
    rows = connection.execute(
        select(table_of(Account))
        .where(col(Account.merchant_id) == scope.merchant.id, col(Account.id).in_(scope.accounts))
        .order_by(col(Account.id))
    )
    return [
        AccountNow(
            row.id,
            row.name,
            row.state,
            row.state_at,
            row.slow_until if row.slow_until and row.slow_until > now else None,
            sent.get(row.id, 0),
            pace.per_day,
            pace.per_minute,
            ("all", "") in paused or ("account", row.id) in paused,
        )
        for row in rows
    ]


def _counts(connection: Connection, asked: Any) -> dict[str, int]:
    return dict(connection.execute(asked).all())
