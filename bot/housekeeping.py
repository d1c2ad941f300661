"""What is done once a day, beside everything else: what is too old goes, and the database looks after itself.

A minute after the start and every day from then on; a program that is stopped every night would never see a certain
hour. Between two pages everybody else gets the store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from sqlalchemy.exc import OperationalError

from bot.dispatch import InStore
from bot.store import Store
from bot.store.health import optimize
from bot.store.retention import Retention
from models.context import MerchantView

FIRST_AFTER, EVERY = 60.0, 86_400.0  # seconds
AGAIN_AFTER = 3_600.0  # when the database could not be written
PAUSE = 0.02  # some times what a page takes, so that most of the time the store is free

log = structlog.get_logger("housekeeping")


class Housekeeping:
    """The daily round."""

    def __init__(self, store: Store, merchants: Mapping[str, MerchantView], in_store: InStore) -> None:
        self._store = store
        self._in_store = in_store
        self._retention = Retention(store, merchants)
        self._pages = 0  # of the database's file, when it was looked after

    async def run(self) -> None:
        """Go round every day until cancelled."""
        pause = FIRST_AFTER
        while True:
            await asyncio.sleep(pause)
            try:
                if removed := await self._round():
                    log.info("retention", removed=removed)
                pause = EVERY
            except OperationalError as error:
                log.error("database.unavailable", error=str(error.orig))
                pause = AGAIN_AFTER

    async def _round(self) -> int:
        removed = 0
        steps = self._retention.steps()
        while (step := await self._in_store(lambda: next(steps, None))) is not None:
            removed += await self._in_store(step)
            await asyncio.sleep(PAUSE)
        self._pages = await self._in_store(lambda: optimize(self._store, self._pages))
        return removed
