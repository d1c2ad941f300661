"""Channels that may only answer, and channels whose posts a human must tap: nothing is `sent` that nobody can know."""

from __future__ import annotations

from tests.flows.playing import Line, Played, Stage, operator, platform, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, of, times, world

ROOM = "room-1@chatroom"
# They have spoken to us once, so they may get a promotion; that window is over.
THE_DAY_BEFORE = says("2026-11-22T08:00:00+08:00", "wx-a", "嗯")


def window(stage: Stage, story: list[Line], rows: list[str], *, to: str = "2026-11-25T08:00:00+08:00") -> Played:
    stage.write("calendar.csv", HEADER + "".join(rows))
    return stage.play(
        [THE_DAY_BEFORE, IMPORT, *story], "--to", to, world=world(channel="window", friends={"wx-a": ["main"]})
    )


def test_before_a_word_of_theirs_everything_waits_and_nothing_is_called_sent(stage: Stage) -> None:
    book(stage, "")
    played = window(stage, [], [entry("e", "09:00")])
    assert played.states(of("e")) == ["planned", "waiting:window"]
    assert times(played) == []


def test_what_waited_leaves_when_they_write_the_most_valuable_first_ten_in_all(stage: Stage) -> None:
    book(stage, "")
    rows = [entry(f"e{n:02d}", "09:00", priority=1 + n % 9) for n in range(12)]
    rows += [entry("ad", "09:00", promotional="yes", priority=1), entry("care", "09:00", kind="care", priority=9)]
    story = [
        says("09:30:00", "wx-a", "在吗，请问有没有白茶？"),
        says("12:00:00", "wx-a", "好的"),
        says("18:00:00", "wx-a", "嗯"),
    ]
    played = window(stage, story, rows)
    sent = times(played, to="wx-a")
    assert len([at for at, _ in sent if at.startswith("23 09:30")]) == 10
    assert sent[0][1].startswith("chat:")  # the reply is one of the ten, and the first
    assert sent[1][1] == of("care")
    assert sent[-1] == ("23 12:00:00", of("ad"))
    assert len(sent) == 15
    assert played.states(of("ad"))[:3] == ["planned", "waiting:window", "waiting:quota"]
    assert all(states[-1] == "confirmed" for states in (played.states(of(f"e{n:02d}")) for n in range(12)))


def test_ten_are_ten_though_the_clock_is_set_back_while_they_leave(stage: Stage) -> None:
    book(stage, "")
    story: list[Line] = [
        {"at": "11:59:00", "type": "kill", "after": "claimed", "down": "3m"},
        says("12:00:00", "wx-a", "嗯"),
        says("12:02:00", "wx-a", "哦"),
        {"at": "12:03:00", "type": "clock", "shift": "-50m"},
    ]
    played = window(stage, story, [entry(f"e{n:02d}", "09:00") for n in range(14)], to="2026-11-23T20:00:00+08:00")
    ends = [played.states(of(f"e{n:02d}"))[-1] for n in range(14)]
    assert set(ends) == {"confirmed", "waiting:quota"}
    assert len([at for at, _ in times(played, to="wx-a") if at.startswith("23 12:03")]) <= 10


def test_a_message_of_theirs_opens_a_fresh_window_of_ten_and_a_day(stage: Stage) -> None:
    book(stage, "")
    first = [entry(f"a{n}", "10:00") for n in range(10)]
    story = [says("09:30:00", "wx-a", "嗯"), says("10:30:00", "wx-a", "哦")]
    rows = [*first, entry("b", "10:15"), entry("c", "10:29", date="2026-11-24"), entry("d", "10:31", date="2026-11-24")]
    played = window(stage, story, rows, to="2026-11-26T08:00:00+08:00")
    assert played.states(of("b")) == ["planned", "waiting:quota", "claimed", "sent", "confirmed"]
    assert ("23 10:30:00", of("b")) in times(played)
    assert ("24 10:29:00", of("c", day="2026-11-24")) in times(played)
    assert played.states(of("d", day="2026-11-24")) == ["planned", "waiting:window"]


