"""What is told of a playbook that is good, and may not be meant so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.playbook_hints import hints
from tests.handlers.builders import playbook

CALL = {"key": "call", "type": "name", "texts": ["怎么称呼？"], "retry": ["姓什么也行。"]}
TEA = {
    "key": "tea",
    "type": "choice",
    "texts": ["1岩茶 2红茶"],
    "options": [{"value": "rock", "label": "岩茶"}, {"value": "black", "label": "红茶"}],
    "retry": ["回数字。"],
}
CITY = {"key": "city", "type": "region", "texts": ["在哪个城市？"], "retry": ["城市名就行。"]}
THANKS = {"thanks": ["谢谢。"]}


@pytest.mark.parametrize(
    ("tables", "path"),
    [
        ({"survey": {"questions": [CALL | {"retry": []}], **THANKS}}, ("survey", "questions", 0, "retry")),
        ({"survey": {"questions": [CALL]}}, ("survey", "thanks")),
        (
            {"survey": {"questions": [TEA | {"examples": ["1", "咖啡"]}], **THANKS}},
            ("survey", "questions", 0, "examples", 1),
        ),
        ({"survey": {"questions": [CALL], "nudges_hours": [1, 2, 3], **THANKS}}, ("survey", "nudges_hours")),
        (
            {"survey": {"questions": [CALL], "completion": [{"coupon": "A"}, {"coupon": "B"}], **THANKS}},
            ("survey", "completion", 1, "coupon"),
        ),
        (
            {"survey": {"questions": [CITY], "tags": [{"when": {"city": "杭州市"}, "add": ["近"]}], **THANKS}},
            ("survey", "tags", 0, "when", "city"),
        ),
        ({"reception": {"accept": [{"accept": True}]}}, ("reception", "greetings")),
        ({"reception": {"accept": [{"accept": False}, {"hello": "茶", "accept": False}]}}, ("reception", "accept", 1)),
        (
            {
                "reception": {
                    "accept": [{"hello": "茶", "accept": False}, {"hello": "喝茶", "source": "a", "accept": False}]
                }
            },
            ("reception", "accept", 1),
        ),
        (
            {"reception": {"channels": [{"hello": "a1", "source": "甲"}, {"hello": "A12", "source": "乙"}]}},
            ("reception", "channels", 1, "hello"),
        ),
        ({"survey": {"questions": [TEA], **THANKS}, "reception": {"remark": "友-{tea}"}}, ("reception", "remark")),
        (
            {"survey": {"questions": [TEA], **THANKS}, "tiers": [{"name": "a", "welcome": "{tea}"}]},
            ("tiers", 0, "welcome"),
        ),
    ],
)
def test_a_hint(tables: dict[str, Any], path: tuple[str | int, ...]) -> None:
    assert [one.path for one in hints(playbook(**tables), date(2026, 11, 23))] == [path]


def test_nothing_is_said_of_what_is_meant_so() -> None:
    free = {"key": "wish", "type": "freetext", "texts": ["还有什么想说的？"]}
    tables: dict[str, Any] = {
        "survey": {"questions": [CALL | {"required": True}, TEA | {"examples": ["1", "不说"]}, free], **THANKS},
        "reception": {
            "accept": [
                {"hello": "茶", "source": "a", "accept": True},
                {"hello": "茶", "accept": True},
                {"accept": True},
            ],
            "greetings": ["你好。"],
            "channels": [{"hello": "A12", "source": "乙"}, {"hello": "A1", "source": "甲"}],
            "remark": "{call}-{tea|茶}",
        },
        "tiers": [{"name": "a", "welcome": "{name}来了{group}"}],
    }
    assert hints(playbook(**tables), date(2026, 11, 23)) == []
