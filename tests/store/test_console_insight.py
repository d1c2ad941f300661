"""The figures of 数据, counted against plain SQL and against their own rows on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from bot.console.reading import insight, insight_rows
from bot.console.reading.cooling import cooling
from bot.console.reading.insight import Wanted
from bot.console.reading.insight_funnel import STEPS, by_tier, funnel
from bot.console.visit import Scope
from bot.digest_report import digest_rows
from models.events import FriendAdded, GroupJoined, LoggedIn, MessageRecalled, Who
from models.orders import BindGroupOrder, ErasePersonOrder, UnbindGroupOrder
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
        found = read(stage, insight.activity, wanted, stage.at)
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
        assert read(stage, by_tier, wanted) == {"分舵": {step: row[step] for step in STEPS}}
        assert read(stage, funnel, wanted._replace(group="nowhere")) == []
        figures = {"messages": 3, "active": 2, "joined": len(moves), "left": 0} | {step: row[step] for step in STEPS}
        for figure, number in figures.items():
            assert len(read(stage, insight_rows.rows_of, wanted, figure, stage.at)) == number, figure
        for figure in ("promises", "questions", "posts"):
            assert read(stage, insight_rows.rows_of, wanted, figure, stage.at) == []
        earlier = wanted._replace(first=today - timedelta(days=9), last=today - timedelta(days=8))
        for other in (earlier, wanted._replace(tier="总舵"), wanted._replace(account="second")):
            assert read(stage, insight.activity, other, stage.at).active == 0
        assert read(stage, insight.groups_of, wanted, pool="second") == []


def test_a_group_that_is_bound_again_has_not_gone_cold_by_it(database_url: str) -> None:
    bind = BindGroupOrder(merchant="m1", at=START, group="room", tier="分舵")
    with shop(database_url, merchant("m1", tiers=[TIER])) as stage:
        members = (Who("wx1"), Who("wx2"))
        stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group="room", members=members))
        stage.apply(bind)
        wanted = Wanted(START.date(), START.date())

        def cold() -> list[tuple[float, float]]:
            return [(one.recent, one.usual) for one in read(stage, cooling, wanted, stage.at)]

        for day in range(14):
            for number in range(4):
                stage.apply(said("wx1", f"第 {number} 句", f"m{day}-{number}", at=stage.at, group="room"))
            stage.later(days=1)
            if day == 9:
                stage.apply(UnbindGroupOrder(merchant="m1", at=stage.at, group="room"))
                stage.apply(msgspec.structs.replace(bind, at=stage.at))
        assert cold() == []  # ten days of talk are not those of the one day since
        stage.later(days=2)
        assert cold() == [(1.3, 4.0)]


def test_people_stand_in_rows_by_name_and_who_was_forgotten_by_none(database_url: str) -> None:
    with shop(database_url, merchant("m1", tiers=[TIER])) as stage:
        members = (Who("wx1", "老林"), Who("wx2", "小周"))
        here: dict[str, Any] = {"merchant": "m1", "account": "main", "at": stage.at}
        stage.apply(GroupJoined(**here, group="room", members=members))
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group="room", tier="分舵"))
        stage.apply(GroupJoined(**here, group="room", members=(Who("wx3", "阿三"),), by="wx1"))
        stage.apply(said("wx2", "这款多少钱一瓶？", "m1", at=stage.at, group="room"))
        today = START.astimezone(stage.merchants["m1"].zone).date()
        wanted = Wanted.read({}, today)

        def rows(figure: str) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = read(stage, insight_rows.rows_of, wanted, figure, stage.at)
            return found

        (joined,) = [row for row in rows("joined") if row["编号"] == "wx3"]
        assert (joined["客人"], joined["谁拉的"]) == ("阿三", "老林")
        (asked,) = rows("questions")
        assert (asked["谁问的"], asked["编号"]) == ("小周", "wx2")
        stage.apply(ErasePersonOrder(merchant="m1", at=stage.at, contact="wx2"))
        (said_by,) = rows("messages")
        assert (said_by["客人"], said_by["编号"]) == ("已忘记的客户", "")
        assert "erased:" not in str([rows(figure) for figure in ("messages", "active", "joined", "questions")])


def test_messages_are_counted_as_the_digest_counts_them(database_url: str) -> None:
    tiers = [merchant("m1", accounts=("main", "second"), tiers=[TIER])]
    with shop(database_url, *tiers) as stage:
        stage.apply(LoggedIn(merchant="m1", account="main", at=stage.at, self_id="wx-us"))
        members = tuple(Who(one) for one in ("wx1", "wx2", "wx-us"))
        stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group="room", members=members))
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group="room", tier="分舵"))
        for number, (who, account) in enumerate(
            (("wx1", "main"), ("wx1", "main"), ("wx2", "main"), ("wx2", "second"), ("wx-us", "main"))
        ):
            stage.apply(said(who, f"第 {number} 句", f"m{number}", at=stage.at, group="room", account=account))
        stage.apply(said("wx1", "第 0 句", "m0", at=stage.at, group="room"))  # the gateway says it again
        stage.apply(MessageRecalled(merchant="m1", account="main", at=stage.at, message="m1", wire_id="r1"))
        today = stage.at.astimezone(stage.merchants["m1"].zone).date()
        wanted = Wanted(today, today)
        with stage.store.reading() as connection:
            *_, whole = digest_rows(connection, stage.merchants["m1"], stage.at, today)
        found = read(stage, insight.activity, wanted, stage.at)
        assert (sum(found.messages.values()), found.active) == (whole["messages"], whole["active"]) == (2, 2)
        assert len(read(stage, insight_rows.rows_of, wanted, "messages", stage.at)) == 2


@pytest.mark.parametrize("asked", [(0, 0, "—"), (1, 2, "33%"), (3, 0, "100%")])
def test_the_share_of_questions_that_were_answered(asked: tuple[int, int, str]) -> None:
    answered, still_open, rate = asked
    assert insight_rows.Questions(answered, still_open).rate == rate


@pytest.mark.parametrize("at", [{"from": "x"}, {"from": "0001-01-01"}, {"to": "9999-12-31"}, {"from": "2030-01-09"}])
def test_any_address_is_a_span(at: dict[str, str]) -> None:
    wanted = Wanted.read(at, START.date())
    assert wanted.first <= wanted.last <= wanted.first + timedelta(days=366)
    assert Wanted.read({"from": str(wanted.first), "to": str(wanted.last)}, START.date()) == wanted
