"""The question for a name takes nearly any short phrase: these are none, and the likes of them are."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.understanding import Option, Question, understand

CALL = Question("call", "name", "怎么称呼您？")
CITY = Question("city", "region", "你在哪个城市？")
PRICE = Question("price", "number", "一瓶大概多少钱合适？")
GOAL = Question("goal", "choice", "主要想做什么？", (Option("lose", "减肥"), Option("muscle", "增肌")))
FLOWER = Question("flower", "multi", "喜欢什么花？", (Option("rose", "玫瑰"), Option("lily", "百合")))
OTHERS = (CITY, PRICE, GOAL, FLOWER)


@pytest.mark.parametrize(
    ("reply", "act", "also"),
    [
        ("心情很差 不想活了", "unclear", {}),
        ("家里老人刚走 难受", "unclear", {}),
        ("今天好累啊", "chitchat", {}),
        ("想买花", "unclear", {}),
        ("送女朋友的", "unclear", {}),
        ("苏州", "unclear", {"city": "江苏省苏州市"}),
        ("三百", "unclear", {"price": 300}),
        ("随意", "decline", {}),
        ("无所谓", "decline", {}),
        ("刚到家", "chitchat", {}),
        ("求婚用的", "unclear", {}),
        ("看看", "unclear", {}),
        ("减肥", "unclear", {"goal": "lose"}),
        ("你们骗子 退钱", "unclear", {}),
    ],
)
def test_a_short_phrase_that_is_no_name(reply: str, act: str, also: dict[str, Any]) -> None:
    got = understand(CALL, reply, others=OTHERS)
    assert (got.act, got.value, got.also) == (act, None, also)


@pytest.mark.parametrize(
    "name",
    [
        "小苏",
        "苏州河",
        "阿杰",
        "来福",
        "想想妈",
        "三三",
        "小百合",
        "王姐",
        "豆豆",
        "Lily",
        "林间",
        "小皮",
        "天天妈",
        "刚子",
        "六六",
        "小累",
        "买买提",
        "杭州老李",
        "送送",
        "周末妈",
    ],
)
def test_a_name_stays_a_name_and_tells_nothing_else(name: str) -> None:
    got = understand(CALL, name, others=OTHERS)
    assert (got.act, got.value, got.also) == ("answer", name, {})


def test_a_name_that_is_told_as_one_may_be_any_word() -> None:
    assert understand(CALL, "叫我苏州", others=OTHERS).value == "苏州"


@pytest.mark.parametrize(
    ("reply", "name"), [("阿\n丁", "阿丁"), ("老\n王", "老王"), ("王\n好的", "王"), ("王\n王姐", "王姐")]
)
def test_a_name_in_two_bubbles(reply: str, name: str) -> None:
    assert understand(CALL, reply).value == name
