"""The analysis benchmark runs on the shipped playbook, and its figure is the limit by what it measured."""

from __future__ import annotations

from bench.analysis import measure
from tests.bench.recomputing import follows


def test_a_short_run() -> None:
    told: list[int] = []
    (figure,) = measure(lambda done, _total: told.append(done), messages=200)
    assert told == [0, 100]
    assert (figure.name, figure.unit, figure.floor) == ("analysis", "times within 5 ms", 1.0)
    slowest = float(figure.detail.split("p99 ")[1].split(" ms")[0])
    assert follows("analysis", figure.figure)
    assert abs(figure.figure * slowest - 5) < 0.1
