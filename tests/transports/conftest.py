"""One gateway process serves all tests of this folder; its world starts anew for each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.transports.driver import Driver
from tests.transports.gateway_process import GatewayProcess
from tests.transports.simulator_driver import SimulatorDriver
from tests.transports.wechaty_driver import Relay, WechatyDriver


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """The shared gateway. Tests that kill or pause one start their own."""
    process = GatewayProcess(tmp_path_factory.mktemp("gateway"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
async def wechaty(gateway: GatewayProcess) -> AsyncIterator[WechatyDriver]:
    """The shared gateway with a fresh world."""
    async with Relay(gateway.port) as relay:
        yield WechatyDriver(gateway, relay)


@pytest.fixture(params=["simulator", "wechaty"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each platform in turn."""
    if request.param == "simulator":
        return SimulatorDriver()
    found: WechatyDriver = request.getfixturevalue("wechaty")
    return found
