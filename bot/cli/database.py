"""`db upgrade`, `db backup`, `db restore`, `db copy`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.places import database_url
from bot.clock import utc_now
from bot.config import load_config
from bot.config_values import shown_url
from bot.control import Holding
from bot.database_urls import sqlite_path
from bot.desk import Refused, lines
from bot.merchants import open_merchants
from bot.moved import when
from bot.store import Store
from bot.store.backup import backup as back_up
from bot.store.erased_again import erase_again, erased_of
from bot.store.migrating import is_current, newest_revision
from bot.store.migrating import upgrade as migrate
from bot.store.moving import Moved, move_back, moved_from
from bot.store.restoring import come_back, put_back
from handlers import decide

app = typer.Typer(help="数据库：升级、备份、恢复、搬到 PostgreSQL。", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> int:
    """把数据库升到最新；还没有就新建。"""
    url = database_url(load_config(config, os.environ), db)
    revision = newest_revision()
    before: str | None = revision
    is_new = (path := sqlite_path(url)) is not None and not path.exists()
    if not is_current(url):  # else there is nothing to take from a running bot
        with Holding(url):
            before = migrate(url)
    told = _upgraded(before, revision, path if is_new else None)
    typer.echo(lines([{"revision": revision}]) if as_json else told, nl=False)
    return 0


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份成哪个文件；不能是已有的文件。")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """把数据库备份成一个文件，不用停掌柜。"""
    if not file.absolute().parent.is_dir():
        raise Refused(f"没有文件夹 {file.absolute().parent}")
    back_up(database_url(load_config(config, os.environ), db), file)
    typer.echo(lines([{"file": str(file)}]) if as_json else f"已备份到 {file}\n", nl=False)
    return 0


@app.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="备份文件；已经自己换回去了就不写。")] = None,
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """换回一个备份；备份以后可能发过的记成不确定，请核对。

    用 db copy 搬走了的文件要退回来用，也是它：不写备份文件。
    """
    loaded = load_config(config, os.environ)
    url = database_url(loaded, db)
    with Holding(url):
        erased = erased_of(url) if file is not None else {}
        moved = put_back(file, url, utc_now()) if file is not None else None
        back_from = move_back(url)
        migrate(url)
        with contextlib.closing(Store(url, utc_now)) as store:
            erased_again = erase_again(store, erased)
            merchants = open_merchants(store, loaded, {}, seed=0, started_at=utc_now())
            unknown = come_back(store, merchants, decide)
    found = {"unknown": unknown, "moved": str(moved) if moved else None, "erased": erased_again}
    typer.echo(lines([found]) if as_json else _told(unknown, moved, erased_again, back_from), nl=False)
    return 0


@app.command()
def copy(
    source: Annotated[str, typer.Argument(help="SQLite 文件或 URL。")],
    target: Annotated[str, typer.Argument(help="空的 PostgreSQL 数据库的 URL。")],
    config: ConfigOption = CONFIG,
    as_json: JsonOption = False,
) -> int:
    """从 SQLite 全部搬到 PostgreSQL，两边逐表数过；先停掉掌柜。"""
    from bot.store.copying import copy as copy_all
    from bot.store.copying import file_to_copy

    loaded = load_config(config, os.environ)
    source, target = database_url(loaded, source, "来源"), database_url(loaded, target, "目标")
    file_to_copy(source, target)  # before a lock is made beside what is no database, or another program's
    for database in (source, target):
        is_current(database)  # raises where it is another program's
    where = shown_url(target)
    with Holding(source), Holding(target), _bar() as advanced:
        before = moved_from(source)
        counts = copy_all(source, target, Moved(utc_now(), where), advanced)
    if as_json:
        typer.echo(lines([{"table": name, "rows": count} for name, count in counts.items()]), nl=False)
    else:
        file = sqlite_path(source)
        typer.echo(
            f"已搬到 {where}：{len(counts)} 张表，{sum(counts.values())} 行，两边逐表数过，一致。\n"
            f"下一步：把 [database] url 改成它，再启动；原来的文件留着，确认没问题再删。\n"
            f"那个文件从现在起只能看，掌柜不再用它启动；要退回来用它：python -m bot db restore --db {file}\n",
            nl=False,
        )
    if before is not None:
        typer.echo(
            f"注意：这个文件 {when(before, loaded)} 已经搬到过 {before.target}；"
            "那边跑过的话，这一份不要用：发过的会再发一遍。",
            err=True,
        )
    return 0


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal; what is yielded moves it on."""
    bar = Progress(
        TextColumn("搬家"),
        BarColumn(),
        TextColumn("{task.fields[table]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, table="")

        def moved(table: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, table=table)

        yield moved


def _upgraded(before: str | None, revision: str, new: Path | None) -> str:
    if new is not None:  # a name that was mistyped must not look like the shop's
        return f"还没有数据库 {new}，新建了一个空的（{revision}）。\n"
    if before is None:
        return f"数据库建好了（{revision}）。\n"
    if before == revision:
        return f"数据库已是最新（{revision}）。\n"
    return f"数据库从 {before} 升到了 {revision}。\n"


def _told(unknown: int, moved: Path | None, erased: int, back_from: Moved | None) -> str:
    kept = f"原来的数据库收在 {moved}。\n" if moved else ""
    open_ones = f"有 {unknown} 条发送说不准发过没有，不会自动再发：deliveries list --state unknown 里逐条核对。\n"
    forgotten = f"备份之后有 {erased} 位要求删除资料的客人，已照样重新删除。\n"
    back = f"这个文件又可以用了；{back_from.target} 那边不要再启动。\n" if back_from else ""
    return f"已恢复。\n{back}{kept}{forgotten if erased else ''}{open_ones if unknown else ''}"
