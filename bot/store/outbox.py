"""The outbox: which delivery leaves next, and what was found in flight after a crash.

Each idle account hands out at most one delivery, the most valuable that the gate lets through. What the gate holds back
or ends is written with its reason in the same transaction. The accounts of a merchant are dealt with together, in
rounds: what is due and what the gate must know are loaded once for all, and what was decided is written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import bindparam, update
from sqlmodel import col

from bot.pace import leaves_at
from bot.store import Change, Store, Writing
from bot.store.accounts import load_accounts
from bot.store.alerting import budget_used_up, unjudgeable
from bot.store.budgets import Budget, move_up
from bot.store.facts import Loaded, load_facts
from bot.store.pages import busy, due_pages, next_moment
from bot.store.resting import collector_at_rest
from bot.store.typed import Typed, can_be_kept
from bot.transports import Outgoing
from handlers.gate import Candidate, End, Go, Verdict, Wait, judge
from models.alerts import AlertKind
from models.context import MerchantView
from models.deliveries import Cause, Delivery, DeliveryKind, DeliveryState, Lane
from models.events import Event, Media

# How many due deliveries of an account are looked at in one go before those that may not leave are written down.
LOOK_AHEAD = 50
# Nearly always the most valuable one may leave.
FIRST_LOOK = 1
# What waits for a human or an event, not for a time, is looked at again so often all the same.
LOOK_AGAIN = timedelta(hours=1)
# After so many pages of what may not leave, others get their turn to write.
MOST_PAGES = 20

# The clock's smallest step.
_INSTANT = timedelta(milliseconds=1)

log = structlog.get_logger("outbox")


class Claim(msgspec.Struct, frozen=True):
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
    typed: Typed | None = None  # what is known already of the one delivery that has to be typed first

    def look_at(self, moment: datetime | None) -> None:
        """Look again no later than then."""
        if moment is not None and (self.next_at is None or moment < self.next_at):
            self.next_at = moment


def claim(
    store: Store,
    merchants: Mapping[str, MerchantView],
    accounts: Sequence[tuple[str, str]],
    typed: Typed | None = None,
) -> Claims:
    """Claim at most one delivery for each of these idle (merchant, account) pairs; `typed` is what the last look found.

    Raises `LeaseLost`.
    """
    found = Claims()
    now = store.now()
    if typed is not None and _claim_typed(store, merchants, accounts, typed, found):
        return found
    idle: dict[str, list[str]] = defaultdict(list)
    for merchant_id, account in accounts:
        idle[merchant_id].append(account)
    every = [account for _, account in accounts]
    with store.reading() as connection:
        due = {
            merchant_id: names
            for merchant_id, mine in idle.items()
            if (names := busy(connection, merchant_id, mine, now))
        }
        if not due:
            found.look_at(next_moment(connection, every, now))
            return found
    waits: list[tuple[MerchantView, Any, Loaded]] = []
    keeping = [account for names in due.values() for account in names]
    with collector_at_rest(), store.writing(due, keeping) as writing:
        writing.is_quiet = writing.keeps_timers = True  # the former until a round has something to write
        for merchant_id, names in due.items():
            waits += _claim_for(writing, merchants[merchant_id], names, found)
        # What fell due in the meantime is in the past by now: then the next look comes at once.
        next_due = next_moment(writing.connection, every, now)
        found.look_at(next_due)
    if len(waits) == 1 and sum(map(len, due.values())) == 1 and can_be_kept(*waits[0][1:]):
        found.typed = Typed(*waits[0], accounts=accounts, revision=store.revision, next_due=next_due)
    return found


def _claim_typed(
    store: Store,
    merchants: Mapping[str, MerchantView],
    accounts: Sequence[tuple[str, str]],
    typed: Typed,
    found: Claims,
) -> bool:
    """Claim what has been typed by now, if it may still leave. Returns whether that was all there is to do."""
    merchant, row = typed.merchant, typed.row
    loaded = typed.facts_at(store, accounts, store.now()) if merchants[merchant.id] is merchant else None
    if loaded is None:
        return False
    candidate, verdict = judged(loaded, row)
    if not isinstance(verdict, Go) or ready_at(merchant, loaded, row, candidate) > loaded.now:
        return False
    with store.writing([merchant.id], [row.account_id]) as writing:
        writing.keeps_timers = True
        _write_claims(writing, merchant, loaded, [(row, candidate.text)], found)
    found.look_at(typed.next_due)
    return True


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
)
_HOLD = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("this"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        until=bindparam("new_until"),
        next_at=bindparam("new_next_at"),
    )
)


@dataclass(slots=True)
class _Hand:
    """What is known of an account while its next delivery is looked for."""

    following: set[int] = field(default_factory=set)  # what must not leave before something else has
    pages: int = 0


@dataclass(slots=True)
class _Round:
    """What is decided in a round, until it is written; and whom it reaches, so that nothing else is decided of them
    without knowing of it."""

    claims: list[tuple[Any, str]] = field(default_factory=list)
    verdicts: list[tuple[Any, Wait | End]] = field(default_factory=list)
    typed: list[Any] = field(default_factory=list)  # what has to be typed first
    persons: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written: neither of these, nor of those behind it in line for its room."""
        return not (self.claims or self.verdicts or any(row.reason == "account_budget" for row in self.typed))

    def take(self, loaded: Loaded, row: Any, words: str) -> None:
        """The delivery is claimed."""
        self.claims.append((row, words))
        if row.contact_id:
            self.persons.add(loaded.people[row.contact_id].person_id)
        elif row.group_id and row.lane != Lane.REPLY:
            self.groups.add(row.group_id)

    def has_changed(self, loaded: Loaded, row: Any) -> bool:
        """Whether the facts of a delivery are no longer true: another account has just written to the same person, or
        to a group of theirs. Of an answer to what somebody said they are true all the same."""
        if row.lane == Lane.REPLY:
            return False
        if row.contact_id:
            return bool(self.groups) or loaded.people[row.contact_id].person_id in self.persons
        return row.group_id in self.groups


