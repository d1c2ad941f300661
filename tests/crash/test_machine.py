"""Anything in any order: events told twice, late and out of order, ticks that come twice, restarts, kills, and a clock
that jumps back and forth over the nights on which it is set, against a few sets of what was said.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Coroutine
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.store.due import due_timers
from bot.story_lines import FriendAdded, Text
from bot.virtual_time import VirtualLoop
from content_calendar.entry import Entry, to_json
from models.deliveries import Delivery, DeliveryState
from models.journal import JournalEntry
from models.orders import BindGroupOrder, ImportEntriesOrder
from tests.crash.test_faults import database
from tests.crash.whole import AN_INSTANT, HALL, Whole, configured

NIGHTS = [
    ("Asia/Shanghai", "2026-11-23T02:00:00+00:00"),
    ("Europe/Berlin", "2026-10-24T10:00:00+00:00"),
    ("America/New_York", "2027-03-13T15:00:00+00:00"),
    ("Australia/Lord_Howe", "2026-10-03T01:00:00+00:00"),
    ("Asia/Shanghai", "2028-02-27T02:00:00+00:00"),
]
"""Zones, and moments a day or so before their clocks are set, or before a 29 February."""
GONE_BY = st.sampled_from([timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=5), timedelta(hours=26)])
JUMPS = st.sampled_from([timedelta(minutes=n) for n in (-3_000, -61, -10, 0, 10, 61, 3_000)])
POST = "02:30 的一篇"


class Machine(RuleBasedStateMachine):
    """The whole program, and what it must know by what was done to it."""

    @initialize(night=st.sampled_from(NIGHTS))
    def begin(self, night: tuple[str, str]) -> None:
        zone, start = night
        self.zone, self.began = ZoneInfo(zone), datetime.fromisoformat(start)
        self.folder = tempfile.TemporaryDirectory(prefix="zhanggui-")
        self.loop = VirtualLoop(self.began)
        folder = Path(self.folder.name)
        self.whole = Whole(configured(folder, zone=zone), database(folder / "data"))
        self.living = self.whole.living()
        self.said: dict[str, Text | FriendAdded] = {}
        self.do(self.living.__aenter__())
        self.do(self._furnish())

    async def _furnish(self) -> None:
        app = self.whole.app
        assert app is not None
        daily = Entry(key="daily", rule="daily", time=datetime.min.time().replace(2, 30), tiers=("分院",), text=POST)
        entry = (daily.key, daily.revision, to_json(daily).decode())
        await app.ask(BindGroupOrder(merchant="m1", at=app.now(), actor="t", account="main", group=HALL, tier="分院"))
        await app.ask(ImportEntriesOrder(merchant="m1", at=app.now(), actor="t", entries=(entry,)))

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        with structlog.testing.capture_logs():
            self.loop.run_until_complete(work)

    def tell(self, fact: Text | FriendAdded) -> None:
        self.said.setdefault(fact.id, fact)
        self.whole.happen(fact)
        self.do(asyncio.sleep(AN_INSTANT))

    # --- what happens to it ------------------------------------------------------------------------------------------

    @rule(contact=st.integers(0, 4), late=GONE_BY)
    def somebody_says_something(self, contact: int, late: timedelta) -> None:
        number = f"t{len(self.said)}"
        at = self.whole.clock.true_now() - late
        self.tell(Text(at=at, account="main", id=number, contact=f"wx-{contact}", text=f"说说{number}"))

    @rule(contact=st.integers(0, 4), late=GONE_BY)
    def somebody_is_a_friend_now(self, contact: int, late: timedelta) -> None:
        at = self.whole.clock.true_now() - late
        if not any(isinstance(one, FriendAdded) and one.contact == f"wx-{contact}" for one in self.said.values()):
            self.tell(
                FriendAdded(at=at, account="main", id=f"f{contact}", contact=f"wx-{contact}", name=f"友{contact}")
            )

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def it_is_told_again(self, data: st.DataObject) -> None:
        for number in data.draw(st.permutations(sorted(self.said)))[:4]:
            self.tell(self.said[number])

    @rule(by=GONE_BY)
    def time_goes_by(self, by: timedelta) -> None:
        self.do(asyncio.sleep(by.total_seconds()))

    @rule(shift=JUMPS)
    def the_clock_is_set(self, shift: timedelta) -> None:
        assert self.whole.app is not None
        self.whole.clock.shift = shift
        self.whole.app.wake()
        self.do(asyncio.sleep(AN_INSTANT))

    @rule()
    def the_ticker_fires_twice(self) -> None:
        async def fire() -> None:
            app = self.whole.app
            assert app is not None
            app.wake()
            rung, _ = due_timers(app.store, app.merchants)
            await asyncio.gather(*(app.intake.ask(timer) for timer in [*rung, *rung]))
            app.wake()

        self.do(fire())

    @rule()
    def it_is_restarted(self) -> None:
        self.do(self.whole.restart())

    @rule()
    def it_is_killed(self) -> None:
        self.do(self.whole.kill())

    # --- what must be true -------------------------------------------------------------------------------------------

    @invariant()
    def nothing_arrives_twice(self) -> None:
        if hasattr(self, "whole"):
            assert set(self.whole.arrived().values()) <= {1}

    def teardown(self) -> None:
        if not hasattr(self, "whole"):
            return
        try:
            self.the_clock_is_set(timedelta())
            self.time_goes_by(timedelta(days=2))
            self.check()
        finally:
            self.do(self.living.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()

    def check(self) -> None:
        whole = self.whole
        journal = Counter(row.wire_id for row in whole.rows(JournalEntry.wire_id) if row.wire_id in self.said)
        assert journal == Counter(self.said.keys())
        states = {row.key: row.state for row in whole.rows(Delivery.key, Delivery.state)}
        for fact in self.said.values():
            if isinstance(fact, FriendAdded):
                arrived = whole.arrived()[f"greet:{fact.contact}", 1]
                assert arrived or states[f"greet:{fact.contact}"] == DeliveryState.UNKNOWN
        posts = {key: state for key, state in states.items() if key.startswith("entry:daily:")}
        due = {f"entry:daily:{day}:{HALL}" for day in self._days()}
        assert due <= posts.keys()
        assert {posts[key] for key in due} <= {"sent", "confirmed", "unknown", "skipped"}
        # A clock that was ahead may have planned one of a day that has not come yet.
        assert {posts[key] for key in posts.keys() - due} <= {"planned", "sent", "confirmed", "unknown", "skipped"}
        assert whole.sound()

    def _days(self) -> list[date]:
        """The local days whose half past two lay between the import and now; a night without one has one too."""
        first = self.began.astimezone(self.zone).date() + timedelta(days=1)
        last = (self.whole.clock.true_now() - timedelta(hours=4)).astimezone(self.zone).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=int(os.environ.get("CRASH_EXAMPLES", "8")),
    stateful_step_count=15,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),  # to shrink a run of minutes takes longer than to read it
    suppress_health_check=list(HealthCheck),
)
