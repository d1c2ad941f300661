"""The links attach, listen, attach again after a pause, and ask for the lists of friends and groups."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot import intake as intake_module
from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.links import FIRST_PAUSE, GONE, LONGEST_PAUSE, TAKEN_PAUSE, WAKING_SECONDS, Links
from bot.store import Writing
from bot.store.journal import Outcome
from bot.story_lines import Text
from bot.transports import AccountTaken, LinkLost, Outgoing, Receipt
from bot.virtual_time import VirtualClock, run_virtually
from models.accounts import Account
from models.capabilities import Capabilities
from models.events import Event, LoggedIn, Roster, WentDeaf
from models.journal import JournalEntry
from models.people import Contact, Friendship
from tests.bot.program_stage import Program, here_and_now, play
from tests.store.stage import START, nothing, reply, said, shop


def test_friends_and_groups_are_listed_at_login(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            await program.sleep(seconds=1)
        friends = program.stage.rows(Friendship)
        assert len(friends) == 2
        assert all(friend.old for friend in friends)
        assert program.stage.rows(Account)[0].rostered_at is not None
        assert {row.wire_id for row in program.stage.rows(Contact)} >= {"wx1", "wx2"}

    play(database_url, scene)


def test_a_link_that_is_cut_is_attached_again(database_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = {row.wire_id: row.id for row in program.stage.rows(Contact)}
            for n in range(3):
                program.world.cut_link("main")
                program.stage.bring_about(reply(f"r{n}", to["wx1"]))
                await program.sleep(minutes=1)
            assert program.arrived() == ["r0", "r1", "r2"]
        logins = [row for row in program.stage.rows(JournalEntry) if row.type == "login"]
        assert len(logins) == 4

    play(database_url, scene)


@dataclass
class Shaky:
    """A transport whose link ends at once, for these reasons one after the other."""

    clock: VirtualClock
    reasons: list[Exception]
    account: str = "main"
    capabilities: Capabilities = field(default_factory=Capabilities)
    attached: list[float] = field(default_factory=list)
    rosters: list[float] = field(default_factory=list)
    roster_failures: int = 0
    roster_seconds: float = 0
    can_send: bool = False  # in the end
    unheard: set[str] = field(default_factory=set)  # in the end
    greets: bool = True  # whether it says that the account is on line before the link ends

    def elapsed(self) -> float:
        return (self.clock.true_now() - START).total_seconds()

    async def events(self) -> AsyncIterator[Event]:
        self.attached.append(self.elapsed())
        if self.greets:
            yield LoggedIn(account="main", at=self.clock.now(), self_id="me")
        if self.reasons:
            raise self.reasons.pop(0)
        await asyncio.Event().wait()

    async def send(self, outgoing: Outgoing) -> Receipt:
        raise AssertionError(outgoing)

    async def roster(self) -> Roster:
        self.rosters.append(self.elapsed())
        await asyncio.sleep(self.roster_seconds)
        if self.roster_failures:
            self.roster_failures -= 1
            raise LinkLost("gone")
        return Roster(account="main", at=self.clock.now(), friends=())

    async def close(self) -> None:
        return None


def on_shaky_link(
    url: str,
    seconds: float,
    *reasons: Exception,
    roster_failures: int = 0,
    roster_seconds: float = 0,
    greets: bool = True,
) -> Shaky:
    """What a link did in its first so many seconds."""
    kept: list[Shaky] = []

    async def main() -> None:
        clock = VirtualClock.running()
        transport = Shaky(
            clock, list(reasons), roster_failures=roster_failures, roster_seconds=roster_seconds, greets=greets
        )
        kept.append(transport)
        with shop(url) as stage:
            stage.store.now = clock.now

            async def apply(events: Sequence[Event]) -> list[Outcome]:
                return stage.apply(*events)

            intake = Intake(apply, stage.merchants, clock.now)
            dispatcher = Dispatcher(
                stage.store,
                stage.merchants,
                {"main": transport},
                in_store=here_and_now,
                apply=apply,
                settle=apply,
                now=clock.now,
            )
            links = Links(intake, dispatcher, clock.now)

            def committed(writing: Writing) -> None:
                for account in writing.refresh:
                    links.refresh(account)

            stage.store.listeners.append(committed)
            tasks = [
                asyncio.create_task(one)
                for one in (intake.run(), links.keep(transport), links.watch_lists(transport, timedelta(minutes=1)))
            ]
            await asyncio.sleep(seconds)
            transport.unheard = set(links.unheard)
            transport.can_send = "main" in dispatcher.accounts
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    run_virtually(main(), START)
    return kept[0]


def test_it_knocks_less_and_less_often(sqlite_url: str) -> None:
    transport = on_shaky_link(sqlite_url, 60, *[LinkLost("no gateway")] * 8)
    gaps = [later - earlier for earlier, later in zip(transport.attached, transport.attached[1:], strict=False)]
    assert gaps[0] <= FIRST_PAUSE + 0.1
    assert max(gaps) <= LONGEST_PAUSE + 0.1
    assert gaps == sorted(gaps)
    assert len(transport.attached) == 9


def test_an_account_that_another_bot_holds_is_left_alone_for_longer_and_longer(sqlite_url: str) -> None:
    """The first knocks are quick: the other bot may be ourselves, not yet missed by the gateway."""
    transport = on_shaky_link(sqlite_url, 120, *[AccountTaken("stop the other bot")] * 9)
    gaps = [later - earlier for earlier, later in zip(transport.attached, transport.attached[1:], strict=False)]
    assert gaps[0] <= FIRST_PAUSE + 0.1
    assert gaps == sorted(gaps)
    assert TAKEN_PAUSE <= max(gaps) <= TAKEN_PAUSE + 0.1


def missed(url: str) -> list[tuple[str, datetime]]:
    """What the journal says of accounts that are gone."""
    with shop(url) as stage:
        return [(row.type, row.at) for row in stage.rows(JournalEntry) if row.type in ("deaf", "taken")]


@pytest.mark.parametrize(
    ("reason", "kind"), [(LinkLost("no gateway"), "deaf"), (AccountTaken("stop the other bot"), "taken")]
)
def test_a_gateway_that_stays_away_is_an_event_after_a_minute_and_one_only(
    sqlite_url: str, reason: Exception, kind: str
) -> None:
    on_shaky_link(sqlite_url, 600, *[reason] * 500, greets=False)
    ((found, at),) = missed(sqlite_url)
    assert found == kind
    assert GONE <= at - START <= GONE + timedelta(seconds=TAKEN_PAUSE)


def test_a_gateway_that_is_away_for_less_than_a_minute_is_none(sqlite_url: str) -> None:
    on_shaky_link(sqlite_url, 45, *[LinkLost("no gateway")] * 500, greets=False)
    assert missed(sqlite_url) == []


def test_a_link_that_is_lost_now_and_then_is_none(sqlite_url: str) -> None:
    on_shaky_link(sqlite_url, 600, *[LinkLost("cut")] * 40)
    assert missed(sqlite_url) == []


def test_a_gateway_that_stays_away_is_warned_of_once_a_reason_and_hour(sqlite_url: str) -> None:
    """A gateway that was down for a night filled the log with a warning every five seconds."""
    reasons = [LinkLost("cut"), *[LinkLost("nobody listens"), LinkLost("no answer")] * 700]
    with capture_logs() as logs:
        on_shaky_link(sqlite_url, 3700, *reasons, greets=False)
    told = [entry for entry in logs if entry["event"] == "link.lost"]
    warned = [entry["reason"] for entry in told if entry["log_level"] == "warning"]
    assert warned[:3] == ["cut", "nobody listens", "no answer"]
    assert sorted(warned[3:]) == ["no answer", "nobody listens"]
    assert len(told) > 700


def test_that_another_program_holds_the_account_is_said_once_an_hour(sqlite_url: str) -> None:
    """It was said with every try, twice a minute."""
    with capture_logs() as logs:
        on_shaky_link(sqlite_url, 3700, *[AccountTaken("stop the other bot")] * 700, greets=False)
    assert len([entry for entry in logs if entry["event"] == "account.taken"]) == 2


def test_each_loss_of_a_link_that_came_back_is_warned_of(sqlite_url: str) -> None:
    with capture_logs() as logs:
        on_shaky_link(sqlite_url, 60, *[LinkLost("cut")] * 3)
    told = [(entry["event"], entry["log_level"]) for entry in logs if entry["event"] in ("link.lost", "account.online")]
    assert told == [("account.online", "info"), ("link.lost", "warning")] * 3 + [("account.online", "info")]


def test_lists_are_asked_for_at_login_and_every_so_often(sqlite_url: str) -> None:
    transport = on_shaky_link(sqlite_url, 130)
    assert transport.rosters == [0, 60, 120]


@pytest.mark.parametrize(
    ("seconds", "listing", "failures", "can_send"),
    [(2, 3, 0, False), (4, 3, 0, True), (2, 3, 1, False), (4, 3, 1, True), (4, 60, 0, False), (7, 60, 0, True)],
)
def test_nothing_leaves_before_the_lists_of_a_login_are_compared(
    sqlite_url: str, seconds: float, listing: float, failures: int, can_send: bool
) -> None:
    """Friends and groups may have other ids by then: the first send to each former one was refused, and failed."""
    transport = on_shaky_link(sqlite_url, seconds, roster_failures=failures, roster_seconds=listing)
    assert transport.can_send is can_send


def test_lists_that_could_not_be_fetched_are_asked_for_again(sqlite_url: str) -> None:
    transport = on_shaky_link(sqlite_url, 59, roster_failures=2)
    assert transport.rosters == [0, 10, 20]


def test_lists_that_stay_away_are_warned_of_once(sqlite_url: str) -> None:
    """An account that was signed out for a day filled the log with eight thousand warnings."""
    with capture_logs() as logs:
        on_shaky_link(sqlite_url, 300, roster_failures=20)
    told = [entry for entry in logs if entry["event"] == "roster.unavailable"]
    assert [entry["log_level"] for entry in told] == ["warning"] + ["debug"] * 19


def test_a_stop_does_not_lose_the_event_in_hand(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue is full, and the gateway will not say the event again."""
    monkeypatch.setattr(intake_module, "QUEUE_SIZE", 1)

    class Talker(Shaky):
        async def events(self) -> AsyncIterator[Event]:
            yield said("wx1", wire_id="in hand")
            raise AssertionError("nobody asked for more")

    async def main() -> None:
        talker = Talker(VirtualClock.running(), [])
        with shop(sqlite_url) as stage:

            async def apply(events: Sequence[Event]) -> list[Outcome]:
                return stage.apply(*events, decide=nothing)

            intake = Intake(apply, stage.merchants, lambda: START)
            dispatcher = Dispatcher(
                stage.store,
                stage.merchants,
                {"main": talker},
                in_store=here_and_now,
                apply=apply,
                settle=apply,
                now=lambda: START,
            )
            await intake.put(said("wx1", wire_id="before"))
            link = asyncio.create_task(Links(intake, dispatcher, lambda: START).keep(talker))
            await asyncio.sleep(1)
            link.cancel()
            await asyncio.sleep(1)
            running = asyncio.create_task(intake.run())
            await asyncio.wait([link])
            await intake.finish()
            await running
            assert [row.wire_id for row in stage.rows(JournalEntry)] == ["before", "in hand"]

    run_virtually(main(), START)


