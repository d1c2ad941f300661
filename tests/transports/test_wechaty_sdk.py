"""The stock `wechaty` SDK and our transport see the same events of the same happenings."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from models.events import Event, FriendRequested, GroupJoined, GroupLeft, GroupRenamed, LoggedIn, Message, SelfMessage
from tests.transports.driver import HALL, PATIENCE, listening
from tests.transports.gateway_process import GatewayProcess
from tests.transports.wechaty_driver import Relay, WechatyDriver

ROOT = Path(__file__).parents[2]


def happen(driver: WechatyDriver) -> None:
    """An evening in the shop."""
    driver.says("wx-alice", "在吗", id="m-1")
    driver.says("wx-bob", "@掌柜 今晚有酒局吗", group=HALL, mentions=("bot",), id="m-2")
    driver.gateway.drive("say", **{"from": "bot"}, to="wx-alice", text="在的", id="m-3")
    driver.asks_friendship("wx-dora", "Dora", "想买酒")
    driver.joins(HALL, "wx-carol", by="wx-alice")
    driver.renames(HALL, "一堂·夜", by="wx-alice")
    driver.leaves(HALL, "wx-carol", by="bot")
    driver.says("wx-alice", "就到这里", id="m-4")


def as_the_sdk_says(event: Event) -> list[Any] | None:
    """An event of ours in the words of the SDK client."""
    match event:
        case LoggedIn():
            return ["login", event.self_id]
        case Message():
            return ["message", event.wire_id, event.contact.contact, event.group, event.text]
        case SelfMessage():
            return ["message", event.wire_id, "bot", event.to_group, event.text]
        case FriendRequested():
            return ["friendship", event.contact.contact, event.hello]
        case GroupJoined():
            return ["join", event.group, [who.contact for who in event.members], event.by]
        case GroupLeft():
            return ["leave", event.group, [who.contact for who in event.members], event.by]
        case GroupRenamed():
            return ["topic", event.group, event.topic, event.by]
    return None


async def what_we_hear(driver: WechatyDriver) -> list[list[Any]]:
    """Let it happen before our transport."""
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        happen(driver)
        await listener.heard(Message, 3)
        return [told for event in listener.events if (told := as_the_sdk_says(event))]


async def what_the_sdk_hears(driver: WechatyDriver, folder: Path, count: int) -> list[list[Any]]:
    """Let it happen before the SDK, in a process and a folder of its own, for it leaves files behind."""
    environment = os.environ | {
        "WECHATY_PUPPET_SERVICE_ENDPOINT": driver.gateway.endpoint,
        "WECHATY_PUPPET_SERVICE_TOKEN": driver.gateway.token,
        "WECHATY_LOG": "error",
        "CACHE_DIR": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.transports.wechaty_sdk_client",
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told: list[list[Any]] = []
    assert client.stdout is not None
    try:
        async with asyncio.timeout(4 * PATIENCE):
            async for line in client.stdout:
                if not line.startswith(b"["):
                    continue  # the SDK prints, too
                told.append(json.loads(line))
                if told[-1][0] == "login":
                    happen(driver)
                if len(told) == count:
                    break
    except TimeoutError:
        raise AssertionError(f"the SDK heard only {told}") from None
    finally:
        client.kill()
        await client.wait()
    return told


async def test_both_see_the_same(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path)
    gateway.start()
    try:
        async with Relay(gateway.port) as relay:
            ours = await what_we_hear(WechatyDriver(gateway, relay))
            theirs = await what_the_sdk_hears(WechatyDriver(gateway, relay), tmp_path, len(ours))
    finally:
        gateway.stop()
    assert sorted(map(str, ours)) == sorted(map(str, theirs))  # the SDK promises no order
    assert gateway.lifecycle.count("stop") == 1  # and it restarts the gateway's session, which we never do
