"""What finishing the survey does for whom."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from handlers.completion import Completed, completed
from models import effects as fx
from models.conditions import Facts
from models.orders import SurveyFinished
from tests.handlers.builders import AT, CALL, boss, context, group, of, person, playbook, progress, says, surveying

FIRST = {"when": {"call": "老林"}, "tags": ["林"], "tier": "分院", "coupon": "老客券"}
ALL = {"tags": ["已建档", "林"], "tier": "茶桌", "group": "room-2@chatroom", "coupon": "新人券", "owner": "wx-hall"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            {"call": "老林"},
            Completed(tags=("林", "已建档"), tier="分院", group="room-2@chatroom", coupon="老客券", owner="wx-hall"),
        ),
        (
            {"call": "老王"},
            Completed(tags=("已建档", "林"), tier="茶桌", group="room-2@chatroom", coupon="新人券", owner="wx-hall"),
        ),
    ],
)
def test_tags_add_up_and_of_the_rest_the_first_decides(answers: dict[str, Any], expected: Completed) -> None:
    assert completed(surveying(CALL, completion=[FIRST, ALL]), Facts(answers=answers)) == expected


def test_the_last_answer_brings_it_about() -> None:
    known = person(survey=progress())
    effects = decide(says("叫我老王"), context(surveying(CALL, completion=[FIRST, ALL]), person=known))
    assert fx.PutTags(person_id=1, add=("已建档", "林"), origin="survey") in effects
    assert of(fx.PutSurvey, effects)[-1].survey.coupon == "新人券"
    finished = SurveyFinished(
        merchant="m1", account="main", at=AT, contact="wx1", tier="茶桌", group="room-2@chatroom", owner="wx-hall"
    )
    assert of(fx.Follow, effects) == [fx.Follow(event=finished)]


TIERS = playbook(tiers=[{"name": "分院", "capacity": 2, "join": {"tags": ["没有"]}}, {"name": "茶桌", "capacity": 2}])
ROOMS = [group(1, "分院"), group(2, "分院"), group(3, "茶桌")]


def placed(rooms: list[Any], **more: Any) -> list[fx.Effect]:
    event = SurveyFinished(merchant="m1", account="main", at=AT, contact="wx1", **more)
    hall = person("wx-hall", 5)
    people = {"wx1": person(), "wx-hall": hall}
    return decide(event, context(TIERS, person=people["wx1"], people=people, groups=rooms, staff=(boss(),)))


@pytest.mark.parametrize(
    ("more", "room"),
    [
        ({}, 23),
        ({"tier": "分院"}, 21),
        ({"group": "room-2@chatroom"}, 22),
        ({"group": "room-2@chatroom", "tier": "茶桌"}, 22),
        ({"group": "room-9@chatroom"}, 23),  # not bound: as if it were not named
        ({"tier": "旧层级"}, 23),  # of a survey that was begun under an earlier playbook
    ],
)
def test_the_place_that_it_names_comes_first(more: dict[str, str], room: int) -> None:
    assert [one.group_id for one in of(fx.Reserve, placed(ROOMS, **more))] == [room]


def test_a_full_group_gives_way_to_the_next_of_its_tier() -> None:
    full = [group(1, "分院"), group(2, "分院", members=2), group(3, "茶桌")]
    assert [one.group_id for one in of(fx.Reserve, placed(full, group="room-2@chatroom"))] == [21]


def test_an_owner_claims_them_with_a_place_or_without() -> None:
    claim = fx.Claim(person_id=1, owner_contact_id=15)
    assert claim in placed(ROOMS, owner="wx-hall")
    assert claim in placed([], owner="wx-hall")
    assert of(fx.Claim, placed(ROOMS, owner="wx1")) == []  # nobody looks after themselves
