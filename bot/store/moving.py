"""What a database file keeps about having been copied to another database for good: whoever goes on with the file would
send again what was sent from there.

It is a view of constants in the file alone: no migration makes it, no copy to PostgreSQL takes it along and whoever
compares the tables of both finds the same, but whatever the file is renamed or copied to has it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.database_urls import sqlite_path
from bot.store.backup import BACKUP_MARK
from bot.store.engine import sqlite_driver
from bot.store.literals import sql_of

_VIEW = "moved_to"


@dataclass(frozen=True, slots=True)
class Moved:
    """When a database was moved, and where to: as it may be shown, without a password."""

    at: datetime
    target: str


def mark_moved(opened: Any, moved: Moved) -> None:
    """Write the mark within the transaction of a connection of SQLite's driver."""
    at, target = sql_of(moved.at.astimezone(UTC).isoformat()), sql_of(moved.target)
    opened.execute(f"DROP VIEW IF EXISTS {_VIEW}")
    opened.execute(f"CREATE VIEW {_VIEW} AS SELECT {at} AS at, {target} AS target")


def moved_from(url: str) -> Moved | None:
    """Where a database was moved to, if it was; nothing is made by looking."""
    path = sqlite_path(url)
    if path is None or not path.exists():
        return None
    with closing(sqlite_driver().connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        if not opened.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (_VIEW,)).fetchone():
            return None
        at, target = opened.execute(f"SELECT at, target FROM {_VIEW}").fetchone()
    return Moved(datetime.fromisoformat(at), target)


def move_back(url: str) -> Moved | None:
    """Take the mark away, if there is one, and return it. The file is then a backup on which nothing ran yet: it does
    not know what was sent from the other database."""
    path, moved = sqlite_path(url), moved_from(url)
    if path is None or moved is None:
        return None
    with closing(sqlite_driver().connect(path, isolation_level=None)) as opened:
        opened.execute("BEGIN IMMEDIATE")
        opened.execute(f"DROP VIEW {_VIEW}")
        opened.execute(f"PRAGMA user_version = {BACKUP_MARK}")
        opened.execute("COMMIT")
    return moved
