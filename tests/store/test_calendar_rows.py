"""One occurrence becomes all its deliveries in one statement, each target's once; groups and members as listed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from bot.database_urls import sqlite_path
from bot.reading import groups
from bot.store.audience import audience
from bot.store.engine import sqlite_driver
from bot.store.outbox import claim
from models import effects as fx
from models.deliveries import Delivery, DeliveryChange, DeliveryKind, DeliveryState, Lane
from models.events import GroupState, Media, Roster, Who
from models.groups import ChatGroup, GroupMember, Seat
from models.operations import EntryRevision, Timer
from models.people import Contact, Friendship, Person
from tests.store.stage import START, Shop, merchant, shop


def expansion(**more: Any) -> fx.Expand:
    given: dict[str, Any] = {
        "entry": "e1",
        "revision": "v1",
        "occurrence": "2026-11-23",
        "due": START,
        "kind": DeliveryKind.TEXT,
        "lane": Lane.CONTENT,
        "template": "早上好",
    }
    return fx.Expand(**(given | more))


def open_groups(stage: Shop, **tiers: str | None) -> dict[str, int]:
    """Groups that the account is in, bound to these tiers; returns their ids."""
    found = Roster(
        merchant="m1",
        account="main",
        at=START,
        wire_id=stage.fresh(),
        groups=tuple(GroupState(name, members=(Who("me"), Who(f"{name}-member"))) for name in tiers),
    )
    stage.apply(found)
    ids = {row.wire_id: row.id for row in stage.rows(ChatGroup)}
    stage.bring_about(*(fx.BindGroup(group_id=ids[name], tier=tier) for name, tier in tiers.items() if tier))
    return ids


def tag(stage: Shop, **tags: str) -> None:
    people = stage.befriend(*tags)
    person_of = {row.id: row.person_id for row in stage.rows(Contact)}
    stage.bring_about(
        *(
            fx.PutTags(person_id=person_of[people[who]], add=tuple(given.split()), origin="test")
            for who, given in tags.items()
        )
    )


def keys(stage: Shop) -> list[str]:
    return sorted(row.key for row in stage.rows(Delivery))


def test_to_the_bound_groups_of_tiers_and_to_the_rooms_named(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口", hall2="堂口", branch="分舵", stranger=None)
        stage.bring_about(expansion(tiers=("堂口",), groups=("branch", "stranger"), media=(Media("图", "a.png"),)))
        assert keys(stage) == [f"entry:e1:2026-11-23:{name}" for name in ("branch", "hall1", "hall2", "stranger")]
        row = stage.delivery("entry:e1:2026-11-23:hall1")
        assert (row.account_id, row.contact_id, row.state, row.lane) == ("main", None, "planned", "content")
        assert (row.due_at, row.next_at, row.created_at) == (START, START, START)
        assert (row.mentions, row.media[0]["url"], row.entry, row.revision) == ([], "a.png", "e1", "v1")
        assert stage.history("entry:e1:2026-11-23:hall1") == ["planned"]
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims[0].outgoing.group != "stranger"


def test_a_room_that_is_named_and_not_bound_is_on_record_as_spared(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, stranger=None)
        stage.bring_about(expansion(groups=("stranger",)))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        assert stage.history("entry:e1:2026-11-23:stranger") == ["planned", "skipped not_bound"]


def renumber(stage: Shop, group_id: int, *, former: str, now: str) -> None:
    seen = Roster(merchant="m1", account="main", at=START, wire_id=stage.fresh(), groups=(GroupState(now),))
    stage.apply(seen)
    stage.bring_about(fx.RebindGroup(group_id=group_id, wire_id=now, former_wire_id=former))


def test_a_room_is_named_by_the_ids_that_it_had_before_too(database_url: str) -> None:
    with shop(database_url) as stage:
        ids = open_groups(stage, hall1="堂口", hall2="堂口")
        stage.bring_about(expansion(groups=("hall1",)))
        renumber(stage, ids["hall1"], former="hall1", now="hall1b")
        renumber(stage, ids["hall1"], former="hall1b", now="hall1c")
        stage.bring_about(expansion(groups=("hall1", "hall1c")))  # planned already, under its former id
        assert keys(stage) == ["entry:e1:2026-11-23:hall1"]
        stage.bring_about(expansion(groups=("hall1", "hall1b", "hall1c"), occurrence="2026-11-24"))
        stage.bring_about(expansion(groups=("hall1b",), occurrence="2026-11-25"))
        assert keys(stage)[1:] == ["entry:e1:2026-11-24:hall1c", "entry:e1:2026-11-25:hall1c"]
        assert {row.group_id for row in stage.rows(Delivery)} == {ids["hall1"]}
        with stage.store.reading() as connection:
            assert [row["group"] for row in groups(connection, stage.merchants["m1"])] == ["hall1c", "hall2"]


def test_a_former_id_that_is_a_group_again_means_itself(database_url: str) -> None:
    with shop(database_url) as stage:
        ids = open_groups(stage, hall1="堂口")
        renumber(stage, ids["hall1"], former="hall1", now="hall1b")
        again = GroupState("hall1", members=(Who("me"), Who("somebody")))
        stage.apply(Roster(merchant="m1", account="main", at=START, wire_id=stage.fresh(), groups=(again,)))
        stage.bring_about(expansion(groups=("hall1",)))
        (row,) = stage.rows(Delivery)
        assert row.key == "entry:e1:2026-11-23:hall1"
        assert row.group_id != ids["hall1"]
        with stage.store.reading() as connection:
            listed = {row["group"]: row["tier"] for row in groups(connection, stage.merchants["m1"])}
        assert listed == {"hall1b": "堂口", "hall1": None}


def test_a_former_id_that_an_operator_binds_means_itself(database_url: str) -> None:
    with shop(database_url) as stage:
        ids = open_groups(stage, hall1="堂口")
        renumber(stage, ids["hall1"], former="hall1", now="hall1b")
        (other,) = [row.id for row in stage.rows(ChatGroup) if row.wire_id == "hall1"]
        stage.bring_about(fx.BindGroup(group_id=other, tier="分院"))
        stage.bring_about(expansion(groups=("hall1",)))
        assert [row.group_id for row in stage.rows(Delivery)] == [other]


def test_what_waits_for_a_word_waits_for_it_whatever_else_holds_it_back(database_url: str) -> None:
    """Quiet hours come first in the gate's order; when they are over nobody has approved anything."""
    with shop(database_url, merchant(quiet_hours=[{"from": "09:00", "to": "11:00"}])) as stage:
        open_groups(stage, hall1="堂口")
        stage.bring_about(expansion(tiers=("堂口",), state=DeliveryState.WAITING, reason="not_approved"))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        stage.later(hours=1)
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        assert stage.history("entry:e1:2026-11-23:hall1") == [
            "waiting not_approved", "waiting quiet_hours", "waiting not_approved",
        ]  # fmt: skip
        stage.bring_about(fx.ApproveWaiting(entry="e1"))
        assert len(claim(stage.store, stage.merchants, [("m1", "main")]).claims) == 1


