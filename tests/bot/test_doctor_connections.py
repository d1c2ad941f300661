"""How many connections to PostgreSQL our programs take, and what is said where there are too few."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from bot.command_line import main
from bot.config import load_config
from bot.console import site
from bot.doctor_check import Check
from bot.doctor_database import Known, check_connections, check_database
from bot.keeper import Keeper
from bot.store.connections import ALONE, CONSOLE, WORKER, needed
from bot.store.leases import Leases
from tests.bot.test_keeper import attended, nothing
from tests.store.databases import new_postgresql, postgresql_server
from tests.store.stage import shop

ROOT = Path(__file__).parents[2]
CONFIG = """
[console]
enabled = false
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "playbook.toml").write_text('name = "茶"\n', encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "config.toml"


@contextlib.contextmanager
def limited(most: int) -> Iterator[str]:
    """A new database whose owner may have so many connections."""
    name = make_url(new_postgresql()).database
    role = f"owner_of_{name}"
    server = postgresql_server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT {most}")
        connection.execute(f"ALTER DATABASE {name} OWNER TO {role}")
    url = make_url(server).set(drivername="postgresql+psycopg", database=name, username=role)
    yield url.render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"DROP ROLE {role}")


def doctor(config: Path, url: str) -> list[Check]:
    known, loaded = Known(), load_config(config, os.environ)
    database = check_database(loaded, url, None, known)
    return [database, *check_connections(loaded, known)]


@pytest.mark.parametrize(("argv", "takes"), [(["--worker"], WORKER), ([], ALONE)])
def test_a_process_takes_as_many_connections_as_we_say(
    argv: list[str], takes: int, config: Path, tmp_path: Path, postgresql_url: str
) -> None:
    counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'"
    url = f"{postgresql_url}&application_name=counted"
    log = tmp_path / "log"
    with log.open("w") as file, psycopg.connect(postgresql_server(), autocommit=True) as server:
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--quiet", "--config", config, "--db", url, *argv],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=file,
            stderr=file,
        )
        try:
            ends = time.monotonic() + 60
            while "account.online" not in log.read_text() and time.monotonic() < ends:
                time.sleep(0.1)
            time.sleep(1)
            found = server.execute(counted).fetchone()
        finally:
            bot.send_signal(signal.SIGTERM)
            assert bot.wait(30) == 0, log.read_text()
    assert found == (takes,)


def test_what_the_configuration_needs() -> None:
    assert site._READERS == CONSOLE
    assert needed(0, with_console=False, with_metrics=False) == 7
    assert needed(0, with_console=True, with_metrics=True) == 12
    assert needed(3, with_console=True, with_metrics=False) == 18


def test_too_few_connections_are_said_with_what_has_to_be_raised(config: Path) -> None:
    with limited(6) as url:
        database, connections = doctor(config, url)
        assert database.state == "ok"
        assert connections.state == "warning"
        assert connections.found == "PostgreSQL 最多给 6 个，一个进程（连同命令行）要 7 个"
        assert connections.cure.startswith("ALTER ROLE … CONNECTION LIMIT")
    with limited(17) as url:
        assert main(["db", "upgrade", "--db", url]) == 0
        assert doctor(config, url)[1].state == "ok"
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                leases = Leases(url, [("m1", "main")])
                stack.callback(leases.leave)
                leases.beat()
            (connections,) = doctor(config, url)[1:]
            assert connections.state == "warning"
            assert "最多给 17 个" in connections.found
            assert "要 18 个" in connections.found
            assert "再开一个 worker 要再加 5 个，旁边开一个后台（console）要再加 8 个" in connections.cure


def test_whoever_gets_no_connection_hears_that_there_is_none_left(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cure = "PostgreSQL 的连接用完了：调大 max_connections 或这个用户的 CONNECTION LIMIT"
    with limited(0) as url:
        assert main(["run", "--worker", "--db", url]) == 2
        (said,) = capsys.readouterr().err.splitlines()
        assert "too many connections for role" in said
        assert cure in said
        (database,) = doctor(config, url)
        assert database.state == "wrong"
        assert cure in database.cure


def test_which_accounts_living_workers_keep(config: Path, postgresql_url: str) -> None:
    known = Known()
    with shop(postgresql_url), contextlib.closing(Leases(postgresql_url, [("m1", "main")])) as worker:
        worker.beat()
        check_database(load_config(config, {}), postgresql_url, None, known)
        assert known.kept == {("m1", "main")}


async def test_a_heartbeat_that_fails_says_once_why(postgresql_url: str) -> None:
    name = make_url(postgresql_url).database
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Leases(postgresql_url, [("m1", "main")])) as mine,
        psycopg.connect(postgresql_server(), autocommit=True) as server,
        capture_logs() as logs,
    ):
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            keeper = Keeper(mine, attended(stage)[1], nothing, nothing)
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(keeper.run(tasks))
                await asyncio.sleep(2.5)
                running.cancel()
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    failed = [line["log_level"] for line in logs if line["event"] == "heartbeat.failed"]
    assert failed[0] == "warning"
    assert set(failed[1:]) == {"debug"}
