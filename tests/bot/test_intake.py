"""The intake loses nothing: not in a flood, not while the database is away, not at the end."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot import intake as module
from bot.intake import BATCH_SIZE, Intake
from bot.store.journal import Outcome
from models.context import Context
from models.effects import Answered, Effect
from models.events import Event
from models.journal import JournalEntry
from models.orders import SeatsChanged
from tests.store.stage import START, Shop, merchant, nothing, said, shop


class Desk:
    """Writes batches to a real store, here and now; remembers how large they were."""

    def __init__(self, stage: Shop, failures: int = 0) -> None:
        self.stage = stage
        self.failures = failures
        self.batches: list[int] = []
        self.free = asyncio.Event()
        self.free.set()

    async def apply(self, events: Sequence[Event]) -> list[Outcome]:
        await self.free.wait()
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
        self.batches.append(len(events))
        return self.stage.apply(*events, decide=nothing)


def open_intake(desk: Desk) -> Intake:
    return Intake(desk.apply, desk.stage.merchants, lambda: START)


async def test_ten_thousand_events_in_few_batches(database_url: str) -> None:
    with shop(database_url) as stage:
        desk = Desk(stage)
        intake = open_intake(desk)
        running = asyncio.create_task(intake.run())
        for n in range(10_000):
            await intake.put(said(f"wx{n % 500}", wire_id=f"e{n}", merchant=""))
        await intake.finish()
        await running
        assert sum(desk.batches) == 10_000
        assert max(desk.batches) <= BATCH_SIZE
        assert len(desk.batches) < 200
        assert [row.wire_id for row in stage.rows(JournalEntry)] == [f"e{n}" for n in range(10_000)]


async def test_an_event_gets_its_merchant_and_its_time(sqlite_url: str) -> None:
    with shop(sqlite_url, merchant("m1", ["main"]), merchant("m2", ["other"])) as stage:
        desk = Desk(stage)
        intake = open_intake(desk)
        running = asyncio.create_task(intake.run())
        outcome = await intake.ask(said("wx1", wire_id="a", account="other", merchant=""))
        assert (outcome.event.merchant, outcome.event.received_at) == ("m2", START)
        assert len(stage.rows(JournalEntry)) == 1  # who asks is told after the commit
        await intake.finish()
        await running


async def test_a_flood_waits_outside(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_SIZE", 10)
    with shop(sqlite_url) as stage:
        desk = Desk(stage)
        desk.free.clear()
        intake = open_intake(desk)
        running = asyncio.create_task(intake.run())
        putting = [asyncio.create_task(intake.put(said("wx1", str(n), wire_id=f"e{n}"))) for n in range(50)]
        await asyncio.sleep(0.01)
        assert 10 <= sum(task.done() for task in putting) <= 21
        desk.free.set()
        await asyncio.gather(*putting)
        await intake.finish()
        await running
        assert len(stage.rows(JournalEntry)) == 50


async def test_the_end_comes_after_what_was_taken(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        desk = Desk(stage)
        intake = open_intake(desk)
        asked = [asyncio.create_task(intake.ask(said("wx1", wire_id=f"e{n}"))) for n in range(30)]
        await asyncio.sleep(0)
        await intake.finish()
        await intake.run()
        assert not any(one.error for one in await asyncio.gather(*asked))
        assert len(stage.rows(JournalEntry)) == 30


async def test_what_cannot_be_written_now_is_kept_and_tried_again(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.001)
    with shop(sqlite_url) as stage:
        desk = Desk(stage, failures=5)
        intake = open_intake(desk)
        running = asyncio.create_task(intake.run())
        outcomes = await asyncio.gather(*(intake.ask(said("wx1", wire_id=f"e{n}")) for n in range(5)))
        await intake.finish()
        await running
        assert not any(one.error or one.duplicate for one in outcomes)
        assert len(stage.rows(JournalEntry)) == 5


async def test_who_asks_and_gives_up_holds_nobody_up(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        desk = Desk(stage)
        desk.free.clear()
        intake = open_intake(desk)
        running = asyncio.create_task(intake.run())
        asking = asyncio.create_task(intake.ask(said("wx1", wire_id="a")))
        await asyncio.sleep(0)
        asking.cancel()
        desk.free.set()
        assert not (await intake.ask(said("wx1", wire_id="b"))).error
        await intake.finish()
        await running
        assert len(stage.rows(JournalEntry)) == 2


async def test_an_order_is_answered_with_what_was_decided(sqlite_url: str) -> None:
    def decide(_event: Event, _context: Context) -> list[Effect]:
        return [Answered(text="好")]

    with shop(sqlite_url) as stage:

        async def apply(events: Sequence[Event]) -> list[Outcome]:
            return stage.apply(*events, decide=decide)

        intake = Intake(apply, stage.merchants, lambda: START)
        running = asyncio.create_task(intake.run())
        outcome = await intake.ask(SeatsChanged(merchant="m1", at=START, tier="x"))
        assert outcome.effects == [Answered(text="好")]
        await intake.finish()
        await running


async def test_a_poison_event_is_told_and_the_intake_goes_on(sqlite_url: str, capsys: Any) -> None:
    def decide(event: Event, _context: Context) -> list[Effect]:
        if event.wire_id == "poison":
            raise ZeroDivisionError("身份证号")
        return []

    with shop(sqlite_url) as stage:

        async def apply(events: Sequence[Event]) -> list[Outcome]:
            return stage.apply(*events, decide=decide)

        intake = Intake(apply, stage.merchants, lambda: START)
        running = asyncio.create_task(intake.run())
        first = await intake.ask(said("wx1", wire_id="poison"))
        second = await intake.ask(said("wx1", wire_id="b"))
        assert first.error
        assert not second.error
        await intake.finish()
        await running
        logged = capsys.readouterr()
        assert "event.poison" in logged.out + logged.err
        assert "身份证号" not in logged.out + logged.err


async def test_a_stop_does_not_wait_for_ever_for_a_database_that_takes_nothing(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try may be the last; who asked is told, and how much was lost is in the log."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(module, "LAST_SECONDS", 0.1)
    monkeypatch.setattr(module, "QUEUE_SIZE", 10)
    with shop(sqlite_url) as stage, capture_logs() as logs:
        intake = open_intake(Desk(stage, failures=1_000))
        running = asyncio.create_task(intake.run())
        asking = asyncio.create_task(intake.ask(said("wx1", wire_id="asked")))
        putting = [asyncio.create_task(intake.put(said("wx1", wire_id=f"e{n}"))) for n in range(30)]
        await asyncio.sleep(0.3)
        assert not running.done()  # before a stop it is tried as long as it takes
        async with asyncio.timeout(5):
            await intake.finish()
            await running
            await asyncio.gather(*putting)
        with pytest.raises(OperationalError):
            await asking
        assert stage.rows(JournalEntry) == []
    (told,) = [line for line in logs if line["event"] == "stopped.unwritten"]
    assert (told["log_level"], told["events"]) == ("error", 31)


async def test_what_is_heard_just_before_a_stop_is_tried_again(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.02)
    with shop(sqlite_url) as stage:
        intake = open_intake(Desk(stage, failures=5))
        running = asyncio.create_task(intake.run())
        await intake.put(said("wx1", wire_id="last"))
        await intake.finish()
        await running
        assert [row.wire_id for row in stage.rows(JournalEntry)] == ["last"]
