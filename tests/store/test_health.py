"""A file that a crash may have hurt is looked at before it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.database_urls import sqlite_path
from bot.store.damaged import Damaged
from bot.store.health import check_after_crash, optimize
from tests.store.stage import nothing, said, shop


def test_a_whole_file_passes(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        stage.apply(said("wx1", wire_id="a"), decide=nothing)
    check_after_crash(sqlite_url)


def test_what_is_not_there_is_not_damaged(tmp_path: Path) -> None:
    check_after_crash(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [0, 1], ids=["the first page", "a page in the middle"])
def test_a_damaged_file_is_refused_with_what_to_do(sqlite_url: str, place: int) -> None:
    with shop(sqlite_url) as stage:
        stage.apply(*(said(f"wx{n}", "长" * 500, wire_id=str(n)) for n in range(200)), decide=nothing)
    path = sqlite_path(sqlite_url)
    assert path is not None
    with path.open("r+b") as file:
        file.seek(8192 * place)
        file.write(b"\xa5" * 8192)  # all of it: what a page does not use may be damaged without anybody's loss
    with pytest.raises(Damaged, match="db restore"):
        check_after_crash(sqlite_url)


def test_statistics_are_renewed(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(*(said(f"wx{n}", wire_id=str(n)) for n in range(500)), decide=nothing)
        optimize(stage.store)
        stage.apply(said("wx1", wire_id="after"), decide=nothing)


def test_statistics_are_renewed_where_the_file_has_grown(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        pages = optimize(stage.store)
        assert pages > 0
        assert optimize(stage.store, pages) == pages
        stage.apply(*(said(f"wx{n}", "长" * 2_000, wire_id=str(n)) for n in range(500)), decide=nothing)
        assert optimize(stage.store, pages) > pages


def test_small_tables_keep_no_statistics_by_which_they_would_be_read_whole(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        stage.apply(said("wx1", wire_id="a"), said("wx2", wire_id="b"), decide=nothing)
        with stage.store.writing() as writing:
            writing.connection.exec_driver_sql("ANALYZE")
        optimize(stage.store)
        with stage.store.reading() as connection:
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT * FROM contact WHERE merchant_id = ? AND id = ?", ("m1", 1)
            )
            assert ["SEARCH" in step for *_, step in plan] == [True]
