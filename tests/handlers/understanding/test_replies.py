"""Labelled replies: act, value, what a correction corrects and further facts as people meant them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from handlers.understanding import Prior, understand
from tests.handlers.understanding.questions import ASKED_ON, QUESTIONS

BAR = 0.95  # the share of replies whose act and value must both be right


def _lines() -> list[dict[str, Any]]:
    path = Path(__file__).with_name("replies.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _misreading(line: dict[str, Any]) -> str | None:
    """What came out where it differs from the label, else None."""
    got = understand(
        QUESTIONS[line["question"]],
        line["reply"],
        prior=[Prior(QUESTIONS[key], value) for key, value in line.get("prior", {}).items()],
        others=[QUESTIONS[key] for key in line.get("others", [])],
        asked_on=ASKED_ON,
    )
    wanted = (line["act"], line.get("value"), line.get("corrects"), line.get("also", {}))
    same = (got.act, got.value, got.corrects, got.also) == wanted and type(got.value) is type(line.get("value"))
    if same and (got.asks or not line.get("asks")):
        return None
    return f"{line['question']}: {line['reply']!r} is {wanted}, read as {got}"


def test_enough_replies_are_understood() -> None:
    lines = _lines()
    wrong = [miss for line in lines if (miss := _misreading(line)) is not None]
    score = 1 - len(wrong) / len(lines)
    print(f"\n{len(lines)} replies, {score:.1%} understood", *wrong, sep="\n")  # noqa: T201 - the score is wanted
    assert len(lines) >= 600
    assert score >= BAR, "\n".join(wrong)


def test_no_opting_out_is_missed_or_invented() -> None:
    wrong = []
    for line in _lines():
        got = understand(QUESTIONS[line["question"]], line["reply"], asked_on=ASKED_ON)
        if (got.act == "optout") != (line["act"] == "optout"):
            wrong.append(line["reply"])
    assert not wrong


@pytest.mark.parametrize(
    ("reply", "also"),
    [
        ("大红袍，一斤八百吧", {"budget": 800}),
        ("岩茶，我在杭州", {"city": "浙江省杭州市"}),
        ("红茶，给老丈人买，三五百", {"budget": [300, 500]}),
        ("白茶", {}),
        ("1和3", {}),
        ("岩茶，我家三个孩子", {}),
        ("红茶，买过两斤", {}),
        ("红茶，老家杭州的", {}),
        ("岩茶 预算一千以内 人在苏州", {"budget": [0, 1000], "city": "江苏省苏州市"}),
        ("红茶，杭州的朋友送过我", {}),
    ],
)
def test_facts_told_in_passing_are_kept_and_never_invented(reply: str, also: dict[str, Any]) -> None:
    got = understand(QUESTIONS["tea"], reply, others=[QUESTIONS["budget"], QUESTIONS["city"]], asked_on=ASKED_ON)
    assert got.act == "answer"
    assert got.also == also