def test_an_account_that_went_deaf_sends_nothing_until_it_hears_again(sqlite_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = {row.wire_id: row.id for row in program.stage.rows(Contact)}
            await program.sleep(seconds=1)  # until it has been heard out
            await program.intake.put(WentDeaf(account="main", at=program.clock.now(), silent_seconds=60))
            program.dispatcher.offline("main")
            program.stage.bring_about(reply("r1", to["wx1"]))
            await program.sleep(minutes=2)
            assert program.arrived() == []
            assert program.stage.rows(Account)[0].state == "deaf"
            program.world.cut_link("main")
            await program.sleep(minutes=1)
            assert program.arrived() == ["r1"]
            assert program.stage.rows(Account)[0].state == "online"

    play(sqlite_url, scene)


def test_messages_that_came_while_the_link_was_down_are_heard(sqlite_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            program.world.cut_link("main")
            program.world.apply(Text(at=program.clock.true_now(), account="main", contact="wx1", text="在吗", id="t1"))
            await program.sleep(minutes=1)
        assert [row.wire_id for row in program.stage.rows(JournalEntry) if row.type == "message"] == ["t1"]

    play(sqlite_url, scene)


def test_after_a_sleep_of_the_machine_nothing_leaves_before_the_account_was_heard_out_anew(sqlite_url: str) -> None:
    async def scene(program: Program) -> None:
        async with program.running():
            to = {row.wire_id: row.id for row in program.stage.rows(Contact)}
            await program.sleep(seconds=1)
            assert program.links.unheard == set()
            program.links.hear_out(["main"])
            program.stage.bring_about(reply("r1", to["wx1"]))
            program.wake()
            await program.sleep(seconds=WAKING_SECONDS - 1)
            assert program.links.unheard == {"main"}  # so that no timer rings because nobody said anything
            assert program.arrived() == []
            await program.sleep(seconds=10)
            assert program.links.unheard == set()
            assert program.arrived() == ["r1"]

    play(sqlite_url, scene)


def test_an_account_whose_link_is_cut_is_unheard_until_it_is_back(sqlite_url: str) -> None:
    transport = on_shaky_link(sqlite_url, 20, *[LinkLost("no gateway")] * 20, greets=False)
    assert transport.unheard == {"main"}
    assert on_shaky_link(sqlite_url, 20, LinkLost("no gateway")).unheard == set()
