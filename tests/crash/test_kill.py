"""kill -9 at random moments: what was acknowledged is there once, and nothing leaves twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from sqlalchemy import text

from bot.store.engine import sqlite_path
from bot.store.outbox import found_claimed
from models.deliveries import Delivery, DeliveryState
from models.journal import Body, JournalEntry
from models.people import Contact, Tag
from tests.store.stage import shop

KILLS = 15


@dataclass
class World:
    """What the killed program had promised, and what it had sent."""

    process: subprocess.Popen[str]
    lines: Queue[str] = field(default_factory=Queue)
    acknowledged: set[int] = field(default_factory=set)
    wire: list[str] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.strip())

    def next_line(self) -> tuple[str, str]:
        word, _, rest = self.lines.get(timeout=60).partition(" ")
        match word:
            case "ack":
                self.acknowledged.add(int(rest))
            case "wire":
                self.wire.append(rest)
            case "error":
                raise AssertionError(rest)
        return word, rest

    def live_and_die(self, url: str, chance: random.Random) -> None:
        """Start a worker, let it do a random number of things, kill it, and hear what it still had said."""
        assert self.process.stdin is not None
        first = max(self.acknowledged, default=-1) + 1
        self.process.stdin.write(f"{url} {first} {chance.randrange(10**6)}\n")
        self.process.stdin.flush()
        word, pid = self.next_line()
        assert word == "started"
        for _ in range(chance.randint(1, 100)):
            self.next_line()
        pause = threading.Event()
        pause.wait(chance.random() * 0.03)
        os.kill(int(pid), signal.SIGKILL)
        while self.next_line()[0] != "gone":
            pass


@contextlib.contextmanager
def warm_program() -> Iterator[World]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        world = World(process)
        reader = threading.Thread(target=world.read)
        reader.start()
        assert world.next_line()[0] == "warm"
        try:
            yield world
        finally:
            process.kill()
            reader.join()


def test_nothing_acknowledged_is_lost_and_nothing_leaves_twice(database_url: str) -> None:
    chance = random.Random(20261123)
    with warm_program() as world:
        for _ in range(KILLS):
            world.live_and_die(database_url, chance)
    assert len(world.acknowledged) > KILLS
    assert world.wire

    with shop(database_url) as stage:
        journal = Counter(row.wire_id for row in stage.rows(JournalEntry) if row.type == "message")
        assert {str(n) for n in world.acknowledged} <= journal.keys()
        assert set(journal.values()) == {1}
        assert not any(row.error for row in stage.rows(JournalEntry))
        # every event was decided once, and everything of it was written, or nothing
        events = sorted(journal, key=int)
        assert sorted((row.key for row in stage.rows(Delivery)), key=_number) == [f"reply:{n}" for n in events]
        assert sorted((row.tag for row in stage.rows(Tag)), key=int) == events
        assert len(stage.rows(Body)) == len(events)
        assert len(stage.rows(Contact)) == 7

        # at most once on the wire, and each uncertain one is listed
        assert set(Counter(world.wire).values()) == {1}
        state = {row.key: row.state for row in stage.rows(Delivery)}
        left = {key for key, now in state.items() if now not in (DeliveryState.PLANNED, DeliveryState.WAITING)}
        assert set(world.wire) <= left
        assert {state[key] for key in left - set(world.wire)} <= {DeliveryState.UNKNOWN, DeliveryState.CLAIMED}
        assert len(found_claimed(stage.store)) <= 1
        unknown = [key for key, now in state.items() if now == DeliveryState.UNKNOWN]
        assert len(unknown) <= KILLS

        if sqlite_path(database_url):
            with stage.store.reading() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def _number(key: str) -> int:
    return int(key.partition(":")[2])
