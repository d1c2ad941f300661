"""Birthdays, days after joining and after silence: 1:1, on the day that is each member's own."""

from __future__ import annotations

from tests.flows.playing import PLAYBOOK, Line, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, of, times, world

BIRTHDAY = """
[[survey.questions]]
key = "birthday"
type = "date"
texts = ["生日是哪天？"]
[[tiers]]"""


def personal(key: str, rule: str, *, tags: str = "", tiers: str = "", text: str = "") -> str:
    """A row at nine for whose day it is."""
    return f"{key},text,care,,09:00,{rule},{tiers},,{tags},{text or key},no,5,\n"


def test_birthdays_by_both_calendars_come_every_year(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK.replace("[[tiers]]", BIRTHDAY, 1))
    stage.write("calendar.csv", HEADER + personal("birth", "birthday", text="{name}，生日快乐！"))
    born = {"wx-solar": "12月3日", "wx-leap": "2月29日", "wx-lunar": "农历十月廿五"}
    story: list[Line] = [BIND, IMPORT]
    for minute, (contact, day) in enumerate(born.items()):
        story += [
            asks_to_be_friends(f"08:1{minute}:00", contact),
            says(f"08:2{minute}:00", contact, f"叫我小{minute}"),
            says(f"08:3{minute}:00", contact, "1"),
            says(f"08:4{minute}:00", contact, day),
        ]
    played = stage.play(sorted(story, key=lambda line: line["at"]), "--to", "2027-12-31T12:00:00+08:00")
    found = [
        (line["at"][:16], line["delivery"], line["text"]) for line in played.arrived() if "birth" in line["delivery"]
    ]
    assert found == [
        ("2026-12-03T09:00", "entry:birth:2026-12-03:wx-solar", "小0，生日快乐！"),
        ("2026-12-03T09:00", "entry:birth:2026-12-03:wx-lunar", "小2，生日快乐！"),
        ("2027-02-28T09:00", "entry:birth:2027-02-28:wx-leap", "小1，生日快乐！"),
        ("2027-11-22T09:00", "entry:birth:2027-11-22:wx-lunar", "小2，生日快乐！"),
        ("2027-12-03T09:00", "entry:birth:2027-12-03:wx-solar", "小0，生日快乐！"),
    ]


def test_days_after_joining_count_from_the_friendship_or_from_the_group(stage: Stage) -> None:
    rows = personal("met", "joined+1d") + personal("room", "joined+2d", tiers="分院") + personal("day", "joined+0d")
    stage.write("calendar.csv", HEADER + rows)
    stage.write("playbook.toml", PLAYBOOK)
    story: list[Line] = [
        BIND,
        IMPORT,
        asks_to_be_friends("08:30:00", "wx-new"),
        asks_to_be_friends("09:30:00", "wx-late"),
        {"at": "20:00:00", "type": "group_joined", "account": "main", "group": "room-1@chatroom",
         "members": [{"contact": "wx-new", "name": "新"}], "by": "wx-boss"},
    ]  # fmt: skip
    played = stage.play(story, "--to", "2026-11-28T12:00:00+08:00", world=world())
    assert [line for line in times(played) if "entry:" in line[1]] == [
        ("23 09:00:00", of("day", "wx-new")),
        ("24 09:00:00", of("met", "wx-new", "2026-11-24")),
        ("24 09:00:00", of("met", "wx-late", "2026-11-24")),
        ("25 09:00:00", of("room", "wx-new", "2026-11-25")),
    ]


def test_days_after_a_purchase_count_from_the_newest_one(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + personal("how", "bought+2d") + personal("tea", "购买后1天", tags="买过茶"))
    story: list[Line] = [
        IMPORT,
        says("10:00:00", "wx-boss", "/标签 wx-a 买过"),
        says("10:01:00", "wx-boss", "/标签 wx-b 买过 买过茶"),
        says("2026-11-24T10:00:00+08:00", "wx-boss", "/标签 wx-a 买过"),
        says("2026-11-24T10:01:00+08:00", "wx-boss", "/标签 wx-b 贵客"),
    ]
    played = stage.play(story, "--to", "2026-11-30T12:00:00+08:00", world=world())
    assert [line for line in times(played) if "entry:" in line[1]] == [
        ("24 09:00:00", of("tea", "wx-b", "2026-11-24")),
        ("25 09:00:00", of("how", "wx-b", "2026-11-25")),
        ("26 09:00:00", of("how", "wx-a", "2026-11-26")),
    ]


