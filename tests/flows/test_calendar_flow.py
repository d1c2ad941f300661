"""The day's post under the virtual clock: on time, once, and by its policy when it was missed."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.flows.playing import DAY, PLAYBOOK, Line, Stage, moment, operator

BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")
IMPORT = operator("08:00:10", "calendar import calendar.csv --json")
HEADER = (
    "key,title,kind,content_kind,theme,date,time,rule,tiers,groups,tags,text,media,"
    "promotional,priority,not_after,catch_up,optional\n"
)


def entry(
    key: str, time: str, *, date: str = "2026-11-23", rule: str = "", catch_up: str = "", not_after: str = ""
) -> str:
    """A row of the calendar for the groups of the one tier."""
    return f"{key},,text,article,,{date},{time},{rule},分院,,,正文 {key},,no,5,{not_after},{catch_up},no\n"


def test_a_post_reaches_its_group_on_time_and_once(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00") + entry("d", "10:30:15", rule="daily"))
    played = stage.play([BIND, IMPORT], "--to", "2026-11-25T08:00:00+08:00")
    assert [(line["at"], line["delivery"]) for line in played.arrived(to="room-1@chatroom")] == [
        ("2026-11-23T09:00:00+08:00", "entry:a:2026-11-23:room-1@chatroom"),
        ("2026-11-23T10:30:15+08:00", "entry:d:2026-11-23:room-1@chatroom"),
        ("2026-11-24T10:30:15+08:00", "entry:d:2026-11-24:room-1@chatroom"),
    ]


def test_a_second_import_of_the_same_file_changes_nothing(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00"))
    played = stage.play([BIND, IMPORT, operator("08:01:00", "calendar import calendar.csv --json")])
    assert played.rows("calendar import") == [{"created": 0, "changed": 0, "same": 1, "faults": 0}]
    assert len(played.arrived(to="room-1@chatroom")) == 1


@pytest.mark.parametrize(
    ("catch_up", "states", "arrives"),
    [
        ("skip", ["skipped:too_late"], 0),
        ("within 2h", ["planned", "claimed", "sent", "confirmed"], 1),
        ("within 30m", ["expired:too_late"], 0),
        ("ask", ["waiting:not_approved"], 0),
    ],
)
def test_what_was_missed_while_down_goes_by_its_own_policy(
    stage: Stage, catch_up: str, states: list[str], arrives: int
) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00", catch_up=catch_up))
    played = stage.play([BIND, IMPORT, {"at": "08:30:00", "type": "restart", "down": "90m"}])
    assert played.states("entry:a:2026-11-23:room-1@chatroom") == states
    assert len(played.arrived(to="room-1@chatroom")) == arrives


@pytest.mark.parametrize(
    ("catch_up", "down", "state"),
    [
        ("within 2h", "90m", "confirmed"),
        ("within 2h", "150m", "expired:too_late"),
        ("skip", "10h", "confirmed"),  # it was planned in time, and is of this day
        ("skip", "30h", "skipped:too_late"),
        ("ask", "30h", "waiting:not_approved"),
        ("within 2d", "30h", "confirmed"),
    ],
)
def test_what_was_in_line_when_the_program_went_down_goes_on_by_its_own_policy(
    stage: Stage, catch_up: str, down: str, state: str
) -> None:
    stage.write("playbook.toml", PLAYBOOK + "per_minute = 2\n")  # of the pace
    rows = "".join(entry(f"e{number}", "09:00", catch_up=catch_up) for number in range(8))
    stage.write("calendar.csv", HEADER + rows)
    played = stage.play(
        [BIND, IMPORT, {"at": "09:01:10", "type": "restart", "down": down}], "--to", "2026-11-25T12:00:00+08:00"
    )
    gone_before = sum(moment(one["at"]) < moment("2026-11-23T09:02:00+08:00") for one in played.arrived())
    assert 0 < gone_before < 8
    last = [played.states(f"entry:e{number}:2026-11-23:room-1@chatroom")[-1] for number in range(8)]
    assert last == [*["confirmed"] * gone_before, *[state] * (8 - gone_before)]


def test_a_missed_post_that_asks_goes_when_it_is_approved(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00", catch_up="ask"))
    story: list[Line] = [
        BIND,
        IMPORT,
        {"at": "08:30:00", "type": "restart", "down": "90m"},
        operator("11:00:00", "calendar approve a"),
    ]
    played = stage.play(story)
    assert [line["at"][11:16] for line in played.arrived(to="room-1@chatroom")] == ["11:00"]


def test_of_a_daily_post_that_was_missed_for_days_a_word_lets_only_the_newest_go(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("d", "09:00", rule="daily", catch_up="ask"))
    story: list[Line] = [
        BIND,
        IMPORT,
        {"at": "08:30:00", "type": "restart", "down": "73h"},
        operator("2026-11-26T11:00:00+08:00", "calendar approve d"),
    ]
    played = stage.play(story, "--to", "2026-11-26T12:00:00+08:00")
    assert [line["delivery"] for line in played.arrived()] == ["entry:d:2026-11-26:room-1@chatroom"]
    assert played.states("entry:d:2026-11-25:room-1@chatroom") == ["waiting:not_approved", "skipped:too_late"]


def test_an_entry_moved_to_a_time_now_past_falls_under_its_policy(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "10:00", catch_up="skip"))
    stage.write("moved.csv", HEADER + entry("a", "09:00", catch_up="skip"))
    played = stage.play([BIND, IMPORT, operator("09:30:00", "calendar import moved.csv --json")])
    assert played.states("entry:a:2026-11-23:room-1@chatroom") == ["skipped:too_late"]


def test_a_deleted_entry_sends_nothing(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00"))
    played = stage.play([BIND, IMPORT, operator("08:59:00", "calendar delete a")])
    assert played.arrived(to="room-1@chatroom") == []


def test_a_clock_set_back_fires_nothing_again(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00"))
    played = stage.play([BIND, IMPORT, {"at": "09:05:00", "type": "clock", "shift": "-30m"}])
    assert len(played.arrived(to="room-1@chatroom")) == 1


@pytest.mark.parametrize(
    ("catch_up", "missed", "arrive"),
    [("", "skipped:too_late", []), ("within 5h", "expired:too_late", ["25"]), ("ask", "waiting:not_approved", [])],
)
def test_a_machine_that_slept_for_days_does_not_post_them_all_when_it_wakes(
    stage: Stage, catch_up: str, missed: str, arrive: list[str]
) -> None:
    """Nobody was there at those times, though the program was never stopped."""
    stage.write("calendar.csv", HEADER + entry("d", "09:00", rule="daily", catch_up=catch_up))
    played = stage.play(
        [BIND, IMPORT, {"at": "12:00:00", "type": "clock", "shift": "49h"}], "--to", f"{DAY}T13:00+08:00"
    )
    assert played.states("entry:d:2026-11-24:room-1@chatroom") == [missed]
    left = [line["delivery"].split(":")[2][-2:] for line in played.arrived(to="room-1@chatroom")]
    assert left == ["23", *arrive]


def test_a_clock_that_was_set_on_by_less_than_an_hour_loses_no_post(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00"))
    played = stage.play([BIND, IMPORT, {"at": "08:50:00", "type": "clock", "shift": "30m"}])
    assert len(played.arrived(to="room-1@chatroom")) == 1


def test_an_unbound_group_with_the_same_title_gets_nothing(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "groups": [
                {"id": "room-1@chatroom", "topic": "分院一群", "owner": "main", "members": ["main"]},
                {"id": "fake@chatroom", "topic": "分院一群", "owner": "x", "members": ["main", "x"]},
            ],
        }
    }
    stage.write("calendar.csv", HEADER + entry("a", "09:00"))
    played = stage.play([BIND, IMPORT], world=world)
    assert [line["to"]["group"] for line in played.arrived()] == ["room-1@chatroom"]


def test_a_bad_row_saves_nothing_and_names_row_and_column(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00") + entry("b", "25:00").replace("分院", "没有"))
    played = stage.play([BIND, IMPORT])
    assert played.operator("calendar import")["exit"] == 2
    faults = played.rows("calendar import")
    assert [(fault["row"], fault["column"]) for fault in faults[:-1]] == [(3, "time"), (3, "tiers")]
    assert faults[-1] == {"created": 0, "changed": 0, "same": 0, "faults": 2}
    assert played.arrived(to="room-1@chatroom") == []


def test_a_gbk_file_of_ten_thousand_bad_rows_is_told_in_part_and_as_a_whole_with_json(stage: Stage) -> None:
    rows = "".join(entry(f"e{number}", "25:00", date="2月30日") for number in range(10_000))
    (stage.folder / "calendar.csv").write_bytes((HEADER + rows + entry("好", "09:00")).encode("gbk"))
    played = stage.play(
        [
            BIND,
            IMPORT,
            operator("08:01:00", "calendar import calendar.csv"),
            operator("08:02:00", "calendar list --json"),
        ]
    )
    *faults, counts = played.rows("calendar import calendar.csv --json")
    assert counts == {"created": 0, "changed": 0, "same": 0, "faults": 20_000}
    assert [(one["row"], one["column"], one["found"]) for one in faults[-2:]] == [
        (10_001, "date", "2月30日"),
        (10_001, "time", "25:00"),
    ]
    (told,) = [line for line in played.lines if line.get("operator") == "calendar import calendar.csv"]
    assert told["exit"] == 2
    assert told["out"].splitlines()[-2].startswith("……还有 19,800 处")
    assert played.operator("calendar list")["out"] == ""  # nothing is saved of the row that is right


def test_an_import_tells_what_will_reach_nobody(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "09:00").replace("分院", ""))
    played = stage.play([BIND, operator("08:00:10", "calendar import calendar.csv")])
    answer = played.operator("calendar import")
    assert answer["exit"] == 0
    assert "提醒：a 没有写层级、群或标签，谁也收不到" in answer["out"]


def test_an_import_says_which_groups_nobody_has_bound(stage: Stage) -> None:
    stage.write("calendar.csv", "key,date,time,text,groups\na,2026-11-23,21:00,早,room-1@chatroom\n")
    unbound = operator("07:00:00", "calendar import calendar.csv --dry-run")
    played = stage.play([unbound, BIND, operator("08:00:10", "calendar import calendar.csv")])
    told = [line["out"] for line in played.lines if line.get("operator", "").startswith("calendar import")]
    counts = "新增 1，改动 0，没变 0，有错 0\n"
    assert told == [f"提醒：a 的群 room-1@chatroom 还没有绑定，绑定以前收不到\n{counts}", counts]


def test_an_import_in_place_of_all_says_what_it_deletes(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + "".join(entry(key, "21:00") for key in "abc"))
    stage.write("less.csv", HEADER + entry("b", "21:00"))
    less = "calendar import less.csv --replace"
    played = stage.play(
        [
            BIND,
            IMPORT,
            operator("08:00:20", f"{less} --dry-run"),
            operator("08:00:30", less),
            operator("08:01:00", less),
        ]
    )
    told = [line["out"] for line in played.lines if line.get("operator", "").startswith(less)]
    deleted = "文件里没有，删掉 2 条：a、c\n新增 0，改动 0，没变 1，有错 0\n"
    assert told == [deleted, deleted, "新增 0，改动 0，没变 1，有错 0\n"]


@pytest.mark.parametrize(
    ("catch_up", "missed", "time", "then"),
    [
        ("skip", "skipped:too_late", "12:30", ["planned", "claimed", "sent", "confirmed"]),
        ("skip", "skipped:too_late", "10:00", []),
        ("within 30m", "expired:too_late", "12:30", ["planned", "claimed", "sent", "confirmed"]),
        ("within 30m", "expired:too_late", "10:45", ["planned", "claimed", "sent", "confirmed"]),
        ("within 30m", "expired:too_late", "10:15", []),
    ],
)
def test_what_was_missed_and_never_left_goes_at_the_time_it_is_moved_to(
    stage: Stage, catch_up: str, missed: str, time: str, then: list[str]
) -> None:
    key = "entry:a:2026-11-23:room-1@chatroom"
    stage.write("calendar.csv", HEADER + entry("a", "07:30", catch_up=catch_up))
    stage.write("moved.csv", HEADER + entry("a", time, catch_up=catch_up).replace("正文", "新"))
    again = operator("13:00:00", "calendar import moved.csv --json")
    played = stage.play([BIND, IMPORT, operator("11:00:00", "calendar import moved.csv --json"), again])
    assert played.states(key) == [missed, *then]
    assert [(line["at"][11:16], line["text"]) for line in played.arrived(to="room-1@chatroom")] == (
        [(max(time, "11:00"), "新 a")] if then else []
    )


def test_what_was_missed_for_a_group_that_is_no_longer_meant_stays_missed(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("a", "07:30"))
    stage.write("moved.csv", HEADER + entry("a", "12:30").replace("分院", "总院"))
    played = stage.play([BIND, IMPORT, operator("11:00:00", "calendar import moved.csv --json")])
    assert played.states("entry:a:2026-11-23:room-1@chatroom") == ["skipped:too_late"]


@pytest.mark.parametrize(("rule", "told"), [("daily", True), ("workdays", False), ("weekly thu", False)])
def test_an_import_says_which_posts_pile_up_over_the_holidays(stage: Stage, rule: str, told: bool) -> None:
    stage.write("playbook.toml", 'rest_days = ["holidays"]\n' + PLAYBOOK)
    stage.write("calendar.csv", HEADER + entry("早", "09:00", rule=rule, date="2026-09-14"))
    early = [{**line, "at": f"2026-09-14T{line['at']}+08:00"} for line in (BIND, IMPORT)]
    early[1]["run"] = "calendar import calendar.csv"
    played = stage.play(early, "--to", "2026-09-14T08:30:00+08:00")
    said = "早 有 7 条落在休息日，会攒到 2026-10-08 00:00 一起发"  # the days of 国庆
    assert (said in played.operator("calendar import")["out"]) == told


def test_after_the_holidays_no_more_leaves_in_a_day_than_the_caps_allow(stage: Stage) -> None:
    stage.write(
        "playbook.toml", 'rest_days = ["holidays"]\n' + PLAYBOOK + "per_minute = 2\n[caps]\ngroup_per_day = 3\n"
    )
    rows = entry("早", "09:00", rule="daily", date="2026-09-14") + entry("晚", "20:00", rule="daily", date="2026-09-14")
    stage.write("calendar.csv", HEADER + rows)
    early = [{**line, "at": f"2026-09-14T{line['at']}+08:00"} for line in (BIND, IMPORT)]
    played = stage.play(early, "--to", "2026-10-12T23:00:00+08:00")
    left = [moment(one["at"]) for one in played.arrived(to="room-1@chatroom")]
    per_day = Counter(at.date() for at in left)
    assert max(per_day.values()) == 3
    assert not any(date(2026, 10, 1) <= day <= date(2026, 10, 7) for day in per_day)
    assert played.states("entry:早:2026-10-01:room-1@chatroom")[:2] == ["planned", "waiting:quiet_hours"]
