"""Groups' own versions of optional entries: a text, a day or a time of their own, or none; and back again."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, operator

A, B, C = (f"room-{name}@chatroom" for name in "abc")
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "groups": [{"id": room, "topic": room, "owner": "main", "members": ["main"]} for room in (A, B, C)],
    }
}
BIND = [operator(f"08:00:0{number}", f"group bind {room} --tier 分院") for number, room in enumerate((A, B))]
HEADER = "key,date,time,rule,tiers,text,optional,catch_up\n"
DAILY = "早,2026-11-23,09:00,daily,分院,早安,yes,\n"
ONCE = "会,2026-11-24,10:00,,分院,聚会,yes,\n"
FIXED = "令,2026-11-24,11:00,,分院,总部令,no,\n"


def play(stage: Stage, *story: Line, to: str = "2026-11-25T23:00:00+08:00", book: str = "") -> Played:
    stage.write("playbook.toml", PLAYBOOK + book)
    stage.write("calendar.csv", HEADER + DAILY + ONCE + FIXED)
    imported = operator("08:01:00", "calendar import calendar.csv --json")
    return stage.play([*BIND, imported, *story], "--to", to, world=WORLD)


def own(at: str, what: str) -> Line:
    return operator(at, f"calendar override {what}")


def came(played: Played, key: str, room: str) -> list[str]:
    """When and what came to the room of that entry."""
    found = played.arrived(to=room)
    return [f"{line['at'][8:16]} {line['text']}" for line in found if line["delivery"].startswith(f"entry:{key}:")]


def test_a_text_of_its_own(stage: Stage) -> None:
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --text 早呀"),
        own("2026-11-24T12:00:00+08:00", f"早 --group {A} --undo"),
    )
    assert came(played, "早", A) == ["23T09:00 早呀", "24T09:00 早呀", "25T09:00 早安"]
    assert came(played, "早", B) == ["23T09:00 早安", "24T09:00 早安", "25T09:00 早安"]


def test_a_time_of_its_own_comes_once_a_day_and_leaves_the_others_alone(stage: Stage) -> None:
    played = play(stage, own("08:02:00", f"早 --group {A} --time 10:30"))
    assert came(played, "早", A) == ["23T10:30 早安", "24T10:30 早安", "25T10:30 早安"]
    assert came(played, "早", B) == ["23T09:00 早安", "24T09:00 早安", "25T09:00 早安"]


def test_a_date_of_its_own(stage: Stage) -> None:
    played = play(stage, own("08:02:00", f"会 --group {B} --date 2026-11-25 --time 15:00"))
    assert came(played, "会", A) == ["24T10:00 聚会"]
    assert came(played, "会", B) == ["25T15:00 聚会"]
    assert [line["delivery"] for line in played.arrived(to=B) if "会" in line["delivery"]] == [
        f"entry:会:2026-11-25:{B}"
    ]


def test_without_it_and_with_it_again(stage: Stage) -> None:
    undone = own("2026-11-24T12:00:00+08:00", f"早 --group {A} --undo")
    played = play(stage, own("08:02:00", f"早 --group {A} --decline"), undone)
    assert came(played, "早", A) == ["25T09:00 早安"]
    assert played.states(f"entry:早:2026-11-23:{A}") == []
    assert played.states(f"entry:早:2026-11-24:{A}") == ["skipped:too_late"]


def test_a_date_of_its_own_takes_the_end_along_and_a_time_past_it_is_said(stage: Stage) -> None:
    stage.write("later.csv", HEADER.replace("\n", ",not_after\n") + ONCE.replace("\n", ",2026-11-24 12:00\n"))
    played = play(
        stage,
        operator("08:01:30", "calendar import later.csv"),
        own("08:02:00", f"会 --group {A} --time 13:00"),
        own("08:02:10", f"会 --group {B} --date 2026-11-25"),
    )
    assert came(played, "会", A) == []
    assert came(played, "会", B) == ["25T10:00 聚会"]
    told = [line["out"] for line in played.lines if "override" in line.get("operator", "")]
    assert told == [
        f"会 在 {A}：时间改为 13:00:00，但那时已经过期（2026-11-24 12:00），发不出去\n",
        f"会 在 {B}：日期改为 2026-11-25\n",
    ]


def test_a_group_moves_an_entry_within_its_window_and_no_further(stage: Stage) -> None:
    stage.write(
        "windows.csv",
        "key,date,time,rule,tiers,text,optional,window\n早,2026-11-23,09:00,daily,分院,早安,yes,90分钟\n"
        "会,2026-11-24,10:00,,分院,聚会,yes,1d\n",
    )
    imported = operator("08:01:30", "calendar import windows.csv --json")
    tries = (
        f"早 --group {A} --time 10:31",
        f"早 --group {A} --time 10:30",
        f"会 --group {A} --date 2026-11-25 --time 10:01",
        f"会 --group {A} --date 2026-11-23 --time 10:00",
        f"会 --group {B} --time 12:00",
        f"会 --group {B} --date 2026-11-25",  # with the time it has from before that is too far
    )
    story = [own(f"08:02:0{number}", one) for number, one in enumerate(tries)]
    played = play(stage, imported, *story)
    answers = [line for line in played.lines if line.get("operator", "").startswith("calendar override")]
    assert [answer["exit"] for answer in answers] == [2, 0, 2, 0, 0, 2]
    assert answers[0]["out"] == "排期「早」在 2026-11-23 09:00，各群前后最多能挪 90 分钟\n"
    assert came(played, "早", A)[0] == "23T10:30 早安"
    assert came(played, "会", A) == ["23T10:00 聚会"]
    assert came(played, "会", B) == ["24T12:00 聚会"]


def test_the_preview_looks_at_each_group_at_its_own_time(stage: Stage) -> None:
    played = play(
        stage,
        own("08:02:00", f"会 --group {A} --time 23:30"),
        operator("08:03:00", "calendar preview 会 --json"),
        operator("08:03:00", "calendar preview 会 --at 2026-11-24T12:00 --json"),
        to="2026-11-23T09:00:00+08:00",
        book='[[quiet_hours]]\nfrom = "22:00"\nto = "08:00"\n',
    )
    rows = played.rows("calendar preview 会 --json")
    assert [(row["target"], row["decision"], row["until"]) for row in rows[:-1]] == [
        (B, "would_send", None),
        (A, "would_wait", "2026-11-25T08:00:00+08:00"),
    ]
    assert {row["decision"] for row in played.rows("calendar preview 会 --at")[:-1]} == {"would_send"}


def test_changes_above_flow_down_without_undoing_local_ones(stage: Stage) -> None:
    stage.write("edited.csv", HEADER + DAILY.replace("早安", "新的早安").replace("09:00", "08:30"))
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --time 10:30"),
        own("08:03:00", f"早 --group {B} --text 自己的早"),
        operator("12:00:00", "calendar import edited.csv --json"),
    )
    assert came(played, "早", A) == ["23T10:30 早安", "24T10:30 新的早安", "25T10:30 新的早安"]
    assert came(played, "早", B) == ["23T09:00 自己的早", "24T08:30 自己的早", "25T08:30 自己的早"]


def test_what_is_no_longer_optional_goes_to_all_alike(stage: Stage) -> None:
    stage.write("edited.csv", HEADER + DAILY.replace("yes", "no"))
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --time 10:30 --text 自己的"),
        operator("12:00:00", "calendar import edited.csv --json"),
    )
    assert came(played, "早", A) == ["23T10:30 自己的", "24T09:00 早安", "25T09:00 早安"]


def test_moved_after_it_has_left_it_is_not_sent_again(stage: Stage) -> None:
    played = play(stage, own("09:30:00", f"早 --group {A} --time 15:00"), to="2026-11-23T23:00:00+08:00")
    assert came(played, "早", A) == ["23T09:00 早安"]


def test_moved_to_a_time_that_is_past_it_is_missed_and_undone_too(stage: Stage) -> None:
    played = play(
        stage,
        own("08:30:00", f"早 --group {A} --time 08:20"),
        own("08:31:00", f"早 --group {B} --time 12:00"),
        own("11:00:00", f"早 --group {B} --undo"),
        to="2026-11-23T23:00:00+08:00",
    )
    assert played.states(f"entry:早:2026-11-23:{A}") == ["skipped:too_late"]
    assert played.states(f"entry:早:2026-11-23:{B}") == ["skipped:too_late"]


def test_it_survives_a_restart_and_missed_ones_are_on_record(stage: Stage) -> None:
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --time 10:30"),
        {"at": "10:00:00", "type": "restart", "down": "60m"},
        to="2026-11-24T23:00:00+08:00",
    )
    assert played.states(f"entry:早:2026-11-23:{A}") == ["skipped:too_late"]
    assert came(played, "早", A) == ["24T10:30 早安"]


def test_what_cannot_be_had_otherwise_is_refused_with_a_reason(stage: Stage) -> None:
    wrong = {
        f"令 --group {A} --text 不": "不是可选的",
        f"没有 --group {A} --decline": "没有排期",
        f"早 --group {C} --decline": "还没有绑定",
        "早 --group nobody@chatroom --decline": "没有群",
        f"早 --group {A}": "--decline",
        f"早 --group {A} --decline --undo": "--decline",
        f"早 --group {A} --time 25:00": "25:00",
        f"早 --group {A} --date 13-40": "13-40",
        f"早 --group {A} --text '{{name'": "{name",
    }
    story = [own(f"08:02:{number:02}", what) for number, what in enumerate(wrong)]
    played = play(stage, *story, to="2026-11-23T12:00:00+08:00")
    answers = [line for line in played.lines if "calendar override" in line.get("operator", "")]
    assert [answer["exit"] for answer in answers] == [2] * len(wrong)
    for answer, reason in zip(answers, wrong.values(), strict=True):
        assert reason in answer["out"]
    assert came(played, "早", A) == ["23T09:00 早安"]


def test_preview_shows_each_groups_own(stage: Stage) -> None:
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --text 自己的"),
        own("08:03:00", f"早 --group {B} --decline"),
        operator("08:05:00", "calendar preview 早 --json"),
        to="2026-11-23T12:00:00+08:00",
    )
    assert [(row["target"], row["text"]) for row in played.rows("calendar preview")[:-1]] == [(A, "自己的")]


def test_the_list_says_which_group_has_what_and_when_it_comes_next(stage: Stage) -> None:
    played = play(
        stage,
        own("08:02:00", f"早 --group {A} --time 10:30"),
        own("08:03:00", f"早 --group {B} --decline"),
        operator("09:30:00", "calendar list --json"),
        operator("09:31:00", "calendar import calendar.csv"),
        to="2026-11-23T12:00:00+08:00",
    )
    (row,) = [row for row in played.rows("calendar list") if row["key"] == "早"]
    assert row["overrides"] == [
        {"group": A, "text": None, "date": None, "time": "10:30:00", "declined": False},
        {"group": B, "text": None, "date": None, "time": None, "declined": True},
    ]
    assert row["next"] == [f"2026-11-{day} 09:00" for day in range(24, 29)]


def test_an_entry_is_not_done_while_a_groups_own_version_is_still_to_come(stage: Stage) -> None:
    later = operator("2026-11-24T12:00:00+08:00", "calendar list --json")
    played = play(stage, own("08:02:00", f"会 --group {A} --date 2026-11-26"), later)
    assert {row["key"]: row["state"] for row in played.rows("calendar list")} == {
        "早": "scheduled",
        "会": "scheduled",
        "令": "done",
    }


def test_an_import_shows_the_next_dates_of_its_rules(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + DAILY + "闰,,09:00,农历腊月三十,分院,除夕好,no,\n")
    played = stage.play([*BIND, operator("08:01:00", "calendar import calendar.csv --dry-run")], world=WORLD)
    said = played.operator("calendar import")["out"]
    assert (
        "早（每天）：2026-11-23 09:00、2026-11-24 09:00、2026-11-25 09:00、2026-11-26 09:00、2026-11-27 09:00" in said
    )
    assert "2027-02-05 09:00、2028-01-25 09:00、2029-02-12 09:00、2030-02-02 09:00、2031-01-22 09:00" in said


def test_what_is_moved_to_a_day_that_is_past_goes_by_its_catch_up(stage: Stage) -> None:
    moved = [("问", "ask"), ("补", "within 30h"), ("迟", "within 2h"), ("跳", "skip")]
    for file, day in (("before", 27), ("after", 24)):
        lines = [f"{key},2026-11-{day},12:00,,分院,{key},yes,{policy}\n" for key, policy in moved]
        stage.write(f"{file}.csv", HEADER + "".join(lines) + "旧,2026-11-22,12:00,,分院,旧,yes,ask\n")
    played = play(
        stage,
        operator("08:02:00", "calendar import before.csv"),
        own("08:03:00", f"会 --group {A} --date 2026-11-26"),
        operator("2026-11-25T14:00:00+08:00", "calendar import after.csv"),
        own("2026-11-25T15:00:00+08:00", f"会 --group {A} --undo"),
        own("2026-11-25T15:01:00+08:00", f"会 --group {B} --text 不同了"),
        own("2026-11-25T15:02:00+08:00", f"跳 --group {B} --date 2026-11-23"),
    )
    assert played.states(f"entry:问:2026-11-24:{A}") == ["waiting:not_approved"]
    assert played.states(f"entry:补:2026-11-24:{A}")[-1] == "confirmed"
    assert played.states(f"entry:迟:2026-11-24:{A}") == ["expired:too_late"]
    assert played.states(f"entry:跳:2026-11-24:{A}") == ["skipped:too_late"]
    assert played.states(f"entry:跳:2026-11-23:{B}") == ["skipped:too_late"]
    assert played.states(f"entry:会:2026-11-24:{A}") == ["skipped:too_late"]
    assert len([line for line in played.arrived(to=B) if "会" in line["delivery"]]) == 1  # what was sent stays sent
    assert played.states(f"entry:旧:2026-11-22:{A}") == []  # before its first import it was nothing
