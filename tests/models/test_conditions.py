"""Whom a condition is about."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.conditions import Condition, Facts, holds

OLD_FRIEND = Facts(
    tags=frozenset({"老客", "爱茶"}),
    answers={
        "budget": [300, 500],
        "ages": [30, 6],
        "open_end": [800, None],
        "up_to": [0, 100],
        "count": 3,
        "tea": ["rock", "black"],
        "city": "浙江省杭州市",
        "adult": True,
        "nothing": [],
    },
    source="海报3",
    tiers=frozenset({"分院", "茶桌"}),
)


def condition(**keys: Any) -> Condition:
    return Condition.model_validate_json(json.dumps(keys))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, True),
        ({"tags": ["老客"]}, True),
        ({"tags": ["老客", "爱茶"]}, True),
        ({"tags": ["老客", "新客"]}, False),
        ({"without": ["新客"]}, True),
        ({"without": ["新客", "老客"]}, False),
        ({"sources": ["海报3", "朋友"]}, True),
        ({"sources": ["朋友"]}, False),
        ({"tiers": ["分院"]}, True),
        ({"tiers": ["总院"]}, False),
        ({"tags": ["老客"], "sources": ["朋友"]}, False),
        # an answer that was not given never holds
        ({"birthday": "--08-15"}, False),
        ({"birthday": {"min": 0}}, False),
        # a value, a list of values
        ({"city": "浙江省杭州市"}, True),
        ({"city": "杭州"}, False),
        ({"city": ["上海市", "浙江省杭州市"]}, True),
        ({"tea": "rock"}, True),
        ({"tea": ["white", "black"]}, True),
        ({"tea": ["white"]}, False),
        ({"nothing": ["white"]}, False),
        # true is not 1
        ({"adult": True}, True),
        ({"adult": False}, False),
        ({"adult": 1}, False),
        ({"adult": {"min": 0}}, False),
        ({"count": True}, False),
        # numbers, both bounds inclusive
        ({"count": 3}, True),
        ({"count": 3.0}, True),
        ({"count": "3"}, False),
        ({"count": {"min": 3}}, True),
        ({"count": {"max": 3}}, True),
        ({"count": {"min": 3.5}}, False),
        ({"count": {"min": 1, "max": 2}}, False),
        ({"count": {}}, True),
        ({"city": {}}, False),
        # a range overlaps
        ({"budget": {"min": 500}}, True),
        ({"budget": {"min": 501}}, False),
        ({"budget": {"max": 300}}, True),
        ({"budget": {"max": 299}}, False),
        ({"budget": {"min": 350, "max": 360}}, True),
        ({"budget": 400}, True),
        ({"budget": 600}, False),
        ({"open_end": {"min": 100_000}}, True),
        ({"open_end": {"max": 799}}, False),
        ({"up_to": {"min": 100}}, True),
        # numbers that are no range are several values
        ({"ages": {"min": 5, "max": 7}}, True),
        ({"ages": {"min": 7, "max": 29}}, False),
        ({"ages": 30}, True),
    ],
)
def test_holds(keys: dict[str, Any], expected: bool) -> None:
    assert holds(condition(**keys), OLD_FRIEND) is expected


@pytest.mark.parametrize(
    "keys",
    [{"budget": {"minimum": 5}}, {"tea": []}, {"tea": [["rock"]]}, {"tea": None}, {"tags": "老客"}, {"tags": [1]}],
)
def test_what_is_no_condition(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        condition(**keys)


def test_a_key_may_be_called_like_something_of_ours() -> None:
    assert holds(condition(answers="x", model_fields=1), Facts(answers={"answers": "x", "model_fields": 1}))


scalars = st.one_of(st.booleans(), st.integers(-5, 5), st.floats(-5, 5), st.sampled_from("abc"))
answers = st.one_of(scalars, st.lists(st.one_of(scalars, st.none()), max_size=3))
wanted = st.one_of(
    scalars,
    st.lists(scalars, min_size=1, max_size=3),
    st.fixed_dictionaries({}, optional={"min": st.integers(-5, 5), "max": st.integers(-5, 5)}),
)


@given(answers, wanted)
def test_every_answer_can_be_judged(answer: Any, wish: Any) -> None:
    assert holds(condition(x=wish), Facts(answers={"x": answer})) in (True, False)


@given(scalars, st.lists(scalars, max_size=2))
def test_a_list_holds_if_any_of_it_does(answer: Any, others: list[Any]) -> None:
    assert holds(condition(x=[*others, answer]), Facts(answers={"x": answer}))
