"""The keeper renews the leases of its program, whatever the program waits for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from bot.attendance import Attendance
from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.keeper import Keeper
from bot.links import Links
from bot.store import Store
from bot.store.engine import lease_engine
from bot.store.leases import Leases
from bot.store.locks import LEASES, lock_number
from models.capabilities import Capabilities
from tests.bot.test_dispatch import Scripted, dispatcher_of
from tests.store.stage import START, Shop, shop

HEARTBEAT, LEASE = timedelta(seconds=0.2), timedelta(seconds=0.8)


def attended(stage: Shop) -> tuple[Dispatcher, Attendance]:
    """What a keeper has its one account attended to by."""
    channel = Scripted(capabilities=Capabilities(people=False))
    dispatcher = dispatcher_of(stage, channel)
    intake = Intake(dispatcher._apply, stage.merchants, lambda: START)
    links = Links(intake, dispatcher, lambda: START)
    return dispatcher, Attendance({"main": channel}, links, dispatcher, intake, lambda _account: timedelta(hours=1))


async def nothing(*_: object) -> None:
    """Nothing to recover, nothing to look for."""


async def test_who_waits_for_others_to_write_longer_than_a_lease_is_not_taken_for_dead(postgresql_url: str) -> None:
    """Else all who wait lose their accounts: where one stops in the middle of a transaction, that is everybody."""
    pairs = [("m1", "main")]
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Store(postgresql_url, lambda: START)) as stopped,
        contextlib.closing(Leases(postgresql_url, pairs, heartbeat=HEARTBEAT, lease=LEASE)) as mine,
        contextlib.closing(Leases(postgresql_url, pairs, heartbeat=HEARTBEAT, lease=LEASE)) as others,
    ):
        dispatcher, attendance = attended(stage)
        waits, waited = threading.Event(), 0

        def write() -> None:
            nonlocal waited
            waits.set()
            with stage.store.writing(["m1"]):
                waited += 1

        async def recover(_accounts: list[str]) -> None:
            await asyncio.to_thread(write)

        looked = threading.Event()

        async def look() -> None:
            await asyncio.to_thread(write)
            looked.set()

        keeper = Keeper(mine, attendance, recover, look)
        async with asyncio.TaskGroup() as tasks:
            with stopped.writing(["m1"]):
                running = tasks.create_task(keeper.run(tasks))
                await asyncio.to_thread(waits.wait)
                await asyncio.sleep(2 * LEASE.total_seconds())
                assert await asyncio.to_thread(lambda: others.beat().taken) == []
                assert mine.still_has("main", mine.tokens["main"])
                assert keeper.age < LEASE.total_seconds()
                assert waited == 0
            await asyncio.to_thread(looked.wait, 10)
            assert waited >= 2
            assert "main" in dispatcher.accounts
            running.cancel()


async def test_a_worker_that_knows_other_accounts_is_named_once_with_what_differs(postgresql_url: str) -> None:
    pairs = [("m1", "main")]
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Leases(postgresql_url, pairs, heartbeat=HEARTBEAT)) as mine,
        contextlib.closing(Leases(postgresql_url, [("m1", "a9")])) as other,
        capture_logs() as logs,
    ):
        other.beat()
        keeper = Keeper(mine, attended(stage)[1], nothing, nothing)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(keeper.run(tasks))
            await asyncio.sleep(4 * HEARTBEAT.total_seconds())
            running.cancel()
            await asyncio.wait([running])
            await keeper._attendance.end("main")
    (said,) = [line for line in logs if line["event"] == "workers.differ"]
    assert (said["log_level"], said["worker"]) == ("warning", other.worker)
    assert (said["only_there"], said["only_here"]) == (["m1/a9"], ["m1/main"])
    assert "config.toml" in said["cure"]


async def test_who_is_missed_already_is_not_renewed(postgresql_url: str) -> None:
    """Its accounts may be another's: it has to ask."""
    with contextlib.closing(Leases(postgresql_url, [("m1", "main")], heartbeat=HEARTBEAT, lease=LEASE)) as mine:
        mine.beat()
        await asyncio.sleep(1.5 * LEASE.total_seconds())
        with contextlib.closing(Leases(postgresql_url, [("m1", "main")], heartbeat=HEARTBEAT, lease=LEASE)) as other:
            assert other.beat().taken == ["main"]
        mine.renew()
        assert mine.have_run_out
        assert mine.beat().lost == ["main"]


async def test_a_heartbeat_that_is_under_way_comes_to_its_end_before_we_leave(postgresql_url: str) -> None:
    """It came after the word that we are gone, and others waited for us as long as for the dead."""
    pairs = [("m1", "main")]
    engine = lease_engine(postgresql_url, timedelta(seconds=30))
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Leases(postgresql_url, pairs)) as mine,
        contextlib.closing(Leases(postgresql_url, pairs)) as other,
    ):
        keeper = Keeper(mine, attended(stage)[1], nothing, nothing)
        with engine.begin() as writing:
            lock_number(writing, LEASES)
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(keeper.run(tasks))
                await asyncio.sleep(0.2)
                running.cancel()
                await asyncio.sleep(0.1)
                assert not running.done()
                writing.rollback()
        await keeper.leave()
        assert other.beat().workers == 1
    engine.dispose()


async def test_a_line_on_which_nothing_is_said_for_as_long_as_a_lease_is_hung_up(postgresql_url: str) -> None:
    """Else we keep others, who have our accounts by then, from the gateways for as long as it is silent."""
    pairs = [("m1", "main")]
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Leases(postgresql_url, pairs, heartbeat=HEARTBEAT, lease=LEASE)) as mine,
        contextlib.closing(Leases(postgresql_url, pairs, heartbeat=HEARTBEAT, lease=LEASE)) as others,
    ):
        dispatcher, attendance = attended(stage)
        keeper = Keeper(mine, attendance, nothing, nothing)

        def left_to_others() -> bool:
            others.beat()  # or it would be taken back
            return "main" not in dispatcher.accounts

        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(keeper.run(tasks))
            await until(lambda: "main" in mine.tokens)
            silent = serving(mine)
            os.kill(silent, signal.SIGSTOP)
            try:
                await until(lambda: others.beat().taken == ["main"])
                await until(left_to_others)
                assert mine.tokens == {}
            finally:
                os.kill(silent, signal.SIGCONT)
            running.cancel()


def serving(leases: Leases) -> int:
    """The process of the server on the line of the heartbeats."""
    connection: Any = leases._engine.raw_connection()
    try:
        return int(connection.driver_connection.info.backend_pid)
    finally:
        connection.close()


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(look):
            pass
