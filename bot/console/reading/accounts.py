"""How our accounts are: on line or not, how much they did and may still do."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.budget import HOUR, MINUTE, midnight, speed
from bot.console.visit import Scope
from bot.store.elsewhere import Keeper, keepers
from models.accounts import Account
from models.columns import table_of
from models.deliveries import ARRIVED_STATES, Delivery
from models.operations import Pause


class Room(NamedTuple):
    """What has left within a length of time, and how much may."""

    name: str
    left: int
    most: int


class AccountNow(NamedTuple):
    """An account as it is. `name` has the id beside it where two are called the same; `sent_today` has arrived; `rooms`
    count whatever left, as the gate does; `lowered`: the platform found it too quick within a day; `keeper`: the worker
    that has it, if it is looked for, else `is_kept` by this process."""

    id: str
    name: str
    state: str
    state_at: datetime | None
    scan_code: str
    slow_until: datetime | None
    lowered: bool
    failures: int
    sent_today: int
    rooms: tuple[Room, ...]
    paused: bool
    keeper: Keeper | None
    is_kept: bool

    @property
    def today(self) -> Room | None:
        """The room of the day, if it is limited."""
        return next((room for room in self.rooms if room.name == _DAY), None)


_NAMES = {MINUTE: "一分钟", HOUR: "一小时"}
_DAY = "今天"


def accounts_now(connection: Connection, scope: Scope, now: datetime, *, by_workers: bool = False) -> list[AccountNow]:
    """Each account of the scope. `by_workers`: they are kept by others, beside whom we are."""
    mine, zone = scope.merchant.id, scope.merchant.zone
    today = midnight(now, zone)
    sent = _left(connection, scope, today, now, col(Delivery.state).in_(ARRIVED_STATES))
    left = {length: _left(connection, scope, now - length, now) for length in _NAMES}
    left_today = _left(connection, scope, today, now)
    paused = {
        (scoped, subject)
        for scoped, subject in connection.execute(
            select(col(Pause.scope), col(Pause.subject)).where(col(Pause.merchant_id) == mine)
        )
    }
    kept = keepers(connection, mine, scope.accounts) if by_workers else {}
    rows = connection.execute(
        select(table_of(Account))
        .where(col(Account.merchant_id) == mine, col(Account.id).in_(scope.accounts))
        .order_by(col(Account.id))
    ).all()
    named = Counter(row.name for row in rows)
    found = []
    for row in rows:
        allowed = speed(scope.merchant.playbook.pace, _age(row.first_login_at, now, zone), row.slow_until, now)
        found.append(
            AccountNow(
                id=row.id,
                name=f"{row.name}（{row.id}）" if row.name and named[row.name] > 1 else row.name or row.id,
                state=row.state,
                state_at=row.state_at,
                scan_code=row.scan_code,
                slow_until=allowed.silent_until,
                lowered=allowed.lowered,
                failures=row.failures,
                sent_today=sent.get(row.id, 0),
                rooms=tuple(
                    Room(
                        _NAMES[limit.length] if limit.length else _DAY,
                        (left[limit.length] if limit.length else left_today).get(row.id, 0),
                        limit.most,
                    )
                    for limit in allowed.limits
                ),
                paused=("all", "") in paused or ("account", row.id) in paused,
                keeper=kept.get(row.id),
                is_kept=not by_workers or row.id in kept,
            )
        )
    return found


def _age(first_login: datetime | None, now: datetime, zone: Any) -> int:
    """The day of its life that an account is in; the first is 1."""
    if first_login is None:
        return 1
    days: timedelta = now.astimezone(zone).date() - first_login.astimezone(zone).date()
    return days.days + 1


def _left(connection: Connection, scope: Scope, since: datetime, now: datetime, *where: Any) -> dict[str, int]:
    asked = (
        select(col(Delivery.account_id), func.count())
        .where(
            col(Delivery.account_id).in_(scope.accounts),
            col(Delivery.left_at) >= since,
            col(Delivery.left_at) <= now,
            *where,
        )
        .group_by(col(Delivery.account_id))
    )
    return dict(connection.execute(asked).all())
