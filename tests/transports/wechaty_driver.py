"""The real Wechaty gateway's world, driven."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from bot.transports.wechaty import WechatyTransport
from tests.transports.driver import ACCOUNT, BIG_HALL, BIG_HALL_MEMBERS, HALL, HALL_MEMBERS, Arrived, Fault
from tests.transports.gateway_process import GatewayProcess

TYPES = {"image": 6, "video": 15, "file": 1, "link": 14, "mini_program": 9, "card": 3, "location": 8, "voice": 2}
"""Kinds as the puppet numbers them."""


def _now() -> datetime:
    return datetime.now(UTC)


class WechatyDriver:
    """A `Driver` over a gateway process, whose world starts anew. The line runs through a relay that can be cut."""

    self_id = "bot"

    def __init__(self, gateway: GatewayProcess, relay: Relay, *, logged_in: bool = True) -> None:
        self.gateway = gateway
        self._relay = relay
        gateway.reset()
        if logged_in:
            gateway.drive("login")
        gateway.drive("person", id="wx-alice", name="Alice", friend=True, alias="老客")
        gateway.drive("person", id="wx-bob", name="Bob", friend=True)
        gateway.drive("person", id="wx-carol", name="Carol")
        gateway.drive("room", id=HALL, topic="一堂", members=[self.self_id, *HALL_MEMBERS])
        gateway.drive("room", id=BIG_HALL, topic="二堂", members=[self.self_id, *BIG_HALL_MEMBERS])

    def transport(self, **changes: Any) -> WechatyTransport:
        settings: dict[str, Any] = {"now": _now, "send_seconds": 0.5} | changes
        return WechatyTransport(ACCOUNT, self._relay.endpoint, self.gateway.token, **settings)

    def says(self, contact: str, text: str, *, group: str = "", mentions: tuple[str, ...] = (), id: str = "") -> None:
        given = {"id": id} if id else {}
        self.gateway.drive("say", **{"from": contact}, text=text, room=group, mentions=list(mentions), **given)

    def shows(self, contact: str, kind: str, name: str, *, group: str = "") -> None:
        contents: dict[str, dict[str, Any]] = {
            "link": {"link": {"title": name, "url": "https://example.com/1"}},
            "mini_program": {"miniProgram": {"title": name, "appid": "wxapp", "pagePath": "pages/index"}},
            "card": {"card": "wx-carol"},
            "location": {"location": {"name": name, "address": "", "latitude": 1, "longitude": 2, "accuracy": 3}},
        }
        content = contents.get(kind, {"filename": name})
        self.gateway.drive("say", **{"from": contact}, type=TYPES[kind], room=group, **content)

    def own_phone_types(self, to: str, text: str) -> None:
        place = {"room": to} if to.endswith("@chatroom") else {"to": to}
        self.gateway.drive("say", **{"from": self.self_id}, text=text, **place)

    def recalls(self, message: str) -> None:
        self.gateway.drive("say", **{"from": "wx-alice"}, type=13, text=message)

    def asks_friendship(self, contact: str, name: str, hello: str) -> None:
        self.gateway.drive("friend_request", contact=contact, name=name, hello=hello)

    def befriends(self, contact: str, name: str) -> None:
        self.gateway.drive("confirm", contact=contact, name=name)

    def joins(self, group: str, contact: str, by: str) -> None:
        self.gateway.drive("join", room=group, members=[contact], by=by)

    def joins_unnamed(self, group: str) -> None:
        self.gateway.drive("join", room=group, members=[])

    def leaves(self, group: str, contact: str, by: str) -> None:
        self.gateway.drive("leave", room=group, members=[contact], by=by)

    def renames(self, group: str, topic: str, by: str) -> None:
        self.gateway.drive("rename", room=group, topic=topic, by=by)

    def signs_out(self) -> None:
        self.gateway.drive("logout", reason="kicked")

    def answer_next(self, kind: str, fault: Fault) -> None:
        self.gateway.drive("answer_next", on=kind, answer=fault)

    async def drop_link(self) -> None:
        await self._relay.cut()

    def arrived(self) -> list[Arrived]:
        return [_arrived(sent) for sent in self.gateway.sent]


def _arrived(sent: dict[str, Any]) -> Arrived:
    to = sent.get("to", "")
    group = to if to.endswith("@chatroom") else ""
    return Arrived(sent["kind"], sent.get("contact", "") if group or not to else to, group, sent.get("text", ""))


class Relay:
    """A TCP line to a port of loopback that can be cut while both ends go on. Use it as an async context."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self.endpoint = ""

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.endpoint = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break the line, in the way of a cable."""
        for line in self._lines:
            line.transport.abort()
        self._lines.clear()
        if self._pumps:
            await asyncio.wait(self._pumps)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._lines |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(_pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()
