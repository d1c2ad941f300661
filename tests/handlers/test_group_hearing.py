"""Who hears of what members say in a group: at once of what asks outright, later of what does so by what was said
around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import group_hearing
from handlers.group_hearing import asks_outright, may_be_question
from handlers.understanding.group_model import model, speaks_for
from handlers.understanding.replies_in_groups import only_guesses, withdraws


@pytest.mark.parametrize("text", ["有汉服租吗", "年卡冬天能停吗", "羊蝎子要提前订吗", "还有名额没"])
def test_a_plain_question_is_heard_at_once(text: str) -> None:
    assert asks_outright(text)


@pytest.mark.parametrize("text", ["发错了", "酱的喝完第二天是真不上头", "郭师傅来了"])
def test_nobody_is_bothered_with_a_statement(text: str) -> None:
    assert not asks_outright(text)


@pytest.mark.parametrize("text", ["明天练一天 驾校中午管饭不", "有拼场群吗 拉我一个", "充电宝落在你们那了 蓝色的"])
def test_what_asks_by_what_is_said_around_it_is_not_passed_over(text: str) -> None:
    assert may_be_question(text)


@given(st.text(st.sampled_from("年卡冬天能停吗么多少钱你们店的我要求求@ab 1234?？不没有谁")))
def test_letters_are_summed_as_they_are_taught(text: str) -> None:
    taught = speaks_for(group_hearing.of_the_words(text), model().hears)
    assert group_hearing._speaks(text) == pytest.approx(taught)


@pytest.mark.parametrize("text", ["应该四五百吧？", "大概七八天？", "好像请假了？", "估计几百吧"])
def test_a_guess_at_what_somebody_else_asked_is_put_to_nobody(text: str) -> None:
    assert only_guesses(text)
    assert not asks_outright(text)


@pytest.mark.parametrize("text", ["大概要多少钱", "应该怎么用", "估计几点能到", "应该能用不", "可能下周有吗"])
def test_what_asks_and_only_sounds_like_a_guess_is_none(text: str) -> None:
    assert not only_guesses(text)


@pytest.mark.parametrize(
    "text", ["哦我翻到了，三个月一次", "想起来了", "刚打电话问过了", "查到了 在说明书上", "搜到了"]
)
def test_who_found_it_out_by_themselves_waits_for_no_answer(text: str) -> None:
    assert withdraws(text)


@pytest.mark.parametrize("text", ["没翻到", "想起来了那个押金是多少", "没查到啊"])
def test_who_did_not_still_waits(text: str) -> None:
    assert not withdraws(text)
