"""Four workers on a real PostgreSQL and real gateways, kill -9 among them: nothing twice, nothing lost, and in the end
the same as one worker on SQLite."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.gateway.bot_process import ROOT
from tests.store.databases import migrated_sqlite
from tests.workers.stage import ACCOUNTS, Chain, Row, chain

LIVES = 4
KILLS = 6

# The rows of all deliveries, and what reached the platform how often.
Played = tuple[set[Row], Counter[tuple[str, str, str, str]]]


def played(folder: Path, url: str, *, workers: int, kills: int) -> Played:
    """What came of the story."""
    with chain(folder, url) as shop:
        shop.start(workers)
        shop.until("the groups of all accounts", lambda: len(shop._groups()) == len(ACCOUNTS))
        shop.bind()
        shop.post()
        die(shop, kills)
        shop.until("the end of the story", shop.is_over)
        shop.stop()
        return shop.result(), shop.arrived()


def die(shop: Chain, kills: int) -> None:
    """Workers are killed in the middle of it, and others take their places."""
    chance = random.Random(kills)
    for _ in range(kills):
        ends = time.monotonic() + chance.uniform(1.0, 3.0)
        while time.monotonic() < ends:
            shop.step()
            time.sleep(0.05)
        keeping = set(shop.keepers().values())
        alive = shop.alive()
        shop.kill(chance.choice([pid for pid in alive if str(pid) in keeping] or alive))
        shop.start()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """What one worker does on SQLite."""
    folder = tmp_path_factory.mktemp("one")
    shutil.copy(migrated_sqlite(), folder / "shop.db")
    return played(folder, f"sqlite:///{folder}/shop.db", workers=1, kills=0)


def test_one_worker_on_sqlite_sends_everything_once(alone: Played) -> None:
    rows, arrived = alone
    assert {state for *_, state in rows} <= {"confirmed", "sent", "planned", "waiting"}
    assert set(arrived.values()) == {1}


def test_four_workers_that_are_killed_do_the_same(alone: Played, tmp_path: Path, postgresql_url: str) -> None:
    assert played(tmp_path / "four", postgresql_url, workers=LIVES, kills=KILLS) == alone


def test_a_worker_has_no_console() -> None:
    program = "import sys, bot.program, bot.keeper, bot.metrics_server; sys.exit('nicegui' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_accounts_are_balanced_when_one_joins_and_moved_when_one_dies_or_leaves(
    tmp_path: Path, postgresql_url: str
) -> None:
    with chain(tmp_path / "shop", postgresql_url) as shop:
        shop.start()
        shop.until("the first to have all", lambda: shop.shares() == [4])
        shop.start(2)
        shop.until("shares", lambda: shop.shares() == [1, 1, 2])
        shop.kill(shop.alive()[0])
        shop.until("the heirs", lambda: shop.shares() == [2, 2])
        shop.stop(shop.alive()[0])
        shop.until("the last one to have all", lambda: shop.shares() == [4])
        shop.stop()
