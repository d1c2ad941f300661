"""Slash-commands that ask for a code, are sent later, and can be taken back."""

from __future__ import annotations

import re

import pytest

from tests.flows.playing import Played, Stage, operator, says
from tests.flows.test_commands_flow import AUDIT, BIND, OTHER, ROOM, WORLD, audit, boss, told


def code_in(played: Played, to: str = "wx-boss") -> str:
    """The code that the last answer asked for."""
    told = [line["text"] for line in played.arrived(to=to, kind="text") if "秒内回" in line["text"]]
    found = re.search(r"秒内回 (\d{4})", told[-1])
    assert found
    return found[1]


def test_a_post_to_many_needs_a_code_and_waits_to_be_taken_back(stage: Stage) -> None:
    story = [*BIND, boss("09:00:00", "/post 分院 今晚「品鉴会」七点开始", id="p")]
    first = stage.play(story, world=WORLD)
    code = code_in(first)
    assert "会发到「分院」的 2 个群" in told(first)[0]
    assert first.arrived(to=ROOM) == []
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    played = stage.play(
        [
            *story,
            boss("09:00:20", wrong),
            boss("09:00:30", code, group=ROOM),  # another place
            says("09:00:40", "wx1", code),  # a stranger to it
            boss("09:01:00", code),
            boss("09:01:30", code),
            AUDIT,
        ],
        world=WORLD,
    )
    posts = [(line["at"][11:19], line["text"]) for line in played.arrived(to=ROOM) if "品鉴会" in line["text"]]
    assert len(posts) == 1
    assert posts[0][1] == "今晚「品鉴会」七点开始"
    assert posts[0][0] >= "09:01:20"
    assert len(played.arrived(to=OTHER)) == 1
    reasons = [row[1:] for row in audit(played) if row[1] == "code"]
    assert ("code", "refused", "wrong_code") in reasons
    assert ("code", "refused", "foreign_code") in reasons


def test_undo_cancels_what_has_not_left(stage: Stage) -> None:
    story = [*BIND, boss("09:00:00", "/群发 分院 品鉴会", id="p")]
    code = code_in(stage.play(story, world=WORLD))
    played = stage.play([*story, boss("09:00:30", code, id="c"), boss("09:00:40", "撤销"), AUDIT], world=WORLD)
    assert played.arrived(to=ROOM) == []
    assert played.states(f"post:wx-boss:c:{ROOM}") == ["planned", "cancelled"]
    assert "撤下了，2 个群都没发。" in told(played)
    again = stage.play([*story, boss("09:00:30", code), boss("09:01:30", "/undo")], world=WORLD)
    assert told(again)[-1].startswith("没有还没发出的")


def test_undo_voids_a_code_that_was_not_sent_yet(stage: Stage) -> None:
    story = [*BIND, boss("09:00:00", "/群发 分院 品鉴会", id="p")]
    code = code_in(stage.play(story, world=WORLD))
    played = stage.play([*story, boss("09:00:30", "/撤销"), boss("09:00:40", code)], world=WORLD)
    assert told(played)[-1] == "等你回码的那件事不做了，码作废。"
    assert played.arrived(to=ROOM) == []


def test_lines_under_a_text_belong_to_it(stage: Stage) -> None:
    text = f"/群发 {ROOM} 今晚有新茶\n八点开汤\n/记一笔 wx1 “爱喝岩茶，\n怕烫”"
    played = stage.play([*BIND, boss("09:00:00", text, id="p"), operator("09:10:00", "who wx1 --json")], world=WORLD)
    assert [line["text"] for line in played.arrived(to=ROOM)] == ["今晚有新茶\n八点开汤"]
    assert played.rows("who")[0]["note"] == "爱喝岩茶，\n怕烫"


def test_a_code_that_is_too_late_does_nothing(stage: Stage) -> None:
    story = [*BIND, boss("09:00:00", "/post 分院 品鉴会", id="p")]
    code = code_in(stage.play(story, world=WORLD))
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    played = stage.play([*story, boss("09:02:30", code), boss("09:03:00", wrong), AUDIT], world=WORLD)
    assert played.arrived(to=ROOM) == []
    assert told(played)[-1].startswith("那个码过时了")  # and the four digits after it are small talk
    assert len(told(played)) == 2
    assert ("wx-boss", "code", "refused", "expired_code") in audit(played)


def test_tags_for_many_and_forgetting_need_a_code(stage: Stage) -> None:
    story = [*BIND, boss("09:00:00", "/tag #老客 回馈", id="t")]
    code = code_in(stage.play(story, world=WORLD))
    played = stage.play([*story, boss("09:00:30", code), operator("09:01:00", "who wx2 --json")], world=WORLD)
    assert played.rows("who")[0]["tags"] == ["回馈", "老客"]
    story = [*BIND, boss("09:00:00", "/forget wx1", id="f")]
    code = code_in(stage.play(story, world=WORLD))
    played = stage.play([*story, boss("09:00:30", code), operator("09:01:00", "who wx1 --json")], world=WORLD)
    assert played.operator("who")["exit"] == 2
    assert told(played)[-1] == "好，那位的资料都删掉了，没发的消息也取消了。"


@pytest.mark.parametrize("room", [None, ROOM])
def test_whom_a_command_in_a_group_is_about_the_group_does_not_read(stage: Stage, room: str | None) -> None:
    story = [*BIND, boss("09:00:00", "/加标签 #老客 十二月", group=ROOM, id="t")]
    code = code_in(stage.play(story, world=WORLD))
    where = {"group": room} if room else {}
    others = [boss("09:00:10", code, group=OTHER), says("09:00:20", "wx1", code, group=ROOM)]
    done = [boss("09:00:30", code, **where), boss("09:00:40", code, group=ROOM)]
    played = stage.play([*story, *others, *done, operator("09:01:00", "who wx1 --json")], world=WORLD)
    assert played.arrived(to=ROOM) == []
    assert "加上标签「十二月」" in told(played)[0]
    assert told(played)[1:] == ["好，2 位客人 加了标签：十二月。"]
    assert played.rows("who")[0]["tags"] == ["十二月", "老客"]
