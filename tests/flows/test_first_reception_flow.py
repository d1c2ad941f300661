"""Where newcomers come from, what finishing the survey does for them, and the figures of it all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flows.playing import PLAYBOOK, WORLD, Line, Played, Stage, asks_to_be_friends, operator, platform, says

BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")
COMPLETION = """
[[survey.completion]]
tags = ["已建档"]
coupon = "新人券"
owner = "wx-hall"
[[survey.completion]]
when = { tea = "white" }
tags = ["白茶客"]
coupon = "白茶券"
group = "room-2@chatroom"
[[survey.completion]]
when = { tea = "rock" }
tier = "岩友"
[[tiers]]
name = "岩友"
join = { tags = ["没有这个标签"] }
"""


def world(*groups: Line) -> Line:
    """The usual world, with further groups."""
    base = WORLD["world"]
    return {"world": base | {"groups": [*base["groups"], *groups]}}


def room(number: int, *members: str) -> Line:
    return {"id": f"room-{number}@chatroom", "topic": f"{number}群", "owner": "main", "members": ["main", *members]}


def surveyed(contact: str, tea: str, at: str = "09") -> list[Line]:
    """Somebody asks to be a friend and answers both questions."""
    return [
        asks_to_be_friends(f"{at}:00:00", contact),
        says(f"{at}:01:00", contact, "叫我老林"),
        says(f"{at}:02:00", contact, tea),
    ]


def reception(played: Played) -> list[Line]:
    return played.rows("report reception")


def test_finishing_the_survey_gives_tags_a_coupon_an_owner_and_a_place(stage: Stage) -> None:
    playbook = PLAYBOOK.replace("都记下啦，谢谢{name}。", "都记下啦，{coupon|礼物}给{name}留着。")
    stage.write("playbook.toml", playbook + COMPLETION)
    played = stage.play(
        [
            BIND,
            operator("08:00:01", "group bind room-2@chatroom --tier 分院"),
            operator("08:00:02", "group bind room-3@chatroom --tier 岩友"),
            *surveyed("wx1", "3", "09"),
            *surveyed("wx2", "1", "10"),
            *surveyed("wx3", "2", "11"),
            operator("12:00:00", "who wx1 --json"),
            operator("12:00:00", "who wx2 --json"),
            operator("12:00:00", "who wx3 --json"),
        ],
        world=world(room(2), room(3)),
    )
    one, two, three = (line for line in played.lines if line.get("operator", "").startswith("who"))
    assert '"coupon": "新人券"' in one["out"]  # the first rule that names one decides
    assert '"tags": ["已建档", "白茶客"]' in one["out"]
    assert '"owner": "wx-hall"' in one["out"]
    assert '"groups": ["room-2@chatroom"]' in one["out"]
    assert '"groups": ["room-3@chatroom"]' in two["out"]
    assert '"groups": ["room-1@chatroom"]' in three["out"]
    assert played.arrived(delivery="thanks:wx1")[0]["text"] == "都记下啦，新人券给老林留着。"


def test_a_completion_that_comes_with_a_new_playbook_is_not_for_who_is_under_way(stage: Stage) -> None:
    stage.write("new.toml", PLAYBOOK + COMPLETION)
    asked, called, answered = surveyed("wx1", "3")
    played = stage.play(
        [
            *(BIND, asked, called, operator("09:01:30", "playbook import new.toml"), answered),
            *surveyed("wx2", "3", "10"),
            operator("12:00:00", "report reception --rows finished --json"),
        ]
    )
    assert [(row["contact"], row["coupon"]) for row in reception(played)] == [("wx1", None), ("wx2", "新人券")]


def test_where_they_came_from_is_kept_and_each_figure_lists_its_people(stage: Stage) -> None:
    playbook = PLAYBOOK.replace(
        "accept = [{ accept = true }]",
        """accept = [{ source = "海报3", accept = true }, { source = "群友", accept = true }, { accept = false }]
