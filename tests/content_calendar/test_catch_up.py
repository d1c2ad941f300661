"""The catch-up policy: its spellings, and what becomes of what was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from content_calendar.catch_up import Ask, CatchUpError, Decision, Send, TooLate, decide, parse_policy

DUE = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("canonical", "spelling"),
    [
        ("skip", ""),
        ("skip", "skip"),
        ("skip", "跳过"),
        ("ask", "ask"),
        ("ask", "询问"),
        ("within 2h", "within 2h"),
        ("within 2h", "2小时内补"),
        ("within 2h", "2个小时内补发"),
        ("within 2h", "两小时内补"),
        ("within 2h", "２小时内补"),
        ("within 10m", "十分钟以内补发"),
        ("within 2h", "within 120m"),
        ("within 90m", "90分钟内补"),
        ("within 1d", "1天内补"),
        ("within 1d", " Within 24H "),
    ],
)
def test_every_spelling_has_one_canonical_form(canonical: str, spelling: str) -> None:
    assert str(parse_policy(spelling)) == canonical
    assert parse_policy(canonical) == parse_policy(spelling)


@pytest.mark.parametrize("text", ["maybe", "within", "within 0h", "within 2", "within -2h", "2小时", "补", "within 2w"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(CatchUpError, match="within 2h"):
        parse_policy(text)


@pytest.mark.parametrize(
    ("policy", "late", "decision"),
    [
        ("skip", timedelta(seconds=1), TooLate("skipped")),
        ("within 2h", timedelta(hours=2), Send()),
        ("within 2h", timedelta(hours=2, seconds=1), TooLate("expired")),
        ("ask", timedelta(days=9), Ask()),
    ],
)
def test_what_was_missed_falls_under_the_policy(policy: str, late: timedelta, decision: Decision) -> None:
    assert decide(parse_policy(policy), DUE, DUE + late) == decision
