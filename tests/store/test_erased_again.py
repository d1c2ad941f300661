"""A backup that is put back brings nobody back who was erased after it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import Store
from bot.store.backup import backup
from bot.store.erased_again import erase_again, erased_of
from bot.store.restoring import put_back
from models.deliveries import Delivery
from models.erasure import MarkSalt, Tombstone
from models.events import Roster, Who
from models.people import Contact
from tests.store.stage import START, Shop, post, said, shop
from tests.store.test_erasure import LIN, NAMESAKE, erase, left_of

LATER = "wxid_later"


def restored(url: str, file: Path) -> int:
    erased = erased_of(url)
    put_back(file, url, START)
    store = Store(url, lambda: START)
    try:
        return erase_again(store, erased)
    finally:
        store.close()


@pytest.mark.parametrize("early", [False, True], ids=["the first", "not the first"])
def test_who_was_erased_since_is_erased_again(sqlite_url: str, tmp_path: Path, early: bool) -> None:
    file = tmp_path / "backup.db"
    with shop(sqlite_url) as stage:
        to = stage.befriend(LIN, NAMESAKE, "wxid_early")
        if early:
            erase(stage, "wxid_early")
        stage.apply(said(LIN, "我住青石巷", "a", stage.at))
        stage.bring_about(post("news", contact_id=to[LIN]))
        backup(sqlite_url, file)
        stage.befriend(LATER)
        erase(stage, LIN, LATER)
    assert restored(sqlite_url, file) == 1
    with shop(sqlite_url) as stage:
        assert left_of(stage, LIN, "青石巷") == []
        assert [row.state for row in stage.rows(Delivery)] == ["cancelled"]
        assert {row.wire_id for row in stage.rows(Contact)} >= {NAMESAKE}
        assert len(stage.rows(Tombstone)) == 2 + early
        assert len(stage.rows(MarkSalt)) == 1
        lists(stage, "list 1")
        assert left_of(stage, LIN, LATER, "晚到") == []
        people = len(stage.rows(Contact))
        lists(stage, "list 2")
        assert len(stage.rows(Contact)) == people  # one nameless row for whom the backup never knew
    assert erased_of(sqlite_url)["m1"].erased_at


def lists(stage: Shop, wire_id: str) -> None:
    friends = (Who(LIN), Who(LATER, "晚到"), Who(NAMESAKE))
    roster = Roster(merchant="m1", account="main", at=stage.at, wire_id=wire_id, friends=friends)
    assert not stage.apply(roster)[0].error


def test_what_the_backup_knows_is_not_erased_twice(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    with shop(sqlite_url) as stage:
        stage.befriend(LIN)
        erase(stage, LIN)
        stage.apply(said(LIN, "我又来了", "back", stage.at))
        backup(sqlite_url, file)
    assert restored(sqlite_url, file) == 0
    with shop(sqlite_url) as stage:
        assert left_of(stage, "我又来了")


def test_a_database_that_is_gone_or_broken_tells_nothing(sqlite_url: str, tmp_path: Path) -> None:
    assert erased_of(f"sqlite:///{tmp_path / 'none.db'}") == {}
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    assert erased_of(f"sqlite:///{tmp_path / 'broken.db'}") == {}
    assert erased_of(sqlite_url) == {}
