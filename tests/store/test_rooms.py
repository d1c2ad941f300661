"""Who finishes the survey gets the first seat that there is, however many groups a tier has."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from bot.store import Store, rooms
from handlers import decide
from models.context import Context, MerchantView
from models.effects import Effect
from models.events import Event
from models.groups import ChatGroup, Seat
from models.orders import SurveyFinished
from tests.store.stage import START, Shop, merchant, shop

TIERS: list[dict[str, Any]] = [{"name": "茶桌", "capacity": 10}, {"name": "私享", "join": {"tags": ["贵客"]}}]
MANY = 130


def tea_house() -> MerchantView:
    return merchant("m1", ("main", "second"), tiers=TIERS)


def bind(stage: Shop, count: int, members: int = 5, account: str = "main") -> list[int]:
    """So many groups more, by our ids in the order in which they were bound."""
    stage.later(minutes=1)
    with stage.store.writing() as writing:
        first = writing.ids.take(writing.now, count)
        shared = {"merchant_id": "m1", "account_id": account, "tier": "茶桌", "members": members, "bound_at": stage.at}
        ids = range(first, first + count)
        writing.insert(ChatGroup, [shared | {"id": one, "wire_id": f"room-{one}"} for one in ids])
    return list(ids)


def finish(stage: Shop, *contacts: str) -> list[int]:
    """These people finish the survey at once; returns how many groups each decision knew."""
    known: list[int] = []

    def place(event: Event, context: Context) -> list[Effect]:
        if isinstance(event, SurveyFinished):
            known.append(len(context.groups))
        return decide(event, context)

    events = [SurveyFinished(merchant="m1", account="main", at=stage.at, contact=one) for one in contacts]
    stage.apply(*events, decide=place)
    return known


def seats(stage: Shop) -> dict[int, int]:
    return {row.contact_id: row.group_id for row in stage.rows(Seat)}


def test_the_group_that_was_bound_first_fills_first_and_full_ones_are_passed_over(database_url: str) -> None:
    with shop(database_url, tea_house()) as stage:
        to = stage.befriend(*(f"wx{number}" for number in range(7)))
        bind(stage, MANY, members=10)
        with_room = bind(stage, MANY, members=8)
        assert finish(stage, "wx0", "wx1", "wx2") == [rooms.FIRST] * 3
        expected = {to["wx0"]: with_room[0], to["wx1"]: with_room[0], to["wx2"]: with_room[1]}
        assert seats(stage) == expected
        # Whoever comes later finds the seats that are kept for those before them.
        assert finish(stage, "wx3", "wx4") == [rooms.FIRST] * 2
        assert seats(stage) == {**expected, to["wx3"]: with_room[1], to["wx4"]: with_room[2]}


def test_all_groups_are_known_where_the_first_ones_are_not_enough(database_url: str) -> None:
    with shop(database_url, tea_house()) as stage:
        to = stage.befriend("wx1")
        others = stage.befriend("wx2", account="second")
        first = bind(stage, MANY)
        (own,) = bind(stage, 1, account="second")
        assert finish(stage, "wx1", "wx2") == [MANY + 1] * 2  # one of them can be invited by the other account alone
        assert seats(stage) == {to["wx1"]: first[0], others["wx2"]: own}


def test_that_a_tier_is_nearly_full_is_told_of_all_its_groups(database_url: str) -> None:
    with shop(database_url, tea_house()) as stage:
        to = stage.befriend("wx1", "wx2")
        bind(stage, MANY, members=10)
        (last,) = bind(stage, 1, members=9)
        assert finish(stage, "wx1", "wx2") == [MANY + 1] * 2
        assert seats(stage) == {to["wx1"]: last}


@pytest.mark.parametrize("statement", [rooms._WITH_ROOM, rooms._ANY])
def test_the_group_that_fills_next_is_found_by_an_index(sqlite_url: str, statement: Any) -> None:
    text = str(statement.compile(dialect=sqlite.dialect()))
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (None,) * text.count("?")).all()
    steps = [step for _, _, _, step in plan]
    assert any("chat_group_filling (merchant_id=? AND tier=?" in step for step in steps), steps
    assert not any("B-TREE" in step or "SCAN" in step for step in steps), steps
