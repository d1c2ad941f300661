"""The word lists that ship: they hit what they are for and leave innocent words alone."""

from __future__ import annotations

import pytest

from models.words import OPT_OUT_IN_GROUPS, PLATFORM_LINES, UNLAWFUL


@pytest.mark.parametrize(
    "text",
    [
        "最近天气凉了，记得加件衣服",
        "最后三天报名",
        "第一次来的朋友看这里",
        "最好提前说一声",
        "全国第一届封坛节",
        "这是最大的收获",
        "世界第一时间的消息",
        "最多带两个人",
        "他最爱这一口",
        "第一锅酒出来了",
    ],
)
def test_innocent_words_are_no_superlatives(text: str) -> None:
    assert not [word for word in UNLAWFUL if word in text]


@pytest.mark.parametrize(
    "text", ["国家级名酒", "品质最佳", "全网最低价", "行业第一品牌", "顶级酱香", "销量第一", "礼赠首选", "口感最好"]
)
def test_unlawful_superlatives(text: str) -> None:
    assert [word for word in UNLAWFUL if word in text]


@pytest.mark.parametrize("words", [OPT_OUT_IN_GROUPS, PLATFORM_LINES, UNLAWFUL])
def test_lists_are_folded_and_without_repetition(words: tuple[str, ...]) -> None:
    assert len(set(words)) == len(words)
    assert all(word == word.casefold().strip() and word for word in words)


def test_the_words_that_the_contract_names() -> None:
    assert {"退订", "td"} <= set(OPT_OUT_IN_GROUPS)
