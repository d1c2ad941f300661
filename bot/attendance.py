"""Which accounts this program attends to: it listens to them, and sends for them. Alone it has all, a worker some."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.links import Links
from bot.transports import Transport


class Attendance:
    """Begins and ends with accounts. `every` says how often an account's lists of friends and groups are compared."""

    def __init__(
        self,
        transports: Mapping[str, Transport],
        links: Links,
        dispatcher: Dispatcher,
        intake: Intake,
        every: Callable[[str], timedelta],
    ) -> None:
        self._transports = transports
        self._links = links
        self._dispatcher = dispatcher
        self._intake = intake
        self._every = every
        self._lists: dict[str, asyncio.Task[None]] = {}
        self._kept: dict[str, asyncio.Task[None]] = {}
        self._elsewhere = set(transports)

    @property
    def elsewhere(self) -> frozenset[str]:
        """The accounts that we do not attend to."""
        return frozenset(self._elsewhere)

    @property
    def unheard(self) -> frozenset[str]:
        """The accounts that are not on line, or only just, and may have much to tell of the time before."""
        return frozenset(self._links.unheard)

    def begin(self, account: str, tasks: asyncio.TaskGroup) -> None:
        """Listen to an account and send for it. Where nobody is met there is no login to wait for."""
        transport = self._transports[account]
        self._elsewhere.discard(account)
        if not transport.capabilities.people:
            self._dispatcher.online(account)
            return
        lists = self._links.watch_lists(transport, self._every(account))
        self._lists[account] = tasks.create_task(lists, name=f"lists {account}")
        self._links.expect(account)
        self._kept[account] = tasks.create_task(self._links.keep(transport), name=f"link {account}")

    def woke(self) -> None:
        """After a sleep of the machine all accounts are heard out anew."""
        self._links.hear_out(self._kept)

    async def end(self, account: str) -> None:
        """Let go of an account: what is in flight comes to its end, and what was heard is written."""
        await self._dispatcher.let_go(account)
        await self.drop(account)
        await self._intake.drained()

    async def drop(self, account: str) -> None:
        """Neither listen nor send any more."""
        self._elsewhere.add(account)
        self._dispatcher.offline(account)
        if (lists := self._lists.pop(account, None)) is not None:
            lists.cancel()
            await asyncio.wait([lists])
        if (kept := self._kept.pop(account, None)) is not None:
            await self._links.end({self._transports[account]: kept})

    async def end_all(self) -> None:
        """Let go of all links, and pass on what was heard."""
        lists, self._lists = list(self._lists.values()), {}
        for task in lists:
            task.cancel()
        if lists:
            await asyncio.wait(lists)
        kept, self._kept = self._kept, {}
        await self._links.end({self._transports[account]: task for account, task in kept.items()})