def _claim_for(
    writing: Writing, merchant: MerchantView, names: Sequence[str], found: Claims
) -> list[tuple[MerchantView, Any, Loaded]]:
    """Claim what may leave. Returns what may leave later, when it has been typed, with all that is known of it."""
    waits: list[tuple[MerchantView, Any, Loaded]] = []
    known = load_accounts(writing, merchant)
    hands = {account: _Hand() for account in names}
    budgets: Mapping[str, Budget] = {}
    most = FIRST_LOOK
    while hands:
        following = set().union(*(hand.following for hand in hands.values()))
        pages = due_pages(writing, merchant.id, list(hands), but=following, most=most)
        most = LOOK_AHEAD
        for account, hand in list(hands.items()):
            if account not in pages:
                del hands[account]
            elif hand.pages == MOST_PAGES:
                found.look_at(writing.now)
                del hands[account], pages[account]
        if not pages:
            return waits
        rows = [row for page in pages.values() for row in page]
        loaded = load_facts(writing, merchant, rows, budgets, known)
        budgets = loaded.budgets
        decided = _Round()
        # The most valuable first: two accounts may want to write to one person, and one of them is enough for a day.
        for account, page in pages.items():
            if _decide(writing, merchant, hands[account], page, loaded, decided, found):
                del hands[account]
        _write_claims(writing, merchant, loaded, decided.claims, found)
        _write_verdicts(writing, merchant, decided.verdicts)
        writing.is_quiet &= decided.is_empty
        waits += [(merchant, row, loaded) for row in decided.typed]
    return waits


def _decide(
    writing: Writing,
    merchant: MerchantView,
    hand: _Hand,
    page: Sequence[Any],
    loaded: Loaded,
    decided: _Round,
    found: Claims,
) -> bool:
    """Go through a page of one account. Returns whether no more of it need be looked at."""
    account = page[0].account_id
    budget = loaded.budgets[account]
    used_up: set[tuple[AlertKind, datetime | None]] = set()
    judged_before = len(decided.verdicts)
    is_done = False
    for row in page:
        if loaded.must_follow(row):
            hand.following.add(row.id)
            continue
        if decided.has_changed(loaded, row):
            break
        candidate, verdict = judged(loaded, row)
        if isinstance(verdict, Go):
            ready = ready_at(merchant, loaded, row, candidate)
            if ready > writing.now:  # come back when it has been typed; one hand types one thing at a time
                found.look_at(ready)
                decided.typed.append(row)
            else:
                decided.take(loaded, row, candidate.text)
            is_done = True
            if row.reason == "account_budget":
                move_up(writing, merchant, budget, row, left=True)
            break
        if isinstance(verdict, Wait) and verdict.reason == "account_budget":
            used_up.add((budget.short_of(row), verdict.until))
        if verdict.reason == "account_budget" and budget.is_out_of_sight(row):
            is_done = True
            break
        decided.verdicts.append((row, verdict))
        if row.reason == "account_budget" and (verdict.reason != row.reason or budget.has_room_for(row)):
            move_up(writing, merchant, budget, row, left=False)
        if isinstance(verdict, End):
            loaded.ended(row)
            found.noticed += unjudgeable(writing, merchant, account) if verdict.state == DeliveryState.FAILED else []
        else:
            loaded.held_back(row)
            if verdict.reason == "account_budget":
                budget.held_back(row)
    for kind, until in sorted(used_up, key=str):
        found.noticed += budget_used_up(writing, merchant, account, kind, until)
    hand.pages += len(decided.verdicts) > judged_before
    return is_done


