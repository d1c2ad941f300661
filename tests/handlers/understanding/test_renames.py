"""Who wants to be called otherwise says so of their own accord, whatever else is asked."""

from __future__ import annotations

import time
from typing import Any

import pytest

from handlers.understanding import Prior, Question, first_look, meaning_unasked, understand

CALL = Question("call", "name", "怎么称呼您？")
BABY = Question("baby", "name", "宝宝小名叫什么呀？")
PRICE = Question("price", "number", "一瓶大概多少钱合适？")
SAMPLE = Question("sample", "yesno", "要不要领一份试用装？")

_RENAMES = [
    ("我改名了，以后叫我小鹿", "小鹿"),
    ("叫我小鹿就行", "小鹿"),
    ("对了叫我荔枝姐吧", "荔枝姐"),
    ("哦对 我叫阿甲", "阿甲"),
    ("我改名叫阿甲了", "阿甲"),
]


@pytest.mark.parametrize("before", ["阿杰", None])
@pytest.mark.parametrize(("text", "name"), _RENAMES)
def test_a_new_name_corrects_the_one_before(text: str, name: str, before: str | None) -> None:
    prior = [Prior(BABY, "豆豆"), Prior(CALL, before)]
    unasked, asked = meaning_unasked(text, prior=prior), understand(PRICE, text, prior=prior)
    for got in (unasked, asked):
        assert (got.act, got.corrects, got.value) == ("correct", "call", name)
    assert first_look(text).may_correct


@pytest.mark.parametrize(("text", "name"), _RENAMES)
def test_a_name_that_was_not_said_when_asked_is_said_later(text: str, name: str) -> None:
    got = meaning_unasked(text, others=[BABY, CALL])
    assert (got.act, got.corrects, got.value) == ("correct", "call", name)


@pytest.mark.parametrize(
    "text", ["有货叫我", "到了叫我一声", "叫我老公来拿", "我叫了外卖", "我朋友叫小明", "叫我阿杰", "我叫顺丰来取"]
)
def test_a_call_is_no_new_name(text: str) -> None:
    assert meaning_unasked(text, prior=[Prior(CALL, "阿杰")]).act != "correct"


@pytest.mark.parametrize(
    ("question", "reply", "act", "value"),
    [(BABY, "叫我家豆豆吧", "answer", None), (SAMPLE, "要的，叫我小鹿吧", "answer", True)],
)
def test_an_answer_to_the_open_question_stays_one(question: Question, reply: str, act: str, value: Any) -> None:
    got = understand(question, reply, prior=[Prior(CALL, "阿杰")])
    assert got.act == act
    assert value is None or got.value is value


def test_an_answer_beside_the_new_name_is_kept() -> None:
    got = understand(PRICE, "三百左右，叫我小鹿吧", prior=[Prior(CALL, "阿杰")])
    assert (got.act, got.value, got.also) == ("correct", "小鹿", {"price": 300})


def test_a_flood_of_leads_costs_little() -> None:
    began = time.thread_time()
    meaning_unasked("哦对了那个" * 70 + "叫我", prior=[Prior(CALL, "阿杰")])
    assert time.thread_time() - began < 0.5
