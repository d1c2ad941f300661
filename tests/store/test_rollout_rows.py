"""Some groups first, the others when they are let go; what happened in the first ones meanwhile."""

from __future__ import annotations

from bot.store.rolling_out import load_rollouts
from models import effects as fx
from models import timers
from models.context import RolloutView
from models.deliveries import Delivery, DeliveryState
from models.events import TimerDue
from tests.store.stage import START, shop
from tests.store.test_calendar_rows import expansion, open_groups

ROLLOUT = "50% 1h;75% 1h"


def test_the_others_wait_and_are_let_go_stage_by_stage(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, a="堂口", b="堂口", c="堂口", d="堂口", e="分舵")
        stage.bring_about(expansion(tiers=("堂口",), rollout=ROLLOUT))
        states = [(row.state, row.reason, row.approved) for row in stage.rows(Delivery)]
        assert sorted(states, key=str) == [
            *[("planned", None, True)] * 2,
            *[("waiting", "not_approved", False)] * 2,
        ]
        for stages, planned in ((2, 3), (2, 3)):
            stage.bring_about(fx.GoOn(entry="e1", occurrence="2026-11-23", rollout=ROLLOUT, stages=stages))
            assert sum(row.state == DeliveryState.PLANNED for row in stage.rows(Delivery)) == planned
        stage.bring_about(fx.GoOn(entry="e1", occurrence="2026-11-23"))
        assert {row.state for row in stage.rows(Delivery)} == {"planned"}


def test_what_happened_in_the_groups_that_got_it(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, a="堂口", b="堂口")
        stage.bring_about(expansion(tiers=("堂口",), rollout="50% 1h"))
        subject = timers.rollout_subject("2026-11-23", 1, "e1")
        rang = TimerDue(merchant="m1", account="", at=START, kind=timers.ROLLOUT, subject=subject, due=START)
        with stage.store.writing() as writing:
            assert load_rollouts(writing, stage.merchants["m1"], [rang]) == {subject: RolloutView()}
