"""Whether a database can be written: a write that is taken back, so that nothing is changed by looking."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.database_urls import sqlite_path
from bot.store.engine import sqlite_driver, writer_engine
from models.tables import METADATA

# A bot that runs writes all the time: whoever finds that somebody does need not wait for their turn.
_WAIT_SECONDS = 0.5
_SQLITE_BUSY = 5
_LOCK_NOT_AVAILABLE = "55P03"

_MAKE = "CREATE TABLE zhanggui_doctor (id INTEGER)"
_REVISE = "UPDATE alembic_version SET version_num = version_num"
# The right to change a table is its owner's, who may be a role that we are a member of.
_NOT_OURS = text(
    "SELECT relname FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' AND pg_table_is_visible(oid)"
    " AND NOT pg_has_role(relowner, 'USAGE') ORDER BY relname"
)
_NOT_WRITABLE = text(
    "SELECT relname FROM pg_class WHERE relname = ANY(:tables) AND relkind = 'r' AND pg_table_is_visible(oid)"
    " AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
    " AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) ORDER BY relname"
)


class NotOurs(Exception):
    """Tables with which this user of the database may not do what the program does."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tables


def try_writing(url: str, *, has_tables: bool, is_current: bool) -> None:
    """Do what the program will do: write, and make tables where they are still to be made; and take it back.

    Raises the driver's error, as itself or as DBAPIError, or `NotOurs`. Waits for nobody for long: while somebody
    writes, there is no doubt that one can.
    """
    path = sqlite_path(url)
    if path is not None:
        _try_file(path, _REVISE if has_tables else _MAKE)
        return
    engine = writer_engine(url)
    try:
        with engine.connect() as connection:  # what is not committed is rolled back
            connection.execute(text(f"SET LOCAL lock_timeout = {round(_WAIT_SECONDS * 1000)}"))
            _try_server(connection, has_tables=has_tables, is_current=is_current)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
    finally:
        engine.dispose()


def _try_file(path: Path, statement: str) -> None:
    """No page is handed to the log by a transaction that is taken back, so that a bot that runs is not disturbed."""
    with closing(sqlite_driver().connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        for pragma in ("mmap_size=0", "trusted_schema=OFF", "wal_autocheckpoint=0"):
            connection.execute(f"PRAGMA {pragma}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite_driver().OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == _SQLITE_BUSY:
                return
            raise
        connection.execute(statement)
        connection.execute("ROLLBACK")


def _try_server(connection: Connection, *, has_tables: bool, is_current: bool) -> None:
    tables = {"tables": [*METADATA.tables, *([] if is_current else ["alembic_version"])]}
    if not is_current:
        connection.execute(text(_MAKE))
    if has_tables and (found := connection.execute(_NOT_WRITABLE if is_current else _NOT_OURS, tables).scalars().all()):
        raise NotOurs(list(found))
    if is_current:  # of all that is written this is locked for the shortest time
        connection.execute(text("UPDATE id_source SET last = last"))
