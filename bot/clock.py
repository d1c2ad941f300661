"""Time for the program: what it is now, and when to look again.

APScheduler only ticks. Due work is rows, so a tick that is missed or comes twice does no harm; ticks are there because
sleeping follows the monotonic clock, which knows nothing of a suspended machine or a clock that was set.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

TICK_SECONDS = 1
# Nothing but a machine that slept, or a clock that was set, lets so much pass between two ticks.
SLEPT = timedelta(seconds=30)


def utc_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


class Alarm:
    """Something that waits until a moment, or until it is woken. `now` is the program's time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look again now."""
        self._woken.set()

    def heed(self) -> None:
        """Whatever woke us so far is looked at from here on, and need not wake us once more."""
        self._woken.clear()

    async def wait(self, until: datetime | None) -> None:
        """Until the moment has come or somebody wakes us; what woke us before counts too."""
        if not self._woken.is_set():
            try:
                async with asyncio.timeout(None if until is None else (until - self._now()).total_seconds()):
                    await self._woken.wait()
            except TimeoutError:
                return
        self._woken.clear()


@asynccontextmanager
async def ticking(
    tick: Callable[[], None], woke: Callable[[timedelta], None], now: Callable[[], datetime] = utc_now
) -> AsyncIterator[None]:
    """Call `tick` every second of the real clock; if the machine slept meanwhile `woke` before it, with how long."""
    last = now()

    async def second() -> None:  # in the loop: what is no coroutine would be called in a thread
        nonlocal last
        before, last = last, now()
        if last - before > SLEPT:
            woke(last - before)
        tick()

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(second, "interval", seconds=TICK_SECONDS, coalesce=True, misfire_grace_time=None)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)
