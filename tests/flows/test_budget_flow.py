"""An account's budget in the whole program: new friends, room in the order of value, warm-up, too frequent."""

from __future__ import annotations

from tests.flows.playing import Stage, asks_to_be_friends, operator, platform, says
from tests.flows.tea_house import HEADER, IMPORT, book, entry, of, times, until, world


def test_friends_beyond_the_days_number_wait_in_line_and_nobody_is_skipped(stage: Stage) -> None:
    book(stage, "[pace]\nnew_friends_per_day = 2\n")
    story = [asks_to_be_friends(f"09:0{n}:00", f"wx{n}") for n in range(5)]
    played = stage.play(story, "--to", "2026-11-26T08:00:00+08:00")
    accepted = [(line["at"][:16], line["to"]["contact"]) for line in played.arrived(kind="friend_accept")]
    assert accepted == [
        ("2026-11-23T09:00", "wx0"),
        ("2026-11-23T09:01", "wx1"),
        ("2026-11-24T00:00", "wx2"),
        ("2026-11-24T00:00", "wx3"),
        ("2026-11-25T00:00", "wx4"),
    ]
    waits = [(line["to"]["contact"], line["until"][:16]) for line in played.lines if line.get("reason")]
    assert waits == [("wx2", "2026-11-24T00:00"), ("wx3", "2026-11-24T00:00"), ("wx4", "2026-11-25T00:00")]
    assert played.summary["greeted"] == 5


def test_a_full_day_of_friends_holds_nothing_else_up(stage: Stage) -> None:
    book(stage, "[pace]\nnew_friends_per_day = 1\nper_hour = 50\n")
    story = [
        asks_to_be_friends("09:00:00", "wx1"),
        asks_to_be_friends("09:01:00", "wx2"),
        says("09:02:00", "wx1", "叫我小林"),
    ]
    played = stage.play(story)
    assert [line["at"][11:16] for line in played.arrived(to="wx1", kind="text")][:3] == ["09:00", "09:00", "09:02"]


def test_a_rush_leaves_no_minute_unused(stage: Stage) -> None:
    """Forty ask within a minute: those beyond the day's number of friends take no room from the others."""
    book(stage, "[pace]\nper_minute = 6\nnew_friends_per_day = 15\n")
    story = [asks_to_be_friends(f"09:00:{n:02d}", f"wx{n}") for n in range(40)]
    played = stage.play(story, "--to", "2026-11-23T12:00:00+08:00")
    left = [line["at"][11:16] for line in played.arrived()]
    full = [f"09:{minute:02d}" for minute in range(7)]
    assert [left.count(minute) for minute in full] == [6] * len(full)
    assert len(left) == 45  # accepted, greeted and asked, fifteen each
    assert played.summary["by_state"]["waiting"] == 25


def test_those_beyond_the_budget_have_a_time_each_in_the_order_of_value(stage: Stage) -> None:
    book(stage, "[pace]\nper_minute = 2\nper_hour = 3\n")
    rows = [entry(f"e{n}", "09:00", priority=9 - n) for n in range(4)]
    stage.write("calendar.csv", HEADER + "".join(rows))
    played = stage.play([IMPORT], world=world(friends={"wx-a": ["main"]}))
    assert times(played) == [
        ("23 09:00:00", of("e3")),
        ("23 09:00:00", of("e2")),
        ("23 09:01:00", of("e1")),
        ("23 10:00:00", of("e0")),
    ]
    assert played.states(of("e0")) == ["planned", "waiting:account_budget", "claimed", "sent", "confirmed"]
    assert until(played, of("e0")) == "2026-11-23T10:00:00+08:00"


def test_a_reply_goes_before_those_who_wait_for_room(stage: Stage) -> None:
    book(stage, "[pace]\nper_minute = 1\n")
    stage.write("calendar.csv", HEADER + "".join(entry(f"e{n}", "09:00") for n in range(3)))
    story = [IMPORT, says("09:00:10", "wx-boss", "/我是谁")]
    played = stage.play(story, world=world(friends={"wx-a": ["main"]}))
    assert [(line["at"][11:19], line["delivery"].split(":")[0]) for line in played.arrived()] == [
        ("09:00:00", "entry"),
        ("09:01:00", "command"),
        ("09:02:00", "entry"),
        ("09:03:00", "entry"),
    ]


def test_room_that_nobody_takes_is_given_to_the_next(stage: Stage) -> None:
    book(stage, "[pace]\nper_hour = 1\n")
    stage.write("calendar.csv", HEADER + "".join(entry(f"e{n}", "09:00") for n in range(4)))
    story = [IMPORT, operator("09:10:00", "calendar delete e1 e2")]
    played = stage.play(story, world=world(friends={"wx-a": ["main"]}))
    assert times(played) == [("23 09:00:00", of("e0")), ("23 10:00:00", of("e3"))]


def test_a_young_account_grows_into_its_day(stage: Stage) -> None:
    book(stage, "[pace]\nper_day = 4\nwarm_up = [{ day = 1, share = 0.25 }, { day = 2, share = 0.75 }]\n")
    stage.write("calendar.csv", HEADER + "".join(entry(f"e{n}", "09:00") for n in range(6)))
    played = stage.play([IMPORT], "--to", "2026-11-26T00:00:00+08:00", world=world(friends={"wx-a": ["main"]}))
    assert [at[:2] for at, _ in times(played)] == ["23", "24", "24", "24", "25", "25"]


def test_too_frequent_silences_then_slows_the_account_for_a_day(stage: Stage) -> None:
    book(stage, "[pace]\nper_hour = 8\nshare_after_too_frequent = 0.25\n")
    stage.write(
        "calendar.csv",
        HEADER
        + "".join(entry(f"e{n}", "09:00") for n in range(3))
        + entry("l", "14:00", date="2026-11-24")
        + entry("m", "14:00", date="2026-11-24"),
    )
    story = [IMPORT, platform("08:30:00", "text", "too_frequent", times=2)]
    played = stage.play(story, "--to", "2026-11-25T08:00:00+08:00", world=world(friends={"wx-a": ["main"]}))
    assert times(played) == [
        ("23 10:15:00", of("e0")),
        ("23 10:15:00", of("e1")),
        ("23 11:15:00", of("e2")),
        ("24 14:00:00", of("l", day="2026-11-24")),
        ("24 14:00:00", of("m", day="2026-11-24")),
    ]
    assert played.states(of("e0")) == [
        "planned", "claimed", "waiting:too_frequent", "claimed", "waiting:too_frequent", "claimed", "sent", "confirmed",
    ]  # fmt: skip
