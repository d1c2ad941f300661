"""The clock was set back: what was to wait for a while waits no longer than that while, by the new clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, and_, exists, or_, select, update
from sqlmodel import col

from bot.store import Change, Store, Writing
from handlers.gate import REASON_NAMES
from models import timers
from models.accounts import Account
from models.columns import table_of
from models.deliveries import Cause, Delivery, DeliveryChange, DeliveryState
from models.groups import ChatGroup, Seat
from models.operations import IN_FORCE, AuditEntry, EntryRevision, Timer
from models.people import Friendship, Person

# Clocks that are kept in time by the network go back by less.
_SET_BACK = timedelta(minutes=1)
# These ring so long after something happened. All others ring at a time of the calendar, the end of a pause among them:
# 停发 2小时 is answered with the time at which it ends.
_SO_LONG_AFTER = (
    timers.SETTLE,
    timers.NUDGE,
    timers.BEFRIEND,
    timers.FAREWELL,
    timers.QUESTION,
    timers.WELCOME,
    timers.SEAT_TIMER,
    timers.COOLED_DOWN,
    timers.NO_SEAT,
)
_RECORDED = "clock.set_back"
# What was said in a conversation was to leave when it was decided.
_AT_ONCE = (Cause.GREETING, Cause.SURVEY, Cause.CHAT, Cause.COMMAND)
# The open question comes again soon, or at a time that they named: 晚上再说 is of the calendar.
_SOON = timedelta(hours=1)

log = structlog.get_logger("outbox")


def look_again_if_set_back(store: Store, looked_at: datetime | None) -> datetime:
    """When the clock was set back since the last look, what waits for times of the old clock is looked at anew.

    What waits for a while, for the platform's sake, a human's or the member's, waits for as long as it would have.

    Returns when this look was taken; without a last one the newest change of a delivery stands for it, or that the
    clock was set back after that.
    """
    now = store.now()
    if looked_at is None:
        with store.reading() as connection:
            looked_at = _last_known(connection)
    if looked_at is None or now >= looked_at - _SET_BACK:
        return now
    back = looked_at - now
    log.warning("clock.set_back", seconds=back.total_seconds())
    waits = and_(col(Delivery.state) == DeliveryState.WAITING, col(Delivery.next_at) > now)
    by_the_gate = col(Delivery.reason).in_(REASON_NAMES)
    is_soon = and_(col(Timer.kind) == timers.ASK_AGAIN, col(Timer.at) <= looked_at + _SOON)
    is_open = col(Delivery.state).in_((DeliveryState.PLANNED, DeliveryState.WAITING))
    was_due = and_(is_open, col(Delivery.due_at) > now, col(Delivery.due_at) <= looked_at)
    with store.writing() as writing:
        run = writing.connection.execute
        merchants = run(select(col(Account.merchant_id)).distinct()).scalars().all()
        first = writing.ids.take(now, len(merchants)) if merchants else 0
        on_record = {"at": now, "actor": "clock", "action": _RECORDED, "result": "ok", "reason": f"{back}"}
        writing.insert(
            AuditEntry, [{"id": first + n, "merchant_id": one, **on_record} for n, one in enumerate(merchants)]
        )
        run(update(Delivery).where(was_due, col(Delivery.cause).in_(_AT_ONCE)).values(due_at=now))
        planned = and_(col(Delivery.state) == DeliveryState.PLANNED, col(Delivery.due_at) <= now)
        run(update(Delivery).where(planned, col(Delivery.next_at) > now).values(next_at=now))
        run(update(Delivery).where(waits, by_the_gate).values(next_at=now))
        for identity, next_at in run(select(col(Delivery.id), col(Delivery.next_at)).where(waits, ~by_the_gate)).all():
            sooner = max(now, next_at - back)
            run(update(Delivery).where(col(Delivery.id) == identity).values(next_at=sooner, until=sooner))
        _come_again(writing, now, looked_at)
        _sooner(writing.connection, Account, "slow_until", now, back)
        _sooner(writing.connection, Friendship, "human_until", now, back)
        _sooner(writing.connection, Friendship, "last_heard_at", now, back)  # a window is open for as long as before
        _sooner(writing.connection, ChatGroup, "human_until", now, back)
        _sooner(writing.connection, Person, "forget_asked_at", now, back)
        _sooner(writing.connection, Person, "moved_at", now, back)
        _sooner(writing.connection, Seat, "until", now, back)
        _sooner(writing.connection, Timer, "at", now, back, or_(col(Timer.kind).in_(_SO_LONG_AFTER), is_soon))
    return now


def _come_again(writing: Writing, now: datetime, looked_at: datetime) -> None:
    """What a clock that was ahead made too late leaves at its time, which is still to come."""
    in_force = exists().where(
        col(EntryRevision.merchant_id) == col(Delivery.merchant_id),
        col(EntryRevision.key) == col(Delivery.entry),
        col(EntryRevision.revision) == col(Delivery.revision),
        IN_FORCE,
        col(EntryRevision.approved),
    )
    revived = writing.connection.execute(
        update(Delivery)
        .where(
            col(Delivery.state).in_((DeliveryState.SKIPPED, DeliveryState.EXPIRED)),
            col(Delivery.reason) == "too_late",
            col(Delivery.attempts) == 0,
            col(Delivery.part) == 1,
            col(Delivery.due_at) > now,
            col(Delivery.due_at) <= looked_at,
            in_force,
        )
        .values(state=DeliveryState.PLANNED, reason=None, until=None, next_at=col(Delivery.due_at))
        .returning(col(Delivery.id), col(Delivery.merchant_id))
    ).all()
    writing.changed([Change(one, whose, now, DeliveryState.PLANNED, None, None) for one, whose in sorted(revived)])


def _last_known(connection: Connection) -> datetime | None:
    """The clock's time when something last became of a delivery, or when it was seen to have been set back since."""
    newest = select(col(DeliveryChange.id), col(DeliveryChange.at)).order_by(col(DeliveryChange.id).desc()).limit(1)
    change = connection.execute(newest).one_or_none()
    if change is None:
        return None
    of_audit = select(col(AuditEntry.at)).where(col(AuditEntry.id) > change.id, col(AuditEntry.action) == _RECORDED)
    return connection.execute(of_audit.order_by(col(AuditEntry.id).desc()).limit(1)).scalar() or change.at


def _sooner(connection: Connection, table: Any, name: str, now: datetime, back: timedelta, *which: Any) -> None:
    """Take so much off the moments of a column that are still to come."""
    rows = table_of(table)
    keys, column = list(rows.primary_key.columns), rows.c[name]
    for *key, moment in connection.execute(select(*keys, column).where(column > now, *which)).all():
        this = [one == value for one, value in zip(keys, key, strict=True)]
        connection.execute(update(rows).where(*this).values({name: moment - back}))
