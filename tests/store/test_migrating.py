"""Migrations make exactly the tables of the models, on both databases, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    TIMESTAMP,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    func,
    inspect,
    select,
    text,
)
from sqlmodel import col

from bot.store.engine import reader_engine, sqlite_driver, writer_engine
from bot.store.migrating import (
    ForeignDatabase,
    NewerDatabase,
    alembic_config,
    current_revision,
    is_current,
    newest_revision,
    upgrade,
)
from models.deliveries import DeliveryChange, entered_by
from models.tables import METADATA
from tests.store.databases import new_postgresql


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    engine = writer_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def differences(url: str) -> list[Any]:
    with writing(url) as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))


def tables(url: str) -> set[str]:
    with writing(url) as connection:
        return set(inspect(connection).get_table_names())


def migrated_from_the_first(url: str) -> None:
    with writing(url) as connection:
        command.upgrade(alembic_config(connection), "0001")
    upgrade(url)


@pytest.mark.parametrize("make", [upgrade, migrated_from_the_first])
def test_the_tables_are_those_of_the_models(empty_url: str, make: Callable[[str], object]) -> None:
    make(empty_url)
    assert differences(empty_url) == []
    assert tables(empty_url) == {*METADATA.tables, "alembic_version"}
    assert is_current(empty_url)


def test_a_new_database_is_like_one_that_was_migrated(empty_url: str, tmp_path: Path) -> None:
    """But for the order of columns, and what stood in them for the rows of then, which the program always says."""
    other = f"sqlite:///{tmp_path / 'new.db'}" if empty_url.startswith("sqlite") else new_postgresql()
    migrated_from_the_first(empty_url)
    upgrade(other)
    assert described(other) == described(empty_url)


def described(url: str) -> dict[str, list[str]]:
    """Tables, columns and constraints as SQLAlchemy reads them, indexes as the database writes them down itself."""
    written = {
        "sqlite": "SELECT sql FROM sqlite_master",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    with writing(url) as connection:
        found = inspect(connection)
        indexes = connection.execute(text(written[connection.dialect.name])).scalars()
        return {
            "indexes": sorted({re.sub(r'\s+|"', " ", one) for one in indexes if one and " INDEX " in one}),
            "rows": [name for name in METADATA.tables if connection.execute(text(f"SELECT 1 FROM {name}")).first()],
            "revision": [current_revision(connection) or ""],
            **{
                name: [
                    *sorted(f"{one['name']} {one['type']!r} {one['nullable']}" for one in found.get_columns(name)),
                    str(found.get_pk_constraint(name)["constrained_columns"]),
                    *sorted(map(str, (*found.get_foreign_keys(name), *found.get_unique_constraints(name)))),
                    *sorted(map(str, found.get_check_constraints(name))),
                    str(found.get_table_options(name)),
                ]
                for name in sorted(found.get_table_names())
            },
        }


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)
    assert differences(empty_url) == []


def test_one_that_fails_leaves_nothing(empty_url: str) -> None:
    with writing(empty_url) as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(text("CREATE TABLE late_event (something_else INTEGER)"))
    before = tables(empty_url)
    with pytest.raises(Exception, match="late_event"):
        upgrade(empty_url)
    assert tables(empty_url) == before
    with writing(empty_url) as connection:
        assert current_revision(connection) == "0001"


@pytest.mark.parametrize("version", [None, "ae1027a6acf", "0001"], ids=["no Alembic", "its own", "numbered like ours"])
def test_a_database_of_another_program_is_refused_and_stays_as_it_is(empty_url: str, version: str | None) -> None:
    with writing(empty_url) as connection:
        for table in ("survey", "customers", "orders", "visits"):
            connection.execute(text(f"CREATE TABLE {table} (something_else INTEGER)"))
        if version:
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    before = tables(empty_url)
    for look in (upgrade, is_current):
        with pytest.raises(ForeignDatabase, match="别的程序的表（customers、orders、survey 等）"):
            look(empty_url)
    assert tables(empty_url) == before


def test_tables_of_an_extension_of_postgresql_are_nobodys() -> None:
    url = new_postgresql()
    with writing(url) as connection:
        connection.execute(text("CREATE EXTENSION citext"))
        connection.execute(text("CREATE TABLE spatial_ref_sys (srid INTEGER)"))
        connection.execute(text("ALTER EXTENSION citext ADD TABLE spatial_ref_sys"))
    upgrade(url)
    assert is_current(url)


def test_another_programs_file_keeps_its_header(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite_driver().connect(file)) as connection, connection:
        connection.execute("CREATE TABLE customers (id INTEGER)")
    before = file.read_bytes()
    with pytest.raises(ForeignDatabase):
        upgrade(f"sqlite:///{file}")
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (before, [file])


def test_a_database_of_a_newer_program_is_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    with writing(empty_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        upgrade(empty_url)
    with writing(empty_url) as connection:
        assert current_revision(connection) == "9999" != newest_revision()


def test_a_database_that_is_not_there_is_not_made_by_looking(sqlite_url: str) -> None:
    other = sqlite_url.replace("zhanggui.db", "other.db")
    assert not is_current(other)
    assert not is_current(other)


def test_a_reader_cannot_write(database_url: str) -> None:
    engine = reader_engine(database_url)
    with engine.connect() as connection, pytest.raises(Exception, match=r"readonly|read-only"):
        connection.execute(text("DELETE FROM journal"))
    engine.dispose()


def test_a_database_with_rows_in_every_table_is_upgraded_without_losing_one(empty_url: str) -> None:
    """From the first tables to today's: what was rebuilt used to fall over the rows that point to it."""
    with writing(empty_url) as connection:
        command.upgrade(alembic_config(connection), "0001")
    with writing(empty_url) as connection:
        first = MetaData()
        first.reflect(connection)
        filled = [table for table in first.sorted_tables if table.name != "alembic_version"]
        for table in filled:
            connection.execute(table.insert().values({column.name: _something(column) for column in table.columns}))
    upgrade(empty_url)
    assert differences(empty_url) == []
    with writing(empty_url) as connection:
        counts = {one.name: connection.execute(select(func.count()).select_from(one)).scalar() for one in filled}
        assert set(counts.values()) == {1}, counts
        assert connection.execute(text("SELECT members FROM chat_group")).scalar() == 0  # whoever was there has left
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_mobile_numbers_that_were_told_before_tell_who_is_who(empty_url: str) -> None:
    with writing(empty_url) as connection:
        command.upgrade(alembic_config(connection), "0007")
        before = MetaData()
        before.reflect(connection)
        at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        connection.execute(before.tables["person"].insert().values(merchant_id="m1", id=1, **_person(at)))
        for key, value in (("mobile", "13812345678"), ("call", "林"), ("budget", 13812345678), ("tea", ["岩茶"])):
            answer = {"merchant_id": "m1", "person_id": 1, "key": key, "value": value, "at": at}
            connection.execute(before.tables["answer"].insert().values(**answer, state="answered", revision="r1"))
    upgrade(empty_url)
    with writing(empty_url) as connection:
        told = connection.execute(text("SELECT key, identity FROM answer WHERE identity IS NOT NULL")).all()
    assert [tuple(row) for row in told] == [("mobile", "13812345678")]


