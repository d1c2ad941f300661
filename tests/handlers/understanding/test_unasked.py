"""What somebody tells, or wants deleted or changed, when nobody has asked them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers.understanding import Option, Question
from handlers.understanding.unasked import taken_back, told_unasked, wants_to_change

QUESTIONS = (
    Question("call", "name", "怎么称呼您呀？"),
    Question("skin", "choice", "您是什么肤质？", (Option("dry", "干皮"), Option("oil", "油皮", ("油性",)))),
    Question("want", "multi", "最想改善什么？可多选", (Option("white", "美白"), Option("acne", "祛痘"))),
    Question("budget", "number", "一个月护肤大概花多少？预算多少都行"),
    Question("birthday", "date", "生日几号呀？"),
    Question("city", "region", "您在哪个城市呀？"),
    Question("phone", "phone", "留个手机号？"),
)
ON = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "key", "value", "change"),
    [
        ("我生日是5月3号", "birthday", "--05-03", "is"),
        ("生日：五月初三", "birthday", "lunar:05-03", "is"),
        ("我是5月3号生的", "birthday", "--05-03", "is"),
        ("现在是油皮了", "skin", "oil", "is"),
        ("我肤质变成油性了", "skin", "oil", "is"),
        ("祛痘也想要", "want", ["acne"], "also"),
        ("美白不想要了", "want", ["white"], "not"),
        ("我换城市了，在武汉", "city", "湖北省武汉市", "is"),
        ("我搬家了，现在在武汉", "city", "湖北省武汉市", "is"),
        ("预算没那么多，两百", "budget", 200, "is"),
        ("换手机号了，13800002222", "phone", "13800002222", "is"),
    ],
)
def test_what_is_plainly_told_is_heard(text: str, key: str, value: Any, change: str) -> None:
    told = told_unasked(text, QUESTIONS, ON)
    assert told is not None
    assert (told.question.key, told.value, told.change) == (key, value, change)


@pytest.mark.parametrize(
    "text",
    [
        "我今天去武汉",
        "生日快乐",
        "预算有限",
        "城市太吵了",
        "我现在在武汉",
        "我现在很忙",
        "今天我生日",
        "我是老顾客",
        "我也想要",
        "也想要三盒",
        "我5月3号到",
        "我要5月3号发货",
        "我3号生完孩子",
        "生日礼物收到了",
        "生日5折吗",
        "我住院了",
        "我住三楼",
        "我也喜欢美白的那款",
        "现在补水的多少钱",
        "手机号13800002222是我老公的",
        "我儿子生日5月3号",
        "我老公生日5月3号",
        "预算不够，三百太多",
        "我换面膜了，2盒",
        "搬了三箱",
        "我干了",
        "美白的那个我也要一盒",
    ],
)
def test_small_talk_is_not_taken_for_facts(text: str) -> None:
    assert told_unasked(text, QUESTIONS, ON) is None


def test_the_childs_birthday_is_not_the_mothers() -> None:
    asked = (Question("birthday", "date", "宝宝生日是哪天？"),)
    assert told_unasked("我生日是5月3号", asked, ON) is None
    told = told_unasked("我儿子生日5月3号", asked, ON)
    assert told is not None
    assert told.value == "--05-03"


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        ("把我的生日删了吧", "birthday", "生日"),
        ("不想留城市，帮我删掉", "city", "城市"),
        ("删除我的手机号", "phone", "手机号"),
        ("能不能把我的城市信息删了", "city", "城市"),
        ("别记我生日", "birthday", "生日"),
    ],
)
def test_an_answer_that_is_to_be_deleted_is_named(text: str, key: str, what: str) -> None:
    taken = taken_back(text, QUESTIONS)
    assert taken is not None
    assert (taken[0].key, taken[1]) == (key, what)


@pytest.mark.parametrize(
    "text",
    [
        "把我从群里删了",
        "把我删了",
        "我把你删了",
        "把我的订单删了",
        "不想留头发了",
        "别留言",
        "不记得生日",
        "把我老公的生日删了",
    ],
)
def test_nothing_else_is_deleted(text: str) -> None:
    assert taken_back(text, QUESTIONS) is None


@pytest.mark.parametrize(
    "text",
    ["我想改一下资料", "上次填的都不对", "改资料", "怎么修改信息", "之前填的全错了", "更新一下我的档案", "信息有误"],
)
def test_who_wants_to_change_something_and_does_not_say_what(text: str) -> None:
    assert wants_to_change(text)


@pytest.mark.parametrize(
    "text", ["改地址", "想改生日", "你说的不对", "说的不对", "内容不对", "你的资料不对", "发我资料"]
)
def test_what_says_what_or_is_not_about_them_is_something_else(text: str) -> None:
    assert not wants_to_change(text)
