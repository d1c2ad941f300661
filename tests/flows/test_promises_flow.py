"""What became of the promises, recomputed from what really happened: kept, late or missed, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator, platform
from tests.flows.tea_house import world

HEADER = "key,content_kind,date,time,rule,tiers,text,catch_up,not_after\n"
BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")
IMPORT = operator("08:00:10", "calendar import calendar.csv --json")
DAILY = (
    '[words]\nsensitive = ["稳赚"]\n[[promises]]\ntier = "分院"\ncontent_kind = "article"\nat_least = 1\nper = "day"\n'
)
WEEKLY = '[[promises]]\ntier = "分院"\ncontent_kind = "story"\nexactly = 1\nper = "week"\n'
TODAY = "--from 2026-11-23 --to 2026-11-23"


def entry(key: str = "a", time: str = "09:00", *, date: str = "2026-11-23", catch_up: str = "", **more: str) -> str:
    kind, not_after = more.get("kind", "article"), more.get("not_after", "")
    return f"{key},{kind},{date},{time},{more.get('rule', '')},分院,{more.get('text', key)},{catch_up},{not_after}\n"


def told(
    stage: Stage, rows: str, *story: Line, days: str = TODAY, book: str = DAILY, at: str = "23:30:00", **files: str
) -> list[tuple[Any, ...]]:
    """What the report says at the end of the story: promise, period, state, entries and why."""
    played = run(stage, rows, *story, days=f"{days} --json", book=book, at=at, **files)
    names = ("promise", "period", "state", "entries", "text")
    return [tuple(row[name] for name in names) for row in played.rows("report promises")]


def run(
    stage: Stage, rows: str, *story: Line, days: str, book: str = DAILY, at: str = "23:30:00", **files: str
) -> Played:
    stage.write("playbook.toml", PLAYBOOK + book)
    stage.write("calendar.csv", HEADER + rows)
    for name, content in files.items():
        stage.write(f"{name}.csv", HEADER + content)
    return stage.play([BIND, IMPORT, *story, operator(at, f"report promises {days}")])


@pytest.mark.parametrize(
    ("rows", "story", "state", "entries", "why"),
    [
        (entry(), [], "kept", ["a"], ""),
        ("", [], "missed", [], "没有排够"),
        (entry(kind="story"), [], "missed", [], "没有排够"),
        (entry(text="稳赚"), [], "missed", [], "a 没发（有不能发的词）"),
        (entry(), [platform("08:30:00", "text", "refused")], "missed", [], "a 发送失败（平台没让发）"),
        (entry(), [platform("08:30:00", "text", "timeout")], "missed", [], "a 不确定，请核对（平台没有回音）"),
        (entry(), [{"at": "08:30:00", "type": "restart", "down": "280m"}], "missed", [], "a 没发（过了时间）"),
        (
            entry(catch_up="within 5h"),
            [{"at": "08:30:00", "type": "restart", "down": "280m"}],
            "late",
            ["a"],
            "a 晚了 4 小时 10 分钟",
        ),
        (entry(catch_up="within 5h"), [{"at": "08:30:00", "type": "restart", "down": "80m"}], "kept", ["a"], ""),
        (entry(), [operator("08:59:00", "calendar delete a")], "missed", [], "没有排够"),
        (
            entry() + entry("b", "10:00"),
            [platform("08:30:00", "text", "refused")],
            "kept",
            ["b"],
            "",
        ),
    ],
)
def test_a_day(stage: Stage, rows: str, story: list[Line], state: str, entries: list[str], why: str) -> None:
    assert told(stage, rows, *story) == [("分院/article/day", "2026-11-23", state, entries, why)]


def test_an_uncertain_post_counts_when_somebody_has_settled_it(stage: Stage) -> None:
    settle = "deliveries settle entry:a:2026-11-23:room-1@chatroom sent"
    story = [platform("08:30:00", "text", "timeout"), operator("12:00:00", settle)]
    assert [row[2] for row in told(stage, entry(), *story)] == ["kept"]


@pytest.mark.parametrize(
    ("tapped", "state", "why"),
    [
        ("10:00:00", "kept", ""),
        ("10:01:00", "late", "a 晚了 1 小时 1 分钟"),
        ("2026-11-24T09:30:00+08:00", "late", "a 晚了 24 小时 30 分钟"),
    ],
)
def test_what_a_human_taps_counts_from_the_tap(stage: Stage, tapped: str, state: str, why: str) -> None:
    stage.write("playbook.toml", PLAYBOOK + DAILY)
    stage.write("calendar.csv", HEADER + entry())
    tap: Line = {"at": tapped, "type": "tapped", "account": "main", "delivery": "*"}
    report = operator("2026-11-24T23:30:00+08:00", f"report promises {TODAY} --json")
    played = stage.play([BIND, IMPORT, tap, report], world=world(channel="tap"))
    assert [(row["state"], row["text"]) for row in played.rows("report promises")] == [(state, why)]


def test_an_entry_that_was_edited_counts_as_what_it_was_when_it_left(stage: Stage) -> None:
    edit = operator("12:00:00", "calendar import later.csv --json")
    assert [row[2:4] for row in told(stage, entry(), edit, later=entry(kind="story"))] == [("kept", ["a"])]


def test_an_entry_that_was_moved_is_judged_by_the_time_it_was_moved_to(stage: Stage) -> None:
    edit = operator("08:30:00", "calendar import later.csv --json")
    assert [row[2:4] for row in told(stage, entry(), edit, later=entry(time="15:00"))] == [("kept", ["a"])]


def test_week_53_and_what_is_of_a_day_of_next_year(stage: Stage) -> None:
    week = "--from 2026-12-28 --to 2027-01-03"
    rows = told(stage, entry(kind="story", date="2027-01-02"), days=week, book=WEEKLY, at="2027-01-04T08:00:00+08:00")
    assert rows == [("分院/story/week", "2026-W53", "kept", ["a"], "")]


@pytest.mark.parametrize(
    ("at", "states"),
    [("2026-11-25T23:30:00+08:00", [("missed", "多发了 1 条")]), ("2026-11-24T23:30:00+08:00", [("kept", "")])],
)
def test_exactly_one_is_not_kept_by_two(stage: Stage, at: str, states: list[tuple[str, str]]) -> None:
    rows = entry(kind="story", date="2026-11-24") + entry("b", kind="story", date="2026-11-25")
    found = told(stage, rows, days="--from 2026-11-23 --to 2026-11-29", book=WEEKLY, at=at)
    assert [(row[2], row[4]) for row in found] == states


@pytest.mark.parametrize(
    ("bound", "date", "states"),
    [
        ("2026-11-27T08:00:00+08:00", "2026-11-25", []),  # the story of the week was told before it came
        ("2026-11-27T08:00:00+08:00", "2026-11-28", ["kept"]),
        ("2026-11-27T08:00:00+08:00", "2026-12-02", ["missed"]),
        ("2026-11-24T08:00:00+08:00", "2026-11-25", ["kept"]),
    ],
)
def test_a_promise_is_not_missed_in_days_before_the_group_was_ours(
    stage: Stage, bound: str, date: str, states: list[str]
) -> None:
    stage.write("playbook.toml", PLAYBOOK + WEEKLY)
    stage.write("calendar.csv", HEADER + entry(kind="story", date=date))
    late = {**BIND, "at": bound}
    report = operator("2026-11-30T08:00:00+08:00", "report promises --from 2026-11-23 --to 2026-11-29 --json")
    played = stage.play([IMPORT, late, report])
    assert [row["state"] for row in played.rows("report promises")] == states


def test_what_is_still_to_come_and_what_was_before_the_group_are_not_judged(stage: Stage) -> None:
    rows = told(stage, entry(rule="daily"), days="--from 2026-11-20 --to 2026-12-31")
    assert [row[1:3] for row in rows] == [("2026-11-23", "kept")]


def test_what_still_waits_when_the_day_is_over_was_missed(stage: Stage) -> None:
    story = {"at": "08:30:00", "type": "restart", "down": "80m"}
    rows = told(stage, entry(catch_up="ask"), story, at="2026-11-24T00:30:00+08:00")
    assert [row[2:] for row in rows] == [("missed", [], "a 还在等（等人通过）")]


@pytest.mark.parametrize(
    ("rows", "at", "states"),
    [
        (entry(kind="story", date="2026-11-27"), "2026-11-25T12:00:00+08:00", []),  # on Friday, and this is Wednesday
        ("", "2026-11-25T12:00:00+08:00", []),  # nothing is planned, and somebody may still write it
        (entry(kind="story", time="20:00", date="2026-11-29"), "2026-11-29T12:00:00+08:00", []),
        ("", "2026-11-29T12:00:00+08:00", ["missed"]),  # Sunday, and nothing is to come any more
        (entry(kind="story"), "2026-11-25T12:00:00+08:00", ["kept"]),
        (entry(kind="story", date="2026-11-27"), "2026-11-30T00:01:00+08:00", ["kept"]),
        ("", "2026-11-30T00:01:00+08:00", ["missed"]),
    ],
)
def test_a_week_that_still_runs_is_not_missed_yet(stage: Stage, rows: str, at: str, states: list[str]) -> None:
    week = "--from 2026-11-23 --to 2026-11-29"
    assert [row[2] for row in told(stage, rows, days=week, book=WEEKLY, at=at)] == states


def test_too_many_are_not_called_missing(stage: Stage) -> None:
    rows = entry(kind="story", date="2026-11-24") + entry("b", kind="story", date="2026-11-25")
    played = run(stage, rows, days="--from 2026-11-23 --to 2026-11-29", book=WEEKLY, at="2026-11-25T23:30:00+08:00")
    *shown, total = played.operator("report promises")["out"].splitlines()
    assert shown[1].split() == ["2026-W48", "分院一群", "分院/story/week", "多发", "多发了", "1", "条"]
    assert total == "做到了 0，晚了 0，漏发 0，多发 1"


def test_people_read_what_was_missed_and_why(stage: Stage) -> None:
    played = run(stage, entry(text="稳赚"), days=TODAY)
    *shown, total = played.operator("report promises")["out"].splitlines()
    assert shown[1].split() == ["2026-11-23", "分院一群", "分院/article/day", "漏发", "a", "没发（有不能发的词）"]
    assert total == "做到了 0，晚了 0，漏发 1"
