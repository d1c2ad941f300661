"""`inbound_large`: `inbound` on a file with ten million logged rows, a million members and a hundred thousand
groups.

A file of six gigabytes is not copied for each round: a round goes on where the one before ended, with messages that
nobody has said yet. What each round writes is recorded beforehand on a copy of its own by triggers; the limit writes
exactly those rows, round by round, into another copy of the file, before and after each of the program's rounds.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - every table is known once this is imported
from bench.evidence import Evidence, scratch_folder
from bench.figures import Figure, Progress, spread
from bench.inbound import Clock
from bench.inbound_mix import BATCH_SECONDS, START, wire_batches
from bench.inbound_world import open_world
from bench.large_world import GROUPS, MEMBERS, ROWS, large_crowd, large_world
from bench.raw_rows import BATCH, TableRows, copy_of, keys_of, record, statement_of, write_rows
from bot.intake import BATCH_SIZE
from bot.store import Store
from bot.store.batch import apply
from bot.store.due import due_timers
from bot.store.engine import sqlite_driver, writer_engine
from handlers import decide
from models.events import Message

FLOOR = 0.60
ROUNDS = 5
BATCHES = 3
# The curve: so many logged rows, with a crowd of ten thousand.
CURVE = (10_000, 100_000, 1_000_000, 10_000_000)
CURVE_ROUNDS = 7
# A thousand times the history costs less than half as much again, for pages that are no longer at hand.
CURVE_FLOOR = 0.67


def measure(
    progress: Progress,
    *,
    members: int = MEMBERS,
    groups: int = GROUPS,
    rows: int = ROWS,
    batches: int = BATCHES,
    size: int = BATCH_SIZE,
    rounds: int = ROUNDS,
) -> list[Figure]:
    """Events a second as a ratio to the limit; each round's limit is measured before and after it."""
    world = large_world(progress, members, groups, rows, copies=2)
    crowd = large_crowd(members, groups)
    # One round more than counts: it warms everything up.
    said = [wire_batches(crowd, batches, size, seed=nth + 1, nth=nth) for nth in range(rounds + 1)]
    del crowd
    events = batches * size
    before: list[float] = []
    after: list[float] = []
    runs: list[float] = []
    evidence = Evidence("inbound_large")
    with scratch_folder() as folder:
        with copy_of(world, folder / "recorded.db") as database:
            record(database)
            with program_on(database) as program:
                written = [_recorded(program, world, database, lines, nth) for nth, lines in enumerate(said)]
        with copy_of(world, folder / "run.db") as run, copy_of(world, folder / "limit.db") as limit:
            with program_on(run) as program, _writer(limit) as connection:
                program.seconds(said[0], 0)
                write_rows(connection, written[0], BATCH)
                # The limit of a round is a part of its rows before it, and the rest after it.
                for nth in range(1, rounds + 1):
                    progress(nth - 1, rounds)
                    first, rest = halves(written[nth])
                    before.append(write_rows(connection, first, BATCH))
                    runs.append(program.seconds(said[nth], nth))
                    after.append(write_rows(connection, rest, BATCH))
            evidence.added("run", run, world)
            evidence.added("limit", limit, world)
    limits = [first + rest for first, rest in zip(before, after, strict=True)]
    ratios = [one / run for one, run in zip(limits, runs, strict=True)]
    counts = [sum(len(table.rows) for table in one) for one in written]
    evidence.table(
        "rounds",
        [
            {
                "round": nth,
                "events": events,
                "limit_rows": counts[nth],
                "seconds": run,
                "limit_seconds_of_the_first_half": first,
                "limit_seconds_of_the_other_half": rest,
            }
            for nth, (run, first, rest) in enumerate(zip(runs, before, after, strict=True), 1)
        ],
    )
    return [
        Figure(
            name="inbound_large",
            figure=round(statistics.median(ratios), 3),
            unit="of executemany",
            floor=FLOOR,
            detail=f"ratio {spread(ratios, 3)} in {rounds} rounds; "
            f"events/s {spread([events / one for one in runs])}; limit {spread([events / one for one in limits])}; "
            f"{sum(counts[1:]) / events / rounds:.2f} rows an event; {rows:,} rows logged, {members:,} members",
        )
    ]


