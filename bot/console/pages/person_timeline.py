"""What is shown of a person's timeline: what is new comes at its beginning, earlier pages at its end."""

from __future__ import annotations

from bot.console.reading.people import PAGE as PAGE_SIZE
from bot.console.reading.people import Moment, timeline
from bot.console.visit import Visit


class Timeline:
    """`rows`, the newest first; `has_more`: whether there are earlier ones. `alone`: only what is in no group."""

    def __init__(self, visit: Visit, contact: str, *, alone: bool = False) -> None:
        self._visit = visit
        self._contact = contact
        self._alone = alone
        self.rows: list[Moment] = []
        self.has_more = False

    async def renew(self) -> None:
        """Read the newest page again; whatever was read before that stays, unless something between is missing."""
        found = await self._visit.read(timeline, self._contact, alone=self._alone)
        is_whole = bool(found) and bool(self.rows) and found[-1].id <= self.rows[0].id
        older = [row for row in self.rows if row.id < found[-1].id] if is_whole else []
        if not older:
            self.has_more = len(found) == PAGE_SIZE
        self.rows = [*found, *older]

    async def go_back(self) -> None:
        """Read one page more."""
        before = self.rows[-1].id if self.rows else None
        found = await self._visit.read(timeline, self._contact, before, alone=self._alone)
        self.rows += found
        self.has_more = len(found) == PAGE_SIZE