def ready_at(merchant: MerchantView, loaded: Loaded, row: Any, candidate: Candidate) -> datetime:
    """When a delivery that may leave has been typed."""
    budget = loaded.budgets[row.account_id]
    return leaves_at(
        merchant.playbook,
        merchant.seed,
        key=row.key,
        lane=candidate.lane,
        cause=candidate.cause,
        characters=0 if candidate.is_act else len(candidate.text),
        due=row.due_at if row.attempts == 0 else row.next_at,
        last_left=loaded.last_left[row.account_id],
        gaps=1 / merchant.playbook.pace.share_after_too_frequent if budget.speed.lowered else 1,
    )


def judged(loaded: Loaded, row: Any) -> tuple[Candidate, Verdict]:
    """What the gate says. A delivery that cannot even be judged fails, or it would stop the account at every start."""
    try:
        candidate, facts = _candidate(loaded, row), loaded.facts(row)
        verdict = judge(candidate, facts)
        if row.lane == Lane.REPLY and isinstance(verdict, End) and verdict.reason == "words":
            # Perhaps it is a word of their own: what those are is only found out when it matters.
            candidate = msgspec.structs.replace(candidate, their_words=loaded.their_words(row))
            verdict = judge(candidate, facts)
        return candidate, verdict
    except Exception:
        log.exception("delivery.poison", key=row.key)
        unreadable = Candidate(key=row.key, kind=DeliveryKind.TEXT, lane=Lane(row.lane), cause=Cause(row.cause))
        return unreadable, End("error", DeliveryState.FAILED)


def _candidate(loaded: Loaded, row: Any) -> Candidate:
    rendered = loaded.text(row)
    return Candidate(
        key=row.key,
        kind=_KINDS[row.kind],
        lane=_LANES[row.lane],
        cause=_CAUSES[row.cause],
        text=rendered.text,
        missing_fields=rendered.missing,
        to_group=row.group_id is not None and row.contact_id is None,
        not_after=row.not_after,
        about_consent=row.about_consent,
        approved=row.approved,
        is_rest=row.part > 1,
    )


# To ask an enum of Python's for a member takes a microsecond.
_KINDS = {kind.value: kind for kind in DeliveryKind}
_LANES = {lane.value: lane for lane in Lane}
_CAUSES = {cause.value: cause for cause in Cause}


def _write_claims(
    writing: Writing, merchant: MerchantView, loaded: Loaded, claimed: Sequence[tuple[Any, str]], found: Claims
) -> None:
    now = writing.now
    writing.each(
        _CLAIM,
        ("this", "words", "now", "so_many"),
        [(row.id, words, now, row.attempts + 1) for row, words in claimed],
    )
    writing.changed([Change(row.id, merchant.id, now, DeliveryState.CLAIMED, None, None) for row, _ in claimed])
    found.claims += [
        Claim(
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
                media=tuple(msgspec.convert(row.media, list[Media])) if row.media else (),
                request=row.request,
            ),
            timeout=merchant.playbook.send_timeout_seconds * max(1, len(row.media)),  # each is a message of its own
        )
        for row, words in claimed
    ]


def _write_verdicts(writing: Writing, merchant: MerchantView, verdicts: list[tuple[Any, Wait | End]]) -> None:
    """Write what the gate said. A wait that only goes on is no new state."""
    changes: list[Change] = []
    values: list[tuple[Any, ...]] = []
    for row, verdict in verdicts:
        match verdict:
            case Wait(reason=reason, until=until):
                state = DeliveryState.WAITING
                next_at = until or writing.now + LOOK_AGAIN
                if row.not_after is not None and row.not_after < next_at:  # it expires when its time is over
                    next_at = row.not_after + _INSTANT
            case End(reason=reason, state=state):
                until, next_at = None, row.next_at
        values.append((row.id, state, reason, until, next_at))
        if (row.state, row.reason, row.until) != (state, reason, until):
            changes.append(Change(row.id, merchant.id, writing.now, state, reason, until))
    writing.each(_HOLD, ("this", "new_state", "new_reason", "new_until", "new_next_at"), values)
    writing.changed(changes)
