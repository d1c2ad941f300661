"""A busy evening on four workers that are killed, and whose database is restarted: in the end the same as one worker on
SQLite that nothing happens to, and on the platform nothing twice."""

from __future__ import annotations

from pathlib import Path

from tests.workers.busy_evening import BusyEvening
from tests.workers.playing import alone, played

BLOWS = ("kill one", "restart database", "kill all but start one")


def test_a_busy_evening_comes_to_the_same_end_whatever_happens_to_workers_and_database(
    tmp_path: Path, postgresql_url: str
) -> None:
    rows, arrived, heard = alone(tmp_path / "alone", BusyEvening())
    assert set(heard.values()) == {1}
    assert played(tmp_path / "four", postgresql_url, BusyEvening(), blows=BLOWS) == (rows, arrived, heard)
