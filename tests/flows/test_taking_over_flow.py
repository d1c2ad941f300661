"""Forty living groups and their old friends, taken over in one go and in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.playing import PLAYBOOK, Line, Stage, operator, says

TREE = PLAYBOOK.partition("[[tiers]]")[0] + (
    '[[tiers]]\nname = "分院"\nwelcome = "欢迎{name}来到分院。"\n'
    '[[tiers]]\nname = "茶桌"\nparent = "分院"\nowner_role = "hall"\nwelcome = "欢迎{name}上桌。"\n'
)
ROOMS = [f"r{number}@chatroom" for number in range(40)]


def world() -> Line:
    people = ["wx-boss", "ann", *(f"old{number}" for number in range(200))]
    return {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"], "tags": ["老客"]} for one in people],
            "groups": [
                {
                    "id": room,
                    "topic": f"茶群{number % 7}",  # several have the same title
                    "owner": "main",
                    "members": ["main", "ann", *(f"old{5 * number + one}" for one in range(5))],
                }
                for number, room in enumerate(ROOMS)
            ],
        }
    }


HEADER = "群号,群名,人数,层级,上级群,堂主,账号\n"


def test_a_table_binds_them_all_and_nobody_is_greeted(stage: Stage) -> None:
    stage.write("playbook.toml", TREE)
    rows = [f"{room},,7,茶桌,{ROOMS[0]},ANN,\n" for room in ROOMS[1:]] + [f"{ROOMS[0]},,7,分院,,,main\n"]
    stage.write("groups.csv", HEADER + "".join(rows))
    played = stage.play(
        [
            operator("08:00:00", "group import groups.csv --dry-run --json"),
            operator("08:01:00", "group import groups.csv --json"),
            operator("08:02:00", "group list --json"),
            operator("08:03:00", "who old7 --json"),
            operator("09:00:00", "report groups --json"),
            says("09:30:00", "old7", "早", group=ROOMS[1], id="e1"),
        ],
        "--to",
        "2026-11-26T09:00:00+08:00",
        world=world(),
    )
    assert played.rows("group import groups.csv --json") == [{"bound": 40, "faults": 0}]
    bound = played.rows("group list")
    assert [row["group"] for row in bound] == [*ROOMS[1:], ROOMS[0]]  # they fill in the order of the table
    assert [(row["tier"], row["parent"], row["owner"], row["members"]) for row in bound[:2]] == [
        ("茶桌", ROOMS[0], "ann", 7),
        ("茶桌", ROOMS[0], "ann", 7),
    ]
    who = played.rows("who old7")[0]
    assert (who["tags"], who["owner"], who["groups"], who["survey"]["state"]) == (["老客"], "ann", [ROOMS[1]], "none")
    assert played.rows("report groups") == []
    assert played.arrived() == []


@pytest.mark.parametrize("name", ["groups.csv", "groups.xlsx"])
def test_what_is_exported_is_imported_as_it_was(stage: Stage, name: str) -> None:
    stage.write("playbook.toml", TREE)
    played = stage.play(
        [
            operator("08:00:00", f"group bind {ROOMS[3]} --tier 分院"),
            operator("08:01:00", f"group export {name} --json"),
            operator("08:02:00", f"group import {name} --json"),
        ],
        world=world(),
    )
    assert played.rows("group export") == [{"file": name, "groups": 40}]
    assert played.rows("group import") == [{"bound": 1, "faults": 0}]
    assert Path(stage.folder / name).is_file()


def test_anything_wrong_binds_nothing_and_is_named_by_its_place(stage: Stage) -> None:
    stage.write("playbook.toml", TREE)
    wrong = f"{ROOMS[0]},,,分院,,,\n{ROOMS[0]},,,茶馆,{ROOMS[9]},谁,别的\nfake@chatroom,,,分院,,,\n"
    stage.write("groups.csv", HEADER + wrong)
    played = stage.play(
        [operator("08:00:00", "group import groups.csv --json"), operator("08:01:00", "group list --json")],
        world=world(),
    )
    *faults, counts = played.rows("group import")
    assert [(one["row"], one["column"]) for one in faults] == [
        (3, "群号"),
        (3, "层级"),
        (3, "上级群"),
        (3, "堂主"),
        (3, "账号"),
        (4, "群号"),
    ]
    assert (counts, played.operator("group import")["exit"]) == ({"bound": 0, "faults": 6}, 2)
    assert {row["tier"] for row in played.rows("group list")} == {None}


def test_groups_are_bound_by_their_numbers(stage: Stage) -> None:
    stage.write("playbook.toml", TREE)
    played = stage.play(
        [
            operator("08:00:00", "group list"),
            operator("08:01:00", "group answer 1=分院 3-4,6=茶桌"),
            operator("08:02:00", "group answer 99=分院"),
            operator("08:03:00", "group answer 2=茶馆"),
            operator("08:04:00", "group list --json"),
        ],
        world=world(),
    )
    assert {row["group"]: row["tier"] for row in played.rows("group list --json") if row["tier"]} == {
        ROOMS[0]: "分院",
        ROOMS[2]: "茶桌",
        ROOMS[3]: "茶桌",
        ROOMS[5]: "茶桌",
    }
    assert "没有第 99 号群" in played.operator("group answer 99")["out"]
    assert "没有层级「茶馆」" in played.operator("group answer 2")["out"]


def test_old_friends_are_surveyed_little_by_little_where_the_playbook_says_so(stage: Stage) -> None:
    rule = 'old_friends = { per_day = 2, at = "10:00", hello = ["老朋友，想更懂你一点。"] }\n'
    stage.write("playbook.toml", PLAYBOOK.replace("[[survey.questions]]", rule + "[[survey.questions]]", 1))
    people = ["wx-boss", "hall", "o1", "o2", "o3", "out"]
    friends: Line = {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in people],
            "groups": [{"id": "room-1@chatroom", "topic": "一群", "owner": "main", "members": ["main", "hall"]}],
        }
    }
    played = stage.play(
        [
            operator("08:00:00", "group bind room-1@chatroom --tier 分院 --owner hall"),  # who is staff and not asked
            says("08:30:00", "out", "退订", id="e1"),
            says("10:30:00", "o1", "叫我老林", id="e2"),
            operator("2026-11-25T12:00:00+08:00", "who o1 --json"),
        ],
        world=friends,
    )
    asked = [
        (line["at"][8:16], line["to"]["contact"])
        for line in played.arrived(text="老朋友，想更懂你一点。怎么称呼你呢？")
    ]
    assert [one for _, one in asked] == ["o1", "o2", "o3"]
    assert [at[:5] for at, _ in asked] == ["23T10", "23T10", "24T10"]
    assert played.rows("who o1")[0]["answers"]["call"]["value"] == "老林"
    assert not [line for line in played.arrived() if line["delivery"].startswith("greet:")]


def test_the_staff_hears_at_once_that_we_were_taken_out_of_a_bound_group(stage: Stage) -> None:
    out: Line = {
        "at": "09:00:00",
        "type": "group_left",
        "account": "main",
        "members": [{"contact": "main", "name": "小山"}],
        "by": "wx1",
    }
    rooms = [{"id": f"{one}@chatroom", "topic": f"{one}群", "owner": "main", "members": ["main"]} for one in ("a", "b")]
    boss = {"id": "wx-boss", "name": "老板", "friend_of": ["main"]}
    world: Line = {
        "world": {"accounts": [{"id": "main", "name": "小山"}], "contacts": [boss], "groups": rooms, "auto": True}
    }
    story = [
        operator("08:00:00", "group bind a@chatroom --tier 分院"),
        {**out, "group": "b@chatroom"},  # which nobody bound
        {**out, "at": "09:10:00", "group": "a@chatroom", "id": "out"},
        {**out, "at": "09:10:01", "group": "a@chatroom", "id": "out"},
        says("09:20:00", "wx-boss", "/解绑 a@chatroom"),
    ]
    played = stage.play(story, world=world)
    assert [line["text"] for line in played.arrived(to="wx-boss", kind="text")] == [
        "账号「小山」不在「a群」里了，那里发不了。请把它拉回去；这个群不要了就发 /解绑 a@chatroom。",
        "好，「a群」解绑了，以后只看不发。再绑定时，堂主和上级群照旧。",
    ]
