"""`db upgrade`, `db backup`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption, JsonOption
from bot.cli.places import database_url
from bot.config import load_config
from bot.control import Holding
from bot.desk import Refused, lines
from bot.store.backup import backup as back_up
from bot.store.migrating import is_current, newest_revision
from bot.store.migrating import upgrade as migrate

app = typer.Typer(help="数据库：升级、备份。", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigOption = CONFIG, db: DatabaseOption = "", as_json: JsonOption = False) -> int:
    """Bring the database to the newest revision."""
    url = database_url(load_config(config, os.environ), db)
    if not is_current(url):  # else there is nothing to take from a running bot
        with Holding(url):
            migrate(url)
    revision = newest_revision()
    typer.echo(lines([{"revision": revision}]) if as_json else f"数据库已是最新（{revision}）。\n", nl=False)
    return 0


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; must not exist.")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
    as_json: JsonOption = False,
) -> int:
    """Copy the database to a file while the bot runs."""
    if not file.absolute().parent.is_dir():
        raise Refused(f"没有文件夹 {file.absolute().parent}")
    back_up(database_url(load_config(config, os.environ), db), file)
    typer.echo(lines([{"file": str(file)}]) if as_json else f"已备份到 {file}\n", nl=False)
    return 0
