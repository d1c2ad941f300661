"""The figures of 数据, counted against plain SQL and against their own rows on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.console.reading import insight, insight_rows
from bot.console.reading.insight import Wanted
from bot.console.reading.insight_funnel import STEPS, funnel
from bot.console.visit import Scope
from models.events import FriendAdded, GroupJoined, Who
from models.orders import BindGroupOrder
from tests.store.stage import START, Shop, merchant, said, shop

TIER = {"name": "分舵", "capacity": 200}


def read(stage: Shop, question: Any, *args: Any, pool: str = "") -> Any:
    with stage.store.reading() as connection:
        return question(connection, Scope(stage.merchants["m1"], pool), *args)


def sql(stage: Shop, statement: str) -> Any:
    with stage.store.reading() as connection:
        return connection.execute(text(statement)).scalar_one()


def test_each_figure_is_its_rows(database_url: str) -> None:
    with shop(database_url, merchant("m1", tiers=[TIER])) as stage:
        members = tuple(Who(one) for one in ("wx1", "wx2", "wx3"))
        stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group="room", members=members))
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group="room", tier="分舵"))
        stage.apply(FriendAdded(merchant="m1", account="main", at=stage.at, contact=Who("wx1")))
        for number, who in enumerate(("wx1", "wx1", "wx2")):
            stage.apply(said(who, f"第 {number} 句", f"m{number}", at=stage.at, group="room"))
        today = START.astimezone(stage.merchants["m1"].zone).date()
        wanted = Wanted.read({}, today)
        assert [one.room for one in read(stage, insight.groups_of, wanted)] == ["room"]
        found = read(stage, insight.activity, wanted)
        heard = "FROM journal WHERE type = 'message' AND group_id IS NOT NULL"
        assert sum(found.messages.values()) == sql(stage, f"SELECT count(*) {heard}") == 3
        assert found.active == sql(stage, f"SELECT count(DISTINCT contact_id) {heard}") == 2
        assert found.by_day[today] == 3
        moves = read(stage, insight.movements, wanted)
        assert sum(one.came for one in moves) == sql(stage, "SELECT count(*) FROM group_change WHERE came")
        (row,) = read(stage, funnel, wanted)
        friends = "SELECT count(*) FROM friendship WHERE NOT old AND added_at IS NOT NULL"
        assert row["befriended"] == sql(stage, friends) == 1
        assert row["grouped"] == 1
        figures = {"messages": 3, "active": 2, "joined": len(moves), "left": 0} | {step: row[step] for step in STEPS}
        for figure, number in figures.items():
            assert len(read(stage, insight_rows.rows_of, wanted, figure, stage.at)) == number, figure
        for figure in ("promises", "questions", "posts"):
            assert read(stage, insight_rows.rows_of, wanted, figure, stage.at) == []
        earlier = wanted._replace(first=today - timedelta(days=9), last=today - timedelta(days=8))
        for other in (earlier, wanted._replace(tier="总舵"), wanted._replace(account="second")):
            assert read(stage, insight.activity, other).active == 0
        assert read(stage, insight.groups_of, wanted, pool="second") == []


@pytest.mark.parametrize("at", [{"from": "x"}, {"from": "0001-01-01"}, {"to": "9999-12-31"}, {"from": "2030-01-09"}])
def test_any_address_is_a_span(at: dict[str, str]) -> None:
    wanted = Wanted.read(at, START.date())
    assert wanted.first <= wanted.last <= wanted.first + timedelta(days=366)
    assert Wanted.read({"from": str(wanted.first), "to": str(wanted.last)}, START.date()) == wanted
