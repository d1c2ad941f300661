"""The benchmark on PostgreSQL runs on a small world, and its figure is a ratio of like to like."""

from __future__ import annotations

from bench import pg_apply
from tests.bench.recomputing import follows, table


def test_apply_is_compared_with_copy() -> None:
    told: list[int] = []
    (figure,) = pg_apply.measure(lambda done, _all: told.append(done), batches=2, size=60, rounds=2, members=500)
    assert told == [0, 1]
    assert (figure.name, figure.unit) == ("pg_apply", "of COPY")
    assert follows("pg_apply", figure.figure)
    assert 0 < figure.figure < 2
    before, after = _logged("world"), _logged("run")
    assert after >= before + 100
    assert after == len(table("pg_apply", "run_journal"))


def _logged(name: str) -> int:
    return next(int(one["rows"]) for one in table("pg_apply", f"{name}_rows") if one["table"] == "journal")
