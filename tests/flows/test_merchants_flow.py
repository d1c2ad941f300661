"""Two merchants in one installation: each is operated by name, and neither sees the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.playing import CONFIG, Line, Stage, asks_to_be_friends, operator

SECOND = """
[[merchants]]
id = "m2"
name = "对面酒馆"
playbook = "playbook.toml"
timezone = "Asia/Shanghai"
[[accounts]]
id = "bar"
merchant = "m2"
transport = "simulator"
"""
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main"}, {"id": "bar", "merchant": "m2"}],
        "groups": [
            {"id": "tea@chatroom", "topic": "茶", "owner": "main", "members": ["main"]},
            {"id": "bar@chatroom", "topic": "酒", "owner": "bar", "members": ["bar"]},
        ],
    }
}


def test_each_merchant_has_its_own_groups_calendar_and_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = Stage(tmp_path, capsys, config=CONFIG + SECOND)
    stage.write("calendar.csv", "key,date,time,tiers,text\na,2026-11-23,09:30,分院,今天上新\n")
    played = stage.play(
        [
            operator("08:00:00", "group bind tea@chatroom --tier 分院"),
            operator("08:00:01", "group bind bar@chatroom --tier 分院 --account bar"),
            operator("08:00:02", "--merchant m2 calendar import calendar.csv"),
            asks_to_be_friends("09:00:00", "wx1") | {"account": "bar"},
            operator("09:10:00", "who wx1 --json"),
            operator("09:11:00", "--merchant m2 who wx1 --json"),
            operator("09:12:00", "--merchant m3 who wx1 --json"),
        ],
        world=WORLD,
    )
    assert [line["to"] for line in played.arrived() if line["delivery"].startswith("entry:")] == [
        {"group": "bar@chatroom"}
    ]
    who = [line["exit"] for line in played.lines if "who wx1" in line.get("operator", "")]
    assert who == [2, 0, 2]
