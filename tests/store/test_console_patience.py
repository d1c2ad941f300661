"""A question that takes long says how far it is, and ends when nobody waits for it any more; on both databases."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nicegui import Client
from nicegui.page import page
from sqlalchemy import Connection, text

from bot.app import App
from bot.console.patience import Patience, Stopped
from bot.console.reading import insight
from bot.console.reading.friends import count_of_friends
from bot.console.reading.insight import Wanted
from bot.console.reading.people import Search, count_of
from bot.console.site import Site
from bot.console.visit import Scope, Visit
from models.events import FriendRemoved, GroupJoined, LoggedIn, Who
from models.operations import Role
from models.orders import BindGroupOrder
from tests.store.stage import START, merchant, said, shop

TIER = {"name": "分舵", "capacity": 200}
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_a_question_ends_when_nobody_waits_for_it(database_url: str) -> None:
    with shop(database_url) as stage:
        patience = Patience()
        soon = threading.Timer(0.3, patience.stop)
        soon.start()
        with pytest.raises(Stopped), stage.store.reading() as connection:
            patience.ask(connection, lambda: connection.execute(text(ENDLESS)).scalar())
        with pytest.raises(Stopped), stage.store.reading() as connection:
            patience.ask(connection, lambda: 1)  # nor is the next one asked
        with stage.store.reading() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1


def test_what_a_page_asks_ends_when_the_browser_goes_to_the_next(database_url: str) -> None:
    began, ended = threading.Event(), threading.Event()

    def endless(connection: Connection, scope: Scope) -> Any:
        began.set()
        try:
            return connection.execute(text(ENDLESS)).scalar()
        finally:
            ended.set()

    async def read_and_leave(visit: Visit) -> None:
        client = Client(page("/"))

        async def read() -> None:
            with client:
                await visit.read(endless)

        reading = asyncio.create_task(read())
        await asyncio.to_thread(began.wait, 10)
        await asyncio.sleep(0.1)
        visit.leave()
        assert await asyncio.to_thread(ended.wait, 10)  # at once, and not when the page is forgotten
        client.delete()
        with pytest.raises(asyncio.CancelledError):
            await reading

    with shop(database_url) as stage:
        app = SimpleNamespace(store=stage.store, merchants=stage.merchants)
        site = Site(cast(App, app), None)
        unasked = cast(Any, None)
        visit = Visit(site, "店主", Role.OWNER, "m1", "", {}, ("m1",), unasked, unasked, unasked)
        asyncio.run(read_and_leave(visit))
        site.close()


def test_weeks_of_talk_are_counted_week_by_week(database_url: str) -> None:
    with shop(database_url, merchant("m1", tiers=[TIER])) as stage:
        members = tuple(Who(one) for one in ("wx1", "wx2"))
        stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group="room", members=members))
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group="room", tier="分舵"))
        for day in range(40):
            late = timedelta(days=6 if day == 30 else 0)
            stage.apply(said("wx1", f"第 {day} 天", f"m{day}", at=stage.at - late, group="room"))
            stage.later(days=1)
        zone = stage.merchants["m1"].zone
        wanted = Wanted(START.astimezone(zone).date(), stage.at.astimezone(zone).date())
        told: list[float] = []
        with stage.store.reading() as connection:
            scope = Scope(stage.merchants["m1"])
            found = insight.activity(connection, scope, wanted, stage.at, told.append)
        by_day = {(START + timedelta(days=day)).astimezone(zone).date(): 1 for day in range(40)}
        by_day[(START + timedelta(days=30)).astimezone(zone).date()] = 0
        by_day[(START + timedelta(days=24)).astimezone(zone).date()] = 2
        assert {day: count for day, count in found.by_day.items() if day in by_day} == by_day
        assert (sum(found.messages.values()), found.active) == (40, 1)
        assert len(told) > 4
        assert told == sorted(told)
        assert told[-1] <= 1


def test_friends_are_as_many_as_the_list_of_them_has(database_url: str) -> None:
    with shop(database_url, merchant("m1", accounts=("main", "second"))) as stage:
        stage.apply(LoggedIn(merchant="m1", account="second", at=stage.at, self_id="wx-us"))
        stage.befriend("wx1", "wx2", "wx3", "wx-us")
        stage.befriend("wx1", "wx4", account="second")
        stage.apply(FriendRemoved(merchant="m1", account="main", at=stage.at, contact=Who("wx3")))
        for pool in ("", "second"):
            scope = Scope(stage.merchants["m1"], pool)
            with stage.store.reading() as connection:
                counted = count_of_friends(connection, scope)
                assert counted == count_of(connection, scope, Search(only="friends")) == (2 if pool else 3)
