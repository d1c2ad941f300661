"""备稿库: slots take the next draft, nothing comes twice before all were there, and gaps are filled from it."""

from __future__ import annotations

import json

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator
from tests.flows.tea_house import BIND, IMPORT

HEAD = "key,kind,content_kind,theme,date,time,rule,tiers,groups,tags,text,media\n"
DRAFTS = "".join(
    f"{key},text,article,{theme},,,备稿,,,,{key} 的正文,\n"
    for key, theme in (("工1", "工艺"), ("工2", "工艺"), ("侠1", "侠义"))
)
SLOT = "每日,text,article,,2026-11-23,09:00,daily,分院,,,{备稿},\n"
TWO_GROUPS: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [{"id": "wx-boss", "name": "老板", "friend_of": ["main"]}],
        "groups": [
            {
                "id": f"room-{number}@chatroom",
                "topic": f"分院{number}群",
                "owner": "main",
                "members": ["main", "wx-boss"],
            }
            for number in (1, 2)
        ],
    }
}
PROMISE = f"""{PLAYBOOK}
[[promises]]
tier = "分院"
content_kind = "article"
at_least = 1
per = "day"
themes = ["工艺", "侠义"]
"""
DAYS = ("--to", "2026-11-27T20:00:00+08:00")


def posts(played: Played, room: str = "room-1@chatroom") -> list[str]:
    return [line["text"].removesuffix(" 的正文") for line in played.arrived(to=room)]


def test_each_day_takes_the_next_by_theme_and_each_group_its_own(stage: Stage) -> None:
    stage.write("calendar.csv", HEAD + DRAFTS + SLOT)
    later = operator("2026-11-24T12:00:00+08:00", "group bind room-2@chatroom --tier 分院")
    played = stage.play([BIND, IMPORT, later], *DAYS, world=TWO_GROUPS)
    assert posts(played) == ["侠1", "工1", "工2", "侠1", "工1"]
    assert posts(played, "room-2@chatroom") == ["侠1", "工1", "工2"]


def test_an_edit_and_a_deletion_of_a_draft_reach_what_waits_for_it(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK + '\n[[quiet_hours]]\nfrom = "08:30"\nto = "12:00"\n')
    stage.write("calendar.csv", HEAD + DRAFTS + SLOT)
    stage.write("edited.csv", HEAD + "侠1,text,article,侠义,,,备稿,,,,新的,\n")
    edit = operator("10:00:00", "calendar import edited.csv")
    edited = stage.play([BIND, IMPORT, edit], "--to", "2026-11-23T20:00:00+08:00", world=TWO_GROUPS)
    assert [line["text"] for line in edited.arrived()] == ["新的"]
    drop = operator("10:00:00", "calendar delete 侠1")
    dropped = stage.play([BIND, IMPORT, drop], "--to", "2026-11-23T20:00:00+08:00", world=TWO_GROUPS)
    assert dropped.arrived() == []
    assert dropped.states("entry:每日:2026-11-23:room-1@chatroom")[-1] == "cancelled"


def test_an_edit_of_the_slot_leaves_its_draft(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK + '\n[[quiet_hours]]\nfrom = "08:30"\nto = "12:00"\n')
    stage.write("calendar.csv", HEAD + DRAFTS + SLOT)
    stage.write("edited.csv", HEAD + SLOT.replace("09:00", "15:00"))
    edit = operator("10:00:00", "calendar import edited.csv")
    played = stage.play([BIND, IMPORT, edit], "--to", "2026-11-23T20:00:00+08:00", world=TWO_GROUPS)
    assert [(line["at"][11:16], line["text"]) for line in played.arrived()] == [("15:00", "侠1 的正文")]


