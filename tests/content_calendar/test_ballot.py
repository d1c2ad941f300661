"""Questions with options: what can be chosen, and what a reply chooses."""

from __future__ import annotations

import pytest

from content_calendar.ballot import Option, chosen, options_of

TEAS = (Option("1", "红茶"), Option("2", "白茶"), Option("3", "岩茶"))
DAYS = (Option("A", "周六"), Option("B", "周日"))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("想喝哪款？1红茶 2白茶 3岩茶", TEAS),
        ("想喝哪款？回数字：\n1、红茶\n2、白茶\n3、岩茶", TEAS),
        ("选一个：①红茶，②白茶，③岩茶", TEAS),
        ("哪天聚？A.周六 B.周日", DAYS),
        ("12月1日 9点，大家想喝哪款？（1）红茶（2）白茶（3）岩茶", TEAS),
        ("今天喝什么？", ()),
        ("周六 3 点见", ()),
        ("1 等奖是茶壶", ()),
    ],
)
def test_the_options_of_a_question(text: str, options: tuple[Option, ...]) -> None:
    assert options_of(text) == options


@pytest.mark.parametrize(
    ("reply", "marks"),
    [
        ("2", "2"),
        ("选2", "2"),
        ("我选 2 号！", "2"),
        ("二", "2"),
        ("白茶", "2"),
        ("我要白茶呀", "2"),
        ("白茶+1", "2"),
        ("1和3", "13"),
        ("红茶、岩茶都行", ""),
        ("红茶、岩茶", "13"),
        ("1️⃣", "1"),
        ("红茶多少钱", ""),
        ("4", ""),
        ("2点到", ""),
        ("哈哈哈", ""),
        ("", ""),
        ("这个2号链接打不开", ""),
        ("白茶不好喝", ""),
    ],
)
def test_only_a_reply_that_chooses_is_a_choice(reply: str, marks: str) -> None:
    assert "".join(chosen(TEAS, reply)) == marks


@pytest.mark.parametrize(("reply", "marks"), [("b", "B"), ("选A", "A"), ("周日", "B"), ("周日去不了", "")])
def test_letters(reply: str, marks: str) -> None:
    assert "".join(chosen(DAYS, reply)) == marks
