"""Who looks after whom: found in a hall, claimed, refused, handed over."""

from __future__ import annotations

import re
from typing import Any

from tests.flows.playing import PLAYBOOK, Line, Played, Stage, asks_to_be_friends, operator, says

HALLS = PLAYBOOK.partition("[[tiers]]")[0] + '[[tiers]]\nname = "堂口"\ncapacity = 30\nowner_role = "hall"\n'
A, B = "a@chatroom", "b@chatroom"


def world(**rooms: list[str]) -> Line:
    people = ("wx-boss", "ann", "bob", "wx1", "wx2")
    return {
        "world": {
            "accounts": [{"id": "main", "name": "小山"}],
            "contacts": [{"id": one, "name": f"名{one}", "friend_of": ["main"]} for one in people],
            "groups": [
                {"id": f"{name}@chatroom", "topic": f"堂{name}", "owner": "main", "members": ["main", *members]}
                for name, members in rooms.items()
            ],
        }
    }


BOUND = [
    operator("08:00:00", f"group bind {A} --tier 堂口 --owner ann"),
    operator("08:00:01", f"group bind {B} --tier 堂口 --owner bob"),
]


def joined(at: str, room: str, *people: str) -> Line:
    members = [{"contact": one, "name": f"名{one}"} for one in people]
    return {"at": at, "type": "group_joined", "account": "main", "group": room, "members": members}


def played(stage: Stage, story: list[Line], asking: Line | None = None) -> Played:
    stage.write("playbook.toml", HALLS)
    at = "20:00:00"
    ends = [operator(at, f"who {one} --json") for one in ("wx1", "wx2")] + [operator(at, "audit --json")]
    return stage.play([*BOUND, *story, *ends], world=asking or world(a=["ann", "wx1"], b=["bob"]))


def owners(played: Played) -> list[Any]:
    rows = [line for line in played.lines if line.get("operator", "").startswith("who ")]
    return [line["out"].partition('"owner": ')[2].partition(",")[0].strip('"') for line in rows]


def refused(played: Played) -> list[tuple[str, str, str, str]]:
    rows = [row for row in played.rows("audit") if row["result"] == "refused"]
    return [(row["actor"], row["action"], row["target"], row["place"]) for row in rows]


def test_a_member_belongs_to_the_owner_of_the_hall_they_were_first_found_in(stage: Stage) -> None:
    told = played(stage, [joined("09:00:00", B, "wx2"), joined("10:00:00", B, "wx1"), joined("11:00:00", A, "wx2")])
    assert owners(told) == ["ann", "bob"]
    assert refused(told) == [("bob", "claim", "wx1", B), ("ann", "claim", "wx2", A)]


def test_the_staff_in_a_hall_is_nobodys_customer(stage: Stage) -> None:
    told = played(
        stage,
        [joined("09:00:00", A, "wx-boss"), operator("19:00:00", "handover ann bob")],
        world(a=["ann", "wx1", "wx-boss"], b=["bob"]),
    )
    assert told.operator("handover")["out"] == "好，名ann 的客户交给 名bob：1 位客人，1 个群。\n"
    assert told.arrived(to="wx-boss", kind="text") == []


def test_of_a_group_that_nobody_looked_after_the_customers_are_handed_over_and_no_others(stage: Stage) -> None:
    bound = [operator("08:00:02", "group bind c@chatroom --tier 堂口"), operator("08:30:00", "role grant wx2 helper")]
    told = played(
        stage,
        [*bound, operator("09:00:00", "handover c@chatroom bob")],
        world(a=["ann"], b=["bob"], c=["wx-boss", "wx1", "wx2"]),
    )
    assert told.operator("handover")["out"] == "好，「堂c」交给 名bob：1 位客人，1 个群。\n"
    assert owners(told)[0] == "bob"
    assert [told.arrived(to=one, kind="text") for one in ("wx2", "wx-boss")] == [[], []]


