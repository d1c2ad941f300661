"""重演: days that are over, decided again, and what would have been different."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.cli import execute
from bot.command_line import main
from bot.config import load_config
from bot.desk import Desk, Refused
from bot.replay import copies, replay
from bot.replay_difference import told
from bot.store.ids import Ids
from tests.flows.playing import PLAYBOOK, WORLD, Line, Stage, asks_to_be_friends, moment, operator, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, entry

PROMISE = """
[[promises]]
tier = "分院"
content_kind = "story"
at_least = 1
per = "day"
"""
FIRST, NEXT, THIRD = "2026-11-23", "2026-11-24", "2026-11-25"


def on(day: str, clock: str) -> str:
    return f"{day}T{clock}+08:00"


# What a day of the shop is: somebody comes and is surveyed, the boss posts, somebody writes, somebody opts out.
WEEK = [
    BIND,
    IMPORT,
    asks_to_be_friends("09:00:00", "wx-1"),
    says("09:05:00", "wx-1", "叫我小王"),
    says(on(NEXT, "09:00:00"), "wx-1", "岩茶"),
    asks_to_be_friends(on(NEXT, "09:30:00"), "wx-2"),
    says(on(NEXT, "09:31:00"), "wx-2", "阿珍"),
    {"at": on(NEXT, "09:40:00"), "type": "self_text", "account": "main", "to": "wx-2", "text": "欢迎来店里坐坐"},
    says(on(NEXT, "09:50:00"), "wx-2", "好的，1 3"),
    asks_to_be_friends(on(NEXT, "10:30:00"), "wx-3"),
    says(on(NEXT, "11:00:00"), "wx-3", "退订"),
    says(on(NEXT, "12:00:00"), "wx-boss", "/post 分院 今晚八点品茶"),
]


async def run(argv: list[str], desk: Desk) -> tuple[int, str]:
    answer = await execute(argv, desk)
    return answer.exit, answer.out


def lived(stage: Stage, *more: Line, database: str = "") -> str:
    """The days as they really were; returns the database."""
    stage.write("playbook.toml", PLAYBOOK + PROMISE)
    daily = entry("每日", "10:00", tiers="分院", kind="story", rule="daily", date=FIRST)
    stage.write("calendar.csv", HEADER + daily + entry("问候", "11:00", rule="daily", date=FIRST))
    database = database or f"sqlite:///{stage.folder / 'real.db'}"
    story = sorted([*WEEK, *more], key=lambda line: line["at"] if "T" in line["at"] else on(FIRST, line["at"]))
    played = stage.play(story, "--db", database, "--to", on("2026-11-26", "00:00:00"), world=WORLD)
    assert played.exit == 0
    return database


def again(
    stage: Stage, database: str, *before: list[str], since: str = NEXT, until: str = "2026-11-26"
) -> dict[str, list[Any]]:
    folder = stage.folder / f"replay-{len(list(stage.folder.iterdir()))}"
    folder.mkdir()
    begin, end = moment(on(since, "00:00:00")), moment(on(until, "00:00:00"))
    config = load_config(stage.folder / "config.toml", {})
    period = copies(database, folder, begin, end, before)
    found: dict[str, list[Any]] = {}
    for row in replay(config, period, run_operator=run, advanced=lambda _moment: None):
        found.setdefault(row["about"], []).append(row)
    return found


def differences(found: dict[str, list[Any]]) -> Sequence[tuple[str, str]]:
    return [(row["difference"], row["key"]) for row in found.get("difference", [])]


@pytest.mark.parametrize("since", [FIRST, NEXT, THIRD])
def test_under_the_same_rules_nothing_is_different(stage: Stage, since: str) -> None:
    database = lived(stage)
    found = again(stage, database, since=since)
    assert differences(found) == []
    assert found["sent"][0]["then"] == found["sent"][0]["now"] > 0
    assert found["promises"][0]["then"] == found["promises"][0]["now"]


def test_another_calendar_sends_other_posts(stage: Stage, database_url: str) -> None:
    database = lived(stage, database=database_url)
    other = entry("每日", "10:00", tiers="分院", kind="story", rule="daily", date=FIRST, text="换了词")
    stage.write("other.csv", HEADER + other + entry("新的", "16:00", tiers="分院", date=NEXT))
    found = again(stage, database, ["calendar", "import", str(stage.folder / "other.csv"), "--replace"])
    assert sorted(differences(found)) == [
        ("newly_sent", "entry:新的:2026-11-24:room-1@chatroom"),
        ("text", "entry:每日:2026-11-24:room-1@chatroom"),
        ("text", "entry:每日:2026-11-25:room-1@chatroom"),
    ]
    (new,) = [row for row in found["difference"] if row["difference"] == "newly_sent"]
    assert new["then"] is None
    assert new["now"]["at"].startswith("2026-11-24T16:00")
    assert found["count"] == [
        {"merchant": "m1", "about": "count", "difference": difference, "cause": "calendar", "kind": "text",
         "reason": None, "count": count}
        for difference, count in (("text", 2), ("newly_sent", 1))
    ]  # fmt: skip
    assert "会多发：2026-11-24 16:00 给 room-1@chatroom「新的」" in told(
        [row for rows in found.values() for row in rows]
    )


def test_another_playbook_greets_otherwise_and_holds_back(stage: Stage) -> None:
    database = lived(stage)
    text = PLAYBOOK.replace("你好呀，我是半山茶社的小山，店里的机器人助手。", "欢迎，我是机器人小山。")
    stage.write("other.toml", text + "[[quiet_hours]]\nfrom = '09:30'\nto = '13:00'\n" + PROMISE)
    found = again(stage, database, ["playbook", "import", str(stage.folder / "other.toml")])
    by_key = {row["key"]: row for row in found["difference"]}
    assert by_key["greet:wx-2"]["difference"] == "text"
    assert by_key["greet:wx-2"]["now"]["text"] == "欢迎，我是机器人小山。"
    moved = by_key["entry:每日:2026-11-24:room-1@chatroom"]
    assert (moved["difference"], moved["then"]["at"][11:16], moved["now"]["at"][11:16]) == ("time", "10:00", "13:00")
    assert found["promises"] == [
        {
            "merchant": "m1",
            "about": "promises",
            "then": {"kept": 2, "late": 0, "missed": 0},
            "now": {"kept": 0, "late": 2, "missed": 0},
        }
    ]


def test_who_would_not_have_been_accepted_says_nothing(stage: Stage) -> None:
    database = lived(stage)
    stage.write("other.toml", PLAYBOOK.replace("{ accept = true }", "{ hello = '茶', accept = true }") + PROMISE)
    found = again(stage, database, ["playbook", "import", str(stage.folder / "other.toml")])
    assert ("not_sent", "greet:wx-2") in differences(found)
    # The boss is told of a group with one person less in it.
    assert {row["cause"] for row in found["difference"] if row["difference"] != "not_sent"} == {"command"}
    assert found["limits"][0]["strangers"] == 3


def test_what_was_ordered_then_is_ordered_again(stage: Stage) -> None:
    stage.write("late.csv", HEADER + entry("补的", "17:00", tiers="分院", date=NEXT))
    late = [
        operator(on(NEXT, "15:00:00"), "calendar import late.csv"),
        operator(on(NEXT, "15:10:00"), "calendar delete 每日"),
    ]
    assert differences(again(stage, lived(stage, *late))) == []


def test_a_day_that_is_still_to_come_is_refused(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    database = lived(stage)
    capsys.readouterr()
    days = ["replay", "--config", str(stage.folder / "config.toml"), "--db", database]
    for since, until, why in (
        ("2099-01-01", "", "还没有任何记录"),
        (NEXT, FIRST, "换一下就好"),
        (NEXT, "2099-01-01", "用 ahead"),
        ("昨天", "", "看不懂日期"),
    ):
        assert main([*days, "--from", since, *(["--to", until] if until else [])]) == 2
        assert why in capsys.readouterr().err
    assert main([*days, "--from", NEXT]) == 0
    assert capsys.readouterr().out.startswith("和当时一样，没有不同。\n当时发了")


def test_a_calendar_that_cannot_be_read_is_refused(stage: Stage) -> None:
    database = lived(stage)
    with pytest.raises(Refused, match="没有文件"):
        again(stage, database, ["calendar", "import", "none.csv", "--replace"])


def test_what_followed_from_an_order_is_not_ordered_twice(stage: Stage) -> None:
    bind = "group bind room-1@chatroom --tier 分院 --owner wx-"
    database = lived(stage, *(operator(on(NEXT, f"{15 + who}:00:00"), f"{bind}{who}") for who in (1, 2)))
    found = again(stage, database)
    # Whose customers they were then is not known, so who changes hands may be told less; nobody is told twice.
    assert {row["cause"] for row in found.get("difference", [])} <= {"handoff"}
    assert "newly_sent" not in {row["difference"] for row in found.get("difference", [])}


def test_who_was_forgotten_is_left_out(stage: Stage) -> None:
    database = lived(stage, operator(on(NEXT, "16:00:00"), "erase wx-1 --yes"))
    found = again(stage, database)
    assert found["limits"][0]["left_out"]["erased"] > 0
    assert "wx-1" not in str(found)


def test_what_is_lived_again_gets_no_id_of_then(stage: Stage) -> None:
    """Who stood on the lists keeps theirs, and others are met in the same moments."""
    again(stage, lived(stage))
    (folder,) = stage.folder.glob("replay-*")
    of_then, of_now = (
        {table: ids_since(folder / name, table) for table in ("journal", "delivery", "contact")}
        for name in ("then.db", "again.db")
    )
    assert all(of_now.values())
    assert not any(of_then[table] & of_now[table] for table in of_now)


def ids_since(file: Path, table: str) -> set[int]:
    with closing(sqlite3.connect(file)) as opened:
        rows = opened.execute(f"SELECT id FROM {table} WHERE id >= ?", (Ids.floor(moment(on(NEXT, "00:00:00"))),))
        return {identity for (identity,) in rows}
