"""An entry is edited while its deliveries leave: what has left stays, what has not is the new, nothing goes twice."""

from __future__ import annotations

import json

import pytest

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import HEADER, IMPORT, book, entry, of, times, world

SLOW = "[pace]\nper_minute = 1\n"
FRIENDS = [f"wx-{number}" for number in range(6)]


def edited(stage: Stage, row: str, *more: Line, to: str = "2026-11-25T12:00:00+08:00") -> Played:
    """Six friends, one message a minute from ten o'clock on, and an edit at two and a half minutes past."""
    book(stage, SLOW)
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text="旧"))
    stage.write("edited.csv", HEADER + row)
    edit = operator("10:02:30", "calendar import edited.csv --json")
    people = world(friends={name: ["main"] for name in FRIENDS})
    return stage.play([IMPORT, edit, *more], "--to", to, world=people)


def left(played: Played, text: str) -> list[str]:
    return [line["at"][8:16].replace("T", " ") for line in played.arrived() if line["text"] == text]


def endings(played: Played) -> list[str]:
    return [played.states(of("tea", name))[-1] for name in FRIENDS]


def test_the_others_get_the_new_revision_and_the_ledger_says_which_got_which(stage: Stage) -> None:
    lists = [operator(at, "calendar list --json") for at in ("10:04:30", "10:06:00")]
    played = edited(stage, entry("tea", "10:00", text="新"), *lists)
    told = [json.loads(line["out"])["state"] for line in played.lines if line.get("operator") == "calendar list --json"]
    assert told == ["scheduled", "done"]
    assert left(played, "旧") == ["23 10:00", "23 10:01", "23 10:02"]
    assert left(played, "新") == ["23 10:03", "23 10:04", "23 10:05"]
    revisions = {
        line["key"]: line["revision"] for line in played.lines if line.get("state") == "sent" and line["entry"] == "tea"
    }
    assert [len({revisions[of("tea", name)] for name in some}) for some in (FRIENDS, FRIENDS[:3], FRIENDS[3:])] == [
        2,
        1,
        1,
    ]


def test_moved_to_later_that_day_the_others_go_then(stage: Stage) -> None:
    played = edited(stage, entry("tea", "15:00", text="新"))
    assert left(played, "旧") == ["23 10:00", "23 10:01", "23 10:02"]
    assert left(played, "新") == ["23 15:00", "23 15:01", "23 15:02"]


@pytest.mark.parametrize("time", ["10:30", "15:00"])
def test_deleted_and_imported_again_the_others_go_if_their_time_is_still_ahead(stage: Stage, time: str) -> None:
    stage.write("again.csv", HEADER + entry("tea", time, text="又来"))
    again = [operator("10:05:00", "calendar delete tea"), operator("10:06:00", "calendar import again.csv")]
    played = edited(stage, entry("tea", "15:00", text="新"), *again)
    assert left(played, "旧") == ["23 10:00", "23 10:01", "23 10:02"]
    hour = f"23 {time[:4]}"
    assert (left(played, "新"), left(played, "又来")) == ([], [f"{hour}0", f"{hour}1", f"{hour}2"])


@pytest.mark.parametrize(
    ("catch_up", "ending", "arrive"),
    [("skip", "skipped:too_late", 0), ("within 2h", "confirmed", 3), ("within 10m", "expired:too_late", 0),
     ("ask", "waiting:not_approved", 0)],
)  # fmt: skip
def test_moved_to_a_time_that_is_past_the_others_go_by_the_policy(
    stage: Stage, catch_up: str, ending: str, arrive: int
) -> None:
    row = entry("tea", "09:00", text="新").replace("\n", f",{catch_up}\n")
    stage.write("edited.csv", "")
    book(stage, SLOW)
    stage.write("calendar.csv", HEADER + entry("tea", "10:00", text="旧"))
    stage.write("moved.csv", HEADER.replace("\n", ",catch_up\n") + row)
    edit = operator("10:02:30", "calendar import moved.csv --json")
    people = world(friends={name: ["main"] for name in FRIENDS})
    played = stage.play([IMPORT, edit], "--to", "2026-11-23T20:00:00+08:00", world=people)
    assert endings(played) == ["confirmed"] * 3 + [ending] * 3
    assert len(left(played, "旧")) == 3
    assert len(left(played, "新")) == arrive


def test_moved_to_another_day_it_is_an_occurrence_of_that_day(stage: Stage) -> None:
    played = edited(stage, entry("tea", "10:00", date="2026-11-24", text="新"))
    assert endings(played) == ["confirmed"] * 3 + ["cancelled"] * 3
    assert left(played, "新") == [f"24 10:0{minute}" for minute in range(6)]


def test_moved_to_another_day_and_back_to_later_that_day_the_others_go_then(stage: Stage) -> None:
    stage.write("back.csv", HEADER + entry("tea", "15:00", text="又"))
    back = operator("10:30:00", "calendar import back.csv --json")
    played = edited(stage, entry("tea", "10:00", date="2026-11-24", text="新"), back)
    assert left(played, "旧") == ["23 10:00", "23 10:01", "23 10:02"]
    assert left(played, "又") == ["23 15:00", "23 15:01", "23 15:02"]
    assert left(played, "新") == []


def test_whom_the_edited_entry_does_not_concern_is_spared(stage: Stage) -> None:
    played = edited(stage, entry("tea", "10:00", tags="没人有", text="新"))
    assert endings(played) == ["confirmed"] * 3 + ["cancelled"] * 3


def test_a_deleted_entry_takes_back_what_has_not_left(stage: Stage) -> None:
    played = edited(stage, entry("tea", "10:00", text="新"), operator("10:03:30", "calendar delete tea"))
    assert endings(played) == ["confirmed"] * 4 + ["cancelled"] * 2
    assert times(played)[-1][0].startswith("23 10:03")


def test_who_has_lost_the_tag_when_it_leaves_gets_nothing(stage: Stage) -> None:
    stage.write(
        "playbook.toml",
        PLAYBOOK.replace("nudges_hours", 'tags = [{ when = { tea = "rock" }, add = ["岩"] }]\nnudges_hours')
        + '\n[[quiet_hours]]\nfrom = "11:00"\nto = "14:00"\n',
    )
    rows = entry("rock", "12:00", tags="岩") + entry("all", "12:00", tags="岩;已留")
    stage.write("calendar.csv", HEADER + rows)
    story: list[Line] = [
        IMPORT,
        asks_to_be_friends("08:30:00", "wx-new"),
        says("08:40:00", "wx-new", "叫我小林"),
        says("08:50:00", "wx-new", "1"),
        says("12:30:00", "wx-new", "改成红茶，不是岩茶"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00:00+08:00")
    assert played.states(of("rock", "wx-new")) == ["planned", "waiting:quiet_hours", "cancelled"]
    assert played.states(of("all", "wx-new")) == ["planned", "waiting:quiet_hours", "cancelled"]


@pytest.mark.parametrize(("time", "told"), [("10:00", False), ("09:30", True), ("15:00", False)])
def test_only_what_is_moved_into_the_past_is_said_to_be_too_late(stage: Stage, time: str, told: bool) -> None:
    stage.write("again.csv", HEADER + entry("tea", time, text="更新"))
    again = operator("10:03:30", "calendar import again.csv")
    out = edited(stage, entry("tea", "10:00", text="新"), again).operator("calendar import again.csv")["out"]
    assert ("已经过了" in out) == told
