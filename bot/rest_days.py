"""Posts of a series that rest days hold back until they leave together: said at import, before that morning comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from content_calendar.cadence import is_personal, occurrences
from content_calendar.entry import Entry
from handlers.gate import quiet_until
from models.context import MerchantView

# The longest holidays are announced by then.
_AHEAD = timedelta(days=60)


def piled_up(entries: Iterable[Entry], merchant: MerchantView, now: datetime) -> Iterator[tuple[Entry, int, datetime]]:
    """Entries of which several posts leave together: the most of the coming weeks, and when (aware, local)."""
    if not merchant.playbook.rest_days:
        return
    ends: dict[datetime, datetime | None] = {}
    for entry in entries:
        if not entry.rule or is_personal(entry):
            continue
        together: Counter[datetime] = Counter()
        for one in occurrences(entry, merchant.zone, now, now + _AHEAD):
            if one.at_utc not in ends:
                ends[one.at_utc] = quiet_until(merchant.playbook, one.at_utc.astimezone(merchant.zone))
            if (end := ends[one.at_utc]) is not None:
                together[end] += 1
        if together and (most := max(together.values())) > 1:
            yield entry, most, next(end for end, count in sorted(together.items()) if count == most)
