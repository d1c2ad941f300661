"""The inbound benchmark measures what it says: real rows, the same each time, and a ratio of like to like."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest

from bench.evidence import Evidence
from bench.figures import Figure, ratios_of
from bench.inbound import measure, run_seconds
from bench.inbound_mix import QUESTIONS, wire_batches
from bench.inbound_world import load_world, make_crowd
from bench.raw_rows import copy_of, raw_seconds, record, written_rows
from models.events import Message
from tests.bench.recomputing import added, follows, table

CROWD = make_crowd(500, 10, len(QUESTIONS))
SIZE, BATCHES = 100, 3


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bench") / "world.db"
    load_world(f"sqlite:///{file}", CROWD, QUESTIONS)
    return file


def counts(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for (name,) in names.fetchall()
            if not name.startswith(("alembic", "written"))
        }


def test_the_mix_is_the_same_for_the_same_seed_and_has_its_shares() -> None:
    crowd = make_crowd(5_000, 100, len(QUESTIONS))
    lines = [line for batch in wire_batches(crowd, 10, 1_000) for line in batch]
    assert lines == [line for batch in wire_batches(crowd, 10, 1_000) for line in batch]
    events = [msgspec.json.decode(line, type=Message) for line in lines]
    assert 1 - len({event.wire_id for event in events}) / len(events) == pytest.approx(0.05, abs=0.01)
    assert sum(bool(event.group) for event in events) / len(events) == pytest.approx(0.65, abs=0.03)
    assert sum("/" in event.text for event in events) > 0


def test_the_limit_writes_the_rows_that_the_run_wrote(world: Path, tmp_path: Path) -> None:
    batches = wire_batches(CROWD, BATCHES, SIZE)
    with copy_of(world, tmp_path / "run.db") as run:
        record(run)
        run_seconds(run, batches)
        first = written_rows(world, run)
        after = counts(run)
    with copy_of(world, tmp_path / "again.db") as again:
        record(again)
        run_seconds(again, batches)
        assert written_rows(world, again) == first
    rows = {table.table: len(table.rows) for table in first}
    distinct = len({msgspec.json.decode(line, type=Message).wire_id for batch in batches for line in batch})
    assert rows["seen_event"] == distinct
    assert rows["journal"] >= distinct  # timers and what follows from events too
    assert rows["answer"] > 0
    assert rows["delivery"] > 0
    with copy_of(world, tmp_path / "recorded.db") as recorded:
        record(recorded)
        evidence = Evidence("inbound")
        keep = partial(evidence.database, "kept")
        assert raw_seconds(recorded, tmp_path / "limit.db", first, batch=100, keep=keep) > 0
    assert written_rows(world, evidence.folder / "kept.db") == first
    kept = counts(evidence.folder / "kept.db")
    assert {name for name in after if after[name] != kept[name]} == {"timer"}  # those that rang are no rows any more
    assert kept["timer"] > after["timer"]


def test_a_round_is_compared_with_the_limits_around_it() -> None:
    assert ratios_of([1.0, 3.0, 1.0], [4.0, 2.0]) == [0.5, 1.0]


def test_a_figure_holds_at_its_floor() -> None:
    figure = Figure(name="inbound", figure=0.5, unit="of executemany", floor=0.5, detail="")
    assert figure.holds
    assert msgspec.json.decode(figure.to_json()) == {
        "name": "inbound",
        "figure": 0.5,
        "unit": "of executemany",
        "floor": 0.5,
        "detail": "",
        "holds": True,
    }


def test_a_tiny_run_gives_one_figure() -> None:
    told: list[tuple[int, int]] = []
    (figure,) = measure(lambda done, total: told.append((done, total)), batches=2, size=50, rounds=2, members=500)
    assert figure.name == "inbound"
    assert 0 < figure.figure < 2
    assert told == [(0, 2), (1, 2)]
    assert follows("inbound", figure.figure)
    (one, other) = table("inbound")
    assert added("inbound", "run", "seen_event") == added("inbound", "limit", "seen_event") > 0
    assert one["events"] == other["events"] == "100"
    assert added("inbound", "run", "seen_event") == 100 - int(one["duplicates"])
