"""The files that ship: ready to run, complete, and within their own word lists."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.config import AlertChannel, load_config
from bot.playbook_files import load_playbook
from content_calendar.lint_plan import LintEntry, LintGroup, Plan
from content_calendar.workbook import read_calendar
from handlers.calendar_check import lint
from handlers.learning import learned
from models.conditions import Facts
from models.fields import fields_of
from models.words import UNLAWFUL
from tests.handlers.builders import answers, person

ROOT = Path(__file__).parents[2]


def test_the_shipped_configuration_is_ready_to_run() -> None:
    config = load_config(ROOT / "config.toml", {})
    assert config.secrets_faults({}) == []
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    example = text[text.index("# [[accounts]]") :]
    lines = [line.removeprefix("# ") for line in example.splitlines()]
    commented = tomllib.loads("\n".join(lines))
    assert set(commented["accounts"][0]) == set(type(config.accounts[0]).model_fields)
    assert set(commented["alerts"][0]) == set(AlertChannel.model_fields)


def test_the_shipped_playbook() -> None:
    book = load_playbook(ROOT / "playbooks/liquor-club.toml")
    assert [(tier.name, tier.capacity) for tier in book.tiers] == [("总舵", None), ("分舵", 200), ("堂口", 30)]
    promises = {promise.name for promise in book.promises_of("堂口")}
    assert promises == {"堂口/gathering/month", "分舵/article/day", "分舵/story/week", "分舵/video/week"}
    types = {question.type for question in book.survey.questions}
    assert types >= {"name", "yesno", "choice", "multi", "number", "date", "region", "freetext"}
    assert all(len(question.texts) > 1 for question in book.survey.questions)
    assert all("机器人助手" in greeting for greeting in book.reception.greetings)
    everybody, core = book.tier_for(Facts()), book.tier_for(Facts(answers={"adult": True, "budget": [600, None]}))
    assert everybody is not None
    assert core is not None
    assert (everybody.name, core.name) == ("堂口", "分舵")
    minor = book.tier_for(Facts(answers={"adult": False, "budget": 600}))
    assert minor is not None
    assert minor.name == "堂口"


@pytest.mark.parametrize(
    ("budget", "tag"),
    [
        (150, "口粮酒"),
        (200, "中价位"),
        ([200, 400], "中价位"),
        ([300, 500], "高价位"),
        ([0, 800], "高价位"),
        (500, "高价位"),
    ],
)
def test_a_budget_brings_one_price_tag(budget: Any, tag: str) -> None:
    book = load_playbook(ROOT / "playbooks/liquor-club.toml")
    tags = learned(book, person(answers=answers(adult=True, budget=budget))).tags
    assert tags & {"口粮酒", "中价位", "高价位"} == {tag}


def test_the_shipped_playbook_keeps_its_own_word_lists() -> None:
    book = load_playbook(ROOT / "playbooks/liquor-club.toml")
    texts = [*book.reception.greetings, *book.survey.thanks, *(one.answer for one in book.keywords)]
    texts += [text for question in book.survey.questions for text in (*question.texts, *question.retry)]
    texts += [tier.welcome for tier in book.tiers if tier.welcome]
    assert not [(word, text) for text in texts for word in (*UNLAWFUL, *book.words.sensitive) if word in text]
    assert all(len(text) <= 60 for text in texts)
    assert {field.name for text in texts for field in fields_of(text)} <= {"name", "shop", "persona"}


@pytest.mark.parametrize("name", ["liquor-club", "daily-goods", "paid-membership"])
def test_the_shipped_calendars_of_four_weeks_keep_their_promises(name: str) -> None:
    """Every group of every tier, from Monday to Sunday four weeks later; and nothing that the word lists hold back."""
    book = load_playbook(ROOT / f"playbooks/{name}.toml")
    path = ROOT / f"playbooks/{name}-four-weeks.csv"
    zone = ZoneInfo("Asia/Shanghai")
    tiers = [tier.name for tier in book.tiers]
    read = read_calendar(path.read_bytes(), path.name, date(2026, 11, 25), zone, tiers, ())
    assert read.faults == ()
    groups = [
        LintGroup(room=tier.name, tier=tier.name, alongside=(tier.parent,) if tier.parent else ())
        for tier in book.tiers
    ]
    plan = Plan(
        playbook=book,
        groups=groups,
        entries=[LintEntry(entry=entry) for entry in read.entries],
        first=date(2026, 11, 30),
        last=date(2026, 12, 27),
        zone=zone,
    )
    assert list(lint(plan)) == []
    days = [entry.date for entry in read.entries if entry.date]
    assert min(days) == plan.first
    assert date(2026, 12, 24) <= max(days) <= plan.last
    texts = [entry.text for entry in read.entries]
    assert not [(word, text) for text in texts for word in (*UNLAWFUL, *book.words.sensitive) if word in text]
    assert len(set(texts)) == len(texts)
    assert all("推广" in entry.text[:6] for entry in read.entries if entry.promotional)
