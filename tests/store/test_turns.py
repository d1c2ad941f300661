"""Whose turn it is at an occurrence that counts from each member, as statements on both databases."""

from __future__ import annotations

from datetime import timedelta

from models import effects as fx
from models.events import Who
from models.people import Contact
from tests.store.stage import START, Shop, nothing, said, shop
from tests.store.test_calendar_rows import expansion, keys, open_groups

DAY = timedelta(days=1)


def answer(stage: Shop, **birthdays: str) -> None:
    people = stage.befriend(*birthdays)
    person_of = {row.id: row.person_id for row in stage.rows(Contact)}
    stage.bring_about(
        *(
            fx.PutAnswer(person_id=person_of[people[who]], key="birthday", value=born, state="answered")
            for who, born in birthdays.items()
        )
    )


def test_birthdays_by_every_spelling(database_url: str) -> None:
    with shop(database_url) as stage:
        answer(
            stage,
            dated="1990-11-23",
            yearless="--11-23",
            lunar="lunar:10-15",
            lunar_dated="lunar:1985-10-15",
            other="1990-10-15",
            lunar_other="lunar:11-23",
            secret="不告诉你",
            no_day="--02-30",
            no_month="lunar:00-10",
        )
        turn = fx.Turn(of="birthday", born=((False, 11, 23), (True, 10, 15)))
        stage.bring_about(expansion(turn=turn))
        who = ("dated", "lunar", "lunar_dated", "yearless")
        assert keys(stage) == [f"entry:e1:2026-11-23:{name}" for name in who]
        stage.bring_about(expansion(entry="e2", turn=turn, tags=("没人有",)))
        assert len(keys(stage)) == len(who)


def test_who_was_last_heard_that_day(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("quiet", "talker", "never")
        stage.apply(said("quiet", at=START), said("talker", at=START), decide=nothing)
        stage.later(days=1)
        stage.apply(said("talker", at=START + DAY), decide=nothing)
        turn = fx.Turn(of="silent", start=START - timedelta(hours=2), end=START + timedelta(hours=2))
        stage.bring_about(expansion(turn=turn))
        assert keys(stage) == ["entry:e1:2026-11-23:quiet"]


def test_who_joined_a_group_after_our_account(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(fx.PutAccount(account="main", state="online", self_id="me"))
        ids = open_groups(stage, hall="堂口")
        stage.befriend("hall-member", "newcomer")
        stage.later(hours=1)
        stage.bring_about(fx.PutMembers(group_id=ids["hall"], joined=(Who("newcomer"),)))
        turn = fx.Turn(of="joined", start=START - DAY, end=START + DAY)
        stage.bring_about(expansion(turn=turn, tiers=("堂口",)))
        assert keys(stage) == ["entry:e1:2026-11-23:newcomer"]
