"""Placement: the last seat, the waiting list, and the ladder up and down."""

from __future__ import annotations

import json

import pytest

from tests.flows.playing import PLAYBOOK, Line, Stage, asks_to_be_friends, operator, says

LADDER = (
    PLAYBOOK.partition("[[tiers]]")[0]
    + """
[[tiers]]
name = "分院"
capacity = 10
join = { tea = "rock" }
cool_down_days = 7
[[tiers]]
name = "茶桌"
parent = "分院"
capacity = 10
reserve_hours = 24
"""
)
HIGH, LOW = "high@chatroom", "low@chatroom"
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "old", "name": "老友", "friend_of": ["main"]},
        ],
        "groups": [
            {"id": HIGH, "topic": "分院", "owner": "main", "members": ["main", "old"]},
            {"id": LOW, "topic": "茶桌", "owner": "main", "members": ["main"]},
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {HIGH} --tier 分院"),
    operator("08:00:01", f"group bind {LOW} --tier 茶桌 --parent {HIGH}"),
]
RECEIVED = [
    asks_to_be_friends("09:00:00", "wx1"),
    says("09:05:00", "wx1", "叫我老林"),
    says("09:06:00", "wx1", "2"),
]
AND_SET_BACK = pytest.mark.parametrize("clock", [[], [{"at": "12:00:00", "type": "clock", "shift": "-3d"}]])


@AND_SET_BACK
def test_what_a_member_tells_moves_them_up_with_a_word_and_not_again_before_the_cool_down(
    stage: Stage, clock: list[Line]
) -> None:
    stage.write("playbook.toml", LADDER)
    played = stage.play(
        [
            *BOUND,
            *RECEIVED,
            says("10:00:00", "wx1", "说错了，我爱喝岩茶"),
            says("11:00:00", "wx1", "说错了，我爱喝红茶"),
            *clock,
            operator("2026-12-01T09:00:00+08:00", "who wx1 --json"),
            operator("2026-12-01T09:00:00+08:00", "audit --json"),
        ],
        world=WORLD,
    )
    assert [(line["at"][8:13], line["to"]["group"]) for line in played.arrived(kind="invite")] == [
        ("23T09", LOW),
        ("23T10", HIGH),
    ]
    words = [(line["at"][8:13], line["text"]) for line in played.arrived(to="wx1", kind="text")]
    assert [one for one in words if "归到" in one[1]] == [
        ("23T10", "跟你说一声，你现在归到「分院」了，进群邀请随后就到。"),
        ("30T10", "跟你说一声，你现在归到「茶桌」了，以后我们在这个群里见。"),
    ]
    assert [row["reason"] for row in played.rows("audit") if row["action"] == "move"] == ["茶桌 → 分院", "分院 → 茶桌"]


def test_a_tag_by_hand_moves_as_well_and_no_answer_takes_it_away(stage: Stage) -> None:
    tagged = """
[[survey.tags]]
when = { tea = "rock" }
add = ["岩友"]
"""
    book = LADDER.replace('join = { tea = "rock" }', 'join = { tags = ["岩友"] }')
    stage.write("playbook.toml", book.partition("[[tiers]]")[0] + tagged + "[[tiers]]" + book.partition("[[tiers]]")[2])
    played = stage.play(
        [
            *BOUND,
            *RECEIVED,
            says("10:00:00", "wx-boss", "/加标签 wx1 岩友"),
            says("11:00:00", "wx1", "说错了，我爱喝白茶"),
            operator("2026-12-05T09:00:00+08:00", "who wx1 --json"),
            operator("2026-12-05T09:00:01+08:00", "audit --json"),
            says("2026-12-05T10:00:00+08:00", "wx-boss", "/去标签 wx1 岩友"),
            operator("2026-12-05T11:00:00+08:00", "audit --json"),
        ],
        world=WORLD,
    )
    assert [(line["at"][8:13], line["to"]["group"]) for line in played.arrived(kind="invite")] == [
        ("23T09", LOW),
        ("23T10", HIGH),
    ]
    assert played.rows("who")[0]["tags"] == ["岩友"]
    assert [row["reason"] for row in played.rows("audit") if row["action"] == "move"] == ["茶桌 → 分院", "分院 → 茶桌"]


