"""What rings, and when the next timer does, however little was looked up to know it."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store.due import Timers
from models import effects as fx
from models.timers import ENTRY
from tests.store.stage import Shop, shop


def set_timer(stage: Shop, subject: str, at: datetime) -> None:
    stage.bring_about(fx.PutTimer(kind=ENTRY, subject=subject, at=at))


def test_timers_ring_when_they_are_due(database_url: str) -> None:
    with shop(database_url) as stage:
        timers, noon = Timers(stage.store, stage.merchants), stage.at + timedelta(hours=2)
        assert timers.due() == ([], None)
        set_timer(stage, "noon", noon)
        assert timers.due() == timers.due() == ([], noon)
        set_timer(stage, "soon", stage.at + timedelta(minutes=1))
        assert timers.due() == ([], stage.at + timedelta(minutes=1))
        stage.later(minutes=1)
        for _ in range(2):  # until it is taken
            rung, following = timers.due()
            assert ([one.subject for one in rung], following) == (["soon"], noon)
        stage.apply(*timers.due()[0])
        assert timers.due() == ([], noon)
        stage.later(hours=2)
        assert [one.subject for one in timers.due()[0]] == ["noon"]
        stage.later(hours=-2)
        assert timers.due() == ([], noon)
