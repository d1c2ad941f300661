"""The benchmarks on PostgreSQL run on small worlds, and their figures are ratios of like to like."""

from __future__ import annotations

from bench import pg_apply, pg_workers


def test_apply_is_compared_with_copy() -> None:
    told: list[int] = []
    (figure,) = pg_apply.measure(lambda done, _all: told.append(done), batches=2, size=60, rounds=2, members=500)
    assert told == [0, 1]
    assert (figure.name, figure.unit) == ("pg_apply", "of COPY")
    assert 0 < figure.figure < 2


def test_four_workers_are_compared_with_one() -> None:
    several, one = pg_workers.measure(lambda _done, _all: None, batches=1, size=40, rounds=1, members=500)
    assert (several.name, one.name) == ("pg_workers", "pg_workers_one_merchant")
    assert several.figure > 0
    assert one.figure > 0
