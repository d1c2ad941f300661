"""Who is not of age is heard whatever was asked; who tells of a child, of long ago or a joke is not."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.understanding import Question
from handlers.understanding.text import message_of
from handlers.understanding.unasked import told_unasked
from handlers.understanding.under_age import asks_of_age, says_under_age
from handlers.understanding.values import told_value

ADULT = Question("adult", "yesno", "我们聊的是酒，先确认下，你满18岁了吗？")
OTHER = Question("child", "yesno", "家里有宝宝吗？")
ON = date(2026, 11, 25)
SAID = (
    "我才15岁",
    "我今年十六岁",
    "其实我17岁",
    "我还没成年呢",
    "我未成年",
    "我是未成年人",
    "我还没满18",
    "我不满十八岁",
    "我还在上初中",
    "我在读高二",
    "其实我今年才十五",
    "我是小学生",
)
NOT_SAID = (
    "我18岁",
    "我今年十八岁",
    "我都35岁了",
    "我家孩子15岁",
    "我儿子还在上初中",
    "我15岁开始喝酒",
    "我认识他的时候才15岁",
    "我才三岁",
    "我永远十七岁的心",
    "我成年了",
    "我们店不卖给未成年人",
    "我有15瓶",
    "我才15",  # and what it is fifteen of nobody knows
)


@pytest.mark.parametrize("text", SAID)
def test_who_says_so_is_heard(text: str) -> None:
    assert says_under_age(message_of(text).text)
    told = told_unasked(text, (OTHER, ADULT), ON)
    assert told is not None
    assert (told.question.key, told.value) == ("adult", False)
    assert told_unasked(text, (OTHER,), ON) is None
    assert told_value(ADULT, message_of(text), message_of(text).text, ON) is False


@pytest.mark.parametrize("text", NOT_SAID)
def test_who_does_not_is_not(text: str) -> None:
    assert not says_under_age(message_of(text).text)
    assert told_unasked(text, (OTHER, ADULT), ON) is None


def test_a_question_in_the_same_breath_is_a_question() -> None:
    assert told_unasked("我才15岁，可以买吗", (ADULT,), ON) is None


def test_a_question_asks_for_it_in_several_ways() -> None:
    assert all(map(asks_of_age, ("你满18岁了吗", "请问您成年了吗", "满十八周岁了没")))
    assert not asks_of_age("宝宝多大了？")