def test_who_was_in_a_group_before_us_is_not_put_down(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER)
    story = [*BOUND, says("09:30:00", "wx9", "在吗"), operator("10:00:00", "merge old wx9")]
    played = stage.play(story, world=WORLD)
    assert played.arrived(kind="invite") == []


def test_the_staff_is_told_in_good_time_that_a_new_group_is_needed(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER.replace("capacity = 10\nreserve", "capacity = 4\nreserve"))
    people = [f"wx{number}" for number in range(1, 5)]
    story = [*BOUND]
    for hour, one in enumerate(people, 9):
        story += [
            asks_to_be_friends(f"{hour:02}:00:00", one),
            says(f"{hour:02}:05:00", one, "叫我老林"),
            says(f"{hour:02}:06:00", one, "2"),
        ]
    played = stage.play([*story, operator("20:00:00", "who wx4 --json")], world=WORLD)
    told = [(line["at"][11:13], line["text"]) for line in played.arrived(to="wx-boss")]
    assert told[0] == ("10", "「茶桌」快满了，只剩 1 个位子。请早点开一个新群，在群里发 /绑定 茶桌。")
    assert told[1][0] == "12"
    assert "在排队" in told[1][1]
    assert len(told) == 2
    assert played.rows("who wx4")[0]["waiting_for"] == "茶桌"


def test_who_sits_already_in_a_group_that_becomes_one_of_the_tier_waits_no_longer(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER)
    story = [
        asks_to_be_friends("09:00:00", "wx1"),
        says("09:05:00", "wx1", "叫我老林"),
        says("09:06:00", "wx1", "2"),
        operator("09:10:00", "who wx1 --json"),
        {"at": "09:30:00", "type": "group_joined", "account": "main", "group": LOW, "members": [{"contact": "wx1"}]},
        operator("10:00:00", f"group bind {LOW} --tier 茶桌"),
        operator("10:10:00", "who wx1 --json"),
    ]
    played = stage.play(story, world=WORLD)
    waits = [json.loads(line["out"])["waiting_for"] for line in played.lines if line.get("operator", "")[:3] == "who"]
    assert waits == ["茶桌", None]
    assert played.arrived(kind="invite") == []


def test_five_who_finish_at_once_for_one_seat(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER.replace("capacity = 10\nreserve", "capacity = 2\nreserve"))
    people = [f"wx{number}" for number in range(1, 6)]
    story = [*BOUND, *(asks_to_be_friends("09:00:00", one) for one in people)]
    story += [says("09:10:00", one, "叫我老林") for one in people] + [says("09:20:00", one, "2") for one in people]
    left = {"at": "12:00:00", "type": "group_left", "account": "main", "group": LOW, "members": [{"contact": "wx1"}]}
    story += [left, *(operator("13:00:00", f"who {one} --json") for one in people)]
    played = stage.play(story, world=WORLD)
    assert [(line["at"][11:13], line["to"]["contact"]) for line in played.arrived(kind="invite")] == [
        ("09", "wx1"),
        ("12", "wx2"),
    ]
    waits = [played.rows(f"who {one}")[0]["waiting_for"] for one in people]
    assert waits == [None, None, "茶桌", "茶桌", "茶桌"]


