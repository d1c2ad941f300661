"""A complaint is open until it is settled, for every contact of a person; both databases say who has one."""

from __future__ import annotations

from bot.store.accounts import load_accounts
from bot.store.status import load_status
from models import effects as fx
from models.deliveries import Lane
from models.people import Contact, Person
from tests.store.stage import Shop, post, reply, shop
from tests.store.test_outbox import answer, claimed, drain


def complaints(stage: Shop) -> tuple[str, ...]:
    merchant = stage.merchants["m1"]
    with stage.store.writing() as writing:
        return load_status(writing, merchant, tuple(load_accounts(writing, merchant).values())).complaints


def test_promotions_wait_for_it_and_nothing_else_does(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1", "wx2")
        person_of = {row.wire_id: row.person_id for row in stage.rows(Contact)}
        stage.bring_about(reply("hello", to["wx1"]), reply("hi", to["wx2"]))
        drain(stage)
        stage.bring_about(fx.OpenComplaint(person_id=person_of["wx1"]))
        since = [row.complained_at for row in stage.rows(Person)]
        stage.later(minutes=5)
        stage.bring_about(fx.OpenComplaint(person_id=person_of["wx1"]))
        assert [row.complained_at for row in stage.rows(Person)] == since  # it is as old as it is
        assert complaints(stage) == ("wx1",)
        stage.bring_about(
            post("ad 1", contact_id=to["wx1"], lane=Lane.PROMOTION),
            post("ad 2", contact_id=to["wx2"], lane=Lane.PROMOTION),
            post("tea", contact_id=to["wx1"]),
        )
        assert drain(stage) == ["tea", "ad 2"]
        assert stage.history("ad 1") == ["planned", "waiting complaint"]
        stage.bring_about(fx.CloseComplaint(wire_id="wx1"))
        assert complaints(stage) == ()
        assert claimed(stage) == ["ad 1"]
        answer(stage, "ad 1")
