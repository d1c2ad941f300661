"""What a post did in its group, against what is usual there."""

from __future__ import annotations

import json

from tests.flows.playing import Line, Stage, operator, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, world

ROOM = "room-1@chatroom"


def on(day: str, at: str, contact: str) -> Line:
    return says(f"2026-{day}T{at}+08:00", contact, "好看", group=ROOM)


def left(day: str, contact: str) -> Line:
    at = f"2026-{day}T09:30:00+08:00"
    members = [{"contact": contact, "name": contact}]
    return {"at": at, "type": "group_left", "account": "main", "group": ROOM, "members": members}


def test_replies_and_who_left_against_the_four_weeks_before(stage: Stage) -> None:
    book(stage, "")
    rows = entry("first", "09:00", tiers="分院") + entry("later", "09:00", tiers="分院", date="2026-12-28")
    stage.write("calendar.csv", HEADER + rows)
    story = [
        BIND,
        IMPORT,
        on("11-24", "08:00:00", "wx-a"),
        on("11-26", "08:00:00", "wx-a"),  # two days later: not put down to it
        *(on(f"12-{day}", "12:00:00", "wx-a") for day in range(14, 28)),
        says("2026-12-27T12:30:00+08:00", "wx-b", "这款多少钱一盒", group=ROOM),
        on("12-28", "10:00:00", "wx-b"),
        says("2026-12-28T11:00:00+08:00", "wx-b", "还有货吗，怎么买", group=ROOM),
        on("12-29", "10:00:00", "wx-a"),
        says("2026-12-29T10:01:00+08:00", "wx-b", "体检去哪做 要带啥", group=ROOM),  # a question perhaps: none here
        left("12-30", "wx-b"),  # too late to be put down to it
        operator("2026-12-31T12:00:00+08:00", "report posts --from 2026-11-01 --to 2026-12-31 --json"),
        operator("2026-12-31T12:00:01+08:00", "report posts --from 2026-12-28"),
    ]
    played = stage.play(story, world=world())
    names = ("entry", "reach", "replies", "usual_replies", "questions", "usual_questions", "leaves", "usual_leaves")
    found = [
        tuple(json.loads(row)[name] for name in names)
        for line in played.lines
        if line.get("operator", "").endswith("--to 2026-12-31 --json")
        for row in line["out"].splitlines()
    ]
    assert found == [("first", 3, 1, None, 0, None, 0, None), ("later", 3, 4, 1.1, 1, 0.1, 0, 0.0)]
    told = played.operator("report posts")["out"].splitlines()
    assert told[1].split()[:6] == ["2026-12-28", "09:00", "分院一群", "later", "3", "4"]
