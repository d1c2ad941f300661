"""The limit of a benchmark: the driver's `executemany` of exactly the rows that a run wrote.

The rows are recorded by triggers in a run that is not measured: every row that was inserted or changed, whether or
not the run took it away again (timers that rang), each once, as it was last written. They are written in batches of
1,024 rows, one durable transaction a batch.
"""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - every table is known once this is imported
from bot.store.engine import sqlite_driver, writer_engine

# Rows in one transaction.
BATCH = 1_024


@dataclass(frozen=True, slots=True)
class TableRows:
    """The statement and the values for the rows of one table, in the order of writing."""

    table: str
    statement: str
    rows: Sequence[tuple[Any, ...]]


def record(run: Path) -> None:
    """From now on a database keeps a copy of every row that is written to it. Only for runs that are not measured."""
    with closing(sqlite_driver().connect(run)) as connection:
        for table in SQLModel.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            values = ", ".join(f"new.{column.name}" for column in table.columns)
            connection.execute(f"CREATE TABLE written_{table.name} AS SELECT * FROM {table.name} WHERE false")
            for act in ("INSERT", "UPDATE"):
                connection.execute(
                    f"CREATE TRIGGER written_{table.name}_{act} AFTER {act} ON {table.name} "
                    f"BEGIN INSERT INTO written_{table.name} ({names}) VALUES ({values}); END"
                )
        connection.commit()


def written_rows(world: Path, run: Path) -> list[TableRows]:
    """What was written to a recorded copy of the world, tables in the order of their foreign keys."""
    found = []
    with closing(sqlite_driver().connect(world)) as before, closing(sqlite_driver().connect(run)) as after:
        for table in SQLModel.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            latest = {
                tuple(keys_of(table, row)): row
                for row in after.execute(f"SELECT {names} FROM written_{table.name} ORDER BY rowid")
            }
            if latest:
                known = before.execute(f"SELECT {names} FROM {table.name}")
                changed = any(tuple(keys_of(table, row)) in latest for row in known)
                found.append(TableRows(table.name, statement_of(table, changed=changed), list(latest.values())))
    return found


def raw_seconds(
    world: Path,
    scratch: Path,
    written: Sequence[TableRows],
    *,
    batch: int = BATCH,
    keep: Callable[[Path], None] = lambda _database: None,
) -> float:
    """Seconds that the driver takes to write the rows into a copy of the world, so many in a transaction.

    `keep` is given what it made, before that is gone.
    """
    with copy_of(world, scratch) as database:
        engine = writer_engine(f"sqlite:///{database}")  # its connections have the PRAGMAs of the writer
        with closing(engine.raw_connection()) as pooled:
            seconds = write_rows(pooled.driver_connection, written, batch)
        engine.dispose()
        keep(database)
    return seconds


def write_rows(connection: Any, written: Sequence[TableRows], batch: int) -> float:
    """Seconds that the driver takes to write the rows, so many in a transaction."""
    commits = max(1, -(-sum(len(table.rows) for table in written) // batch))
    shares = [(table.statement, _shares(table.rows, commits)) for table in written]
    gc.collect()
    began = time.perf_counter()
    for commit in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        for statement, share in shares:
            connection.executemany(statement, share[commit])
        connection.execute("COMMIT")
    return time.perf_counter() - began


@contextmanager
def copy_of(world: Path, scratch: Path) -> Iterator[Path]:
    """A fresh copy of a database file, gone afterwards."""
    shutil.copyfile(world, scratch)
    try:
        yield scratch
    finally:
        for suffix in ("", "-wal", "-shm"):
            scratch.with_name(scratch.name + suffix).unlink(missing_ok=True)


def _shares(rows: Sequence[tuple[Any, ...]], commits: int) -> list[Sequence[tuple[Any, ...]]]:
    bounds = [round(len(rows) * commit / commits) for commit in range(commits + 1)]
    return [rows[start:end] for start, end in pairwise(bounds)]


def keys_of(table: Table, row: tuple[Any, ...]) -> Iterator[Any]:
    """The primary key of a row that has all columns."""
    return (value for column, value in zip(table.columns, row, strict=True) if column.primary_key)


def statement_of(table: Table, *, changed: bool) -> str:
    """The INSERT for all columns of a table; where rows may be there already, it replaces what they have."""
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    if changed:
        values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        statement += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {values}"
    return statement
