"""Rehearsal: a story played through the whole program under a virtual clock, on the simulator, without a network.

The program is the same one that `run` starts; only the clock, the platform and the store's thread are other ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from bot.app import App
from bot.config import Account, Config
from bot.continued import last_moment, world_of
from bot.desk import Desk
from bot.merchants import open_merchants
from bot.rehearsal_output import Line, Printer, summary
from bot.store import Store, Writing
from bot.store.batch import apply
from bot.store.journal import Outcome
from bot.store.migrating import upgrade
from bot.store.resting import collector_seldom
from bot.story import Story
from bot.story_faults import StoryFault
from bot.story_lines import (
    AccountSpec,
    AnyLine,
    ClockShift,
    Kill,
    Operator,
    Platform,
    Restart,
    WireFact,
    WorldSpec,
)
from bot.transports import Outgoing, Receipt, SendError
from bot.transports.simulator import Delivered, SimulatorTransport, World
from bot.virtual_time import VirtualClock, run_virtually
from handlers import decide
from models.deliveries import DeliveryState
from models.events import Event
from models.playbook_faults import one_of

T = TypeVar("T")

DEFAULT_RUN_ON = timedelta(hours=24)
# The loop jumps only when nothing is ready, so sleeping this little lets everything due at an instant be done.
_AN_INSTANT = 1e-5
# What the platform tells at an instant is told so little earlier, which the clock reads as that instant: it comes
# before what the program does by itself then. Else the last digit of a sum of floats would decide.
_JUST_BEFORE = timedelta(microseconds=100)

RunOperator = Callable[[list[str], Desk], Awaitable[tuple[int, str]]]


class Killed(BaseException):
    """The process is gone. Not an Exception, so that nobody survives it."""


@dataclass(slots=True)
class Plan:
    """What to play, and how. `until` defaults to 24 hours after the last line; `since` mutes what comes before."""

    story: Story
    config: Config
    database: str
    durable: bool
    seed: int
    run_operator: RunOperator
    emit: Callable[[Line], None]
    advanced: Callable[[datetime], None] = lambda _moment: None
    since: datetime | None = None
    until: datetime | None = None


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def rehearse(plan: Plan) -> None:
    """Play the whole story. Raises `UnknownAccount` and `StoryFault` for what only playing shows."""
    upgrade(plan.database, durable=plan.durable)
    begin = plan.story.first or plan.until
    if begin is None:  # no line and no end: nothing happens, at no time
        with contextlib.closing(Store(plan.database, lambda: _NEVER, durable=plan.durable)) as store:
            plan.emit(summary(store, (), _NEVER, _NEVER))
        return
    began = last_moment(plan.database)
    with collector_seldom():
        run_virtually(_Stage(plan).play(), max(begin, began) if began else begin)


@dataclass(slots=True)
class _Stage:
    """The world, the program on it (or none, while it is down), and what is armed."""

    plan: Plan
    clock: VirtualClock = field(init=False)
    world: World = field(init=False)
    config: Config = field(init=False)
    printer: Printer = field(init=False)
    app: App | None = None
    life: asyncio.Task[None] | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    armed: Kill | None = None
    starting: asyncio.Task[None] | None = None
    driver: asyncio.Task[object] | None = None

    async def play(self) -> None:
        plan = self.plan
        self.driver = asyncio.current_task()
        self.clock = VirtualClock.running()
        spec = plan.story.world or WorldSpec()
        if not spec.accounts:
            spec = WorldSpec(
                accounts=tuple(
                    AccountSpec(id=one.id, name=one.name, merchant=one.merchant) for one in plan.config.accounts
                ),
                contacts=spec.contacts,
                groups=spec.groups,
                auto=spec.auto,
            )
        self.config = with_accounts(plan.config, spec, str(plan.story.path))
        channels = [channel.id for channel in self.config.alerts]
        plan.story.check_accounts((*(account.id for account in self.config.accounts), *channels))
        self.world = World(world_of(plan.database, spec), self.clock.true_now)
        for channel in channels:
            self.world.add_channel(channel)
        zone = ZoneInfo(self.config.merchants[0].timezone)
        self.printer = Printer(self._emit, self.clock.true_now, zone, lambda: self.clock.shift)
        self.world.on_delivered(self._delivered)
        self._start()
        for line in plan.story.lines():
            is_told = isinstance(line, WireFact | Platform)
            await self.clock.sleep_until(line.at - _JUST_BEFORE if is_told else line.at)
            plan.advanced(line.at)
            await self._happen(line)
        last = plan.story.last or self.clock.true_now()
        await self.clock.sleep_until(plan.until or last + DEFAULT_RUN_ON)
        await self._drain()
        if self.starting is not None:
            await self.starting
        merchants = self.app.merchants.values() if self.app else ()
        await self._stop()
        with contextlib.closing(Store(plan.database, self.clock.now, durable=plan.durable)) as store:
            began = plan.since or plan.story.first or self.clock.true_now()
            plan.emit(summary(store, merchants, began, self.clock.true_now()))

    def _emit(self, line: Line) -> None:
        if self.plan.since is None or self.clock.true_now() >= self.plan.since:
            self.plan.emit(line)

    def _delivered(self, delivered: Delivered) -> None:
        self.printer.delivered(delivered)

    async def _happen(self, line: AnyLine) -> None:
        match line:
            case WireFact() | Platform():
                self.world.apply(line)
            case Operator():
                await self._drain()
                await self._operate(line)
            case Restart():
                await self._drain()
                if self.app is not None:  # what is down already is on its way to its start
                    await self._stop()
                    self._start_after(line.down)
            case Kill(after=""):
                await self._drain()
                self._vanish(line.down)
            case Kill():
                self.armed = line
            case ClockShift():
                if self.app is not None:  # which looks at its clock every second, and so had just done
                    self.app.wake()
                    await self._drain()
                self.clock.shift = line.shift
                if self.app is not None:
                    self.app.wake()

    async def _drain(self) -> None:
        await asyncio.sleep(_AN_INSTANT)

    # the program's life

    def _start(self) -> None:
        store = Store(self.plan.database, self.clock.now, durable=self.plan.durable)
        names = [*(account.id for account in self.config.accounts), *(channel.id for channel in self.config.alerts)]
        transports = {name: _Wire(self, SimulatorTransport(self.world, name)) for name in names}
        self.app = App(self.config, store, transports, now=self.clock.now, in_store=_here_and_now, seed=self.plan.seed)
        store.listeners.append(self._committed)
        self.stop = asyncio.Event()
        self.life = asyncio.create_task(self.app.run(self.stop), name="program")

    def _start_after(self, down: timedelta | None) -> None:
        if not down:
            self._start()
            return

        async def later() -> None:
            await asyncio.sleep(down.total_seconds())
            self._start()

        self.starting = asyncio.create_task(later(), name="start again")

    async def _stop(self) -> None:
        if self.life is None or self.app is None:
            return
        self.stop.set()
        await self.life
        self.app.store.close()
        self.app = self.life = None

    def _committed(self, writing: Writing) -> None:
        app = self.app
        if app is None:
            return
        self.printer.changes(app.store, writing)
        if not writing.noted:
            return
        armed = self.armed
        if armed is None or armed.after == DeliveryState.CLAIMED:  # that one strikes when the platform has the message
            return
        if armed.after in {change.state for change in writing.changes}:
            self._vanish(armed.down)
            raise Killed

    def struck(self, key: str) -> bool:
        """Whether the process dies now, with this delivery in the platform's hands."""
        if self.armed is None or self.armed.after not in (DeliveryState.CLAIMED, key):
            return False
        self._vanish(self.armed.down)
        return True

    def _vanish(self, down: timedelta | None) -> None:
        """kill -9: no task runs on, no transaction goes on; only what is committed is left."""
        self.armed = None
        app, life = self.app, self.life
        if app is None or life is None:
            return
        self.app = self.life = None
        doomed = [task for task in asyncio.all_tasks() if task not in (self.driver, self.starting)]
        # At once: what is ready to run must neither commit anything nor take what the next start is to hear.
        app.store.close()
        for account in self.config.accounts:
            self.world.cut_link(account.id)
        for task in doomed:
            task.cancel()
        self.starting = asyncio.create_task(self._bury(life, doomed, down), name="start again")

    async def _bury(self, life: asyncio.Task[None], doomed: list[asyncio.Task[object]], down: timedelta | None) -> None:
        while left := [task for task in doomed if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=_AN_INSTANT)
        with contextlib.suppress(BaseException):
            await life
        if down:
            await asyncio.sleep(down.total_seconds())
        self._start()

    # operators

    async def _operate(self, line: Operator) -> None:
        folder = self.plan.story.path.parent
        app = self.app
        try:
            argv = shlex.split(line.run)
        except ValueError:  # the two things that a shell cannot split
            self.printer.operator(line.run, 2, "看不懂这行命令：引号没有成对，或者末尾多了反斜杠\n")
            return
        if app is not None:
            desk = Desk(self.config, app.store, app.merchants, app.ask, self.clock.now, folder)
            exit, out = await self.plan.run_operator(argv, desk)
            self.printer.operator(line.run, exit, out)
            return
        with contextlib.closing(Store(self.plan.database, self.clock.now, durable=self.plan.durable)) as store:
            exit, out = await self.plan.run_operator(argv, closed_desk(self.config, store, self.clock.now, folder))
        self.printer.operator(line.run, exit, out)


