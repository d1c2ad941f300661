"""`send`: what is due is claimed, judged, sent to nowhere and settled, against the driver's pairs of UPDATEs.

256 accounts with a reply for each of their friends: a step claims at most one an account (`store.outbox.claim`, with
the gate), and what came of them is decided and written together (`store.batch.apply`), as the dispatcher does; each
is a durable transaction. A minute passes between steps, so that all is typed and no budget is used up. The limit
makes the same deliveries claimed and then sent by two `executemany` of an UPDATE by id, as many to a durable
transaction.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.evidence import Evidence, of_rounds, scratch_folder
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound import Clock
from bench.inbound_world import BEGAN, MERCHANT
from bench.raw_rows import copy_of
from bench.shop_of_accounts import load_shop, names, open_shop
from bot.store import Store
from bot.store.batch import apply
from bot.store.engine import sqlite_driver, writer_engine
from bot.store.outbox import claim
from handlers import decide
from models.events import SendAnswered

FLOOR = 0.25
ROUNDS = 5
ACCOUNTS = 256
FRIENDS = 10

# Of each delivery: its id, its text, when it left.
_Left = tuple[int, str, str]


def measure(
    progress: Progress, *, accounts: int = ACCOUNTS, friends: int = FRIENDS, rounds: int = ROUNDS
) -> list[Figure]:
    """Sends a second by pairs of UPDATEs a second; the limit is measured before and after each round."""
    evidence = Evidence("send")
    count = accounts * friends
    with scratch_folder() as folder:
        world, scratch = folder / "world.db", folder / "scratch.db"
        load_shop(f"sqlite:///{world}", accounts, friends)
        with copy_of(world, scratch) as database:
            send_seconds(database, accounts, count)
            left = _left(database)
        with copy_of(world, scratch) as database:
            limits = [update_seconds(database, left, accounts)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            with copy_of(world, scratch) as database:
                runs.append(send_seconds(database, accounts, count))
                if done == rounds - 1:
                    evidence.database("run", database)
            with copy_of(world, scratch) as database:
                limits.append(update_seconds(database, left, accounts))
                if done == rounds - 1:
                    evidence.database("limit", database)
        evidence.database("world", world)
    evidence.table("rounds", of_rounds(runs, limits, sends=count))
    ratios = ratios_of(limits, runs)
    return [
        Figure(
            name="send",
            figure=round(statistics.median(ratios), 3),
            unit="of UPDATE pairs",
            floor=FLOOR,
            detail=f"ratio {spread(ratios, 3)} in {rounds} rounds; sends/s {spread([count / one for one in runs])}; "
            f"limit {spread([count / one for one in limits])}; {count} sends of {accounts} accounts",
        )
    ]


def send_seconds(database: Path, accounts: int, count: int) -> float:
    """Seconds until all that is due was sent and settled."""
    clock = Clock(BEGAN)
    idle = [(MERCHANT, name) for name in names(accounts)]
    with closing(Store(f"sqlite:///{database}", clock.now)) as store:
        merchants = open_shop(store, accounts)
        gc.collect()
        began = time.perf_counter()
        sent = 0
        while sent < count:
            clock.moment += timedelta(minutes=1)
            found = claim(store, merchants, idle)
            if not found.claims:
                raise RuntimeError(f"{count - sent} of {count} deliveries may not leave")
            answers = [
                SendAnswered(
                    merchant=one.merchant_id,
                    account=one.account,
                    at=clock.moment,
                    delivery=one.delivery_id,
                    key=one.outgoing.key,
                    answer="sent",
                    message=one.outgoing.key,
                )
                for one in found.claims
            ]
            apply(store, merchants, answers, decide)
            sent += len(answers)
        return time.perf_counter() - began


def update_seconds(database: Path, left: Sequence[_Left], batch: int) -> float:
    """Seconds in which the driver makes the same deliveries claimed and sent."""
    engine = writer_engine(f"sqlite:///{database}")
    with closing(engine.raw_connection()) as pooled:
        connection: Any = pooled.driver_connection
        gc.collect()
        began = time.perf_counter()
        for start in range(0, len(left), batch):
            share = left[start : start + batch]
            for statement, rows in (
                (_CLAIMED, [(words, at, identity) for identity, words, at in share]),
                (_SENT, [(words, identity) for identity, words, _ in share]),
            ):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(statement, rows)
                connection.execute("COMMIT")
        seconds = time.perf_counter() - began
    engine.dispose()
    return seconds


_CLAIMED = "UPDATE delivery SET state = 'claimed', text = ?, left_at = ?, attempts = 1 WHERE id = ?"
_SENT = "UPDATE delivery SET state = 'sent', message = ? WHERE id = ?"


def _left(database: Path) -> list[_Left]:
    with closing(sqlite_driver().connect(database)) as connection:
        rows: list[_Left] = connection.execute(
            "SELECT id, text, left_at FROM delivery WHERE state = 'sent' ORDER BY left_at, account_id"
        ).fetchall()
    return rows
