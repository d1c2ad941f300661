"""Labelled messages of chats and groups: what they ask of the shop, and whether a person has to see to it."""

from __future__ import annotations

import json
from pathlib import Path

from handlers.understanding import understand_business

BAR = 0.9  # the share of messages whose label and needs_human must both be right


def test_enough_messages_are_labelled_rightly() -> None:
    path = Path(__file__).with_name("business.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = []
    for line in lines:
        got = understand_business(line["text"], line["context"])
        if (got.label, got.needs_human) != (line["label"], line["needs_human"]):
            wrong.append(f"{line['text']}: {line['label']}, {line['needs_human']}, read as {got}")
    score = 1 - len(wrong) / len(lines)
    print(f"\n{len(lines)} messages, {score:.1%} labelled rightly", *wrong, sep="\n")  # noqa: T201 - the score is wanted
    assert len(lines) >= 200
    assert score >= BAR, "\n".join(wrong)
