"""People among themselves and with the bot: commands, opt-out, humans, channels that can do less."""

from __future__ import annotations

import pytest

from tests.flows.playing import Line, Stage, asks_to_be_friends, operator, says

BIND = operator("08:00:00", "group bind room-1@chatroom --tier 分院")
ROOM = "room-1@chatroom"


@pytest.mark.parametrize("text", ["/状态", "／状态", "/status", "@小山 /状态", "  ／status  "])
def test_an_admin_is_answered_where_they_ask(stage: Stage, text: str) -> None:
    played = stage.play(
        [
            says("09:00:00", "wx-boss", text, group=ROOM, id="e1"),
            says("09:01:00", "wx-boss", text, id="e2"),
        ]
    )
    assert [line["to"] for line in played.arrived(kind="text")] == [{"group": ROOM}, {"contact": "wx-boss"}]


def test_a_clone_of_the_admin_gets_nothing_and_is_audited(stage: Stage) -> None:
    joined = {
        "at": "08:30:00",
        "type": "group_joined",
        "account": "main",
        "group": ROOM,
        "members": [{"contact": "wx-x", "name": "老板"}],
        "by": "main",
    }
    played = stage.play(
        [
            joined,
            says("09:00:00", "wx-x", "/停发", group=ROOM),
            operator("09:10:00", "audit --json"),
        ]
    )
    assert played.arrived(kind="text") == []
    refused = [row for row in played.rows("audit") if row["result"] == "refused"]
    assert [(row["actor"], row["action"]) for row in refused] == [("wx-x", "pause")]


def test_pause_holds_everything_but_answers_to_commands_until_resume(stage: Stage) -> None:
    played = stage.play(
        [
            says("08:59:00", "wx-boss", "/停发"),
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:05:00", "wx-boss", "/状态"),
            says("09:10:00", "wx-boss", "/恢复"),
        ]
    )
    assert "waiting:paused" in played.states("accept:main:wx1:request:wx1")
    assert [line["at"][11:16] for line in played.arrived(to="wx1", kind="friend_accept")] == ["09:10"]
    assert len(list(played.arrived(to="wx-boss"))) == 3


@pytest.mark.parametrize("word", ["退订", "TD", "td", "别再给我发消息了"])
def test_opt_out_works_at_once_with_one_acknowledgement(stage: Stage, word: str) -> None:
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", word),
            says("09:05:00", "wx1", "在吗"),
            says("09:06:00", "wx1", word),
            operator("09:10:00", "who wx1 --json"),
        ],
        "--to",
        "2026-11-28T09:00:00+08:00",
    )
    after = [line["delivery"] for line in played.arrived(to="wx1") if line["at"] > "2026-11-23T09:01"]
    assert after == ["optout:wx1:20261123T010100000000"]
    who = played.rows("who")[0]
    assert who["opted_out"] is True
    assert who["survey"]["state"] == "stopped"


def test_a_human_on_the_phone_holds_the_bot_back(stage: Stage) -> None:
    typed = {"at": "09:00:20", "type": "self_text", "account": "main", "to": "wx1", "text": "我来跟您说"}
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            typed,
            says("09:01:00", "wx1", "我姓林"),
            says("09:02:00", "wx1", "岩茶"),
        ]
    )
    # The second question was answered before it was asked, so it is taken back; the thanks wait for the human.
    assert played.states("ask:wx1:2") == ["planned", "waiting:human_present", "cancelled"]
    assert [line["at"][11:16] for line in played.arrived(delivery="thanks:wx1")] == ["09:30"]


def test_asked_whether_it_is_a_robot_it_says_yes(stage: Stage) -> None:
    played = stage.play([asks_to_be_friends("09:00:00", "wx1"), says("09:01:00", "wx1", "你是机器人吗")])
    assert "机器人" in next(line["text"] for line in played.arrived(to="wx1") if line["at"] > "2026-11-23T09:01")


