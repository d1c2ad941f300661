"""Conditions that nobody can meet, whatever they answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.dead_branches import can_hold
from models.playbook import Playbook
from models.playbook_faults import misfits
from tests.models.test_playbook_faults import question, survey

AGE = question("adult", type="yesno")
KIND = question(
    "kind", type="choice", options=[{"value": "tea", "label": "茶"}, {"value": "cup", "label": "杯"}], tags=["答过"]
)
MANY = question("many", type="multi", options=[{"value": "x", "label": "甲"}, {"value": "y", "label": "乙"}])
PRICE = question("price", type="number")


def playbook(data: dict[str, Any]) -> Playbook:
    return Playbook.from_json(json.dumps(data))


@pytest.mark.parametrize(
    ("data", "path"),
    [
        # what the question before it needs is the opposite of what this one needs
        (
            survey(AGE, question("b", when={"adult": True}), question("c", when={"adult": False, "b": "x"})),
            ("questions", 2),
        ),
        (
            survey(KIND, question("b", when={"kind": "tea"}), question("c", when={"kind": "cup", "b": "x"})),
            ("questions", 2),
        ),
        (
            survey(AGE, question("b", when={"sources": ["甲"]}), question("c", when={"sources": ["乙"], "b": "x"})),
            ("questions", 2),
        ),
        # a tag that only the survey gives, and never together with this answer
        (
            survey(
                AGE,
                question("b", when={"adult": False, "tags": ["大人"]}),
                tags=[{"when": {"adult": True}, "add": ["大人"]}],
            ),
            ("questions", 1),
        ),
        # a tag that the answer always brings
        (survey(KIND, question("b", when={"kind": "tea", "without": ["答过"]})), ("questions", 1)),
        (
            survey(
                AGE,
                question("b", when={"adult": True, "without": ["大人"]}),
                tags=[{"when": {"adult": True}, "add": ["大人"]}],
            ),
            ("questions", 1),
        ),
        # a tag that waits for itself
        (survey(AGE, question("b", when={"tags": ["T"]}), tags=[{"when": {"b": "x"}, "add": ["T"]}]), ("questions", 1)),
        (survey(AGE, tags=[{"when": {"tags": ["T"]}, "add": ["T"]}]), ("tags", 0)),
        (
            survey(
                AGE,
                question("b", when={"adult": True}),
                completion=[{"when": {"adult": False, "b": "x"}, "tags": ["T"]}],
            ),
            ("completion", 0),
        ),
    ],
)
def test_a_dead_branch_is_found(data: dict[str, Any], path: tuple[str | int, ...]) -> None:
    found = {one.path: one.found for one in misfits(playbook(data))}
    assert found.get(("survey", *path, "when")) == "这个条件谁也满足不了", found


@pytest.mark.parametrize(
    "when",
    [
        {"adult": True, "kind": ["tea", "cup"]},
        {"many": "x", "b": "z"},  # several may be chosen
        {"price": {"max": 1}, "c": "z"},  # a range may overlap both
        {"tags": ["手动"], "without": ["已退款"], "sources": ["甲"]},
        {"tags": ["大人"], "adult": True},
        {"without": ["大人"], "adult": False},
        {"nobody": "x"},  # told elsewhere
    ],
)
def test_what_somebody_can_meet_is_none(when: dict[str, Any]) -> None:
    book = playbook(
        survey(
            AGE, KIND, MANY, PRICE,
            question("b", when={"many": "y"}), question("c", when={"price": {"min": 100}}), question("d", when=when),
            tags=[{"when": {"adult": True}, "add": ["大人"]}],
        )
    )  # fmt: skip
    assert can_hold(book, book.survey.questions[-1].when)


def test_a_tag_of_the_survey_may_have_been_given_by_hand_where_a_tier_asks_for_it() -> None:
    data = survey(AGE, tags=[{"when": {"adult": True}, "add": ["大人"]}])
    book = playbook(data | {"tiers": [{"name": "a", "join": {"tags": ["大人"], "adult": False}}]})
    assert misfits(book) == []
    assert not can_hold(book, book.tiers[0].join)


def test_too_many_possibilities_are_believed() -> None:
    rules = [{"when": {"adult": True, "tags": [f"手{n}"]}, "add": ["T", "U"]} for n in range(40)]
    rules.append({"when": {"adult": False}, "add": ["W"]})
    book = playbook(survey(AGE, question("b", when={"tags": ["T", "W"]}), tags=rules))
    assert not can_hold(book, book.survey.questions[-1].when)
    book = playbook(survey(AGE, question("b", when={"tags": ["T", "U", "W"]}), tags=rules))
    assert can_hold(book, book.survey.questions[-1].when)
