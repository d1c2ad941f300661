"""Texts in parts, and wordings for some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.wording import Part, Wording, names_in, parts_of, said, written

TEXT = """大家好

【层级 分舵；堂口】
兄弟们好
[tag VIP]
贵宾好
---
第二条
---

"""


def test_a_text_is_split_into_parts_and_wordings() -> None:
    assert parts_of(TEXT) == (
        Part("大家好", (Wording("tier", ("分舵", "堂口"), "兄弟们好"), Wording("tag", ("VIP",), "贵宾好"))),
        Part("第二条"),
    )
    assert list(names_in(TEXT)) == [("tier", "分舵"), ("tier", "堂口"), ("tag", "VIP")]


def test_words_on_the_line_of_their_mark_are_for_those_alone_and_the_mark_is_told_to_nobody() -> None:
    text = "【标签 贵】{name}贵客\n【标签 酒】{name}酒友\n周末见"
    assert [said(text, 1, (), tags) for tags in ({"贵", "酒"}, {"酒"}, set())] == [
        "{name}贵客",
        "{name}酒友\n周末见",
        None,
    ]


@pytest.mark.parametrize(
    ("part", "tiers", "tags", "expected"),
    [
        (1, (), (), "大家好"),
        (1, ("堂口",), ("VIP",), "兄弟们好"),
        (1, (), ("VIP",), "贵宾好"),
        (2, ("分舵",), (), "第二条"),
        (3, (), (), None),
    ],
)
def test_the_first_wording_that_fits_counts(
    part: int, tiers: tuple[str, ...], tags: tuple[str, ...], expected: str | None
) -> None:
    assert said(TEXT, part, tiers, tags) == expected


def test_who_has_no_wording_where_there_is_nothing_for_all_gets_nothing() -> None:
    assert said("【标签 VIP】\n贵宾好", 1, (), ()) is None


@pytest.mark.parametrize(
    "text", ["一句话", "a -- b", "【标签】\n不是写法", "【今日特价】\n好酒", "价目--- 三十\n---元", ""]
)
def test_what_only_looks_like_a_mark_is_said_as_it_stands(text: str) -> None:
    assert said(text, 1, ("分舵",), ("VIP",)) == text


@given(st.text())
def test_any_text_has_a_first_part(text: str) -> None:
    assert len(parts_of(text)) >= 1


@given(st.text(alphabet="早茶-\n【】[]标签层级阶段 tag；a", max_size=60))
def test_what_is_written_of_parts_reads_back_as_them(text: str) -> None:
    again = parts_of(written(parts_of(text)))
    assert parts_of(written(again)) == again
    for one in (TEXT, "早\n【阶段 成熟期；衰退期】\n好久不见"):
        assert parts_of(written(parts_of(one))) == parts_of(one)
