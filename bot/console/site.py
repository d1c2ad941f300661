"""What all pages of the console share: the running program, seen from a desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.config import Config
from bot.console.playbook.draft import Draft
from bot.practice import Ground
from bot.store import Store, Writing
from bot.store.elsewhere import mark_of_now
from handlers.alerts import TEXTS
from models.alerts import AlertKind
from models.context import MerchantView

T = TypeVar("T")

# A slow question of one page must not keep the others waiting; SQLite reads beside its writer.
_READERS = 4
# How long after the commit of another program pages may learn of it.
_FOLLOW_SECONDS = 1.0


@dataclass
class Site:
    """The running program as the console sees it. `version` grows with every commit, of other programs too, so that
    pages look again.

    `drafts` are the playbooks that somebody is changing, by merchant and operator; nobody else sees them.
    """

    app: App
    practice: Ground | None
    version: int = 0
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    _is_away: bool = False
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_READERS, "console"))

    def __post_init__(self) -> None:
        self.app.store.listeners.append(self._committed)

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.app.config

    @property
    def store(self) -> Store:
        """The store; pages only read in it."""
        return self.app.store

    @property
    def merchants(self) -> Mapping[str, MerchantView]:
        """The merchants with the playbooks in force."""
        return self.app.merchants

    @property
    def folder(self) -> Path:
        """What the file arguments of commands are relative to."""
        return self.config.file.parent

    def now(self) -> datetime:
        """The program's time."""
        return self.app.now()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what would keep the program waiting in a thread: read the database, check a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def in_store(self, work: Callable[[], T]) -> T:
        """Write what only signing in writes, in the thread of the one writer."""
        done: T = await self.app.in_store(work)
        return done

    @property
    def keeps_accounts(self) -> bool:
        """Whether accounts are attended to in this process; else workers do that, somewhere."""
        return bool(self.app.accounts)

    @property
    def outage(self) -> str:
        """Why nothing can be kept at this moment, so that a page that is open is not true any longer; else empty."""
        kind = self.app.outage or (AlertKind.DATABASE if self._is_away else None)
        return TEXTS[kind] if kind else ""

    async def follow(self) -> None:
        """Look every second whether others wrote: on PostgreSQL there are workers and command lines beside us."""

        def look() -> object:
            with self.store.reading() as connection:
                return mark_of_now(connection)

        seen: object = None
        has_changed = False
        while True:
            await asyncio.sleep(_FOLLOW_SECONDS)
            try:
                before, seen = seen, await self.in_thread(look)
            except DBAPIError:
                self._is_away = True
                continue
            self._is_away = False
            if has_changed or seen != before:
                self.version += 1
            has_changed = seen != before

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(cancel_futures=True)

    def _committed(self, _writing: Writing) -> None:
        self.version += 1
