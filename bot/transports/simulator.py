"""The simulator as a transport: one account of a simulated WeChat, for tests, rehearsals and the shipped crowd."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime

import msgspec

from bot.transports import LinkLost, Outgoing, Receipt
from bot.transports.simulator_state import DIRECT_INVITE_LIMIT, GROUP_CAPACITY, Delivered, Link
from bot.transports.simulator_world import UnknownAccount, World
from models.events import Event, Roster, WentDeaf

HEARTBEAT_SECONDS = 60.0  # an account that is silent for longer is deaf


class SimulatorTransport:
    """One account of a `World`. Raises `UnknownAccount` when the world does not have it."""

    def __init__(self, world: World, account: str) -> None:
        self.account = account
        self.capabilities = world.account(account).capabilities
        self._world = world
        self._link: Link | None = None

    @property
    def heard_at(self) -> datetime | None:
        """Its heart beats all the time, until a story wants it to fall silent."""
        if self._link is None or self._link.cut:
            return None
        return self._world.account(self.account).deaf_since or self._world.now()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Attach and yield what happens, `LoggedIn` first, then what waited, in order.

        Events keep the time at which they happened; `received_at` is when they are taken. Raises `AccountTaken`, or
        `LinkLost` when the link is cut, closed, or silent for `HEARTBEAT_SECONDS` (after a `WentDeaf`).
        """
        state = self._world.account(self.account)
        link = self._link = self._world.attach(self.account)
        try:
            while True:
                if link.cut:
                    raise LinkLost(f"the link of account {self.account!r} was cut")
                if state.outbox:
                    yield msgspec.structs.replace(state.outbox.popleft(), received_at=self._world.now())
                    continue
                link.arrived.clear()
                try:
                    async with asyncio.timeout(self._patience(link)):
                        await link.arrived.wait()
                except TimeoutError:
                    now = self._world.now()
                    yield WentDeaf(account=self.account, at=now, received_at=now, silent_seconds=HEARTBEAT_SECONDS)
                    raise LinkLost(f"nothing heard for {HEARTBEAT_SECONDS:g} seconds") from None
        finally:
            self._world.cut_link(self.account, link)

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send one thing. Raises a `SendError`; a platform that never answers is waited for for ever."""
        receipt = self._world.send(self.account, outgoing)
        if receipt is None:
            self._world.unanswered += 1
            try:
                await asyncio.Event().wait()
            finally:
                self._world.unanswered -= 1
            raise AssertionError("nobody sets that event")
        return receipt

    async def roster(self) -> Roster:
        """List friends and groups with their members. Raises `LinkLost` when the account is signed out."""
        return self._world.roster(self.account)

    async def close(self) -> None:
        """Let go of the account; what happens to it waits for the next attach."""
        if self._link is not None:
            self._world.cut_link(self.account, self._link)

    def _patience(self, link: Link) -> float | None:
        """Seconds until silence is deafness; `None` while the account's heartbeat is heard."""
        deaf_since = self._world.account(self.account).deaf_since
        if deaf_since is None:
            return None
        return HEARTBEAT_SECONDS - (self._world.now() - max(link.since, deaf_since)).total_seconds()


__all__ = ["DIRECT_INVITE_LIMIT", "GROUP_CAPACITY", "Delivered", "SimulatorTransport", "UnknownAccount", "World"]