def test_a_word_given_in_quiet_hours_counts_when_they_are_over(database_url: str) -> None:
    with shop(database_url, merchant(quiet_hours=[{"from": "09:00", "to": "11:00"}])) as stage:
        open_groups(stage, hall1="堂口")
        stage.bring_about(expansion(tiers=("堂口",), state=DeliveryState.WAITING, reason="not_approved"))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        stage.bring_about(fx.ApproveWaiting(entry="e1"))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        stage.later(hours=1)
        assert len(claim(stage.store, stage.merchants, [("m1", "main")]).claims) == 1


@pytest.mark.parametrize("audience", [{"tiers": ("堂口",)}, {"groups": ("hall1", "hall2")}, {"tags": ("宝妈",)}])
def test_planning_twice_writes_once(database_url: str, audience: dict[str, Any]) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口", hall2="堂口")
        tag(stage, wx1="宝妈 常客", wx2="宝妈", wx3="常客")
        stage.bring_about(expansion(**audience), expansion(**audience))
        stage.bring_about(expansion(**audience, due=START + timedelta(hours=1), template="换了"))
        rows = stage.rows(Delivery)
        assert len(rows) == 2
        assert {row.template for row in rows} == {"早上好"}
        assert len(stage.rows(DeliveryChange)) == 2
        assert len({row.id for row in rows}) == 2
        stage.bring_about(expansion(**audience, occurrence="2026-11-24"))
        assert len(stage.rows(Delivery)) == 4


