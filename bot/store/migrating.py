"""Migrations: which revision a database is at, and bringing it up to the newest.

A new one is made as the models are, in a quarter of the time that all migrations take; that both ways lead to the same
tables and indexes is asked by a test. Alembic is imported only where there is something to migrate: every command line
looks first, and importing it takes longer than the look.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_mock_engine,
    inspect,
    make_url,
    text,
)
from sqlalchemy.schema import CreateTable, ExecutableDDLElement

from bot.database_urls import sqlite_path
from bot.store.damaged import damage_named
from bot.store.engine import NEW_POSTGRESQL, reader_engine, writer_engine
from bot.store.locks import migrate_alone
from models.tables import METADATA

if TYPE_CHECKING:
    from alembic.config import Config

_FOLDER = Path(__file__).parents[2] / "migrations"
# Every database of ours has had these from its first revision on.
_OURS = frozenset({"delivery", "journal"})
# A refusal names so many of the tables that are not ours.
_NAMED = 3

# PostGIS and the like put tables of their own into every database.
_POSTGRESQL_TABLES = text("""
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema()::text)
    AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
    )
""")


class NewerDatabase(Exception):
    """The database was written by a newer version of this program."""


class ForeignDatabase(Exception):
    """The database has tables, and they are another program's."""

    def __init__(self, url: str, tables: set[str]) -> None:
        path = sqlite_path(url)
        some = "、".join(sorted(tables)[:_NAMED]) + (" 等" if len(tables) > _NAMED else "")
        place = str(path) if path else f"PostgreSQL 的库 {make_url(url).database}"
        self.found = f"{place} 里是别的程序的表（{some}）"
        of_its_own = "改成掌柜自己的文件，还没有的就换个新名字，会新建"
        self.cure = of_its_own if path else f"给掌柜一个自己的库，{NEW_POSTGRESQL}"
        super().__init__(f"{self.found}。{self.cure}")


def upgrade(url: str, *, durable: bool = True) -> str | None:
    """Bring the database to the newest revision, all or nothing. Returns the one it was at, None if it was empty or not
    there. Raises `ForeignDatabase`, `NewerDatabase`."""
    if is_current(url):  # a reader looks: a writer would change the header of another program's file
        return newest_revision()
    engine = writer_engine(url, durable=durable)
    try:
        with engine.begin() as connection:
            if (current := current_revision(connection)) == newest_revision():
                return current
            migrate_alone(connection)
            current = current_revision(connection)
            if current == newest_revision():  # another worker that starts just now was first
                return current
            if current is None:
                _make(connection)
                return None
            if current not in _known_revisions():
                raise NewerDatabase(f"数据库是更新的程序写的（{current}）：请先更新程序。")
            from alembic import command

            command.upgrade(alembic_config(connection), "head")
            return current
    finally:
        engine.dispose()


def _make(connection: Connection) -> None:
    for statement in _statements(f"{connection.dialect.name}+{connection.dialect.driver}"):
        connection.exec_driver_sql(statement)


@cache
def _statements(dialect: str) -> Sequence[str]:
    """What makes all tables and indexes and says the revision. It is put together once: each rehearsal has a database
    of its own, so that somebody who plans makes one with every look."""
    number = Column("version_num", String(32), nullable=False)
    revision = Table("alembic_version", MetaData(), number, PrimaryKeyConstraint(number, name="alembic_version_pkc"))
    ours: list[ExecutableDDLElement] = []
    engine = create_mock_engine(f"{dialect}://", lambda statement, *_: ours.append(statement))
    METADATA.create_all(engine, checkfirst=False)
    ours.append(CreateTable(revision, if_not_exists=True))
    made = [str(statement.compile(dialect=engine.dialect)) for statement in ours]
    return [*made, f"INSERT INTO {revision.name} VALUES ('{newest_revision()}')"]


def is_current(url: str) -> bool:
    """Whether the database exists and is at the newest revision. Raises `Damaged`, `ForeignDatabase`."""
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return False
    engine = reader_engine(url)
    try:
        with damage_named(url), engine.connect() as connection:
            return revision_of_ours(connection, url) == newest_revision()
    finally:
        engine.dispose()


def revision_of_ours(connection: Connection, url: str) -> str | None:
    """The revision that a database of ours is at; None for an empty one. Raises `ForeignDatabase`."""
    if (revision := current_revision(connection)) == newest_revision():
        return revision
    tables = _tables(connection)
    revision = current_revision(connection)  # after the tables: another worker may be making all of them just now
    if tables and (revision is None or not tables >= _OURS):
        raise ForeignDatabase(url, tables)
    return revision


def _tables(connection: Connection) -> set[str]:
    if connection.dialect.name == "postgresql":
        found = set(connection.execute(_POSTGRESQL_TABLES).scalars())
    else:
        found = set(inspect(connection).get_table_names())
    return found - {"alembic_version"}


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
