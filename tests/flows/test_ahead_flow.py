"""预演: the coming days on a copy of the database, with the calendar in force or another one."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.ahead import look_ahead, told
from bot.cli import execute
from bot.command_line import main
from bot.config import load_config
from bot.desk import Desk, Refused
from bot.store import Store
from bot.store.snapshot import snapshot
from models.deliveries import Delivery
from tests.flows.playing import PLAYBOOK, Stage, moment
from tests.flows.tea_house import BIND, HEADER, IMPORT, entry, world
from tests.gateway.bot_process import ROOT

RULES = """
[caps]
person_per_week = 3
group_post_weight = 0.5
[[promises]]
tier = "分院"
content_kind = "story"
at_least = 1
per = "day"
"""


async def run(argv: list[str], desk: Desk) -> tuple[int, str]:
    answer = await execute(argv, desk)
    return answer.exit, answer.out


def live(stage: Stage, days: int, *before: list[str]) -> dict[str, list[Any]]:
    stage.write("playbook.toml", PLAYBOOK + RULES)
    daily = entry("每日", "10:00", tiers="分院", kind="story", rule="daily", date="2026-11-24")
    friends = entry("问候", "11:00", rule="daily", date="2026-11-24")
    stage.write("calendar.csv", HEADER + daily + friends)
    people = world(friends={"wx-a": ["main"], "wx-b": ["main"]})
    database = str(stage.folder / "real.db")
    stage.play([BIND, IMPORT], "--db", database, "--to", "2026-11-23T12:00:00+08:00", world=people)
    rows = look_ahead(
        load_config(stage.folder / "config.toml", {}),
        f"sqlite:///{database}",
        moment("2026-11-23T13:00:00+08:00"),
        days,
        before=before,
        run_operator=run,
        advanced=lambda _moment: None,
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["about"], []).append(row)
    return found


def test_touches_gaps_promises_and_load(stage: Stage) -> None:
    found = live(stage, 7)
    # Half a touch a post, and what the cap of three a week leaves room for beside them.
    (touches,) = found["touches"]
    assert touches["members"] == 3
    assert sum(touches["per_week"].values()) == 3
    assert touches["most"] >= 4
    assert {row["reason"] for row in found["held_back"]} == {"person_cap"}
    assert found["promises"] == [{"merchant": "m1", "about": "promises", "kept": 6, "late": 0, "missed": 0}]
    (load,) = found["load"]
    assert load["most_per_hour"] == 6  # what the cap held back leaves when the week is over
    assert load["by_hour"][10] == 7
    assert "empty_slot" not in found
    assert "必发：做到 6" in told([row for rows in found.values() for row in rows])


def test_another_calendar_shows_its_gaps(stage: Stage) -> None:
    stage.write("other.csv", HEADER + entry("换", "10:00", tiers="分院", kind="story", date="2026-11-25"))
    found = live(stage, 4, ["calendar", "import", str(stage.folder / "other.csv"), "--replace"])
    assert [row["period"] for row in found["empty_slot"]] == ["2026-11-24", "2026-11-26"]
    assert found["promises"][0]["missed"] == 2
    with pytest.raises(Refused, match="没有文件"):
        live(stage, 1, ["calendar", "import", "none.csv"])


def test_days_in_a_row_that_lack_the_same_are_told_in_one_line() -> None:
    lacking = [("a", "2026-11-30"), ("a", "2026-12-01"), ("a", "2026-12-03"), ("a", "2026-W49"), ("b", "2026-12-03")]
    rows: list[dict[str, str]] = [
        {"merchant": "m1", "about": "empty_slot", "group": group, "period": period, "text": "缺 1 条"}
        for group, period in lacking
    ]
    assert told(rows).splitlines() == [
        "缺稿：2026-11-30 到 2026-12-01（2 天） 缺 1 条（a）",
        "缺稿：2026-W49 缺 1 条（a）",
        "缺稿：2026-12-03 缺 1 条（a、b）",
    ]


def test_a_calendar_that_is_not_there_is_told_in_one_line(stage: Stage) -> None:
    stage.play([BIND], "--db", str(stage.folder / "data" / "test.db"), world=world())
    told = subprocess.run(
        [sys.executable, "-m", "bot", "ahead", "--calendar", "none.csv"],
        cwd=stage.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (2, "没有文件 none.csv\n")


def test_any_database_is_copied_and_looked_ahead_of(stage: Stage, database_url: str) -> None:
    stage.write("calendar.csv", HEADER + entry("每日", "10:00", tiers="分院", rule="daily", date="2026-11-24"))
    stage.play([BIND, IMPORT], "--db", database_url, "--to", "2026-11-23T12:00:00+08:00", world=world())
    before = deliveries(database_url)
    snapshot(database_url, stage.folder / "copy.db")
    rows = look_ahead(
        load_config(stage.folder / "config.toml", {}),
        f"sqlite:///{stage.folder / 'copy.db'}",
        moment("2026-11-23T13:00:00+08:00"),
        2,
        before=(),
        run_operator=run,
        advanced=lambda _moment: None,
    )
    assert [row["sent"] for row in rows if row["about"] == "load"] == [2]
    assert main(["ahead", "--days", "1", "--config", str(stage.folder / "config.toml"), "--db", database_url]) == 0
    assert deliveries(database_url) == before


def deliveries(url: str) -> int:
    with contextlib.closing(Store(url, lambda: moment("2026-11-23T12:00:00+08:00"))) as store, store.reading() as now:
        return int(now.execute(select(func.count()).select_from(Delivery)).scalar_one())


def test_the_command_leaves_the_database_as_it_was(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    live(stage, 1)
    database = stage.folder / "real.db"
    before = database.read_bytes()
    capsys.readouterr()
    config = str(stage.folder / "config.toml")
    assert main(["ahead", "--days", "2", "--config", config, "--db", str(database), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"touches", "load"} <= {row["about"] for row in rows}
    assert database.read_bytes() == before


def test_a_database_whose_clock_was_ahead_goes_on_from_its_last_moment(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.write("calendar.csv", HEADER + entry("每日", "10:00", tiers="分院", rule="daily", date="2099-11-24"))
    late = [{**line, "at": f"2099-11-23T{line['at']}+08:00"} for line in (BIND, IMPORT)]
    database = str(stage.folder / "ahead.db")
    stage.play(late, "--db", database, "--to", "2099-11-24T12:00:00+08:00")
    capsys.readouterr()
    assert main(["ahead", "--config", str(stage.folder / "config.toml"), "--db", database, "--days", "3"]) == 0
    out, errors = capsys.readouterr()
    assert ("发 3 条" in out, "clock.set_back" in errors) == (True, False), (out, errors)
