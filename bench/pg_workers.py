"""`pg_workers`: four workers on one PostgreSQL against one, with the same events and the same rows.

Workers are processes that decide and write as the program does. Transactions of one merchant come one after the other,
so four workers gain where there are several merchants: the figure has four, each with a world of its own. What one
merchant gets from four workers stands beside it: they must not hinder each other.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import statistics
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import make_url

from bench.evidence import Evidence
from bench.figures import Figure, Progress, spread
from bench.inbound_mix import BATCH_SECONDS, QUESTIONS, START, wire_batches
from bench.inbound_world import ACCOUNT, BEGAN, load_merchant, make_crowd
from bench.postgresql import server
from bot.config import load_config
from bot.merchants import open_merchants
from bot.store import Store
from bot.store.batch import apply
from bot.store.due import due_timers
from bot.store.migrating import upgrade
from handlers import decide
from models.capabilities import Capabilities
from models.context import MerchantView
from models.events import Event, Message

FLOOR = 1.1
FLOOR_OF_ONE_MERCHANT = 0.8
WORKERS = 4
BATCHES = 6
SIZE = 1_024
ROUNDS = 5
_CONFIG = Path(__file__).parents[1] / "config.toml"

Batches = Sequence[Sequence[bytes]]
Work = list[tuple[str, Batches]]  # of each merchant


def measure(
    progress: Progress, *, batches: int = BATCHES, size: int = SIZE, rounds: int = ROUNDS, members: int = 5_000
) -> list[Figure]:
    """Events a second of four by that of one, in the same round."""
    merchants = [f"m{number}" for number in range(1, WORKERS + 1)]
    crowd = make_crowd(members, members // 50, len(QUESTIONS))
    ratios: dict[str, list[float]] = {"several": [], "one": []}
    speeds: dict[str, list[float]] = {"several": [], "one": [], "alone": []}
    evidence = Evidence("pg_workers")
    took: list[dict[str, float]] = []
    with server() as databases:
        world = databases.new()
        upgrade(world)
        with closing(Store(world, lambda: BEGAN)) as store:
            for view in _views(store, merchants).values():
                load_merchant(store, view, crowd, QUESTIONS)
        databases.know(world)
        template = str(make_url(world).database)
        for done in range(rounds):
            progress(done, rounds)
            of_each = {
                merchant: wire_batches(crowd, batches, size, seed=number, nth=done)
                for number, merchant in enumerate(merchants)
            }
            # The same for one merchant: four times as many batches, dealt out to the workers.
            all_of_one = wire_batches(crowd, batches * WORKERS, size, seed=len(merchants), nth=done)
            (warm,) = wire_batches(crowd, 1, 64, seed=WORKERS + 1, nth=done)

            def seconds(name: str, plan: list[Work], warm: Sequence[bytes] = warm, done: int = done) -> float:
                url = databases.new(template)
                try:
                    passed = _together(url, merchants, plan, warm)
                    if done == rounds - 1:
                        evidence.postgresql(name, url)
                    return passed
                finally:
                    databases.drop(url)

            four = seconds("four", [[item] for item in of_each.items()])
            alone = seconds("alone", [list(of_each.items())])
            four_of_one = seconds("four_of_one", [[(merchants[0], all_of_one[n::WORKERS])] for n in range(WORKERS)])
            alone_of_one = seconds("alone_of_one", [[(merchants[0], all_of_one)]])
            events = WORKERS * batches * size
            took.append(
                {
                    "round": done + 1,
                    "events": events,
                    "four_seconds": four,
                    "alone_seconds": alone,
                    "four_of_one_merchant_seconds": four_of_one,
                    "alone_of_one_merchant_seconds": alone_of_one,
                }
            )
            ratios["several"].append(alone / four)
            ratios["one"].append(alone_of_one / four_of_one)
            speeds["several"].append(events / four)
            speeds["one"].append(events / four_of_one)
            speeds["alone"].append(events / alone)
    evidence.table("rounds", took)
    return [
        Figure(
            name="pg_workers",
            figure=round(statistics.median(ratios["several"]), 3),
            unit="of one worker",
            floor=FLOOR,
            detail=f"ratio {spread(ratios['several'], 2)} in {rounds} rounds, four merchants; "
            f"events/s of four {spread(speeds['several'])}, of one {spread(speeds['alone'])}",
        ),
        Figure(
            name="pg_workers_one_merchant",
            figure=round(statistics.median(ratios["one"]), 3),
            unit="of one worker",
            floor=FLOOR_OF_ONE_MERCHANT,
            detail=f"ratio {spread(ratios['one'], 2)}: its transactions come one after the other; "
            f"events/s of four {spread(speeds['one'])}",
        ),
    ]


def _together(url: str, merchants: Sequence[str], plan: Sequence[Work], warm: Sequence[bytes]) -> float:
    """Seconds from when all workers are ready to the last commit of the last one."""
    spawning = multiprocessing.get_context("spawn")
    ready, done = spawning.Barrier(len(plan) + 1), spawning.Queue()
    # A timer rings where its account is kept, which is with the first who has the merchant.
    everybody = [{merchant for merchant, _ in work} for work in plan]
    ringers = [mine.difference(*everybody[:n]) for n, mine in enumerate(everybody)]
    workers = [
        spawning.Process(target=_work, args=(url, merchants, work, rings, warm, ready, done), daemon=True)
        for work, rings in zip(plan, ringers, strict=True)
    ]
    for worker in workers:
        worker.start()
    ready.wait(timeout=120)
    began = time.perf_counter()
    for _ in workers:
        done.get(timeout=600)
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.join()
    return seconds


def _work(
    url: str,
    merchants: Sequence[str],
    work: Work,
    rings: Collection[str],
    warm: Sequence[bytes],
    ready: Any,
    done: Queue[int],
) -> None:
    """One worker: its merchants take turns, a batch each. What it hears first is to warm it up."""
    moment = START

    def now() -> datetime:
        return moment

    decoder = msgspec.json.Decoder(Message)

    def hear(merchant: str, lines: Sequence[bytes]) -> int:
        mine = {merchant: views[merchant]}
        rung = due_timers(store, mine)[0] if merchant in rings else []
        heard = [msgspec.structs.replace(decoder.decode(line), merchant=merchant) for line in lines]
        batch: list[Event] = [*rung, *heard]
        apply(store, mine, batch, decide)
        return len(batch)

    with closing(Store(url, now)) as store:
        views = _views(store, merchants)
        hear(work[0][0], warm)
        ready.wait(timeout=120)
        events = 0
        for turn in range(max(len(batches) for _, batches in work) + 1):
            moment += timedelta(seconds=BATCH_SECONDS)
            for merchant, batches in work:
                events += hear(merchant, batches[turn] if turn < len(batches) else [])
        done.put(events)


def _views(store: Store, merchants: Sequence[str]) -> Mapping[str, MerchantView]:
    """Merchants like the shipped one, each with an account."""
    shipped = load_config(_CONFIG, {})
    (merchant,), (account,) = shipped.merchants[:1], shipped.accounts[:1]
    config = dataclasses.replace(
        shipped,
        merchants=tuple(merchant.model_copy(update={"id": id}) for id in merchants),
        accounts=tuple(account.model_copy(update={"merchant": id}) for id in merchants),
        playbooks=dict.fromkeys(merchants, shipped.playbooks[merchant.id]),
    )
    return open_merchants(store, config, {ACCOUNT: Capabilities()}, seed=1, started_at=store.now())
