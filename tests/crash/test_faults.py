"""Every fault, before and after every step of the program: a commit, a claim, a send, the settling of its outcome.

The faults of the database are its own: a limit of its pages, a lock that somebody else holds, a limit of the system on
the size of files. The others come through what the program is given: how a function is run in the store, and its
transport.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot.database_urls import sqlite_path
from bot.store.engine import sqlite_driver
from bot.story_lines import FriendAdded, FriendRequest, Text
from models.deliveries import Delivery, DeliveryState
from models.journal import JournalEntry
from tests.crash.whole import NoSuchLuck, Whole, configured, play, spare
from tests.store.databases import migrated_sqlite
from tests.store.stage import START

LASTS = 3.0
"""Seconds of a trouble that passes by itself: long enough for a second try to meet it too."""
FAULTS = ("kill", "exception", "full", "busy", "io_error", "answer_lost")
PASSING = ("full", "busy", "io_error", "answer_lost")
EVERY_PLACE = os.environ.get("CRASH_EVERY_PLACE") == "yes"
"""`make crash` strikes every step of a kind; `make test` another one for each fault."""
STEPS = ("commit", "claim", "send", "settle")

ACCEPTANCE = ("accept:main:wx-1:request:wx-1", 1)


async def scene(whole: Whole) -> None:
    """Two newcomers, one of whom has asked before; the other one answers the first question."""
    whole.happen(FriendRequest(at=START, account="main", id="f1", contact="wx-1", name="一" * 500))
    whole.happen(FriendAdded(at=START, account="main", id="f2", contact="wx-2", name="二" * 500))
    await asyncio.sleep(60)
    whole.happen(Text(at=START, account="main", id="t1", contact="wx-2", text="我叫小满" + "，真的" * 1000))
    await asyncio.sleep(240)
    check(whole)


def check(whole: Whole) -> None:
    """Every event once, every effect once, nothing sent twice, what is uncertain listed, and the rest done."""
    wire_ids = [row.wire_id for row in whole.rows(JournalEntry.wire_id, JournalEntry.error) if row.wire_id]
    assert len(wire_ids) == len(set(wire_ids))
    assert {"f1", "f2", "t1"} <= set(wire_ids)
    assert [row.error for row in whole.rows(JournalEntry.error) if row.error] == []
    deliveries = {
        (row.key, row.part): DeliveryState(row.state) for row in whole.rows(Delivery.key, Delivery.part, Delivery.state)
    }
    arrived = whole.arrived()
    wanted = {("greet:wx-2", 1), ("ask:wx-2:1", 1), ("ask:wx-2:2", 1)}
    if arrived[ACCEPTANCE]:
        wanted |= {("greet:wx-1", 1), ("ask:wx-1:1", 1)}
    assert wanted | {ACCEPTANCE} <= deliveries.keys()
    assert set(arrived.values()) == {1}
    assert arrived.keys() <= deliveries.keys()
    for key, state in deliveries.items():
        assert state in {DeliveryState.CONFIRMED, DeliveryState.SENT, DeliveryState.UNKNOWN}, key
        assert arrived[key] or state == DeliveryState.UNKNOWN, key
    assert list(deliveries.values()).count(DeliveryState.UNKNOWN) <= 1
    assert whole.sound()


@dataclass
class Striking:
    """Strikes once, at a step; a trouble of the database then passes by itself."""

    whole: Whole
    fault: str
    at: str
    struck: bool = False
    troubles: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    async def strike(self, step: str) -> None:
        if step != self.at:
            return
        self.struck = True
        self.whole.strike = spare
        match self.fault:
            case "kill":
                await self.whole.dies()
            case "exception":
                raise NoSuchLuck
            case "answer_lost":
                raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the connection was lost"))
            case _:
                self.troubles.enter_context(trouble(self.whole, self.fault))
                asyncio.get_running_loop().call_later(LASTS, self.troubles.close)


@contextlib.contextmanager
def trouble(whole: Whole, fault: str) -> Iterator[None]:
    """A database that cannot be written."""
    path = sqlite_path(whole.url)
    assert path is not None
    store = whole.store
    match fault:
        case "full":
            with store.writing() as writing:
                pages = writing.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                writing.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            yield
            with store.writing() as writing:
                writing.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        case "busy":
            with store.writing() as writing:
                writing.connection.exec_driver_sql("PRAGMA busy_timeout = 1")
            with contextlib.closing(sqlite_driver().connect(path, isolation_level=None)) as other:
                other.execute("PRAGMA wal_autocheckpoint = 0")
                other.execute("BEGIN IMMEDIATE")
                yield
                other.execute("ROLLBACK")
        case "io_error":
            before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (whole.log_of_the_database, most))
            yield
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def database(folder: Path) -> str:
    folder.mkdir()
    shutil.copy(migrated_sqlite(), folder / "shop.db")
    return f"sqlite:///{folder / 'shop.db'}"


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the program does when nothing strikes it: every run is the same."""
    folder = tmp_path_factory.mktemp("steps")
    whole = Whole(configured(folder), database(folder / "data"))
    play(whole, scene)
    assert whole.lives == 1
    return whole.steps


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", STEPS)
def test_a_fault(kind: str, fault: str, when: str, steps: list[str], tmp_path: Path) -> None:
    places = [number for number, one in enumerate(steps) if one == kind]
    cell = (STEPS.index(kind) * len(FAULTS) + FAULTS.index(fault)) * 2 + (when == "after")
    met = False
    for number in places if EVERY_PLACE else places[cell % len(places) :][:1]:
        whole = Whole(configured(tmp_path), database(tmp_path / str(number)))
        striking = Striking(whole, fault, f"{when} {number}")
        whole.strike = striking.strike
        with structlog.testing.capture_logs() as logs:
            play(whole, scene)
        assert striking.struck
        survives = fault in PASSING or (fault == "exception" and kind == "send")
        assert whole.lives == (1 if survives else 2), logs
        met |= any(line["event"] == "database.unavailable" for line in logs)
    if fault in {"busy", "io_error"} or (fault == "answer_lost" and kind != "send"):
        # Behind the last steps there may be nothing left to write for as long as the trouble lasts.
        assert met, "the fault was none"
