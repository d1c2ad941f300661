"""`inbound`: what comes in, from JSON bytes of the wire to committed rows, against the driver's executemany.

Everything is the program's own: msgspec decodes, `store.batch.apply` deduplicates, loads contexts, asks
`handlers.decide` and writes one durable transaction a batch. Timers that the answers set ring with the next batch,
as the clock makes them, so answers are not only kept but understood. Time is the database's and ours, nobody waits.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from bench.evidence import Evidence, of_rounds, scratch_folder
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound_mix import BATCH_SECONDS, QUESTIONS, START, wire_batches
from bench.inbound_world import load_world, make_crowd, open_world
from bench.raw_rows import copy_of, raw_seconds, record, written_rows
from bot.intake import BATCH_SIZE
from bot.store import Store
from bot.store.batch import apply
from bot.store.due import due_timers
from handlers import decide
from models.events import Event, Message

FLOOR = 0.55
BATCHES = 5
ROUNDS = 7


def measure(
    progress: Progress, *, batches: int = BATCHES, size: int = BATCH_SIZE, rounds: int = ROUNDS, members: int = 10_000
) -> list[Figure]:
    """Events a second as a ratio to the limit, whose rows are those of a run in the same words but for their numbers
    (the recorded one); each round's limit is measured before and after it."""
    crowd = make_crowd(members, members // 50, len(QUESTIONS))
    batches_of_lines = wire_batches(crowd, batches, size)
    events = batches * size
    evidence = Evidence("inbound")
    with scratch_folder() as folder:
        world, scratch = folder / "world.db", folder / "scratch.db"
        load_world(f"sqlite:///{world}", crowd, QUESTIONS)
        with copy_of(world, scratch) as database:  # the same rows in every round, and everything is warm after it
            record(database)
            run_seconds(database, batches_of_lines)
            written = written_rows(world, database)
        limits = [raw_seconds(world, scratch, written)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            batches_of_lines = wire_batches(crowd, batches, size, nth=done + 1)
            with copy_of(world, scratch) as database:
                runs.append(run_seconds(database, batches_of_lines))
                if done == rounds - 1:
                    evidence.database("run", database)
            limits.append(raw_seconds(world, scratch, written))
        evidence.database("world", world)
        raw_seconds(world, scratch, written, keep=partial(evidence.database, "limit"))
    ratios = ratios_of(limits, runs)
    rows = sum(len(table.rows) for table in written)
    duplicates = events - len({line for lines in batches_of_lines for line in lines})  # of each round as many
    evidence.table("rounds", of_rounds(runs, limits, events=events, duplicates=duplicates, limit_rows=rows))
    return [
        Figure(
            name="inbound",
            figure=round(statistics.median(ratios), 3),
            unit="of executemany",
            floor=FLOOR,
            detail=f"ratio {spread(ratios, 3)} in {rounds} rounds; "
            f"events/s {spread([events / seconds for seconds in runs])}; "
            f"limit {spread([events / seconds for seconds in limits])}; "
            f"{rows / events:.2f} rows an event",
        )
    ]


def run_seconds(database: Path, batches_of_lines: Sequence[Sequence[bytes]]) -> float:
    """Seconds from the first line to the last commit."""
    clock = Clock(START)
    with closing(Store(f"sqlite:///{database}", clock.now)) as store:
        merchants = open_world(store)
        decoder = msgspec.json.Decoder(Message)
        gc.collect()
        began = time.perf_counter()
        for lines in [*batches_of_lines, []]:  # the answers of the last batch settle after it
            clock.moment += timedelta(seconds=BATCH_SECONDS)  # what a batch brings has happened
            rung, _ = due_timers(store, merchants)
            events: list[Event] = [*rung, *map(decoder.decode, lines)]
            apply(store, merchants, events, decide)
        return time.perf_counter() - began


class Clock:
    """The program's time in a run: it moves on between batches only, so that every run writes the same rows."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
