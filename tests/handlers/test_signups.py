"""What is signing up and what is talk, and how many may come."""

from __future__ import annotations

import pytest

from content_calendar.entry import Entry
from handlers.signups import is_about_it, limit_of


@pytest.mark.parametrize(
    "text",
    [
        "报名",
        "报名！",
        " 我报名 ",
        "我要报名",
        "报个名",
        "报名1人",
        "报名+1",
        "算我一个",
        "我要参加",
        "不去了",
        "取消报名",
        "去不了",
        "来不了了",
    ],
)
def test_signing_up_and_taking_it_back(text: str) -> None:
    assert is_about_it(text)


@pytest.mark.parametrize("text", ["", "怎么报名？", "报名费多少", "我去", "不去了吧我看", "他们都报名了吗", "去", "1"])
def test_talk(text: str) -> None:
    assert not is_about_it(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("周六品酒会，限20人", 20),
        ("名额 8 个，先到先得", 8),
        ("名额：12", 12),
        ("只收 6 位", 6),
        ("前30名送酒杯", 30),
        ("限18岁以上", None),
        ("每人限购2瓶", None),
        ("想来的回一声报名", None),
    ],
)
def test_the_limit_stands_in_the_post(text: str, limit: int | None) -> None:
    assert limit_of(Entry(key="e", kind="gathering", text=text)) == limit
