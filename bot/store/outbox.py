"""The outbox: which delivery leaves next, and what was found in flight after a crash.

Each idle account hands out at most one delivery, the most valuable that the gate lets through. What the gate holds back
or ends is written with its reason in the same transaction. The accounts of a merchant are dealt with together, in
rounds: what is due and what the gate must know are loaded once for all, and what was decided is written at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store import Store, Writing
from bot.store.accounts import load_accounts
from bot.store.alerting import budget_used_up, unjudgeable
from bot.store.budgets import Budget, move_up
from bot.store.claims import Claim, Claims, write_claims, write_verdicts
from bot.store.facts import Loaded, load_facts
from bot.store.judging import judged, ready_at
from bot.store.pages import busy, due_pages, next_moment
from bot.store.resting import collector_at_rest
from bot.store.typed import Typed, can_be_kept, claim_typed
from handlers.gate import End, Go, Wait
from models.alerts import AlertKind
from models.context import MerchantView
from models.deliveries import DeliveryState, Lane

# How many due deliveries of an account are looked at in one go before those that may not leave are written down.
LOOK_AHEAD = 50
# Nearly always the most valuable one may leave.
FIRST_LOOK = 1
# After so many pages of what may not leave, others get their turn to write.
MOST_PAGES = 20

__all__ = ["Claim", "Claims", "claim"]


def claim(
    store: Store,
    merchants: Mapping[str, MerchantView],
    accounts: Sequence[tuple[str, str]],
    typed: Typed | None = None,
) -> Claims:
    """Claim at most one delivery for each of these idle (merchant, account) pairs; `typed` is what the last look found.

    Raises `LeaseLost`.
    """
    # Taken down before: should one change hands meanwhile, it is not the one of the claim.
    found = Claims(tokens=dict(store.leases.tokens) if store.leases is not None else {})
    now = store.now()
    if typed is not None and claim_typed(store, merchants, accounts, typed, found):
        return found
    # Where nothing else happened while something was typed, the next ones are worth a look too.
    is_calm = typed is not None and typed.row is None and typed.facts_at(store, accounts, now) is not None
    most = LOOK_AHEAD if is_calm else FIRST_LOOK
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
    waits: list[tuple[MerchantView, Any, Sequence[Any], Loaded]] = []
    keeping = [account for names in due.values() for account in names]
    with collector_at_rest(), store.writing(due, keeping) as writing:
        writing.is_quiet = writing.keeps_timers = True  # the former until a round has something to write
        for merchant_id, names in due.items():
            waits += _claim_for(writing, merchants[merchant_id], names, found, most)
        # What fell due in the meantime is in the past by now: then the next look comes at once.
        next_due = next_moment(writing.connection, every, now)
        found.look_at(next_due)
    if len(waits) == 1 and sum(map(len, due.values())) == 1:
        merchant, row, rest, loaded = waits[0]
        if can_be_kept(row, loaded):
            found.typed = Typed(merchant, row, rest, loaded, accounts, store.revision, next_due)
    return found


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
    # what has to be typed first, and what is due after it
    typed: list[tuple[Any, Sequence[Any]]] = field(default_factory=list)
    persons: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written: neither of these, nor of those behind it in line for its room."""
        return not (self.claims or self.verdicts or any(row.reason == "account_budget" for row, _ in self.typed))

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
    writing: Writing, merchant: MerchantView, names: Sequence[str], found: Claims, most: int
) -> list[tuple[MerchantView, Any, Sequence[Any], Loaded]]:
    """Claim what may leave. Returns what may leave later, when it has been typed, what is due after it, and all that is
    known of them."""
    waits: list[tuple[MerchantView, Any, Sequence[Any], Loaded]] = []
    known = load_accounts(writing, merchant)
    hands = {account: _Hand() for account in names}
    budgets: Mapping[str, Budget] = {}
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
        write_claims(writing, merchant, loaded, decided.claims, found)
        write_verdicts(writing, merchant, decided.verdicts)
        writing.is_quiet &= decided.is_empty
        waits += [(merchant, row, rest, loaded) for row, rest in decided.typed]
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
    for place, row in enumerate(page, 1):
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
                decided.typed.append((row, page[place:]))
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
