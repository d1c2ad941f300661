"""The outbox: which delivery leaves next, and what was found in flight after a crash.

Each idle account hands out at most one delivery, the most valuable that the gate lets through. What the gate holds back
or ends is written with its reason in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, case, func, select, update
from sqlmodel import col

from bot.pace import leaves_at
from bot.store import Change, Store, Writing
from bot.store.facts import Loaded, load_facts
from bot.transports import Outgoing
from handlers.gate import Candidate, End, Wait, judge

from models.context import MerchantView
from models.deliveries import (
    LANE_RANK,
    OPEN_STATES,
    Cause,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Lane,
)
from models.events import Media, SendAnswered

# How many due deliveries of an account are looked at in one go before those that may not leave are written down.
LOOK_AHEAD = 50
# What waits for a human or an event, not for a time, is looked at again so often all the same.
LOOK_AGAIN = timedelta(hours=1)
# Replies to one person leave in the order in which they were decided, whatever holds the first of them back.
_IN_ORDER = (Cause.GREETING, Cause.SURVEY, Cause.CHAT)

_RANK = case({lane.value: rank for lane, rank in LANE_RANK.items()}, value=col(Delivery.lane))


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send now. The platform may have it from here on."""

    delivery_id: int
    merchant_id: str
    account: str
    outgoing: Outgoing
    timeout: float  # seconds


@dataclass(slots=True)
class Claims:
    """What to send now, and when to look again (None: nothing is due by itself)."""

    claims: list[Claim] = field(default_factory=list)
    next_at: datetime | None = None

    def look_at(self, moment: datetime | None) -> None:
        """Look again no later than then."""
        if moment is not None and (self.next_at is None or moment < self.next_at):
            self.next_at = moment


def claim(store: Store, merchants: Mapping[str, MerchantView], accounts: Sequence[tuple[str, str]]) -> Claims:
    """Claim at most one delivery for each of these idle (merchant, account) pairs."""
    found = Claims()
    with store.reading() as connection:
        due = _accounts_with_work(connection, accounts, store.now())
    if due:
        with store.writing() as writing:
            for merchant_id, account in due:
                _claim_for(writing, merchants[merchant_id], account, found)
    with store.reading() as connection:
        statement = select(func.min(Delivery.next_at)).where(
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.account_id).in_([account for _, account in accounts]),
            col(Delivery.next_at) > store.now(),
        )
        found.look_at(connection.execute(statement).scalar())
    return found


def found_claimed(store: Store) -> list[SendAnswered]:
    """What was in flight when the program stopped: its outcome is unknown."""
    with store.reading() as connection:
        rows = connection.execute(
            select(Delivery.id, Delivery.key, Delivery.merchant_id, Delivery.account_id)
            .where(Delivery.state == DeliveryState.CLAIMED)
            .order_by(Delivery.id)
        )
        return [
            SendAnswered(
                merchant=row.merchant_id,
                account=row.account_id,
                at=store.now(),
                delivery=row.id,
                key=row.key,
                answer="crash",
            )
            for row in rows
        ]


def _accounts_with_work(connection: Any, accounts: Sequence[tuple[str, str]], now: datetime) -> list[tuple[str, str]]:
    rows = connection.execute(
        select(Delivery.account_id)
        .where(
            col(Delivery.state).in_(OPEN_STATES),
            col(Delivery.account_id).in_([account for _, account in accounts]),
            col(Delivery.next_at) <= now,
        )
        .distinct()
    ).scalars()
    busy = set(rows)
    return [pair for pair in accounts if pair[1] in busy]


def _claim_for(writing: Writing, merchant: MerchantView, account: str, found: Claims) -> None:
    verdicts: list[tuple[Row[Any], Wait | End]] = []
    try:
        for rows in _due(writing, account):
            loaded = load_facts(writing, merchant, account, rows)
            for row in rows:
                if _must_follow(loaded, row):
                    continue
                candidate = _candidate(loaded, row)
                verdict = judge(candidate, loaded.facts(row))
                if isinstance(verdict, Wait | End):
                    verdicts.append((row, verdict))
                    loaded.over(row, ended=isinstance(verdict, End))
                    if verdict.reason == "account_budget":
                        return  # what is worth less would find no room either
                    continue
                ready = leaves_at(
                    merchant.playbook,
                    merchant.seed,
                    key=row.key,
                    lane=Lane(row.lane),
                    cause=Cause(row.cause),
                    characters=0 if candidate.is_act else len(candidate.text),
                    due=row.due_at if row.attempts == 0 else row.next_at,
                    last_left=loaded.last_left,
                )
                if ready > writing.now:
                    found.look_at(ready)
                    return  # one hand types one thing at a time
                found.claims.append(_take(writing, merchant, loaded, row, candidate.text))
                return
            _write_verdicts(writing, merchant, verdicts)
            verdicts = []
    finally:
        _write_verdicts(writing, merchant, verdicts)