def test_duplicates_are_dropped_and_everything_else_is_logged(stage: Stage) -> None:
    twice = says("09:01:00", "wx1", "叫我老林", id="e1")
    played = stage.play([asks_to_be_friends("09:00:00", "wx1", id="e0"), twice, twice, twice])
    assert len(played.arrived(delivery="ask:wx1:2")) == 1


def test_an_invitation_above_forty_members_waits_to_be_accepted(stage: Stage) -> None:
    members = [f"m{number}" for number in range(45)]
    playbook_room: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "groups": [{"id": ROOM, "topic": "大群", "owner": "main", "members": ["main", *members]}],
        }
    }
    config_capacity = (
        (stage.folder / "playbook.toml").read_text(encoding="utf-8").replace("capacity = 5", "capacity = 200")
    )
    stage.write("playbook.toml", config_capacity)
    joined = {
        "at": "10:00:00",
        "type": "group_joined",
        "account": "main",
        "group": ROOM,
        "members": [{"contact": "wx1", "name": "WX1"}],
    }
    played = stage.play(
        [
            BIND,
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", "老林"),
            says("09:02:00", "wx1", "1"),
            says("09:30:00", "wx-boss", "/名额"),
            operator("09:30:00", "group list --json"),
            joined,
            operator("10:30:00", "who wx1 --json"),
        ],
        world=playbook_room,
    )
    seats = next(line["text"] for line in played.arrived(to="wx-boss") if line["text"].startswith("分院："))
    assert "留着 1 个位子" in seats
    assert played.rows("group list")[0]["reserved"] == 1
    assert played.rows("who")[0]["groups"] == [ROOM]


def test_five_people_for_two_seats(stage: Stage) -> None:
    people = [f"wx{number}" for number in range(5)]
    story: list[Line] = [BIND]
    story += [asks_to_be_friends("09:00:00", one) for one in people]
    story += [says("09:10:00", one, "叫我小林") for one in people]
    story += [says("09:20:00", one, "1") for one in people]
    story += [operator("09:40:00", f"who {one} --json") for one in people] + [operator("09:41:00", "group list --json")]
    played = stage.play(story)  # capacity 5, of which two are taken
    assert len(played.arrived(kind="invite")) == 3
    assert played.rows("group list")[0]["members"] == 5
    waiting = [
        line
        for line in played.lines
        if line.get("operator", "").startswith("who") and '"waiting_for": "分院"' in line["out"]
    ]
    assert len(waiting) == 2


def test_a_window_channel_waits_for_the_member_to_write(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main", "channel": "window"}],
            "contacts": [{"id": "wx1", "friend_of": ["main"], "tags": ["老客"]}],
        }
    }
    header = "key,date,time,tags,text\n"
    stage.write("calendar.csv", header + "a,2026-11-23,09:00,老客,今天上新\n")
    played = stage.play(
        [operator("08:00:00", "calendar import calendar.csv"), says("11:00:00", "wx1", "在吗")], world=world
    )
    assert played.states("entry:a:2026-11-23:wx1")[:2] == ["planned", "waiting:window"]
    assert [line["at"][11:13] for line in played.arrived(to="wx1", delivery="entry:a:2026-11-23:wx1")] == ["11"]


def test_a_tap_channel_sends_when_somebody_taps(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main", "channel": "tap"}],
            "groups": [{"id": ROOM, "owner": "main", "members": ["main"]}],
        }
    }
    stage.write("calendar.csv", "key,date,time,tiers,text\na,2026-11-23,09:00,分院,今天上新\n")
    key = f"entry:a:2026-11-23:{ROOM}"
    played = stage.play(
        [
            BIND,
            operator("08:00:00", "calendar import calendar.csv"),
            {"at": "10:00:00", "type": "tapped", "account": "main", "delivery": "*"},
        ],
        world=world,
    )
    assert played.states(key) == ["planned", "claimed", "awaiting_tap", "sent", "confirmed"]


def test_the_same_story_gives_the_same_bytes_and_another_seed_others(stage: Stage) -> None:
    story = [asks_to_be_friends("09:00:00", f"wx{number}") for number in range(5)]
    first = stage.play(story).lines
    assert stage.play(story).lines == first


