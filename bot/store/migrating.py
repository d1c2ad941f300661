"""Migrations: which revision a database is at, and bringing it up to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.engine import reader_engine, sqlite_path, writer_engine

_FOLDER = Path(__file__).parents[2] / "migrations"


class NewerDatabase(Exception):
    """The database was written by a newer version of this program; update the program."""


def upgrade(url: str, *, durable: bool = True) -> None:
    """Bring the database to the newest revision, all or nothing. Raises `NewerDatabase`."""
    engine = writer_engine(url, durable=durable)
    try:
        with engine.begin() as connection:
            if current_revision(connection) == newest_revision():
                return
            if (current := current_revision(connection)) and current not in _known_revisions():
                raise NewerDatabase(f"{NewerDatabase.__doc__} (revision {current})")
            command.upgrade(alembic_config(connection), "head")
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database exists and is at the newest revision."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return False
    engine = reader_engine(url)
    try:
        with engine.connect() as connection:
            return current_revision(connection) == newest_revision()
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, with the connection to work on."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory(str(_FOLDER)).get_current_head()


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