channels = [{ hello = "a12", source = "海报3" }]""",
    )
    stage.write("playbook.toml", playbook)
    joined = {"type": "group_joined", "account": "main", "group": "room-2@chatroom", "by": "wx-boss"}
    played = stage.play(
        [
            {"at": "08:30:00", **joined, "members": [{"contact": "wx2", "name": "小二"}]},
            asks_to_be_friends("09:00:00", "wx1", hello="看到海报 A12", source="扫一扫"),
            asks_to_be_friends("09:00:01", "wx2", hello="你好", source="群友"),
            asks_to_be_friends("09:00:02", "wx3", hello="你好"),
            says("09:01:00", "wx1", "叫我老林"),
            says("09:02:00", "wx1", "随便吧哈哈哈"),
            says("09:02:30", "wx1", "今天天气不错"),
            {"at": "09:03:00", "type": "friend_removed", "account": "main", "contact": "wx2"},
            asks_to_be_friends("09:04:00", "wx2", hello="我又来了 A12"),
            operator("12:00:00", "report reception --json"),
            operator("12:00:01", "report reception --rows accepted --json"),
            operator("12:00:02", "report reception --rows call:open --source 群友 --json"),
            operator("12:00:03", "report reception --rows ungreeted --json"),
            operator("12:00:04", "report reception --rows unsurveyed --json"),
            operator("12:00:05", "report reception --rows tea:answered --json"),
            operator("12:00:06", "report reception --rows nobody --json"),
            operator("12:00:07", "report reception"),
            operator("12:00:08", "report reception --rows greeted"),
        ],
        world=world(room(2)),
    )
    outs = {line["operator"]: line for line in played.lines if "operator" in line}
    rows: dict[str, list[Any]] = {
        command: _parsed(line["out"])
        for command, line in outs.items()
        if command.endswith("--json") and not line["exit"]
    }
    figures = {row["source"]: row for row in rows["report reception --json"]}
    assert figures.keys() == {"", "海报3", "群友"}
    assert [(figures[one]["requested"], figures[one]["accepted"], figures[one]["greeted"]) for one in figures] == [
        (1, 0, 0),
        (1, 1, 1),
        (1, 1, 1),
    ]
    nothing = {"declined": 0, "later": 0, "aside": 0, "open": 0}
    assert figures["海报3"]["by_question"]["call"] == {"asked": 1, "answered": 1, **nothing}
    assert figures["群友"]["by_question"] == {"call": {"asked": 1, "answered": 0, **nothing, "open": 1}}
    accepted = {row["contact"]: row for row in rows["report reception --rows accepted --json"]}
    assert accepted.keys() == {"wx1", "wx2"}
    assert (accepted["wx2"]["group"], accepted["wx2"]["inviter"]) == ("room-2@chatroom", "wx-boss")
    assert (accepted["wx1"]["group"], accepted["wx1"]["hello"]) == (None, "看到海报 A12")
    assert [row["contact"] for row in rows["report reception --rows call:open --source 群友 --json"]] == ["wx2"]
    assert rows["report reception --rows ungreeted --json"] == rows["report reception --rows unsurveyed --json"] == []
    assert outs["report reception --rows nobody --json"]["exit"] == 2
    assert "call 1/1" in outs["report reception"]["out"]
    assert "看到海报" in outs["report reception --rows greeted"]["out"]


def _parsed(out: str) -> list[Any]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("restarts", [False, True])
def test_five_who_finish_at_once_for_one_seat(stage: Stage, *, restarts: bool) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace("capacity = 5", "capacity = 3"))
    people = [f"wx{number}" for number in range(5)]
    story: list[Line] = [BIND, *(asks_to_be_friends("09:00:00", one) for one in people)]
    story += [says("09:10:00", one, "叫我小林") for one in people]
    story += [says("09:20:00", one, "1") for one in people]
    if restarts:
        story = [line for one in story for line in (one, {"at": one["at"], "type": "restart"})]
    out = {"at": "11:00:00", "type": "group_left", "account": "main", "group": "room-1@chatroom"}
    story += [
        operator("10:00:00", "group list --json"),
        out | {"members": [{"contact": "wx0", "name": "WX0"}]},
    ]
    story += [operator("12:00:00", f"who {one} --json") for one in people]
    played = stage.play(story)
    assert played.rows("group list")[0]["members"] == 3
    # One seat, then the one that wx0 left: first come, first served.
    assert [line["to"]["contact"] for line in played.arrived(kind="invite")] == ["wx0", "wx1"]
    waits = [line["operator"] for line in played.lines if '"waiting_for": "分院"' in line.get("out", "")]
    assert waits == [f"who wx{number} --json" for number in (2, 3, 4)]
    assert len([line for line in played.arrived(to="wx-boss") if line["text"].startswith("「分院」")]) == 2


def test_a_rush_is_taken_in_order_and_nobody_is_left_out(stage: Stage) -> None:
    people = [f"wx{number:02}" for number in range(24)]
    stage.write("playbook.toml", PLAYBOOK + "new_friends_per_day = 10\nper_minute = 20\n")
    story: list[Line] = []
    for one in people:
        story += [asks_to_be_friends("09:00:00", one, id=f"e-{one}")] * 2  # each comes twice
    story += [
        {"at": "09:00:01", "type": "restart"},
        {"at": "2026-11-24T00:00:02+08:00", "type": "kill", "after": "sent"},
        operator("2026-11-25T12:00:00+08:00", "report reception --json"),
        operator("2026-11-25T12:00:01+08:00", "report reception --rows ungreeted --json"),
        operator("2026-11-25T12:00:02+08:00", "report reception --rows unsurveyed --json"),
    ]
    played = stage.play(story)
    accepted = played.arrived(kind="friend_accept")
    assert [line["to"]["contact"] for line in accepted] == people
    assert [line["at"][:10] for line in accepted] == ["2026-11-23"] * 10 + ["2026-11-24"] * 10 + ["2026-11-25"] * 4
    greeted = [line["delivery"] for line in played.arrived() if line["delivery"].startswith("greet:")]
    assert greeted == [f"greet:{one}" for one in people]
    asked = {line["to"]["contact"] for line in played.arrived() if line["delivery"].endswith(":1")}
    assert asked >= set(people)
    (row,) = [
        row
        for line in played.lines
        if line.get("operator", "") == "report reception --json"
        for row in _parsed(line["out"])
    ]
    assert (row["requested"], row["accepted"], row["greeted"], row["started"]) == (24, 24, 24, 24)
    assert reception(played) == []


@pytest.mark.parametrize(("back", "greeting"), [("09:05", "greet:wx1"), ("10:00", "greet:wx1:main:20261123T020000")])
def test_who_leaves_before_the_greeting_and_comes_back_is_greeted(stage: Stage, back: str, greeting: str) -> None:
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            {"at": "09:00:01", "type": "friend_removed", "account": "main", "contact": "wx1"},
            asks_to_be_friends(f"{back}:00", "wx1"),
            {"at": f"{back}:30", "type": "friend_added", "account": "main", "contact": "wx1", "name": "WX1"},
            operator("12:00:00", "report reception --rows greeted --json"),
        ]
    )
    greetings = [line for line in played.arrived() if line["delivery"].startswith("greet:")]
    assert [(line["at"][11:16], line["delivery"]) for line in greetings] == [(back, greeting)]
    assert [row["greeting"] for row in reception(played)] == ["confirmed"]


BUDGET = """
[[survey.questions]]
key = "budget"
type = "number"
texts = ["一斤大概想花多少钱？"]
[[tiers]]
name = "大客"
capacity = 2
join = { budget = { min = 300 } }
[[tiers]]
"""


@pytest.mark.parametrize("there_is_room", [True, False])
def test_who_waits_is_placed_anew_when_an_answer_is_corrected(stage: Stage, *, there_is_room: bool) -> None:
    stage.write(
        "playbook.toml", PLAYBOOK.replace("[[tiers]]", BUDGET, 1).replace("= 5", f"= {5 if there_is_room else 2}")
    )
    out = {"at": "13:00:00", "type": "group_left", "account": "main", "group": "room-2@chatroom"}
    story = [
        BIND,
        operator("08:00:01", "group bind room-2@chatroom --tier 大客"),
        *surveyed("wx1", "1"),
        says("09:03:00", "wx1", "500"),
        operator("10:00:00", "who wx1"),
        says("11:00:00", "wx1", "预算说错了，其实就100"),
        operator("12:00:00", "who wx1 --json"),
        out | {"members": [{"contact": "wx-x", "name": "X"}]},
        operator("14:00:00", "who wx1 --json"),
    ]
    played = stage.play(story, world=world(room(2, "wx-x")))
    outs = [line["out"] for line in played.lines if line.get("operator", "").startswith("who wx1")]
    assert "大客" in outs[0]
    for told in map(json.loads, outs[1:]):
        assert told["waiting_for"] == (None if there_is_room else "分院")
        assert told["groups"] == (["room-1@chatroom"] if there_is_room else [])
    assert "room-2@chatroom" not in {line["to"].get("group") for line in played.arrived(kind="invite")}


def test_a_greeting_that_fails_for_good_keeps_nobody_from_the_survey_and_is_told_once(stage: Stage) -> None:
    story = [
        platform("08:59:00", "text", "refused", times=4),
        asks_to_be_friends("09:00:00", "wx1"),
        operator("09:30:00", "who wx1 --json"),
        operator("09:30:01", "deliveries list --state failed --json"),
    ]
    played = stage.play(story)
    assert played.states("greet:wx1")[-1] == "failed:refused"
    assert played.arrived(to="wx1", kind="text")[0]["delivery"] == "ask:wx1:1"
    assert played.rows("who")[0]["survey"]["state"] == "open"
    assert [row["key"] for row in played.rows("deliveries list")] == ["greet:wx1"]
    assert ["没能跟WX1" in line["text"] for line in played.arrived(to="wx-boss")] == [True]


def test_many_without_a_seat_are_two_notes_to_the_staff_not_one_each(stage: Stage) -> None:
    crowd = [f"wx{n}" for n in range(24)]
    story: list[Line] = [says("08:00:00", "wx-boss", "在吗")]
    story += [asks_to_be_friends("09:00:00", one) for one in crowd]
    story += [says(f"09:3{n // 8}:{n % 8:02}", one, f"阿{'甲乙丙丁'[n % 4]}") for n, one in enumerate(crowd)]
    story += [says(f"09:4{n // 8}:{n % 8:02}", one, "岩茶") for n, one in enumerate(crowd)]
    late = [asks_to_be_friends("10:00:00", "late"), says("10:02:00", "late", "晚晚"), says("10:03:00", "late", "1")]
    played = stage.play([*story, *late], "--to", "2026-11-23T12:00:00+08:00")
    notes = [(line["at"][11:16], line["text"]) for line in played.arrived(to="wx-boss") if "分院" in line["text"]]
    assert [at for at, _ in notes] == ["09:40", "09:50", "10:03"]
    assert "还没有群" in notes[0][1]
    assert notes[1][1] == "「分院」还没有位子：这 10 分钟里来了 24 人排队，一共 24 人在等。"
