"""Many rows of the log are written to a file by a single step while Python goes on: the same as one by one, and all
or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.store import Store, Writing, inserting
from bot.store.engine import sqlite_driver
from bot.store.inserting import insert_into, lister
from bot.store.migrating import upgrade
from models.journal import Body, JournalEntry
from tests.store.stage import START

NAMES = ("id", "merchant_id", "type", "at", "received_at", "account_id", "wire_id", "contact_id", "body_id", "data")
MANY = 300

ids = st.integers(1, 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
times = st.integers(0, 10**9).map(lambda number: START + timedelta(milliseconds=number))
datas = st.dictionaries(texts, st.one_of(st.none(), st.booleans(), ids, texts), max_size=3).map(
    lambda data: msgspec.json.encode(data).decode()
)
rows = st.lists(
    st.tuples(
        ids, texts, texts, times, times, texts, texts, st.none() | ids, st.none() | ids, datas
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda row: row[0],
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("log") / "shop.db"
    upgrade(f"sqlite:///{path}")
    return str(path)


@given(given_rows=rows, largest=st.sampled_from([0, 1_000_000]))
def test_rows_of_a_list_are_those_written_one_by_one(
    file: str, given_rows: Sequence[tuple[Any, ...]], largest: int
) -> None:
    table: Any = JournalEntry.__dict__["__table__"]
    columns = list(zip(*given_rows, strict=True))
    insert = insert_into("sqlite", table, NAMES, "error", columns)
    found = []
    with pytest.MonkeyPatch.context() as patch, closing(sqlite_driver().connect(file)) as database:
        patch.setattr(inserting, "_LARGEST", largest)
        database.isolation_level = None
        every = [column.name for column in table.columns]
        kinds = ", ".join([*every, *(f"typeof({name})" for name in every)])
        for write in (
            lister(insert, columns),
            lambda cursor: cursor.executemany(insert.text, insert.values(columns)),
        ):
            database.execute("BEGIN")
            write(database.cursor())
            found.append(database.execute(f"SELECT {kinds} FROM journal ORDER BY id").fetchall())
            database.execute("ROLLBACK")
    assert found[0] == found[1]
    assert len(found[0]) == len(given_rows)


def bodies(writing: Writing, first: int, text: str = "你好\0") -> None:
    columns = (range(first, first + MANY), ("m1",) * MANY, (text,) * MANY)
    writing.log_columns(Body, ("id", "merchant_id", "text"), columns)


def count(store: Store) -> Any:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(Body)).scalar()


def test_who_asks_next_finds_the_log(sqlite_url: str) -> None:
    with closing(Store(sqlite_url, lambda: START)) as store:
        with store.writing() as writing:
            bodies(writing, 1)
            assert writing._scribe.is_at_work
            assert writing.connection.execute(select(func.count()).select_from(Body)).scalar() == MANY
            bodies(writing, 1 + MANY)
            assert count(store) == 0  # beside it nothing is seen yet
        assert count(store) == 2 * MANY


def test_what_goes_wrong_in_the_log_is_told_and_nothing_is_written(sqlite_url: str) -> None:
    def write(store: Store, *firsts: int) -> None:
        with store.writing() as writing:
            for first in firsts:
                bodies(writing, first)

    with closing(Store(sqlite_url, lambda: START)) as store:
        with pytest.raises(IntegrityError):
            write(store, 1, MANY, 2 * MANY)  # an id of the second is taken
        assert count(store) == 0
        write(store, 1)
        assert count(store) == MANY


def test_behind_a_transaction_that_sqlite_has_ended_nothing_of_the_log_is_kept(sqlite_url: str) -> None:
    """As it does by itself on a full disk: what was handed over behind that would be a transaction of its own."""

    def write(store: Store) -> None:
        with store.writing() as writing:
            bodies(writing, 1, "ends it")
            bodies(writing, 1 + MANY)
            bodies(writing, 1 + 2 * MANY)

    with closing(Store(sqlite_url, lambda: START)) as store:
        with store.writing() as writing:
            writing.connection.exec_driver_sql(
                "CREATE TRIGGER ending BEFORE INSERT ON body WHEN new.text = 'ends it'"
                " BEGIN SELECT RAISE(ROLLBACK, 'it is over'); END"
            )
        with pytest.raises(IntegrityError, match="it is over"):
            write(store)
        assert count(store) == 0
        with store.writing() as writing:
            writing.connection.exec_driver_sql("DROP TRIGGER ending")
        write(store)
        assert count(store) == 3 * MANY