def test_who_joined_since_is_planned_too(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口")
        stage.bring_about(expansion(tiers=("堂口",)))
        open_groups(stage, hall1="堂口", hall2="堂口")
        stage.bring_about(expansion(tiers=("堂口",)))
        assert keys(stage) == ["entry:e1:2026-11-23:hall1", "entry:e1:2026-11-23:hall2"]
        assert [change.delivery_id for change in stage.rows(DeliveryChange)] == [row.id for row in stage.rows(Delivery)]


def test_to_friends_with_a_tag(database_url: str) -> None:
    with shop(database_url, merchant(accounts=["main", "second"])) as stage:
        tag(stage, wx1="宝妈 常客", wx2="宝妈", wx3="常客", gone="宝妈")
        stage.befriend("wx1", account="second")
        gone = {row.contact_id: row for row in stage.rows(Friendship)}[stage.befriend("gone")["gone"]]
        person = stage.rows(Person)[-1].id
        stage.bring_about(
            fx.PutFriendship(account="main", contact_id=gone.contact_id, person_id=person, state="removed")
        )
        stage.bring_about(expansion(tags=("宝妈", "常客")))
        assert keys(stage) == [f"entry:e1:2026-11-23:wx{n}" for n in (1, 2, 3)]
        assert {row.account_id for row in stage.rows(Delivery)} == {"main"}


def test_to_nobody(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(expansion(tiers=("没有",)), expansion(tags=("没有",)))
        assert stage.rows(Delivery) == []


def test_merchants_do_not_see_each_others_groups(database_url: str) -> None:
    with shop(database_url, merchant("m1", ["main"]), merchant("m2", ["other"])) as stage:
        open_groups(stage, hall1="堂口")
        stage.bring_about(expansion(tiers=("堂口",)), merchant="m2")
        assert stage.rows(Delivery) == []


def test_missed_ones_are_on_record(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口")
        missed = expansion(tiers=("堂口",), state=DeliveryState.SKIPPED, reason="too_late")
        asked = expansion(
            tiers=("堂口",), occurrence="2026-11-22", state=DeliveryState.WAITING, reason="not_approved",
            not_after=START + timedelta(days=1),
        )  # fmt: skip
        stage.bring_about(missed, asked)
        assert stage.history("entry:e1:2026-11-23:hall1") == ["skipped too_late"]
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        assert stage.history("entry:e1:2026-11-22:hall1") == ["waiting not_approved"]
        stage.bring_about(fx.ApproveWaiting(entry="e1"))
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        assert (one.outgoing.key, one.outgoing.group) == ("entry:e1:2026-11-22:hall1", "hall1")


@pytest.mark.parametrize("driver", [sqlite3, sqlite_driver()], ids=["of Python", "ours"])
def test_bug_each_friend_was_looked_for_through_all_friendships(sqlite_url: str, driver: Any) -> None:
    with shop(sqlite_url) as stage, stage.store.writing() as writing:
        asked = audience(writing, stage.merchants["m1"], expansion(tags=("宝妈",)))
        text = str(asked.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    with closing(driver.connect(sqlite_path(sqlite_url))) as database:
        plan = database.execute(f"EXPLAIN QUERY PLAN {text}", (None,) * text.count("?")).fetchall()
    steps = [step for _, _, _, step in plan if "friendship" in step and "friendship_1" in step]
    assert len(steps) == 1
    assert "friendship_contact (contact_id=? AND merchant_id=?)" in steps[0]


def test_many_are_one_statement(database_url: str) -> None:
    with shop(database_url) as stage:
        tag(stage, **{f"wx{n}": "宝妈" for n in range(2000)})
        stage.bring_about(expansion(tags=("宝妈",)))
        rows = stage.rows(Delivery)
        assert len({row.id for row in rows}) == len({row.contact_id for row in rows}) == 2000


def test_who_came_first_is_planned_first_whatever_was_planned_in_between(database_url: str) -> None:
    with shop(database_url) as stage:
        names = ("wx3", "wx1", "wx2")
        for name in names:
            tag(stage, **{name: "宝妈"})
        stage.bring_about(expansion(tags=("宝妈",), template="早"))
        tag(stage, wx0="宝妈")
        stage.bring_about(expansion(tags=("宝妈",)), expansion(tags=("宝妈",), occurrence="2026-11-24"))
        rows = sorted(stage.rows(Delivery), key=lambda row: row.id)
        came = [*names, "wx0", *names, "wx0"]
        assert [row.key.rpartition(":")[2] for row in rows] == came
        assert [change.delivery_id for change in stage.rows(DeliveryChange)] == [row.id for row in rows]


def test_an_entry_out_of_force_takes_back_what_has_not_left(database_url: str) -> None:
    entry = ("e1", "v1", "{}")
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口", hall2="堂口")
        stage.bring_about(fx.PutEntries(entries=(entry,)), fx.PutTimer(kind="entry", subject="e1", at=START))
        stage.bring_about(expansion(tiers=("堂口",)))
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        stage.bring_about(fx.DropEntry(key="e1"))
        assert sorted(row.state for row in stage.rows(Delivery)) == ["cancelled", "claimed"]
        assert stage.rows(Timer) == []
        assert [row.current for row in stage.rows(EntryRevision)] == [False]
        assert one.outgoing.group in ("hall1", "hall2")


def test_one_revision_of_an_entry_is_in_force(database_url: str) -> None:
    with shop(database_url) as stage:
        for revision in ("v1", "v2", "v1"):
            stage.later(minutes=1)
            stage.bring_about(fx.PutEntries(entries=(("e1", revision, "{}"), ("e2", "v1", "{}"))))
        rows = stage.rows(EntryRevision)
        assert [(row.key, row.revision, row.current) for row in rows] == [
            ("e1", "v1", True),
            ("e1", "v2", False),
            ("e2", "v1", True),
        ]
        assert {row.first_imported_at for row in rows} == {START + timedelta(minutes=1)}


# member lists


def members(stage: Shop) -> set[str]:
    names = {row.id: row.wire_id for row in stage.rows(Contact)}
    return {names[row.contact_id] for row in stage.rows(GroupMember) if row.left_at is None}


def listed(stage: Shop, *people: str, topic: str = "") -> None:
    event = Roster(
        merchant="m1",
        account="main",
        at=stage.at,
        wire_id=stage.fresh(),
        groups=(GroupState("room-1", topic, members=tuple(map(Who, people))),),
    )
    assert not stage.apply(event)[0].error


def test_member_lists_are_those_of_the_platform(database_url: str) -> None:
    with shop(database_url) as stage:
        listed(stage, "wx1", "wx2", topic="酱酒一堂")
        listed(stage, "wx2", "wx3")  # a group without a topic and an owner
        assert members(stage) == {"wx2", "wx3"}
        assert stage.rows(ChatGroup)[0].topic == "酱酒一堂"
        listed(stage)  # a list that failed to load
        assert members(stage) == {"wx2", "wx3"}
        listed(stage, "wx1", "wx1")
        assert members(stage) == {"wx1"}


def test_who_comes_in_needs_no_seat(database_url: str) -> None:
    with shop(database_url) as stage:
        listed(stage, "me")
        group = stage.rows(ChatGroup)[0].id
        contact = stage.befriend("wx1")["wx1"]
        seat = fx.Reserve(contact_id=contact, group_id=group, until=None)
        stage.bring_about(seat, seat)
        assert len(stage.rows(Seat)) == 1
        listed(stage, "me", "wx1")
        assert stage.rows(Seat) == []


def waiting(stage: Shop, *days: str) -> None:
    """Occurrences of these days, each at the same time of day, that nobody has approved."""
    for day in days:
        due = START.replace(day=int(day[-2:]))
        stage.bring_about(
            expansion(tiers=("堂口",), occurrence=day, due=due, state=DeliveryState.WAITING, reason="not_approved")
        )


def states(stage: Shop) -> dict[str, tuple[str, str | None]]:
    return {row.occurrence: (row.state, row.reason) for row in stage.rows(Delivery)}


def test_an_approval_stands_until_the_entry_is_edited(database_url: str) -> None:
    def approved() -> dict[str, bool]:
        return {row.revision: row.approved for row in stage.rows(EntryRevision) if row.current}

    with shop(database_url) as stage:
        stage.bring_about(fx.PutEntries(entries=(("e1", "v1", "{}"),), approved=False))
        assert approved() == {"v1": False}
        stage.bring_about(fx.ApproveWaiting(entry="e1"))
        assert approved() == {"v1": True}
        stage.bring_about(fx.PutEntries(entries=(("e1", "v2", "{}"),), approved=False))
        assert approved() == {"v2": False}
        stage.bring_about(fx.PutEntries(entries=(("e1", "v1", "{}"),), approved=False))
        assert approved() == {"v1": False}


def test_a_text_that_nobody_approved_does_not_leave_in_place_of_one_that_was(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口")
        stage.bring_about(expansion(tiers=("堂口",)))
        stage.bring_about(fx.Replan(planned=expansion(tiers=("堂口",), revision="v2", template="新的"), approved=False))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        assert stage.history("entry:e1:2026-11-23:hall1") == ["planned", "waiting not_approved"]


@pytest.mark.parametrize(
    ("order", "yesterdays"),
    [
        (fx.ApproveWaiting(entry="e1"), ("planned", None)),
        (fx.ApproveWaiting(entry="e1", not_before=START), ("skipped", "too_late")),
        (
            fx.ApproveWaiting(entry="e1", not_before=START, too_late=DeliveryState.EXPIRED),
            ("expired", "too_late"),
        ),
    ],
)
def test_an_approval_that_came_late(database_url: str, order: fx.Effect, yesterdays: tuple[str, str | None]) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall1="堂口")
        waiting(stage, "2026-11-22", "2026-11-23")
        stage.bring_about(order)
        assert states(stage) == {"2026-11-22": yesterdays, "2026-11-23": ("planned", None)}
