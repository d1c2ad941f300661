"""What 话多, 活跃, 操作记录 and 我是谁 show an admin on the phone."""

from __future__ import annotations

import csv
import json
import sqlite3
from urllib.parse import unquote

from handlers import decide
from models.capabilities import Capabilities
from models.command_views import CommandView
from models.context import AccountView
from tests.flows.playing import Line, Played, Stage, operator, says
from tests.handlers.builders import context, staff, texts
from tests.handlers.builders import says as says_here

ROOM, LOOSE = "room-1@chatroom", "loose@chatroom"
IN_IT = ["main", "wx-boss", "wx-clone", "wx1", "wx2"]
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "wx-clone", "name": "老板", "friend_of": ["main"]},
            {"id": "wx1", "name": "天天妈", "friend_of": ["main"]},
            {"id": "wx2", "name": "小林", "friend_of": ["main"]},
        ],
        "groups": [
            {"id": ROOM, "topic": "分院一群", "owner": "main", "members": IN_IT},
            {"id": LOOSE, "topic": "闲聊", "owner": "wx2", "members": ["main", "wx2"]},
        ],
    }
}
BIND = operator("08:00:00", f"group bind {ROOM} --tier 分院")


def told(played: Played, to: str = "wx-boss") -> list[str]:
    return [line["text"] for line in played.arrived(to=to, kind="text")]


def test_commands_recalled_words_repeats_and_groups_that_are_not_ours_are_no_talk(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            says("09:00:00", "wx1", "今天喝什么", group=ROOM, id="a"),
            says("09:00:00", "wx1", "今天喝什么", group=ROOM, id="a"),
            says("09:01:00", "wx1", "岩茶/红茶都行", group=ROOM),
            says("09:02:00", "wx2", "哎呀", group=ROOM, id="b"),
            {"at": "09:02:30", "type": "recalled", "account": "main", "message": "b"},
            says("09:03:00", "wx-boss", "/名额", group=ROOM),
            says("09:03:10", "wx-boss", "@小山 ／名额", group=ROOM),
            says("09:03:20", "wx-clone", "/导出", group=ROOM),
            says("09:04:00", "wx-boss", "都行", group=ROOM),
            says("09:05:00", "wx2", "有人吗", group=LOOSE),
            says("10:00:00", "wx-boss", "/话多"),
            says("10:01:00", "wx-boss", "/活跃"),
        ],
        world=WORLD,
    )
    assert told(played) == [
        "近 7 天说话最多的：\n天天妈　2 条\n老板　1 条",
        "近 7 天各群：\n分院一群：2 人说话，3 条",
    ]


def test_the_audit_reads_like_a_shop_and_tells_a_clone_from_the_boss(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            says("09:00:00", "wx-boss", "/备注 wx1 老客天天"),
            says("09:01:00", "wx-clone", "/导出", group=ROOM),
            says("09:02:00", "wx2", "退订"),
            says("09:02:30", "wx-boss", "/归属 wx1 wx2"),
            says("09:02:40", "wx-boss", "/授权 wx2 帮手"),
            says("09:03:00", "wx-boss", "/群发一下"),
            says("10:00:00", "wx-boss", "/操作记录"),
        ],
        world=WORLD,
    )
    assert told(played)[-1].splitlines() == [
        "11-23 09:03 老板（wx-boss） 群发一下（没让做：没有这个指令）",
        "11-23 09:02 老板（wx-boss） 授权 小林（wx2）：帮手",
        "11-23 09:02 老板（wx-boss） 归属 天天妈（wx1）：小林（wx2）",
        "11-23 09:02 小林（wx2） 退订",
        "11-23 09:01 老板（wx-clone） 导出（没让做：没这个权限）",
        "11-23 09:00 老板（wx-boss） 备注 天天妈（wx1）",
        "11-23 08:00 电脑上 绑定 分院一群（room-1@chatroom）：分院",
    ]


def test_who_has_a_role_is_told_where_it_holds(stage: Stage) -> None:
    played = stage.play(
        [
            BIND,
            says("09:00:00", "wx-boss", f"/授权 wx1 堂主 {ROOM} 2小时"),
            says("09:01:00", "wx1", "/我是谁"),
            says("09:02:00", "wx-boss", "/角色 wx1"),
            says("09:03:00", "wx-boss", "我是谁"),
        ],
        world=WORLD,
    )
    assert told(played, "wx1") == ["你是堂主（分院一群），编号 wx1。"]
    assert told(played) == [
        "好，天天妈 现在是堂主（分院一群），到 2026-11-23 11:00。",
        "天天妈 的角色：堂主（分院一群）。",
        "你是老板，编号 wx-boss。",
    ]


def test_who_is_forgotten_is_gone_from_the_list_that_was_sent_too(stage: Stage) -> None:
    database = stage.folder / "kept.db"
    story = [BIND, says("09:00:00", "wx-boss", "/导出")]
    forgotten = [says("10:00:00", "wx1", "忘记我"), says("10:01:00", "wx1", "确认")]
    played = stage.play([*story, *forgotten], "--db", str(database), world=WORLD)
    assert [line["text"] for line in played.arrived(to="wx-boss", kind="file")] == ["客人名单 2026-11-23.csv"]
    rows = sqlite3.connect(database).execute("SELECT media FROM delivery WHERE kind = 'file'").fetchall()
    assert rows == [("[]",)]


def test_the_list_is_a_file_that_a_spreadsheet_reads(stage: Stage) -> None:
    database = stage.folder / "kept.db"
    story = [says("08:59:00", "wx-boss", '/备注 wx1 "=1+1, 老客"'), says("09:00:00", "wx-boss", "/导出")]
    stage.play([BIND, *story], "--db", str(database), world=WORLD)
    ((media,),) = sqlite3.connect(database).execute("SELECT media FROM delivery WHERE kind = 'file'").fetchall()
    table = unquote(json.loads(media)[0]["url"].partition(",")[2]).removeprefix("\ufeff")
    rows = list(csv.DictReader(table.splitlines()))
    assert [row["编号"] for row in rows] == ["wx-boss", "wx-clone", "wx1", "wx2"]
    assert rows[2] == {"编号": "wx1", "昵称": "天天妈", "备注": "'=1+1, 老客", "标签": "", "来源": ""}


def test_where_files_cannot_go_the_list_comes_as_text() -> None:
    row = ("wx1", "天天妈", "", "", "")
    told = decide(
        says_here("/导出"),
        context(
            person=staff(),
            account=AccountView(id="main", capabilities=Capabilities(kinds=frozenset({"text"}))),
            commands=CommandView(customers=(row,)),
        ),
    )
    assert texts(told) == [
        "编号,昵称,备注,标签,来源\nwx1,天天妈,,,",
        "共 1 位客人，表格分 1 段私聊发你，存成 .csv 就能打开。",
    ]
