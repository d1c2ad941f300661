"""What people say in groups and 1:1: who is answered, who is not, and that every word is kept."""

from __future__ import annotations

import json

import pytest

from tests.gateway.bot_process import BOSS, GREETING, HALL, QUESTIONS, STRANGERS, Shop


@pytest.mark.parametrize("words", ["/状态", "／状态", "@掌柜 /status", "@掌柜\u2005/status", "状态"])
def test_an_admin_is_obeyed_where_they_ask(shop: Shop, words: str) -> None:
    before = len(shop.texts_to(HALL)), len(shop.texts_to(BOSS))
    shop.says(BOSS, words, room=HALL, mentions=["bot"] if "@" in words else [])
    shop.bot.until("an answer in the group", lambda: len(shop.texts_to(HALL)) > before[0])
    shop.says(BOSS, words)
    shop.bot.until("an answer 1:1", lambda: len(shop.texts_to(BOSS)) > before[1])
    assert (len(shop.texts_to(HALL)), len(shop.texts_to(BOSS))) == (before[0] + 1, before[1] + 1)


def test_nobody_else_is_obeyed_whatever_they_are_called(shop: Shop) -> None:
    shop.gateway.drive("person", id="wx-clone", name="老板", friend=False)
    before = len(shop.texts_to(HALL))
    for words in ("/状态", "／停发", "/pause 全部", "@掌柜 /status", "停发"):
        shop.says("wx-clone", words, room=HALL)
        shop.says("wx-carol", words, room=STRANGERS)
        shop.says("wx-clone", words)
    shop.settled()
    assert len(shop.texts_to(HALL)) == before
    assert shop.texts_to(STRANGERS) == []
    assert len(shop.texts_to("wx-clone")) <= 1
    refused = [json.loads(line) for line in shop.bot.run("audit", "--json").splitlines()]
    theirs = [row for row in refused if row["actor"] in {"wx-clone", "wx-carol"} and row["action"] != "opt_out"]
    assert {row["result"] for row in theirs} == {"refused"}  # 停发 of a customer 1:1 means that we should stop writing
    assert shop.bot.rows("select count(*) from pause") == [(0,)]


def test_what_is_said_in_groups_is_kept_and_not_answered(shop: Shop) -> None:
    sent = len(shop.gateway.sent)
    shop.says("wx-alice", "这泡茶不错", room=HALL)
    shop.says("wx-carol", "有人要买茶吗", room=STRANGERS)
    shop.settled()
    kept = shop.bot.rows(
        "select contact.wire_id, chat_group.wire_id, journal.kind, body.text from journal "
        "join contact on contact.id = contact_id join chat_group on chat_group.id = group_id "
        "join body on body.id = body_id where body.text in ('这泡茶不错', '有人要买茶吗') order by journal.id"
    )
    assert kept == [("wx-alice", HALL, "text", "这泡茶不错"), ("wx-carol", STRANGERS, "text", "有人要买茶吗")]
    assert len(shop.gateway.sent) == sent + 1  # the answer to the boss, by whom we know that all is done


@pytest.mark.parametrize("answers", [{"ids": False}, {"ownIds": True}, {}], ids=["no id", "another id", "the same id"])
def test_an_echo_is_neither_answered_nor_taken_for_a_human(shop: Shop, answers: dict[str, bool]) -> None:
    contact = f"wx-echo-{len(str(answers))}"
    shop.gateway.drive("settings", **answers)
    shop.befriends(contact, "小溪")
    shop.sees(contact, GREETING, QUESTIONS[0])
    shop.says(contact, "叫我小溪")
    shop.sees(contact, GREETING, QUESTIONS[0], QUESTIONS[1])
    before = len(shop.texts_to(HALL))
    for _ in range(2):  # the same words twice
        shop.says(BOSS, "/whoami", room=HALL)
    shop.bot.until("both answers", lambda: len(shop.texts_to(HALL)) == before + 2)
    shop.bot.until(
        "the echoes",
        lambda: {row["state"] for row in shop.bot.deliveries() if row["to"].get("contact") == contact} == {"confirmed"},
    )
    shop.settled()
    shop.gateway.drive("settings", ids=True, ownIds=False)
    assert shop.texts_to(contact) == [GREETING, QUESTIONS[0], QUESTIONS[1]]
    assert shop.bot.rows("select count(*) from friendship where human_until is not null") == [(0,)]
    assert shop.bot.rows("select count(*) from chat_group where human_until is not null") == [(0,)]