def _due(writing: Writing, account: str) -> Iterable[Sequence[Row[Any]]]:
    """Due deliveries, the most valuable first, a page at a time; pages shrink as verdicts are written."""
    seen: set[int] = set()
    while True:
        rows = writing.connection.execute(
            select(Delivery.__table__)  # type: ignore[attr-defined]
            .where(
                col(Delivery.account_id) == account,
                col(Delivery.state).in_(OPEN_STATES),
                col(Delivery.next_at) <= writing.now,
                col(Delivery.id).not_in(seen),
            )
            .order_by(
                _RANK, col(Delivery.priority), col(Delivery.not_after).asc().nulls_last(), col(Delivery.id)
            )
            .limit(LOOK_AHEAD)
        ).all()
        if not rows:
            return
        seen.update(row.id for row in rows)
        yield rows


def _must_follow(loaded: Loaded, row: Row[Any]) -> bool:
    if row.lane != Lane.REPLY or row.cause not in _IN_ORDER or row.contact_id is None:
        return False
    first = loaded.first_reply.get(row.contact_id)
    return first is not None and first < row.id


def _candidate(loaded: Loaded, row: Row[Any]) -> Candidate:
    text, missing = loaded.text(row)
    return Candidate(
        key=row.key,
        kind=DeliveryKind(row.kind),
        lane=Lane(row.lane),
        cause=Cause(row.cause),
        text=text,
        missing_fields=missing,
        to_group=row.group_id is not None and row.contact_id is None,
        not_after=row.not_after,
        about_consent=row.about_consent,
        approved=row.reason != "not_approved",
    )


def _take(writing: Writing, merchant: MerchantView, loaded: Loaded, row: Row[Any], text: str) -> Claim:
    writing.connection.execute(
        update(Delivery)
        .where(col(Delivery.id) == row.id)
        .values(
            state=DeliveryState.CLAIMED,
            reason=None,
            until=None,
            text=text,
            left_at=writing.now,
            attempts=row.attempts + 1,
        )
    )
    writing.changed([Change(row.id, merchant.id, writing.now, DeliveryState.CLAIMED, None, None)])
    return Claim(
        delivery_id=row.id,
        merchant_id=merchant.id,
        account=row.account_id,
        outgoing=Outgoing(
            key=row.key,
            part=row.part,
            kind=row.kind,
            contact=loaded.contact_wire_id(row),
            group=loaded.group_wire_id(row),
            text=text,
            mentions=tuple(row.mentions),
            media=tuple(msgspec.convert(row.media, list[Media])),
            request=row.request,
        ),
        timeout=merchant.playbook.send_timeout_seconds,
    )


def _write_verdicts(writing: Writing, merchant: MerchantView, verdicts: list[tuple[Row[Any], Wait | End]]) -> None:
    """Write what the gate said. A wait that only goes on is no new state."""
    changes: list[Change] = []
    values: list[dict[str, Any]] = []
    for row, verdict in verdicts:
        match verdict:
            case Wait(reason=reason, until=until):
                state = DeliveryState.WAITING
                next_at = until or writing.now + LOOK_AGAIN
            case End(reason=reason, state=state):
                until, next_at = None, row.next_at
        values.append(
            {
                "this": row.id,
                "new_state": state,
                "new_reason": reason,
                "new_until": until,
                "new_next_at": next_at,
            }
        )
        if (row.state, row.reason, row.until) != (state, reason, until):
            changes.append(Change(row.id, merchant.id, writing.now, state, reason, until))
    if values:
        writing.connection.execute(
            update(Delivery)
            .where(col(Delivery.id) == bindparam("this"))
            .values(
                state=bindparam("new_state"),
                reason=bindparam("new_reason"),
                until=bindparam("new_until"),
                next_at=bindparam("new_next_at"),
            ),
            values,
        )
    writing.changed(changes)
