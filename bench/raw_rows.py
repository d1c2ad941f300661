"""The limit of a benchmark: the driver's `executemany` of exactly the rows that a run wrote.

The rows are found by comparing the tables of a run with those of the world it began in, so that anybody can recompute
them. A row that was written and then changed or deleted by the run counts once or not at all: this favours the limit.
"""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - every table is known once this is imported
from bot.store.engine import sqlite_driver, writer_engine

# A table without row ids keeps no order of writing; this column gives it.
_ORDER = {"seen_event": "journal_id"}


@dataclass(frozen=True, slots=True)
class TableRows:
    """The statement and the values for the rows of one table, in the order of writing."""

    table: str
    statement: str
    rows: Sequence[tuple[Any, ...]]


def written_rows(world: Path, run: Path) -> list[TableRows]:
    """What a run wrote into its copy of the world: new and changed rows, tables in the order of their foreign keys."""
    found = []
    with closing(sqlite_driver().connect(world)) as before, closing(sqlite_driver().connect(run)) as after:
        for table in SQLModel.metadata.sorted_tables:
            ordered = f"SELECT * FROM {table.name} ORDER BY {_ORDER.get(table.name, 'rowid')}"
            known = set(before.execute(ordered))
            rows = [row for row in after.execute(ordered) if row not in known]
            if rows:
                keys = {tuple(_keys(table, row)) for row in rows}
                changed = any(tuple(_keys(table, row)) in keys for row in known)
                found.append(TableRows(table.name, _statement(table, changed=changed), rows))
    return found


def raw_seconds(
    world: Path, scratch: Path, written: Sequence[TableRows], commits: int, *, keep: Path | None = None
) -> float:
    """Seconds that the driver takes to write the rows into a copy of the world, in so many transactions.

    With `keep`, what it made is left there, for who wants to compare.
    """
    with copy_of(world, scratch) as database:
        engine = writer_engine(f"sqlite:///{database}")  # its connections have the PRAGMAs of the writer
        with closing(engine.raw_connection()) as pooled:
            connection: Any = pooled.driver_connection
            shares = [(table.statement, _shares(table.rows, commits)) for table in written]
            gc.collect()
            began = time.perf_counter()
            for commit in range(commits):
                connection.execute("BEGIN IMMEDIATE")
                for statement, share in shares:
                    connection.executemany(statement, share[commit])
                connection.execute("COMMIT")
            seconds = time.perf_counter() - began
        engine.dispose()
        if keep is not None:
            shutil.copyfile(database, keep)
    return seconds


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


def _keys(table: Table, row: tuple[Any, ...]) -> Iterator[Any]:
    return (value for column, value in zip(table.columns, row, strict=True) if column.primary_key)


def _statement(table: Table, *, changed: bool) -> str:
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    if changed:
        values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        statement += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {values}"
    return statement
