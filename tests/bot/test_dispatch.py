"""The dispatcher sends what was written, side by side and one at a time an account, and tells the truth about it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.dispatch import Dispatcher
from bot.store import Store
from bot.store.batch import apply
from bot.store.journal import Outcome
from bot.store.leases import Leases
from bot.store.outbox import Claims, claim
from bot.store.under_way import found_claimed
from bot.transports import Outgoing, Receipt
from handlers import decide
from models.capabilities import Capabilities
from models.deliveries import Delivery
from models.events import Event, Roster
from models.people import Contact
from tests.bot.program_stage import Program, play
from tests.store.stage import START, Shop, merchant, reply, shop


def contacts(program: Program) -> dict[str, int]:
    return {row.wire_id: row.id for row in program.stage.rows(Contact)}


def test_what_was_written_arrives_and_is_confirmed_by_its_echo(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)
            program.stage.bring_about(reply("r1", to["wx1"]), reply("r2", to["wx2"]))
            program.wake()
            await program.sleep(seconds=1)
        assert program.arrived() == ["r1", "r2"]
        assert program.stage.history("r1") == ["planned", "claimed", "sent", "confirmed"]

    play(database_url, scene)


def test_accounts_send_side_by_side(database_url: str) -> None:
    """One of them waits for a platform that does not answer; the other goes on."""

    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)
            program.platform("timeout", account="main")
            program.stage.bring_about(
                reply("main 1", to["wx1"]), *(reply(f"second {n}", to["wx2"], account="second") for n in range(5))
            )
            program.wake()
            await program.sleep(seconds=10)
            assert program.arrived() == [f"second {n}" for n in range(5)]
            assert program.stage.history("main 1") == ["planned", "claimed"]
            await program.sleep(seconds=11)
            assert program.stage.history("main 1") == ["planned", "claimed", "unknown timeout"]

    play(database_url, scene, "main", "second")


def test_each_answer_of_the_platform_is_told_as_it_is(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)["wx1"]
            for answer, expected, count in (
                ("refused", ["failed refused"], 0),
                ("accepted_then_lost", ["sent"], 0),
                ("ok", ["sent", "confirmed"], 1),
                ("too_frequent", ["waiting too_frequent"], 0),
            ):
                before = len(program.delivered)
                program.platform(answer)  # type: ignore[arg-type]
                program.stage.bring_about(reply(answer, to))
                program.wake()
                await program.sleep(seconds=1)
                assert program.stage.history(answer) == ["planned", "claimed", *expected]
                assert len(program.delivered) - before == count
            await program.sleep(minutes=16)
            assert program.stage.history("too_frequent")[-1] == "confirmed"

    play(database_url, scene)


def test_an_account_that_is_off_line_sends_nothing(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)["wx1"]
            await program.sleep(seconds=1)  # until it has been heard out
            program.dispatcher.offline("main")
            program.stage.bring_about(reply("r1", to))
            program.wake()
            await program.sleep(minutes=5)
            assert program.stage.history("r1") == ["planned"]
            program.dispatcher.online("main")
            await program.sleep(seconds=1)
            assert program.stage.history("r1")[-1] == "confirmed"

    play(database_url, scene)


def test_what_was_in_flight_at_a_crash_is_unknown_and_not_sent_again(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            pass
        to = contacts(program)["wx1"]
        program.stage.bring_about(reply("r1", to), reply("r2", to))
        claim(program.stage.store, program.stage.merchants, [("m1", "main")])
        async with program.running():
            await program.sleep(days=3)
        assert program.stage.history("r1") == ["planned", "claimed", "unknown crash"]
        assert program.arrived() == ["r2"]

    play(database_url, scene)


def test_a_database_that_is_away_loses_no_outcome(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)["wx1"]
            program.stage.bring_about(reply("r1", to), reply("r2", to))
            whole, failing = program.dispatcher._apply, [3]

            async def apply(events: Sequence[Event]) -> list[Outcome]:
                if failing[0]:
                    failing[0] -= 1
                    raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))
                return await whole(events)

            program.dispatcher._apply = apply
            program.wake()
            await program.sleep(seconds=20)
        assert program.arrived() == ["r1", "r2"]
        assert program.stage.history("r1") == ["planned", "claimed", "sent", "confirmed"]

    play(database_url, scene)


def test_typing_takes_its_time(database_url: str) -> None:
    view = merchant(pace={"typing_chars_per_second": 2, "jitter": 0.5})

    async def scene(program: Program) -> None:
        async with program.running():
            to = contacts(program)
            program.stage.bring_about(*(reply(f"{n}" * 20, to["wx1"]) for n in range(4)))
            program.wake()
            await program.sleep(minutes=5)
        moments = [row.left_at for row in program.stage.rows(Delivery)]
        gaps = [later - earlier for earlier, later in zip([START, *moments[:-1]], moments, strict=True)]
        assert all(timedelta(seconds=5) <= gap <= timedelta(seconds=15.1) for gap in gaps)
        assert len(set(gaps)) == 4

    play(database_url, scene, view=view)


# with a thread for the database, as in production


@dataclass
class Scripted:
    """A platform that answers when it is told to."""

    account: str = "main"
    capabilities: Capabilities = field(default_factory=Capabilities)
    sent: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def events(self) -> AsyncIterator[Event]:
        yield Roster(at=START)

    async def send(self, outgoing: Outgoing) -> Receipt:
        self.sent.append(outgoing.key)
        self.changed.set()
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return Receipt(f"message of {outgoing.key}")

    async def until_sent(self, count: int) -> None:
        """Wait until so many sends were asked for."""
        async with asyncio.timeout(10):
            while len(self.sent) < count:
                self.changed.clear()
                await self.changed.wait()

    async def roster(self) -> Roster:
        return Roster(at=START)

    async def close(self) -> None:
        return None


def dispatcher_of(
    stage: Shop, transport: Scripted, in_store: Callable[[Callable[[], Any]], Any] = asyncio.to_thread
) -> Dispatcher:
    async def apply(events: Sequence[Event]) -> list[Outcome]:
        outcomes: list[Outcome] = await asyncio.to_thread(stage.apply, *events)
        return outcomes

    return Dispatcher(
        stage.store,
        stage.merchants,
        {"main": transport},
        in_store=in_store,
        apply=apply,
        settle=apply,
        now=lambda: stage.at,
    )


async def stopped(running: asyncio.Task[None]) -> None:
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_stop_lets_what_is_in_flight_come_to_its_end(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to), reply("r2", to))
        platform = Scripted()
        dispatcher = dispatcher_of(stage, platform)
        dispatcher.online("main")
        running = asyncio.create_task(dispatcher.run())
        await platform.until_sent(1)
        stopping = asyncio.create_task(stopped(running))
        await asyncio.sleep(0.05)
        assert not stopping.done()
        platform.may_answer.set()
        await stopping
        assert stage.history("r1") == ["planned", "claimed", "sent"]
        assert stage.delivery("r1").message == "message of r1"
        assert stage.history("r2") == ["planned"]


async def test_a_stop_in_the_middle_of_a_claim_leaves_nothing_claimed(database_url: str) -> None:
    """The claim is committed by a thread that nobody can stop, so what it took has to leave."""
    claiming, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(work: Callable[[], Any]) -> Any:
        result = await asyncio.to_thread(work)
        claiming.set()
        await go_on.wait()
        return result

    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        platform = Scripted()
        platform.may_answer.set()
        dispatcher = dispatcher_of(stage, platform, slowly)
        dispatcher.online("main")
        running = asyncio.create_task(dispatcher.run())
        await claiming.wait()
        assert stage.history("r1") == ["planned", "claimed"]
        running.cancel()
        await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.wait([running])
        assert platform.sent == ["r1"]
        assert stage.history("r1") == ["planned", "claimed", "sent"]


@pytest.mark.parametrize("is_succeeded", [True, False])
async def test_who_slept_longer_than_a_lease_after_a_claim_does_not_send_it(
    postgresql_url: str, *, is_succeeded: bool
) -> None:
    """By then it is uncertain for the account's new keeper, and may have been sent anew."""
    with (
        shop(postgresql_url) as stage,
        contextlib.closing(Leases(postgresql_url, [("m1", "main")], lease=timedelta(seconds=0.5))) as sleeper,
        contextlib.closing(Leases(postgresql_url, [("m1", "main")], lease=timedelta(seconds=0.5))) as other,
        contextlib.closing(Store(postgresql_url, lambda: stage.at, leases=other)) as theirs,
    ):
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        woken = asyncio.Event()

        async def stopped_after_a_claim(work: Callable[[], Any]) -> Any:
            found = await asyncio.to_thread(work)
            if isinstance(found, Claims) and found.claims:
                time.sleep(0.6)  # noqa: ASYNC251  # nothing at all goes on, as with SIGSTOP
                if is_succeeded:
                    assert other.beat().taken == ["main"]
                    apply(theirs, stage.merchants, found_claimed(theirs, ["main"]), decide)
                woken.set()
            return found

        platform = Scripted()
        platform.may_answer.set()
        sleeper.beat()
        stage.store.leases = sleeper
        dispatcher = dispatcher_of(stage, platform, stopped_after_a_claim)
        dispatcher.online("main")
        running = asyncio.create_task(dispatcher.run())
        await woken.wait()
        await stopped(running)
        assert platform.sent == []
        assert stage.history("r1")[1:] == ["claimed", "unknown crash" if is_succeeded else "waiting network"]


@pytest.mark.parametrize("error", [TimeoutError(), ZeroDivisionError("a bug of a transport")])
async def test_whatever_a_transport_raises_is_uncertain(sqlite_url: str, error: Exception) -> None:
    with shop(sqlite_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to), reply("r2", to))
        platform = Scripted(error=error)
        platform.may_answer.set()
        dispatcher = dispatcher_of(stage, platform)
        dispatcher.online("main")
        running = asyncio.create_task(dispatcher.run())
        await platform.until_sent(2)
        await stopped(running)
        assert stage.history("r2")[-1].startswith("unknown")
        assert stage.history("r1")[-1] in ("unknown timeout", "unknown error")
        assert platform.sent == ["r1", "r2"]