def test_whoever_helped_out_for_a_time_is_a_customer_again(stage: Stage) -> None:
    told = played(
        stage,
        [
            says("08:30:00", "wx-boss", "/授权 wx2 帮手 1小时"),
            joined("09:00:00", A, "wx2"),
            joined("10:00:00", B, "wx2"),
        ],
        world(a=["ann"], b=["bob"]),
    )
    assert owners(told) == ["null", "bob"]


def test_who_is_found_only_by_a_list_is_claimed_as_well_and_once(stage: Stage) -> None:
    members = {
        "at": "09:00:00",
        "type": "members",
        "account": "main",
        "group": B,
        "members": [{"contact": one} for one in ("main", "bob", "wx1", "wx2")],
    }
    told = played(stage, [members, {"at": "13:00:00", "type": "login", "account": "main"}])
    assert owners(told) == ["ann", "bob"]
    assert refused(told) == [("bob", "claim", "wx1", B)]


def test_the_first_claim_holds_and_a_second_is_refused_and_audited(stage: Stage) -> None:
    story = [
        operator("08:10:00", "role grant ann hall"),
        operator("08:10:01", "role grant bob hall"),
        says("09:00:00", "ann", "/我来跟 wx2", id="e1"),
        says("09:01:00", "bob", "/claim 名wx2", id="e2"),
        says("09:02:00", "wx-boss", "/owner wx2 bob", id="e3"),
        says("09:03:00", "wx-boss", "/归属 wx2", id="e4"),
        says("09:04:00", "wx1", "/我来跟 wx2", id="e5"),
    ]
    told = played(stage, story)
    assert owners(told) == ["ann", "ann"]
    assert refused(told)[:2] == [("bob", "claim", "wx2", "1:1"), ("wx-boss", "claim", "wx2", "1:1")]
    assert [line["text"] for line in told.arrived(to="ann")] == ["好，名wx2 归 名ann 跟了。"]
    assert "已经归 名ann 跟" in told.arrived(to="bob")[0]["text"]
    assert told.arrived(to="wx-boss")[-1]["text"] == "名wx2 归 名ann 跟。"


def code_in(told: Played) -> str:
    """The code that the boss was asked for last."""
    asked = [line["text"] for line in told.arrived(to="wx-boss", kind="text") if "秒内回" in line["text"]]
    found = re.search(r"秒内回 (\d{4})", asked[-1])
    assert found
    return found[1]


def test_a_hand_over_says_what_would_happen_and_wants_a_code_of_this_admin_here_and_soon(stage: Stage) -> None:
    order = [operator("09:06:00", "owner wx1 ann"), says("10:00:00", "wx-boss", "/交接 ann bob", id="e1")]
    first = played(stage, [*order, operator("10:10:00", "group list --json")])
    code = code_in(first)
    assert first.arrived(to="wx-boss")[-1]["text"].startswith(
        "会把名ann 的客户交给 名bob：1 位客人，1 个群。1 位会收到一句话（是我们好友、没退订的）。\n确认就在 120 秒内回 "
    )
    assert first.rows("group list")[0]["owner"] == "ann"
    late = [says("10:00:10", "ann", code), says("10:02:30", "wx-boss", code), operator("10:10:00", "group list --json")]
    told = played(stage, [*order, *late])
    assert told.rows("group list")[0]["owner"] == "ann"
    assert told.arrived(to="wx-boss")[-1]["text"] == "那个码过时了，没做。要做就重新发一次指令。"