def test_lint_preview_and_report_know_what_will_be_taken(stage: Stage) -> None:
    stage.write("playbook.toml", PROMISE)
    stage.write("calendar.csv", HEAD + DRAFTS.replace("工2", "工2 给{tea}") + SLOT)
    story = [
        BIND,
        IMPORT,
        operator("08:10:00", "calendar lint --from 2026-11-23 --to 2026-11-27 --json"),
        operator("08:20:00", "calendar preview 每日 --json"),
        operator("2026-11-24T21:00:00+08:00", "report promises --from 2026-11-23 --to 2026-11-24 --json"),
    ]
    played = stage.play(story, *DAYS, world=TWO_GROUPS)
    # The third follows one of its own theme, since there is one draft of the other only.
    assert [(row["code"], row["entry"], row["period"]) for row in played.rows("calendar lint")] == [
        ("repeat", "每日", "2026-11-25"),
        ("field", "工2 给{tea}", None),
    ]
    assert [row.get("text") for row in played.rows("calendar preview")] == ["侠1 的正文", None]
    assert [row["state"] for row in played.rows("report promises")] == ["kept", "kept"]


def test_an_empty_pool_is_a_gap(stage: Stage) -> None:
    stage.write("playbook.toml", PROMISE)
    stage.write("calendar.csv", HEAD + SLOT)
    lint = operator("08:10:00", "calendar lint --from 2026-11-23 --to 2026-11-23 --json")
    played = stage.play([BIND, IMPORT, lint], *DAYS, world=TWO_GROUPS)
    assert [(row["code"], row["entry"]) for row in played.rows("calendar lint")] == [
        ("missing", None),
        ("missing", "每日"),
    ]
    assert played.arrived() == []


def test_gaps_are_filled_from_the_drafts_in_one_go(stage: Stage) -> None:
    stage.write("playbook.toml", PROMISE)
    stage.write("calendar.csv", HEAD + DRAFTS + "今天,text,article,工艺,2026-11-23,09:30,,分院,,,今天的,\n")
    both = operator("08:00:01", "group bind room-2@chatroom --tier 分院")
    dates = "--from 2026-11-23 --to 2026-11-27"
    story = [
        BIND,
        both,
        IMPORT,
        operator("08:09:00", "calendar fill --promise 分院/story/week --json"),
        operator("08:10:00", f"calendar fill {dates} --dry-run --json"),
        operator("08:11:00", f"calendar fill {dates} --json"),
        operator("08:12:00", f"calendar lint {dates} --json"),
        operator("08:13:00", f"calendar fill {dates}"),
    ]
    played = stage.play(story, *DAYS, world=TWO_GROUPS)
    printed = {line["operator"]: line["out"] for line in played.lines if "operator" in line}
    assert json.loads(printed["calendar fill --promise 分院/story/week --json"]) == {"filled": 0, "unfilled": 0}
    assert printed[f"calendar fill {dates} --dry-run --json"] == printed[f"calendar fill {dates} --json"]
    assert [(row["promise"], row["period"]) for row in played.rows("calendar lint") if row["code"] == "missing"] == [
        ("分院/article/day", "2026-11-27")
    ] * 2
    assert posts(played) == ["今天的", "侠1", "工1", "工2"]
    assert posts(played, "room-2@chatroom") == ["今天的", "侠1", "工1", "工2"]
    assert [line["at"][11:16] for line in played.arrived(to="room-1@chatroom")] == ["09:30"] * 4
    assert "补不上 2 处" in played.operator("calendar fill")["out"]


def test_a_slot_and_drafts_export_and_import_alike(stage: Stage) -> None:
    stage.write("calendar.csv", HEAD + DRAFTS + SLOT)
    story = [
        BIND,
        IMPORT,
        operator("08:10:00", "calendar export all.xlsx"),
        operator("08:11:00", "calendar import all.xlsx --json"),
        operator("08:12:00", "calendar export all.ics"),
    ]
    played = stage.play(story, "--to", "2026-11-23T08:30:00+08:00", world=TWO_GROUPS)
    assert played.rows("calendar import all.xlsx") == [{"created": 0, "changed": 0, "same": 4, "faults": 0}]
