"""The digest of the morning: who hears it, what it counts and what not, and that its numbers are those of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import CONFIG, DAY, PLAYBOOK, Line, Played, Stage, operator, says

ROOM, OTHER, FOREIGN = "room-1@chatroom", "room-2@chatroom", "room-9@chatroom"
MORNING = "2026-11-24T08:30:00+08:00"
DIGEST = """
[digest]
at = "08:30"
[[promises]]
tier = "分院"
content_kind = "短文"
per = "day"
at_least = 1
"""
CALENDAR = """编号,标题,内容类型,日期,时间,层级,正文,重复
dawn,早安茶,早安,2026-11-23,09:00,分院,早安，今天喝岩茶,每天
note,一篇短文,短文,2026-11-24,20:00,分院,山场的故事,
"""
PEOPLE = ("wx-boss", "wx-hall", "wx1", "wx2", "wx3", "wx4")
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in PEOPLE],
        "groups": [
            {"id": ROOM, "topic": "一群", "owner": "main", "members": ["main", "wx-boss", "wx-hall", "wx1", "wx2"]},
            {"id": OTHER, "topic": "二群", "owner": "main", "members": ["main", "wx-boss", "wx3"]},
            {"id": FOREIGN, "topic": "别人的群", "owner": "wx3", "members": ["main", "wx3"]},
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-hall"),
    operator("08:00:01", f"group bind {OTHER} --tier 分院"),
    operator("08:00:02", "calendar import calendar.csv"),
]
TALK: list[Line] = [
    says("09:10:00", "wx1", "今天的岩茶真香", group=ROOM, id="a"),
    says("09:10:00", "wx1", "今天的岩茶真香", group=ROOM, id="a"),  # the gateway says it twice
    says("09:11:00", "wx2", "岩茶我也喜欢", group=ROOM, id="b"),
    says("09:12:00", "wx2", "岩茶岩茶岩茶 @小山 https://岩茶.example", group=ROOM, id="c"),
    {"at": "09:13:00", "type": "recalled", "account": "main", "message": "c"},
    says("09:14:00", "wx3", "岩茶多少钱一斤？", group=FOREIGN, id="x"),
    says("09:20:00", "wx-boss", "／状态", group=ROOM, id="d"),  # said to us
    says("10:00:00", "wx1", "老板，十年的那款还有货吗？", group=ROOM, id="q1"),
    {"at": "11:00:00", "type": "group_joined", "account": "main", "group": OTHER, "by": "wx3",
     "members": [{"contact": "wx4", "name": "WX4"}]},
    {"at": "11:00:00", "type": "group_joined", "account": "main", "group": OTHER, "by": "wx3",
     "members": [{"contact": "wx4", "name": "WX4"}]},
    {"at": "12:00:00", "type": "group_left", "account": "main", "group": ROOM,
     "members": [{"contact": "wx2", "name": "WX2"}]},
]  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path, capsys: Any) -> Stage:
    stage = Stage(tmp_path, capsys, playbook=PLAYBOOK + DIGEST, config=CONFIG)
    stage.write("calendar.csv", CALENDAR)
    return stage


def mornings(played: Played, to: str) -> list[Line]:
    return [line for line in played.arrived(to=to, kind="text") if line["text"].startswith("【早报】")]


def test_the_owner_hears_of_their_group_and_the_admin_of_all(stage: Stage) -> None:
    played = stage.play([*BOUND, *TALK], "--to", "2026-11-24T08:50:00+08:00", world=WORLD)
    (hall,), (boss,) = mornings(played, "wx-hall"), mornings(played, "wx-boss")
    assert hall["at"].startswith("2026-11-24T08:30")
    assert hall["text"].splitlines() == [
        "【早报】11-23 周一，一群",
        "进 0 人，退 1 人；2 人说话，3 条",
        "热聊：岩茶 2",
        "退的：WX2（早安茶之后）",
        "还没人回 1 条，回数字就由你来答：",
        "1. WX1 11-23 10:00：老板，十年的那款还有货吗？",
        "昨天发的：",
        "· 09:00 早安茶：回话 3，退 1",
        "今天发：",
        "· 09:00 早安茶",
        "· 20:00 一篇短文",
        "缺：",
        "· 短文 11-23 漏发：没有排够",
    ]
    assert "2 个群\n进 1 人，退 1 人；2 人说话，3 条" in boss["text"]
    assert "· 09:00 早安茶（各群）：回话 3，进 1，退 1" in boss["text"]
    assert "· 二群：进 1 退 0，0 人说话" in boss["text"]
    assert len(boss["text"]) < 600


def test_branch_and_helper_hear_of_theirs(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            operator("08:00:03", f"group bind {OTHER} --tier 分院 --parent {ROOM}"),
            operator("08:00:04", f"role grant wx1 branch --group {ROOM}"),
            operator("08:00:05", f"role grant wx3 helper --group {OTHER}"),
            operator("08:00:06", "role grant wx2 helper"),
            says("09:00:00", "wx4", "下午好", group=OTHER),
        ],
        "--to",
        "2026-11-24T08:50:00+08:00",
        world=WORLD,
    )
    where = {one: [line["text"].splitlines()[0] for line in mornings(played, one)] for one in PEOPLE}
    assert where == {
        "wx-boss": ["【早报】11-23 周一，2 个群"],
        "wx-hall": ["【早报】11-23 周一，一群"],
        "wx1": ["【早报】11-23 周一，2 个群"],  # the 舵主: with the group under theirs
        "wx2": ["【早报】11-23 周一，2 个群"],
        "wx3": ["【早报】11-23 周一，二群"],
        "wx4": [],
    }


def test_its_numbers_are_those_of_the_rows(stage: Stage) -> None:
    story = [
        *BOUND,
        *TALK,
        operator("2026-11-24T08:00:00+08:00", "report digest --json"),
        operator("2026-11-24T08:00:01+08:00", f"report digest --day {DAY} --json"),
        operator("2026-11-24T08:00:02+08:00", f"report joins --from {DAY} --json"),
    ]
    played = stage.play(story, world=WORLD)
    first, second, every = played.rows("report digest --json")
    assert played.rows(f"report digest --day {DAY}") == [first, second, every]
    assert (first["group"], first["owner"], first["joins"], first["leaves"]) == (ROOM, "wx-hall", 0, 1)
    assert (first["active"], first["messages"], first["words"]) == (2, 3, [["岩茶", 2]])
    assert first["unanswered"] == ["q1"]
    assert [(one["entry"], one["replies"], one["leaves"]) for one in first["posts"]] == [("dawn", 3, 1)]
    assert (second["joins"], second["active"], second["members"]) == (1, 0, 4)
    assert (every["group"], every["joins"], every["leaves"], every["messages"]) == (None, 1, 1, 3)
    assert [(one["contact"], one["change"], one["by"], one["entry"]) for one in played.rows("report joins")] == [
        ("wx4", "joined", "wx3", None),
        ("wx2", "left", None, "dawn"),
    ]


def test_who_comes_back_came_twice_and_whoever_was_there_before_us_did_not_come(stage: Stage) -> None:
    back = [
        {"at": "13:00:00", "type": "group_joined", "account": "main", "group": ROOM,
         "members": [{"contact": "wx2", "name": "WX2"}]},
        {"at": "14:00:00", "type": "members", "group": ROOM, "account": "main",
         "members": [{"contact": one, "name": one.upper()} for one in ("main", "wx-boss", "wx-hall", "wx1", "wx4")]},
    ]  # fmt: skip
    played = stage.play([*BOUND, *TALK, *back, operator("20:00:00", "report joins --json")], world=WORLD)
    changes = [(one["contact"], one["change"]) for one in played.rows("report joins") if one["group"] == ROOM]
    assert changes == [("wx2", "left"), ("wx2", "joined"), ("wx4", "joined"), ("wx2", "left")]


def test_it_comes_once_though_the_program_was_down_and_a_new_time_holds_at_once(stage: Stage) -> None:
    down: list[Line] = [{"at": "2026-11-24T08:00:00+08:00", "type": "restart", "down": "60m"}]
    played = stage.play([*BOUND, *TALK, *down], "--to", "2026-11-24T12:00:00+08:00", world=WORLD)
    assert [line["at"][11:13] for line in mornings(played, "wx-hall")] == ["09"]
    stage.write("later.toml", PLAYBOOK + DIGEST.replace("08:30", "10:15"))
    moved = [operator("20:00:00", "playbook import later.toml")]
    played = stage.play([*BOUND, *TALK, *moved], "--to", "2026-11-24T12:00:00+08:00", world=WORLD)
    assert [line["at"][11:16] for line in mornings(played, "wx-hall")] == ["10:15"]


def test_a_number_answers_a_question_of_the_morning(stage: Stage) -> None:
    morning = "2026-11-24T08:{}:00+08:00".format
    answer = [says(morning(40), "wx-hall", "1"), says(morning(41), "wx-hall", "还有两箱")]
    played = stage.play([*BOUND, *TALK, *answer], world=WORLD)
    assert "@WX1 还有两箱" in [line["text"] for line in played.arrived(to=ROOM, kind="text")]


def test_without_a_time_in_the_playbook_nobody_is_told(tmp_path: Path, capsys: Any) -> None:
    played = Stage(tmp_path, capsys).play(BOUND[:2], "--to", "2026-11-25T12:00:00+08:00", world=WORLD)
    assert mornings(played, "wx-boss") == []


def test_what_is_wrong_in_the_calendar_is_told_in_the_chat_too(stage: Stage) -> None:
    story = [*BOUND, says("09:30:00", "wx-hall", "/发前检查"), says("09:31:00", "wx-boss", "/lint")]
    played = stage.play(story, world=WORLD)
    hall, *_ = [line["text"] for line in played.arrived(to="wx-hall", kind="text")]
    boss, *_ = [line["text"] for line in played.arrived(to="wx-boss", kind="text")]
    assert hall.splitlines()[:2] == [
        "往后 14 天有 25 处要看看：",
        "· 2026-11-23 一群 缺稿：短文 应至少 1 条，排了 0 条，缺 1 条",
    ]
    assert "· 2026-11-23 一群 等 2 个群 缺稿：短文 应至少 1 条，排了 0 条，缺 1 条" in boss