def test_a_whole_book_changes_hands_in_the_middle_of_a_survey(stage: Stage) -> None:
    code = code_in(
        played(
            stage, [operator("09:06:00", "owner wx2 ann"), says("10:00:00", "wx-boss", "／客户交接 ann bob", id="e1")]
        )
    )
    story = [
        asks_to_be_friends("09:00:00", "wx9"),
        says("09:05:00", "wx9", "叫我老林"),
        operator("09:06:00", "owner wx9 ann"),
        says("10:00:00", "wx-boss", "／客户交接 ann bob", id="e1"),
        says("10:00:30", "wx-boss", code),
        says("10:05:00", "wx9", "1"),
        operator("10:10:00", "who wx9 --json"),
        operator("10:10:00", "group list --json"),
    ]
    told = played(stage, story)
    assert owners(told) == ["bob", "bob", "null"]
    who = told.rows("who wx9")[0]
    assert (who["survey"]["state"], who["answers"]["tea"]["value"]) == ("finished", ["rock"])
    assert [row["owner"] for row in told.rows("group list")] == ["bob", "bob"]
    for member in ("wx1", "wx9"):
        assert len([line for line in told.arrived(to=member) if "以后由名bob来照顾你" in line["text"]]) == 1
    assert "2 位客人，1 个群" in told.arrived(to="bob")[0]["text"]
    assert told.arrived(to="wx-boss")[-1]["text"] == "好，名ann 的客户交给 名bob：2 位客人，1 个群。"


def test_a_group_and_one_member_change_hands(stage: Stage) -> None:
    story = [
        operator("09:00:00", f"handover {A} bob"),
        joined("09:30:00", A, "wx2"),
        operator("10:00:00", "handover wx2 ann"),
        operator("10:01:00", "handover nobody ann"),
        operator("10:02:00", "handover wx-boss ann"),
    ]
    told = played(stage, story)
    assert owners(told) == ["bob", "ann"]
    assert (told.operator("handover nobody")["exit"], told.operator("handover wx-boss")["exit"]) == (2, 2)


def test_another_owner_of_a_group_takes_its_customers_over(stage: Stage) -> None:
    told = played(stage, [operator("09:00:00", f"group bind {A} --tier 堂口 --owner bob")])
    assert owners(told) == ["bob", "null"]
    assert refused(told) == []


def test_moving_by_hand_invites_and_tells(stage: Stage) -> None:
    story = [
        says("09:00:00", "wx-boss", "/调群 wx2 堂口", id="e1"),
        says("09:10:00", "wx-boss", "/move wx2 不存在", id="e2"),
        says("09:20:00", "wx-boss", "/名额", id="e3"),
    ]
    told = played(stage, story)
    assert [line["to"]["group"] for line in told.arrived(kind="invite")] == [A]
    assert [line["text"] for line in told.arrived(to="wx2", kind="text")] == [
        "跟你说一声，你现在归到「堂口」了，进群邀请随后就到。"
    ]
    answers = [line["text"] for line in told.arrived(to="wx-boss")]
    assert answers[0] == "好，名wx2 归到「堂口」，已请进「堂a」。"
    assert "没有「不存在」" in answers[1]
    assert answers[2] == "堂口：2 个群，6 人，留着 0 个位子，还空 54 个"


def test_whose_customer_somebody_is_is_no_business_of_the_groups(stage: Stage) -> None:
    lines = ("/归属 wx1", "/归属 wx1 bob", "/客户交接 ann bob", "/调群 wx1 堂b")
    story = [says(f"09:0{n}:00", "wx-boss", text, group=A) for n, text in enumerate(lines)]
    told = played(stage, story, world(a=["ann", "wx1", "wx-boss"], b=["bob"]))
    assert told.arrived(to=A, kind="text") == []
    aside = [line["text"] for line in told.arrived(to="wx-boss", kind="text")]
    assert (len(aside), aside[0]) == (4, "名wx1 归 名ann 跟。")
    code = code_in(told)
    again = played(stage, [*story, says("09:04:00", "wx-boss", code)], world(a=["ann", "wx1", "wx-boss"], b=["bob"]))
    assert "好，名ann 的客户交给 名bob" in "".join(line["text"] for line in again.arrived(to="wx-boss", kind="text"))
