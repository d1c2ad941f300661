"""The dispatcher: claims what is due, sends it, settles what came of it.

At most one delivery is in flight for each account, so a crash leaves at most one unknown an account; accounts send side
by side, and their claims and outcomes are committed in batches.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy.exc import OperationalError

from bot.clock import Alarm
from bot.intake import Apply
from bot.store import Store
from bot.store.leases import LeaseLost
from bot.store.outbox import Claim, Claims, claim
from bot.store.typed import Typed
from bot.store.under_way import found_claimed
from bot.transports import (
    NotConnected,
    Refused,
    TooFrequent,
    Transport,
    Uncertain,
    Unsupported,
)
from models.context import MerchantView
from models.events import Answer, SendAnswered

# Runs a function that uses the database, and gives what it returns.
InStore = Callable[[Callable[[], Any]], Awaitable[Any]]

RETRY_SECONDS = 1.0
# At a stop, how long what is in flight may take; whoever stops us kills us after ten seconds.
LANDING_SECONDS = 6.0

log = structlog.get_logger("dispatch")


class Dispatcher:
    """Sends for the accounts that are on line."""

    def __init__(
        self,
        store: Store,
        merchants: Mapping[str, MerchantView],
        transports: Mapping[str, Transport],
        *,
        in_store: InStore,
        apply: Apply,
        settle: Apply,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._merchants = merchants
        self._transports = transports
        self._in_store = in_store
        self._apply = apply
        self._settled = settle  # together with what else is to be written
        self._now = now
        self._merchant_of = {
            account: merchant.id
            for merchant in merchants.values()
            for account in (*merchant.accounts, *merchant.channels)
        }
        # Where nobody is met there is no login to wait for; what is leased has to be taken first.
        self._online = {
            account for account, one in transports.items() if store.leases is None and not one.capabilities.people
        }
        self._claiming: asyncio.Future[Claims] | None = None
        self._claim_failed = False
        self._typed: Typed | None = None  # what the last look found, for the next
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._answers: list[SendAnswered] = []
        self.listeners: list[Callable[[SendAnswered], None]] = []  # hear of each answer of a platform
        self._moved = asyncio.Event()  # something was claimed or settled, or could not be
        self.alarm = Alarm(now)

    def online(self, account: str) -> None:
        """The account can send."""
        self._online.add(account)
        self.alarm.wake()

    def offline(self, account: str) -> None:
        """The account cannot send; what it has to send waits."""
        self._online.discard(account)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that can send at this moment."""
        return frozenset(self._online)

    async def let_go(self, account: str) -> None:
        """Send no more for the account, and wait until what is in flight is settled, though not for ever."""
        self.offline(account)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LANDING_SECONDS):
                while self._claiming is not None or account in self._in_flight:
                    self._moved.clear()
                    await self._moved.wait()

    async def recover(self, accounts: Collection[str] | None = None) -> None:
        """What was in flight for these accounts (None: all) when the program that kept them stopped is unknown, and is
        never sent again by itself."""
        if found := await self._in_store(lambda: found_claimed(self._store, accounts)):
            log.warning("deliveries.unknown", count=len(found))
            await self._apply(found)

    async def run(self) -> None:
        """Send until cancelled; then let what is in flight come to its end, and settle it."""
        try:
            while True:
                try:
                    next_at = await self._step()
                except OperationalError as error:
                    self._claim_failed |= self._claiming is not None
                    self._claiming = None
                    self._moved.set()
                    log.debug("database.unavailable", error=str(error.orig))
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                except LeaseLost as lost:
                    self._claiming = None
                    self._moved.set()
                    self._online -= lost.accounts
                    continue
                await self.alarm.wait(next_at)
        finally:
            await self._land()

    async def _step(self) -> datetime | None:
        await self._settle(self._settled)
        if not self._answers:  # what is committed by now the claim sees; settling alone has woken us already
            self.alarm.heed()
        if self._claim_failed:
            await self._take_back()
        idle = [
            (self._merchant_of[account], account) for account in sorted(self._online) if account not in self._in_flight
        ]
        leases = self._store.leases
        if not idle or (leases is not None and leases.have_run_out):  # the next heartbeat tells what is ours
            return None
        self._claiming = asyncio.ensure_future(self._in_store(lambda: self._claim(idle)))
        found = await asyncio.shield(self._claiming)
        self._start(found)
        if found.noticed:
            await self._apply(found.noticed)
        return found.next_at

    def _claim(self, idle: list[tuple[str, str]]) -> Claims:
        found = claim(self._store, self._merchants, idle, self._typed)
        self._typed = found.typed
        return found

    async def _take_back(self) -> None:
        """A claim whose commit failed may be on record all the same. Nobody sent it, so it can leave another time."""
        leases = self._store.leases
        kept = None if leases is None else list(leases.tokens)
        found = await self._in_store(lambda: found_claimed(self._store, kept))
        mine = self._merchant_of.keys() - self._in_flight.keys()
        if taken_back := [msgspec.structs.replace(one, answer="network") for one in found if one.account in mine]:
            await self._apply(taken_back)
        self._claim_failed = False

    def _start(self, found: Claims) -> None:
        self._claiming = None
        for one in found.claims:
            self._in_flight[one.account] = asyncio.create_task(self._send(one, found.tokens.get(one.account)))
        self._moved.set()

    async def _send(self, one: Claim, token: int | None) -> None:
        answer, message = await self._answer_to(one, token)
        answered = SendAnswered(
            merchant=one.merchant_id,
            account=one.account,
            at=self._now(),
            delivery=one.delivery_id,
            key=one.outgoing.key,
            answer=answer,
            message=message,
        )
        self._answers.append(answered)
        for listener in self.listeners:
            listener(answered)
        self.alarm.wake()

    async def _answer_to(self, one: Claim, token: int | None) -> tuple[Answer, str]:
        leases = self._store.leases
        if leases is not None and not leases.still_has(one.account, token):
            # We were stopped after the claim. Whoever keeps the account by now has it as unknown, and a human may have
            # sent it again; if nobody took the account, it leaves another time.
            log.warning("send.too_late", account=one.account, key=one.outgoing.key)
            return "network", ""
        try:
            async with asyncio.timeout(one.timeout):
                receipt = await self._transports[one.account].send(one.outgoing)
        except Refused:
            return "refused", ""
        except TooFrequent:
            return "too_frequent", ""
        except NotConnected:
            return "network", ""
        except Unsupported:
            return "unsupported", ""
        except TimeoutError:
            return "timeout", ""
        except Uncertain:
            return "error", ""
        except Exception:
            # A bug of ours in a transport proves nothing about the message either.
            log.exception("send.failed", account=one.account, key=one.outgoing.key)
            return "error", ""
        return ("awaiting_tap" if receipt.awaiting_tap else "sent"), receipt.message

    async def _settle(self, settle: Apply) -> None:
        answers = list(self._answers)
        if not answers:
            return
        await settle(answers)
        del self._answers[: len(answers)]
        for answer in answers:
            del self._in_flight[answer.account]
        self._moved.set()

    async def _land(self) -> None:
        try:
            if self._claiming is not None:  # what is claimed is on record, so it has to leave
                self._start(await self._claiming)
            if self._in_flight:
                _, late = await asyncio.wait(self._in_flight.values(), timeout=LANDING_SECONDS)
                for task in late:  # stays claimed, and is found to be unknown at the next start
                    task.cancel()
            await self._settle(self._apply)
        except LeaseLost as lost:
            log.warning("leases.lost", accounts=sorted(lost.accounts))
        except OperationalError as error:  # what came of them is found to be unknown at the next start
            log.error("database.unavailable", error=str(error.orig), unsettled=len(self._answers))
