"""`db upgrade`, `db backup`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, DatabaseOption
from bot.cli.places import database_url
from bot.config import load_config
from bot.store.backup import backup as back_up
from bot.store.migrating import upgrade as migrate

app = typer.Typer(help="数据库：升级、备份。", no_args_is_help=True)


@app.command()
def upgrade(config: ConfigOption = CONFIG, db: DatabaseOption = "") -> int:
    """Bring the database to the newest revision."""
    migrate(database_url(load_config(config, os.environ), db))
    typer.echo("数据库已是最新。")
    return 0


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; must not exist.")],
    config: ConfigOption = CONFIG,
    db: DatabaseOption = "",
) -> int:
    """Copy the database to a file while the bot runs."""
    back_up(database_url(load_config(config, os.environ), db), file)
    typer.echo(f"已备份到 {file}")
    return 0
