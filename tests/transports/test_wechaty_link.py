"""Attaching, losing and finding again: the transport and a real gateway that is killed, paused or somebody else's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.transports import AccountTaken, LinkLost, NotConnected, Outgoing, Uncertain
from bot.transports.wechaty import READ_AHEAD, WechatyTransport
from models.events import LoggedIn, Message, SelfMessage, Unreadable, WentDeaf
from tests.transports.driver import ACCOUNT, Listener, listening
from tests.transports.gateway_process import GatewayProcess, free_port, install
from tests.transports.wechaty_driver import Relay, WechatyDriver

HELLO = Outgoing("chat:1", 1, "text", contact="wx-alice", text="你好")


def transport_to(endpoint: str, token: str = "a-token", *, tls: bool = False, ca_file: str = "") -> WechatyTransport:
    """A transport straight to an endpoint."""
    return WechatyTransport(ACCOUNT, endpoint, token, tls=tls, ca_file=ca_file, now=lambda: datetime.now(UTC))


async def refusal(transport: WechatyTransport) -> LinkLost:
    """How attaching fails."""
    async with listening(transport) as listener:
        return await listener.end()


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[WechatyDriver]:
    """A gateway of the test's own, to be maltreated."""
    gateway = GatewayProcess(tmp_path)
    gateway.start()
    async with Relay(gateway.port) as relay:
        yield WechatyDriver(gateway, relay)
    gateway.kill()


async def test_a_killed_gateway_is_found_again(own: WechatyDriver) -> None:
    transport = own.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        own.gateway.kill()
        await listener.end()
    assert "nobody listens" in str(await refusal(transport_to(own.gateway.endpoint)))
    own.gateway.start()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        own.says("wx-alice", "还在吗")
        [message] = await listener.heard(Message)
        assert (message.text, message.contact.name) == ("还在吗", "Alice")
        assert (await transport.send(HELLO)).message
    assert own.gateway.lifecycle == ["start", "start"]  # each by the gateway itself; we never restart its session


async def test_messages_under_way_when_the_line_is_cut_are_read_after_it(own: WechatyDriver) -> None:
    transport = own.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        own.gateway.drive("settings", latency=300)
        for number in range(3):
            own.says("wx-alice", str(number))
        await asyncio.sleep(0.1)
        await own.drop_link()
        await listener.end()
        assert not listener.of(Message)
    await asyncio.sleep(0.2)
    async with listening(transport) as listener:
        messages = await listener.heard(Message, 3)
        assert isinstance(listener.events[0], LoggedIn)
        assert [message.text for message in messages] == ["0", "1", "2"]


async def test_a_listener_that_is_cancelled_loses_nothing(wechaty: WechatyDriver) -> None:
    transport = wechaty.transport()
    first = Listener(transport)
    task = asyncio.create_task(first.listen())
    await first.heard(LoggedIn)
    # Once it was ready in another test, the gateway says so 100 ms after each attachment, which is read ahead too.
    await asyncio.sleep(0.3)
    wechaty.gateway.drive("settings", latency=1_500)
    for number in range(READ_AHEAD + 4):
        wechaty.says("wx-alice", str(number))
    await asyncio.sleep(1)  # all of them have come, and none is read
    task.cancel()
    await asyncio.wait({task})
    async with listening(transport) as second:
        messages = await second.heard(Message, READ_AHEAD)
        assert [message.text for message in messages][:READ_AHEAD] == [str(number) for number in range(READ_AHEAD)]


async def test_messages_that_die_with_the_gateway_are_on_record(own: WechatyDriver) -> None:
    transport = own.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        own.gateway.drive("settings", latency=500)
        own.says("wx-alice", "听得见吗", id="m-1")
        await asyncio.sleep(0.1)
        own.gateway.kill()
        await listener.end()
    own.gateway.start()
    async with listening(transport) as listener:
        [lost] = await listener.heard(Unreadable)
        assert lost.wire_id == "unreadable:m-1"


