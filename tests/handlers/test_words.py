"""Plain words in groups, what WeChat says by itself, and what must not be posted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import adverts
from handlers.words import is_plain_opt_out, is_platform_line, sensitive_word, sensitive_words


@pytest.mark.parametrize("text", ["退订", "TD", "ｔｄ", " td。", "退訂！", "回TD"])
def test_the_plain_word(text: str) -> None:
    assert is_plain_opt_out(text)


@pytest.mark.parametrize("text", ["", "退订的那单", "怎么退订", "别发了", "stop", "td" * 100])
def test_anything_else_is_none(text: str) -> None:
    assert not is_plain_opt_out(text)


def test_the_playbook_adds_words() -> None:
    assert is_plain_opt_out("别烦我了！", ("别烦我了",))
    assert is_plain_opt_out("Ｑ", ("q",))


def test_what_wechat_says_by_itself() -> None:
    assert is_platform_line("我通过了你的朋友验证请求，现在我们可以开始聊天了")
    assert is_platform_line("I've accepted your friend request. Now let's chat!")
    assert not is_platform_line("可以开始了吗")


def test_sensitive_words_however_they_are_typed() -> None:
    assert sensitive_word("加Ｖ信看内部价", ("v信",)) == "v信"
    assert sensitive_word("这是全网最低的", ()) == "全网最低"
    assert sensitive_word("今天有內 部 價", ("内部价",)) == "内部价"
    assert sensitive_word("國家級 名酒", ()) == "国家级"
    assert sensitive_word("最近天气好", ("内部价",)) is None


def test_all_words_of_a_text_are_found_each_once() -> None:
    assert sensitive_words("不醉不归，全网第一，不醉不归", ("不醉不归",)) == ("不醉不归", "全网第一")


@pytest.mark.parametrize("text", ["全国第一的私教", "最好的教练在这里", "全城唯一", "百分百见效", "祖传秘方"])
def test_whoever_is_better_than_everybody_is_held(text: str) -> None:
    assert sensitive_word(text, ()) is not None


@pytest.mark.parametrize("text", ["第一次来", "全国第一届酒博会", "今天最好早点来", "最近最好的天气", "我们最好明天见"])
def test_what_only_sounds_like_it_is_not(text: str) -> None:
    assert sensitive_word(text, ()) is None


@given(st.text())
def test_no_text_breaks_them(text: str) -> None:
    is_plain_opt_out(text)
    is_platform_line(text)
    sensitive_word(text, ("内部价",))


@given(st.from_regex(adverts._SIGN.pattern, fullmatch=True))
def test_every_sign_of_an_advert_begins_with_one_of_the_characters_that_are_looked_for(sign: str) -> None:
    assert adverts._BEGINS.match(sign)
