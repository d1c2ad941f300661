"""What an account may still do, from what it did: the room that the gate asks about, delivery by delivery."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, text, update
from sqlmodel import col

from bot.budget import Limit, Speed, free_moments, midnight, speed
from bot.store import Writing
from bot.store.prepared import constants, each, is_one_of, unindexed
from models.accounts import Account
from models.alerts import AlertKind
from models.context import MerchantView
from models.deliveries import LANE_RANK, TOUCHING_STATES, Delivery, DeliveryKind, DeliveryState, Lane
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
    return LANE_RANK[Lane(lane)], priority, not_after or _NEVER, delivery_id


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

    def free_at(self, row: Any) -> datetime | None:
        """When the account has room for this delivery behind all that are worth more; None where nothing limits it."""
        return max((line.free_at(order_of(row)) for line in self.lines(row)), default=None)

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
        lines = [self.everything, self.friends if row.kind == DeliveryKind.FRIEND_ACCEPT else None]
        return [line for line in lines if line is not None]


def load_budgets(writing: Writing, merchant: MerchantView, accounts: Collection[str]) -> dict[str, Budget]:
    """What these accounts may do now."""
    now, zone = writing.now, merchant.zone
    asked = sorted(accounts)
    known = {row[0]: row[1:] for row in writing.rows(_ACCOUNTS, merchant=merchant.id, accounts=asked)}
    today = now.astimezone(zone).date()
    of_age: dict[tuple[int, datetime | None], Speed] = {}
    speeds: dict[str, Speed] = {}
    for account in asked:
        first_login, slow_until = known.get(account, (None, None))
        days = (today - first_login.astimezone(zone).date()).days + 1 if first_login else 1
        if (days, slow_until) not in of_age:
            of_age[days, slow_until] = speed(merchant.playbook.pace, days, slow_until, now)
        speeds[account] = of_age[days, slow_until]
    limited = {account: allowed.limits for account, allowed in speeds.items() if allowed.limits}
    left = _left_lately(writing, merchant, limited)
    budgets: dict[str, Budget] = {}
    for account, allowed in speeds.items():
        everything = friends = None
        if allowed.limits or allowed.silent_until:
            limits, moments, of_today = left.get(account, ((), (), 0))
            free = free_moments(limits, moments, now, zone, left_today=of_today, not_before=allowed.silent_until)
            everything = Line(free)
        if allowed.new_friends:
            friends = Line(_friends_moments(writing, merchant, account, allowed.new_friends))
        budgets[account] = Budget(now, allowed, everything, friends)
    for (account,) in writing.rows(_LINED_UP, merchant=merchant.id, accounts=asked, now=now):
        _line_up(writing, merchant, account, budgets[account])
    return budgets


def _friends_moments(writing: Writing, merchant: MerchantView, account_id: str, most: Limit) -> Iterator[datetime]:
    """When there is room for new friends. Counted when somebody asks: it is a look at all friends of the account."""
    befriended = _new_friends(writing, merchant, account_id)
    yield from free_moments((most,), (), writing.now, merchant.zone, left_today=befriended)


_ACCOUNTS = select(col(Account.id), col(Account.first_login_at), col(Account.slow_until)).where(
    col(Account.merchant_id) == bindparam("merchant"), is_one_of(col(Account.id), "accounts")
)
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
_LAST_LEFT = select(
    _ASKED.c.value,
    select(col(Delivery.left_at))
    .where(_THEY_LEFT)
    .order_by(col(Delivery.left_at).desc())
    .limit(1)
    .correlate(_ASKED)
    .scalar_subquery(),
)
_LEFT_SINCE = select(
    _ASKED.c.value,
    select(func.count())
    .where(_THEY_LEFT, col(Delivery.left_at) >= bindparam("since"))
    .correlate(_ASKED)
    .scalar_subquery(),
)
# An outer join, so that SQLite begins with the accounts, whatever it thinks of how many deliveries there are.
_LEFT_LATELY = select(_ASKED.c.value, col(Delivery.left_at)).select_from(
    _ASKED.outerjoin(Delivery, and_(_THEY_LEFT, col(Delivery.left_at) >= bindparam("since")))
)
_ACCEPTED = select(col(Delivery.contact_id)).where(
    _HAS_LEFT,
    col(Delivery.left_at) >= bindparam("since"),
    col(Delivery.kind) == DeliveryKind.FRIEND_ACCEPT,
    col(Delivery.state).in_(constants(TOUCHING_STATES)),
)
_ADDED = select(col(Friendship.contact_id)).where(
    col(Friendship.merchant_id) == bindparam("merchant"),
    col(Friendship.account_id) == bindparam("account"),
    col(Friendship.old).is_(False),
    or_(col(Friendship.added_at) >= bindparam("since"), col(Friendship.accepted_at) >= bindparam("since")),
)


def last_left(writing: Writing, merchant: MerchantView, accounts: Collection[str]) -> dict[str, datetime | None]:
    """When the last send of each of these accounts left; None if none has."""
    return dict(writing.rows(_LAST_LEFT, merchant=merchant.id, accounts=sorted(accounts), now=writing.now))


# Limits that may bind, what left within their lengths, and how many left today.
_Lately = tuple[Sequence[Limit], Sequence[datetime], int]


def _left_lately(
    writing: Writing, merchant: MerchantView, limited: Mapping[str, Sequence[Limit]]
) -> dict[str, _Lately]:
    """Of each account the limits that may bind anybody in the line, what left within their lengths, and how many left
    today.

    Rows are read only where a limit is near: an account that may send thousands would read them with every claim. They
    are not even counted where the limit is always near, but those of the day, of which the number is asked for.
    """
    today: dict[str, int] = {}
    binding: dict[str, list[Limit]] = {account: [] for account in limited}
    with_rows: dict[timedelta, list[str]] = defaultdict(list)
    for length in dict.fromkeys(limit.length for limits in limited.values() for limit in limits):
        since = writing.now - length if length else midnight(writing.now, merchant.zone)
        of_length = {
            account: limit for account, limits in limited.items() for limit in limits if limit.length == length
        }
        far = [account for account, limit in of_length.items() if length is None or limit.most > 2 * LONGEST_LINE]
        these = {"merchant": merchant.id, "accounts": far, "now": writing.now}
        counts: dict[str, int] = dict(writing.rows(_LEFT_SINCE, **these, since=since)) if far else {}
        if length is None:
            today = counts
        for account, limit in of_length.items():
            if counts.get(account, 0) + 2 * LONGEST_LINE >= limit.most:
                binding[account].append(limit)
    for account, limits in binding.items():
        if rolling := [limit.length for limit in limits if limit.length is not None]:
            with_rows[max(rolling)].append(account)
    left: dict[str, list[datetime]] = defaultdict(list)
    for length, accounts in with_rows.items():
        these = {"merchant": merchant.id, "accounts": accounts, "now": writing.now}
        for account, moment in writing.rows(_LEFT_LATELY, **these, since=writing.now - length):
            if moment is not None:
                left[account].append(moment)
    return {account: (limits, left.get(account, ()), today.get(account, 0)) for account, limits in binding.items()}


def _new_friends(writing: Writing, merchant: MerchantView, account_id: str) -> int:
    """Today's, whoever accepted them; an acceptance that may have arrived counts as one."""
    these = {"merchant": merchant.id, "account": account_id, "since": midnight(writing.now, merchant.zone)}
    new = {*writing.rows(_ACCEPTED, **these, now=writing.now), *writing.rows(_ADDED, **these)}
    return len(new)


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
_LINED_UP = select(_ASKED.c.value).where(exists().where(_LINING_UP, col(Delivery.account_id) == _ASKED.c.value))
_WAITING = (
    select(col(Delivery.lane), col(Delivery.priority), col(Delivery.not_after), col(Delivery.id), col(Delivery.kind))
    .where(_IN_LINE)
    .order_by(col(Delivery.next_at))
    .limit(LONGEST_LINE)
)
