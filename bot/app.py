"""The composition root: the only place where everybody is known to each other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.attendance import Attendance
from bot.clock import Alarm
from bot.config import Config
from bot.dispatch import RETRY_SECONDS, Dispatcher, InStore
from bot.housekeeping import Housekeeping
from bot.intake import Intake
from bot.keeper import Keeper
from bot.links import Links
from bot.merchants import open_merchants, playbooks_in_force, under_playbook
from bot.store import Store, Writing
from bot.store.batch import apply
from bot.store.departed import end_departed
from bot.store.due import Timers
from bot.store.held_up import judge_held_up
from bot.store.journal import Outcome, is_a_receipt
from bot.store.late import belongs_to_keeper, drop_late, late_events, leave_late
from bot.store.leases import LeaseLost
from bot.store.set_back import look_again_if_set_back
from bot.transports import HasPulse, Transport
from bot.troubles import Troubles, log_alerts
from handlers import decide
from models.alerts import AlertKind
from models.effects import PutPlaybook
from models.events import Event, SendAnswered, TimerDue
from models.orders import ImportPlaybookOrder
from models.playbook import Playbook

# How often workers look for alerts of accounts that have left every configuration; all look when they start.
DEPARTED_EVERY = timedelta(minutes=10)
# How long a program that keeps no account waits at its end for a database that is away.
LAST_ORDERS_SECONDS = 3.0
# At a stop the database is asked every so often whether it is there, and has as long to answer.
SILENT_SECONDS = 3.0

log = structlog.get_logger("app")


@contextlib.asynccontextmanager
async def living(app: App) -> AsyncIterator[None]:
    """Have the program run for as long as something is done with it, which may fail; then it comes to its end."""
    stop = asyncio.Event()
    life = asyncio.create_task(app.run(stop), name="program")
    try:
        yield
    finally:
        stop.set()
        await life


class App:
    """The whole program on a store and transports. `run` is its life; everything else is called from inside it.

    `in_store` runs a function that uses the database: in a thread of its own in production, here and now in a
    rehearsal.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        transports: Mapping[str, Transport],
        *,
        now: Callable[[], datetime],
        in_store: InStore,
        seed: int = 0,
    ) -> None:
        self.config = config
        self.store = store
        self.now = now
        self._transports = transports
        self._database = in_store
        capabilities = {account: transport.capabilities for account, transport in transports.items()}
        self.merchants = open_merchants(store, config, capabilities, seed=seed, started_at=now())
        self.committed: list[Callable[[Sequence[Outcome]], None]] = []  # hear of each batch that was written
        self.intake = Intake(self._apply, self.merchants, now)
        self.dispatcher = Dispatcher(
            store,
            self.merchants,
            transports,
            in_store=self._in_store,
            apply=self._apply,
            settle=self.intake.ask_all,
            now=now,
        )
        self._troubles = Troubles(self.merchants, now)
        self._links = Links(self.intake, self.dispatcher, now)
        self._links.listeners.append(self.wake)
        self._attendance = Attendance(
            transports,
            self._links,
            self.dispatcher,
            self.intake,
            lambda account: timedelta(minutes=self._members_check_minutes(account)),
        )
        self.keeper: Keeper | None = None
        if store.leases is not None:
            self.keeper = Keeper(store.leases, self._attendance, self.dispatcher.recover, self._look_around)
        self._alarm = Alarm(now)
        self._others = Alarm(now)
        self._housekeeping = Housekeeping(store, self.merchants, in_store)
        self._timers = Timers(store, self.merchants)
        self._looked_at: datetime | None = None  # at the clock, whether it was set back
        self._departed_at = now()
        self._refresh: set[str] = set()
        self._uncertain: set[str] = set()  # accounts with a send that did not simply go well: its echo may change much
        store.listeners += [self._committed, log_alerts]

    async def run(self, stop: asyncio.Event) -> None:
        """Live until `stop` is set; then finish what is in flight, commit what was taken, and return.

        Raises an exception group if a task fails in a way that was not foreseen: the process must restart clean.
        """
        if self.keeper is None:
            await self.dispatcher.recover()
        await self._in_store(lambda: judge_held_up(self.store, self.merchants.values()))
        await self._in_store(lambda: end_departed(self.store, self.merchants.values()))
        async with asyncio.TaskGroup() as tasks:
            intake = tasks.create_task(self.intake.run(), name="intake")
            inner = [
                tasks.create_task(self.dispatcher.run(), name="dispatch"),
                tasks.create_task(self._ring(), name="clock"),
                tasks.create_task(self._housekeeping.run(), name="housekeeping"),
            ]
            if not self.store.is_alone:
                inner.append(tasks.create_task(self._follow(), name="playbooks"))
            if self.keeper is not None:
                inner.append(tasks.create_task(self.keeper.run(tasks), name="leases"))
            else:
                for account in self._transports:
                    self._attendance.begin(account, tasks)
            await stop.wait()
            looking = asyncio.create_task(self._hang_up_on_silence(), name="silence")
            for task in inner:
                task.cancel()
            await asyncio.wait(inner)  # what is in flight comes to its end, over links that still stand
            await self._attendance.end_all()
            await self.intake.finish()
            await intake
        if self.keeper is not None:
            await self.keeper.leave()
        looking.cancel()

    async def _hang_up_on_silence(self) -> None:
        """A database that does not answer must not keep us from ending; one that is only slow is waited for."""
        while not self.store.is_alone:
            await asyncio.sleep(SILENT_SECONDS)
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    await asyncio.to_thread(self.store.is_there)
            except DBAPIError:
                continue  # it says that it cannot, which nobody waits for
            except TimeoutError:
                log.error("database.silent")
                self.store.hang_up()
                return

    async def run_orders(self, stop: asyncio.Event) -> None:
        """Live until `stop` is set as a program that keeps no account: orders are decided and written here, and workers
        do the rest."""
        async with asyncio.TaskGroup() as tasks:
            intake = tasks.create_task(self.intake.run(), name="intake")
            following = tasks.create_task(self._follow(), name="playbooks")
            await stop.wait()
            following.cancel()
            await self.intake.finish()
            # Nobody was told that an order is done which the database does not take now.
            if (await asyncio.wait([intake], timeout=LAST_ORDERS_SECONDS))[1]:
                intake.cancel()

    @property
    def outage(self) -> AlertKind | None:
        """What keeps the program from using its database at this moment."""
        return self._troubles.outage

    async def ask(self, event: Event) -> Outcome:
        """Give an order and wait until it is decided and committed."""
        return await self.intake.ask(event)

    @property
    def accounts(self) -> list[str]:
        """All accounts and channels, whoever keeps them."""
        return list(self._transports)

    def heard_at(self, account: str) -> datetime | None:
        """When an account last gave a sign of life to this process; None: it does not keep it, or it is not linked."""
        pulse: object = self._transports.get(account)
        return pulse.heard_at if isinstance(pulse, HasPulse) else None

    def tick(self) -> None:
        """A second of the real clock has passed."""
        self._others.wake()
        self.wake()

    def woke(self, slept: timedelta) -> None:
        """The machine has slept for so long, and we with it."""
        log.warning("machine.slept", seconds=round(slept.total_seconds()))
        self._attendance.woke()

    async def in_store(self, work: Callable[[], Any]) -> Any:
        """Use the database in the writer's thread; if that fails, a human must know."""
        return await self._in_store(work)

    def wake(self) -> None:
        """Look at everything that is due: the clock has moved."""
        self._alarm.wake()
        self.dispatcher.alarm.wake()

    async def _apply(self, events: Sequence[Event]) -> list[Outcome]:
        outcomes = await self._written(events)
        for listener in self.committed:
            listener(outcomes)
        self._uncertain |= {
            event.account for event in events if isinstance(event, SendAnswered) and event.answer != "sent"
        }
        if not all(is_a_receipt(outcome) and outcome.event.account not in self._uncertain for outcome in outcomes):
            self.wake()
        for outcome in outcomes:
            if isinstance(outcome.event, ImportPlaybookOrder):
                self._adopt(outcome)
        for account in sorted(self._refresh):
            self._links.refresh(account)
        self._refresh.clear()
        await self._tell(outcomes)
        return outcomes

    async def _written(self, events: Sequence[Event]) -> list[Outcome]:
        """Decide and write a batch, but for what is another worker's business by now."""
        lost: frozenset[str] = frozenset()
        while True:
            ours = [event for event in events if event.account not in lost or not belongs_to_keeper(event)]
            write = partial(apply, self.store, self.merchants, ours, decide)
            try:
                outcomes: list[Outcome] = await self._in_store(write)
                break
            except LeaseLost as error:
                lost |= error.accounts
        if not lost:
            return outcomes
        theirs = [event for event in events if event.account in lost and belongs_to_keeper(event)]
        left = await self._in_store(lambda: leave_late(self.store, theirs))
        log.warning("leases.late", accounts=sorted(lost), left=left, dropped=len(theirs) - left)
        decided = iter(outcomes)
        return [
            Outcome(event, duplicate=True) if event.account in lost and belongs_to_keeper(event) else next(decided)
            for event in events
        ]

    async def _tell(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what the program noticed about itself. What was decided stands, even if this has to wait."""
        if events := self._troubles.written(outcomes):
            try:
                await self._in_store(lambda: apply(self.store, self.merchants, events, decide))
            except OperationalError:
                self._troubles.keep(events)
            self.wake()

    async def _in_store(self, work: Callable[[], Any]) -> Any:
        """Use the database; if that fails, a human must know."""
        try:
            done = await self._database(work)
        except OperationalError as error:
            self._troubles.database_failed(error)
            raise
        except LeaseLost:
            if self.keeper is not None:
                self.keeper.wake()
            raise
        self._troubles.database_used()
        if not self._transports:
            self._troubles.database_works()
        return done

    def _adopt(self, outcome: Outcome) -> None:
        """Whoever decides, sends or rings from here on does so under the playbook that was put in force."""
        for effect in outcome.effects:
            if isinstance(effect, PutPlaybook):
                merchant = self.merchants[outcome.event.merchant]
                playbook = Playbook.from_json(effect.body)
                self.merchants[merchant.id] = under_playbook(merchant, playbook, effect.revision)

    async def _follow(self) -> None:
        """Command lines and other workers may put a playbook in force: look with every tick."""
        while True:
            await self._others.wait(None)
            with contextlib.suppress(OperationalError):
                for merchant in await self._in_store(lambda: playbooks_in_force(self.store, self.merchants)):
                    self.merchants[merchant.id] = merchant

    async def _look_around(self) -> None:
        """With each heartbeat: what other workers heard for us, and now and then whom none of us keeps any longer."""
        await self._look_for_late()
        if self.now() - self._departed_at >= DEPARTED_EVERY:
            self._departed_at = self.now()
            await self._in_store(lambda: end_departed(self.store, self.merchants.values()))

    async def _look_for_late(self) -> None:
        """Decide what others heard on accounts that we keep now, and could not write."""
        kept = self.keeper.accounts if self.keeper else []
        if late := await self._in_store(lambda: late_events(self.store, kept)):
            await self.intake.ask_all([event for _, event in late])
            await self._in_store(lambda: drop_late(self.store, [number for number, _ in late]))

    async def _ring(self) -> None:
        """Due timers become events, at most one round at a time."""
        while True:
            try:
                rung, next_at, was_set_back = await self._in_store(self._due_timers)
            except OperationalError as error:
                log.debug("database.unavailable", error=str(error.orig))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if was_set_back:  # what is to be sent waits for less now
                self.dispatcher.alarm.wake()
            if rung:
                await self.intake.ask_all(rung)
            else:
                await self._alarm.wait(next_at)

    def _due_timers(self) -> tuple[list[TimerDue], datetime | None, bool]:
        """What rings, when to look again, and whether the clock was set back since the last look."""
        before, self._looked_at = self._looked_at, look_again_if_set_back(self.store, self._looked_at)
        leases, elsewhere = self.store.leases, self._attendance.elsewhere
        if leases is not None and leases.have_run_out:  # what was said since, only their new keepers have heard
            elsewhere = frozenset(self._transports)
        rung, next_at = self._timers.due(elsewhere, self._attendance.unheard)
        return rung, next_at, before is not None and self._looked_at < before

    def _committed(self, writing: Writing) -> None:
        self._refresh |= writing.refresh

    def _members_check_minutes(self, account: str) -> float:
        return next(
            merchant.playbook.members_check_minutes
            for merchant in self.merchants.values()
            if account in merchant.accounts
        )
