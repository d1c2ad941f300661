"""Replies to the surveys of four other shops (liquor club, mother and baby, daily goods, beauty), with other questions,
options and keys than those of `replies.jsonl`, written before anything was tuned to them.

What they showed was mended in tables and parsers. The second file was written last: when it was first read, before its
misses were looked at, 85.5 % of it was understood, and so much is to be expected of replies that nobody has seen.

The four files of other trades (gym, pets, tea, early education, dairy) were each written before their misses were
looked at, and are harder on purpose. At first sight 90.3 %, 86.4 %, 77.9 % and 85.9 % of them were read as labelled; a
dozen labels were then put right by the contract.

`strangers.jsonl` are readings that people who tried the program found wrong, each with others of its kind. Half of two
sets of 742 fresh replies are in `fresh_heldout.jsonl`: 92.7 % of them were read as labelled at first sight, and the
causes were mended afterwards. Some of its labels are open to dispute (看心情, 都行) and were left as they are.

`strangers_second.jsonl` was written by somebody who had not seen the program (liquor, mother and baby, beauty,
fishing): 90.0 %, 89.8 % and 88.3 % of its three parts were read as labelled at first sight. `kinds.jsonl` are other
wordings of the kinds that were misread, 93 of 105 of them read rightly before they were looked at.

`judges_first.jsonl` and `judges_second.jsonl` were written in one go, before any of them was read, with questions and
years of their own and harder on purpose: at first sight 85.4 % of the first were read as labelled, and 84.6 % of the
second when the misses of the first alone had been mended. `judges_third.jsonl` came after those of both, and is of the
same kind: 81.2 % at first sight, and `judges_fourth.jsonl` after those of three: 82.2 %. Two
dozen labels that the contract leaves open were left out.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from handlers.understanding import Prior, Question, understand

_ASKED_ON = date(2025, 6, 10)  # a Tuesday
_FRESH = date(2026, 11, 26)  # a Thursday


class _Reply(msgspec.Struct):
    reply: str
    act: str
    value: Any = None
    corrects: str | None = None


class _Asked(msgspec.Struct):
    question: Question
    prior: list[Prior]
    replies: list[_Reply]
    asked_on: date | None = None
    """The day of these replies, where it is not that of the file."""


@pytest.mark.parametrize(
    ("file", "enough", "bar", "asked_on"),
    [
        ("shops.jsonl", 1_700, 0.975, _ASKED_ON),
        ("shops_heldout.jsonl", 70, 0.95, _ASKED_ON),
        ("trades_first.jsonl", 290, 0.98, _ASKED_ON),
        ("trades_second.jsonl", 250, 0.97, _ASKED_ON),
        ("trades_third.jsonl", 160, 0.93, _ASKED_ON),
        ("trades_fourth.jsonl", 60, 0.9, _ASKED_ON),
        ("strangers.jsonl", 165, 1.0, _ASKED_ON),
        ("fresh_heldout.jsonl", 370, 0.96, _FRESH),
        ("strangers_second.jsonl", 490, 0.98, _FRESH),
        ("kinds.jsonl", 100, 0.98, _FRESH),
        ("judges_first.jsonl", 240, 0.985, _FRESH),
        ("judges_second.jsonl", 275, 0.985, _FRESH),
        ("judges_third.jsonl", 130, 0.97, _FRESH),
        ("judges_fourth.jsonl", 90, 0.98, _FRESH),
    ],
)
def test_enough_replies_of_other_shops_are_understood(file: str, enough: int, bar: float, asked_on: date) -> None:
    count, wrong, opting_out = 0, [], []
    for line in Path(__file__).with_name(file).read_bytes().splitlines():
        asked = msgspec.json.decode(line, type=_Asked)
        for label in asked.replies:
            count += 1
            got = understand(asked.question, label.reply, prior=asked.prior, asked_on=asked.asked_on or asked_on)
            if (got.act, got.value, got.corrects) != (label.act, label.value, label.corrects):
                wrong.append(f"{asked.question.key}: {label.reply!r} is {label}, read as {got}")
            if (got.act == "optout") != (label.act == "optout"):
                opting_out.append(label.reply)
    score = 1 - len(wrong) / count
    print(f"\n{count} replies of {file}, {score:.1%} understood", *wrong, sep="\n")  # noqa: T201 - the score is wanted
    assert count >= enough
    assert score >= bar, "\n".join(wrong)
    assert not opting_out
