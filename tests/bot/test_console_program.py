"""The console as a process of its own: when it does not start, how it ends, and what it learns of others."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.app import App
from bot.clock import utc_now
from bot.command_line import main
from bot.config import load_config
from bot.console_program import RUN_HAS_ONE
from bot.control import Holding
from bot.rehearsal import closed_desk
from bot.store import Store
from bot.store.elsewhere import Keeper, keepers, mark_of_now
from bot.store.leases import Leases
from models.alerts import Alert
from models.columns import table_of
from models.orders import PauseOrder
from tests.flows.playing import CONFIG, PLAYBOOK
from tests.store.databases import postgresql_server


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "playbook.toml").write_text(PLAYBOOK, encoding="utf-8")
    return tmp_path / "config.toml"


def test_without_its_port_it_does_not_start(
    config: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("ZHANGGUI_CONSOLE__PORT", str(port))
        assert main(["console", "--config", str(config), "--db", postgresql_url]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"后台没有打开：127.0.0.1:{port} 用不了")
    assert "换一个 port" in said


def test_beside_the_one_process_it_is_refused_for_that_has_one(
    config: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Holding(postgresql_url):
        assert main(["console", "--config", str(config), "--db", postgresql_url]) == 2
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith(RUN_HAS_ONE)


async def test_it_ends_though_an_order_waits_for_a_database_that_is_away(config: Path, postgresql_url: str) -> None:
    async def here_and_now(work: Callable[[], Any]) -> Any:
        return work()

    name = make_url(postgresql_url).database
    with (
        contextlib.closing(Store(postgresql_url, utc_now)) as store,
        psycopg.connect(postgresql_server(), autocommit=True) as server,
    ):
        app = App(load_config(config, {}), store, {}, now=utc_now, in_store=here_and_now)
        stop = asyncio.Event()
        life = asyncio.create_task(app.run_orders(stop))
        order = PauseOrder(merchant="m1", at=utc_now(), account="main", scope="account", subject="main")
        assert not (await app.ask(order)).error
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            asked = asyncio.create_task(app.ask(order))
            await asyncio.sleep(0.1)
            stop.set()
            began = time.monotonic()
            await asyncio.wait_for(life, 20)
            assert time.monotonic() - began < 10
            assert not asked.done()
            asked.cancel()
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


async def test_a_database_that_was_away_is_left_to_the_workers_to_tell(config: Path, postgresql_url: str) -> None:
    """By the next order it would be told hours later, and as if it had lasted until then."""
    fails = True

    async def at_times(work: Callable[[], Any]) -> Any:
        if fails:
            raise OperationalError("SELECT 1", None, Exception("away"))
        return work()

    with contextlib.closing(Store(postgresql_url, utc_now)) as store, capture_logs() as logs:
        app = App(load_config(config, {}), store, {}, now=utc_now, in_store=at_times)
        stop = asyncio.Event()
        life = asyncio.create_task(app.run_orders(stop))
        app.tick()
        await asyncio.sleep(0.1)
        fails = False
        app.tick()
        await asyncio.sleep(0.1)
        order = PauseOrder(merchant="m1", at=utc_now(), account="main", scope="account", subject="main")
        assert not (await app.ask(order)).error
        stop.set()
        await life
        with store.reading() as connection:
            assert connection.execute(select(table_of(Alert))).all() == []
    assert [line["event"] for line in logs if line["event"].startswith("alert.")] == ["alert.began", "alert.ended"]


async def test_what_others_order_and_who_keeps_an_account_is_seen(config: Path, postgresql_url: str) -> None:
    loaded = load_config(config, {})
    with (
        contextlib.closing(Store(postgresql_url, utc_now)) as store,
        contextlib.closing(Leases(postgresql_url, [("m1", "main")])) as leases,
        store.reading() as connection,
    ):
        desk = closed_desk(loaded, store, utc_now, config.parent)

        def mark() -> object:
            connection.rollback()
            return mark_of_now(connection)

        before = mark()
        assert mark() == before
        await desk.order(PauseOrder(merchant="m1", at=utc_now(), account="main", scope="account", subject="main"))
        ordered = mark()
        assert ordered != before
        assert keepers(connection, "m1", ("main",)) == {}
        leases.beat()
        taken = mark()
        assert taken != ordered
        leases.beat()  # a heartbeat alone is nothing to look at
        assert mark() == taken
        host, process, _ = leases.worker.rsplit(":", 2)
        assert keepers(connection, "m1", ("main",)) == {"main": Keeper(host, process)}
        assert keepers(connection, "m2", ("main",)) == {}
        leases.leave()
        assert mark() == ordered
