"""A copy of any database as an SQLite file, for whoever wants to try something on it: the database itself stays as it
is, and the bot goes on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Table, text

from bot.database_urls import sqlite_path
from bot.store.backup import BackupError, backup
from bot.store.copying import OF_ITS_OWN, PAGE
from bot.store.engine import reader_engine, sqlite_driver
from bot.store.migrating import is_current, upgrade
from models.columns import UtcDateTime
from models.tables import METADATA


def snapshot(url: str, target: Path) -> None:
    """Copy a database, as it is at one moment, to a new SQLite file of the newest revision. Raises `BackupError`,
    `ForeignDatabase`."""
    copy = f"sqlite:///{target}"
    current = is_current(url)
    if sqlite_path(url) is not None:
        backup(url, target)
        upgrade(copy, durable=False)
        return
    if not current:
        raise BackupError("数据库不是最新的表结构，先运行：python -m bot db upgrade")
    upgrade(copy, durable=False)
    engine = reader_engine(url)
    try:
        with (
            engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
            closing(sqlite_driver().connect(target)) as file,
        ):
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            for table in METADATA.sorted_tables:
                if table.name not in OF_ITS_OWN:
                    _copy(connection, file, table)
            file.commit()
    finally:
        engine.dispose()


def _copy(connection: Connection, file: Any, table: Table) -> None:
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_as_sqlite_keeps_it(column) for column in table.columns)
    places = ", ".join("?" for _ in table.columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor(name=f"all_{table.name}") as rows:  # on the server: a journal does not fit into memory
        rows.execute(f"SELECT {values} FROM {table.name}")
        while page := rows.fetchmany(PAGE):
            file.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", page)


def _as_sqlite_keeps_it(column: Column[Any]) -> str:
    """What PostgreSQL is asked for, so that nothing is left to do to it on the way."""
    match column.type:
        case UtcDateTime():
            return f"to_char({column.name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        case Boolean():
            return f"{column.name}::int"
        case JSON():
            return f"{column.name}::text"
    return column.name
