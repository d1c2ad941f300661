"""The outbox: which delivery leaves next, and what was found in flight after a crash.

Each idle account hands out at most one delivery, the most valuable that the gate lets through. What the gate holds back
or ends is written with its reason in the same transaction.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, and_, bindparam, func, select, text, update
from sqlmodel import col

from bot.pace import leaves_at
from bot.store import Change, Store, Writing, read
from bot.store.accounts import load_accounts
from bot.store.alerting import budget_used_up, unjudgeable
from bot.store.budgets import BY_VALUE, VALUE, Budget, move_up
from bot.store.facts import Loaded, load_facts
from bot.store.prepared import is_one_of, unindexed
from bot.transports import Outgoing
from handlers.gate import Candidate, End, Go, Verdict, Wait, judge
from models.alerts import AlertKind
from models.columns import table_of
from models.context import AccountView, MerchantView
from models.deliveries import (
    Cause,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Lane,
)
from models.events import Event, Media, SendAnswered

# How many due deliveries of an account are looked at in one go before those that may not leave are written down.
LOOK_AHEAD = 50
# Nearly always the most valuable one may leave.
FIRST_LOOK = 4
# What waits for a human or an event, not for a time, is looked at again so often all the same.
LOOK_AGAIN = timedelta(hours=1)
# After so many pages of what may not leave, others get their turn to write.
MOST_PAGES = 20

# The clock's smallest step.
_INSTANT = timedelta(milliseconds=1)

log = structlog.get_logger("outbox")


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
    noticed: list[Event] = field(default_factory=list)  # what a human must know

    def look_at(self, moment: datetime | None) -> None:
        """Look again no later than then."""
        if moment is not None and (self.next_at is None or moment < self.next_at):
            self.next_at = moment


def claim(store: Store, merchants: Mapping[str, MerchantView], accounts: Sequence[tuple[str, str]]) -> Claims:
    """Claim at most one delivery for each of these idle (merchant, account) pairs. Raises `LeaseLost`."""
    found = Claims()
    now = store.now()
    with store.reading() as connection:
        due = _accounts_with_work(connection, accounts, now)
    if due:
        with store.writing({merchant for merchant, _ in due}, [account for _, account in due]) as writing:
            known = {one: load_accounts(writing, merchants[one]) for one in {merchant_id for merchant_id, _ in due}}
            for merchant_id, account in due:
                _claim_for(writing, merchants[merchant_id], account, known[merchant_id], found)
    with store.reading() as connection:
        # What fell due in the meantime is in the past by now: then the next look comes at once.
        for _, account in accounts:
            found.look_at(next((at for (at,) in read(connection, _NEXT, account=account, now=now)), None))
    return found


def found_claimed(store: Store, accounts: Collection[str] | None = None) -> list[SendAnswered]:
    """What was in flight when the program that kept these accounts (None: all) stopped: its outcome is unknown."""
    claimed = select(col(Delivery.id), col(Delivery.key), col(Delivery.merchant_id), col(Delivery.account_id)).where(
        col(Delivery.state) == DeliveryState.CLAIMED
    )
    if accounts is not None:
        claimed = claimed.where(col(Delivery.account_id).in_(accounts))
    with store.reading() as connection:
        rows = connection.execute(claimed.order_by(col(Delivery.id)))
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


# In the words of the partial index, which holds what is open and no more.
_OPEN = and_(col(Delivery.account_id) == bindparam("account"), text("state IN ('planned', 'waiting')"))
_NEXT = (
    select(col(Delivery.next_at))
    .where(_OPEN, col(Delivery.next_at) > bindparam("now"))
    .order_by(col(Delivery.next_at))
    .limit(1)
)
_BEST = (
    select(col(Delivery.merchant_id), col(Delivery.account_id), func.min(VALUE))
    .where(
        is_one_of(col(Delivery.account_id), "accounts"),
        text("state IN ('planned', 'waiting')"),
        col(Delivery.next_at) <= bindparam("now"),
    )
    .group_by(col(Delivery.merchant_id), col(Delivery.account_id))
)
_DUE = (
    select(table_of(Delivery))
    .where(
        _OPEN, col(Delivery.next_at) <= bindparam("now"), unindexed(col(Delivery.merchant_id)) == bindparam("merchant")
    )
    .order_by(*BY_VALUE)
    .limit(bindparam("most"))
)
_named: Any = namedtuple  # the checker wants to see the names
_Due = _named("_Due", [column.name for column in table_of(Delivery).columns])
_CLAIM = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(
        state=DeliveryState.CLAIMED,
        reason=None,
        until=None,
        text=bindparam("words"),
        left_at=bindparam("now"),
        attempts=bindparam("so_many"),
    )
    .returning(col(Delivery.id))
)


def _accounts_with_work(
    connection: Connection, accounts: Sequence[tuple[str, str]], now: datetime
) -> list[tuple[str, str]]:
    """The most valuable first: two accounts may want to write to one person, and one of them is enough for a day."""
    rows = read(connection, _BEST, accounts=[account for _, account in accounts], now=now)
    best = {(merchant_id, account): value for merchant_id, account, value in rows}
    return sorted((pair for pair in accounts if pair in best), key=lambda pair: best[pair])


def _claim_for(
    writing: Writing, merchant: MerchantView, account: str, accounts: dict[str, AccountView], found: Claims
) -> None:
    pages = 0
    budget: Budget | None = None
    following: set[int] = set()
    most = FIRST_LOOK
    while rows := _due(writing, merchant.id, account, following, most):
        most = LOOK_AHEAD
        if pages == MOST_PAGES:
            found.look_at(writing.now)
            return
        loaded = load_facts(writing, merchant, account, rows, budget, accounts)
        budget = loaded.budget
        verdicts: list[tuple[Any, Wait | End]] = []
        used_up: set[tuple[AlertKind, datetime | None]] = set()
        decided = False
        for row in rows:
            if loaded.must_follow(row):
                following.add(row.id)
                continue
            candidate, verdict = judged(loaded, row)
            if isinstance(verdict, Go):
                _go(writing, merchant, loaded, row, candidate, found)
                decided = True
                if row.reason == "account_budget":
                    move_up(writing, merchant, loaded.budget, row, left=True)
                break
            if isinstance(verdict, Wait) and verdict.reason == "account_budget":
                used_up.add((loaded.budget.short_of(row), verdict.until))
            if verdict.reason == "account_budget" and loaded.budget.is_out_of_sight(row):
                decided = True
                break
            verdicts.append((row, verdict))
            if row.reason == "account_budget" and (verdict.reason != row.reason or loaded.budget.has_room_for(row)):
                move_up(writing, merchant, loaded.budget, row, left=False)
            if isinstance(verdict, End):
                loaded.ended(row)
                found.noticed += (
                    unjudgeable(writing, merchant, account) if verdict.state == DeliveryState.FAILED else []
                )
            else:
                loaded.held_back(row)
                if verdict.reason == "account_budget":
                    loaded.budget.held_back(row)
        for kind, until in sorted(used_up, key=str):
            found.noticed += budget_used_up(writing, merchant, account, kind, until)
        _write_verdicts(writing, merchant, verdicts)
        if decided:
            return
        pages += bool(verdicts)


def _due(writing: Writing, merchant_id: str, account: str, but: set[int], most: int) -> Sequence[Any]:
    """The most valuable deliveries that are due; a verdict takes a delivery out of the next page."""
    rows = writing.rows(_DUE, merchant=merchant_id, account=account, now=writing.now, most=most + len(but))
    return [row for row in map(_Due._make, rows) if row.id not in but][:most]


def _go(
    writing: Writing, merchant: MerchantView, loaded: Loaded, row: Any, candidate: Candidate, found: Claims
) -> None:
    """Claim it, or come back when it has been typed; one hand types one thing at a time."""
    ready = ready_at(merchant, loaded, row, candidate)
    if ready > writing.now:
        found.look_at(ready)
    else:
        found.claims.append(_take(writing, merchant, loaded, row, candidate.text))


def ready_at(merchant: MerchantView, loaded: Loaded, row: Any, candidate: Candidate) -> datetime:
    """When a delivery that may leave has been typed."""
    return leaves_at(
        merchant.playbook,
        merchant.seed,
        key=row.key,
        lane=Lane(row.lane),
        cause=Cause(row.cause),
        characters=0 if candidate.is_act else len(candidate.text),
        due=row.due_at if row.attempts == 0 else row.next_at,
        last_left=loaded.last_left,
        gaps=1 / merchant.playbook.pace.share_after_too_frequent if loaded.budget.speed.lowered else 1,
    )


def judged(loaded: Loaded, row: Any) -> tuple[Candidate, Verdict]:
    """What the gate says. A delivery that cannot even be judged fails, or it would stop the account at every start."""
    try:
        candidate = _candidate(loaded, row)
        return candidate, judge(candidate, loaded.facts(row))
    except Exception:
        log.exception("delivery.poison", key=row.key)
        unreadable = Candidate(key=row.key, kind=DeliveryKind.TEXT, lane=Lane(row.lane), cause=Cause(row.cause))
        return unreadable, End("error", DeliveryState.FAILED)


def _candidate(loaded: Loaded, row: Any) -> Candidate:
    rendered = loaded.text(row)
    return Candidate(
        key=row.key,
        kind=DeliveryKind(row.kind),
        lane=Lane(row.lane),
        cause=Cause(row.cause),
        text=rendered.text,
        missing_fields=rendered.missing,
        to_group=row.group_id is not None and row.contact_id is None,
        not_after=row.not_after,
        about_consent=row.about_consent,
        approved=row.approved,
        is_rest=row.part > 1,
        their_words=loaded.their_words(row) if row.lane == Lane.REPLY else (),
    )


def _take(writing: Writing, merchant: MerchantView, loaded: Loaded, row: Any, words: str) -> Claim:
    writing.rows(_CLAIM, this=row.id, words=words, now=writing.now, so_many=row.attempts + 1)
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
            text=words,
            mentions=tuple(row.mentions),
            media=tuple(msgspec.convert(row.media, list[Media])),
            request=row.request,
        ),
        timeout=merchant.playbook.send_timeout_seconds * max(1, len(row.media)),  # each is a message of its own
    )


def _write_verdicts(writing: Writing, merchant: MerchantView, verdicts: list[tuple[Any, Wait | End]]) -> None:
    """Write what the gate said. A wait that only goes on is no new state."""
    changes: list[Change] = []
    values: list[dict[str, Any]] = []
    for row, verdict in verdicts:
        match verdict:
            case Wait(reason=reason, until=until):
                state = DeliveryState.WAITING
                next_at = until or writing.now + LOOK_AGAIN
                if row.not_after is not None and row.not_after < next_at:  # it expires when its time is over
                    next_at = row.not_after + _INSTANT
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
