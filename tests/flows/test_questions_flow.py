"""A question in a group is taken to whoever looks after it, and is not forgotten while nobody answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import CONFIG, PLAYBOOK, Line, Stage, operator, says

ROOM = "room-1@chatroom"
HANDOFF = """
[handoff]
after_minutes = 30
deputy_minutes = 15
working_hours = [{ from = "09:00", to = "18:00" }]
[[keywords]]
words = ["停车"]
answer = "门口可以停车，两小时免费。"
"""
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "wx-hall", "name": "堂主", "friend_of": ["main"]},
            {"id": "wx-help", "name": "帮手", "friend_of": ["main"]},
            {"id": "wx-a", "name": "阿明", "friend_of": ["main"]},
            {"id": "wx-b", "name": "小陈"},
        ],
        "groups": [
            {
                "id": ROOM,
                "topic": "分院一群",
                "owner": "main",
                "members": ["main", "wx-boss", "wx-hall", "wx-help", "wx-a", "wx-b"],
            }
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-hall"),
    operator("08:00:10", f"role grant wx-help helper --group {ROOM}"),
]


@pytest.fixture
def stage(tmp_path: Path, capsys: Any) -> Stage:
    return Stage(tmp_path, capsys, playbook=PLAYBOOK + HANDOFF, config=CONFIG)


def group_says(at: str, contact: str, text: str, **more: Any) -> Line:
    return says(at, contact, text, group=ROOM, **more)


ASKED = group_says("10:00:00", "wx-a", "这款大红袍还有货吗", id="q1")


def times(arrived: list[Line]) -> list[str]:
    return [line["at"][11:16] for line in arrived]


def test_the_owner_hears_of_it_and_who_asked_gets_a_word(stage: Stage) -> None:
    played = stage.play([*BOUND, ASKED, group_says("10:05:00", "wx-hall", "有的，还剩三盒")], world=WORLD)
    [note] = played.arrived(to="wx-hall")
    assert "阿明（wx-a）在「分院一群」问：这款大红袍还有货吗" in note["text"]
    assert [line["text"] for line in played.arrived(to="wx-a")] == ["这个我请店里的同事来回你，稍等一下哈。"]
    assert not played.arrived(to="wx-help")
    assert not played.arrived(to="wx-boss")


def test_who_is_no_friend_gets_the_word_in_the_group(stage: Stage) -> None:
    played = stage.play([*BOUND, ASKED | {"contact": "wx-b"}], world=WORLD)
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["这个我请店里的同事来回你，稍等一下哈。"]


def test_one_after_the_other_is_reminded(stage: Stage) -> None:
    played = stage.play([*BOUND, ASKED], world=WORLD)
    assert times(played.arrived(to="wx-hall")) == ["10:00", "10:30"]
    assert times(played.arrived(to="wx-help")) == ["10:45"]
    assert times(played.arrived(to="wx-boss")) == ["11:00"]
    assert "这款大红袍还有货吗" in played.arrived(to="wx-boss")[0]["text"]


def test_only_working_hours_count(stage: Stage) -> None:
    played = stage.play([*BOUND, group_says("17:50:00", "wx-a", "这款大红袍还有货吗", id="q1")], world=WORLD)
    reminded = played.arrived(to="wx-hall")[1]
    assert reminded["at"].startswith("2026-11-24T09:20")


def test_small_talk_and_the_asker_themselves_answer_nothing(stage: Stage) -> None:
    talk = [
        group_says("10:01:00", "wx-b", "今天好冷啊"),
        group_says("10:02:00", "wx-b", "同问"),
        group_says("10:03:00", "wx-a", "上次买的那种"),
        group_says("10:04:00", "wx-hall", "稍等，我看看"),
    ]
    played = stage.play([*BOUND, ASKED, *talk], world=WORLD)
    assert times(played.arrived(to="wx-hall")) == ["10:00", "10:30"]


@pytest.mark.parametrize(
    "answer",
    [
        {"contact": "wx-hall", "text": "有的"},
        {"contact": "wx-b", "text": "有货，我昨天刚买了一盒大红袍"},
        {"contact": "wx-hall", "text": "私信你了"},
    ],
)
def test_an_answer_ends_it(stage: Stage, answer: Line) -> None:
    report = operator("12:00:00", "report questions --json")
    played = stage.play([*BOUND, ASKED, group_says("10:05:00", id="a1", **answer), report], world=WORLD)
    [row] = played.rows("report questions")
    assert (row["group"], row["message"], row["asked_by"]) == (ROOM, "q1", "wx-a")
    assert (row["state"], row["answered_by"]) == ("answered", "a1")
    assert times(played.arrived(to="wx-hall")) == ["10:00"]


@pytest.mark.parametrize("how", ["restart", "kill"])
def test_who_answered_during_an_outage_is_not_reminded_after_it(stage: Stage, how: str) -> None:
    down: Line = {"at": "10:10:00", "type": how, "down": "1h"}
    played = stage.play([*BOUND, ASKED, down, group_says("10:20:00", "wx-hall", "有的，还剩三盒")], world=WORLD)
    assert times(played.arrived(to="wx-hall")) == ["10:00"]


@pytest.mark.parametrize("how", ["logout", "deaf"])
def test_who_answered_while_the_account_was_gone_is_not_reminded_after_it(stage: Stage, how: str) -> None:
    gone: Line = {"at": "10:10:00", "type": how, "account": "main"}
    back: Line = {"at": "11:10:00", "type": "login", "account": "main"}
    answer = group_says("10:20:00", "wx-hall", "有的，还剩三盒")
    played = stage.play([*BOUND, ASKED, gone, answer, back], world=WORLD)
    assert times(played.arrived(to="wx-hall")) == ["10:00"]
    assert not any("还没人回" in line["wire"].get("text", "") for line in played.lines if "wire" in line)


@pytest.mark.parametrize("how", ["logout", "deaf"])
def test_whom_nobody_answered_while_the_account_was_gone_is_told_of_after_it(stage: Stage, how: str) -> None:
    gone: Line = {"at": "10:10:00", "type": how, "account": "main"}
    played = stage.play([*BOUND, ASKED, gone, {"at": "10:35:00", "type": "login", "account": "main"}], world=WORLD)
    assert times(played.arrived(to="wx-hall")) == ["10:00", "10:35"]


def test_an_answer_on_the_phone_of_the_account_ends_it(stage: Stage) -> None:
    typed = {"at": "10:05:00", "type": "self_text", "account": "main", "to": ROOM, "text": "还有两盒哦", "id": "a1"}
    played = stage.play([*BOUND, ASKED, typed, operator("12:00:00", "report questions --json")], world=WORLD)
    assert played.rows("report questions")[0]["answered_by"] == "a1"


@pytest.mark.parametrize("text", ["不用了，谢谢", "知道了"])
def test_the_asker_may_say_that_it_is_settled(stage: Stage, text: str) -> None:
    story = [*BOUND, ASKED, group_says("10:05:00", "wx-a", text), operator("12:00:00", "report questions --json")]
    played = stage.play(story, world=WORLD)
    assert [row["state"] for row in played.rows("report questions")] == ["withdrawn"]
    assert times(played.arrived(to="wx-hall")) == ["10:00"]


def test_what_was_recalled_is_absent_and_a_repeat_is_a_row(stage: Stage) -> None:
    story = [
        *BOUND,
        ASKED,
        group_says("10:01:00", "wx-a", "大红袍还有货没", id="q2"),
        {"at": "10:02:00", "type": "recalled", "account": "main", "message": "q1"},
        group_says("10:10:00", "wx-a", "大红袍还有货没", id="q3"),
        operator("10:20:00", "report questions --json"),
    ]
    played = stage.play(story, world=WORLD)
    assert [row["message"] for row in played.rows("report questions")] == ["q2", "q3"]


def test_a_standing_answer_is_given_at_once_and_nobody_is_called(stage: Stage) -> None:
    asked = group_says("10:00:00", "wx-a", "你们那停车方便吗", id="q1")
    played = stage.play([*BOUND, asked, operator("12:00:00", "report questions --json")], world=WORLD)
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["门口可以停车，两小时免费。"]
    assert [row["state"] for row in played.rows("report questions")] == ["answered"]
    assert not played.arrived(to="wx-hall")


def test_staff_and_strange_groups_ask_nothing(stage: Stage) -> None:
    by_staff = stage.play([*BOUND, ASKED | {"contact": "wx-hall"}], world=WORLD)
    assert not by_staff.arrived()
    unbound = stage.play([ASKED], world=WORLD)
    assert not unbound.arrived()


def test_who_names_a_keyword_gets_its_answer_who_talks_of_it_does_not(stage: Stage) -> None:
    talk = [
        group_says("10:00:00", "wx-b", "停车？"),
        group_says("10:01:00", "wx-a", "今天停车好难，转了半小时"),
    ]
    played = stage.play([*BOUND, *talk], world=WORLD)
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["门口可以停车，两小时免费。"]
