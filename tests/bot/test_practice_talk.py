"""What the phones of the practice ground show, and what outlives a power cut."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot import power
from bot.power import PowerCut, after_power_cut
from bot.practice_talk import Talk
from bot.transports.simulator import Delivered
from models.events import Message, Who

AT = datetime(2026, 11, 26, 2, tzinfo=UTC)


def said(text: str, group: str = "", **more: Any) -> Message:
    return Message(account="main", at=AT, contact=Who("wx1", "天天妈"), group=group, text=text, **more)


def arrived(kind: str = "text", contact: str = "wx1", group: str = "", key: str = "k", text: str = "好") -> Delivered:
    return Delivered(AT, "main", contact, group, kind, text, key, 1)


def test_each_conversation_has_its_lines() -> None:
    talk = Talk()
    talk.heard(said("你好"))
    talk.arrived(arrived(key="a"))
    talk.heard(said("大家好", group="room"))
    talk.arrived(arrived(contact="", group="room", key="b"))
    talk.arrived(arrived("invite", group="room", key="c"))
    talk.arrived(arrived("remark", key="d"))  # no phone shows how somebody is called on another one
    assert [(one.who, one.text) for one in talk.lines("wx1")[1]] == [("wx1", "你好"), ("", "好"), ("", "邀请你进群")]
    assert [(one.who, one.text) for one in talk.lines("room")[1]] == [("wx1", "大家好"), ("", "好")]
    count, new = talk.lines("wx1", behind=2)
    assert (count, [one.text for one in new]) == (3, ["邀请你进群"])
    assert talk.lines("nobody") == (0, [])


def test_old_lines_are_let_go() -> None:
    talk = Talk()
    for number in range(300):
        talk.heard(said(str(number)))
    count, lines = talk.lines("wx1")
    assert (count, len(lines), lines[-1].text) == (300, 200, "299")
    assert [one.text for one in talk.lines("wx1", behind=298)[1]] == ["298", "299"]


def test_what_arrived_twice_is_counted_over_a_power_cut() -> None:
    before = Talk()
    before.arrived(arrived(key="a"))
    before.arrived(arrived(key="b"))
    after = Talk(before.kept())
    after.arrived(arrived(key="b"))
    assert after.tally() == (2, 1)
    assert [one.text for one in after.lines("wx1")[1]] == ["好", "好", "好"]


def test_a_power_cut_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    began: list[list[str]] = []
    monkeypatch.setattr("bot.power.os.execv", lambda _path, argv: began.append(argv))
    monkeypatch.setattr("bot.power.os.environ", {})
    talk = Talk()
    talk.arrived(arrived())
    power.pull_the_plug(PowerCut(AT, 7, 60.0, talk.kept()))
    assert began
    cut = after_power_cut()
    assert cut is not None
    assert (cut.at, cut.seed, cut.ahead_seconds, Talk(cut.kept).tally()) == (AT, 7, 60.0, (1, 0))
    assert after_power_cut() is None
