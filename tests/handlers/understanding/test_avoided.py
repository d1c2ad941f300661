"""Questions for what somebody cannot or will not have: what a reply refuses is what it chooses."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.understanding import Option, Question, understand

TASTE = Question(
    "taste",
    "multi",
    "口味上有忌口吗？1辣 2葱 3香菜 4海鲜",
    (Option("hot", "辣"), Option("onion", "葱"), Option("coriander", "香菜"), Option("sea", "海鲜")),
)
WITH_NONE = Question(
    "taste",
    "multi",
    "有什么不吃的？1香菜 2葱蒜 3辣 4没有忌口",
    (
        Option("coriander", "香菜"),
        Option("onion", "葱蒜", ("葱", "蒜")),
        Option("hot", "辣", ("辣椒",)),
        Option("none", "没有忌口"),
    ),
)
ALLERGY = Question(
    "allergy",
    "multi",
    "宝宝对什么过敏？A牛奶 B鸡蛋 C海鲜",
    (Option("milk", "牛奶", ("奶",)), Option("egg", "鸡蛋", ("蛋",)), Option("sea", "海鲜", ("虾", "鱼"))),
)
SCENT = Question(
    "scent",
    "choice",
    "最受不了哪种味道？1薄荷 2玫瑰 3檀香",
    (Option("mint", "薄荷"), Option("rose", "玫瑰"), Option("wood", "檀香")),
)


@pytest.mark.parametrize(
    ("question", "reply", "act", "value"),
    [
        (TASTE, "不吃香菜", "answer", ["coriander"]),
        (TASTE, "不要辣", "answer", ["hot"]),
        (TASTE, "海鲜过敏，其他没事", "answer", ["sea"]),
        (TASTE, "能吃辣 不吃香菜", "answer", ["coriander"]),
        (TASTE, "辣的可以，香菜别放", "answer", ["coriander"]),
        (TASTE, "除了香菜都吃", "answer", ["coriander"]),
        (TASTE, "葱和香菜都不吃", "answer", ["onion", "coriander"]),
        (TASTE, "香菜！！", "answer", ["coriander"]),
        (TASTE, "1 3", "answer", ["hot", "coriander"]),
        (TASTE, "都不吃", "answer", ["hot", "onion", "coriander", "sea"]),
        (TASTE, "啥都吃", "decline", None),
        (TASTE, "没有", "decline", None),
        (WITH_NONE, "没有", "answer", ["none"]),
        (WITH_NONE, "不挑食", "answer", ["none"]),
        (WITH_NONE, "微辣可以，不吃蒜", "answer", ["onion"]),
        (WITH_NONE, "别放香菜", "answer", ["coriander"]),
        (WITH_NONE, "在忙", "later", None),
        (ALLERGY, "牛奶过敏", "answer", ["milk"]),
        (ALLERGY, "鸡蛋不过敏 海鲜过敏", "answer", ["sea"]),
        (ALLERGY, "喝牛奶拉肚子", "answer", ["milk"]),
        (ALLERGY, "不过敏", "decline", None),
        (ALLERGY, "还没查过", "decline", None),
        (SCENT, "不喜欢玫瑰", "answer", "rose"),
        (SCENT, "檀香受不了", "answer", "wood"),
    ],
)
def test_what_is_refused_is_what_is_avoided(question: Question, reply: str, act: str, value: Any) -> None:
    got = understand(question, reply)
    assert (got.act, got.value) == (act, value)


def test_what_is_not_eaten_is_heard_beside_another_answer() -> None:
    city = Question("city", "region", "您在哪个城市？")
    got = understand(city, "杭州的，对了我不吃香菜", others=(TASTE,))
    assert (got.value, got.also) == ("浙江省杭州市", {"taste": ["coriander"]})


def test_that_nothing_is_avoided_is_heard_too() -> None:
    city = Question("city", "region", "您在哪个城市？")
    assert understand(city, "没有忌口", others=(WITH_NONE,)).also == {"taste": ["none"]}
    assert understand(city, "没有", others=(WITH_NONE,)).also == {}


def test_who_is_asked_what_they_like_still_leaves_out_what_they_refuse() -> None:
    likes = Question("likes", "multi", "喜欢什么口味？不说也行的", TASTE.options)
    assert understand(likes, "不要香菜，别的都行").value == ["hot", "onion", "sea"]