def test_what_cannot_be_understood_is_kept_and_the_program_goes_on(shop: Shop) -> None:
    long = "茶" * 350_000
    emoji = "👩‍👩‍👧‍👦\ud83c" + "林"
    shop.befriends("wx-odd", emoji)
    shop.sees("wx-odd", GREETING, QUESTIONS[0])
    shop.says("wx-alice", long, room=HALL)
    shop.says("wx-alice", "有\0零", room=HALL)
    shop.says("wx-alice", "", type=99, room=HALL)
    shop.says("wx-alice", "", type=0)
    shop.gateway.drive("say", **{"from": "wx-alice"}, type=6, filename="图.png", room=HALL)
    shop.gateway.drive("emit", event="message", payload={"messageId": "no such message"})
    shop.gateway.drive("emit", event="message", payload={})
    shop.gateway.drive("emit", event="friendship", payload={"friendshipId": "no such friendship"})
    shop.gateway.drive("emit", event="error", payload={"gerror": "the puppet stumbled"})
    recalled = shop.says("wx-alice", "说错了", room=HALL)
    shop.says("wx-alice", recalled, type=13, room=HALL)
    shop.gateway.drive("join", room=HALL, members=[])
    shop.gateway.drive("join", room=HALL, members=["wx-dan"], by=BOSS)
    shop.gateway.drive("join", room="unseen@chatroom", members=["wx-dan"])
    shop.gateway.drive("leave", room=HALL, members=["wx-dan"])
    shop.gateway.drive("rename", room=HALL, topic="茶桌一（改名）", by=BOSS)
    shop.settled()
    texts = shop.bot.texts()
    assert long in texts
    assert "有\ufffd零" in texts
    kinds = dict(shop.bot.rows("select type, count(*) from journal group by type"))
    assert kinds["recalled"] == 1
    assert kinds["group_joined"] >= 3
    assert kinds["group_left"] == kinds["group_renamed"] == 1
    assert kinds["unreadable"] >= 4
    assert shop.bot.rows("select count(*) from journal where kind in ('other', 'image')") == [(3,)]
    assert shop.bot.rows("select count(*) from journal where error is not null") == [(0,)]
    assert [row["topic"] for row in map(json.loads, shop.bot.run("group", "list", "--json").splitlines())
            if row["group"] == HALL] == ["茶桌一（改名）"]  # fmt: skip
    assert shop.bot.runs
    assert not [line for line in shop.bot.log() if "text" in line]  # no traceback, nothing but structured lines
    assert long[:50] not in shop.bot.log_file.read_text(encoding="utf-8")


def test_an_opt_out_is_obeyed_at_once(shop: Shop) -> None:
    shop.befriends("wx-quiet", "安静")
    shop.sees("wx-quiet", GREETING, QUESTIONS[0])
    shop.says("wx-quiet", "TD")
    shop.bot.until("the acknowledgement", lambda: len(shop.texts_to("wx-quiet")) == 3)
    shop.says("wx-quiet", "喝茶吗")
    shop.settled()
    assert len(shop.texts_to("wx-quiet")) == 3
    assert shop.bot.who("wx-quiet")["opted_out"]


def test_a_human_on_the_phone_holds_automation_back(shop: Shop) -> None:
    shop.bot.run("group", "bind", HALL, "--tier", "茶桌")
    shop.befriends("wx-guest", "客人")
    shop.sees("wx-guest", GREETING, QUESTIONS[0])
    shop.types_on_phone("我是店长，亲自来招呼您", to="wx-guest")
    shop.types_on_phone("大家好，我是店长", room=HALL)
    shop.says("wx-guest", "我姓林")
    shop.settled()
    posts = len(shop.texts_to(HALL))
    shop.bot.post("held", "这一篇等等再发。", after=1, groups=HALL)
    held = "select state, reason from delivery where key = 'ask:wx-guest:2' or entry = 'held'"
    shop.bot.until("both to wait", lambda: shop.bot.rows(held) == [("waiting", "human_present")] * 2)
    assert shop.texts_to("wx-guest") == [GREETING, QUESTIONS[0]]
    assert len(shop.texts_to(HALL)) == posts
    assert "我是店长，亲自来招呼您" in shop.bot.texts("self_message")
