"""Each file of this folder has its gateway; each test its own bot, with a fresh world around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.bot_process import BotProcess
from tests.transports.gateway_process import GatewayProcess

HALL, STRANGERS = "hall@chatroom", "strangers@chatroom"

MakeBot = Callable[..., BotProcess]


@pytest.fixture(scope="module")
def shared_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """One gateway for the tests of a file."""
    process = GatewayProcess(tmp_path_factory.mktemp("gateway"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def gateway(shared_gateway: GatewayProcess) -> GatewayProcess:
    """The gateway with a fresh world: the boss and old Alice are friends; a hall of ours, a strangers' group."""
    if not shared_gateway.runs:
        shared_gateway.start()
    shared_gateway.reset()
    furnish(shared_gateway)
    return shared_gateway


def furnish(gateway: GatewayProcess) -> None:
    """The people and groups of every test."""
    gateway.drive("login")
    gateway.drive("person", id="wx-boss", name="老板", friend=True)
    gateway.drive("person", id="wx-alice", name="Alice", friend=True)
    gateway.drive("room", id=HALL, topic="茶桌一", members=["bot", "wx-boss", "wx-alice"])
    gateway.drive("room", id=STRANGERS, topic="茶桌一", members=["bot", "wx-carol"])


@pytest.fixture
def make_bot(tmp_path: Path, gateway: GatewayProcess) -> Iterator[MakeBot]:
    """Makes bots, and ends them."""
    made: list[BotProcess] = []

    def make(**options: Any) -> BotProcess:
        made.append(BotProcess(tmp_path, gateway, **options))
        return made[-1]

    yield make
    for bot in made:
        bot.end()


@pytest.fixture
def bot(make_bot: MakeBot) -> BotProcess:
    """A bot that is on line."""
    one = make_bot()
    one.start()
    return one