def test_a_rehearsal_goes_on_where_its_database_stopped(stage: Stage) -> None:
    database = str(stage.folder / "kept.db")
    stage.play([BIND, asks_to_be_friends("09:00:00", "wx1")], "--db", database, "--to", "2026-11-23T09:30:00+08:00")
    played = stage.play([says("10:00:00", "wx1", "叫我老林")], "--db", database)
    assert next(line["delivery"] for line in played.arrived(to="wx1")) == "ask:wx1:2"


def test_what_comes_before_from_is_not_told(stage: Stage) -> None:
    played = stage.play(
        [asks_to_be_friends("09:00:00", "wx1"), says("10:00:00", "wx1", "叫我老林")],
        "--from",
        "2026-11-23T09:30:00+08:00",
    )
    assert all(line["at"] >= "2026-11-23T09:30" for line in played.lines[:-1])
    assert next(line["delivery"] for line in played.arrived(to="wx1")) == "ask:wx1:2"


def test_a_lost_friend_event_is_found_at_the_next_login(stage: Stage) -> None:
    world: Line = {"world": {"accounts": [{"id": "main"}], "auto": False}}
    added = {"at": "09:30:00", "type": "friend_added", "account": "main", "contact": "wx9", "name": "新人"}
    played = stage.play(
        [
            says("08:00:00", "wx-boss", "在吗"),  # the account is on line by now, and knows its old friends
            {"at": "09:00:00", "type": "logout", "account": "main"},
            added,
            {"at": "10:00:00", "type": "login", "account": "main"},
        ],
        world=world,
    )
    assert len(played.arrived(delivery="greet:wx9")) == 1


def test_renumbered_friends_are_recognised_by_their_remark_and_never_greeted_anew(stage: Stage) -> None:
    played = stage.play(
        [
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", "叫我老林"),
            says("09:02:00", "wx1", "1"),
            {"at": "12:00:00", "type": "renumbered", "ids": {"wx1": "new-1", "wx-boss": "new-boss"}, "account": "main"},
            operator("13:00:00", "who new-1 --json"),
        ]
    )
    assert played.arrived(delivery="greet:new-1") == []
    assert played.arrived(delivery="greet:new-boss") == []  # no remark, but an old friend's name: left to a human
    assert played.rows("who")[0]["answers"]["call"]["value"] == "老林"


def test_whoever_was_renumbered_is_still_meant_by_the_id_that_they_had(stage: Stage) -> None:
    stage.write("calendar.csv", "key,date,time,tags,text\na,2026-11-23,14:00,人:wx1,给您留了一坛\n")
    played = stage.play(
        [
            operator("08:00:00", "calendar import calendar.csv"),
            asks_to_be_friends("09:00:00", "wx1"),
            says("09:01:00", "wx1", "叫我老林"),
            says("09:02:00", "wx1", "1"),  # and is finished, so that there is a remark
            {"at": "12:00:00", "type": "renumbered", "ids": {"wx1": "new-1"}, "account": "main"},
            operator("13:00:00", "who wx1 --json"),
            says("13:10:00", "wx-boss", "/加标签 wx1 常客"),
            operator("13:20:00", "who new-1 --json"),
        ]
    )
    assert [line["to"]["contact"] for line in played.arrived(kind="text") if line["text"] == "给您留了一坛"] == [
        "new-1"
    ]
    (by_former,), (by_new,) = played.rows("who wx1"), played.rows("who new-1")
    assert (by_former["contact"], by_former["answers"]["call"]["value"]) == ("new-1", "老林")
    assert set(by_new["tags"]) - set(by_former["tags"]) == {"常客"}


def test_who_wrote_to_us_may_be_told_of_an_offer_and_who_never_did_may_not(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [{"id": one, "friend_of": ["main"], "tags": ["老客"]} for one in ("wx1", "wx2")],
        }
    }
    stage.write("calendar.csv", "key,date,time,tags,text,promotional\na,2026-11-23,10:30,老客,今天上新,yes\n")
    played = stage.play(
        [operator("08:00:00", "calendar import calendar.csv"), says("09:00:00", "wx1", "在吗")], world=world
    )
    assert len(played.arrived(delivery="entry:a:2026-11-23:wx1")) == 1
    assert played.states("entry:a:2026-11-23:wx2") == ["planned", "skipped:first_contact"]


