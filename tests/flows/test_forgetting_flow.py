"""我的数据 and 忘记我: what is kept is told, what is confirmed is gone, and nothing follows the farewell."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from handlers.forgetting import ASKED, FAREWELL, KEPT, OF_THE_STAFF, TOO_LATE
from tests.flows.playing import PLAYBOOK, Line, Played, Stage, asks_to_be_friends, operator, says
from tests.flows.tea_house import BIND, HEADER, IMPORT, book, entry, of, times, world

SURVEYED = [
    asks_to_be_friends("08:30:00", "wx1", source="门店二维码"),
    says("08:31:00", "wx1", "叫我老林"),
    says("08:32:00", "wx1", "1 3"),
]
FORGOTTEN = [says("09:00:00", "wx1", "忘记我"), says("09:05:00", "wx1", "确认")]
HELD_BACK = "[[quiet_hours]]\nfrom = '08:45'\nto = '12:00'\n"


def texts(played: Played, to: str) -> list[str]:
    return [line["text"] for line in played.arrived(to=to) if line["kind"] == "text"]


def dies(at: str) -> Line:
    return {"at": at, "type": "kill", "down": "30s"}


def test_what_is_kept_is_told_to_who_asks(stage: Stage) -> None:
    stage.write("playbook.toml", f"retention_days = 365\n{PLAYBOOK}")
    played = stage.play([*SURVEYED, says("09:00:00", "wx1", "我的数据")])
    assert texts(played, "wx1")[-1].splitlines() == [
        "这是半山茶社这边记着的、关于你的全部内容：",
        "· 认识你：2026年11月23日起，来自「门店二维码」",
        "· 微信昵称：WX1",
        "· 给你的备注：茶友-老林",
        "· 你告诉我的：",
        "  怎么称呼你呢？ 老林",
        "  平时爱喝哪几类？ 岩茶、白茶",
        "· 聊天记录：你发的 3 条（最早 2026年11月23日），每条留 365 天就自动删",
        "· 我们发给你的：4 条",
        "哪里不对，直接告诉我；想让我全部忘掉，回「忘记我」。",
    ]


def test_in_the_middle_of_the_survey_and_after_opting_out_one_may_ask_too(stage: Stage) -> None:
    story = [
        *SURVEYED[:2],
        says("09:00:00", "wx1", "你们存了我哪些信息？"),
        says("09:10:00", "wx1", "退订"),
        says("09:20:00", "wx1", "我的数据"),
    ]
    first, again, _stopped, second = texts(stage.play(story), "wx1")[-4:]
    assert again.startswith("平时爱喝哪几类？")  # the open question comes again
    assert "怎么称呼你呢？ 老林" in first
    assert "退订了" not in first
    assert "退订了" in second


def test_in_a_group_it_is_told_1_to_1(stage: Stage) -> None:
    in_group = says("09:00:00", "wx-a", "我的数据", group="room-1@chatroom")
    played = stage.play([BIND, in_group, says("09:01:00", "wx-b", "忘记我", group="room-1@chatroom")], world=world())
    assert "标签：茶友" in texts(played, "wx-a")[0]
    assert "一起在的群：分院一群" in texts(played, "wx-a")[0]
    assert texts(played, "wx-b") == [ASKED]
    assert played.arrived(to="room-1@chatroom") == []


@pytest.mark.parametrize("yes", ["确认", "是", "是的。"])
def test_what_is_confirmed_is_gone_and_nothing_follows(stage: Stage, yes: str) -> None:
    story = [
        *SURVEYED,
        FORGOTTEN[0],
        says("09:05:00", "wx1", yes),
        operator("09:06:00", "who wx1 --json"),
        operator("09:07:00", "audit --json"),
        operator("09:08:00", "deliveries list --json"),
        operator("09:08:30", "group list --json"),
    ]
    played = stage.play(story, "--to", "2026-11-30T09:00:00+08:00")
    assert texts(played, "wx1")[-2:] == [ASKED, FAREWELL]
    assert [line["text"] for line in played.arrived(kind="remark")] == ["茶友-老林", ""]
    assert played.operator("who wx1")["exit"] == 2
    said_so = [played.operator(command)["out"] for command in ("audit", "deliveries", "group")]
    assert not [word for word in ("wx1", "WX1", "老林", "岩茶") for out in said_so if word in out]
    (audited,) = [row for row in played.rows("audit") if row["action"] == "erase"]
    assert audited["actor"] == audited["target"] != "wx1"
    assert (
        len(played.rows("deliveries")) == 10
    )  # counts stay: all that was sent, and the word to the boss that no group has room


def test_late_or_with_other_words_it_is_not_done(stage: Stage) -> None:
    story = [
        *SURVEYED,
        says("09:00:00", "wx1", "忘记我"),
        says("09:10:01", "wx1", "确认"),
        says("09:20:00", "wx1", "忘记我吧"),
        says("09:21:00", "wx1", "算了"),
        says("09:22:00", "wx1", "确认"),
        says("09:30:00", "wx1", "忘记我"),
        says("09:31:00", "wx1", "随便"),
        operator("09:50:00", "who wx1 --json"),
    ]
    played = stage.play(story)
    assert texts(played, "wx1")[4:] == [ASKED, TOO_LATE, ASKED, KEPT, ASKED]
    assert played.rows("who wx1")[0]["answers"]["call"]["value"] == "老林"


def test_while_it_waits_yes_is_no_answer_and_no_question_comes(stage: Stage) -> None:
    adult = "[[survey.questions]]\nkey = 'adult'\ntype = 'yesno'\ntexts = ['满 18 岁了吧？']\n[[tiers]]"
    text = PLAYBOOK.replace("[[tiers]]", adult, 1).replace("nudges_hours = [24, 72]", "nudges_hours = [0.5]")
    stage.write("playbook.toml", text)
    asked = [*SURVEYED, says("09:00:00", "wx1", "忘记我")]  # the nudge is due at 09:02
    played = stage.play([*asked, says("09:05:00", "wx1", "算了"), operator("09:30:00", "who wx1 --json")])
    assert texts(played, "wx1")[3:7] == ["满 18 岁了吧？", ASKED, KEPT, "满 18 岁了吧？"]
    assert "adult" not in played.rows("who wx1")[0]["answers"]
    played = stage.play([*asked, says("09:05:00", "wx1", "是"), operator("09:30:00", "who wx1 --json")])
    assert texts(played, "wx1")[-2:] == [ASKED, FAREWELL]
    assert played.operator("who wx1")["exit"] == 2
    answered = [*asked, says("09:01:00", "wx1", "满了"), says("09:02:00", "wx1", "是"), operator("09:30:00", "who wx1")]
    assert stage.play(answered).operator("who wx1")["exit"] == 0  # they went on with the survey instead


def test_it_is_remembered_over_a_crash_on_both_sides_of_it(stage: Stage) -> None:
    story = [*SURVEYED, FORGOTTEN[0], dies("09:02:00"), FORGOTTEN[1], dies("09:05:01"), dies("09:30:00")]
    played = stage.play([*story, says("10:00:00", "wx1", "确认"), operator("10:01:00", "who wx1 --json")])
    assert texts(played, "wx1").count(FAREWELL) == 1
    (who,) = played.rows("who wx1")  # they wrote again: a stranger
    assert (who["answers"], who["remark"], who["survey"]["state"]) == ({}, "", "none")


def test_what_is_on_its_way_is_cancelled_on_all_accounts(stage: Stage) -> None:
    config = (stage.folder / "config.toml").read_text(encoding="utf-8")
    second = '[[accounts]]\nid = "second"\nmerchant = "m1"\ntransport = "simulator"\n'
    (stage.folder / "config.toml").write_text(config + second, encoding="utf-8")
    book(stage, HELD_BACK)
    stage.write("calendar.csv", HEADER + entry("a", "08:50") + entry("b", "08:55"))
    story = [
        IMPORT,
        says("09:00:00", "wx-a", "忘记我"),
        says("09:01:00", "wx-a", "确认"),
        says("09:02:00", "wx-b", "今天天气不错"),
    ]
    both = world("main", "second", friends={"wx-a": ["main", "second"], "wx-b": ["second"]})
    played = stage.play(story, "--to", "2026-11-24T12:00:00+08:00", world=both)
    for key in "ab":
        assert played.states(of(key))[-2:] == ["waiting:quiet_hours", "cancelled:erased"]
        assert played.states(of(key, "wx-b"))[-1] == "confirmed"
    assert texts(played, "wx-a") == [ASKED, FAREWELL]


def test_lists_bring_nothing_back_and_who_comes_back_is_a_stranger(stage: Stage) -> None:
    rows = [entry(key, time) for key, time in (("a", "10:00"), ("b", "15:00"))]
    stage.write("calendar.csv", HEADER + "".join(rows))
    story = [
        BIND,
        IMPORT,
        says("09:00:00", "wx-a", "忘记我"),
        says("09:01:00", "wx-a", "确认"),
        operator("13:00:00", "group list --json"),  # lists have come since: the platform knows remarks and tags
        operator("13:00:01", "who wx-a --json"),
        says("14:00:00", "wx-a", "在吗"),
        operator("16:00:00", "who wx-a --json"),
        operator("16:00:01", "group list --json"),
    ]
    played = stage.play(story, "--to", "2026-11-24T08:00:00+08:00", world=world())
    assert texts(played, "wx-a")[:2] == [ASKED, FAREWELL]
    assert not [line for line in played.arrived(to="wx-a") if line["text"].startswith("你好呀")]
    assert [key for _at, key in times(played) if key.startswith("entry")] == [of("a", "wx-b"), of("b", "wx-b")]
    seen: list[Any] = [line for line in played.lines if line.get("operator", "").startswith(("who", "group list"))]
    assert seen[1]["exit"] == 2
    assert [json.loads(seen[place]["out"])["members"] for place in (0, 3)] == [4, 4]
    stranger = json.loads(seen[2]["out"])
    assert (stranger["tags"], stranger["answers"], stranger["groups"]) == ([], {}, ["room-1@chatroom"])


def test_who_adds_us_anew_is_greeted_and_asked_anew(stage: Stage) -> None:
    gone = {"at": "09:30:00", "type": "friend_removed", "account": "main", "contact": "wx1"}
    story = [*SURVEYED, *FORGOTTEN, gone, asks_to_be_friends("10:00:00", "wx1"), operator("11:00:00", "who wx1 --json")]
    played = stage.play(story)
    assert [text[:3] for text in texts(played, "wx1")].count("你好呀") == 2
    assert played.states("greet:wx1")[-2:] == ["sent", "confirmed"]  # its echo is not taken for the first one's
    assert texts(played, "wx1")[-1] == "怎么称呼你呢？"
    assert played.rows("who wx1")[0]["answers"] == {}


def test_an_operator_does_the_same_and_says_nothing_to_them(stage: Stage) -> None:
    story = [
        *SURVEYED,
        operator("09:00:00", "erase wx1"),
        operator("09:00:10", "erase wx-nobody --yes"),
        operator("09:00:20", "erase wx-boss --yes"),
        operator("09:01:00", "erase wx1 --yes --json"),
        operator("09:02:00", "erase wx1 --yes"),
        operator("09:03:00", "audit --json"),
        says("09:04:00", "wx-boss", "忘记我"),
    ]
    played = stage.play(story)
    ran = [line for line in played.lines if line.get("operator", "").startswith("erase")]
    assert [line["exit"] for line in ran] == [2, 2, 2, 0, 2]
    assert json.loads(ran[3]["out"]) == {"contact": "wx1", "erased": True}
    assert len(texts(played, "wx1")) == 4
    audited = [row for row in played.rows("audit") if row["action"] == "erase"]
    assert [(row["actor"], row["result"]) for row in audited] == [("operator", "refused"), ("operator", "ok")]
    assert "wx1" not in played.operator("audit")["out"]
    assert texts(played, "wx-boss")[-1] == OF_THE_STAFF


def test_where_a_window_must_be_open_the_farewell_still_leaves(stage: Stage) -> None:
    played = stage.play(
        [says("09:00:00", "wx-a", "忘记我"), says("09:01:00", "wx-a", "确认")],
        world=world(channel="window", friends={"wx-a": ["main"]}),
    )
    assert texts(played, "wx-a") == [ASKED, FAREWELL]


def test_caps_hold_neither_the_question_nor_the_farewell_back(stage: Stage) -> None:
    book(stage, "[caps]\nperson_per_day = 1\n")
    stage.write("calendar.csv", HEADER + entry("a", "08:50") + entry("b", "08:55"))
    story = [IMPORT, says("09:00:00", "wx-a", "忘记我"), says("09:01:00", "wx-a", "确认")]
    played = stage.play(story, "--to", "2026-11-25T12:00:00+08:00", world=world())
    assert played.states(of("b"))[-2:] == ["waiting:person_cap", "cancelled:erased"]
    assert played.states(of("b", "wx-b"))[-1] == "confirmed"
    assert texts(played, "wx-a") == ["a", ASKED, FAREWELL]


def test_a_welcome_that_called_several_by_name_names_them_no_more(stage: Stage) -> None:
    joined: Line = {
        "at": "08:31:50",
        "type": "group_joined",
        "account": "main",
        "group": "room-1@chatroom",
        "members": [{"contact": "wx2", "name": "小白"}],
        "by": "wx-boss",
    }
    kept = stage.folder / "kept.db"
    story = [BIND, *SURVEYED[:2], joined, *SURVEYED[2:], *FORGOTTEN, operator("09:30:00", "deliveries list --json")]
    played = stage.play(story, "--db", str(kept))
    assert [line["text"] for line in played.arrived(to="room-1@chatroom", kind="text")] == ["欢迎小白、老林来到分院。"]
    with sqlite3.connect(kept) as connection:
        ours = "SELECT text FROM body UNION ALL SELECT text FROM delivery UNION ALL SELECT template FROM delivery"
        assert not [text for (text,) in connection.execute(ours) if text and "老林" in text]


@pytest.mark.parametrize("by_staff", [False, True])
def test_what_the_staff_ordered_about_them_by_name_names_them_no_more(stage: Stage, *, by_staff: bool) -> None:
    ordered = [
        says("08:40:00", "wx-boss", "/记一笔 老林 “爱喝岩茶”"),
        says("08:41:00", "wx-boss", "/备注 老林 老林-大客", group="room-1@chatroom"),
        says("08:42:00", "wx-boss", "/加标签 老林-大客 常客"),
        says("08:43:00", "wx-boss", "/我来跟 老林"),
        says("08:44:00", "wx-boss", "/忘记 老林", id="forget"),
    ]
    story = [BIND, *SURVEYED, *ordered]
    told = texts(stage.play(story), "wx-boss")[-1]
    code = told.partition("秒内回 ")[2][:4]
    ends = [says("08:45:00", "wx-boss", code)] if by_staff else FORGOTTEN
    kept = stage.folder / "kept.db"
    played = stage.play([*story, *ends], "--db", str(kept))
    assert (texts(played, "wx-boss")[-1] == "好，那位的资料都删掉了，没发的消息也取消了。") == by_staff
    with sqlite3.connect(kept) as connection:
        ours = "SELECT text FROM body UNION ALL SELECT text FROM delivery UNION ALL SELECT reason FROM audit"
        assert not [text for (text,) in connection.execute(ours) if text and "老林" in text]
        assert connection.execute("SELECT count(*) FROM audit WHERE action = 'note'").fetchone() == (1,)
