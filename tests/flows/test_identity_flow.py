"""One person over several accounts, and ids that change: who is who is told by evidence or by an operator."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flows.playing import WORLD, Line, Played, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import HEADER, IMPORT, book, entry, of, times, world

TWO: Line = {
    "world": {
        **WORLD["world"],
        "accounts": [{"id": "main", "name": "小山"}, {"id": "second", "name": "小岭"}],
    }
}
MOBILE = """
[[survey.questions]]
key = "mobile"
type = "phone"
texts = ["方便留个手机号吗？"]
"""
UNTIL = ("--to", "2026-11-28T09:00:00+08:00")


def befriends(at: str, contact: str, account: str = "main") -> Line:
    return asks_to_be_friends(at, contact) | {"account": account}


def tells(at: str, contact: str, text: str, account: str = "main") -> Line:
    return says(at, contact, text) | {"account": account}


def who(played: Played, contact: str) -> Line:
    row: Line = played.rows(f"who {contact}")[0]
    return row


def after(played: Played, at: str, **wanted: Any) -> list[str]:
    """What arrived from that moment on."""
    return [line["delivery"] for line in played.arrived(**wanted) if line["at"][11:] >= at]


SURVEYED = [
    befriends("09:00", "wx1"),
    tells("09:01", "wx1", "我姓林"),
    tells("09:02", "wx1", "1"),
]


def test_one_contact_is_greeted_by_the_second_account_and_not_surveyed_again(stage: Stage) -> None:
    played = stage.play([*SURVEYED, befriends("10:00", "wx1", "second")], *UNTIL, world=TWO)
    assert after(played, "10:00", to="wx1", kind="text") == ["greet:wx1:second"]


def test_who_was_merged_before_they_come_is_not_surveyed_again(stage: Stage) -> None:
    """The shop knows that wx1 has a second WeChat, which has only been seen in the group so far."""
    joined = {
        "at": "09:30",
        "type": "group_joined",
        "account": "main",
        "group": "room-1@chatroom",
        "members": [{"contact": "wx2", "name": "林间"}],
    }
    story = [*SURVEYED, joined, operator("09:40", "merge wx1 wx2"), befriends("10:00", "wx2", "second")]
    played = stage.play([*story, operator("10:30", "who wx2 --json")], *UNTIL, world=TWO)
    assert after(played, "10:00", to="wx2", kind="text") == ["greet:wx2"]
    known = who(played, "wx2")
    assert known["contacts"] == ["wx1", "wx2"]
    assert known["answers"]["call"]["value"] == "林"
    assert known["survey"] == {"state": "finished", "question": None}
    assert played.summary["surveyed"] == 1


def test_a_survey_open_on_both_goes_on_with_the_survivor_only(stage: Stage) -> None:
    story = [
        befriends("09:00", "wx1"),
        befriends("09:00:30", "wx2", "second"),
        tells("09:01", "wx2", "我姓林", "second"),
        operator("09:10", "merge wx1 wx2"),
        operator("09:11", "who wx1 --json"),
        tells("09:20", "wx2", "1 2", "second"),  # an answer to a question that was taken back: small talk
        tells("09:30", "wx1", "3"),
        operator("09:40", "who wx2 --json"),
        operator("09:41", "audit --json"),
    ]
    played = stage.play(story, *UNTIL, world=TWO)
    # The survivor's open question is answered by what the other said: the next one follows, on the survivor's account.
    assert after(played, "09:10", to="wx1", kind="text") == ["ask:wx1:2", "thanks:wx1"]
    assert after(played, "09:10", to="wx2") == []
    assert who(played, "wx1")["survey"] == {"state": "open", "question": "tea"}
    known = who(played, "wx2")
    assert {key: one["value"] for key, one in known["answers"].items()} == {"call": "林", "tea": ["white"]}
    assert known["survey"]["state"] == "finished"
    merged = [row for row in played.rows("audit") if row["action"] == "merge"]
    assert [(row["actor"], row["target"], row["reason"]) for row in merged] == [("operator", "wx2", "wx1")]


def test_the_other_survivor_keeps_their_answers(stage: Stage) -> None:
    story = [
        *SURVEYED,
        befriends("09:03", "wx2", "second"),
        tells("09:04", "wx2", "我姓王", "second"),
        operator("09:10", "merge wx1 wx2 --keep wx2 --json"),
        operator("09:11", "who wx1 --json"),
    ]
    played = stage.play(story, *UNTIL, world=TWO)
    assert played.rows("merge") == [{"kept": "wx2", "merged": "wx1"}]
    known = who(played, "wx1")
    assert (known["answers"]["call"]["value"], known["answers"]["tea"]["value"]) == ("王", ["rock"])
    assert known["survey"]["state"] == "finished"  # wx1 has finished theirs: nobody is surveyed twice
    assert after(played, "09:10", kind="text") == []


@pytest.mark.parametrize("opted_out", ["wx1", "wx2"])
def test_an_opt_out_before_the_merge_holds_for_both(stage: Stage, opted_out: str) -> None:
    account = {"wx1": "main", "wx2": "second"}
    other = "wx2" if opted_out == "wx1" else "wx1"
    story = [
        befriends("09:00", "wx1"),
        befriends("09:00:30", "wx2", "second"),
        tells("09:01", opted_out, "退订", account[opted_out]),
        operator("09:10", "merge wx1 wx2"),
        operator("09:11", f"who {other} --json"),
    ]
    played = stage.play(story, *UNTIL, world=TWO)
    assert after(played, "09:10", kind="text") == []  # neither questions nor nudges
    assert who(played, other)["opted_out"] is True
    apart = stage.play(
        [*story[:-1], operator("09:20", "unmerge wx2"), operator("09:21", f"who {other} --json")], world=TWO
    )
    row = who(apart, other)
    assert (row["opted_out"], row["survey"]) == (False, {"state": "open", "question": "call"})


def test_the_cap_of_a_day_is_for_the_person(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_day = 1\n")
    friends = {"wx-a": ["main"], "wx-b": ["second"]}
    stage.write("calendar.csv", HEADER + entry("早安", "09:00") + entry("晚安", "18:00"))
    merged = operator("08:30", "merge wx-a wx-b")
    played = stage.play(
        [IMPORT, merged], "--to", "2026-11-23T23:00+08:00", world=world("main", "second", friends=friends)
    )
    assert times(played, kind="text") == [("23 09:00:00", of("早安"))]
    assert played.states(of("晚安")) == ["planned", "waiting:person_cap"]
    apart = stage.play([IMPORT], "--to", "2026-11-23T23:00+08:00", world=world("main", "second", friends=friends))
    assert times(apart, kind="text") == [("23 09:00:00", of("早安")), ("23 09:00:00", of("早安", "wx-b"))]


def test_a_merge_is_undone_and_the_question_comes_again(stage: Stage) -> None:
    story = [
        befriends("09:00", "wx1"),
        befriends("09:00:30", "wx2", "second"),
        operator("09:10", "merge wx1 wx2"),
        operator("09:11", "people merges --json"),
        tells("09:20", "wx1", "我姓林"),
        operator("09:30", "unmerge wx2"),
        operator("09:31", "who wx2 --json"),
        tells("09:40", "wx2", "我姓王", "second"),
        tells("09:41", "wx2", "2", "second"),
        operator("09:50", "who wx1 --json"),
        operator("09:51", "unmerge wx2"),
    ]
    played = stage.play(story, "--to", "2026-11-23T10:00+08:00", world=TWO)
    (row,) = played.rows("people merges")
    assert (row["contacts"], row["with"]) == (["wx2"], ["wx1"])
    assert after(played, "09:30", to="wx2", kind="text") == ["ask:wx2:2", "ask:wx2:3", "thanks:wx2"]
    assert who(played, "wx2")["answers"] == {}
    known = who(played, "wx1")
    assert known["contacts"] == ["wx1"]
    assert known["answers"]["call"]["value"] == "林"
    assert (played.operator("unmerge")["exit"], played.operator("unmerge")["out"]) == (2, "wx2 没有合并过\n")


def test_a_kill_in_between_changes_nothing(stage: Stage) -> None:
    story = [
        befriends("09:00", "wx1"),
        befriends("09:00:30", "wx2", "second"),
        tells("09:01", "wx2", "我姓林", "second"),
        operator("09:10", "merge wx1 wx2"),
        {"at": "09:10:01", "type": "kill", "down": "1m"},
        tells("09:20", "wx1", "3"),
        {"at": "09:21", "type": "kill", "down": "1m"},
        operator("09:30", "unmerge wx2"),
        {"at": "09:30:01", "type": "kill", "down": "1m"},
        operator("09:40", "who wx1 --json"),
        operator("09:41", "who wx2 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T10:00+08:00", world=TWO)
    assert {key: one["value"] for key, one in who(played, "wx1")["answers"].items()} == {"tea": ["white"]}
    assert {key: one["value"] for key, one in who(played, "wx2")["answers"].items()} == {"call": "林"}
    delivered = [line["delivery"] for line in played.arrived(kind="text")]
    assert len(delivered) == len(set(delivered))


def test_the_same_mobile_number_is_a_question_to_the_operator(stage: Stage) -> None:
    playbook = (stage.folder / "playbook.toml").read_text(encoding="utf-8")
    stage.write("playbook.toml", playbook.replace("[[tiers]]", MOBILE + "[[tiers]]", 1))
    story = [
        *SURVEYED,
        tells("09:03", "wx1", "13812345678"),
        befriends("10:00", "wx2", "second"),
        tells("10:01", "wx2", "我姓林", "second"),
        tells("10:02", "wx2", "1", "second"),
        tells("10:03", "wx2", "一三八一二三四五六七八", "second"),
        operator("10:10", "people ambiguous --json"),
        says("10:15", "wx-boss", "/状态"),
        operator("10:20", "people same wx2 wx1 --json"),
        operator("10:21", "who wx2 --json"),
        operator("10:22", "people same wx2 wx1"),
    ]
    played = stage.play(story, world=TWO)
    (row,) = played.rows("people ambiguous")
    assert (row["kind"], row["contact"], row["other"], row["evidence"]) == ("merge", "wx2", "wx1", ["answer"])
    assert "有 1 位认不准是谁" in played.arrived(to="wx-boss", kind="text")[-1]["text"]
    assert who(played, "wx2")["contacts"] == ["wx1", "wx2"]
    assert played.operator("people same wx2 wx1")["exit"] == 2  # nobody waits any more


def renumbered(at: str, **ids: str) -> Line:
    """The platform gave these people other ids (old=new)."""
    return {"at": at, "type": "renumbered", "ids": {f"wx-{a}": f"new-{b}" for a, b in ids.items()}, "account": "main"}


NAMESAKES: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"], "remark": "老板本人"},
            {"id": "wx-a", "name": "天天妈", "friend_of": ["main"], "tags": ["茶友"]},
            {"id": "wx-b", "name": "天天妈", "friend_of": ["main"]},
        ],
    }
}


def test_namesakes_with_new_ids_are_told_apart_by_an_operator(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + entry("上新", "18:00"))
    story = [
        IMPORT,
        renumbered("12:00", a="1", b="2"),
        operator("12:10", "people ambiguous --json"),
        operator("12:11", "alerts list --json"),
        says("12:20", "new-1", "新茶到了吗？"),
        operator("12:29", "merge wx-a new-1"),
        operator("12:30", "people same new-1 wx-a"),
        operator("12:40", "people ambiguous"),
        operator("12:41", "people different new-2"),
        operator("12:42", "people ambiguous --json "),
        operator("12:43", "alerts list --json "),
        operator("12:44", "who new-1 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00+08:00", world=NAMESAKES)
    first = next(line for line in played.lines if line.get("operator") == "people ambiguous --json")
    assert first["out"].count("\n") == 4  # each of two new ones may be either of those who are missing
    asked = next(line for line in played.lines if line.get("operator") == "alerts list --json")
    assert '"kind": "ambiguous"' in asked["out"]
    assert not [line for line in played.arrived() if line["delivery"].startswith("greet:")]
    between = next(line for line in played.lines if line.get("operator") == "people ambiguous")
    assert [("new-1" in row, "new-2" in row) for row in between["out"].splitlines()[1:]] == [(False, True)]
    assert (played.operator("people ambiguous --json ")["out"], played.operator("alerts list --json ")["out"]) == (
        "",
        "",
    )
    assert played.operator("merge")["out"] == "new-1 可能就是 wx-a 换了编号，是的话用 people same new-1 wx-a\n"
    assert who(played, "new-1")["tags"] == ["茶友"]
    assert [
        (line["to"]["contact"], line["delivery"]) for line in played.arrived(kind="text") if "entry" in line["delivery"]
    ] == [("new-1", of("上新", "new-1"))]


def test_an_answer_written_while_nobody_knew_who_it_was_counts_once_an_operator_says_it(stage: Stage) -> None:
    story = [
        befriends("09:00", "wx-c"),
        tells("09:01", "wx-c", "我姓林"),
        renumbered("12:00", c="3"),
        tells("12:20", "new-3", "红茶"),
        operator("12:30", "people same new-3 wx-c"),
        operator("12:40", "who new-3 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T20:00+08:00", world=NAMESAKES)
    assert {key: one["value"] for key, one in who(played, "new-3")["answers"].items()} == {
        "call": "林",
        "tea": ["black"],
    }
    assert [line["text"][:2] for line in played.arrived(to="new-3", kind="text")] == ["都记"]


def test_who_was_taken_for_another_is_told_apart_again(stage: Stage) -> None:
    story = [
        operator("08:10", "role grant wx-a hall"),
        renumbered("12:00", a="1", b="2"),
        operator("12:30", "people same new-2 wx-a"),
        operator("12:31", "role list --json"),
        operator("12:40", "unmerge new-2"),
        operator("12:41", "role list --json "),
        operator("12:42", "people ambiguous --json"),
        operator("12:43", "people same new-1 wx-a"),
        operator("12:44", "who new-1 --json"),
    ]
    played = stage.play(story, world=NAMESAKES)
    assert [line["exit"] for line in played.lines if "operator" in line] == [0] * len(story[:1] + story[2:])
    halls = [line["out"].count('"hall"') for line in played.lines if line.get("operator", "").startswith("role list")]
    assert halls == [2, 1]
    assert ("new-1", "wx-a") in {(row["contact"], row["other"]) for row in played.rows("people ambiguous")}
    assert who(played, "new-1")["tags"] == ["茶友"]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("merge wx-boss nobody", "没有这个人：nobody"),
        ("merge wx-boss wx-boss", "wx-boss 和 wx-boss 已经是同一个人了"),
        ("merge wx-boss main", "main 是我们自己的账号"),
        ("merge wx-boss wx-a --keep wx-b", "--keep 只能是 wx-boss 或 wx-a"),
        ("merge 老板 天天妈", "没有这个人：老板、天天妈"),
        ("unmerge nobody", "没有这个人：nobody"),
        ("unmerge wx-a", "wx-a 没有合并过"),
        ("people same wx-a wx-b", "没有等着认的：wx-a wx-b。要合并两个人用 merge"),
        ("people different wx-a", "没有等着认的：wx-a。要合并两个人用 merge"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(stage: Stage, command: str, why: str) -> None:
    played = stage.play([operator("09:00", command), operator("09:01", "people ambiguous")], world=NAMESAKES)
    assert (played.operator(command)["exit"], played.operator(command)["out"]) == (2, f"{why}\n")
    assert played.operator("people ambiguous")["out"] == "没有认不准的人。\n"


def test_who_has_a_place_waits_for_no_second_one_once_they_are_one_person(stage: Stage) -> None:
    """wx2 waits on the second account, which has no group; wx1 was invited by the first."""
    us = {"contact": "second", "name": "小岭"}
    story = [
        operator("08:00", "group bind room-1@chatroom --tier 分院"),
        *SURVEYED,
        befriends("10:00", "wx2", "second"),
        tells("10:01", "wx2", "我姓林", "second"),
        tells("10:02", "wx2", "1", "second"),
        operator("11:00", "merge wx1 wx2"),
        {"at": "12:00", "type": "group_joined", "account": "second", "group": "room-9@chatroom", "members": [us]},
        operator("12:01", "group bind room-9@chatroom --tier 分院"),
        operator("13:00", "unmerge wx2"),
    ]
    played = stage.play(story, "--to", "2026-11-23T14:00+08:00", world=TWO)
    assert [(line["at"][11:16], line["to"]["contact"]) for line in played.arrived(kind="invite")] == [
        ("09:02", "wx1"),
        ("13:00", "wx2"),  # two again, so they wait again, and there is a seat
    ]
    assert played.operator("group bind room-9@chatroom")["out"] == "room-9@chatroom 已绑定为「分院」\n"
    (told,) = (line["text"] for line in played.arrived(to="wx-boss") if "排队" in line["text"])
    assert told.startswith("账号「小岭」还没有「分院」的群")


@pytest.mark.parametrize("finishes", [True, False])
def test_what_the_other_had_answered_is_asked_once_they_are_two_again(stage: Stage, *, finishes: bool) -> None:
    """wx1 was not asked about tea any more, as wx2 had told; that answer goes with wx2."""
    playbook = (stage.folder / "playbook.toml").read_text(encoding="utf-8")
    stage.write("playbook.toml", playbook.replace("[[tiers]]", MOBILE + "[[tiers]]", 1))
    mobile = tells("09:15", "wx1", "13912345678")
    story = [
        befriends("09:00", "wx1"),
        befriends("09:00:30", "wx2", "second"),
        tells("09:01", "wx1", "我姓林"),
        tells("09:02", "wx2", "我姓王", "second"),
        tells("09:03", "wx2", "1", "second"),
        operator("09:10", "merge wx1 wx2"),
        *([mobile] if finishes else []),
        operator("09:20", "unmerge wx1"),
        operator("09:21", "who wx1 --json"),
        tells("09:30", "wx1", "2"),
        *([] if finishes else [mobile | {"at": "09:40"}]),
        operator("09:50", "who wx1 --json"),
    ]
    played = stage.play(story, "--to", "2026-11-23T10:00+08:00", world=TWO)
    first, last = (json.loads(line["out"]) for line in played.lines if line.get("operator") == "who wx1 --json")
    assert first["survey"] == {"state": "open", "question": "tea"}
    assert last["survey"]["state"] == "finished"
    assert {key: one["value"] for key, one in last["answers"].items()} == {
        "call": "林",
        "tea": ["black"],
        "mobile": "13912345678",
    }
    assert not [line for line in played.arrived(to="wx1") if "改过来" in (line["text"] or "")]
