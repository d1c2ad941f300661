"""From an SQLite file to PostgreSQL: every row of every table, in one transaction, counted on both sides.

Values go from driver to driver as they are stored: a time is a text in UTC here and a timestamp there, JSON a text in
both. Nothing else differs but a NUL in a text, which PostgreSQL cannot keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Table, func, select, text

from bot.database_urls import sqlite_path
from bot.store import Store
from bot.store.engine import sqlite_driver, writer_engine
from bot.store.migrating import is_current, upgrade
from bot.store.moving import Moved, mark_moved
from models.columns import UtcDateTime
from models.tables import METADATA
from models.workers import IdSource, Lease, Worker

# So many rows are read at once.
PAGE = 2_000
# What every file of SQLite begins with.
_SQLITE = b"SQLite format 3\0"
# Who was there, and what was given, is of the one database only.
OF_ITS_OWN = frozenset({str(model.__tablename__) for model in (Worker, Lease, IdSource)})

# Told a table, how many rows are done in all, and how many there are.
Progress = Callable[[str, int, int], None]


class CopyError(Exception):
    """Why nothing was copied, and what to do."""


def copy(
    source: str, target: str, moved: Moved, progress: Progress = lambda _table, _done, _all: None
) -> dict[str, int]:
    """Copy an SQLite database to an empty PostgreSQL, and keep in the file that it `moved`; returns the rows of each
    table. Raises `CopyError`.

    The caller holds the locks of both. Either all rows are there afterwards, or none.
    """
    path = file_to_copy(source, target)
    if not is_current(source):
        raise CopyError(f"{path} 不是最新的表结构，先运行：python -m bot db upgrade --db {path}")
    upgrade(target)
    engine = writer_engine(target)
    try:
        with (
            closing(sqlite_driver().connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as opened,
            engine.begin() as connection,
        ):
            opened.isolation_level = None
            opened.execute("BEGIN IMMEDIATE")  # one moment for all tables
            counts = _copy_all(opened, connection, progress)
            # Before the rows are there: if it is never known whether they are, nobody sends from both.
            mark_moved(opened, moved)
            opened.execute("COMMIT")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    finally:
        engine.dispose()
    with closing(Store(target, _never)):  # the source of ids goes on behind the last one
        return counts


def file_to_copy(source: str, target: str) -> Path:
    """The file of the source; nothing is opened or made for it. Raises `CopyError`."""
    path = sqlite_path(source)
    if path is None or sqlite_path(target) is not None:
        raise CopyError("db copy 只从 SQLite 搬到 PostgreSQL：db copy 文件.db postgresql+psycopg://用户@主机/库")
    if not path.exists():
        raise CopyError(f"没有数据库 {path}")
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            raise CopyError(f"{path} 不是 SQLite 数据库，来源要写掌柜的数据库文件")
    return path


def _copy_all(opened: Any, connection: Connection, progress: Progress) -> dict[str, int]:
    tables = [table for table in METADATA.sorted_tables if table.name not in OF_ITS_OWN]
    if used := next((table.name for table in tables if connection.execute(select(table).limit(1)).first()), None):
        raise CopyError(f"目标库里已经有数据（{used}）。db copy 只搬进空库，换一个新建的库。")
    counts = {table.name: int(opened.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]) for table in tables}
    done, total = 0, sum(counts.values())
    for table in tables:
        for copied in _copy_table(opened, connection, table):
            progress(table.name, done + copied, total)
        done += counts[table.name]
        found = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if found != counts[table.name]:
            raise CopyError(f"表 {table.name} 应有 {counts[table.name]} 行，只搬过去 {found} 行；什么都没有保存。")
        _set_sequence(connection, table)
    return counts


def _copy_table(opened: Any, connection: Connection, table: Table) -> Iterator[int]:
    names = ", ".join(column.name for column in table.columns)
    ways = [
        (place, way)
        for place, column in enumerate(table.columns)
        if (way := way_to_postgresql(column.type)) is not None
    ]
    driver: Any = connection.connection.driver_connection
    rows = opened.execute(f"SELECT {names} FROM {table.name}")
    copied = 0
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream:
        while page := rows.fetchmany(PAGE):
            for row in page:
                values = list(row)
                for place, way in ways:
                    if values[place] is not None:
                        values[place] = way(values[place])
                stream.write_row(values)
            copied += len(page)
            yield copied


def way_to_postgresql(kind: Any) -> Callable[[Any], Any] | None:
    """What is done to a value as SQLite stores it on its way; None: nothing."""
    match kind:
        case UtcDateTime():
            return _with_zone
        case Boolean():
            return bool
        case JSON():
            return _json_text
    return None


def _with_zone(stored: str) -> str:
    return f"{stored}+00"


def _json_text(stored: Any) -> str:
    """SQLite keeps the JSON of a number as that number; an escaped NUL is one as well."""
    return str(stored).replace("\\u0000", "\\ufffd")


def _set_sequence(connection: Connection, table: Table) -> None:
    """Our ids are our own; where PostgreSQL has made a sequence all the same, it is not behind them."""
    for column in table.primary_key:
        values: Mapping[str, str] = {"table": table.name, "column": column.name}
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), values).scalar()
        last = connection.execute(select(func.max(column))).scalar() if sequence else None
        if last is not None:
            connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _never() -> Any:
    raise AssertionError("nothing is written at a time")
