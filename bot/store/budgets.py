"""What an account may still do, from what it did: the room that the gate asks about, delivery by delivery."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, select, text, update
from sqlmodel import col

from bot.budget import HOUR, MINUTE, Limit, Speed, free_moments, midnight, speed
from bot.store import Writing
from bot.store.prepared import constants, each, unindexed
from models.alerts import AlertKind
from models.columns import UtcDateTime
from models.context import AccountView, MerchantView
from models.deliveries import LANE_RANK, TOUCHING_STATES, Delivery, DeliveryKind, DeliveryState
from models.people import Friendship

# So many have a time of their own; who stands further back is looked at when the line has become shorter.
LONGEST_LINE = 1_000

# The order of value: lane, priority, the earlier end, who came first.
Order = tuple[int, int, datetime, int]
# Lane and priority as one number; priorities go from 1 to 9.
VALUE = case({lane.value: rank * 10 for lane, rank in LANE_RANK.items()}, value=col(Delivery.lane)) + col(
    Delivery.priority
)
BY_VALUE = (
    VALUE,
    col(Delivery.not_after).asc().nulls_last(),
    col(Delivery.id),
)
_NEVER = datetime.max.replace(tzinfo=UTC)


def order_of(row: Any) -> Order:
    """Where a delivery stands among those that want to leave."""
    return _order(row.lane, row.priority, row.not_after, row.id)


def _order(lane: str, priority: int, not_after: datetime | None, delivery_id: int) -> Order:
    return _RANK[lane], priority, not_after or _NEVER, delivery_id


_RANK: Mapping[str, int] = {lane.value: rank for lane, rank in LANE_RANK.items()}


@dataclass(slots=True, eq=False)
class Line:
    """Who waits for one kind of room, the most valuable first, and when there is room for each of them."""

    moments: Iterator[datetime]
    waiting: list[Order] = field(default_factory=list)
    known: list[datetime] = field(default_factory=list)

    def free_at(self, order: Order) -> datetime:
        """When there is room for a delivery that stands there."""
        return self.moment(self.place(order))

    def place(self, order: Order) -> int:
        """How many of those that wait stand before it."""
        return bisect_left(self.waiting, order)

    def moment(self, place: int) -> datetime:
        """When there is room for whoever stands at a place; the first is 0."""
        while len(self.known) <= place:
            self.known.append(next(self.moments))
        return self.known[place]


@dataclass(slots=True)
class Budget:
    """The room of one account at one moment."""

    now: datetime
    speed: Speed
    everything: Line | None
    friends: Line | None
    last_left: datetime | None  # when its last send did; None if none has
    room: int | None = 0  # how many more may leave now, as far as that was counted; None where nothing limits it

    def free_at(self, row: Any) -> datetime | None:
        """When the account has room for this delivery behind all that are worth more; None where nothing limits it."""
        lines = self.lines(row)
        return max([line.free_at(order_of(row)) if line.waiting else line.moment(0) for line in lines], default=None)

    def has_room_for(self, row: Any) -> bool:
        """Whether it is not the account as a whole that holds a delivery back, but the number of new friends."""
        return self.everything is None or self.everything.free_at(order_of(row)) <= self.now

    def short_of(self, row: Any) -> AlertKind:
        """What a human is told of when a delivery has to wait for another day: whichever room is free last."""
        order = order_of(row)
        friends = self.friends if row.kind == DeliveryKind.FRIEND_ACCEPT else None
        if friends is None or (self.everything and self.everything.free_at(order) > friends.free_at(order)):
            return AlertKind.BUDGET
        return AlertKind.NEW_FRIENDS

    def is_out_of_sight(self, row: Any) -> bool:
        """Whether so many are worth more that nobody can say yet when there will be room for it."""
        return any(line.place(order_of(row)) >= LONGEST_LINE for line in self.lines(row))

    def held_back(self, row: Any) -> None:
        """The delivery waits for room, so what is worth less stands behind it."""
        order = order_of(row)
        for line in self.lines(row):
            if line.free_at(order) > self.now:
                insort(line.waiting, order)

    def taken_by(self, row: Any) -> None:
        """The delivery is to leave, so who comes next finds less room."""
        for line in self.lines(row):
            insort(line.waiting, order_of(row))

    def lines(self, row: Any) -> list[Line]:
        """The lines that this delivery stands in."""
        lines = [] if self.everything is None else [self.everything]
        if self.friends is not None and row.kind == DeliveryKind.FRIEND_ACCEPT:
            lines.append(self.friends)
        return lines


class _Sent(NamedTuple):
    """What an account has sent: when the last left, how many within the minute, the hour and the local day, and whether
    others wait for room already."""

    last_left: datetime | None
    minute: int
    hour: int
    today: int
    is_lined_up: bool


def load_budgets(writing: Writing, merchant: MerchantView, accounts: Mapping[str, AccountView]) -> dict[str, Budget]:
    """What these accounts may do now."""
    now, zone = writing.now, merchant.zone
    asked = sorted(accounts)
    today = now.astimezone(zone).date()
    of_age: dict[tuple[int, datetime | None], Speed] = {}
    speeds: dict[str, Speed] = {}
    for account in asked:
        first_login, slow_until = accounts[account].first_login_at, accounts[account].slow_until
        days = (today - first_login.astimezone(zone).date()).days + 1 if first_login else 1
        if (days, slow_until) not in of_age:
            of_age[days, slow_until] = speed(merchant.playbook.pace, days, slow_until, now)
        speeds[account] = of_age[days, slow_until]
    begins = {"minute": now - MINUTE, "hour": now - HOUR, "day": midnight(now, zone)}
    sent = {
        account: _Sent(*found)
        for account, *found in writing.rows(_SENT, merchant=merchant.id, accounts=asked, now=now, **begins)
    }
    budgets: dict[str, Budget] = {}
    everything, room = _lines(writing, merchant, speeds, sent)
    for account, allowed in speeds.items():
        friends = None
        if allowed.new_friends:
            friends = Line(_friends_moments(writing, merchant, account, allowed.new_friends))
        left = room.get(account, 0) if account in everything else None
        budget = Budget(now, allowed, everything.get(account), friends, sent[account].last_left, left)
        budgets[account] = budget
        if sent[account].is_lined_up:
            _line_up(writing, merchant, account, budget)
    return budgets


def _friends_moments(writing: Writing, merchant: MerchantView, account_id: str, most: Limit) -> Iterator[datetime]:
    """When there is room for new friends. Counted when somebody asks: it is a look at all friends of the account."""
    befriended = _new_friends(writing, merchant, account_id)
    yield from free_moments((most,), (), writing.now, merchant.zone, left_today=befriended)


# What the account has sent. What seems to leave later than now was sent before the clock was set back: an account must
# not fall silent until the old time comes again.
_HAS_LEFT = and_(
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    col(Delivery.account_id) == bindparam("account"),
    col(Delivery.left_at) <= bindparam("now"),
)
_ASKED = each("accounts")
_THEY_LEFT = and_(
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    col(Delivery.account_id) == _ASKED.c.value,
    col(Delivery.left_at) <= bindparam("now"),
)
_SINCE = col(Delivery.left_at) >= bindparam("since", type_=UtcDateTime())
# An outer join, so that SQLite begins with the accounts, whatever it thinks of how many deliveries there are.
_LEFT_LATELY = select(_ASKED.c.value, col(Delivery.left_at)).select_from(
    _ASKED.outerjoin(Delivery, and_(_THEY_LEFT, _SINCE))
)
_ACCEPTED = select(col(Delivery.contact_id)).where(
    _HAS_LEFT,
    col(Delivery.left_at) >= bindparam("since"),
    col(Delivery.kind) == DeliveryKind.FRIEND_ACCEPT,
    col(Delivery.state).in_(constants(TOUCHING_STATES)),
)
# Two statements: for one with an OR SQLite would look at all friends that the account ever made.
_MET = select(col(Friendship.contact_id)).where(
    col(Friendship.merchant_id) == bindparam("merchant"),
    unindexed(col(Friendship.account_id)) == bindparam("account"),
    unindexed(col(Friendship.old)).is_(False),
)
_ADDED = _MET.where(col(Friendship.added_at) >= bindparam("since"))
_TAKEN = _MET.where(col(Friendship.accepted_at) >= bindparam("since"))


def _lines(
    writing: Writing, merchant: MerchantView, speeds: Mapping[str, Speed], sent: Mapping[str, _Sent]
) -> tuple[dict[str, Line], dict[str, int]]:
    """The room of each account whose speed is limited, and how many more may leave now.

    What left is read only of those that are at a limit now, or when somebody asks for the room after the first: an
    account that may send thousands would read them with every claim.
    """
    now = writing.now
    lines: dict[str, Line] = {}
    room: dict[str, int] = {}
    at_a_limit: dict[timedelta, list[str]] = defaultdict(list)
    bound: dict[str, tuple[Sequence[Limit], int]] = {}
    for account, allowed in speeds.items():
        if not allowed.limits:
            continue
        left = {MINUTE: sent[account].minute, HOUR: sent[account].hour, None: sent[account].today}
        free = [one.most - left[one.length] for one in allowed.limits]
        # Those that may bind anybody in the line.
        limits = [one for one, more in zip(allowed.limits, free, strict=True) if more <= 2 * LONGEST_LINE]
        if allowed.silent_until is None and (least := min(free)) > 0:
            lines[account] = Line(islice(_moments(writing, merchant, account, limits, left[None]), 1, None), [], [now])
            room[account] = least
            continue
        bound[account] = limits, left[None]
        if length := _longest(limits):
            at_a_limit[length].append(account)
    lately = _left_lately(writing, merchant, at_a_limit)
    for account, allowed in speeds.items():
        if account not in lines and (allowed.limits or allowed.silent_until):
            binding, today = bound.get(account, ((), 0))
            left_then = lately.get(account, ())
            lines[account] = Line(
                free_moments(binding, left_then, now, merchant.zone, left_today=today, not_before=allowed.silent_until)
            )
    return lines, room


def _moments(
    writing: Writing, merchant: MerchantView, account: str, limits: Sequence[Limit], today: int
) -> Iterator[datetime]:
    """When there is room for an account that is at no limit. What has left is read when somebody asks."""
    length = _longest(limits)
    left = _left_lately(writing, merchant, {length: [account]} if length else {}).get(account, ())
    yield from free_moments(limits, left, writing.now, merchant.zone, left_today=today)


def _longest(limits: Sequence[Limit]) -> timedelta | None:
    """The longest of the lengths that are not the local day."""
    return max((limit.length for limit in limits if limit.length is not None), default=None)


def _left_lately(
    writing: Writing, merchant: MerchantView, asked: Mapping[timedelta, Sequence[str]]
) -> dict[str, list[datetime]]:
    """When what left within such a length of time did, by account."""
    left: dict[str, list[datetime]] = defaultdict(list)
    for length, accounts in asked.items():
        these = {"merchant": merchant.id, "accounts": accounts, "now": writing.now}
        for account, moment in writing.rows(_LEFT_LATELY, **these, since=writing.now - length):
            if moment is not None:
                left[account].append(moment)
    return left


def _new_friends(writing: Writing, merchant: MerchantView, account_id: str) -> int:
    """Today's, whoever accepted them; an acceptance that may have arrived counts as one."""
    these = {"merchant": merchant.id, "account": account_id, "since": midnight(writing.now, merchant.zone)}
    found = (
        writing.rows(_ACCEPTED, **these, now=writing.now),
        writing.rows(_ADDED, **these),
        writing.rows(_TAKEN, **these),
    )
    return len(set().union(*found))


