"""A small simulated WeChat for tests: one account, two friends, a group of ours and one of strangers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.story_lines import (
    AccountSpec,
    Channel,
    ContactSpec,
    GroupSpec,
    WorldSpec,
)
from bot.transports import (
    Outgoing,
    Receipt,
    SendError,
    Transport,
)
from bot.transports.simulator import Delivered, SimulatorTransport, World
from bot.virtual_time import VirtualClock, run_virtually
from models.events import Event

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = START + timedelta(minutes=5)
GROUP = "room-1@chatroom"


def spec(channel: Channel = "personal", *, auto: bool = True, members: Sequence[str] = ("main", "wx1")) -> WorldSpec:
    return WorldSpec(
        accounts=(AccountSpec("main", "掌柜", channel=channel),),
        contacts=(
            ContactSpec("wx1", "天天妈", ("main",), ("老客",), "妈妈-天天"),
            ContactSpec("wx2", "林间", ("main",)),
        ),
        groups=(GroupSpec(GROUP, "酱酒一堂", "main", tuple(members)), GroupSpec("other@chatroom", "别人的群", "wx9")),
        auto=auto,
    )


class Stage:
    """A world under virtual time with everything that arrives in it."""

    def __init__(self, world_spec: WorldSpec) -> None:
        self.clock = VirtualClock.running()
        self.world = World(world_spec, self.clock.true_now)
        self.transport: Transport = SimulatorTransport(self.world, "main")
        self.delivered: list[Delivered] = []
        self.world.on_delivered(self.delivered.append)

    def waiting(self) -> list[Event]:
        """What an attached program would hear now, after its `LoggedIn`."""
        return list(self.world.accounts["main"].outbox)

    async def hear(self, count: int) -> list[Event]:
        """Attach, take so many events, and let go."""
        heard: list[Event] = []
        listening = self.transport.events()
        async for event in listening:
            heard.append(event)
            if len(heard) == count:
                break
        await self.transport.close()
        await let_go(listening)
        return heard

    async def try_send(self, outgoing: Outgoing) -> Receipt | type[SendError]:
        try:
            return await self.transport.send(outgoing)
        except SendError as error:
            return type(error)

    def arrived(self) -> list[tuple[str, str, str, str]]:
        return [(one.contact, one.group, one.kind, one.text) for one in self.delivered]


async def let_go(listening: AsyncIterator[Event]) -> None:
    await getattr(listening, "aclose")()  # noqa: B009 - the protocol promises an iterator only


def play(scene: Callable[[Stage], Coroutine[Any, Any, None]], world_spec: WorldSpec | None = None) -> None:
    async def main() -> None:
        await scene(Stage(world_spec or spec()))

    run_virtually(main(), START)


def text_to(contact: str, text: str = "你好", key: str = "k", part: int = 1) -> Outgoing:
    return Outgoing(key, part, "text", contact=contact, text=text)


def post(text: str = "早", key: str = "p", kind: str = "text") -> Outgoing:
    return Outgoing(key, 1, kind, group=GROUP, text=text)
