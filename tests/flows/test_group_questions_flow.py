"""Business questions in groups: who hears of them, when, and what `report questions` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import CONFIG, DAY, PLAYBOOK, Line, Played, Stage, operator, says

ROOM = "room-1@chatroom"
HANDOFF = """
[handoff]
after_minutes = 10
deputy_minutes = 20
working_hours = [{ from = "09:00", to = "18:00" }]
"""
QUESTION = "老板，十年的那款还有货吗？"
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": one, "name": one.upper(), "friend_of": ["main"]} for one in ("wx-boss", "wx-hall", "wx-help", "wx1")
        ]
        + [{"id": "wx2", "name": "WX2"}],
        "groups": [
            {
                "id": ROOM,
                "topic": "分院一群",
                "owner": "main",
                "members": ["main", "wx-boss", "wx-hall", "wx-help", "wx1", "wx2"],
            }
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-hall"),
    operator("08:00:01", "role grant wx-help helper"),
]


@pytest.fixture
def stage(tmp_path: Path, capsys: Any) -> Stage:
    return Stage(tmp_path, capsys, playbook=PLAYBOOK + HANDOFF, config=CONFIG)


def asks(at: str, who: str = "wx1", text: str = QUESTION, **more: Any) -> Line:
    return says(at, who, text, group=ROOM, **more)


def told(played: Played, to: str) -> list[str]:
    """When somebody was told of a question, by the clock on the wall; what is not about one is left out."""
    return [line["at"][11:16] for line in played.arrived(to=to, kind="text") if "问：" in line["text"]]


def states(played: Played) -> list[tuple[str, str, str | None]]:
    return [(row["asked_by"], row["state"], row["answered_by"]) for row in played.rows("report questions")]


REPORT = operator("17:00:00", "report questions --json")
EVENING = ("--to", f"{DAY}T20:00:00+08:00")


def test_the_owner_hears_at_once_then_again_then_the_helper_then_the_admin(stage: Stage) -> None:
    played = stage.play([*BOUND, asks("10:00:00", id="q1"), REPORT], *EVENING, world=WORLD)
    assert told(played, "wx-hall") == ["10:00", "10:10"]
    assert told(played, "wx-help") == ["10:30"]
    assert told(played, "wx-boss") == ["10:50"]
    first, again = (line["text"] for line in played.arrived(to="wx-hall", kind="text") if "问：" in line["text"])
    for text in (first, again):
        assert QUESTION in text
        assert "WX1" in text
        assert "分院一群" in text
    assert played.rows("report questions") == [
        {
            "group": ROOM,
            "message": "q1",
            "asked_by": "wx1",
            "at": f"{DAY}T10:00:00+08:00",
            "text": QUESTION,
            "state": "open",
            "answered_by": None,
        }
    ]


def test_who_looks_after_a_group_is_called_however_much_they_were_told_already(tmp_path: Path, capsys: Any) -> None:
    book = PLAYBOOK + HANDOFF + "[caps]\nperson_per_day = 0\n"
    played = Stage(tmp_path, capsys, playbook=book, config=CONFIG).play(
        [*BOUND, asks("10:00:00", id="q1"), REPORT], *EVENING, world=WORLD
    )
    assert told(played, "wx-hall") == ["10:00", "10:10"]


def test_who_is_owner_and_admin_at_once_is_reminded_once(stage: Stage) -> None:
    bound = [operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-boss")]
    played = stage.play([*bound, asks("10:00:00"), REPORT], *EVENING, world=WORLD)
    assert told(played, "wx-boss") == ["10:00", "10:10"]
    helped = [
        *bound,
        operator("08:00:01", "role grant wx-help helper"),
        operator("08:00:02", "role grant wx-help admin"),
    ]
    played = stage.play([*helped, asks("10:00:00"), REPORT], *EVENING, world=WORLD)
    assert told(played, "wx-boss") == ["10:00", "10:10"]
    assert told(played, "wx-help") == ["10:30"]


def test_the_member_gets_a_word_1_to_1_if_we_are_friends_else_in_the_group(stage: Stage) -> None:
    played = stage.play([*BOUND, asks("10:00:00"), asks("10:05:00", "wx2", "周六的品鉴会几点开始呀？")], world=WORLD)
    assert len(played.arrived(to="wx1", kind="text")) == 1
    assert [line["at"][11:16] for line in played.arrived(to=ROOM, kind="text")] == ["10:05"]


@pytest.mark.parametrize(
    ("who", "text", "more"),
    [
        ("wx-hall", "有的，还剩三箱", {}),
        ("wx-boss", "有货，要几箱", {"quote": "q1"}),
        ("wx2", "还有货的，我昨天刚买到", {"quote": "q1"}),
        ("wx-help", "有的亲", {"mentions": ["wx1"]}),
    ],
)
def test_an_answer_ends_it(stage: Stage, who: str, text: str, more: Line) -> None:
    played = stage.play(
        [*BOUND, asks("10:00:00", id="q1"), asks("10:03:00", who, text, id="a1", **more), REPORT], *EVENING, world=WORLD
    )
    assert states(played) == [("wx1", "answered", "a1")]
    assert told(played, "wx-hall") == ["10:00"]
    assert told(played, "wx-help") == []


@pytest.mark.parametrize(
    ("who", "text"), [("wx2", "今天好冷啊"), ("wx2", "同问"), ("wx1", "有人吗"), ("wx2", "哈哈哈")]
)
def test_small_talk_and_asking_on_is_no_answer(stage: Stage, who: str, text: str) -> None:
    played = stage.play([*BOUND, asks("10:00:00"), asks("10:03:00", who, text), REPORT], *EVENING, world=WORLD)
    assert states(played) == [("wx1", "open", None)]
    assert told(played, "wx-hall")[:2] == ["10:00", "10:10"]


@pytest.mark.parametrize("text", ["不用了，我自己找到了", "知道了", "不用了谢谢"])
def test_the_asker_withdraws(stage: Stage, text: str) -> None:
    played = stage.play([*BOUND, asks("10:00:00"), asks("10:03:00", text=text), REPORT], *EVENING, world=WORLD)
    assert states(played) == [("wx1", "withdrawn", None)]
    assert told(played, "wx-hall") == ["10:00"]


def test_what_was_recalled_is_absent_and_nobody_is_reminded(stage: Stage) -> None:
    recalled = {"at": "10:01:00", "type": "recalled", "account": "main", "message": "q1"}
    played = stage.play([*BOUND, asks("10:00:00", id="q1"), recalled, REPORT], *EVENING, world=WORLD)
    assert states(played) == []
    assert told(played, "wx-help") == []


def test_a_repeat_is_a_row_of_its_own(stage: Stage) -> None:
    played = stage.play([*BOUND, asks("10:00:00", id="q1"), asks("11:00:00", id="q2"), REPORT], *EVENING, world=WORLD)
    assert [row["message"] for row in played.rows("report questions")] == ["q1", "q2"]


def test_only_working_hours_count(stage: Stage) -> None:
    played = stage.play([*BOUND, asks("17:55:00")], "--to", "2026-11-24T12:00:00+08:00", world=WORLD)
    assert told(played, "wx-hall") == ["17:55", "09:05"]
    assert told(played, "wx-help") == ["09:25"]
    late = [line["text"] for line in played.arrived(to="wx-hall") if "还没人回" in line["text"]]
    assert [line.split(" 在")[0].removeprefix("【还没人回】WX1（wx1）") for line in late] == ["11-23 17:55"]


def test_who_works_here_asks_nothing_of_the_shop(stage: Stage) -> None:
    questions = [asks(f"10:0{at}:00", who) for at, who in enumerate(("wx-hall", "wx-help", "wx-boss"))]
    played = stage.play([*BOUND, *questions, REPORT], world=WORLD)
    assert played.rows("report questions") == []


def test_a_keyword_is_answered_in_the_group_and_settles_it(tmp_path: Path, capsys: Any) -> None:
    keywords = 'keywords = [{ words = ["几点关门"], answer = "晚上九点关门，欢迎来坐坐。" }]\n'
    stage = Stage(tmp_path, capsys, playbook=keywords + PLAYBOOK + HANDOFF)
    played = stage.play([*BOUND, asks("10:00:00", text="你们几点关门呀？", id="q1"), REPORT], *EVENING, world=WORLD)
    assert [line["text"] for line in played.arrived(to=ROOM, kind="text")] == ["晚上九点关门，欢迎来坐坐。"]
    ((who, state, by),) = states(played)
    assert (who, state) == ("wx1", "answered")
    assert by
    assert told(played, "wx-hall") == []


def test_in_a_group_that_is_not_ours_nothing_is_said(stage: Stage) -> None:
    played = stage.play([asks("10:00:00"), REPORT], *EVENING, world=WORLD)
    assert played.arrived(kind="text") == []
    assert states(played) == [("wx1", "open", None)]


def test_what_may_be_a_question_bothers_nobody_until_it_has_waited(stage: Stage) -> None:
    doubtful = asks("10:00:00", text="领队那边怎么说", id="q1")
    played = stage.play([*BOUND, doubtful, REPORT], *EVENING, world=WORLD)
    assert told(played, "wx-hall") == ["10:10"]
    assert states(played) == [("wx1", "open", None)]
    answered = stage.play(
        [*BOUND, doubtful, asks("10:03:00", "wx-hall", "领队说周六出发", id="a1"), REPORT], world=WORLD
    )
    assert told(answered, "wx-hall") == []
    assert states(answered) == [("wx1", "answered", "a1")]


def test_what_members_ask_each_other_on_the_way_is_no_question_to_the_shop(stage: Stage) -> None:
    talk = [
        asks("10:00:00", "wx2", "我也用过这款，掉色"),
        asks("10:00:30", "wx1", "用了多久掉的？", id="q1"),
        asks("10:01:00", "wx2", "半年"),
    ]
    played = stage.play([*BOUND, *talk, REPORT], *EVENING, world=WORLD)
    assert played.rows("report questions") == []
    assert told(played, "wx-help") == []


def test_what_the_shop_tells_everybody_answers_nobody(stage: Stage) -> None:
    notice = asks("10:04:00", "wx-hall", "明天停电，下午三点关门，大家别白跑")
    played = stage.play([*BOUND, asks("10:00:00", id="q1"), notice, REPORT], *EVENING, world=WORLD)
    assert states(played) == [("wx1", "open", None)]


def test_what_was_asked_in_the_morning_is_not_answered_with_what_the_same_person_asks_at_night(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            asks("09:10:00", text="能刷医保卡吗", id="q1"),
            asks("15:00:00", text="能不能上门送货", id="q2"),
            says("15:02:00", "wx-hall", "不能哦", group=ROOM, id="a2"),
            operator("17:00:00", "report questions --json"),
        ],
        world=WORLD,
    )
    assert states(played) == [("wx1", "open", None), ("wx1", "answered", "a2")]
