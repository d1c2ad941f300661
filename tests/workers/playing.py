"""A play from its beginning to its end, on workers to whom things happen."""

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

from tests.store.databases import migrated_sqlite, restart_postgresql
from tests.workers.theatre import Play, Theatre, theatre

WORKERS = 4
ASLEEP_SECONDS = 3.5  # longer than a lease

# The rows of all deliveries, what reached the platform how often, and what was heard how often.
Played = tuple[Counter[tuple[str, ...]], Counter[tuple[str, str, str, str]], Counter[tuple[str, str]]]


def alone(folder: Path, play: Play) -> Played:
    """What comes of it with one worker on SQLite, to whom nothing happens."""
    folder.mkdir(parents=True)
    shutil.copy(migrated_sqlite(), folder / "shop.db")
    return played(folder, f"sqlite:///{folder}/shop.db", play, workers=1)


def played(
    folder: Path, url: str, play: Play, *, workers: int = WORKERS, blows: Sequence[str] = (), seed: int = 6
) -> Played:
    """What comes of it with so many workers and these blows, one after the other."""
    with theatre(folder, url, play) as shops:
        shops.start(workers)
        shops.begin()
        chance = random.Random(seed)
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
        case "kill all" | "kill all but start one":
            for pid in alive:
                os.kill(pid, signal.SIGKILL)
            shops.start(WORKERS if blow == "kill all" else 1)
        case "end one":
            shops.stop(chance.choice(alive))
            shops.start()
        case "join":
            shops.start()
        case "restart database":
            restart_postgresql()
        case "sleep":
            pid = chance.choice(working)
            waking = threading.Timer(ASLEEP_SECONDS, os.kill, (pid, signal.SIGCONT))  # we may wait for it ourselves
            os.kill(pid, signal.SIGSTOP)
            waking.start()
            live(shops, ASLEEP_SECONDS)
            waking.join()
