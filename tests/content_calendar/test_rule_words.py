"""Rules in Chinese, as a workbook and the manual have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_calendar.rule_examples import EXAMPLES, rule_rows
from content_calendar.rule_words import rule_cell
from content_calendar.rules import parse_rule
from tests.content_calendar.test_rules import SPELLINGS

MANUAL = Path(__file__).parents[2] / "docs" / "entries.md"


@pytest.mark.parametrize("rule", [*SPELLINGS, *(one.rule for one in EXAMPLES), "lunar 12-29", "lunar 4-20"])
def test_a_rule_in_chinese_reads_back_as_the_same(rule: str) -> None:
    assert str(parse_rule(rule_cell(rule))) == rule


@pytest.mark.parametrize(
    ("rule", "chinese"),
    [
        ("weekly sat,sun", "每周六、周日"),
        ("monthly last fri", "每月最后一个周五"),
        ("lunar 12-30", "农历腊月三十"),
        ("lunar 1-1", "农历正月初一"),
        ("RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=11", "每年11月11日"),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("", ""),
    ],
)
def test_as_people_write_it(rule: str, chinese: str) -> None:
    assert rule_cell(rule) == chinese


def test_the_manual_has_every_form_with_its_next_dates() -> None:
    manual = MANUAL.read_text(encoding="utf-8")
    for one in rule_rows():
        assert f"| {one.chinese} | `{one.english}` | {one.meaning} | {one.dates} |" in manual.replace("\\|", "|")