def test_a_tag_with_a_minus_leaves_out_who_has_it_when_it_leaves(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK + "[[quiet_hours]]\nfrom = '08:30'\nto = '12:00'\n")
    rows = personal("wine", "", tags="酒;-已退款") + personal("all", "bought+1d", tags="－已退款")
    rows += personal("none", "", tags="-已退款")
    stage.write("calendar.csv", HEADER + rows.replace(",,09:00,,", ",2026-11-24,09:00,,"))
    gave = {"wx-a": "酒 买过", "wx-b": "酒 已退款 买过", "wx-c": "酒"}
    story: list[Line] = [
        *(says(f"08:1{n}:00", "wx-boss", f"/标签 {who} {tags}") for n, (who, tags) in enumerate(gave.items())),
        operator("08:20:00", "calendar import calendar.csv"),
        says("2026-11-24T10:00:00+08:00", "wx-boss", "/标签 wx-c 已退款"),
    ]
    friends = {name: ["main"] for name in gave}
    played = stage.play(story, "--to", "2026-11-25T08:00:00+08:00", world=world(friends=friends))
    assert [line for line in times(played) if "entry:" in line[1]] == [
        ("24 12:00:00", of("all", "wx-a", "2026-11-24")),
        ("24 12:00:00", of("wine", "wx-a", "2026-11-24")),
    ]
    assert played.states(of("wine", "wx-c", "2026-11-24"))[-1] == "cancelled"
    assert "none 没有写层级、群或标签，谁也收不到" in played.operator("calendar import")["out"]


def test_single_people_are_meant_and_left_out_by_their_ids(stage: Stage) -> None:
    stage.write("playbook.toml", PLAYBOOK)
    rows = personal("two", "", tags="酒;人:wx-b;人:wx-x;-人:wx-c").replace(",,09:00,,", ",2026-11-24,09:00,,")
    rows += personal("late", "", tags="酒").replace(",,09:00,,", ",2026-11-20,09:00,,")
    stage.write("calendar.csv", HEADER + rows)
    story: list[Line] = [
        *(says(f"08:1{n}:00", "wx-boss", f"/标签 {who} 酒") for n, who in enumerate(("wx-a", "wx-c"))),
        operator("08:20:00", "calendar import calendar.csv"),
        says("08:21:00", "wx-boss", "/标签 wx-b 新客"),
        operator("08:22:00", "calendar preview two --at 2026-11-25T10:00:00+08:00"),
    ]
    friends = {name: ["main"] for name in ("wx-a", "wx-b", "wx-c", "wx-d")}
    played = stage.play(story, "--to", "2026-11-25T08:00:00+08:00", world=world(friends=friends))
    assert [line[1] for line in times(played) if "entry:" in line[1]] == [
        of("two", "wx-a", "2026-11-24"),
        of("two", "wx-b", "2026-11-24"),
    ]
    told = [line for line in played.operator("calendar import")["out"].splitlines() if "提醒" in line]
    assert told == [
        "提醒：late 的时间（2026-11-20 09:00）已经过了，只按「补发」办",
        "提醒：two 的标签里「人:wx-x」不认识，现在谁也不是",
    ]
    assert "按它的日子，2026-11-25 本来不发" in played.operator("calendar preview")["out"]


def test_silence_counts_from_the_last_message_wherever_it_was(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + personal("miss", "silent+3d") + personal("tag", "silent+2d", tags="茶友"))
    story: list[Line] = [
        BIND,
        IMPORT,
        says("10:00:00", "wx-a", "你好"),
        says("10:05:00", "wx-b", "早"),
        says("10:06:00", "wx-boss", "大家好", group="room-1@chatroom"),
        says("2026-11-24T11:00:00+08:00", "wx-a", "在呢", group="room-1@chatroom"),
    ]
    played = stage.play(story, "--to", "2026-12-05T12:00:00+08:00", world=world())
    assert [line for line in times(played) if "entry:" in line[1]] == [
        ("25 09:00:00", of("tag", "wx-b", "2026-11-25")),
        ("26 09:00:00", of("miss", "wx-boss", "2026-11-26")),
        ("26 09:00:00", of("miss", "wx-b", "2026-11-26")),
        ("26 09:00:00", of("tag", "wx-a", "2026-11-26")),
        ("27 09:00:00", of("miss", "wx-a", "2026-11-27")),
    ]
