"""Who waits for an account's room: in the order of value, each with a time, and a crowd costs no more than a line."""

from __future__ import annotations

from datetime import timedelta

from bot.store.budgets import LONGEST_LINE
from models.deliveries import Delivery, Lane
from tests.store.stage import START, merchant, post, reply, shop
from tests.store.test_outbox import answer, claimed


def test_a_crowd_waits_behind_the_line_without_a_time(database_url: str) -> None:
    more = LONGEST_LINE + 30
    with shop(database_url, merchant(pace={"per_hour": 1})) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(post(f"p{n:04d}", contact_id=to, lane=Lane.CARE) for n in range(more + 1)))
        assert claimed(stage) == ["p0000"]
        answer(stage, "p0000")
        for _ in range(3):
            assert claimed(stage) == []
        states = [row.state for row in stage.rows(Delivery)]
        assert (states.count("waiting"), states.count("planned")) == (LONGEST_LINE, 30)
        assert stage.delivery("p0007").until == START + timedelta(hours=7)
        stage.bring_about(reply("r", to))  # whoever is worth more comes first all the same
        assert claimed(stage) == []
        assert stage.delivery("r").until == START + timedelta(hours=1)
        stage.later(hours=1)
        assert claimed(stage) == ["r"]
        answer(stage, "r")
        assert claimed(stage) == []
        stage.later(hours=1)
        assert claimed(stage) == ["p0001"]


def test_a_time_that_was_told_stays_while_nobody_pushes_in(database_url: str) -> None:
    with shop(database_url, merchant(pace={"per_minute": 2})) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(post(f"p{n}", contact_id=to, lane=Lane.CARE) for n in range(7)))
        sent: list[tuple[str, int]] = []
        for minute in range(4):
            while keys := claimed(stage):
                for key in keys:
                    answer(stage, key)
                sent += [(key, minute) for key in keys]
            stage.later(minutes=1)
        assert sent == [(f"p{n}", n // 2) for n in range(7)]
        assert all(len(stage.history(f"p{n}")) == 4 for n in range(2, 7))  # planned, waiting once, claimed, sent
