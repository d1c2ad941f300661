"""What is being typed, with all that was loaded to find out that it may leave in some seconds; and what comes next.

Nearly every delivery is looked at twice, since it is typed in between. If nothing was written meanwhile and nothing
else fell due, the second look would load what the first one had. Where a post goes to forty groups, that holds for the
next of them too, but for what has just left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any

from bot.store import Store
from bot.store.claims import Claims, write_claims
from bot.store.facts import Loaded
from bot.store.judging import judged, ready_at
from handlers.gate import Go
from models.context import MerchantView
from models.deliveries import Lane


@dataclass(frozen=True, slots=True)
class Typed:
    """The one delivery of all these accounts that is due and may leave when it has been typed (None: it has left), and
    what is due after it, as far as it is known."""

    merchant: MerchantView
    row: Any | None
    rest: Sequence[Any]
    loaded: Loaded
    accounts: Sequence[tuple[str, str]]  # merchants and accounts that were asked about
    revision: int  # of the store
    next_due: datetime | None  # when the next delivery falls due

    def facts_at(self, store: Store, accounts: Sequence[tuple[str, str]], now: datetime) -> Loaded | None:
        """What is known of it now; None if that must be loaded anew."""
        looked_at, zone = self.loaded.now, self.merchant.zone
        holds = (
            store.is_alone  # else others write too
            and store.revision == self.revision
            and accounts == self.accounts
            and looked_at <= now
            and (self.next_due is None or now < self.next_due)
            # Caps are counted by the day.
            and looked_at.astimezone(zone).date() == now.astimezone(zone).date()
        )
        return replace(self.loaded, now=now) if holds else None


def can_be_kept(row: Any, loaded: Loaded) -> bool:
    """Whether nothing but the time of the day changes what is known of a delivery: neither a stage of somebody's life,
    nor a place in a line."""
    return not loaded.stages and row.reason != "account_budget"


def claim_typed(
    store: Store,
    merchants: Mapping[str, MerchantView],
    accounts: Sequence[tuple[str, str]],
    typed: Typed,
    found: Claims,
) -> bool:
    """Claim what has been typed by now, if it may still leave, or begin to type the next. Returns whether that was all
    there is to do."""
    merchant, row = typed.merchant, typed.row
    loaded = typed.facts_at(store, accounts, store.now()) if merchants[merchant.id] is merchant else None
    if loaded is None:
        return False
    if row is None:
        return _typed_next(store, typed, loaded, found)
    candidate, verdict = judged(loaded, row)
    if not isinstance(verdict, Go) or ready_at(merchant, loaded, row, candidate) > loaded.now:
        return False
    with store.writing([merchant.id], [row.account_id]) as writing:
        writing.keeps_timers = True
        write_claims(writing, merchant, loaded, [(row, candidate.text)], found)
        budget = replace(loaded.budgets[row.account_id], last_left=writing.now)
    found.look_at(typed.next_due)
    rest = [*takewhile(partial(_is_untouched, loaded, row), typed.rest)]
    loaded = replace(loaded, budgets={**loaded.budgets, row.account_id: budget})
    found.typed = replace(typed, row=None, rest=rest, loaded=loaded, revision=store.revision)
    return True


def _typed_next(store: Store, typed: Typed, loaded: Loaded, found: Claims) -> bool:
    """Begin to type what was due after the one that has left."""
    if not typed.rest:
        return False
    merchant, row = typed.merchant, typed.rest[0]
    budget = loaded.budgets[row.account_id]
    if budget.room is not None:
        if budget.room < 2:  # one has left since; as time goes on there is only more
            return False
        loaded = replace(loaded, budgets={row.account_id: replace(budget, room=budget.room - 1)})
    candidate, verdict = judged(loaded, row)
    if not isinstance(verdict, Go):
        return False
    ready = ready_at(merchant, loaded, row, candidate)
    if ready <= loaded.now:
        return False
    found.look_at(ready)
    found.look_at(typed.next_due)
    found.typed = replace(typed, row=row, rest=typed.rest[1:], loaded=loaded)
    return True


def _is_untouched(loaded: Loaded, left: Any, other: Any) -> bool:
    """Whether that one has left says nothing of another: it reached neither the same person nor a group of theirs."""
    if other.lane == Lane.REPLY or not can_be_kept(other, loaded):
        return False
    if not other.contact_id:
        return bool(other.group_id != left.group_id)
    if not left.contact_id:
        return False
    return loaded.people[other.contact_id].person_id != loaded.people[left.contact_id].person_id
