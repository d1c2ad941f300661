"""Three shops on four workers that are killed, stopped, put to sleep and joined: in the end the same as one worker on
SQLite that nothing happens to, and on the platform nothing twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.store.databases import migrated_sqlite
from tests.workers.theatre import Theatre, theatre
from tests.workers.three_shops import ThreeShops

WORKERS = 4
ASLEEP_SECONDS = 3.5  # longer than a lease
BLOWS = ("sleep", "kill two", "join", "kill all", "end one", "kill one")

# The rows of all deliveries, what reached the platform how often, and what was heard how often.
Played = tuple[Counter[tuple[str, ...]], Counter[tuple[str, str, str, str]], Counter[tuple[str, str]]]


def played(folder: Path, url: str, workers: int, blows: Sequence[str]) -> Played:
    with theatre(folder, url, ThreeShops()) as shops:
        shops.start(workers)
        shops.begin()
        chance = random.Random(len(blows))
        for blow in blows:
            live(shops, chance.uniform(0.5, 2.0))
            strike(shops, blow, chance)
        shops.until("the end of the play", shops.is_over)
        shops.stop()
        return shops.outcome(), shops.arrived(), shops.heard()


def live(shops: Theatre, seconds: float) -> None:
    """The play goes on for so long."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        shops.step()
        shops.look_up()
        time.sleep(0.05)


def strike(shops: Theatre, blow: str, chance: random.Random) -> None:
    """Something happens to the workers, and others take their places."""
    alive = shops.alive()
    keeping = set(shops.keepers().values())
    working = [pid for pid in alive if str(pid) in keeping] or alive
    match blow:
        case "kill one":
            shops.kill(chance.choice(working))
            shops.start()
        case "kill two":
            for pid in chance.sample(working, min(2, len(working))):
                shops.kill(pid)
            shops.start(2)
        case "kill all":
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            shops.start(WORKERS)
        case "end one":
            shops.stop(chance.choice(alive))
            shops.start()
        case "join":
            shops.start()
        case "sleep":
            pid = chance.choice(working)
            waking = threading.Timer(ASLEEP_SECONDS, os.kill, (pid, signal.SIGCONT))  # we may wait for it ourselves
            os.kill(pid, signal.SIGSTOP)
            waking.start()
            live(shops, ASLEEP_SECONDS)
            waking.join()


def test_three_shops_come_to_the_same_end_whatever_happens_to_their_workers(
    tmp_path: Path, postgresql_url: str
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(migrated_sqlite(), alone / "shop.db")
    rows, arrived, heard = played(alone, f"sqlite:///{alone}/shop.db", 1, ())
    assert set(arrived.values()) == set(heard.values()) == {1}
    assert played(tmp_path / "four", postgresql_url, WORKERS, BLOWS) == (rows, arrived, heard)
