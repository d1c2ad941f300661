"""A yes that is taken back, or a no, while something else is asked."""

from __future__ import annotations

import pytest

from handlers.understanding import Option, Prior, Question, understand

INVOICE = Question("invoice", "yesno", "需要开发票吗？")
SAMPLE = Question("sample", "yesno", "要不要试用装？")
GROUP = Question("group", "yesno", "拉您进会员群好吗？")
SPEND = Question("spend", "number", "一个月大概花多少钱？")
GOODS = Question("goods", "multi", "要囤哪些？", (Option("tissue", "抽纸"), Option("sample", "试用装")))
PHONE = Question("phone", "phone", "手机号多少？")
DRINKS = Question(
    "drinks", "multi", "喝哪些酒？", (Option("white", "白酒"), Option("beer", "啤酒"), Option("wine", "红酒"))
)
KEEP = Question("keep", "yesno", "发票抬头要我们存着吗？")


@pytest.mark.parametrize(
    ("question", "value", "reply"),
    [
        (INVOICE, True, "发票不开了"),
        (INVOICE, True, "对了 不开发票了"),
        (SAMPLE, True, "试用装还是不要了"),
        (INVOICE, False, "发票还是开吧"),
        (SAMPLE, False, "试用装又想要一份"),
    ],
)
def test_naming_what_an_answer_was_about_turns_it_round(question: Question, value: bool, reply: str) -> None:
    got = understand(SPEND, reply, prior=[Prior(question, value)])
    assert (got.act, got.corrects, got.value) == ("correct", question.key, not value)


@pytest.mark.parametrize(
    ("reply", "value"),
    [("喝的再加个红酒", ["white", "beer", "wine"]), ("啤酒去掉，我痛风", ["white"]), ("白酒不要了", ["beer"])],
)
def test_one_of_several_chosen_options_is_added_or_taken_away(reply: str, value: list[str]) -> None:
    got = understand(SPEND, reply, prior=[Prior(DRINKS, ["white", "beer"])])
    assert (got.act, got.corrects, got.value) == ("correct", "drinks", value)


def test_the_end_of_a_number_is_put_right_and_answers_nothing_else() -> None:
    got = understand(SPEND, "手机号最后一位打错了 是2", prior=[Prior(PHONE, "13800001111")])
    assert (got.corrects, got.value, got.also) == ("phone", "13800001112", {})


@pytest.mark.parametrize(
    ("asked", "question", "value", "reply"),
    [
        (SPEND, INVOICE, False, "发票不开了"),  # nothing that was said before
        (GOODS, SAMPLE, True, "试用装不要了"),  # what is asked now
        (KEEP, INVOICE, True, "发票不开了"),
        (SPEND, INVOICE, True, "这箱酒不要了"),
        (SPEND, GROUP, True, "三百，群不吵吧"),
    ],
)
def test_what_is_asked_now_or_was_not_said_is_not_taken_back(
    asked: Question, question: Question, value: bool, reply: str
) -> None:
    assert understand(asked, reply, prior=[Prior(question, value)]).act != "correct"
