"""The keeper of a worker's leases: its heartbeat, and what follows when accounts come and go."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from bot.attendance import Attendance
from bot.clock import Alarm, utc_now
from bot.store.leases import Beat, Leases

# While others are to give something back, and while the database cannot be used, the next heartbeat comes soon.
SOON = 1.0

SAME_FOR_ALL = "the same config.toml for all workers: restart those that have another, one after the other"

T = TypeVar("T")

log = structlog.get_logger("leases")


class Keeper:
    """Keeps the leases of one program, and has its accounts attended to.

    `recover` puts in order what the last keeper of accounts left behind; `look` sees to what others heard on them.
    """

    def __init__(
        self,
        leases: Leases,
        attendance: Attendance,
        recover: Callable[[list[str]], Awaitable[None]],
        look: Callable[[], Awaitable[None]],
    ) -> None:
        self._leases = leases
        self._attendance = attendance
        self._recover = recover
        self._look = look
        self._alarm = Alarm(utc_now)
        self._heard_at = time.monotonic()
        self._differing: set[str] = set()
        self._is_failing = False  # and it was said

    @property
    def age(self) -> float:
        """Seconds since the last heartbeat that the database heard."""
        return time.monotonic() - self._heard_at

    @property
    def accounts(self) -> list[str]:
        """The accounts that are kept."""
        return sorted(self._leases.tokens)

    def wake(self) -> None:
        """Something was lost: look at once."""
        self._alarm.wake()

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Keep leases until cancelled."""
        while True:
            try:
                beat = await self._answer(self._leases.beat)
            except DBAPIError as error:
                # Others of our connections may stand, so that nothing else says why we lose our accounts.
                tell = log.debug if self._is_failing else log.warning
                tell("heartbeat.failed", error=str(error.orig))
                self._is_failing = True
                if self.age > self._leases.lease.total_seconds():
                    await self._lose_all()
                await self._pause(SOON)
                continue
            self._heard_at = time.monotonic()
            self._is_failing = False
            self._warn(beat)
            await self._while_renewing(self._see_to(beat, tasks))
            heartbeat = self._leases.heartbeat.total_seconds()
            await self._pause(min(SOON, heartbeat) if beat.is_short else heartbeat)

    async def leave(self) -> None:
        """Give everything back: what we had was let go of."""
        with contextlib.suppress(DBAPIError):  # then it will be missed in time
            await asyncio.to_thread(self._leases.leave)

    async def _see_to(self, beat: Beat, tasks: asyncio.TaskGroup) -> None:
        """What follows from a heartbeat. It may take longer than a lease: somebody else writes for the merchant."""
        await self._follow(beat, tasks)
        with contextlib.suppress(DBAPIError):  # another time
            await self._look()

    def _warn(self, beat: Beat) -> None:
        """Say of each worker once that it knows other accounts: while a configuration changes, or by mistake."""
        for one in beat.differences:
            if one.worker not in self._differing:
                self._differing.add(one.worker)
                log.warning(
                    "workers.differ",
                    worker=one.worker,
                    only_there=one.only_there,
                    only_here=one.only_here,
                    cure=SAME_FOR_ALL,
                )

    async def _while_renewing(self, work: Coroutine[None, None, None]) -> None:
        """Whoever waits for others who write, or for a send to land, must not look dead."""
        working = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait([working], timeout=self._leases.heartbeat.total_seconds()))[0]:
                try:
                    await self._answer(self._leases.renew)
                except DBAPIError as error:
                    log.debug("database.unavailable", error=str(error.orig))
                else:
                    self._heard_at = time.monotonic()
            await working
        finally:
            working.cancel()
            await asyncio.wait([working])

    async def _follow(self, beat: Beat, tasks: asyncio.TaskGroup) -> None:
        if beat.lost:
            log.warning("leases.lost", accounts=beat.lost)
            await asyncio.gather(*map(self._attendance.drop, beat.lost))
        if beat.taken:
            await self._take(beat, tasks)
        if beat.surplus:
            log.info("leases.given_back", accounts=beat.surplus, workers=beat.workers)
            await asyncio.gather(*map(self._attendance.end, beat.surplus))
            with contextlib.suppress(DBAPIError):
                await _to_its_end(partial(self._leases.release, beat.surplus))

    async def _take(self, beat: Beat, tasks: asyncio.TaskGroup) -> None:
        log.info("leases.taken", accounts=beat.taken, workers=beat.workers)
        try:
            await self._recover(beat.taken)
        except DBAPIError as error:
            log.debug("database.unavailable", error=str(error.orig))
            for account in beat.taken:  # the next heartbeat finds them without a keeper
                self._leases.tokens.pop(account, None)
            return
        for account in beat.taken:
            self._attendance.begin(account, tasks)

    async def _lose_all(self) -> None:
        """Others think that we are dead by now."""
        if self._leases.tokens:
            log.warning("leases.lost", accounts=self.accounts)
            accounts, self._leases.tokens = self.accounts, {}
            await asyncio.gather(*map(self._attendance.drop, accounts))

    async def _answer(self, work: Callable[[], T]) -> T:
        """What the database answers. When it has said nothing for as long as a lease we hang up: somebody else, to whom
        it answers, may keep our accounts by now."""
        silent = asyncio.get_running_loop().call_later(self._leases.lease.total_seconds(), self._leases.hang_up)
        try:
            return await _to_its_end(work)
        finally:
            silent.cancel()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._alarm.wait(None)


async def _to_its_end(work: Callable[[], T]) -> T:
    """Have it done in a thread, and wait for it even when cancelled: a heartbeat that comes after we have left would
    say that we are there."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        working.exception()  # nobody wants to know any longer
        raise
