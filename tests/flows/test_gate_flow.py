"""The gate in the whole program: caps, quiet hours, words, complaints, pauses, with numbers of their own."""

from __future__ import annotations

import pytest

from tests.flows.playing import CONFIG, PLAYBOOK, Line, Stage, asks_to_be_friends, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, of, times, world

# caps


def test_a_person_is_counted_over_every_account_and_group(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_day = 2\ngroup_post_weight = 0.6\n")
    rows = [
        entry("post", "09:00", tiers="分院"),
        entry("first", "09:10"),
        entry("second", "09:20"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    played = stage.play([BIND, IMPORT], "--to", "2026-11-24T08:00:00+08:00", world=world())
    assert times(played, to="wx-a") == [("23 09:10:00", of("first")), ("24 00:00:00", of("second"))]
    assert played.states(of("second"))[:2] == ["planned", "waiting:person_cap"]


def test_promotions_have_a_number_of_their_own_to_which_posts_in_groups_add(stage: Stage) -> None:
    book(stage, "[caps]\npromotions_per_day = 1\ngroup_post_weight = 0.5\n")
    rows = [
        entry("hello", "08:30"),
        entry("post", "09:00", tiers="分院", promotional="yes"),
        entry("ad", "09:10", promotional="yes"),
        entry("tea", "09:20"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    played = stage.play([BIND, IMPORT], "--to", "2026-11-24T08:00:00+08:00", world=world())
    assert times(played, to="wx-a") == [
        ("23 08:30:00", of("hello")),
        ("23 09:20:00", of("tea")),
        ("24 00:00:00", of("ad")),
    ]


def test_a_week_begins_on_monday(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_week = 1\n")
    stage.write(
        "calendar.csv", HEADER + entry("a", "09:00", date="2026-11-28") + entry("b", "09:00", date="2026-11-29")
    )
    played = stage.play([IMPORT], "--to", "2026-12-01T08:00:00+08:00", world=world())
    assert times(played, to="wx-a") == [
        ("28 09:00:00", of("a", day="2026-11-28")),
        ("30 00:00:00", of("b", day="2026-11-29")),
    ]


def test_the_most_valuable_takes_what_is_left_of_a_persons_day(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_day = 1\n")
    rows = [
        entry("hello", "08:30", date="2026-11-22"),
        entry("ad", "09:00", promotional="yes", priority=1),
        entry("tea", "09:00"),
        entry("soon", "09:00", not_after="2026-11-23 18:00"),
        entry("care", "09:00", kind="care", priority=9),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [{**IMPORT, "at": "2026-11-22T08:00:00+08:00"}]
    played = stage.play(story, "--to", "2026-11-26T08:00:00+08:00", world=world())
    assert times(played, to="wx-a") == [
        ("22 08:30:00", of("hello", day="2026-11-22")),
        ("23 09:00:00", of("care")),
        ("24 00:00:00", of("tea")),
        ("25 00:00:00", of("ad")),
    ]
    assert played.states(of("soon")) == ["planned", "waiting:person_cap", "expired:too_late"]
    ended = [line["at"][:19] for line in played.lines if line.get("key") == of("soon") and line["state"] == "expired"]
    assert ended == ["2026-11-23T18:00:00"]


def test_a_group_has_a_cap_and_a_tap_that_waits_counts(stage: Stage) -> None:
    book(stage, "[caps]\ngroup_per_day = 2\n")
    stage.write("calendar.csv", HEADER + "".join(entry(f"e{n}", f"09:0{n}", tiers="分院") for n in range(3)))
    story: list[Line] = [BIND, IMPORT, {"at": "10:00:00", "type": "tapped", "account": "main", "delivery": "*"}]
    played = stage.play(story, "--to", "2026-11-24T08:00:00+08:00", world=world(channel="tap"))
    room = "room-1@chatroom"
    assert times(played) == [("23 10:00:00", of("e0", room)), ("23 10:00:00", of("e1", room))]
    assert played.states(of("e0", room)) == ["planned", "claimed", "awaiting_tap", "sent", "confirmed"]
    assert played.states(of("e2", room)) == ["planned", "waiting:group_cap", "claimed", "awaiting_tap"]


# quiet hours


NOON_AND_NIGHT = "[[quiet_hours]]\nfrom = '12:10'\nto = '13:20'\n[[quiet_hours]]\nfrom = '13:20'\nto = '06:40'\n"
MONDAYS = "[[quiet_hours]]\nfrom = '21:00'\nto = '07:15'\ndays = ['mon']\n"
RESTS = "rest_days = ['sat', 'holidays']\n"


@pytest.mark.parametrize(
    ("tables", "date", "at", "arrives"),
    [
        (NOON_AND_NIGHT, "2026-11-23", "12:30", "24 06:40:00"),  # two windows that touch, the second over midnight
        (MONDAYS, "2026-11-24", "07:00", "24 07:15:00"),  # the night that began on Monday
        (MONDAYS, "2026-11-24", "22:00", "24 22:00:00"),
        # the Spring Festival of 2026 ends on 23 February; Saturday the 28th is worked instead
        (RESTS, "2026-02-16", "10:00", "24 00:00:00"),
        (RESTS, "2026-02-28", "10:00", "28 10:00:00"),
        (RESTS, "2026-03-07", "10:00", "08 00:00:00"),
    ],
)
def test_quiet_hours_and_days(stage: Stage, tables: str, date: str, at: str, arrives: str) -> None:
    stage.write("playbook.toml", tables + PLAYBOOK if tables == RESTS else PLAYBOOK + tables)
    stage.write("calendar.csv", HEADER + entry("e", at, date=date))
    story = [{**IMPORT, "at": f"{date}T06:00:00+08:00"}]
    played = stage.play(story, "--to", f"{date[:8]}28T23:00:00+08:00", world=world(friends={"wx-a": ["main"]}))
    assert [moment for moment, _ in times(played)] == [arrives]


@pytest.mark.parametrize(
    ("zone", "quiet", "date", "at", "arrives"),
    [
        # the hour from two to three comes twice; what is planned for its first half waits for the end of the second
        ("Europe/Berlin", ("00:30", "02:30"), "2026-10-25", "01:00", "2026-10-25T02:30:00+02:00"),
        ("America/New_York", ("00:30", "01:30"), "2026-11-01", "01:10", "2026-11-01T01:30:00-04:00"),
        ("Australia/Lord_Howe", ("00:30", "01:45"), "2026-04-05", "01:00", "2026-04-05T01:45:00+11:00"),
        # the hour from two to three is left out
        ("Europe/Berlin", ("00:30", "06:00"), "2026-03-29", "01:00", "2026-03-29T06:00:00+02:00"),
        ("America/New_York", ("22:00", "08:00"), "2026-03-08", "07:00", "2026-03-08T08:00:00-04:00"),
    ],
)
def test_quiet_hours_where_the_clocks_change(
    stage: Stage, zone: str, quiet: tuple[str, str], date: str, at: str, arrives: str
) -> None:
    stage.write("config.toml", CONFIG.replace("Asia/Shanghai", zone))
    stage.write("playbook.toml", f"{PLAYBOOK}[[quiet_hours]]\nfrom = '{quiet[0]}'\nto = '{quiet[1]}'\n")
    stage.write("calendar.csv", HEADER + entry("e", at, date=date))
    story = [{**IMPORT, "at": f"{date}T00:00:00+14:00"}]
    played = stage.play(story, "--to", f"{date}T23:00:00+00:00", world=world(friends={"wx-a": ["main"]}))
    assert [line["at"] for line in played.arrived()] == [arrives]


# words


def test_words_are_looked_for_in_what_would_leave(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK + "[words]\nsensitive = ['暗号']\n")
    rows = [
        entry("bad", "09:00", text="今天的{tag|暗}号"),
        entry("hidden", "09:10", text="今天的{nothing|暗}号"),
        entry("law", "09:20", text="全网最低"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    played = stage.play([IMPORT], world=world(friends={"wx-a": ["main"]}))
    assert times(played) == [("23 09:00:00", of("bad"))]
    assert played.states(of("hidden")) == ["planned", "skipped:words"]
    assert played.states(of("law")) == ["planned", "skipped:words"]


def test_somebody_with_a_forbidden_word_for_a_name_is_greeted_all_the_same(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace("你好呀，", "{name|朋友}你好，"))
    story = [{**asks_to_be_friends("09:00:00", "wx1"), "name": "顶级玩家"}]
    played = stage.play(story)
    assert played.arrived(to="wx1", kind="text")[0]["text"].startswith("顶级玩家你好")


def test_the_staff_hears_of_what_a_member_says_whatever_words_are_in_it(stage: Stage) -> None:
    tables = "[consent]\nrequired = true\ntext = '同意吗'\n[caps]\nperson_per_day = 0\n[words]\nsensitive = ['假货']\n"
    stage.write("playbook.toml", PLAYBOOK + tables)
    story = [says("09:00:00", "wx-a", "找真人，你们卖的是假货，什么全网最低")]
    played = stage.play(story, world=world())
    assert len(played.arrived(to="wx-boss")) == 1


# complaints


def test_a_complaint_holds_promotions_until_it_is_settled(stage: Stage) -> None:
    book(stage, "")
    rows = [
        entry("ad", "09:30", promotional="yes"),
        entry("tea", "09:30"),
        entry("more", "15:00", promotional="yes"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [
        IMPORT,
        says("09:00:00", "wx-a", "你们发的是假货，太差了，骗子！"),
        says("09:01:00", "wx-a", "垃圾，再也不来了"),
        says("09:05:00", "wx-b", "好的"),
        says("10:00:00", "wx-boss", "/状态"),
        says("14:00:00", "wx-boss", "/了结 wx-a"),
    ]
    played = stage.play(story, world=world())
    assert played.states(of("ad"))[:2] == ["planned", "waiting:complaint"]
    entries = [(at[3:8], key) for at, key in times(played, to="wx-a") if key.startswith("entry")]
    assert entries == [("09:30", of("tea")), ("14:00", of("ad")), ("15:00", of("more"))]
    assert [at[3:8] for at, key in times(played, to="wx-b") if "ad" in key] == ["09:30"]
    told = [line["text"] for line in played.arrived(to="wx-boss")]
    assert [text for text in told if text.startswith("【投诉】")] == [told[0]]
    assert told[0].endswith("/了结 wx-a")
    assert "没了结的投诉 1 个：wx-a" in told[1]
    assert played.arrived(to="wx-a")[0]["text"] == "这个我请店里的同事来回你，稍等一下哈。"


# pauses


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("/停发 推广", {"ad"}),
        ("/停发 main", {"ad", "tea", "post"}),
        ("/停发 全部", {"ad", "tea", "post", "second"}),
        ("/停发 second", {"second"}),
    ],
)
def test_a_lane_an_account_or_everything_is_paused_until_somebody_says_otherwise(
    stage: Stage, said: str, held: set[str]
) -> None:
    book(stage, "")
    rows = [
        entry("ad", "09:00", promotional="yes"),
        entry("tea", "09:00", tags="茶友"),
        entry("post", "09:00", tiers="分院"),
        entry("second", "09:00", tags="老友"),
    ]
    stage.write("calendar.csv", HEADER + "".join(rows))
    everybody = world("main", "second", friends={"wx-a": ["main"]})
    everybody["world"]["contacts"].append({"id": "wx-o", "name": "O", "friend_of": ["second"], "tags": ["老友"]})
    story = [
        BIND,
        IMPORT,
        says("08:30:00", "wx-a", "嗯"),
        says("08:40:00", "wx-boss", said),
        says("13:37:00", "wx-boss", said.replace("停发", "恢复")),
    ]
    played = stage.play(story, world=everybody)
    entries = [line for line in played.arrived() if line["delivery"].startswith("entry")]
    left = {line["delivery"].split(":")[1]: line["at"][11:16] for line in entries}
    assert left == {key: "13:37" if key in held else "09:00" for key in ("ad", "tea", "post", "second")}


def test_a_group_that_is_paused_holds_its_posts_and_no_others(stage: Stage) -> None:
    book(stage, "")
    stage.write("calendar.csv", HEADER + entry("post", "09:00", tiers="分院") + entry("tea", "09:00"))
    story = [
        BIND,
        IMPORT,
        says("08:40:00", "wx-boss", "/停发 本群", group="room-1@chatroom"),
        says("12:00:00", "wx-boss", "/恢复 本群", group="room-1@chatroom"),
    ]
    played = stage.play(story, world=world(friends={"wx-a": ["main"]}))
    posts = [(at, key) for at, key in times(played) if key.startswith("entry")]
    assert posts == [("23 09:00:00", of("tea")), ("23 12:00:00", of("post", "room-1@chatroom"))]


# clocks


def test_a_clock_that_was_a_day_ahead_holds_nothing_back_when_it_is_set_right(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK + "[[quiet_hours]]\nfrom = '22:00'\nto = '08:00'\n")
    stage.write("calendar.csv", HEADER + entry("e", "07:00", date="2026-11-24"))
    story: list[Line] = [
        IMPORT,
        {"at": "2026-11-24T05:00:00+08:00", "type": "clock", "shift": "48h"},
        {"at": "2026-11-24T06:00:00+08:00", "type": "clock", "shift": "0m"},
    ]
    played = stage.play(story, "--to", "2026-11-27T12:00:00+08:00", world=world(friends={"wx-a": ["main"]}))
    assert [at for at, _ in times(played)] == ["24 08:00:00"]
