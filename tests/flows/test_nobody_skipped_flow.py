"""Nobody is skipped: not who has no nickname, nor who spoke while the program was down."""

from __future__ import annotations

import pytest

from tests.flows.playing import PLAYBOOK, Line, Stage, operator, says

CALENDAR = "key,date,time,tags,text,promotional,catch_up\nc1,2026-11-23,12:00,老客,满减今天截止,yes,within 6h\n"
OLD_FRIEND: Line = {"id": "wx-1", "name": "客", "friend_of": ["main"], "tags": ["老客"]}
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [{"id": "wx-boss", "name": "老板", "friend_of": ["main"]}, OLD_FRIEND],
        "groups": [],
    }
}


def test_who_has_no_nickname_is_greeted_and_asked(stage: Stage) -> None:
    playbook = PLAYBOOK.replace("你好呀，我是", "你好{name}，我是").replace("怎么称呼你呢？", "{nick}，怎么称呼？")
    stage.write("playbook.toml", playbook)
    added = {"at": "09:00:00", "type": "friend_added", "account": "main", "contact": "wx-k"}
    played = stage.play([added, says("09:05:00", "wx-k", "叫我老林")])
    words = [line["text"] for line in played.arrived(kind="text") if line["to"] == {"contact": "wx-k"}]
    assert words[0].startswith("你好朋友，我是半山茶社的小山")
    assert words[1] == "朋友，怎么称呼？"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (says("12:30:00", "wx-1", "退订"), "skipped:opted_out"),
        (says("12:30:00", "wx-1", "你们骗人，我要投诉"), "waiting:complaint"),
        (says("12:30:00", "wx-boss", "/停发 全部"), "waiting:paused"),
        (
            {"at": "13:00:00", "type": "self_text", "account": "main", "to": "wx-1", "text": "稍等"},
            "waiting:human_present",
        ),
    ],
)
@pytest.mark.parametrize("away", ["restart", "signed out"])
def test_what_was_said_meanwhile_counts_before_anything_leaves(stage: Stage, away: str, said: Line, state: str) -> None:
    stage.write("calendar.csv", CALENDAR)
    gone: list[Line] = [{"at": "11:00:00", "type": "restart", "down": "130m"}]
    back: list[Line] = []
    if away == "signed out":
        gone = [{"at": "11:00:00", "type": "logout", "account": "main"}]
        back = [{"at": "13:10:00", "type": "login", "account": "main"}]
    hello = says("08:10:00", "wx-1", "你好")
    played = stage.play([operator("08:00:00", "calendar import calendar.csv"), hello, *gone, said, *back], world=WORLD)
    assert played.states("entry:c1:2026-11-23:wx-1")[1] == state