class _Wire:
    """A transport that a kill can strike right after the platform took a message."""

    def __init__(self, stage: _Stage, inner: SimulatorTransport) -> None:
        self._stage = stage
        self._inner = inner
        self.account = inner.account
        self.capabilities = inner.capabilities
        self.roster = inner.roster
        self.close = inner.close

    async def events(self) -> AsyncIterator[Event]:
        """What happens, received at the time that the program's clock shows, which may be another than the world's."""
        async with contextlib.aclosing(self._inner.events()) as happens:
            async for event in happens:
                yield msgspec.structs.replace(event, received_at=self._stage.clock.now())

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send; if the process is to die now, the outcome is never heard of."""
        if self._stage.struck(outgoing.key):
            with contextlib.suppress(SendError):
                self._stage.world.send(self.account, outgoing)  # the platform has it; nobody is left to hear the answer
            await asyncio.Event().wait()
        return await self._inner.send(outgoing)


def with_accounts(config: Config, spec: WorldSpec, story: str) -> Config:
    """The configuration with the story's accounts, all on the simulator, in place of its own. Raises `StoryFault`."""
    first = config.merchants[0].id
    known = [merchant.id for merchant in config.merchants]
    for n, one in enumerate(spec.accounts):
        if one.merchant and one.merchant not in known:
            wish = one_of("商家 id", one.merchant, known)
            raise StoryFault(story, 1, repr(one.merchant), wish, f"world.accounts[{n}].merchant")
        if one.id in {channel.id for channel in config.alerts}:
            found = f"{one.id!r}，有一个报警渠道用了"
            raise StoryFault(story, 1, found, "换一个 id", f"world.accounts[{n}].id")
    ours = [one.id for one in spec.accounts]
    for n, contact in enumerate(spec.contacts):
        if strange := [account for account in contact.friend_of if account not in ours]:
            wish = one_of("账号", strange[0], ours)
            raise StoryFault(story, 1, repr(strange[0]), wish, f"world.contacts[{n}].friend_of")
    accounts = tuple(
        Account(id=one.id, name=one.name, merchant=one.merchant or first, transport="simulator")
        for one in spec.accounts
    )
    return replace(config, accounts=accounts)


def closed_desk(config: Config, store: Store, now: Callable[[], datetime], folder: Path, seed: int = 0) -> Desk:
    """A desk for when no bot runs: orders are decided here and now."""
    merchants = open_merchants(store, config, {}, seed=seed, started_at=now())
    first_accounts = {account: merchant.id for merchant in merchants.values() for account in merchant.accounts}

    async def ask(event: Event) -> Outcome:
        stamped = msgspec.structs.replace(
            event, merchant=event.merchant or first_accounts.get(event.account, ""), received_at=now()
        )
        return apply(store, merchants, [stamped], decide)[0]

    return Desk(config, store, merchants, ask, now, folder)


async def _here_and_now(work: Callable[[], T]) -> T:
    return work()
