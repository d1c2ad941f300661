"""The main job from wire to wire: the whole program on a real gateway, as somebody outside would see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.gateway.bot_process import BOSS, GREETING, HALL, QUESTIONS, STRANGERS, Shop
from tests.gateway.conftest import OpenShop

BRANCH = "branch@chatroom"
ANSWERS = ("叫我老林", "1", "1和2", "三百", "8月15", "想去茶山看看")


def test_from_the_request_to_the_thanks(shop: Shop) -> None:
    shop.bot.run("group", "bind", HALL, "--tier", "茶桌")
    shop.asks_friendship("wx-lin", "林间", "想喝茶")
    shop.sees("wx-lin", GREETING, QUESTIONS[0])
    for number, answer in enumerate(ANSWERS, start=1):
        shop.says("wx-lin", answer)
        if number < len(QUESTIONS):
            shop.sees("wx-lin", GREETING, *QUESTIONS[: number + 1])
    shop.sees("wx-lin", GREETING, *QUESTIONS, "都记下啦，谢谢老林。")
    shop.bot.until("the invitation", lambda: shop.arrived("invite", contact="wx-lin", to=HALL))
    shop.settled()
    assert [one["text"] for one in shop.arrived("remark", contact="wx-lin")] == ["茶友-老林-300"]
    assert len(shop.arrived("friend_accept", contact="wx-lin")) == len(shop.arrived("invite", contact="wx-lin")) == 1
    who = json.loads(shop.bot.command("who", "wx-lin", "--json").stdout)  # beside the bot, as another process
    assert {key: answer["value"] for key, answer in who["answers"].items()} == {
        "call": "老林",
        "kind": "self",
        "tea": ["rock", "black"],
        "budget": 300,
        "birthday": "--08-15",
        "wish": "想去茶山看看",
    }
    assert (who["tags"], who["remark"], who["survey"]["state"]) == (["爱岩茶"], "茶友-老林-300", "finished")
    assert who["groups"] == [HALL]
    assert {row["state"] for row in shop.bot.deliveries() if row["to"].get("contact") == "wx-lin"} == {
        "sent",
        "confirmed",
    }


def test_an_answer_that_is_none_is_explained_and_a_skip_is_taken(shop: Shop) -> None:
    shop.befriends("wx-hu", "胡同")
    shop.sees("wx-hu", GREETING, QUESTIONS[0])
    shop.talks("wx-hu", "胡杨", "9", "2", "跳过")
    shop.sees("wx-hu", GREETING, QUESTIONS[0], QUESTIONS[1], "回 1 或 2 就行。", QUESTIONS[2], QUESTIONS[3])
    assert shop.bot.who("wx-hu")["answers"]["tea"]["state"] == "declined"


def test_who_wants_to_spend_more_waits_for_a_seat_in_the_branch_and_gets_the_first_one(shop: Shop) -> None:
    shop.befriends("wx-fu", "富贵")
    shop.sees("wx-fu", GREETING, QUESTIONS[0])
    shop.talks("wx-fu", "老富", "自己喝", "岩茶", "八百", "跳过", "没有")
    shop.bot.until("the waiting list", lambda: shop.bot.who("wx-fu")["waiting_for"] == "分院")
    assert set(shop.bot.who("wx-fu")["tags"]) == {"高价位", "爱岩茶"}
    shop.gateway.drive("room", id=BRANCH, topic="分院一群", members=["bot", BOSS])
    shop.bot.run("group", "bind", BRANCH, "--tier", "分院")
    shop.bot.until("the invitation", lambda: shop.arrived("invite", contact="wx-fu", to=BRANCH))
    assert not shop.arrived("invite", contact="wx-fu", to=HALL)


def test_a_rush_of_newcomers_is_greeted_within_ten_seconds_by_one_who_types_slowly(own_shop: OpenShop) -> None:
    shop = own_shop(further="[pace]\ntyping_chars_per_second = 8\n")
    began = datetime.now(UTC).timestamp()
    for number in range(12):
        shop.asks_friendship(f"wx-crowd-{number}")
    shop.bot.until("all greetings", lambda: len(shop.arrived("text", text=GREETING)) == 12)
    assert max(one["at"] / 1000 - began for one in shop.arrived("text", text=GREETING)) < 10


def test_ten_seconds_hold_too_where_the_gateway_does_not_say_that_the_friendship_exists(own_shop: OpenShop) -> None:
    shop = own_shop(further="[pace]\ntyping_chars_per_second = 1\n")
    shop.gateway.drive("settings", auto=False)
    shop.asks_friendship("wx-silent", "静静")
    shop.bot.until("the acceptance", lambda: shop.arrived("friend_accept", contact="wx-silent"))
    shop.gateway.drive("person", id="wx-silent", friend=True)
    shop.bot.until("the greeting", lambda: shop.arrived("text", text=GREETING))
    [accepted] = shop.arrived("friend_accept", contact="wx-silent")
    assert shop.arrived("text", text=GREETING)[0]["at"] - accepted["at"] < 10_000


def test_friends_of_old_are_neither_greeted_nor_surveyed(shop: Shop) -> None:
    shop.says("wx-alice", "今天天气真好")
    shop.befriends("wx-alice", "Alice")  # some gateways say so again after each restart
    shop.settled()
    assert shop.texts_to("wx-alice") == []
    assert shop.bot.who("wx-alice")["survey"]["state"] == "none"


def test_who_asks_with_the_wrong_word_is_left_to_a_human(shop: Shop) -> None:
    shop.asks_friendship("wx-spam", "粉商", "专业加粉，量大从优")
    shop.settled()
    assert not shop.arrived("friend_accept", contact="wx-spam")
    assert shop.texts_to("wx-spam") == []


def test_a_gateway_that_never_says_that_the_friendship_exists(shop: Shop) -> None:
    shop.gateway.drive("settings", auto=False)
    shop.asks_friendship("wx-silent", "静静")
    shop.bot.until("the acceptance", lambda: shop.arrived("friend_accept", contact="wx-silent"))
    shop.gateway.drive("person", id="wx-silent", friend=True)  # on the list, without an event
    shop.sees("wx-silent", GREETING, QUESTIONS[0])
    shop.asks_friendship("wx-eager", "小急")
    shop.bot.until("the acceptance", lambda: shop.arrived("friend_accept", contact="wx-eager"))
    shop.gateway.drive("person", id="wx-eager", friend=True)
    shop.says("wx-eager", "在吗")  # quicker than any list
    shop.sees("wx-eager", GREETING, QUESTIONS[0])
    shop.gateway.drive("settings", auto=True)
    shop.befriends("wx-eager", "小急")
    shop.befriends("wx-silent", "静静")
    shop.settled()
    for contact in ("wx-silent", "wx-eager"):
        assert shop.texts_to(contact) == [GREETING, QUESTIONS[0]]


def test_everything_that_gateways_say_twice_is_done_once(shop: Shop) -> None:
    request = shop.asks_friendship("wx-twice", "双双")
    shop.gateway.drive("emit", event="friendship", payload={"friendshipId": request})
    shop.sees("wx-twice", GREETING, QUESTIONS[0])
    shop.gateway.drive("emit", event="friendship", payload={"friendshipId": request})
    shop.befriends("wx-twice", "双双")
    shop.befriends("wx-twice", "双双", id="another")
    shop.gateway.drive("emit", event="friendship", payload={"friendshipId": "another"})
    message = shop.says("wx-twice", "双双")
    for _ in range(3):
        shop.gateway.drive("emit", event="message", payload={"messageId": message})
    shop.sees("wx-twice", GREETING, QUESTIONS[0], QUESTIONS[1])
    shop.gateway.drive("emit", event="message", payload={"messageId": message})
    shop.settled()
    assert shop.texts_to("wx-twice") == [GREETING, QUESTIONS[0], QUESTIONS[1]]
    assert len(shop.arrived("friend_accept", contact="wx-twice")) == 1
    assert shop.bot.rows("select count(*) from journal where wire_id = ?", message) == [(1,)]


def test_a_post_reaches_each_bound_group_once_at_its_time_and_no_other(shop: Shop) -> None:
    second = "hall-2@chatroom"
    shop.gateway.drive("room", id=second, topic="茶桌二", members=["bot", "wx-alice"])
    shop.says("wx-carol", "大家早", room=STRANGERS)  # so that it is known, under the name of ours
    for room in (HALL, second):
        shop.bot.run("group", "bind", room, "--tier", "茶桌")
    due = shop.bot.post("p-1", "今天说说炭焙。", after=3, tiers="茶桌")
    shop.bot.post("p-1", "今天说说炭焙。", after=3, tiers="茶桌")
    for room in (HALL, second):
        shop.bot.until(f"the post in {room}", lambda room=room: "今天说说炭焙。" in shop.texts_to(room))  # type: ignore[misc]
    shop.settled()
    posts = shop.arrived("text", text="今天说说炭焙。")
    assert sorted(one["to"] for one in posts) == sorted([HALL, second])
    assert all(-0.1 < one["at"] / 1000 - due.timestamp() < 5 for one in posts)
    shop.bot.run("group", "unbind", second)
    shop.bot.run("group", "unbind", HALL)
