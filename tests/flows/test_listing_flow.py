"""What commands list for people: columns in Chinese, moments as a clock shows them, reasons and roles in words."""

from __future__ import annotations

import re

import pytest

from bot.command_line import main
from tests.flows.playing import Stage, asks_to_be_friends, operator, says

ROOM = "room-1@chatroom"
LISTINGS = (
    "alerts list --all",
    "audit",
    "calendar list",
    "deliveries list",
    "group list",
    "people merges",
    "report groups",
    "report joins",
    "report questions",
    "report reception",
    "report reception --rows accepted",
    "role list",
)


def test_tables_speak_chinese(stage: Stage) -> None:
    (stage.folder / "calendar.csv").write_text(
        "编号,日期,时间,重复,层级,正文\nmorning,,08:30,每天,分院,早上好\n"
        "ninth,2026-11-20,09:30,RRULE:FREQ=DAILY;INTERVAL=9,分院,九天一篇\n",
        encoding="utf-8",
    )
    played = stage.play(
        [
            operator("08:00:00", f"group bind {ROOM} --tier 分院"),
            operator("08:00:10", "calendar import calendar.csv"),
            operator("08:00:20", "role grant wx-tang hall --group " + ROOM),
            asks_to_be_friends("09:00:00", "wx1"),
            asks_to_be_friends("09:00:01", "wx2"),
            {
                "at": "09:02:00",
                "type": "group_joined",
                "account": "main",
                "group": ROOM,
                "members": [{"contact": "wx1", "name": "林间"}],
                "by": "wx-boss",
            },
            says("09:05:00", "wx1", "白茶多少钱一斤？", group=ROOM),
            operator("09:10:00", "merge wx1 wx2"),
            *(operator(f"10:00:{number:02}", listing) for number, listing in enumerate(LISTINGS)),
        ]
    )
    said = {listing: played.operator(listing)["out"] for listing in LISTINGS}
    told = {listing: out.splitlines()[0] for listing, out in said.items()}
    assert {listing: head for listing, head in told.items() if re.search("[A-Za-z]", head)} == {}
    assert "客户=wx1" in said["deliveries list"]
    assert re.search(r"2026-11-23 09:\d\d:\d\d  ", said["deliveries list"])
    assert not re.search(r"\d\dT\d\d:", "".join(said.values()))
    assert re.search(r"wx-tang +堂主", said["role list"])
    assert re.search(r"电脑上 +绑定 +room-1@chatroom +成了", said["audit"])
    assert re.search(r"ninth .* 2026-11-20 +09:30 +每 9 天 +2026-11-29 09:30", said["calendar list"])
    assert "没人回" in said["report questions"]
    assert "进群" in said["report joins"]
    assert played.operator("role grant")["out"] == "wx-tang 现在是堂主。\n"


def test_what_a_rehearsal_comes_to_is_told_in_chinese(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.play([asks_to_be_friends("09:00:00", "wx1")])
    assert main(["rehearse", str(stage.folder / "story.jsonl"), "--config", str(stage.folder / "config.toml")]) == 0
    *_, states, kinds = capsys.readouterr().out.splitlines()
    assert states == "状态：已确认 3"
    assert kinds == "种类：通过好友 1，文字 2"


def test_who_tells_questions_and_answers_as_they_were_said(stage: Stage) -> None:
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", "叫我老林"),
            operator("09:01:30", "who wx1"),
            says("09:02:00", "wx1", "1 3"),
            operator("09:03:00", "who wx1"),
        ]
    )
    during, after = [line["out"] for line in played.lines if line.get("operator") == "who wx1"]
    assert re.search(r"建档 +进行中，正在问：平时爱喝哪几类？ *\n", during)
    assert re.search(r"· 怎么称呼你呢？ +老林 *\n", during)
    assert re.search(r"· 平时爱喝哪几类？ +岩茶、白茶 *\n", after)