def move_up(writing: Writing, merchant: MerchantView, budget: Budget, row: Any, *, left: bool) -> None:
    """A delivery is out of the line: it left, or something else became of it. Who stands first now gets the next room.

    They have a time already, but it may be later: others before them were cancelled, or a young account has grown.
    """
    next_at = {line: line.moment(1 if left else 0) for line in budget.lines(row)}
    for line, moment in next_at.items():
        waiting = select(col(Delivery.id)).where(_IN_LINE)
        if line is budget.friends:
            waiting = waiting.where(col(Delivery.kind) == DeliveryKind.FRIEND_ACCEPT)
        elif budget.friends is not None and budget.friends.moment(0) > moment:  # those wait for another day
            waiting = waiting.where(col(Delivery.kind) != DeliveryKind.FRIEND_ACCEPT)
        first = waiting.order_by(*BY_VALUE).limit(1).scalar_subquery()
        writing.connection.execute(
            update(Delivery).where(col(Delivery.id) == first, col(Delivery.next_at) > moment).values(next_at=moment),
            {"merchant": merchant.id, "account": row.account_id, "now": writing.now},
        )


def _line_up(writing: Writing, merchant: MerchantView, account_id: str, budget: Budget) -> None:
    """Who waits for room already, and has a time."""
    everything, friends = budget.everything, budget.friends
    rows = writing.rows(_WAITING, merchant=merchant.id, account=account_id, now=writing.now)
    accepting = sorted(_order(*row) for *row, kind in rows if kind == DeliveryKind.FRIEND_ACCEPT)
    if accepting and friends is not None and friends.moment(0) > budget.now:
        friends.waiting = accepting
        rows = [row for row in rows if row[-1] != DeliveryKind.FRIEND_ACCEPT]  # they wait for another day
    if rows and everything is not None and everything.moment(0) > budget.now:
        everything.waiting = sorted(_order(*row) for *row, _kind in rows)


