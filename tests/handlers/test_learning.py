"""Tags come and go with the answers that bring them, and closed branches do not count."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.learning import learned, retag
from models import effects as fx
from models.context import AnswerView
from tests.handlers.builders import BUDGET, CALL, TEA, answers, person, surveying

RULES = [
    {"when": {"tea": "rock"}, "add": ["岩茶客"]},
    {"when": {"budget": {"min": 500}}, "add": ["高价位"]},
    {"when": {"tags": ["岩茶客", "高价位"]}, "add": ["大客"]},
    {"when": {"sources": ["海报3"]}, "add": ["线下来的"]},
]
BOOK = surveying({**CALL, "tags": ["已留称呼"]}, TEA, {**BUDGET, "when": {"tea": "rock"}}, tags=RULES)


@pytest.mark.parametrize(
    ("given", "has", "add", "remove"),
    [
        ({}, [], [], []),
        ({"call": "老林"}, [], ["已留称呼"], []),
        ({"tea": "rock"}, ["手工"], ["岩茶客"], []),
        ({"tea": "rock"}, ["岩茶客"], [], []),
        ({"tea": "black"}, ["岩茶客", "手工"], [], ["岩茶客"]),
        ({"tea": "rock", "budget": 800}, [], ["大客", "岩茶客", "高价位"], []),
        ({"tea": "rock", "budget": [400, 600]}, ["岩茶客"], ["大客", "高价位"], []),
        ({"tea": "black", "budget": 800}, ["大客", "岩茶客", "高价位"], [], ["大客", "岩茶客", "高价位"]),
    ],
)
def test_tags_follow_answers(given: dict[str, Any], has: list[str], add: list[str], remove: list[str]) -> None:
    known = person(answers=answers(**given), tags=frozenset(has))
    wanted = fx.PutTags(person_id=1, add=tuple(add), remove=tuple(remove), origin="survey")
    assert retag(known, learned(BOOK, known)) == ([wanted] if add or remove else [])


BANDS = [
    {"when": {"budget": {"min": 500}, "without": ["口粮", "中档"]}, "add": ["高档"]},
    {"when": {"budget": {"max": 199}}, "add": ["口粮"]},
    {"when": {"budget": {"min": 200, "max": 499}, "without": ["口粮"]}, "add": ["中档"]},
    {"when": {"tags": ["中档"]}, "add": ["主力"]},
]


@pytest.mark.parametrize(
    ("budget", "has"),
    [
        (100, {"口粮"}),
        ([100, 300], {"口粮"}),
        (300, {"中档", "主力"}),
        (800, {"高档"}),
        ([500, None], {"高档"}),
    ],
)
def test_who_has_earned_a_tag_is_not_without_it(budget: Any, has: set[str]) -> None:
    rules = [BANDS[1], BANDS[2], BANDS[0], BANDS[3]]
    assert learned(surveying(BUDGET, tags=rules), person(answers=answers(budget=budget))).tags == has


def test_of_rules_that_exclude_each_other_the_first_holds() -> None:
    known = person(answers=answers(budget=[300, 500]), tags=frozenset({"中档", "高档"}))
    assert learned(surveying(BUDGET, tags=BANDS), known).tags == {"高档", "中档", "主力"}
    assert learned(surveying(BUDGET, tags=[*BANDS[1:], BANDS[0]]), known).tags == {"中档", "主力"}


def test_a_source_may_bring_a_tag() -> None:
    known = person(source="海报3")
    assert retag(known, learned(BOOK, known)) == [fx.PutTags(person_id=1, add=("线下来的",), origin="survey")]


def test_answers_of_a_closed_branch_do_not_count_and_come_back_with_it() -> None:
    closed = learned(BOOK, person(answers=answers(tea="black", budget=800)))
    assert closed.live == frozenset({"tea"})
    assert closed.given == {"tea": "black"}
    again = learned(BOOK, person(answers=answers(tea="rock", budget=800)))
    assert again.given == {"tea": "rock", "budget": 800}


def test_declined_answers_are_live_and_not_given() -> None:
    known = learned(BOOK, person(answers={"tea": AnswerView(value=None, state="declined")}))
    assert known.live == frozenset({"tea"})
    assert known.given == {}


def test_answers_to_questions_of_another_playbook_count() -> None:
    assert learned(BOOK, person(answers=answers(city="杭州"))).given == {"city": "杭州"}
