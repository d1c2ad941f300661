"""A database that is taken back, and lived on from there: who stays in it and who is met anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import Store
from bot.store.batch import apply
from bot.store.ids import GIVEN_THEN
from bot.store.rewinding import rewind
from models.identity import Merge
from models.orders import MergeOrder, Order, UnmergeOrder
from models.people import Contact
from tests.store.stage import START, Shop, merchant, nothing, said, shop


def merging(stage: Shop, kept: str = "wx1", other: str = "wx2") -> Order:
    return MergeOrder(merchant="m1", at=stage.at, kept=kept, other=other, actor="operator")


def parting(stage: Shop) -> Order:
    return UnmergeOrder(merchant="m1", at=stage.at, contact="wx1", actor="operator")


def done(stage: Shop, *orders: Order) -> None:
    for order in orders:
        (outcome,) = stage.apply(order)
        assert not outcome.error


def persons(stage: Shop) -> int:
    return len({row.person_id for row in stage.rows(Contact)})


def taken_back(url: str) -> list[object]:
    """Take the database back to before anybody was met; returns the references to nothing that are in it now."""
    file = Path(url.removeprefix("sqlite:///"))
    rewind(file, START - timedelta(minutes=1))
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute("PRAGMA foreign_key_check").fetchall()


@pytest.mark.parametrize("was_parted", [True, False])
def test_who_was_merged_later_can_be_merged_and_parted_again(sqlite_url: str, was_parted: bool) -> None:
    with shop(sqlite_url) as stage:
        stage.befriend("wx1", "wx2")
        stage.later(minutes=5)
        done(stage, merging(stage), *([parting(stage)] if was_parted else []))
    assert taken_back(sqlite_url) == []
    with shop(sqlite_url) as stage:
        assert persons(stage) == (2 if was_parted else 1)
        stage.later(minutes=5)
        done(stage, merging(stage))
        assert persons(stage) == 1
        assert len(stage.rows(Merge)) == 1
        done(stage, parting(stage))
        assert persons(stage) == 2


@pytest.mark.parametrize(("kept", "other"), [("wx1", "wx9"), ("wx9", "wx1")])
def test_a_merger_with_somebody_who_was_not_met_yet_is_not_on_record(sqlite_url: str, kept: str, other: str) -> None:
    def met_and_merged(stage: Shop) -> None:
        stage.apply(said("wx9", wire_id="a"))
        stage.later(minutes=5)
        done(stage, merging(stage, kept, other))
        assert persons(stage) == 1

    with shop(sqlite_url) as stage:
        stage.befriend("wx1")
        met_and_merged(stage)
    assert taken_back(sqlite_url) == []
    with shop(sqlite_url) as stage:
        assert [row.wire_id for row in stage.rows(Contact)] == ["wx1"]
        assert stage.rows(Merge) == []
        met_and_merged(stage)


def test_whoever_is_met_in_the_same_moment_again_gets_another_id(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        stage.apply(said("wx1", wire_id="a"), said("wx9", wire_id="b"), decide=nothing)
        stage.befriend("wx1")
    assert taken_back(sqlite_url) == []
    with closing(Store(sqlite_url, lambda: START, spare_ids=GIVEN_THEN)) as store:
        (outcome,) = apply(store, {"m1": merchant()}, [said("wx9", wire_id="b")], nothing)
        assert not outcome.error
        assert {row.wire_id for row in Shop(store, {}).rows(Contact)} == {"wx1", "wx9"}
