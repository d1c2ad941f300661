"""Signs: no match without one of them, for every table that is ruled out by them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import group_hearing
from handlers.understanding import acts, blame, corrections, feelings, kinds
from handlers.understanding.signs import Signs, Table, required

RULED_OUT = [
    *((feelings._SIGNS, pattern) for _, pattern in feelings._PATTERNS),
    (blame.SIGNS_OF_BLAME, blame.BLAME),
    (corrections._SIGNS, corrections._WRONG),
    (corrections._SIGNS, corrections._DENIED),
    (corrections._SIGNS, corrections._HAVE),
    (acts._UNWILLING_SIGNS, acts._UNWILLING),
    (acts._BACK_SIGNS, acts._BACK_AGAIN),
    (acts._LATER_SIGNS, acts._WAITS),
    (acts._LATER_SIGNS, acts._COME_BACK),
]


@given(data=st.data())
def test_whatever_a_pattern_matches_has_a_sign(data: st.DataObject) -> None:
    signs, pattern = data.draw(st.sampled_from(RULED_OUT))
    text = data.draw(st.from_regex(re.compile(pattern.pattern, pattern.flags)))
    if pattern.search(text):
        assert signs.within(text)


TABLES = [
    *((kinds._MAY_ASK, name, pattern) for name, pattern in kinds._ASKS.items()),
    *((group_hearing._MAY_HAVE, name, pattern) for name, pattern in group_hearing._FORMS.items()),
]


@given(data=st.data())
def test_a_table_names_every_pattern_that_matches(data: st.DataObject) -> None:
    table, _, pattern = data.draw(st.sampled_from(TABLES))
    text = data.draw(st.from_regex(re.compile(pattern.pattern, pattern.flags)))
    matching = {name for one, name, other in TABLES if one is table and other.search(text)}
    assert matching <= table.may_match(text)


def test_a_table_leaves_out_what_cannot_match() -> None:
    table = Table({"price": re.compile("多少钱|怎么卖"), "how": re.compile("怎么")})
    assert table.may_match("这个怎么卖") == {"price", "how"}
    assert table.may_match("怎么用") == {"how"}
    assert table.may_match("早上好") == set()
    assert table.may_match("\ud800") == {"price", "how"}  # half of a character, which no search can take


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"住院|发烧(?!友)", {"住院", "发烧"}),
        (r"(?:说|写)[错反]了?", {"说错", "说反", "写错", "写反", "说错了", "说反了", "写错了", "写反了"}),
        (r"等.{1,5}再说", {"再说"}),
        (r"(?:别|不要)?再发+", {"发"}),
        (r"(?<!不)x?感冒", {"感冒", "x感冒"}),
        (r"拖(?:了|着).{0,6}天$", {"拖了", "拖着"}),
        (r"(?:ab|c)+", {"ab", "c"}),
        (r"什么|[吗么]$|a*", None),
        (r"\d+", None),
        (r"", None),
    ],
)
def test_what_a_pattern_cannot_match_without(pattern: str, words: set[str] | None) -> None:
    assert required(pattern) == words


def test_a_long_text_is_looked_at_in_pieces() -> None:
    signs = Signs(re.compile("不要再发|住院"))
    for length in range(240, 270):
        assert signs.within("哈" * length + "不要再发" + "哈" * 300)
        assert not signs.within("哈" * length + "不要再" + "哈" * 300)


def test_a_pattern_without_a_word_of_its_own_is_no_use() -> None:
    with pytest.raises(ValueError, match="nearly anything"):
        assert Signs(re.compile(r"\w+")).words