def test_the_stale_ones_expire_when_their_own_time_is_over(stage: Stage) -> None:
    book(stage, "")
    story = [says("15:00:00", "wx-a", "嗯")]
    played = window(stage, story, [entry("old", "09:00", not_after="2026-11-23 14:20"), entry("new", "09:00")])
    assert played.states(of("old")) == ["planned", "waiting:window", "expired:too_late"]
    (ended,) = [line["at"] for line in played.lines if line.get("state") == "expired"]
    assert ended.startswith("2026-11-23T14:20:00")
    assert times(played) == [("23 15:00:00", of("new"))]


def test_what_was_answered_with_ok_and_lost_stays_sent_and_counts_in_the_window(stage: Stage) -> None:
    book(stage, "")
    story = [
        says("09:30:00", "wx-a", "嗯"),
        platform("09:31:00", "text", "accepted_then_lost"),
        platform("09:31:00", "text", "timeout"),
    ]
    played = window(stage, story, [entry(f"e{n:02d}", "10:00") for n in range(11)])
    assert played.states(of("e00")) == ["planned", "claimed", "sent"]
    assert played.states(of("e01")) == ["planned", "claimed", "unknown:timeout"]
    assert played.states(of("e10")) == ["planned", "waiting:quota", "waiting:window"]
    assert len(times(played)) == 8


def test_a_remark_takes_nothing_of_the_ten(stage: Stage) -> None:
    played = window(
        stage,
        [
            {"at": "09:00:00", "type": "friend_request", "account": "main", "contact": "wx1", "name": "林间"},
            says("09:00:30", "wx1", "你好"),
            says("09:01:00", "wx1", "叫我小林"),
            says("09:02:00", "wx1", "1"),
            operator("09:03:00", "deliveries list --json"),
        ],
        [],
    )
    assert played.arrived(kind="remark")
    greeting = [line for line in played.lines if line.get("key") == "greet:wx1"]
    assert [line["state"] for line in greeting] == ["planned", "waiting", "claimed", "sent", "confirmed"]
    assert greeting[1]["reason"] == "window"


def test_a_clock_that_is_behind_gives_no_eleventh(stage: Stage) -> None:
    book(stage, "")
    story: list[Line] = [
        {"at": "09:00:00", "type": "clock", "shift": "-20m"},
        says("09:30:00", "wx-a", "嗯"),
        says("09:31:00", "wx-a", "哦"),
    ]
    played = window(stage, story, [entry(f"e{n:02d}", "09:20") for n in range(12)])
    assert len(times(played)) == 10
    ends = [played.states(of(f"e{n:02d}"))[-1] for n in range(12)]
    assert ends == ["confirmed"] * 10 + ["waiting:window"] * 2
    assert "waiting:quota" in played.states(of("e11"))


def test_a_post_that_nobody_tapped_is_not_sent_and_not_sent_again(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("e", "09:00", tiers="分院") + entry("one", "09:00"))
    played = stage.play(
        [BIND, IMPORT, {"at": "10:00:00", "type": "restart", "down": "30m"}], world=world(channel="tap")
    )
    assert played.states(of("e", ROOM)) == ["planned", "claimed", "awaiting_tap"]
    assert played.arrived() == []


def test_a_tap_that_is_told_twice_changes_nothing(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("e", "09:00", tiers="分院"))
    tap: Line = {"at": "10:00:00", "type": "tapped", "account": "main", "delivery": "entry:e:*"}
    played = stage.play([BIND, IMPORT, tap, {**tap, "at": "10:05:00"}], world=world(channel="tap"))
    assert played.states(of("e", ROOM)) == ["planned", "claimed", "awaiting_tap", "sent", "confirmed"]
    assert times(played) == [("23 10:00:00", of("e", ROOM))]


def test_a_tap_settles_what_was_uncertain(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("e", "09:00", tiers="分院"))
    killed: Line = {"at": "08:59:00", "type": "kill", "after": "claimed", "down": "1m"}
    tap: Line = {"at": "10:00:00", "type": "tapped", "account": "main", "delivery": "entry:e:*"}
    played = stage.play([BIND, IMPORT, killed, tap], world=world(channel="tap"))
    assert played.states(of("e", ROOM)) == ["planned", "claimed", "unknown:crash", "sent", "confirmed"]
