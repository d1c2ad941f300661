"""Shops on a real gateway: one that the tests of a file share, or one of a test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.bot_process import BotProcess, Shop
from tests.transports.gateway_process import GatewayProcess

OpenShop = Callable[..., Shop]


def open_shop(folder: Path, closing: ExitStack, *, start: bool = True, **options: Any) -> Shop:
    """A gateway with its people, and a bot on it."""
    folder.mkdir(exist_ok=True)
    gateway = GatewayProcess(folder)
    gateway.start()
    closing.callback(gateway.stop)
    bot = BotProcess(folder, gateway, **options)
    closing.callback(bot.end)
    shop = Shop(gateway, bot)
    shop.furnish()
    if start:
        bot.start()
    return shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop of a file: every test has people of its own in it, and leaves the gateway as it was."""
    with ExitStack() as closing:
        yield open_shop(tmp_path_factory.mktemp("shop"), closing)


@pytest.fixture
def own_shop(tmp_path: Path) -> Iterator[OpenShop]:
    """Opens shops of the test's own: `own_shop(start=False, send_timeout=1)`."""
    with ExitStack() as closing:
        count = 0

        def make(**options: Any) -> Shop:
            nonlocal count
            count += 1
            return open_shop(tmp_path / str(count), closing, **options)

        yield make
