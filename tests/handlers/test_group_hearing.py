"""Who hears of what members say in a group: at once of what asks outright, later of what does so by what was said
around it."""

from __future__ import annotations

import pytest

from handlers.group_hearing import asks_outright, may_be_question


@pytest.mark.parametrize("text", ["有汉服租吗", "年卡冬天能停吗", "羊蝎子要提前订吗", "还有名额没"])
def test_a_plain_question_is_heard_at_once(text: str) -> None:
    assert asks_outright(text)


@pytest.mark.parametrize("text", ["发错了", "酱的喝完第二天是真不上头", "郭师傅来了"])
def test_nobody_is_bothered_with_a_statement(text: str) -> None:
    assert not asks_outright(text)


@pytest.mark.parametrize("text", ["明天练一天 驾校中午管饭不", "有拼场群吗 拉我一个", "充电宝落在你们那了 蓝色的"])
def test_what_asks_by_what_is_said_around_it_is_not_passed_over(text: str) -> None:
    assert may_be_question(text)