def test_friends_of_two_accounts_for_one_seat_in_the_same_second(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER.replace("capacity = 10\nreserve", "capacity = 4\nreserve"))
    config = (stage.folder / "config.toml").read_text(encoding="utf-8")
    second = '[[accounts]]\nid = "second"\nmerchant = "m1"\ntransport = "simulator"\n'
    stage.write("config.toml", config + second)
    accounts = [{"id": "main", "name": "小山"}, {"id": "second", "name": "小水"}]
    room = {"id": LOW, "topic": "茶桌", "owner": "main", "members": ["main", "second", "old"]}
    world = {"world": {**WORLD["world"], "accounts": accounts, "groups": [room]}}
    of = {"wx1": "main", "wx2": "second", "wx3": "main"}
    played = stage.play(
        [
            operator("08:00:00", f"group bind {LOW} --tier 茶桌"),
            *(asks_to_be_friends("09:00:00", one) | {"account": account} for one, account in of.items()),
            *(says("09:05:00", one, "叫我老林") | {"account": account} for one, account in of.items()),
            *(says("09:06:00", one, "2") | {"account": account} for one, account in of.items()),
            operator("10:00:00", "who wx2 --json"),
            {"at": "11:00:00", "type": "group_left", "account": "main", "group": LOW,
             "members": [{"contact": "old", "name": "老友"}]},
        ],
        world=world,
    )  # fmt: skip
    assert [(line["at"][11:16], line["account"], line["to"]["contact"]) for line in played.arrived(kind="invite")] == [
        ("09:06", "main", "wx1"),
        ("11:00", "second", "wx2"),  # who came before wx3, by the account that is in the group, too
    ]
    assert played.rows("who")[0]["waiting_for"] == "茶桌"
    assert [line["state"] for line in played.lines if line.get("key", "").startswith("invite:wx2:")][-1] == "confirmed"


@AND_SET_BACK
def test_a_declined_invitation_frees_its_seat_after_the_hours(stage: Stage, clock: list[Line]) -> None:
    stage.write("playbook.toml", LADDER.replace("capacity = 10\nreserve", "capacity = 2\nreserve"))
    world = {"world": {**WORLD["world"], "auto": True}}
    platform = {"at": "08:30:00", "type": "platform", "account": "main", "on": "invite", "answer": "accepted_then_lost"}
    story = [
        *BOUND,
        platform,
        *RECEIVED,
        asks_to_be_friends("10:00:00", "wx2"),
        says("10:05:00", "wx2", "叫我老王"),
        says("10:06:00", "wx2", "2"),
        operator("11:00:00", "group list --json"),
        *clock,
        operator("2026-11-24T12:00:00+08:00", "who wx2 --json"),
    ]
    played = stage.play(story, world=world)
    assert [row["reserved"] for row in played.rows("group list")] == [0, 1]
    assert [(line["at"][8:13], line["to"]["contact"]) for line in played.arrived(kind="invite")] == [("24T09", "wx2")]
    assert played.rows("who wx2")[0]["groups"] == [LOW]


def test_who_could_not_be_invited_is_told_of_and_can_be_invited_again(stage: Stage) -> None:
    world = {"world": {**WORLD["world"], "auto": True}}
    platform = {
        "at": "08:30:00",
        "type": "platform",
        "account": "main",
        "on": "invite",
        "answer": "refused",
        "times": 1,
    }
    story = [
        *BOUND,
        platform,
        *RECEIVED,
        says("10:00:00", "wx-boss", "/邀请 wx1 分院"),
        operator("11:00:00", "who wx1 --json"),
    ]
    played = stage.play(story, world=world)
    assert any(line["text"].startswith("没能把") for line in played.arrived(to="wx-boss"))
    assert played.rows("who")[0]["groups"] == [HIGH]


def test_what_names_a_group_follows_its_new_id(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER)
    members = [f"m{number}" for number in range(4)]
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [{"id": one, "friend_of": ["main"], "remark": f"备注-{one}"} for one in members],
            "groups": [{"id": HIGH, "topic": "分院", "owner": "main", "members": ["main", *members]}],
        }
    }
    ids = {HIGH: "new@chatroom", **{one: f"new-{one}" for one in members}}
    played = stage.play(
        [
            BOUND[0],
            operator("08:01:00", f"role grant m1 helper --group {HIGH}"),
            {"at": "12:00:00", "type": "renumbered", "ids": ids, "account": "main"},
            says("13:00:00", "new-m1", "/状态", group="new@chatroom", id="e1"),
            operator("14:00:00", "role list --json"),
        ],
        world=world,
    )
    assert len(played.arrived(to="new@chatroom", kind="text")) == 1
    assert {row["group"] for row in played.rows("role list") if row["by"] != "config"} == {"new@chatroom"}


