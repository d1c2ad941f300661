"""The intake: everything that happens comes through here, a batch at a time.

The queue is bounded, so a flood slows the gateway's stream and not the program. A batch is whatever is queued; it is
committed before anybody is told, so a busy program commits large batches and an idle one answers at once.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import msgspec
import structlog
from sqlalchemy.exc import OperationalError

from bot.store.journal import Outcome
from models.context import MerchantView
from models.events import Event

QUEUE_SIZE = 10_000
# A batch is whatever is queued, up to this: a quarter of a second's work. 4,096 at a time are a seventh faster than
# 1,024 (docs/performance.md), and nobody waits longer for it, since the queue holds more.
BATCH_SIZE = 4_096
# The disk may be full or the database locked; what was taken is kept and tried again.
RETRY_SECONDS = 1.0
# At a stop nobody waits longer for a database that takes nothing: whoever stops us has an end to it soon, by kill -9.
LAST_SECONDS = 3.0

Apply = Callable[[Sequence[Event]], Awaitable[list[Outcome]]]
_Item = tuple[Event, "asyncio.Future[Outcome] | None"]

log = structlog.get_logger("intake")


class Intake:
    """One queue for all accounts; `apply` decides and writes a batch."""

    def __init__(self, apply: Apply, merchants: Mapping[str, MerchantView], now: Callable[[], datetime]) -> None:
        self._apply = apply
        self._now = now
        self._merchant_of = {account: merchant.id for merchant in merchants.values() for account in merchant.accounts}
        self.listeners: list[Callable[[Event], None]] = []  # hear of each event as it comes in, before it is decided
        self._queue: asyncio.Queue[_Item | None] = asyncio.Queue(QUEUE_SIZE)
        self._at_work = False
        self._rested = asyncio.Event()
        self._unwritten = 0
        self._last_at = math.inf  # what cannot be written by then, of the loop's clock, is not tried again

    async def put(self, event: Event) -> None:
        """Take an event; waits while the queue is full."""
        for listener in self.listeners:
            listener(event)
        await self._queue.put((self._stamped(event), None))

    async def ask(self, event: Event) -> Outcome:
        """Take an event and wait until it is decided and committed."""
        [outcome] = await self.ask_all([event])
        return outcome

    async def ask_all(self, events: Sequence[Event]) -> list[Outcome]:
        """Take several events and wait until all are decided and committed, in their order."""
        answers: list[asyncio.Future[Outcome]] = []
        for event in events:
            answers.append(asyncio.get_running_loop().create_future())
            await self._queue.put((self._stamped(event), answers[-1]))
        return [await answer for answer in answers]

    async def worked_off(self) -> None:
        """Wait for a moment at which all that was taken is committed."""
        await self._queue.join()

    async def finish(self) -> None:
        """No more is taken after what is queued; `run` then ends, soon even if the database takes nothing."""
        self._last_at = asyncio.get_running_loop().time() + LAST_SECONDS
        await self._queue.put(None)

    async def run(self) -> None:
        """Work the queue until `finish`."""
        more = True
        while more:
            batch, more = await self._take()
            self._at_work = True
            for (_, answer), outcome in zip(batch, await self._outcomes(batch), strict=True):
                self._queue.task_done()
                if answer is None or answer.done():
                    continue
                if isinstance(outcome, OperationalError):
                    answer.set_exception(outcome)
                else:
                    answer.set_result(outcome)
            self._at_work = False
            self._rested.set()
        if self._unwritten:
            log.error("stopped.unwritten", events=self._unwritten)

    async def _outcomes(self, batch: list[_Item]) -> Sequence[Outcome | OperationalError]:
        if not batch:
            return []
        try:
            return await self._persist([event for event, _ in batch])
        except OperationalError as error:
            self._unwritten += len(batch)
            return [error] * len(batch)

    async def drained(self) -> None:
        """Wait for a moment at which nothing is queued and everything taken is committed."""
        while self._at_work or not self._queue.empty():
            self._rested.clear()
            await self._rested.wait()

    @property
    def waiting(self) -> int:
        """How many events are queued."""
        return self._queue.qsize()

    async def _take(self) -> tuple[list[_Item], bool]:
        batch: list[_Item] = []
        item = await self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) == BATCH_SIZE or self._queue.empty():
                return batch, True
            item = self._queue.get_nowait()
        return batch, False

    async def _persist(self, events: list[Event]) -> list[Outcome]:
        while True:
            try:
                outcomes = await self._apply(events)
            except OperationalError as error:
                if asyncio.get_running_loop().time() > self._last_at:
                    raise
                log.debug("database.unavailable", events=len(events), error=str(error.orig))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for outcome in outcomes:
                if outcome.error:
                    # The last line of a traceback may quote a message; the rest of it is in the journal.
                    log.error("event.poison", type=type(outcome.event).__name__, wire_id=outcome.event.wire_id)
            return outcomes

    def _stamped(self, event: Event) -> Event:
        return msgspec.structs.replace(
            event,
            merchant=event.merchant or self._merchant_of.get(event.account, ""),
            received_at=event.received_at or self._now(),
        )
