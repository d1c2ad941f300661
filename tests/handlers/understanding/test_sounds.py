"""What is written as it sounds: voice input and typing by sound take one character for another."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.understanding import Option, Question, understand
from handlers.understanding.sounds import sound

CITY = Question("city", "region", "您在哪个城市？")
LIQUOR = Question("liquor", "choice", "平时喝哪种？", (Option("sauce", "酱香"), Option("strong", "浓香")))
MILK = Question("milk", "choice", "宝宝吃什么？", (Option("breast", "母乳"), Option("formula", "奶粉")))
WANTED = Question(
    "wanted", "multi", "想改善哪些？", (Option("pore", "毛孔"), Option("bright", "提亮"), Option("line", "细纹"))
)


@pytest.mark.parametrize(
    ("question", "reply", "value"),
    [
        (LIQUOR, "将香的", "sauce"),
        (LIQUOR, "农香型", "strong"),
        (MILK, "奶分", "formula"),
        (WANTED, "提靓一下", ["bright"]),
        (WANTED, "毛恐，西纹", ["pore", "line"]),
        (CITY, "城都", "四川省成都市"),
        (CITY, "我在武汗", "湖北省武汉市"),
        (CITY, "苏洲", "江苏省苏州市"),
    ],
)
def test_what_is_written_as_it_sounds_is_read(question: Question, reply: str, value: Any) -> None:
    got = understand(question, reply)
    assert (got.act, got.value) == ("answer", value)


@pytest.mark.parametrize(
    ("question", "reply"),
    [(LIQUOR, "讲讲"), (MILK, "奶奶带"), (CITY, "亚洲"), (CITY, "常驻"), (CITY, "这里"), (CITY, "宿周")],
)
def test_what_only_begins_alike_or_might_be_two_is_not_taken_for_it(question: Question, reply: str) -> None:
    assert understand(question, reply).value is None


def test_each_character_has_one_sound() -> None:
    assert sound("酱香") == sound("将香")
    assert sound("浓香") != sound("清香")
