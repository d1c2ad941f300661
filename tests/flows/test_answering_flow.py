"""Answering with thumbs: who waits is listed, a bare number takes a question, and the next message is the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import CONFIG, DAY, PLAYBOOK, Line, Played, Stage, operator, says

ROOM, OTHER = "room-1@chatroom", "room-2@chatroom"
QUESTION = "老板，十年的那款还有货吗？"
PRICE = "请问岩茶多少钱一斤？"
PEOPLE = ("wx-boss", "wx-hall", "wx1", "wx2", "wx3")
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [{"id": one, "name": one.upper(), "friend_of": ["main"]} for one in PEOPLE],
        "groups": [
            {"id": ROOM, "topic": "一群", "owner": "main", "members": ["main", "wx-boss", "wx-hall", "wx1", "wx2"]},
            {"id": OTHER, "topic": "二群", "owner": "main", "members": ["main", "wx-boss", "wx3"]},
        ],
    }
}
BOUND = [
    operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-hall"),
    operator("08:00:01", f"group bind {OTHER} --tier 分院"),
]
ASKED = [
    says("09:00:00", "wx1", QUESTION, group=ROOM, id="q1"),
    says("09:01:00", "wx2", PRICE, group=ROOM, id="q2"),
    says("09:02:00", "wx3", "周六的品鉴会几点开始呀？", group=OTHER, id="q3"),
]
REPORT = operator("12:00:00", "report questions --json")
AUDIT = operator("12:00:01", "audit --json")


@pytest.fixture
def stage(tmp_path: Path, capsys: Any) -> Stage:
    return Stage(tmp_path, capsys, playbook=PLAYBOOK, config=CONFIG)


def said_to(played: Played, contact: str) -> list[str]:
    """What was said to somebody, but for the notes of new questions."""
    texts = [line["text"] for line in played.arrived(to=contact, kind="text")]
    return [text for text in texts if not text.startswith("【群里有人问】")]


def states(played: Played) -> dict[str, str]:
    return {row["message"]: row["state"] for row in played.rows("report questions")}


def test_one_takes_the_first_open_question_and_the_next_message_is_its_answer(stage: Stage) -> None:
    played = stage.play(
        [*BOUND, *ASKED, says("09:05:00", "wx-hall", "1"), says("09:05:30", "wx-hall", "有的，还剩 3 箱"), REPORT],
        world=WORLD,
    )
    assert said_to(played, "wx-hall") == [
        f"WX1（一群）问：{QUESTION}\n你下一条发给我的，我就当答案发过去；不回了就说「算了」。",
        "好，回给 WX1 了（一群）。还有 1 条没人回，接着回数字就行，/没人回 看全部。",
    ]
    assert [line["text"] for line in played.arrived(to=ROOM, kind="text")] == ["@WX1 有的，还剩 3 箱"]
    assert states(played) == {"q1": "answered", "q2": "open", "q3": "open"}
    (row,) = [row for row in played.rows("report questions") if row["message"] == "q1"]
    assert row["answered_by"].startswith("sim:answer:")


def test_the_numbers_of_a_list_hold_whatever_is_answered_meanwhile(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says("09:05:00", "wx-boss", "没人回"),
            says("09:06:00", "wx-hall", "有的亲", group=ROOM, quote="q1"),
            says("09:07:00", "wx-boss", "２"),
            says("09:07:20", "wx-boss", "三百八"),
            says("09:08:00", "wx-boss", "3"),
            says("09:08:20", "wx-boss", "/今天"),  # a command is no answer
            says("09:08:30", "wx-boss", "两点半"),
            REPORT,
        ],
        world=WORLD,
    )
    listed = said_to(played, "wx-boss")[0].splitlines()
    assert listed[0] == "还没人回 3 条，回数字就由你来答："
    assert listed[2] == f"2. WX2（一群，11-23 09:01）：{PRICE}"
    assert [line["text"] for line in played.arrived(to=ROOM, kind="text")] == ["@WX2 三百八"]
    assert [line["text"] for line in played.arrived(to=OTHER, kind="text")] == ["@WX3 两点半"]
    assert set(states(played).values()) == {"answered"}


def test_a_hall_sees_its_own_and_nobody_else_answers_by_a_number(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says("09:05:00", "wx-hall", "/unanswered"),
            says("09:05:10", "wx-hall", "/回答 3 有的"),
            says("09:06:00", "wx1", "1"),
            says("09:06:10", "wx1", "我来答"),
            says("09:07:00", "wx-hall", "1", group=ROOM),
            REPORT,
        ],
        world=WORLD,
    )
    listed, refused = said_to(played, "wx-hall")
    assert "WX3" not in listed
    assert refused == "没有第「3」条等人回的。发 /没人回 看看有哪些。"
    assert set(states(played).values()) == {"open"}
    assert played.arrived(to=ROOM, kind="text") == []


def test_what_may_not_be_said_is_not_sent_and_the_next_try_is(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says("09:05:00", "wx-hall", "1"),
            says("09:05:30", "wx-hall", "全国第一的好茶，有货"),
            says("09:05:40", "wx-hall", "有货的，慢慢说。" * 600),
            says("09:06:00", "wx-hall", "有货的"),
            says("09:07:00", "wx-hall", "1"),
            says("09:07:10", "wx-hall", "算了"),
            says("09:07:20", "wx-hall", "今天天气不错"),
            REPORT,
        ],
        world=WORLD,
    )
    assert [line["text"] for line in played.arrived(to=ROOM, kind="text")] == ["@WX1 有货的"]
    assert "不能说，没发" in said_to(played, "wx-hall")[1]
    assert said_to(played, "wx-hall")[2] == "太长了，没发：一条最多 2000 个字。改短再发一次。"
    assert said_to(played, "wx-hall")[-1] == "好，先不回。"
    assert states(played)["q2"] == "open"


def test_what_somebody_else_has_answered_meanwhile_is_not_answered_twice(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says("09:05:00", "wx-boss", "1"),
            says("09:06:00", "wx-hall", "有的亲", group=ROOM, quote="q1"),
            says("09:07:00", "wx-boss", "好的"),
            says("09:08:00", "wx-boss", "那就好"),
        ],
        world=WORLD,
    )
    assert said_to(played, "wx-boss")[1:] == ["那条已经有人回了，你这句我没发。"]
    assert played.arrived(to=ROOM, kind="text") == []


def test_it_is_closed_by_hand_with_a_quote_or_a_number(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says("09:05:00", "wx-hall", "/已解决", group=ROOM, quote="q2"),
            says("09:05:10", "wx-hall", "/close 1"),
            says("09:05:20", "wx-hall", "/关闭"),
            REPORT,
            AUDIT,
        ],
        world=WORLD,
    )
    assert said_to(played, "wx-hall")[:2] == ["好，WX2（一群）这条了结了。", "好，WX1（一群）这条了结了。"]
    assert states(played) == {"q1": "answered", "q2": "answered", "q3": "open"}
    assert [row["result"] for row in played.rows("audit") if row["action"] == "close"] == ["ok", "ok", "refused"]
    assert played.arrived(to=ROOM, kind="text") == []


def test_who_waits_1_to_1_is_listed_claimed_answered_and_closed_by_a_human(stage: Stage) -> None:
    played = stage.play(
        [
            says("09:00:00", "wx1", "人工"),
            says("09:00:10", "wx2", "我要找真人客服"),
            says("09:05:00", "wx-boss", "/没人回"),
            says("09:05:10", "wx-boss", "/我来跟 2"),
            says("09:05:20", "wx-boss", "/没人回"),
            says("09:06:00", "wx-boss", "1"),
            says("09:06:10", "wx-boss", "在的，怎么啦"),
            {"at": "09:07:00", "type": "self_text", "account": "main", "to": "wx2", "text": "您好，我是店长"},
            says("09:08:00", "wx-boss", "没人回"),
            operator("12:00:00", "who wx2 --json"),
        ],
        world=WORLD,
    )
    told = [text for text in said_to(played, "wx-boss") if not text.startswith("【转人工】")]
    assert told[0].splitlines()[1:] == [
        "1. WX1（私聊，11-23 09:00）：人工",
        "2. WX2（私聊，11-23 09:00）：我要找真人客服",
    ]
    assert "WX2（私聊，11-23 09:00，你在跟）" in told[2]
    assert said_to(played, "wx1")[-1] == "在的，怎么啦"
    assert told[-1] == "没有等人回的，都回过了。"
    assert played.rows("who")[0]["owner"] == "wx-boss"


def test_a_member_is_handed_to_who_looks_after_them(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            says("09:00:00", "wx-hall", "/我来跟 wx3"),
            says("09:01:00", "wx-boss", "/转人工 wx3"),
            says("09:02:00", "wx-hall", "1"),
            says("09:02:10", "wx-hall", "您好，我来了"),
            AUDIT,
        ],
        world=WORLD,
    )
    assert said_to(played, "wx3") == ["我请店里的同事来回你，稍等一下哈。", "您好，我来了"]
    assert any(text.startswith("【转人工】请你亲自回一下 WX3（wx3）") for text in said_to(played, "wx-hall"))
    assert said_to(played, "wx-boss")[-1].startswith("好，WX3 转人工了")
    assert ("wx-boss", "handoff", "ok") in [
        (row["actor"], row["action"], row["result"]) for row in played.rows("audit")
    ]


def test_who_asks_for_a_human_is_brought_to_who_looks_after_them(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            says("09:00:00", "wx-hall", "/我来跟 wx3"),
            says("09:01:00", "wx-boss", "/加标签 wx3 老茶客"),
            says("09:02:00", "wx3", "人工"),
            says("09:10:00", "wx1", "我去年存的茶能取吗"),  # who was found in the hall
            says("09:20:00", "wx3", "气死我了，要投诉你们"),
            says("09:30:00", "wx-hall", "1"),
            says("09:30:10", "wx-hall", "您好，我来了"),
        ],
        world=WORLD,
    )
    for chief in ("wx-hall", "wx-boss"):
        notes = [text for text in said_to(played, chief) if text[:1] == "【"]
        assert notes[0] == "【转人工】WX3（wx3）说：人工\n标签：老茶客"
        assert [note.partition("（")[0] for note in notes] == ["【转人工】WX3", "【转人工】WX1", "【投诉】WX3"]
    assert said_to(played, "wx3")[-1] == "您好，我来了"


def test_who_waits_for_an_owner_waits_for_the_next_one_when_they_are_handed_over(stage: Stage) -> None:
    played = stage.play(
        [
            *BOUND,
            says("09:00:00", "wx3", "人工"),
            operator("09:02:00", "owner wx3 wx-hall"),
            says("09:03:00", "wx-hall", "/没人回"),
            says("09:03:10", "wx-hall", "/我来跟 1"),
            operator("09:04:00", "handover wx-hall wx2"),
            says("09:05:00", "wx2", "/没人回"),
            says("09:06:00", "wx2", "1"),
            says("09:06:10", "wx2", "我来啦"),
        ],
        world=WORLD,
    )
    assert "1. WX3（私聊，11-23 09:00，你在跟）：人工" in "\n".join(said_to(played, "wx2"))
    assert said_to(played, "wx3")[-1] == "我来啦"


def test_the_digest_is_shown_when_asked_for_and_its_numbers_answer(stage: Stage) -> None:
    tomorrow = "2026-11-24T09:00:{:02}+08:00".format
    played = stage.play(
        [
            *BOUND,
            *ASKED,
            says(tomorrow(0), "wx-hall", "/早报"),
            says(tomorrow(10), "wx-hall", "2"),
            says(tomorrow(20), "wx-hall", "三百八一斤"),
            says(tomorrow(30), "wx-boss", "/digest 二群"),
            says(tomorrow(40), "wx1", "/digest"),
            says(tomorrow(50), "wx-hall", "/话多"),
        ],
        world=WORLD,
    )
    assert said_to(played, "wx-hall")[0].splitlines()[0] == "【早报】11-23 周一，一群"
    assert "WX3" not in said_to(played, "wx-hall")[-1]  # who said most: of their own group
    assert [line["text"] for line in played.arrived(to=ROOM, kind="text")] == ["@WX2 三百八一斤"]
    assert said_to(played, "wx-boss")[0].splitlines()[0] == "【早报】11-23 周一，二群"
    assert said_to(played, "wx1")[-1] == "这个指令只有管理员能用。"
    assert DAY == "2026-11-23"
