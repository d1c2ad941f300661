"""Rows of owners, places and lanes, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col

from models import effects as fx
from models.accounts import Account
from models.deliveries import Cause, Delivery, DeliveryKind, Lane
from models.effects import SurveyProgress
from models.events import GroupJoined, Who
from models.groups import ChatGroup, Seat
from models.operations import AuditEntry, Pause, RoleGrant, Timer
from models.orders import BindGroupOrder, HandoverOrder, MoveOrder, OwnerOrder
from models.people import Contact, Person, Survey
from tests.store.stage import START, Shop, merchant, shop

TIERS = [{"name": "分院", "join": {"tags": ["核心"]}}, {"name": "茶桌", "capacity": 3}]


def person_of(stage: Shop, contact: str) -> Any:
    (found,) = [row for row in stage.rows(Contact) if row.wire_id == contact]
    (person,) = stage.rows(Person, col(Person.id) == found.person_id)
    return person


def owner_of(stage: Shop, contact: str) -> str | None:
    owner = person_of(stage, contact).owner_contact_id
    return next((row.wire_id for row in stage.rows(Contact) if row.id == owner), None)


def came(stage: Shop, room: str, *contacts: str) -> None:
    members = tuple(Who(one, one.upper()) for one in contacts)
    stage.later(seconds=1)
    stage.apply(GroupJoined(merchant="m1", account="main", at=stage.at, group=room, members=members))


def bound(stage: Shop, room: str, owner: str) -> None:
    stage.later(seconds=1)
    stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group=room, tier="茶桌", owner=owner))


def test_the_first_hall_holds_and_a_second_claim_is_on_record(database_url: str) -> None:
    with shop(database_url, merchant(tiers=TIERS)) as stage:
        stage.befriend("ann", "bob", "wx1", "wx2")
        came(stage, "a", "ann", "wx1")
        bound(stage, "a", "ann")
        bound(stage, "b", "bob")
        came(stage, "b", "wx1", "wx2", "bob")
        assert [owner_of(stage, one) for one in ("wx1", "wx2", "bob", "ann")] == ["ann", "bob", None, None]
        (refused,) = [row for row in stage.rows(AuditEntry) if row.result == "refused"]
        assert (refused.actor, refused.target, refused.place, refused.reason) == ("bob", "wx1", "b", "owner is ann")


def test_a_hall_comes_before_a_claim_and_a_handover_before_both(database_url: str) -> None:
    with shop(database_url, merchant(tiers=TIERS)) as stage:
        stage.befriend("ann", "bob", "wx1")
        bound(stage, "b", "bob")
        stage.apply(OwnerOrder(merchant="m1", at=stage.at, person="wx1", owner="ann"))
        assert (owner_of(stage, "wx1"), person_of(stage, "wx1").owner_by) == ("ann", "claim")
        came(stage, "b", "wx1")
        assert (owner_of(stage, "wx1"), person_of(stage, "wx1").owner_by) == ("bob", "group")
        stage.apply(HandoverOrder(merchant="m1", at=stage.at, source="bob", to="ann"))
        assert (owner_of(stage, "wx1"), person_of(stage, "wx1").owner_by) == ("ann", "given")
        (group,) = stage.rows(ChatGroup)
        assert group.owner_contact_id == person_of(stage, "wx1").owner_contact_id


def test_who_is_moved_leaves_the_seat_that_was_kept(database_url: str) -> None:
    with shop(database_url, merchant(tiers=TIERS)) as stage:
        ids = stage.befriend("wx1")
        bound(stage, "low", "")
        stage.apply(BindGroupOrder(merchant="m1", at=stage.at, group="high", tier="分院"))
        stage.apply(MoveOrder(merchant="m1", at=stage.at, person="wx1", to="茶桌"))
        stage.later(hours=1)
        stage.apply(MoveOrder(merchant="m1", at=stage.at, person="wx1", to="分院"))
        rooms = {row.id: row.wire_id for row in stage.rows(ChatGroup)}
        assert [(row.contact_id, rooms[row.group_id]) for row in stage.rows(Seat)] == [(ids["wx1"], "high")]
        person = person_of(stage, "wx1")
        assert (person.placed_tier, person.moved_at) == ("分院", stage.at)


def test_what_names_a_group_follows_it_even_where_the_new_id_is_named_already(database_url: str) -> None:
    with shop(database_url, merchant(tiers=TIERS)) as stage:
        stage.befriend("wx1")
        bound(stage, "old", "")
        (group,) = stage.rows(ChatGroup)
        stage.bring_about(
            fx.PutRole(wire_id="wx1", role="hall", group="old"),
            fx.PutRole(wire_id="wx1", role="hall", group="new"),
            fx.PutPause(scope="group", subject="old", by="wx1"),
            fx.PutTimer(kind="seat", subject="wx1 old", at=START + timedelta(hours=1)),
            fx.PutTimer(kind="seat", subject="wx1 gold", at=START + timedelta(hours=1)),
        )
        stage.bring_about(fx.RebindGroup(group_id=group.id, wire_id="new", former_wire_id="old"))
        assert [row.group_wire_id for row in stage.rows(RoleGrant)] == ["new"]
        assert [row.subject for row in stage.rows(Pause)] == ["new"]
        assert sorted(row.subject for row in stage.rows(Timer)) == ["wx1 gold", "wx1 new"]


def test_a_lane_is_taken_over(database_url: str) -> None:
    with shop(database_url, merchant(accounts=("main", "spare"), tiers=TIERS)) as stage:
        stage.befriend("both", "lost")
        ids = stage.befriend("both", account="spare")
        both = person_of(stage, "both")
        open_one = SurveyProgress(
            contact_id=ids["both"], account="main", revision="r1", state="open", question="call", started_at=START
        )
        stage.bring_about(
            fx.PutSurvey(person_id=both.id, survey=open_one),
            fx.PutTimer(kind="nudge", subject="both", at=START, account="main"),
            fx.PutRole(wire_id="both", role="hall", account="main"),
            *(
                fx.Send(key=one, account="main", kind=DeliveryKind.TEXT, lane=Lane.CONTENT, cause=Cause.CALENDAR,
                        contact_id=ids[one], text="好")
                for one in ("both", "lost")
            ),
        )  # fmt: skip
        stage.bring_about(fx.ReplaceAccount(old="main", new="spare"))
        assert [row.account_id for row in stage.rows(Survey)] == ["spare"]
        assert [row.account_id for row in stage.rows(Timer)] == ["spare"]
        assert {row.account_id for row in stage.rows(RoleGrant)} == {"main", "spare"}
        assert {row.key: row.account_id for row in stage.rows(Delivery)} == {"both": "spare", "lost": "main"}
        assert {row.id: row.replaced_by for row in stage.rows(Account)} == {"main": "spare", "spare": None}
