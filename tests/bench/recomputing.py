"""The figures of the benchmarks from what they leave, by docs/performance.md alone: nothing of `bench` is used.

`python -m tests.bench.recomputing` works out all that stand under `data/bench`.
"""

from __future__ import annotations

import csv
import json
import math
import sqlite3
import statistics
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

LEFT = Path("data/bench")


def table(benchmark: str, name: str = "rounds") -> list[dict[str, str]]:
    """A table that a benchmark left."""
    with (LEFT / benchmark / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def added(benchmark: str, name: str, of: str) -> int:
    """How many rows a table of a database has more than that of the world from which it began."""
    return _count(benchmark, name, of) - _count(benchmark, "world", of)


def logged(benchmark: str) -> int:
    """How many rows the log has that were added to a large file."""
    return _count(benchmark, "run", "journal")


def _count(benchmark: str, name: str, of: str) -> int:
    with closing(sqlite3.connect(LEFT / benchmark / f"{name}.db")) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {of}").fetchone()
    return int(found)


def _of_the_limit(benchmark: str) -> float:
    return statistics.median(
        (float(one["limit_seconds_before"]) + float(one["limit_seconds_after"])) / 2 / float(one["seconds"])
        for one in table(benchmark)
    )


def _of_the_limit_in_halves(benchmark: str) -> float:
    halves = ("limit_seconds_of_the_first_half", "limit_seconds_of_the_other_half")
    return statistics.median(
        sum(float(one[half]) for half in halves) / float(one["seconds"]) for one in table(benchmark)
    )


def _of_the_peer(benchmark: str) -> float:
    ours = "cpu_seconds_an_event" if benchmark.startswith("dispatch") else "seconds_a_message"
    return statistics.median(
        (float(one[f"peer_{ours}_before"]) + float(one[f"peer_{ours}_after"])) / 2 / float(one[ours])
        for one in table(benchmark)
    )


def _percentile(seconds: list[float], share: float = 0.99) -> float:
    return sorted(seconds)[int(len(seconds) * share)]


def _pace(benchmark: str) -> float:
    return 0.010 / _percentile([float(one["seconds"]) for one in table(benchmark, "late")])


def _analysis(benchmark: str) -> float:
    return 0.005 / _percentile([float(one["cpu_seconds"]) for one in table(benchmark, "costs")])


def _memory(benchmark: str) -> float:
    return 350 / float(table(benchmark, "resident")[0]["megabytes_at_most"])


def _recover(benchmark: str) -> float:
    return 2 / statistics.median(float(one["seconds"]) for one in table(benchmark))


def _year(benchmark: str) -> float:
    rounds = table(benchmark)
    return int(rounds[0]["days"]) / statistics.median(float(one["seconds"]) for one in rounds)


def _workers(benchmark: str) -> float:
    return statistics.median(float(one["alone_seconds"]) / float(one["four_seconds"]) for one in table(benchmark))


def _curve(benchmark: str) -> float:
    rounds = table(benchmark)
    sizes = [int(one["rows_before"]) for one in rounds]
    fewest, most = (
        [float(one["microseconds_a_message"]) for one in rounds if int(one["rows_before"]) == size]
        for size in (min(sizes), max(sizes))
    )
    return statistics.median(one / other for one, other in zip(fewest, most, strict=True))


def _open_loop(benchmark: str) -> float:
    """The rate by which events were committed, of that by which they arrived."""
    events = table(benchmark, "events")
    arrived = [float(one["arrived_seconds"]) for one in events]
    rate = (len(arrived) - 1) / (arrived[-1] - arrived[0])
    return len(events) / max(float(one["committed_seconds"]) for one in events) / rate


RECOMPUTED: Mapping[str, Callable[[str], float]] = {
    "inbound": _of_the_limit,
    "inbound_large": _of_the_limit_in_halves,
    "curve": _curve,
    "open_loop": _open_loop,
    "dispatch_vs_aiogram": _of_the_peer,
    "dispatch_vs_ptb": _of_the_peer,
    "dispatch_vs_nonebot": _of_the_peer,
    "logged_vs_chatrecorder": _of_the_peer,
    "expand": _of_the_limit,
    "send": _of_the_limit,
    "pace": _pace,
    "memory": _memory,
    "recover": _recover,
    "pg_apply": _of_the_limit,
    "pg_workers": _workers,
    "year": _year,
    "analysis": _analysis,
}


def follows(benchmark: str, figure: float) -> bool:
    """Whether a benchmark's first figure, which is rounded, follows from what it left."""
    return figure > 0 and math.isclose(figure, RECOMPUTED[benchmark](benchmark), rel_tol=0.005, abs_tol=0.001)


if __name__ == "__main__":
    for about in sorted(LEFT.glob("*/about.json")):
        name, told = about.parent.name, json.loads(about.read_bytes())["figures"][0]["figure"]
        print(f"{name:24} {RECOMPUTED[name](name):10.3f}   told: {told}")  # noqa: T201 - it is a command
