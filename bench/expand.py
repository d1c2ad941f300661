"""`expand`: one entry of the calendar becomes 100,000 deliveries, against the driver's executemany of the same rows.

The timer of an entry for all friends with a tag rings: it is found, decided by `handlers.decide`, and its deliveries
and their first states are written, in one durable transaction. The limit writes exactly those rows in one durable
transaction too.
"""

from __future__ import annotations

import gc
import statistics
import time
from contextlib import closing
from datetime import time as time_of_day
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec

from bench.evidence import Evidence, of_rounds, scratch_folder
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound_world import BEGAN, MERCHANT, open_world
from bench.large_world import filled_world
from bench.raw_rows import copy_of, raw_seconds, record, written_rows
from bot.store import Store
from bot.store.batch import apply
from bot.store.due import due_timers
from content_calendar.entry import Entry, to_json
from handlers import decide
from models.orders import ImportEntriesOrder

FLOOR = 1.8
ROUNDS = 5
# Of whom 100,000 have told how to call them and have the tag.
FRIENDS = 102_565


def measure(progress: Progress, *, friends: int = FRIENDS, rounds: int = ROUNDS) -> list[Figure]:
    """How many times as fast as the limit, which is measured before and after each round."""
    evidence = Evidence("expand")
    with scratch_folder() as folder:
        world, scratch = folder / "world.db", folder / "scratch.db"
        filled_world(world, lambda _done, _total: None, friends, 0, 0)
        _import_entry(world)
        with copy_of(world, scratch) as database:
            record(database)
            expand_seconds(database)
            written = written_rows(world, database)
        made = sum(len(one.rows) for one in written if one.table == "delivery")
        rows = sum(len(one.rows) for one in written)
        limits = [raw_seconds(world, scratch, written, batch=rows)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            with copy_of(world, scratch) as database:
                runs.append(expand_seconds(database))
                if done == rounds - 1:
                    evidence.database("run", database)
            limits.append(raw_seconds(world, scratch, written, batch=rows))
        evidence.database("world", world)
        raw_seconds(world, scratch, written, batch=rows, keep=partial(evidence.database, "limit"))
    evidence.table("rounds", of_rounds(runs, limits, deliveries=made, limit_rows=rows))
    ratios = ratios_of(limits, runs)
    return [
        Figure(
            name="expand",
            figure=round(statistics.median(ratios), 3),
            unit="times executemany",
            floor=FLOOR,
            detail=f"ratio {spread(ratios, 2)} in {rounds} rounds; seconds {spread(runs, 2)}; "
            f"executemany {spread(limits, 2)}; {made} deliveries, {rows} rows",
        )
    ]


def expand_seconds(database: Path) -> float:
    """Seconds from the look for due timers to the commit of all deliveries."""
    due = BEGAN + timedelta(hours=1)
    with closing(Store(f"sqlite:///{database}", lambda: due)) as store:
        # The program was up when the entry fell due: it was not missed.
        merchants = {one.id: msgspec.structs.replace(one, started_at=BEGAN) for one in open_world(store).values()}
        gc.collect()
        began = time.perf_counter()
        rung, _ = due_timers(store, merchants)
        outcomes = apply(store, merchants, rung, decide)
        seconds = time.perf_counter() - began
    if errors := [outcome.error for outcome in outcomes if outcome.error]:
        raise RuntimeError(errors[0])
    return seconds


def _import_entry(world: Path) -> None:
    entry = Entry(
        key="每日",
        rule="daily",
        time=time_of_day(11),
        tags=("已留称呼",),
        text="早上好，{name|朋友}，今天的文章在群里。",
    )
    order = ImportEntriesOrder(
        merchant=MERCHANT, at=BEGAN, actor="bench", entries=((entry.key, entry.revision, to_json(entry).decode()),)
    )
    with closing(Store(f"sqlite:///{world}", lambda: BEGAN)) as store:
        apply(store, open_world(store), [order], decide)