def renumbered(stage: Stage, topics: tuple[str, str], members: dict[str, list[str]], *strangers: str) -> list[str]:
    """Which of our groups' new ids are bound after a re-login at which all ids change."""
    friends = sorted({one for ones in members.values() for one in ones} - set(strangers))
    everybody = sorted({one for ones in members.values() for one in ones})
    world: Line = {
        "world": {
            "accounts": [{"id": "main"}],
            "contacts": [{"id": one, "friend_of": ["main"], "remark": f"备注-{one}"} for one in friends],
            "groups": [
                {"id": room, "topic": topic, "owner": "main", "members": ["main", *members[room]]}
                for room, topic in zip((HIGH, LOW), topics, strict=True)
            ],
        }
    }
    ids = {HIGH: "a-new@chatroom", LOW: "b-new@chatroom", **{one: f"new-{one}" for one in everybody}}
    stage.write("playbook.toml", LADDER)
    played = stage.play(
        [
            *BOUND,
            {"at": "12:00:00", "type": "renumbered", "ids": ids, "account": "main"},
            operator("14:00:00", "group list --json"),
        ],
        world=world,
    )
    tiers = {row["group"]: row["tier"] for row in played.rows("group list")}
    return [f"{tiers.get(room)}" for room in ("a-new@chatroom", "b-new@chatroom")]


def test_a_group_within_another_is_told_from_it_by_its_people(stage: Stage) -> None:
    few = [f"m{number}" for number in range(4)]
    many = [*few, "n1", "n2", "n3"]
    assert renumbered(stage, ("群", "群"), {HIGH: many, LOW: few}) == ["分院", "茶桌"]
    assert renumbered(stage, ("群", "群"), {HIGH: few, LOW: many}) == ["分院", "茶桌"]


def test_groups_with_the_same_people_are_told_apart_by_their_topics_or_else_by_a_human(stage: Stage) -> None:
    same = [f"m{number}" for number in range(4)]
    assert renumbered(stage, ("高", "低"), {HIGH: same, LOW: same}) == ["分院", "茶桌"]
    assert renumbered(stage, ("群", "群"), {HIGH: same, LOW: same}) == ["None", "None"]


def test_of_a_group_of_strangers_the_friends_in_it_are_enough(stage: Stage) -> None:
    strangers = [f"s{number}" for number in range(7)]
    people = {HIGH: ["m1", "m2", "m3", *strangers], LOW: ["m4", "m5"]}
    assert renumbered(stage, ("高", "低"), people, *strangers) == ["分院", "茶桌"]


def test_a_settled_complaint_moves_nobody(stage: Stage) -> None:
    stage.write("playbook.toml", LADDER)
    low = [says("08:30:00", "wx-boss", "/邀请 wx1 分院"), says("08:40:00", "wx1", "太差劲了，我要投诉你们！")]
    rooms = [{**WORLD["world"]["groups"][0]}, {**WORLD["world"]["groups"][1], "members": ["main", "wx1"]}]
    friend = {"id": "wx1", "name": "老林", "friend_of": ["main"]}
    world = {"world": {**WORLD["world"], "contacts": [*WORLD["world"]["contacts"], friend], "groups": rooms}}
    played = stage.play(
        [*BOUND, *low, says("09:00:00", "wx-boss", "/了结 wx1"), operator("10:00:00", "audit --json")], world=world
    )
    assert "好，wx1 的投诉记为了结，推广照常。" in [line["text"] for line in played.arrived(to="wx-boss", kind="text")]
    assert not [line for line in played.arrived(to="wx1", kind="text") if "归到" in line["text"]]
    assert [row for row in played.rows("audit") if (row["actor"], row["action"]) == ("bot", "move")] == []
