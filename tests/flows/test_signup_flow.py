"""报名: a list with a limit, who waits for a place, and who gets it when somebody does not come after all."""

from __future__ import annotations

import json

from tests.flows.playing import Line, Stage, operator, says
from tests.flows.tea_house import BIND, IMPORT, times, world

ROOM = "room-1@chatroom"
HEADER = "key,kind,content_kind,date,time,rule,tiers,text,not_after\n"
TASTING = "酒会,gathering,gathering,2026-11-23,09:00,,分院,周六品酒会，限2人，想来的回「报名」。,2026-11-23 18:00\n"
PEOPLE = {name: ["main"] for name in ("wx-a", "wx-b", "wx-c", "wx-d")}


def in_room(at: str, who: str, text: str) -> Line:
    return says(at, who, text, group=ROOM)


def said(lines: list[Line]) -> list[str]:
    return [line["text"] for line in lines if line["text"].partition("，")[0] in ("WX-A", "WX-B", "WX-C", "WX-D")]


def test_first_come_first_served_and_the_next_one_moves_up(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + TASTING)
    story: list[Line] = [
        BIND,
        IMPORT,
        in_room("08:30:00", "wx-a", "报名"),
        in_room("09:10:00", "wx-a", "报名"),
        in_room("09:10:00", "wx-b", "报名！"),
        in_room("09:10:00", "wx-c", "我要报名"),
        in_room("09:11:00", "wx-a", "报名"),
        says("09:12:00", "wx-d", "报名"),
        in_room("09:13:00", "wx-c", "报名"),
        in_room("09:20:00", "wx-b", "不去了"),
        in_room("09:30:00", "wx-b", "报名"),
        in_room("18:30:00", "wx-a", "取消报名"),
        operator("19:00:00", "calendar signups 酒会 --json"),
        operator("19:00:01", "calendar signups 没有 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00", world=world(friends=PEOPLE))
    assert said(played.arrived(to=ROOM)) == [
        "WX-A，报上了，第 1 位（共 2 个名额）。来不了就回「取消报名」。",
        "WX-B，报上了，第 2 位（共 2 个名额）。来不了就回「取消报名」。",
        "WX-C，2 个名额已经满了，先给你排第 1 位候补，有人让出来马上告诉你。",
        "WX-A，你已经报上了，第 1 位（共 2 个名额）。来不了就回「取消报名」。",
        "WX-C，你排在候补第 1 位，有人让出来马上告诉你。",
        "WX-B，好的，给你取消了，下次再约。",
        "WX-C，有人让出一个名额，轮到你了，给你报上了。来不了就回「取消报名」。",
        "WX-B，2 个名额已经满了，先给你排第 2 位候补，有人让出来马上告诉你。",
    ]
    assert said(played.arrived(to="wx-d")) == ["WX-D，2 个名额已经满了，先给你排第 2 位候补，有人让出来马上告诉你。"]
    (answer,) = [line for line in played.lines if line.get("operator") == "calendar signups 酒会 --json"]
    rows = stage_rows(answer)
    assert [(row["contact"], row["waits"], row["group"]) for row in rows] == [
        ("wx-a", False, ROOM),
        ("wx-c", False, ROOM),
        ("wx-d", True, None),
        ("wx-b", True, ROOM),
    ]
    assert played.operator("calendar signups 没有")["exit"] == 2


def test_more_places_are_for_who_waits_before_anybody_new_and_fewer_for_nobody(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + TASTING)
    stage.write("more.csv", HEADER + TASTING.replace("限2人", "限3人"))
    stage.write("fewer.csv", HEADER + TASTING.replace("限2人", "限1人"))
    story: list[Line] = [
        BIND,
        IMPORT,
        *(in_room(f"09:1{n}:00", f"wx-{name}", "报名") for n, name in enumerate("abc")),
        operator("10:00:00", "calendar import more.csv"),
        in_room("10:10:00", "wx-d", "报名"),
        operator("11:00:00", "calendar import fewer.csv"),
        in_room("11:10:00", "wx-a", "不去了"),
        operator("12:00:00", "calendar signups 酒会 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00", world=world(friends=PEOPLE))
    assert said(played.arrived(to=ROOM))[3:] == [
        "WX-C，名额加了，轮到你了，给你报上了。来不了就回「取消报名」。",
        "WX-D，3 个名额已经满了，先给你排第 1 位候补，有人让出来马上告诉你。",
        "WX-A，好的，给你取消了，下次再约。",
    ]
    rows = stage_rows(played.operator("calendar signups"))
    assert [(row["contact"], row["waits"]) for row in rows] == [("wx-b", False), ("wx-c", False), ("wx-d", True)]


def test_where_nothing_was_posted_it_is_talk_among_members(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + TASTING.replace("gathering,gathering", "text,talk"))
    story: list[Line] = [BIND, IMPORT, in_room("09:10:00", "wx-a", "报名"), in_room("09:11:00", "wx-a", "不去了")]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00", world=world(friends=PEOPLE))
    assert [key for _, key in times(played)] == [f"entry:酒会:2026-11-23:{ROOM}"]


def stage_rows(answer: Line) -> list[Line]:
    return [json.loads(row) for row in answer["out"].splitlines()]


def test_who_is_forgotten_is_on_no_list(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + TASTING)
    story: list[Line] = [
        BIND,
        IMPORT,
        in_room("09:10:00", "wx-a", "报名"),
        in_room("09:11:00", "wx-b", "报名"),
        operator("09:20:00", "erase wx-a --yes"),
        in_room("09:30:00", "wx-c", "报名"),
        operator("10:00:00", "calendar signups 酒会 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T12:00:00+08:00", world=world(friends=PEOPLE))
    rows = stage_rows(played.operator("calendar signups"))
    assert [(row["contact"], row["waits"]) for row in rows] == [("wx-b", False), ("wx-c", False)]


def test_who_has_a_place_is_reminded_and_nobody_else(stage: Stage) -> None:
    stage.write(
        "playbook.toml",
        (stage.folder / "playbook.toml").read_text() + '[[quiet_hours]]\nfrom = "11:30"\nto = "13:00"\n',
    )
    head = HEADER.replace("text", "tags,text")
    reminder = "提醒,text,service,2026-11-23,12:00,,,报名:酒会,{nick}，今晚七点见。,\n"
    stage.write("calendar.csv", head + TASTING.replace("分院,", "分院,,") + reminder)
    story: list[Line] = [
        BIND,
        IMPORT,
        *(in_room(f"09:1{number}:00", who, "报名") for number, who in enumerate(("wx-a", "wx-b", "wx-c"))),
        operator("11:00:00", "calendar preview 提醒 --json"),
        in_room("12:30:00", "wx-b", "不去了"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00", world=world(friends=PEOPLE))
    assert [row.get("target") for row in played.rows("calendar preview")] == ["wx-a", "wx-b", None]
    assert [(line["to"], line["text"]) for line in played.arrived() if "今晚" in line["text"]] == [
        ({"contact": "wx-a"}, "WX-A，今晚七点见。")
    ]
    assert played.states("entry:提醒:2026-11-23:wx-b")[-1] == "cancelled"


def test_a_reminder_of_what_is_no_gathering_is_a_fault(stage: Stage) -> None:
    head = HEADER.replace("text", "tags,text")
    reminder = "提醒,text,service,2026-11-23,12:00,,,报名:酒汇,今晚七点见。,\n"
    stage.write("calendar.csv", head + TASTING.replace("分院,", "分院,,") + reminder)
    lint = operator("08:30:00", "calendar lint --from 2026-11-23 --to 2026-11-23 --json")
    played = stage.play([BIND, IMPORT, lint], "--to", "2026-11-23T08:40:00+08:00", world=world(friends=PEOPLE))
    assert [(row["code"], row["text"]) for row in played.rows("calendar lint")] == [
        ("unreachable", "没有可以报名的排期「酒汇」")
    ]
