"""A database file that cannot be read any more: the same words wherever it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.database_urls import sqlite_path
from bot.store.engine import sqlite_driver

# SQLite's result codes for a page that cannot be right, and for a first page that is none of its own.
_CORRUPT = 11
_NO_DATABASE = 26
_RESTORE = "先把它和旁边的 -wal 文件收好，再用备份恢复：python -m bot db restore 备份文件"


class Damaged(Exception):
    """The database file is damaged; the message says how it can be had back."""

    def __init__(self, found: str, cure: str = _RESTORE) -> None:
        self.found = found
        self.cure = cure
        super().__init__(f"{found}。{cure}")


def damaged(reason: str, path: Path | None) -> Damaged:
    """A file (None: which one is not known any more) in which SQLite finds what cannot be right."""
    return Damaged(f"{_named(path)}已损坏（{reason}）")


def damage_in(error: BaseException, path: Path | None = None) -> Damaged | None:
    """What an error of SQLite's driver, or of SQLAlchemy around it, says of the file; None: it says something else."""
    cause = (error.orig or error) if isinstance(error, DBAPIError) else error
    reason = " ".join(str(cause).split())
    match (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF:
        case code if code == _CORRUPT:
            return damaged(reason, path)
        case code if code == _NO_DATABASE:
            found = f"{_named(path)}不是 SQLite 数据库，或者开头已损坏（{reason}）"
            return Damaged(found, f"写错了文件就改 --db 或 [database] url；没写错，就{_RESTORE}")
    return None


@contextmanager
def damage_named(url: str) -> Iterator[None]:
    """Raises `Damaged` with the name of the file where it turns out to be damaged."""
    try:
        yield
    except (DBAPIError, sqlite_driver().Error) as error:
        if (damage := damage_in(error, sqlite_path(url))) is not None:
            raise damage from error
        raise


def _named(path: Path | None) -> str:
    return f"数据库文件 {path} " if path else "数据库文件"
