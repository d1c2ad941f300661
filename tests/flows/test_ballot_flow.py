"""提问: a question with options is posted to groups, and only what chooses one of them counts."""

from __future__ import annotations

from tests.flows.playing import Line, Stage, operator, says
from tests.flows.tea_house import BIND, IMPORT, world

HEADER = "key,kind,content_kind,date,time,rule,tiers,text\n"
ROOM = "room-1@chatroom"


def in_room(at: str, who: str, text: str) -> Line:
    return says(at, who, text, group=ROOM)


def test_each_person_has_one_last_choice_and_talk_is_none(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + "喝,question,talk,2026-11-23,09:00,,分院,今晚喝哪款？1红茶 2白茶 3岩茶\n")
    story: list[Line] = [
        BIND,
        IMPORT,
        in_room("08:30:00", "wx-a", "1"),  # before it was asked
        in_room("09:01:00", "wx-a", "选2"),
        in_room("09:02:00", "wx-b", "白茶"),
        in_room("09:03:00", "wx-c", "红茶多少钱"),
        in_room("09:04:00", "wx-a", "1和3"),
        in_room("09:05:00", "wx-b", "哈哈"),
        operator("10:00:00", "calendar choices 喝 --json"),
        operator("10:00:01", "calendar choices 喝"),
        operator("10:00:02", "calendar choices 无"),
    ]
    people = world(friends={name: ["main"] for name in ("wx-a", "wx-b", "wx-c")})
    played = stage.play(story, "--to", "2026-11-23T11:00:00+08:00", world=people)
    rows = played.rows("calendar choices 喝 --json")
    assert [(row["option"], row["label"], row["count"], row["people"]) for row in rows] == [
        ("1", "红茶", 1, ["WX-A"]),
        ("2", "白茶", 1, ["WX-B"]),
        ("3", "岩茶", 1, ["WX-A"]),
    ]
    (told,) = [line["out"] for line in played.lines if line.get("operator") == "calendar choices 喝"]
    assert told.splitlines()[1].split() == ["2026-11-23", "1", "红茶", "1", "WX-A"]
    assert played.operator("calendar choices 无")["exit"] == 2
