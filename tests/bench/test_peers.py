"""Peers are measured in an environment of their own, and without it the benchmark says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import peer_process
from bench.__main__ import BENCHMARKS, app
from bench.dispatch import cpu_seconds, hundred_commands
from bench.evidence import Evidence
from bench.figures import Figure
from bench.inbound_mix import QUESTIONS, group_batches
from bench.inbound_world import make_crowd
from bench.logged import measure
from handlers.commands import BY_NAME
from tests.bench.recomputing import added, follows

needs_peers = pytest.mark.skipif(not peer_process.PYTHON.exists(), reason="`make peers` has not been run")


def test_every_message_reaches_its_command_and_the_table_is_as_it_was() -> None:
    before = dict(BY_NAME)
    with hundred_commands() as handled:
        assert cpu_seconds(200, 3) > 0
        assert len(handled) == 200
        assert {call.arguments for call in handled} == {(str(600 + number),) for number in range(200)}
    assert before == BY_NAME


def test_group_chat_is_the_same_for_the_same_seed_but_for_its_numbers() -> None:
    crowd = make_crowd(500, 10, len(QUESTIONS))
    assert group_batches(crowd, 2, 50) == group_batches(crowd, 2, 50)
    assert group_batches(crowd, 2, 50) != group_batches(crowd, 2, 50, nth=1)
    assert all(b"@chatroom" in line for batch in group_batches(crowd, 2, 50) for line in batch)


def test_without_the_peers_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peer_process, "PYTHON", tmp_path / "python")
    said = CliRunner().invoke(app, ["dispatch_vs_ptb"])
    assert said.exit_code == 1
    assert "run `make peers`" in said.output


def test_what_came_of_a_benchmark_stands_beside_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = Figure(name="pace", figure=1.5, unit="times within 10 ms", floor=1.0, detail="")

    def measured(_progress: object) -> list[Figure]:
        Evidence("pace")
        return [figure]

    monkeypatch.setitem(BENCHMARKS, "pace", measured)
    assert CliRunner().invoke(app, ["pace"]).exit_code == 0
    about = json.loads(Path("data/bench/pace/about.json").read_bytes())
    assert about["figures"] == [figure.to_dict()]
    assert about["figures"][0]["holds"] is True
    assert {"commit", "at", "python", "sqlite", "machine", "processors", "load_before", "load_after"} < set(about)


@needs_peers
def test_a_tiny_run_of_logging() -> None:
    (figure,) = measure(lambda _done, _total: None, size=50, theirs=5, rounds=1, members=500)
    assert follows("logged_vs_chatrecorder", figure.figure)
    assert added("logged_vs_chatrecorder", "run", "journal") >= 100