def test_first_states_from_before_they_had_the_ids_of_their_deliveries_are_found(empty_url: str) -> None:
    with writing(empty_url) as connection:
        command.upgrade(alembic_config(connection), "0059")
        before = MetaData()
        before.reflect(connection)
        delivery, change = before.tables["delivery"], before.tables["delivery_change"]
        row = {column.name: _something(column) for column in delivery.columns}
        connection.execute(delivery.insert(), [row | {"id": 1, "key": "a"}, row | {"id": 2, "key": "b"}])
        entered = {"merchant_id": "m1", "at": datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "until": None, "reason": None}
        of_then = [(3, 1, "planned"), (4, 2, "planned"), (5, 1, "claimed"), (6, 1, "sent")]
        connection.execute(change.insert(), [_entered(one) | entered for one in of_then])
    upgrade(empty_url)
    with writing(empty_url) as connection:
        connection.execute(delivery.insert(), [row | {"id": 7, "key": "c"}])
        of_now = [(7, 7, "planned"), (8, 7, "claimed")]
        connection.execute(change.insert(), [_entered(one) | entered for one in of_now])
        went_through = {
            number: connection.execute(
                select(col(DeliveryChange.state)).where(entered_by(number)).order_by(col(DeliveryChange.id))
            ).scalars().all()
            for number in (1, 2, 7)
        }  # fmt: skip
    assert went_through == {1: ["planned", "claimed", "sent"], 2: ["planned"], 7: ["planned", "claimed"]}


def _entered(one: tuple[int, int, str]) -> dict[str, Any]:
    return dict(zip(("id", "delivery_id", "state"), one, strict=True))


def _person(at: datetime) -> dict[str, Any]:
    return {"created_at": at, "source": "", "note": ""}


def _something(column: Column[Any]) -> Any:
    """A value that every column of a kind shares, so that what points to a row finds it."""
    match column.type:
        case JSON():
            return []
        case DateTime() | TIMESTAMP():
            return datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        case Boolean():
            return True
        case Integer():
            return 1
        case _:
            return "x"
