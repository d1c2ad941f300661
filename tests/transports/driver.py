"""What the conformance suite asks of a platform, whichever transport leads to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from bot.transports import LinkLost, Transport
from models.events import Event

E = TypeVar("E", bound=Event)

Fault = Literal["refused", "too_frequent", "timeout", "accepted_then_error", "accepted_then_lost"]

ACCOUNT = "main"
HALL, BIG_HALL = "hall-1@chatroom", "hall-2@chatroom"
HALL_MEMBERS = ("wx-alice", "wx-bob")
BIG_HALL_MEMBERS = tuple(f"wx-{number}" for number in range(45))
PATIENCE = 20.0
"""Seconds after which what should have happened has not."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something that really arrived at the platform, as it would be seen there."""

    kind: str
    contact: str = ""
    group: str = ""
    text: str = ""


class Driver(Protocol):
    """A platform with our account on it, its friends Alice (remark 老客) and Bob, the stranger Carol, and two groups.

    `HALL` (topic 一堂) is ours and has Alice and Bob; `BIG_HALL` (topic 二堂) has more people than can be added to
    directly. Everything happens at once when it is called.
    """

    self_id: str

    def transport(self, *, media: Path = Path()) -> Transport:
        """A further transport to the same account; `media` is the folder of pictures and files."""
        ...

    def says(
        self, contact: str, text: str, *, group: str = "", mentions: tuple[str, ...] = (), id: str = ""
    ) -> None: ...
    def shows(self, contact: str, kind: str, name: str, *, group: str = "") -> None: ...
    def own_phone_types(self, to: str, text: str) -> None: ...
    def recalls(self, message: str) -> None: ...
    def asks_friendship(self, contact: str, name: str, hello: str) -> None: ...
    def befriends(self, contact: str, name: str) -> None: ...
    def joins(self, group: str, contact: str, by: str) -> None: ...
    def joins_unnamed(self, group: str) -> None: ...
    def leaves(self, group: str, contact: str, by: str) -> None: ...
    def renames(self, group: str, topic: str, by: str) -> None: ...
    def signs_out(self) -> None: ...
    def answer_next(self, kind: str, fault: Fault) -> None: ...
    async def drop_link(self) -> None:
        """Cut the line between transport and platform; the platform goes on."""
        ...

    def arrived(self) -> list[Arrived]: ...


class Listener:
    """Collects the events of a transport while it is attached."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.events: list[Event] = []
        self.lost: LinkLost | None = None
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """Collect until the link is lost."""
        try:
            async for event in self.transport.events():
                self.events.append(event)
                self._news.set()
        except LinkLost as lost:
            self.lost = lost
        self._news.set()

    def of(self, kind: type[E]) -> list[E]:
        """What was heard of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def heard(self, kind: type[E], count: int = 1) -> list[E]:
        """Wait for so many events of a kind, and return all of them."""
        await self._until(lambda: len(self.of(kind)) >= count, f"{count} {kind.__name__}")
        return self.of(kind)

    async def end(self) -> LinkLost:
        """Wait until the link is lost, and return how."""
        await self._until(lambda: self.lost is not None, "the end of the link")
        assert self.lost is not None
        return self.lost

    async def _until(self, reached: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not reached():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"waited for {what}; heard {self.events}, lost {self.lost!r}") from None


@asynccontextmanager
async def listening(transport: Transport) -> AsyncIterator[Listener]:
    """Attach a transport for the length of a block."""
    listener = Listener(transport)
    task = asyncio.create_task(listener.listen())
    try:
        yield listener
    finally:
        await transport.close()
        await asyncio.wait({task}, timeout=PATIENCE)
        task.cancel()
        await asyncio.wait({task})
