"""Three shops on four workers that are killed, stopped, put to sleep and joined: in the end the same as one worker on
SQLite that nothing happens to, and on the platform nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests.workers.playing import alone, played
from tests.workers.three_shops import ThreeShops

BLOWS = ("sleep", "kill two", "join", "kill all", "end one", "kill one")


def test_three_shops_come_to_the_same_end_whatever_happens_to_their_workers(
    tmp_path: Path, postgresql_url: str
) -> None:
    rows, arrived, heard = alone(tmp_path / "alone", ThreeShops())
    assert set(arrived.values()) == set(heard.values()) == {1}
    assert played(tmp_path / "four", postgresql_url, ThreeShops(), blows=BLOWS) == (rows, arrived, heard)