async def test_a_send_under_way_when_the_gateway_dies_is_uncertain(own: WechatyDriver) -> None:
    transport = own.transport(send_seconds=5)
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        own.gateway.drive("answer_next", on="text", answer="timeout")
        sending = asyncio.create_task(transport.send(HELLO))
        await listener.heard(SelfMessage)
        own.gateway.kill()
        with pytest.raises(Uncertain):
            await sending
        await listener.end()
    with pytest.raises(NotConnected):
        await transport.send(HELLO)
    with pytest.raises(LinkLost):
        await transport.roster()


async def test_a_gateway_that_hangs_is_deaf(own: WechatyDriver) -> None:
    async with listening(own.transport(heartbeat_seconds=0.6)) as listener:
        await listener.heard(LoggedIn)
        own.gateway.pause()
        lost = await listener.end()
        assert "nothing heard" in str(lost)
        assert [deaf.silent_seconds for deaf in listener.of(WentDeaf)] == [0.6]
        assert isinstance(listener.events[-1], WentDeaf)


async def test_a_quiet_gateway_is_asked_for_a_sign_of_life(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport(heartbeat_seconds=0.4)) as listener:
        await listener.heard(LoggedIn)
        await asyncio.sleep(1.2)
        assert listener.lost is None
        wechaty.gateway.drive("settings", dong=False)
        await listener.heard(WentDeaf)
        await listener.end()


async def test_a_wrong_token_says_what_to_do(wechaty: WechatyDriver) -> None:
    lost = await refusal(transport_to(wechaty.gateway.endpoint, "wrong"))
    assert "token_env" in str(lost)
    assert not isinstance(lost, AccountTaken)


async def test_the_version_is_asked_beside_a_listener(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        assert "1.19.4" in await transport_to(wechaty.gateway.endpoint).version()
        assert listener.lost is None
    with pytest.raises(LinkLost, match="token_env"):
        await transport_to(wechaty.gateway.endpoint, "wrong").version()
    with pytest.raises(LinkLost, match="nobody listens"):
        await transport_to(f"127.0.0.1:{free_port()}").version()


async def test_tls(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    source = install() / "node_modules/wechaty-puppet-service/dist/esm/src/auth/ca.js"
    found = re.search(r"TLS_CA_CERT = `(.+?)`", source.read_text(), re.DOTALL)
    assert found
    authority.write_text(found[1])
    gateway = GatewayProcess(tmp_path, tls=True)
    gateway.start()
    try:
        gateway.drive("person", id="wx-alice", name="Alice", friend=True)
        transport = transport_to(gateway.endpoint, tls=True, ca_file=str(authority))
        async with listening(transport) as listener:
            await listener.heard(LoggedIn)
            gateway.drive("say", **{"from": "wx-alice"}, text="在")
            await listener.heard(Message)
            await transport.send(HELLO)
            await transport.send(Outgoing("remark:1", 1, "remark", contact="wx-alice", text="老客"))
        assert [sent["kind"] for sent in gateway.sent] == ["text", "remark"]
        assert "ca_file" in str(await refusal(transport_to(gateway.endpoint, tls=True)))
        assert "tls = true" in str(await refusal(transport_to(gateway.endpoint)))
        missing = transport_to(gateway.endpoint, tls=True, ca_file=str(tmp_path / "none.pem"))
        assert "none.pem" in str(await refusal(missing))
    finally:
        gateway.stop()


async def test_a_gateway_without_tls_says_so(wechaty: WechatyDriver) -> None:
    assert "tls = false" in str(await refusal(transport_to(wechaty.gateway.endpoint, tls=True)))


async def test_an_endpoint_where_nobody_is() -> None:
    assert "nobody listens" in str(await refusal(transport_to(f"127.0.0.1:{free_port()}")))
    assert "endpoint" in str(await refusal(transport_to("no-such-machine.invalid:1")))
    assert "like 127.0.0.1:8788" in str(await refusal(transport_to("gateway")))
