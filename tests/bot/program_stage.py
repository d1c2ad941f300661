"""Intake, dispatcher and links on a real store and the simulator, under virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.links import Links
from bot.store.journal import Outcome
from bot.story_lines import AccountSpec, Answer, ContactSpec, Platform, WorldSpec
from bot.transports import Transport
from bot.transports.simulator import Delivered, SimulatorTransport, World
from bot.virtual_time import VirtualClock, run_virtually
from models.context import MerchantView
from models.events import Event
from tests.store.stage import START, Shop, merchant, shop


async def here_and_now(work: Callable[[], Any]) -> Any:
    return work()


@dataclass
class Program:
    """The running program, its world, and what the world saw of it."""

    stage: Shop
    world: World
    clock: VirtualClock
    dispatcher: Dispatcher
    intake: Intake
    links: Links
    transports: dict[str, Transport]
    delivered: list[Delivered] = field(default_factory=list)

    def arrived(self) -> list[str]:
        return [one.text for one in self.delivered if one.kind == "text"]

    def platform(self, answer: Answer, on: str = "*", times: int = 1, account: str = "main") -> None:
        self.world.apply(
            Platform(at=self.clock.true_now(), account=account, answer=answer, on=on, times=times)  # type: ignore[arg-type]
        )

    async def sleep(self, **by: float) -> None:
        await asyncio.sleep(timedelta(**by).total_seconds())

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Attach and send, until the end of the block."""
        await self.dispatcher.recover()
        intake = asyncio.create_task(self.intake.run())
        outer = [asyncio.create_task(self.dispatcher.run())]
        for transport in self.transports.values():
            outer.append(asyncio.create_task(self.links.keep(transport)))
            outer.append(asyncio.create_task(self.links.watch_lists(transport, timedelta(hours=1))))
        try:
            await asyncio.sleep(0.001)
            yield
        finally:
            for task in outer:
                task.cancel()
            await asyncio.wait(outer)
            await self.intake.finish()
            await intake
        for task in outer:
            if not task.cancelled() and task.exception() is not None:
                raise task.exception() or AssertionError

    def wake(self) -> None:
        self.dispatcher.alarm.wake()


def play(
    url: str, scene: Callable[[Program], Coroutine[Any, Any, None]], *accounts: str, view: MerchantView | None = None
) -> None:
    """Play a scene with these accounts (default: `main`), each with two old friends, wx1 and wx2."""
    names = accounts or ("main",)

    async def main() -> None:
        clock = VirtualClock.running()
        spec = WorldSpec(
            accounts=tuple(AccountSpec(name) for name in names),
            contacts=(ContactSpec("wx1", "天天妈", names), ContactSpec("wx2", "林间", names)),
        )
        world = World(spec, clock.true_now)
        with shop(url, view or merchant(accounts=names)) as stage:
            stage.store.now = clock.now
            transports: dict[str, Transport] = {name: SimulatorTransport(world, name) for name in names}
            refreshed: list[str] = []

            async def apply(events: Sequence[Event]) -> list[Outcome]:
                outcomes = stage.apply(*events)
                program.wake()
                for account in refreshed:
                    program.links.refresh(account)
                refreshed.clear()
                return outcomes

            stage.store.listeners.append(lambda writing: refreshed.extend(sorted(writing.refresh)))
            dispatcher = Dispatcher(
                stage.store,
                stage.merchants,
                transports,
                in_store=here_and_now,
                apply=apply,
                settle=apply,
                now=clock.now,
            )
            intake = Intake(apply, stage.merchants, clock.now)
            links = Links(intake, dispatcher, clock.now)
            program = Program(stage, world, clock, dispatcher, intake, links, transports)
            world.on_delivered(program.delivered.append)
            await scene(program)

    run_virtually(main(), START)
