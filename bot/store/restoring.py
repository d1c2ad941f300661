"""Coming back from a backup: what the lost database may have done since then is not done a second time.

A copy made by `backup` says so in its header, so that a program which is started on one notices it, whoever put it in
place. Between the backup and the loss things were sent of which this database knows nothing. Hence, before anything is
sent: timers that fell due are rung now, so that all that the lost program would have planned is there; whatever is due
becomes `unknown`, reason `crash`, for a human or an echo to settle; and the next list of friends counts as the first
one, on which everybody is an old friend whom nobody greets.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import and_, or_, select, update
from sqlmodel import col

from bot.database_urls import sqlite_path
from bot.store import Change, Store, Writing
from bot.store.backup import BACKUP_MARK, BackupError
from bot.store.batch import Decide, apply
from bot.store.damaged import damage_in
from bot.store.due import due_timers
from bot.store.engine import sqlite_driver
from models.accounts import Account
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery, DeliveryState

log = structlog.get_logger("store")


def put_back(file: Path, url: str, now: datetime) -> Path | None:
    """Put a backup in the place of an SQLite database; returns where that one was moved to (None: there was none).

    Raises `BackupError`. The caller holds the lock of the database.
    """
    target = sqlite_path(url)
    if target is None:
        raise BackupError("PostgreSQL 请用 pg_restore 恢复，再运行 db restore（不带文件）。")
    if not file.is_file():
        raise BackupError(f"没有备份文件 {file}")
    driver = sqlite_driver()
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(driver.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as opened,
            closing(driver.connect(unfinished)) as copy,
        ):
            opened.execute("PRAGMA schema_version").fetchone()  # whose error has a code, unlike that of a copy
            opened.backup(copy)
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupError(f"备份 {file} 已损坏：{found}")
            if not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                raise BackupError(f"{file} 不是掌柜的备份")
            copy.execute(f"PRAGMA user_version = {BACKUP_MARK}")
        moved = _move_aside(target, now)
        unfinished.rename(target)
        return moved
    except (OSError, driver.Error) as error:
        if damage_in(error) is not None:
            raise BackupError(f"{file} 不是掌柜的备份，或者已损坏（{error}）。什么都没动，换一个备份再来。") from None
        raise BackupError(f"没法用 {file} 恢复：{error}") from None
    finally:
        unfinished.unlink(missing_ok=True)


def _move_aside(target: Path, now: datetime) -> Path | None:
    """Keep what was there, with its log: beside another file the log of a database is poison."""
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%S}")
    for ending in ("-wal", "-shm", ""):
        file = target.with_name(target.name + ending)
        if file.exists():
            shutil.move(file, aside.with_name(aside.name + ending))
    return aside if aside.exists() else None


def is_backup(store: Store) -> bool:
    """Whether this database is a backup on which nothing ran yet."""
    if sqlite_path(store.url) is None:
        return False
    with store.reading() as connection:
        return bool(connection.exec_driver_sql("PRAGMA user_version").scalar() == BACKUP_MARK)


def come_back(store: Store, merchants: Mapping[str, MerchantView], decide: Decide) -> int:
    """Have nothing done twice; returns how many deliveries are uncertain now. Doing it again does no harm."""
    while rung := due_timers(store, merchants)[0]:
        apply(store, merchants, rung, decide)
    with store.writing() as writing:
        uncertain = _doubt_what_is_due(writing)
        writing.connection.execute(update(Account).values(rostered_at=None))
        if sqlite_path(store.url) is not None:
            writing.connection.exec_driver_sql("PRAGMA user_version = 0")
    log.warning("database.restored", unknown=uncertain)
    return uncertain


def _doubt_what_is_due(writing: Writing) -> int:
    """What waits for an event and not for a time may have been let go by one that is lost."""
    waits_for_an_event = and_(col(Delivery.state) == DeliveryState.WAITING, col(Delivery.until).is_(None))
    due = writing.connection.execute(
        select(col(Delivery.id), col(Delivery.merchant_id)).where(
            col(Delivery.state).in_((*OPEN_STATES, DeliveryState.CLAIMED)),
            or_(
                col(Delivery.next_at) <= writing.now,
                waits_for_an_event,
                col(Delivery.state) == DeliveryState.CLAIMED,
            ),
        )
    ).all()
    for identity, _merchant in due:
        writing.connection.execute(
            update(Delivery)
            .where(col(Delivery.id) == identity)
            .values(state=DeliveryState.UNKNOWN, reason="crash", until=None, left_at=writing.now)
        )
    writing.changed(
        [Change(identity, merchant, writing.now, DeliveryState.UNKNOWN, "crash", None) for identity, merchant in due]
    )
    return len(due)
