"""Migrations: which revision a database is at, and bringing it up to the newest.

Alembic is imported only where there is something to migrate: every command line looks first, and importing it takes
longer than the look.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bot.store.engine import reader_engine, sqlite_path, writer_engine
from bot.store.locks import migrate_alone

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parents[2] / "migrations"


class NewerDatabase(Exception):
    """The database was written by a newer version of this program."""


def upgrade(url: str, *, durable: bool = True) -> str | None:
    """Bring the database to the newest revision, all or nothing. Returns the one it was at, None if it was empty or not
    there. Raises `NewerDatabase`."""
    engine = writer_engine(url, durable=durable)
    try:
        with engine.begin() as connection:
            if (current := current_revision(connection)) == newest_revision():
                return current
            migrate_alone(connection)
            current = current_revision(connection)
            if current == newest_revision():  # another worker that starts just now was first
                return current
            if current and current not in _known_revisions():
                raise NewerDatabase(f"数据库是更新的程序写的（{current}）：请先更新程序。")
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
            return current
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
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(revision) if revision else None


def newest_revision() -> str:
    """The newest revision that this program knows: migrations are numbered, and their files begin with the number."""
    return max(_known_revisions())


def _known_revisions() -> set[str]:
    return {file.name.partition("_")[0] for file in (_FOLDER / "versions").glob("[0-9]*_*.py")}
