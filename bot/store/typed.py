"""What is being typed: a delivery that may leave in some seconds, with all that was loaded to find that out.

Nearly every delivery is looked at twice, since it is typed in between. If nothing was written meanwhile and nothing
else fell due, the second look would load what the first one had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.store import Store
from bot.store.facts import Loaded
from models.context import MerchantView


@dataclass(frozen=True, slots=True)
class Typed:
    """The one delivery of all these accounts that is due and may leave when it has been typed."""

    merchant: MerchantView
    row: Any
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
