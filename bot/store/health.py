"""The database looked after: its statistics renewed, and a file that a crash may have hurt examined before use."""

from __future__ import annotations

import time
from contextlib import closing

import structlog

from bot.database_urls import sqlite_path
from bot.store import Store
from bot.store.damaged import damage_named, damaged
from bot.store.engine import sqlite_driver

# How many rows of an index SQLite looks at to know its shape; the number that its manual gives for large databases.
_ANALYSIS_LIMIT = 400
# How much larger a file is when its statistics may be wrong.
_GROWN = 1.2
# A table with fewer may be many times as large before the statistics are renewed.
_FEW_ROWS = 10_000

log = structlog.get_logger("store")


def optimize(store: Store, known: int = 0) -> int:
    """Let SQLite renew the statistics by which it chooses indexes, where they have become wrong. Milliseconds, and then
    every statement is prepared anew: so not where the file is hardly larger than the `known` number of its pages.
    Returns how many they are for which the statistics hold."""
    if sqlite_path(store.url) is None:  # PostgreSQL does so by itself
        return known
    with store.reading() as connection:
        pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    if pages < known * _GROWN:
        return known
    with store.writing() as writing:
        writing.connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ANALYSIS_LIMIT}")
        writing.connection.exec_driver_sql("PRAGMA optimize")
        # Of a table with three rows SQLite would believe until tomorrow that it is best read whole.
        there = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'"
        if writing.connection.exec_driver_sql(there).first():
            small = "DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < ?"
            writing.connection.exec_driver_sql(small, (_FEW_ROWS,))
            writing.connection.exec_driver_sql("ANALYZE sqlite_schema")
    return pages


def check_after_crash(url: str) -> None:
    """Look through an SQLite file whose last user did not stop in good order. Raises `Damaged`."""
    path = sqlite_path(url)
    if path is None or not path.exists():
        return
    began = time.monotonic()
    with closing(sqlite_driver().connect(path)) as connection, damage_named(url):
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
    if found != ["ok"]:
        raise damaged("；".join(found), path)
    log.info("database.checked", seconds=round(time.monotonic() - began, 2))
