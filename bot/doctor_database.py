"""The doctor's look at the database: whether it is there, is ours, and can be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from bot.cli.mistakes import database_reason, server_cure
from bot.config import Config
from bot.config_values import shown_url
from bot.doctor_check import Check, ok, warning, wrong
from bot.moved import words_of
from bot.store.connections import ALONE, CONSOLE, WORKER, Limit, limit_of, living_workers, needed
from bot.store.damaged import damage_in
from bot.store.elsewhere import keepers
from bot.store.engine import WrongEncoding, reader_engine, sqlite_driver
from bot.store.migrating import ForeignDatabase, alembic_config, newest_revision, revision_of_ours
from bot.store.moving import moved_from
from bot.store.trying import NotOurs, try_writing
from models.accounts import Account
from models.operations import Merchant

DATABASE_SECONDS = 5

_LOOK = "看 PostgreSQL 的日志"
_FILE_CURE = "改它和旁边 -wal、-shm 两个文件的权限，或换成启动掌柜的那个系统用户"


@dataclass(slots=True)
class Known:
    """What the database says: its revision (None: no tables of ours), playbook revisions in force by merchant, the
    states of accounts, and which of them a living worker keeps."""

    revision: str | None = None
    revisions: dict[str, str] = field(default_factory=dict)
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    kept: set[tuple[str, str]] = field(default_factory=set)
    limit: Limit | None = None  # PostgreSQL's
    workers: int = 0  # that live


def check_database(config: Config, url: str, path: Path | None, known: Known) -> Check:
    """Look at it; what it says goes to `known`."""
    if path is not None:
        if not path.exists():
            return _unborn(path)
        if not path.is_file():
            return wrong("database", f"{path} 不是文件", "改 [database] url 或 --db")
        if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
            return wrong("database", f"{path} 或它的文件夹不让写", "改权限，或换成启动掌柜的那个系统用户")
    shown = str(path or shown_url(url))
    if path is None:
        timed = make_url(url).update_query_dict({"connect_timeout": str(DATABASE_SECONDS)})
        url = timed.render_as_string(hide_password=False)
    try:
        engine = reader_engine(url)
        try:
            with engine.connect() as connection:
                known.limit = None if path else limit_of(connection)
                check = _revision(connection, url, shown, known)
                if known.workers:
                    known.kept = _kept(connection, config)
                moved = moved_from(url) if check.state == "ok" else None
                if moved is not None:
                    return wrong("database", *words_of(moved, url, config))
        finally:
            engine.dispose()
    except (ForeignDatabase, WrongEncoding) as refusal:
        return wrong("database", refusal.found, refusal.cure)
    except (SQLAlchemyError, sqlite_driver().Error) as error:
        if (damage := damage_in(error, path)) is not None:
            return wrong("database", damage.found, damage.cure)
        cure = "看看文件的权限和磁盘空间" if path else server_cure(error) or _LOOK
        return wrong("database", f"{shown} 用不了：{database_reason(error)}", cure)
    return check if check.state == "wrong" else _unwritable(url, path, shown, known) or check


def _unborn(path: Path) -> Check:
    folder = next(one for one in path.absolute().parents if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return wrong("database", f"{path} 还没有，{folder} 里也不让建", "改权限，或换一个地方")
    return ok("database", f"{path} 还没有，第一次运行时会建")


def _revision(connection: Connection, url: str, shown: str, known: Known) -> Check:
    current = known.revision = revision_of_ours(connection, url)
    if current is None:
        return ok("database", f"{shown} 是空的，第一次运行时会建表")
    if current != newest_revision():
        try:
            ScriptDirectory.from_config(alembic_config(connection)).get_revision(current)
        except CommandError:
            found = f"{shown} 是更新版本的掌柜写的（{current}）"
            return wrong("database", found, "升级程序，或换一个库；旧程序不能用新库")
        cure = "下次运行会自动升级；先备份：python -m bot db backup FILE"
        return warning("database", f"{shown} 还是旧结构（{current}）", cure)
    merchants = connection.execute(select(col(Merchant.id), col(Merchant.revision)))
    known.workers = 0 if known.limit is None else living_workers(connection)
    known.revisions = {row.id: row.revision for row in merchants}
    accounts = connection.execute(select(col(Account.merchant_id), col(Account.id), col(Account.state)))
    known.states = {(row.merchant_id, row.id): row.state for row in accounts}
    return ok("database", f"{shown} 已是最新（{current}）")


def _kept(connection: Connection, config: Config) -> set[tuple[str, str]]:
    accounts = tuple(account.id for account in config.accounts)
    return {(one.id, account) for one in config.merchants for account in keepers(connection, one.id, accounts)}


def _unwritable(url: str, path: Path | None, shown: str, known: Known) -> Check | None:
    """What keeps the program from writing, though it can read."""
    try:
        try_writing(url, has_tables=known.revision is not None, is_current=known.revision == newest_revision())
    except NotOurs as refusal:
        some = "、".join(refusal.tables[:3])
        found = f"{shown} 里有 {len(refusal.tables)} 张表这个用户不能改（{some}{' 等' if refusal.tables[3:] else ''}）"
        return wrong("database", found, "换成建这些表的用户，或把表的主人改成这个用户（ALTER TABLE … OWNER TO）")
    except (SQLAlchemyError, sqlite_driver().Error) as error:
        cure = _FILE_CURE if path else server_cure(error) or _LOOK
        return wrong("database", f"{shown} 读得了，写不了：{database_reason(error)}", cure)
    return None


def check_connections(config: Config, known: Known) -> Iterator[Check]:
    """Whether PostgreSQL has as many connections as our programs take; each that is refused looks like a database that
    is away."""
    if known.limit is None:
        return
    metrics = config.metrics.port is not None
    wanted = needed(known.workers, with_console=config.console.enabled, with_metrics=metrics)
    who = f"现在的 {known.workers} 个 worker" if known.workers else "一个进程"
    found = f"PostgreSQL 最多给 {known.limit.most} 个，{who}（连同命令行）要 {wanted} 个"
    if known.limit.most < wanted:
        more = f"再开一个 worker 要再加 {WORKER + metrics} 个"
        if known.workers:
            more += f"，旁边开一个后台（console）要再加 {ALONE + CONSOLE + metrics} 个"
        yield warning("connections", found, f"{known.limit.cure}；{more}")
    else:
        yield ok("connections", found)