_LINING_UP = and_(
    unindexed(col(Delivery.merchant_id)) == bindparam("merchant"),
    text("state IN ('planned', 'waiting')"),  # in the words of the index
    col(Delivery.state) == DeliveryState.WAITING,
    col(Delivery.reason) == "account_budget",
    col(Delivery.next_at) > bindparam("now"),
)
_IN_LINE = and_(_LINING_UP, col(Delivery.account_id) == bindparam("account"))


def _counted_since(moment: str) -> ColumnElement[int]:
    since = col(Delivery.left_at) >= bindparam(moment, type_=UtcDateTime())
    return select(func.count()).select_from(Delivery).where(_THEY_LEFT, since).correlate(_ASKED).scalar_subquery()


# Counted one by one: by groups, SQLite would sort all that left in the day.
_SENT = select(
    _ASKED.c.value,
    select(col(Delivery.left_at))
    .where(_THEY_LEFT)
    .order_by(col(Delivery.left_at).desc())
    .limit(1)
    .correlate(_ASKED)
    .scalar_subquery(),
    *map(_counted_since, ("minute", "hour", "day")),
    exists().where(_LINING_UP, col(Delivery.account_id) == _ASKED.c.value),
)
_WAITING = (
    select(col(Delivery.lane), col(Delivery.priority), col(Delivery.not_after), col(Delivery.id), col(Delivery.kind))
    .where(_IN_LINE)
    .order_by(col(Delivery.next_at))
    .limit(LONGEST_LINE)
)
