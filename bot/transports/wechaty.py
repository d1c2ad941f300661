"""One account behind a Wechaty gateway.

Events are read in three steps that overlap: the stream names what happened, the payloads are asked for, a few at a
time, and the events come out in the order of the stream. What was named but could not be asked for, because the link
broke in between, is asked for again after the next attachment.

A text that mentions people has to contain `@name` itself: on this wire the ids only make it ring.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet

from bot.transports import LinkLost, NotConnected, Outgoing, Receipt
from bot.transports import wechaty_roster as roster
from bot.transports import wechaty_wire as wire
from bot.transports.wechaty_events import Reading
from bot.transports.wechaty_link import Link, WentSilent
from bot.transports.wechaty_names import Names
from bot.transports.wechaty_reading import read_frame
from bot.transports.wechaty_send import deliver
from bot.transports.wechaty_wire import EventFrame, WireError, read_json
from models.capabilities import Capabilities
from models.events import Event, Roster, WentDeaf

log = structlog.get_logger(__name__)

READ_AHEAD = 16
"""Frames whose payloads are asked for at one time. Beyond them the stream waits, and with it the gateway."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A frame and when it came."""

    frame: EventFrame
    at: datetime


@dataclass(frozen=True, slots=True)
class _Reading:
    """A frame and the event that is being made of it."""

    heard: _Heard
    event: asyncio.Task[Event | None]


class WechatyTransport:
    """An account behind the Wechaty gateway at `endpoint` (`host:port`).

    `now` gives aware UTC times. `heartbeat_seconds`: a gateway that is silent for longer, even when asked, is deaf.
    `send_seconds`: how long a send may go unanswered. `media`: the folder of pictures and files.

    The constructor touches nothing; `events()` attaches.
    """

    capabilities = Capabilities(direct_invite_limit=40)  # what WeChat allows; a puppet that can do less says so

    def __init__(
        self,
        account: str,
        endpoint: str,
        token: str,
        *,
        tls: bool = False,
        ca_file: str = "",
        now: Callable[[], datetime],
        heartbeat_seconds: float = 60,
        send_seconds: float = 20,
        media: Path = Path(),
    ) -> None:
        self.account = account
        self.self_id = ""
        self.heard_at: datetime | None = None
        self._endpoint = endpoint
        self._token = token
        self._tls = tls
        self._ca_file = ca_file
        self._now = now
        self._heartbeat_seconds = heartbeat_seconds
        self._send_seconds = send_seconds
        self._media = media
        self._names = Names(now)
        self._link: Link | None = None
        self._reader: asyncio.Task[None] | None = None
        self._unread: deque[_Heard] = deque()

    async def events(self) -> AsyncGenerator[Event, None]:
        """Attach and yield what happens. Raises `LinkLost` (or `AccountTaken`) in the end, also after `close()`.

        What was heard before is yielded first; after a silence, so is `WentDeaf`.
        """
        link = self._open()
        readings: asyncio.Queue[_Reading | None] = asyncio.Queue()
        places = asyncio.Semaphore(READ_AHEAD)
        self._link = link
        self._reader = reader = asyncio.create_task(self._read(link, readings, places))
        reader.add_done_callback(lambda _: readings.put_nowait(None))
        try:
            while (reading := await readings.get()) is not None:
                event = await self._made(reading)
                places.release()
                if event is not None:
                    yield event
            if reader.cancelled():
                raise LinkLost("closed by ourselves")
            error = reader.exception() or LinkLost("the gateway has nothing more to say")
            if isinstance(error, WentSilent):
                now = self._now()
                yield WentDeaf(account=self.account, at=now, received_at=now, silent_seconds=error.seconds)
            raise error
        finally:
            self._link = self._reader = self.heard_at = None
            reader.cancel()
            await asyncio.wait({reader})
            await self._abandon(readings)
            link.close()

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send one thing, once; never asks for what was sent. Raises a `SendError` that says what is known."""
        if self._link is None:
            raise NotConnected(f"not attached to the gateway at {self._endpoint}")
        return await deliver(self._link, outgoing, self._send_seconds, self._media)

    async def roster(self) -> Roster:
        """List friends and groups with their members. Raises `LinkLost`.

        What the gateway does not know is left out: that somebody is not on the list proves nothing.
        """
        link = self._link
        if link is None:
            raise LinkLost(f"not attached to the gateway at {self._endpoint}")
        friends = await roster.friends(link, self._names, self.self_id)
        groups = await roster.groups(link, self._names)
        now = self._now()
        return Roster(account=self.account, at=now, received_at=now, friends=friends, groups=groups)

    async def version(self) -> str:
        """What the gateway and its puppet call themselves, over a line of its own. Raises `LinkLost`.

        Says that endpoint, TLS and token are right, and disturbs nobody who listens.
        """
        link = self._open()
        try:
            await link.connect()
            answer = await link.call("Version", puppet.VersionRequest(), puppet.VersionResponse)
            return str(answer.version)
        except (GRPCError, TimeoutError) as error:
            raise link.lost(error) from error
        finally:
            link.close()

    async def close(self) -> None:
        """Stop listening: `events()` still yields what was heard, then ends. The gateway's session goes on."""
        if self._reader is not None:
            self._reader.cancel()

    def _open(self) -> Link:
        return Link(
            self._endpoint,
            self._token,
            tls=self._tls,
            ca_file=self._ca_file,
            heartbeat_seconds=self._heartbeat_seconds,
        )

    async def _read(self, link: Link, readings: asyncio.Queue[_Reading | None], places: asyncio.Semaphore) -> None:
        async with contextlib.aclosing(link.frames()) as frames:
            await places.acquire()  # before a frame is taken, so that none is in hand when the reading is stopped
            async for frame in frames:
                self._note(frame)
                self.heard_at = now = self._now()
                self._start(_Heard(frame, now), link, readings)
                await places.acquire()
                while self._unread and frame.type == wire.LOGIN:
                    self._start(self._unread.popleft(), link, readings)
                    await places.acquire()

    def _start(self, heard: _Heard, link: Link, readings: asyncio.Queue[_Reading | None]) -> None:
        reading = Reading(self.account, self.self_id, heard.at)
        event = asyncio.create_task(read_frame(heard.frame, link, self._names, reading))
        readings.put_nowait(_Reading(heard, event))

    def _note(self, frame: EventFrame) -> None:
        """Take over at once what later frames are read against."""
        with contextlib.suppress(WireError):
            if frame.type == wire.LOGIN:
                self.self_id = read_json(frame.payload, wire.LoginNote).contact_id
            elif frame.type == wire.DIRTY:
                note = read_json(frame.payload, wire.DirtyNote)
                if note.payload_type == wire.DIRTY_CONTACT:
                    self._names.forget_contact(note.payload_id)
                elif note.payload_type in {wire.DIRTY_ROOM, wire.DIRTY_ROOM_MEMBER}:
                    self._names.forget_group_names()

    async def _made(self, reading: _Reading) -> Event | None:
        try:
            return await reading.event
        except LinkLost:
            self._keep(reading)
            return None
        except asyncio.CancelledError:
            self._keep(reading)
            raise

    async def _abandon(self, readings: asyncio.Queue[_Reading | None]) -> None:
        """Keep for the next attachment what nobody waited for."""
        while not readings.empty():
            if (reading := readings.get_nowait()) is not None:
                reading.event.cancel()
                await asyncio.wait({reading.event})
                self._keep(reading)

    def _keep(self, reading: _Reading) -> None:
        if reading.heard.frame.type in wire.NAMES_SOMETHING:
            self._unread.append(reading.heard)
