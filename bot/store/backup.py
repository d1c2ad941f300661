"""An online backup: a copy of the database as it was at one moment, while the bot goes on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.database_urls import sqlite_path
from bot.store.engine import sqlite_driver

# In the header of a copy, where SQLite keeps a number for whoever uses it: nothing has run on this copy yet.
BACKUP_MARK = 0x5A47


class BackupError(Exception):
    """Why no backup was made, and what to do."""


def backup(url: str, target: Path) -> None:
    """Copy an SQLite database to a new file, whole and marked as a copy. Raises `BackupError`."""
    source = sqlite_path(url)
    if source is None:
        raise BackupError("PostgreSQL 请用 pg_dump 备份。")
    if not source.exists():
        raise BackupError(f"还没有数据库 {source}")
    if target.exists():
        raise BackupError(f"{target} 已经存在，换个名字")
    driver = sqlite_driver()
    # Under another name until it is whole: half a backup must not look like one.
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with (
            closing(driver.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as opened,
            closing(driver.connect(unfinished)) as copy,
        ):
            opened.backup(copy)
            copy.execute(f"PRAGMA user_version = {BACKUP_MARK}")
        unfinished.rename(target)
    except (OSError, driver.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"没法备份到 {target}：{error}") from None
