"""A clock that was ahead and is set right: what waits for its times does not wait for them to come again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.config import load_config
from bot.practice import clock_shift
from bot.store.set_back import look_again_if_set_back
from tests.store.stage import START, merchant, post, reply, shop
from tests.store.test_outbox import QUIET, answer, claimed


def test_a_clock_that_is_set_back_holds_nobody_up(database_url: str) -> None:
    with shop(database_url, merchant(quiet_hours=QUIET)) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.later(days=30)
        stage.bring_about(reply("r1", to["wx1"], due=START), post("p", contact_id=to["wx1"], due=START))
        looked_at = look_again_if_set_back(stage.store, None)
        assert claimed(stage) == ["r1"]
        answer(stage, "r1", "too_frequent")
        assert claimed(stage) == []
        assert stage.history("p")[-1] == "waiting quiet_hours"
        stage.later(days=-30)
        assert look_again_if_set_back(stage.store, looked_at) == stage.at
        assert claimed(stage) == []  # the platform asked for a quarter of an hour, by whatever clock
        assert stage.delivery("p").next_at == START + timedelta(hours=1)
        stage.later(minutes=15)
        assert claimed(stage) == ["r1"]


def test_a_program_that_starts_with_its_clock_set_back_notices(database_url: str) -> None:
    with shop(database_url, merchant(quiet_hours=QUIET)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.later(days=2)
        stage.bring_about(post("p", contact_id=to, due=START))
        assert claimed(stage) == []
        stage.later(days=-2)
        stage.later(hours=3)
        look_again_if_set_back(stage.store, None)
        assert claimed(stage) == ["p"]


def test_a_few_seconds_are_no_jump(database_url: str) -> None:
    with shop(database_url, merchant(quiet_hours=QUIET)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(post("p", contact_id=to))
        assert claimed(stage) == []
        before = stage.delivery("p").next_at
        stage.later(seconds=-30)
        look_again_if_set_back(stage.store, START)
        assert stage.delivery("p").next_at == before


def test_a_practice_ground_goes_on_from_where_it_was(database_url: str) -> None:
    config = load_config(Path(__file__).parents[2] / "config.toml", {})
    with shop(database_url, merchant()) as stage:
        assert clock_shift(config, stage.store, START) == timedelta()
        assert clock_shift(config, stage.store, START + timedelta(hours=14)) == timedelta(hours=8)  # it is midnight
        stage.later(days=7)
        stage.befriend("wx1")
        assert clock_shift(config, stage.store, START + timedelta(hours=1)) == timedelta(days=7, hours=-1)
