"""What a mother tells in one breath: the name she was asked for is neither an age nor a time."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.understanding import Option, Question, meaning_unasked, understand

BABY = Question(key="baby", type="name", text="宝宝小名叫什么呀？")
AGE = Question(key="age", type="age_months", text="宝宝多大啦？")
CITY = Question(key="city", type="region", text="您在哪个城市呀？")


@pytest.mark.parametrize(
    ("reply", "name", "also"),
    [
        ("我家豆豆，2岁半，人在成都", "豆豆", {"age": 30, "city": "四川省成都市"}),
        ("豆豆，10个月，在杭州", "豆豆", {"age": 10, "city": "浙江省杭州市"}),
        ("豆豆\n快两岁了", "豆豆", {"age": 24}),
        ("我家闺女豆豆，1岁2个月", "豆豆", {"age": 14}),
        ("我家叫豆豆", "豆豆", {}),
        ("小七月", "小七月", {}),
        ("一一", "一一", {}),
        ("豆豆，我28岁", "豆豆", {}),
        ("2岁半", None, {"age": 30}),
        ("10个月", None, {"age": 10}),
        ("半小时后", None, {}),
        ("我家在杭州", None, {"city": "浙江省杭州市"}),
    ],
)
def test_a_name_beside_other_facts(reply: str, name: str | None, also: dict[str, Any]) -> None:
    got = understand(BABY, reply, others=[AGE, CITY])
    assert (got.value, got.also) == (name, also)


def test_an_age_beside_another_answer_needs_no_word_for_the_child() -> None:
    assert understand(CITY, "杭州，10个月了", others=[AGE]).also == {"age": 10}
    assert understand(CITY, "杭州，我30岁", others=[AGE]).also == {}


CALL = Question(key="call", type="name", text="怎么称呼您？")
PRICE = Question(key="price", type="number", text="一瓶大概多少钱合适？")
BIRTHDAY = Question(key="birthday", type="date", text="生日是哪天？")


@pytest.mark.parametrize(
    ("reply", "name", "also"),
    [
        ("你好，给老丈人买酒，三五百的", None, {"price": [300, 500]}),
        ("给老丈人买，三五百", None, {"price": [300, 500]}),
        ("想买点酒送人", None, {}),
        ("要两箱", None, {}),
        ("来福", "来福", {}),
        ("想想妈", "想想妈", {}),
        ("小百合", "小百合", {}),
        ("三三", "三三", {}),
    ],
)
def test_what_somebody_came_for_is_no_name(reply: str, name: str | None, also: dict[str, Any]) -> None:
    got = understand(CALL, reply, others=[PRICE])
    assert (got.value, got.also) == (name, also)


def test_a_day_of_the_lunar_calendar_is_no_price() -> None:
    got = understand(PRICE, "农历八月十五", others=[BIRTHDAY])
    assert (got.value, got.also) == (None, {"birthday": "lunar:08-15"})


@pytest.mark.parametrize(
    ("reply", "act"),
    [
        ("忙完了", "chitchat"),
        ("刚忙完", "chitchat"),
        ("忙完了，三百左右", "answer"),
        ("等我忙完了再说", "later"),
        ("忙完再说", "later"),
    ],
)
def test_who_is_done_puts_nothing_off(reply: str, act: str) -> None:
    assert understand(PRICE, reply).act == act


@pytest.mark.parametrize("question", [CALL, CITY, PRICE])
@pytest.mark.parametrize(
    "reply", ["刚下班 回来了", "好了 现在有空了", "我回来了", "哈喽我回来了", "我到家啦", "现在有空", "刚到家"]
)
def test_who_is_back_has_answered_nothing_and_puts_nothing_off(question: Question, reply: str) -> None:
    got = understand(question, reply)
    assert (got.act, got.value) == ("chitchat", None)
    assert meaning_unasked(reply).act == "chitchat"


@pytest.mark.parametrize("question", [CALL, CITY, PRICE])
@pytest.mark.parametrize(
    "reply", ["下午找我", "明天下午再找我吧", "八点以后联系我", "我下班了再说", "刚下班 晚点说", "回来再说"]
)
def test_when_to_come_back_to_it_is_later(question: Question, reply: str) -> None:
    got = understand(question, reply)
    assert (got.act, got.value) == ("later", None)
    assert meaning_unasked(reply).act == "later"


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("叫我哈哈", "哈哈"),
        ("叫我哈哈就行", "哈哈"),
        ("宝宝叫哈哈", "哈哈"),
        ("小名哈哈", "哈哈"),
        ("叫我小雨哈哈哈", "小雨"),
        ("哈哈 叫我小雨", "小雨"),
        ("别叫我哈哈", None),
        ("哈哈", None),
        ("叫我哈哈哈", None),
    ],
)
def test_a_laugh_that_is_told_as_a_name_is_one(reply: str, name: str | None) -> None:
    assert understand(BABY, reply).value == name


@pytest.mark.parametrize("reply", ["双胞胎 都是一岁", "双胞胎，都一岁了", "龙凤胎\n都是一岁"])
def test_the_age_of_twins_is_told_whatever_is_asked_and_twins_are_no_name(reply: str) -> None:
    assert understand(AGE, reply).value == 12
    for asked in (BABY, CITY):
        got = understand(asked, reply, others=[AGE])
        assert (got.value, got.also) == (None, {"age": 12})


SKIN = Question(
    key="skin",
    type="choice",
    text="您是什么肤质？1 干皮 2 敏感",
    options=(Option("dry", "干皮"), Option("sensitive", "敏感", ("敏感肌",))),
)


@pytest.mark.parametrize(
    ("reply", "also"),
    [
        ("叫小丁，我是敏感肌，最近没过敏", {"skin": "sensitive"}),
        ("叫小丁，敏感肌，没在过敏", {"skin": "sensitive"}),
        ("小丁 干皮 3月8号 苏州", {"skin": "dry", "birthday": "--03-08", "city": "江苏省苏州市"}),
        ("小丁，农历三月初三，苏州", {"birthday": "lunar:03-03", "city": "江苏省苏州市"}),
    ],
)
def test_what_a_customer_tells_in_one_breath(reply: str, also: dict[str, Any]) -> None:
    got = understand(CALL, reply, others=[SKIN, BIRTHDAY, CITY])
    assert (got.value, got.also) == ("小丁", also)
