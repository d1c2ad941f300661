"""Database engines: SQLite with one writer that is also the only checkpointer, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.database_urls import sqlite_path
from bot.store.lines import LIVELY, Lines
from bot.store.prepared import DriverCursor
from bot.store.scribe import with_scribe

try:
    import pysqlite3

    _driver: ModuleType = pysqlite3
except ImportError:  # no wheel for Linux on arm64 and Macs on Intel; `doctor` says what that means
    _driver = sqlite3

# Before 3.51.3 two connections that write or checkpoint one file could corrupt it (the WAL-reset bug).
FIXED_SQLITE = (3, 51, 3)
# The result code of SQLite for statements that are wrong or too large; all others are about the world.
SQLITE_ERROR = 1
SQLITE_FULL = 13

# At so many bytes of log the writer writes it back into the file.
_LOG_MOST = 67_108_864
# From measurements in docs/decisions/0002-one-writer.md.
_WRITER_PRAGMAS = (
    "page_size=8192",  # of a file that is made now; one that is there keeps its own
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-65536",
    f"journal_size_limit={_LOG_MOST}",
    "mmap_size=0",
    "trusted_schema=OFF",
)
_READER_PRAGMAS = ("busy_timeout=10000", "query_only=ON", "wal_autocheckpoint=0", "mmap_size=0", "trusted_schema=OFF")


# What helps whoever has a PostgreSQL database in which we cannot live.
NEW_POSTGRESQL = "另建一个：createdb -E UTF8 -T template0 NAME"


class WrongEncoding(Exception):
    """A PostgreSQL database that does not keep its texts in UTF-8: neither Chinese nor emoji have a place there."""

    def __init__(self, database: str, encoding: str) -> None:
        self.found = f"PostgreSQL 的库 {database} 编码是 {encoding}，不是 UTF8，存不下中文"
        self.cure = NEW_POSTGRESQL
        super().__init__(f"{self.found}。{self.cure}")


def sqlite_version() -> tuple[int, ...]:
    """The version of the SQLite library that we run on."""
    return tuple(int(part) for part in sqlite_driver().sqlite_version.split("."))


def sqlite_driver() -> ModuleType:
    """The SQLite driver: the bundled one, else the standard library's."""
    return _driver


def writer_engine(url: str, *, durable: bool = True) -> Engine:
    """An engine for the writer. `durable=False` is for rehearsals on a temporary database only."""
    pragmas = _WRITER_PRAGMAS if durable else (*_WRITER_PRAGMAS, "synchronous=OFF")
    return _engine(url, pragmas, "BEGIN IMMEDIATE", _LOG_MOST)


def reader_engine(url: str) -> Engine:
    """An engine that cannot write."""
    if sqlite_path(url) is None:
        return _postgresql(url, execution_options={"postgresql_readonly": True})
    return _engine(url, _READER_PRAGMAS, "BEGIN")


def lease_engine(url: str, idle_most: timedelta) -> Engine:
    """An engine for heartbeats. A program that is stopped in the middle of one keeps all others from theirs; PostgreSQL
    ends it sooner than it would a batch, so that nobody is missed for it."""
    return _postgresql(url, connect_args={"options": _no_longer_idle_than(round(idle_most / _MILLISECOND))})


def id_engine(url: str) -> Engine:
    """An engine for PostgreSQL's source of ids, which may forget the last of them: they are not below the clock."""
    return _postgresql(url, isolation_level="AUTOCOMMIT", connect_args={"options": "-c synchronous_commit=off"})


def is_passing(error: OperationalError) -> bool:
    """Whether the same may work later: a full disk, a lock, a lost connection, not a statement that SQLite refuses, nor
    what is too large for an index of PostgreSQL."""
    if str(getattr(error.orig, "sqlstate", None)).startswith(_TOO_MUCH):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or code & 0xFF != SQLITE_ERROR


# The class of PostgreSQL's limits, none of which goes away by waiting.
_TOO_MUCH = "54"


# PostgreSQL while it may not be written to: in the middle of a failover, on a disk that is nearly full, or as somebody
# wanted it. The driver calls these internal errors, and faults of the statement.
_READ_ONLY, _NO_RIGHT = "25006", "42501"


def is_refused_for_now(error: DBAPIError) -> bool:
    """Whether the database takes nothing at the moment, whatever the statement."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in (_READ_ONLY, _NO_RIGHT)


def is_disk_full(error: OperationalError) -> bool:
    """Whether there is no room left to write to, as SQLite or PostgreSQL says it."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return (code is not None and code & 0xFF == SQLITE_FULL) or getattr(error.orig, "sqlstate", None) == "53100"


# A program that stops in the middle of a transaction keeps others from writing; then PostgreSQL ends it. Milliseconds.
_IDLE_MOST = 30_000
_MILLISECOND = timedelta(milliseconds=1)


# Of each engine of PostgreSQL.
_lines: WeakKeyDictionary[Engine, Lines] = WeakKeyDictionary()


def hang_up(engine: Engine, *, for_good: bool = False) -> None:
    """Whoever waits for PostgreSQL on this engine, which does not answer, hears that the connection is lost."""
    if (lines := _lines.get(engine)) is not None:
        lines.hang_up(for_good=for_good)


def _no_longer_idle_than(milliseconds: int) -> str:
    return f"-c idle_in_transaction_session_timeout={milliseconds}"


def _postgresql(url: str, **options: Any) -> Engine:
    options.setdefault("connect_args", {"options": _no_longer_idle_than(_IDLE_MOST)})
    engine = create_engine(
        url, pool_pre_ping=True, hide_parameters=True, json_deserializer=msgspec.json.decode, **options
    )

    lines = _lines[engine] = Lines()

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
        import psycopg  # who has a file need not wait for PostgreSQL's driver

        lines.may_open()
        opened = with_scribe(psycopg.Connection).connect(*given, **{"client_encoding": "utf8", **LIVELY, **named})
        lines.opened(opened)
        if (encoding := opened.info.parameter_status("server_encoding")) != "UTF8":
            database = opened.info.dbname
            opened.close()
            raise WrongEncoding(database, encoding)
        return opened

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, _without_nul())

    return engine


def _without_nul() -> type:
    """How texts are handed to PostgreSQL, which cannot keep a NUL: what a member typed must not be lost for it."""
    from psycopg.types.string import StrDumperUnknown

    class WithoutNul(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    return WithoutNul


def _engine(url: str, pragmas: tuple[str, ...], begin: str, log_most: int = 0) -> Engine:
    path = sqlite_path(url)
    if path is None:
        return _postgresql(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=sqlite_driver(),
        connect_args={"check_same_thread": False, "factory": with_scribe(sqlite_driver().Connection)},
        hide_parameters=True,
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions of its own: a deferred one that reads and then writes fails at once.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        if log_most:
            (page,) = connection.execute("PRAGMA page_size").fetchone()
            connection.execute(f"PRAGMA wal_autocheckpoint={log_most // page}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        with DriverCursor(connection, begin) as cursor:
            cursor.execute(begin)

    return engine
