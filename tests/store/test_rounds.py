"""The accounts of a merchant are dealt with together, and none of them decides on what another has just made untrue."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite
from sqlmodel import col

from bot.store import Store, budgets, pages
from bot.store.health import optimize
from bot.store.outbox import claim
from models.deliveries import Delivery, DeliveryState, Lane
from tests.store.stage import START, Shop, merchant, post, reply, shop
from tests.store.test_outbox import answer, claimed, drain

TWO = ["main", "second"]


def meet_both(stage: Shop) -> int:
    """One person who is a friend of both accounts, and was answered by one of them."""
    to = stage.befriend("wx1")["wx1"]
    stage.befriend("wx1", account="second")
    stage.bring_about(reply("hello", to))
    assert drain(stage) == ["hello"]
    return to


def test_two_accounts_do_not_both_take_the_last_of_a_persons_day(database_url: str) -> None:
    with shop(database_url, merchant("m1", TWO, caps={"person_per_day": 1})) as stage:
        to = meet_both(stage)
        stage.bring_about(post("content", contact_id=to, account="second"), post("care", contact_id=to, lane=Lane.CARE))
        assert claimed(stage) == ["care"]  # the most valuable, whatever the accounts are called
        assert stage.history("content") == ["planned", "waiting person_cap"]


def test_an_answer_does_not_wait_for_what_another_account_writes(database_url: str) -> None:
    with shop(database_url, merchant("m1", TWO, caps={"person_per_day": 1})) as stage:
        to = meet_both(stage)
        stage.bring_about(post("care", contact_id=to, lane=Lane.CARE), reply("answer", to, account="second"))
        assert sorted(claimed(stage)) == ["answer", "care"]


def test_who_has_just_been_greeted_by_another_account_may_hear_of_an_offer(database_url: str) -> None:
    with shop(database_url, merchant("m1", TWO)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.befriend("wx1", account="second")
        stage.bring_about(
            reply("hello", to), post("offer", contact_id=to, lane=Lane.PROMOTION, account="second", priority=1)
        )
        assert claimed(stage) == ["hello", "offer"]


def test_an_account_looks_further_while_others_are_done(database_url: str) -> None:
    quiet = [{"from": "09:00", "to": "11:00"}]
    with shop(database_url, merchant("m1", TWO, quiet_hours=quiet)) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.befriend("wx2", account="second")
        stage.bring_about(
            *(post(f"care {n}", contact_id=to["wx1"], lane=Lane.CARE) for n in range(60)),
            reply("behind them", to["wx1"], priority=9),
            reply("other", to["wx2"], account="second"),
        )
        assert sorted(claimed(stage)) == ["behind them", "other"]
        for key in ("behind them", "other"):
            answer(stage, key)
        found = claim(stage.store, stage.merchants, [("m1", account) for account in TWO])
        assert (found.claims, found.next_at) == ([], START + timedelta(hours=1))
        waiting = stage.rows(Delivery, col(Delivery.state) == DeliveryState.WAITING)
        assert len(waiting) == 60


@pytest.mark.parametrize("statement", [pages._BUSY, pages._NEXT, pages._PAGES, budgets._SENT, budgets._LEFT_LATELY])
def test_deliveries_are_found_account_by_account_and_never_by_reading_all(sqlite_url: str, statement: Any) -> None:
    """Also once the database was looked after."""
    text = str(statement.compile(dialect=sqlite.dialect()))
    with shop(sqlite_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(reply(f"r{n}", to) for n in range(5)))
        drain(stage)
        optimize(stage.store)
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (None,) * text.count("?")).all()
    steps = [step for _, _, _, step in plan if "delivery" in step or "wanted" in step]
    assert steps
    by_account = ("USING INTEGER PRIMARY KEY (rowid=?)", "delivery_open (account_id=?", "delivery_left (account_id=?")
    assert all(any(one in step for one in by_account) for step in steps), steps
    if statement is budgets._SENT:  # the rows themselves are spread over all that there is
        assert all("COVERING" in step for step in steps if "delivery_left" in step), steps
