"""A flower shop: what is refused, what was delivered, for whom flowers are and where they will stand."""

from __future__ import annotations

import pytest

from handlers.understanding import Option, Question, understand

FLOWERS = Question(
    "flowers",
    "multi",
    "喜欢什么花？",
    (Option("rose", "玫瑰"), Option("lily", "百合"), Option("sun", "向日葵")),
)
USE = Question("use", "choice", "买花做什么用？", (Option("gift", "送人"), Option("home", "自己家里摆")))


@pytest.mark.parametrize(
    ("reply", "act", "value"),
    [
        ("玫瑰有刺不喜欢 其他随便", "answer", ["lily", "sun"]),
        ("玫瑰有刺不喜欢，其他都行", "answer", ["lily", "sun"]),
        ("这批玫瑰我不要了", "unclear", None),
        ("我有3个花瓶", "unclear", None),
        ("1号来拿", "unclear", None),
        ("1号和3号", "answer", ["rose", "sun"]),
        ("3号", "answer", ["sun"]),
    ],
)
def test_flowers(reply: str, act: str, value: list[str] | None) -> None:
    got = understand(FLOWERS, reply)
    assert (got.act, got.value) == (act, value)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("送女票的", "gift"),
        ("给妈妈买的", "gift"),
        ("给我妈送的", "gift"),
        ("放家里", "home"),
        ("摆家里", "home"),
        ("买给自己", "home"),
    ],
)
def test_for_whom_and_where(reply: str, value: str) -> None:
    assert understand(USE, reply).value == value
