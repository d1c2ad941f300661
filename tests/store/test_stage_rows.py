"""The period of a customer's life, told by the rows of people, on both databases."""

from __future__ import annotations

from datetime import timedelta

from bot.reading import who
from bot.store.stages import stages_of_people
from models import effects as fx
from models.people import Contact
from tests.store.stage import START, Shop, merchant, nothing, said, shop
from tests.store.test_calendar_rows import expansion, keys, tag

RULES = [
    {"stage": "declining", "when": {"tags": ["买过"]}, "silent_days": {"min": 2}},
    {"stage": "mature", "when": {"tags": ["买过"], "spent": {"min": 500}}},
    {"stage": "growth", "when": {"tags": ["买过"], "without": ["员工"]}, "silent_days": {"max": 30}},
    {"stage": "introduction", "known_days": {"max": 7}},
]


def several(stage: Shop) -> dict[str, int]:
    """One in each stage, and two whom no rule is about: `staff` and `stranger`, who was a friend before us."""
    ids = stage.befriend("quiet", "loyal", "fresh", "staff", "stranger", "new")
    people = {row.wire_id: row.person_id for row in stage.rows(Contact)}
    tag(stage, quiet="买过", loyal="买过", fresh="买过", staff="买过 员工")
    spent = fx.PutAnswer(person_id=people["loyal"], key="spent", value=[800, None], state="answered")
    begun = fx.PutFriendship(account="main", contact_id=ids["new"], person_id=people["new"], state="removed")
    again = fx.PutFriendship(account="main", contact_id=ids["new"], person_id=people["new"], state="friend")
    stage.apply(said("quiet", at=START), decide=nothing)
    stage.bring_about(spent, begun)
    stage.bring_about(again)
    stage.later(days=2)
    stage.apply(*(said(one, at=stage.at) for one in ("loyal", "fresh", "staff")), decide=nothing)
    return ids


def test_everybody_is_in_one_stage_at_most_the_first_that_holds(database_url: str) -> None:
    with shop(database_url, merchant(stages=RULES)) as stage:
        ids = several(stage)
        with stage.store.reading() as connection:
            found = stages_of_people(connection, stage.merchants["m1"], stage.at, ids.values())
            told = who(connection, stage.merchants["m1"], "loyal", stage.at)
        assert {name: found.get(identity) for name, identity in ids.items()} == {
            "quiet": "declining",
            "loyal": "mature",
            "fresh": "growth",
            "staff": None,
            "stranger": None,
            "new": "introduction",
        }
        assert told is not None
        assert told["stage"] == "mature"
        with stage.store.reading() as connection:
            later = stages_of_people(connection, stage.merchants["m1"], stage.at + timedelta(days=7), ids.values())
        assert {later.get(ids[name]) for name in ("loyal", "fresh")} == {"declining"}
        assert ids["new"] not in later


def test_an_audience_by_stage(database_url: str) -> None:
    with shop(database_url, merchant(stages=RULES)) as stage:
        several(stage)
        stage.bring_about(expansion(tags=("阶段:成熟期", "stage:introduction")))
        assert keys(stage) == ["entry:e1:2026-11-23:loyal", "entry:e1:2026-11-23:new"]


def test_without_a_definition_nobody_is_in_a_stage(database_url: str) -> None:
    with shop(database_url) as stage:
        ids = several(stage)
        stage.bring_about(expansion(tags=("阶段:成熟期",)))
        assert keys(stage) == []
        with stage.store.reading() as connection:
            assert stages_of_people(connection, stage.merchants["m1"], stage.at, ids.values()) == {}
