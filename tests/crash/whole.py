"""The whole program on the simulator under a virtual clock: it can be struck at every step, dies, and starts again.

What a test passes in is what the program takes anyway: how a function is run in the store, and its transports. The
platform says its last 50 events again to whoever attaches.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter, deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select, text
from sqlmodel import col

from bot.app import App
from bot.config import Config, load_config
from bot.database_urls import sqlite_path
from bot.store import Store, Writing
from bot.story_lines import AccountSpec, ContactSpec, GroupSpec, WireFact, WorldSpec
from bot.transports import Outgoing, Receipt
from bot.transports.simulator import Delivered, SimulatorTransport, World
from bot.virtual_time import VirtualClock, run_virtually
from models.events import Event, LoggedIn
from tests.flows.playing import CONFIG, PLAYBOOK
from tests.store.stage import START

T = TypeVar("T")

REPLAYED = 50
HALL = "hall@chatroom"
AN_INSTANT = 1e-5
STARTS_AGAIN_AFTER = 1.0  # seconds, of whoever supervises the process

Strike = Callable[[str], Coroutine[Any, Any, None]]


async def spare(_step: str) -> None:
    """Strike nowhere."""


@dataclass
class Whole:
    """The program, its platform, and what the platform saw of it. Once entered, it lives until the block ends."""

    config: Config
    url: str
    strike: Strike = spare
    before_start: Callable[[], None] = lambda: None
    delivered: list[Delivered] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)  # what the program did, as far as it can be struck
    lives: int = 0
    app: App | None = None
    clock: VirtualClock = field(init=False)
    world: World = field(init=False)
    recent: deque[Event] = field(default_factory=lambda: deque(maxlen=REPLAYED))
    _life: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _died: asyncio.Event = field(default_factory=asyncio.Event)
    _born: asyncio.Event = field(default_factory=asyncio.Event)
    _killer: asyncio.Task[Any] | None = None
    _doing: str = ""

    # --- its lives ---------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def living(self) -> AsyncGenerator[None, None]:
        """Live, and start again after every death, until the end of the block; then stop in good order."""
        self.clock = VirtualClock.running()
        spec = WorldSpec(
            accounts=(AccountSpec("main", "小山"),),
            contacts=(ContactSpec("wx-boss", "老板", ("main",)),),
            groups=(GroupSpec(HALL, "分院一群", "main", ("main", "wx-boss")),),
        )
        self.world = World(spec, self.clock.true_now)
        self.world.on_delivered(self.delivered.append)
        ended = asyncio.Event()
        supervisor = asyncio.create_task(self._supervise(ended))
        await asyncio.sleep(AN_INSTANT)
        try:
            yield
        finally:
            ended.set()
            self._stop.set()
            await supervisor

    def happen(self, fact: WireFact) -> None:
        """Let something happen on the platform."""
        self.world.apply(fact)

    async def restart(self) -> None:
        """An orderly stop and a start."""
        await self._over(self._stop.set)

    async def kill(self) -> None:
        """The process vanishes, and starts again."""
        await self._over(self.die)

    async def _over(self, end: Callable[[], None]) -> None:
        self._killer = asyncio.current_task()
        self._born.clear()
        end()
        await self._born.wait()
        await asyncio.sleep(AN_INSTANT)

    def die(self) -> None:
        """kill -9: nothing runs on, no transaction goes on; only what is committed is left."""
        assert self.app is not None
        self._died.set()
        self.app.store.close()
        self.world.cut_link("main")

    async def dies(self) -> None:
        """What a step does at which the process dies: it never ends."""
        self.die()
        await asyncio.Event().wait()

    async def _supervise(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            self._died, self._stop = asyncio.Event(), asyncio.Event()
            self.before_start()
            store = Store(self.url, self.clock.now)
            store.listeners.append(self._committed)
            wire = _Wire(self, SimulatorTransport(self.world, "main"))
            self.app = App(self.config, store, {"main": wire}, now=self.clock.now, in_store=self._in_store)
            self.lives += 1
            self._born.set()
            died = asyncio.create_task(self._died.wait())
            others = asyncio.all_tasks()
            self._life = asyncio.create_task(self.app.run(self._stop))
            await asyncio.wait([self._life, died], return_when=asyncio.FIRST_COMPLETED)
            while not self._life.done():  # what is cancelled may try to put things in order; a dead process does not
                for task in asyncio.all_tasks() - others - {self._killer}:
                    task.cancel()
                await asyncio.wait([self._life], timeout=AN_INSTANT)
            died.cancel()
            error = None if self._life.cancelled() else self._life.exception()
            store.close()
            self.world.cut_link("main")
            if error is not None and not _foreseen(error):
                raise error
            if not ended.is_set():
                await asyncio.sleep(STARTS_AGAIN_AFTER)

    # --- where it can be struck --------------------------------------------------------------------------------------

    async def _in_store(self, work: Callable[[], T]) -> T:
        if self._died.is_set():
            raise asyncio.CancelledError
        self._doing = "read"
        step = len(self.steps)
        self.steps.append("read")
        await self.strike(f"before {step}")
        result = work()
        self.steps[step] = self._doing
        await self.strike(f"after {step}")
        return result

    def _committed(self, writing: Writing) -> None:
        states = {change.state for change in writing.changes}
        settled = {"sent", "unknown"}
        self._doing = "claim" if "claimed" in states else "settle" if states & settled else "commit"

    async def around_send(self, send: Coroutine[Any, Any, Receipt]) -> Receipt:
        step = len(self.steps)
        self.steps.append("send")
        try:
            await self.strike(f"before {step}")
        except BaseException:
            send.close()
            raise
        receipt = await send
        await self.strike(f"after {step}")
        return receipt

    # --- what is known of it -----------------------------------------------------------------------------------------

    @property
    def store(self) -> Store:
        assert self.app is not None
        return self.app.store

    def rows(self, *columns: Any, where: Any = None) -> list[Any]:
        """Columns of a table, of the database as it is."""
        statement = select(*(col(column) for column in columns))
        with self.store.reading() as connection:
            return list(connection.execute(statement if where is None else statement.where(where)))

    def sound(self) -> bool:
        """Whether the file is what SQLite calls whole."""
        with self.store.reading() as connection:
            whole = connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            return whole and not connection.execute(text("PRAGMA foreign_key_check")).all()

    def arrived(self) -> Counter[tuple[str, int]]:
        """How often each delivery arrived, by key and part."""
        return Counter((one.key, one.part) for one in self.delivered)

    @property
    def log_of_the_database(self) -> int:
        """The bytes of the write-ahead log."""
        path = sqlite_path(self.url)
        assert path is not None
        return os.stat(f"{path}-wal").st_size


class NoSuchLuck(Exception):
    """A bug of ours, wherever it is."""


def _foreseen(error: BaseException) -> bool:
    """Whether a life was to end so: by the exception that a test had raised."""
    if isinstance(error, BaseExceptionGroup):
        return all(_foreseen(one) for one in error.exceptions)
    return isinstance(error, NoSuchLuck)


class _Wire:
    """The account's transport; it says again what it said last, as some gateways do."""

    def __init__(self, whole: Whole, inner: SimulatorTransport) -> None:
        self._whole = whole
        self._inner = inner
        self.account = inner.account
        self.capabilities = inner.capabilities
        self.roster = inner.roster
        self.close = inner.close

    async def events(self) -> AsyncGenerator[Event, None]:
        recent = self._whole.recent
        async with contextlib.aclosing(self._inner.events()) as events:
            async for event in events:
                if not isinstance(event, LoggedIn):
                    recent.append(event)
                    yield event
                    continue
                yield event
                for earlier in list(recent):
                    yield earlier

    async def send(self, outgoing: Outgoing) -> Receipt:
        return await self._whole.around_send(self._inner.send(outgoing))


def configured(folder: Path, playbook: str = PLAYBOOK, zone: str = "Asia/Shanghai") -> Config:
    """The configuration of a small shop."""
    (folder / "config.toml").write_text(CONFIG.replace("Asia/Shanghai", zone), encoding="utf-8")
    (folder / "playbook.toml").write_text(playbook, encoding="utf-8")
    return load_config(folder / "config.toml", {})


def play(whole: Whole, scene: Callable[[Whole], Coroutine[Any, Any, None]]) -> None:
    """Play a scene with it, from Monday morning on."""

    async def main() -> None:
        async with whole.living():
            await scene(whole)

    run_virtually(main(), START)
