"""Edits, groups' own versions and sign-ups as rows, on both databases."""

from __future__ import annotations

from datetime import timedelta

from content_calendar.entry import Entry, to_json
from models import effects as fx
from models.deliveries import Delivery, DeliveryState
from models.operations import EntryOverride, Signup, Timer
from models.people import Contact
from tests.store.stage import START, Shop, shop
from tests.store.test_calendar_rows import expansion, open_groups, tag

LATER = START + timedelta(hours=5)


def told(stage: Shop) -> dict[str, tuple[str, str | None, str | None]]:
    """The state, its reason and the text of each delivery, by whom it is for."""
    return {row.key.rpartition(":")[2]: (row.state, row.reason, row.template) for row in stage.rows(Delivery)}


def test_an_edit_reaches_what_is_open_and_spares_whom_it_no_longer_concerns(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", branch="分舵")
        stage.bring_about(expansion(tiers=("堂口", "分舵")))
        new = expansion(tiers=("堂口",), template="新的", revision="v2", due=LATER)
        stage.bring_about(fx.Replan(planned=new))
        assert told(stage) == {"hall": ("planned", None, "新的"), "branch": ("cancelled", None, "早上好")}
        row = stage.delivery("entry:e1:2026-11-23:hall")
        assert (row.due_at, row.next_at, row.revision) == (LATER, LATER, "v2")
        past = expansion(
            tiers=("堂口",), due=START - timedelta(hours=1), state=DeliveryState.WAITING, reason="not_approved"
        )
        stage.bring_about(fx.Replan(planned=past))
        assert stage.history("entry:e1:2026-11-23:hall") == ["planned", "waiting not_approved"]
        stage.bring_about(fx.Withdraw(entry="e1", occurrence="2026-11-23"))
        assert stage.history("entry:e1:2026-11-23:hall")[-1] == "cancelled"


def test_a_groups_own_text_stands_in_its_delivery_and_the_others_are_left_alone(database_url: str) -> None:
    with shop(database_url) as stage:
        ids = open_groups(stage, one="堂口", two="堂口", three="堂口")
        stage.bring_about(
            fx.PutOverride(entry="e1", group_id=ids["one"], text="自己的"),
            fx.PutOverride(entry="e1", group_id=ids["two"], declined=True),
            fx.PutTimer(kind="own_entry", subject=f"{ids['two']} e1", at=LATER),
        )
        stage.bring_about(expansion(tiers=("堂口",), optional=True, but=(ids["two"],)))
        assert told(stage) == {"one": ("planned", None, "自己的"), "three": ("planned", None, "早上好")}
        stage.bring_about(
            fx.Replan(planned=expansion(tiers=("堂口",), optional=True, template="改了", but=(ids["two"],)))
        )
        assert [text for _, _, text in told(stage).values()] == ["自己的", "改了"]
        stage.bring_about(fx.Withdraw(entry="e1", occurrence="2026-11-23", only=ids["one"]))
        assert [state for state, _, _ in told(stage).values()] == ["cancelled", "planned"]
        stage.bring_about(fx.DropEntry(key="e1"))
        assert stage.rows(EntryOverride) == []
        assert stage.rows(Timer) == []


def test_who_loses_the_tag_is_spared(database_url: str) -> None:
    with shop(database_url) as stage:
        tag(stage, both="茶 酒", one="茶")
        body = to_json(Entry(key="e1", tags=("茶", "酒"), text="早上好")).decode()
        stage.bring_about(fx.PutEntries(entries=(("e1", "v1", body),)), expansion(tags=("茶", "酒")))
        persons = {row.wire_id: row.person_id for row in stage.rows(Contact)}
        stage.bring_about(
            *(fx.PutTags(person_id=persons[who], remove=("茶",), origin="test") for who in ("both", "one"))
        )
        assert told(stage) == {"both": ("planned", None, "早上好"), "one": ("cancelled", None, "早上好")}


def test_a_turn_is_kept_when_a_place_is_given(database_url: str) -> None:
    with shop(database_url) as stage:
        people = stage.befriend("first", "second")
        for who, waits in (("first", False), ("second", True)):
            stage.later(minutes=1)
            stage.bring_about(_signup(people[who], waits=waits))
        stage.later(minutes=1)
        stage.bring_about(_signup(people["second"], waits=False))
        stage.bring_about(fx.DropSignup(entry="e1", occurrence="2026-11-23", contact_id=people["first"]))
        (row,) = stage.rows(Signup)
        assert (row.contact_id, row.waits, row.at) == (people["second"], False, START + timedelta(minutes=2))


def _signup(contact_id: int, *, waits: bool) -> fx.PutSignup:
    return fx.PutSignup(entry="e1", occurrence="2026-11-23", contact_id=contact_id, account="main", waits=waits)


def test_what_was_taken_back_goes_at_another_time_and_what_a_human_stopped_does_not(database_url: str) -> None:
    key = "entry:e1:2026-11-23:hall"
    by_hand = fx.Audit(actor="boss", action="deliveries.cancel", target=key)
    stopped = fx.Audit(actor="boss", action="calendar.skip", target="e2", reason="2026-11-23")
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", branch="分舵")
        for entry in ("e1", "e2"):
            stage.bring_about(expansion(entry=entry, tiers=("堂口", "分舵")))
            stage.bring_about(fx.Withdraw(entry=entry, occurrence="2026-11-23"))
        stage.bring_about(by_hand, stopped)
        for entry in ("e1", "e2"):
            stage.bring_about(expansion(entry=entry, tiers=("堂口", "分舵"), due=LATER))
        assert {row.key[6:] for row in stage.rows(Delivery) if row.state == DeliveryState.PLANNED} == {
            "e1:2026-11-23:branch"
        }
