"""What waits for somebody, and how the pool is: each a count, by the conditions of the page that has its rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, text
from sqlmodel import col

from bot.console.reading import people
from bot.console.reading.doubts import doubts
from bot.console.reading.friends import count_of_friends
from bot.console.reading.insight import Wanted
from bot.console.reading.insight_funnel import befriended
from bot.console.reading.insight_rows import rows_of
from bot.console.reading.of_pool import may_be_read, own_rooms
from bot.console.visit import Scope
from bot.store.alerting import all_alerts
from bot.store.talk import Proceed, at_once
from content_calendar.entry import from_json
from models.groups import ChatGroup, Waiting
from models.operations import IN_FORCE, EntryRevision, Pause, Ticket

# Older questions than these nobody answers any more; they are in the report.
QUESTIONS_OF = timedelta(days=7)


class Count(NamedTuple):
    """A number, what it counts, and the page with its rows."""

    number: int
    text: str
    address: str


class Open(NamedTuple):
    """What waits for a human: counts, and the rows of what is paused and of what is wrong."""

    counts: list[Count]
    paused: list[Paused]
    alerts: list[Any]


class Paused(NamedTuple):
    """Something that is paused: an account, a group, a lane or everything; `topic` is the group's."""

    scope: str
    subject: str
    topic: str


def what_was_said(connection: Connection, scope: Scope, now: datetime, proceed: Proceed = at_once) -> list[Count]:
    """The same of groups. It reads what was said there lately, so it takes its time where much is said, and may be
    stopped by `proceed`."""
    asked = _span(scope, now, QUESTIONS_OF)
    return [
        Count(
            len(rows_of(connection, scope, asked, "unanswered", now, proceed)),
            f"个问题没人回（{QUESTIONS_OF.days} 天内）",
            asked.address("unanswered"),
        ),
        Count(
            len(rows_of(connection, scope, asked, "cooling", now)),
            "个群在变冷：最近三天说话的少了一半多",
            asked.address("cooling"),
        ),
    ]


def what_waits(connection: Connection, scope: Scope) -> Open:
    """What somebody should look at, of the accounts that they see, but for what was said in groups."""
    mine = scope.merchant.id
    paused = (
        select(col(Pause.scope), col(Pause.subject), func.coalesce(col(ChatGroup.topic), ""))
        .outerjoin(
            ChatGroup,
            and_(
                col(Pause.scope) == "group",
                col(ChatGroup.merchant_id) == mine,
                col(ChatGroup.wire_id) == col(Pause.subject),
            ),
        )
        .where(
            col(Pause.merchant_id) == mine,
            or_(
                col(Pause.scope).not_in(("account", "group")),
                and_(col(Pause.scope) == "account", col(Pause.subject).in_(scope.accounts)),
                col(ChatGroup.account_id).in_(scope.accounts),
            ),
        )
    )
    tickets = select(func.count()).where(
        col(Ticket.merchant_id) == mine, col(Ticket.account_id).in_(scope.accounts), text("closed_at IS NULL")
    )
    reviews = select(col(EntryRevision.body)).where(
        col(EntryRevision.merchant_id) == mine,
        IN_FORCE,
        col(EntryRevision.approved).is_(False),
        col(EntryRevision.draft).is_(False),
    )
    own = own_rooms(connection, scope)
    bodies = connection.execute(reviews).scalars().all()
    to_review = len(bodies) if own is None else sum(may_be_read(from_json(body), own) for body in bodies)
    counts = [
        Count(to_review, "条排期等人看过", "/calendar?view=list"),
        Count(int(connection.execute(tickets).scalar_one()), "位在私聊里等人回话", "/messages"),
        *(
            Count(people.count_of(connection, scope, waiting), f"人在排队等「{tier}」的位子", waiting.address)
            for tier in _tiers_waited_for(connection, scope)
            for waiting in [people.Search(waiting=tier)]
        ),
        Count(len(doubts(connection, scope)), "位认不准是谁", "/doubts"),
        Count(people.count_of(connection, scope, _COMPLAINED), "个投诉没了结", _COMPLAINED.address),
    ]
    return Open(
        counts,
        [Paused(*row) for row in connection.execute(paused)],
        [one for one in all_alerts(connection, scope.merchant, over=False) if one.account_id in ("", *scope.accounts)],
    )


def health(connection: Connection, scope: Scope, now: datetime) -> list[Count]:
    """The pool at a glance."""
    mine = scope.merchant.id
    today, week = _span(scope, now, timedelta(days=1)), _span(scope, now, timedelta(days=7))
    bound = (
        col(ChatGroup.merchant_id) == mine,
        col(ChatGroup.account_id).in_(scope.accounts),
        col(ChatGroup.tier).is_not(None),
        col(ChatGroup.became).is_(None),
    )
    groups, heads = connection.execute(
        select(func.count(), func.coalesce(func.sum(col(ChatGroup.members)), 0)).where(*bound)
    ).one()
    return [
        Count(count_of_friends(connection, scope), "位好友", _FRIENDS.address),
        Count(befriended(connection, scope, today), "位今天新来的", today.address("befriended")),
        Count(befriended(connection, scope, week), "位近七天新来的", week.address("befriended")),
        Count(people.count_of(connection, scope, _UNFINISHED), "位建档没完的", _UNFINISHED.address),
        Count(groups, "个群", "/groups"),
        Count(heads, "人次在群里", "/groups"),
    ]


def _tiers_waited_for(connection: Connection, scope: Scope) -> list[str]:
    asked = select(col(Waiting.tier)).where(col(Waiting.merchant_id) == scope.merchant.id).distinct()
    return sorted(connection.execute(asked).scalars())


def _span(scope: Scope, now: datetime, length: timedelta) -> Wanted:
    """The local days of that length that end today."""
    today = now.astimezone(scope.merchant.zone).date()
    return Wanted(today - length + timedelta(days=1), today)


_COMPLAINED = people.Search(only="complained")
_FRIENDS = people.Search(only="friends")
_UNFINISHED = people.Search(stage=people.UNFINISHED)