def curve(
    progress: Progress,
    *,
    sizes: Sequence[int] = CURVE,
    members: int = 10_000,
    size: int = BATCH_SIZE,
    rounds: int = CURVE_ROUNDS,
) -> list[Figure]:
    """What a message costs with the fewest rows logged before, as a ratio to what it costs with the most.

    The files take turns, so that a slow minute is one of all of them.
    """
    crowd = large_crowd(members, members // 50)
    evidence = Evidence("curve")
    with ExitStack() as opened:
        folder = opened.enter_context(scratch_folder())
        programs: list[Running] = []
        for rows in sizes:
            world = large_world(progress, members, members // 50, rows)
            database = opened.enter_context(copy_of(world, folder / f"{rows}.db"))
            programs.append(opened.enter_context(program_on(database)))
        costs: list[list[float]] = [[] for _ in sizes]  # microseconds
        words = count()  # no file profits from what was heard for another
        for nth in range(rounds + 1):
            progress(nth, rounds + 1)
            places = range(len(sizes)) if nth % 2 else reversed(range(len(sizes)))
            for place in places:
                said = wire_batches(crowd, 2, size, seed=nth + 1, nth=next(words))
                seconds = programs[place].seconds(said, nth)
                if nth:  # the first round warms everything up
                    costs[place].append(seconds / (2 * size) * 1_000_000)
    evidence.table(
        "rounds",
        [
            {"round": nth, "rows_before": rows, "messages": 2 * size, "microseconds_a_message": cost}
            for rows, each in zip(sizes, costs, strict=True)
            for nth, cost in enumerate(each, 1)
        ],
    )
    ratios = [fewest / most for fewest, most in zip(costs[0], costs[-1], strict=True)]
    return [
        Figure(
            name="curve",
            figure=round(statistics.median(ratios), 3),
            unit="of the cost with the most rows",
            floor=CURVE_FLOOR,
            detail=f"ratio {spread(ratios, 2)} in {rounds} rounds; microseconds a message by rows logged before: "
            + "; ".join(f"{rows:,}: {spread(each, 0)}" for rows, each in zip(sizes, costs, strict=True)),
        )
    ]


class Running:
    """The program on a database that it keeps open from round to round."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._merchants = open_world(store)

    def seconds(self, batches_of_lines: Sequence[Sequence[bytes]], nth: int) -> float:
        """Seconds from the first line of the n-th round to its last commit."""
        decoder = msgspec.json.Decoder(Message)
        self._clock.moment = START + timedelta(seconds=(len(batches_of_lines) + 2) * BATCH_SECONDS * nth)
        gc.collect()
        began = time.perf_counter()
        for lines in [*batches_of_lines, []]:
            self._clock.moment += timedelta(seconds=BATCH_SECONDS)
            rung, _ = due_timers(self._store, self._merchants)
            apply(self._store, self._merchants, [*rung, *map(decoder.decode, lines)], decide)
        return time.perf_counter() - began


@contextmanager
def program_on(database: Path) -> Iterator[Running]:
    """Open the store of a file, and close it again."""
    clock = Clock(START)
    with closing(Store(f"sqlite:///{database}", clock.now)) as store:
        yield Running(store, clock)


def halves(written: Sequence[TableRows]) -> tuple[list[TableRows], list[TableRows]]:
    """The rows of each table in two parts."""
    first, rest = [], []
    for one in written:
        middle = len(one.rows) // 2
        first.append(TableRows(one.table, one.statement, one.rows[:middle]))
        rest.append(TableRows(one.table, one.statement, one.rows[middle:]))
    return first, rest


@contextmanager
def _writer(database: Path) -> Iterator[Any]:
    engine = writer_engine(f"sqlite:///{database}")
    with closing(engine.raw_connection()) as pooled:
        yield pooled.driver_connection
    engine.dispose()


def _recorded(
    program: Running, world: Path, database: Path, lines: Sequence[Sequence[bytes]], nth: int
) -> list[TableRows]:
    """Play a round and return what it wrote; which rows are new is asked of the world row by row."""
    program.seconds(lines, nth)
    found = []
    with closing(sqlite_driver().connect(world)) as before, closing(sqlite_driver().connect(database)) as after:
        for table in SQLModel.metadata.sorted_tables:
            names = ", ".join(column.name for column in table.columns)
            rows = after.execute(f"SELECT {names} FROM written_{table.name} ORDER BY rowid")
            latest = {tuple(keys_of(table, row)): row for row in rows}
            if not latest:
                continue
            after.execute(f"DELETE FROM written_{table.name}")
            these = " AND ".join(f"{column.name} = ?" for column in table.primary_key)
            known = (before.execute(f"SELECT 1 FROM {table.name} WHERE {these}", key).fetchone() for key in latest)
            # What an earlier round wrote is not in the world: from the second on a row may be there already.
            changed = table.name not in _ONLY_ADDED or any(known)
            found.append(TableRows(table.name, statement_of(table, changed=changed), list(latest.values())))
        after.commit()
    return found


_ONLY_ADDED = frozenset({"journal", "body", "seen_event", "delivery_change", "audit"})