def test_the_staff_is_told_at_once_that_somebody_wants_a_human(stage: Stage) -> None:
    playbook = (stage.folder / "playbook.toml").read_text(encoding="utf-8")
    quiet = '[[quiet_hours]]\nfrom = "22:00"\nto = "08:00"\n[caps]\nperson_per_day = 1\n'
    stage.write("playbook.toml", playbook + quiet)
    played = stage.play(
        [asks_to_be_friends("21:00:00", "wx1"), says("22:30:00", "wx1", "人工"), says("22:40:00", "wx1", "转人工")]
    )
    assert [line["at"][11:16] for line in played.arrived(to="wx-boss")] == ["22:30", "22:40"]


def test_a_renumbered_group_keeps_its_binding_and_gets_its_post(stage: Stage) -> None:
    members = [f"m{number}" for number in range(4)]
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [{"id": one, "friend_of": ["main"], "remark": f"备注-{one}"} for one in members],
            "groups": [{"id": ROOM, "topic": "分院一群", "owner": "main", "members": ["main", *members]}],
        }
    }
    calendar = "key,date,time,rule,tiers,groups,text\n"
    calendar += f"a,2026-11-23,12:30,,分院,,今天上新\nb,2026-11-23,09:00,daily,,{ROOM},早上好\n"
    stage.write("calendar.csv", calendar)
    ids = {ROOM: "new@chatroom", **{one: f"new-{one}" for one in members}}
    played = stage.play(
        [
            BIND,
            operator("08:00:10", "calendar import calendar.csv"),
            {"at": "12:00:00", "type": "renumbered", "ids": ids, "account": "main"},
            operator("13:00:00", "group list --json"),
            operator("13:10:00", "calendar preview b --json"),
        ],
        world=world,
    )
    # Who named the room by the id that it had then means the same room.
    assert [line["delivery"] for line in played.arrived(kind="text")] == [
        f"entry:b:2026-11-23:{ROOM}",
        "entry:a:2026-11-23:new@chatroom",
        "entry:b:2026-11-24:new@chatroom",
    ]
    assert [line["to"]["group"] for line in played.arrived(kind="text")] == [ROOM, "new@chatroom", "new@chatroom"]
    assert [(row["group"], row["members"]) for row in played.rows("group list")] == [("new@chatroom", 5)]
    (target, _counts) = played.rows("calendar preview")
    assert (target["target"], target["decision"]) == ("new@chatroom", "would_send")


def test_a_group_of_the_same_name_with_other_people_is_another_group(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "groups": [{"id": ROOM, "topic": "分院一群", "owner": "main", "members": ["main", "a", "b", "c"]}],
        }
    }
    gone = {"at": "11:00:00", "type": "group_left", "account": "main", "group": ROOM, "members": [{"contact": "main"}]}
    fake = {
        "at": "11:30:00",
        "type": "group_joined",
        "account": "main",
        "group": "fake@chatroom",
        "members": [{"contact": "main"}, {"contact": "x"}, {"contact": "y"}],
    }
    played = stage.play([BIND, gone, fake, operator("14:00:00", "group list --json")], world=world)
    assert [row["group"] for row in played.rows("group list") if row["tier"]] == [ROOM]


def test_a_renumbered_owner_is_still_obeyed(stage: Stage) -> None:
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [{"id": "wx-boss", "name": "老板", "friend_of": ["main"], "remark": "老板本人"}],
        }
    }
    renumbered = {"at": "12:00:00", "type": "renumbered", "ids": {"wx-boss": "new-boss"}, "account": "main"}
    played = stage.play(
        [operator("08:00:00", "group list"), renumbered, says("12:30:00", "new-boss", "/状态")], world=world
    )
    assert len(played.arrived(to="new-boss", kind="text")) == 1
