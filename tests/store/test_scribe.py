"""What PostgreSQL is given to write while Python goes on is in its place in the transaction, and goes wrong there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.store import Store, Writing
from bot.store.bulk import LEAST
from bot.store.timers import DROP_TIMERS, THESE_TIMERS
from models.journal import Body
from models.operations import Timer
from tests.store.stage import START

T = TypeVar("T")
TIMER = ("merchant_id", "kind", "subject", "account_id", "at")


def put_timers(writing: Writing, count: int) -> None:
    writing.put(Timer, TIMER, [("m1", "nudge", f"wx{number}", "main", START) for number in range(count)], "replace")


def bodies(writing: Writing, first: int, text: str = "你好") -> None:
    writing.put(Body, ("id", "merchant_id", "text"), [(first + number, "m1", text) for number in range(LEAST)])


def in_one(store: Store, work: Callable[[Writing], T]) -> T:
    """Do it in a transaction of its own."""
    with store.writing() as writing:
        return work(writing)


def count(writing: Writing, table: Any) -> Any:
    return writing.connection.execute(select(func.count()).select_from(table)).scalar()


def test_who_asks_next_finds_what_was_handed_over(postgresql_url: str) -> None:
    with closing(Store(postgresql_url, lambda: START)) as store, store.writing() as writing:
        put_timers(writing, 2 * LEAST)
        bodies(writing, 1)
        writing.do(DROP_TIMERS, merchant="m1", kind="nudge", subjects=[f"wx{number}" for number in range(LEAST)])
        put_timers(writing, 3)
        subjects = [f"wx{number}" for number in range(2 * LEAST)]
        assert len(writing.rows(THESE_TIMERS, merchant="m1", kind="nudge", subjects=subjects)) == LEAST + 3
        assert count(writing, Body) == LEAST


def test_what_was_handed_over_last_is_committed_and_not_before(postgresql_url: str) -> None:
    with closing(Store(postgresql_url, lambda: START)) as store:
        with store.writing() as writing:
            bodies(writing, 1)
            with store.reading() as beside:
                assert beside.execute(select(func.count()).select_from(Body)).scalar() == 0
        with store.reading() as beside:
            assert beside.execute(select(func.count()).select_from(Body)).scalar() == LEAST


@pytest.mark.parametrize("further", [True, False])
def test_what_goes_wrong_meanwhile_is_told_and_nothing_is_written(postgresql_url: str, *, further: bool) -> None:
    def write(writing: Writing) -> None:
        bodies(writing, 1)
        bodies(writing, LEAST)  # one of these ids is taken
        put_timers(writing, LEAST)
        if further:
            count(writing, Timer)

    with closing(Store(postgresql_url, lambda: START)) as store:
        with pytest.raises(DBAPIError, match="already exists"):
            in_one(store, write)
        assert in_one(store, lambda writing: (count(writing, Body), count(writing, Timer))) == (0, 0)
        in_one(store, lambda writing: bodies(writing, 1))
        assert in_one(store, lambda writing: count(writing, Body)) == LEAST


def test_what_is_rolled_back_is_written_by_nobody(postgresql_url: str) -> None:
    def write(writing: Writing) -> None:
        bodies(writing, 1)
        bodies(writing, LEAST)  # goes wrong too; what went wrong here is told
        raise ZeroDivisionError

    with closing(Store(postgresql_url, lambda: START)) as store:
        with pytest.raises(ZeroDivisionError):
            in_one(store, write)
        assert in_one(store, lambda writing: count(writing, Body)) == 0
