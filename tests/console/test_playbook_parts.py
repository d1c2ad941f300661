"""The pure parts of 运营方案: what is different, what is wrong in Chinese, and texts whose comments stay."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from datetime import date
from itertools import permutations
from tomllib import loads
from typing import Any

import pytest

from bot.console.playbook.draft import Draft
from bot.console.playbook.faults_said import told
from bot.console.playbook.said import differences, said_condition
from bot.console.playbook.shapes import field_at
from bot.console.playbook.written import number_of, read
from bot.faults import ConfigFaults
from bot.playbook_files import as_toml, data_of, examine_source, examined, load_playbook
from bot.playbook_writing import rewritten
from bot.toml_source import parse_toml
from handlers.playbook_hints import hints
from models.playbook import Caps, Playbook, Words
from models.playbook_faults import Misfit
from tests.console.conftest import ROOT

BOOKS = {path.stem: path for path in sorted((ROOT / "playbooks").glob("*.toml"))}
TEXT = BOOKS["liquor-club"].read_text("utf-8")
BOOK = load_playbook(BOOKS["liquor-club"])


def changed(change: Callable[[dict[str, Any]], object]) -> Playbook:
    data = copy.deepcopy(data_of(BOOK))
    change(data)
    made, wrong = examined(data)
    assert made is not None, wrong
    return made


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda data: data["caps"].update(person_per_day=5), "person_per_day = 5"),
        (lambda data: data["reception"]["greetings"].append("来坐坐"), '  "来坐坐",'),
        (lambda data: data["survey"]["tags"].append({"when": {"adult": True}, "add": ["大人"]}), None),
        (lambda data: data["survey"]["questions"].insert(2, data["survey"]["questions"].pop(3)), None),
        (lambda data: data["survey"]["questions"].pop(), None),
        (lambda data: data.update(rollout={"leaves": 0.1}), "[rollout]"),
        (lambda data: data.update(human_hold_minutes=45), None),
        (lambda data: data["survey"]["questions"][2]["options"][0].update(label="酱香型"), None),
    ],
)
def test_a_changed_playbook_keeps_its_comments(change: Callable[[dict[str, Any]], object], line: str | None) -> None:
    after = changed(change)
    text = rewritten(TEXT, BOOK, after)
    assert text != as_toml(after)
    assert text.count("#") == TEXT.count("#")
    assert len(set(text.splitlines()) ^ set(TEXT.splitlines())) < 12
    assert line is None or line in text.splitlines()


@pytest.mark.parametrize(("one", "other"), list(permutations(BOOKS, 2)))
def test_any_playbook_becomes_any_other(one: str, other: str) -> None:
    before, after = load_playbook(BOOKS[one]), load_playbook(BOOKS[other])
    assert examined(loads(rewritten(BOOKS[one].read_text("utf-8"), before, after)))[0] == after


def test_what_is_different_is_said_in_words() -> None:
    def change(data: dict[str, Any]) -> None:
        data["caps"]["person_per_day"] = 5
        del data["caps"]["group_per_day"]
        data["survey"]["questions"].insert(0, data["survey"]["questions"].pop(1))
        data["tiers"][1]["join"]["budget"] = {"min": 600}

    found = {one.where: (one.before, one.after) for one in differences(data_of(BOOK), data_of(changed(change)))}
    assert found == {
        "打扰上限 · 每人每天": ("6 条", "5 条"),
        "打扰上限 · 每群每天": ("6 条", "不限"),
        "建档 · 问题的先后": (
            "「call」、「adult」、「style」、「scenes」、「budget」、「city」、「birthday」、「wish」",
            "「adult」、「call」、「style」、「scenes」、「budget」、「city」、「birthday」、「wish」",
        ),
        "层级 · 「分舵」 · 谁能进": ("adult 是 是；budget 是 500 以上", "adult 是 是；budget 是 600 以上"),
    }


def test_a_condition_is_said_by_the_labels_of_options() -> None:
    data = data_of(BOOK)
    assert said_condition({"style": "sauce", "scenes": ["gift", "banquet"]}, data) == (
        "style 是 酱香；scenes 是 送礼 或 宴请"
    )
    assert said_condition({}, data) == "人人"


WRONG: list[dict[str, Any]] = [
    {"caps": {"person_per_day": "x", "advert_share": 2, "group_per_day": -1, "fewer_per_week": 0}},
    {"persona": {"name": "a\0"}, "reception": {"greetings": [" ", ""], "accept": [{"accept": 1}], "x": 1}},
    {"survey": {"questions": [{"key": "a b", "texts": []}, {"key": "a", "type": "x", "texts": ["?"]}]}},
    {"survey": {"questions": [{"key": "a", "type": "choice", "texts": ["?"], "retry": ["{b}"]}] * 2}},
    {"tiers": [{"name": "a", "parent": "b", "join": {"c": 1}}, {"name": "a"}], "promises": [{"tier": "x"}]},
    {"promises": [{"tier": "a", "content_kind": "b", "per": "year"}], "tiers": [{"name": "a"}]},
    {"quiet_hours": [{"from": "25:00", "to": "8"}, {"from": "08:00", "to": "08:00"}], "rest_days": ["x"]},
    {"survey": {"nudges_hours": [3, 2]}, "digest": {"at": 3}, "keywords": [{"words": [], "answer": ""}]},
]


@pytest.mark.parametrize("data", WRONG)
def test_what_is_wrong_is_said_in_chinese(data: dict[str, Any]) -> None:
    _, wrong = examined(data)
    assert wrong
    for one in wrong:
        text = told(one)
        assert re.search(r"[\u4e00-\u9fff]", text), (one, text)
        assert not re.search(r"\b(expected|one of|at least|probably|with)\b", text), (one, text)


@pytest.mark.parametrize(
    ("text", "told_so"),
    [
        (" \n# 草稿\n", "文件里没有内容"),
        ("name = 酒\n", "等号后面的值写得不对"),
        ('name = "酒\n', "引号有开头没有结尾"),
        ("name '酒'\n", "名字后面少了等号"),
        ("[caps\n", "补上 ]"),
        ("rest_days = ['sat'\n", "补上 ]"),
        ("name = '酒' 一家\n", "后面多了东西"),
        ("name = '酒'\nname = '茶'\n", "写了两次"),
        ("编号,标题\n", "不是「名字 = 值」的写法"),
    ],
)
def test_what_is_no_playbook_at_all_is_said_with_its_cure(text: str, told_so: str) -> None:
    with pytest.raises(ConfigFaults) as raised:
        examine_source(parse_toml("", text))
    (fault,) = raised.value.faults
    assert fault.line is not None
    assert told_so in told(Misfit((), fault.found, fault.expected))


def test_hints_are_said_in_chinese() -> None:
    question = {"key": "a", "type": "choice", "texts": ["?"], "options": [{"value": "x"}], "examples": ["zzz"]}
    reception = {
        "accept": [{"accept": True}, {"accept": True, "hello": "a"}],
        "channels": [{"hello": "a", "source": "x"}, {"hello": "ab", "source": "y"}],
        "remark": "{a}",
    }
    made, wrong = examined({"reception": reception, "survey": {"questions": [question]}})
    assert made is not None, wrong
    for one in hints(made, date(2026, 11, 26)):
        assert re.search(r"[\u4e00-\u9fff]", told(one)), one


def test_what_is_written_is_read() -> None:
    advert, words = field_at(Caps, "advert_share"), field_at(Words, "human")
    assert advert is not None
    assert words is not None
    assert [read(advert, text) for text in ("30%", "0.3", "", "abc", " ５ ")] == [0.3, 0.3, None, "abc", "５"]
    assert read(words, "找堂主\n\n 找舵主 ") == ["找堂主", "找舵主"]
    assert [number_of(text) for text in ("6", "6.5", "-1", "1e9")] == [6, 6.5, -1, "1e9"]


def test_two_drafts_of_one_playbook_are_brought_together() -> None:
    mine = Draft("r1", BOOK, TEXT)
    mine.put(("caps", "person_per_day"), 5)
    mine.put(("approval",), True)
    theirs = changed(lambda data: data["caps"].update(group_per_day=3))
    moved = mine.moved_to("r2", theirs, rewritten(TEXT, BOOK, theirs))
    caps = moved.data["caps"]
    assert (caps["person_per_day"], caps["group_per_day"], moved.data["approval"]) == (5, 3, True)
    assert moved.base == "r2"
    mine.put(("caps", "person_per_day"), 6)
    mine.put(("approval",), None)
    assert not mine.is_changed
