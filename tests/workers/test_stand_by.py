"""Two accounts that are replaced by others, on four workers that are killed and stopped: in the end the same as one
worker on SQLite that nothing happens to, and on the platform nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests.workers.playing import alone, played
from tests.workers.stand_by import StandBy

BLOWS = ("kill one", "end one", "kill two", "join", "kill one")


def test_accounts_are_replaced_to_the_same_end_whatever_happens_to_their_workers(
    tmp_path: Path, postgresql_url: str
) -> None:
    rows, arrived, heard = alone(tmp_path / "alone", StandBy())
    assert set(arrived.values()) == set(heard.values()) == {1}
    assert played(tmp_path / "four", postgresql_url, StandBy(), blows=BLOWS) == (rows, arrived, heard)
