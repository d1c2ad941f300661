"""The bot ends, in good order or by kill -9, and starts again: nobody is greeted twice, nobody is forgotten."""

from __future__ import annotations

import random
import time

from tests.gateway.bot_process import GREETING, HALL, QUESTIONS, BotProcess, Shop
from tests.gateway.conftest import OpenShop

FLOOD = 30


def test_a_stop_in_the_middle_of_a_send_loses_nothing(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.gateway.drive("settings", sending=1_500)
    shop.befriends("wx-stop", "小停")
    shop.bot.until("the claim", lambda: shop.bot.delivery("greet:wx-stop")[0] == "claimed")
    assert shop.bot.stop() == 0
    assert shop.bot.delivery("greet:wx-stop")[0] in {"sent", "confirmed"}
    shop.gateway.drive("settings", sending=0)
    shop.bot.start()
    shop.sees("wx-stop", GREETING, QUESTIONS[0])
    shop.says("wx-stop", "叫我小停")
    shop.sees("wx-stop", GREETING, QUESTIONS[0], QUESTIONS[1])


def test_a_stop_in_a_flood_keeps_what_was_heard(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.gateway.drive("settings", latency=1_000)
    shop.gateway.drive("flood", **{"from": "wx-alice"}, room=HALL, count=16, text="第")
    time.sleep(0.5)  # they are on the wire; what each of them says comes a second after it was asked for
    assert shop.bot.stop() == 0
    assert sorted(shop.bot.texts()) == sorted(f"第{number}" for number in range(16))


def test_a_database_has_one_bot_and_commands_find_it_or_do_without(own_shop: OpenShop) -> None:
    shop = own_shop(start=False)
    done = shop.bot.command("group", "bind", HALL, "--tier", "茶桌")
    assert (done.returncode, done.stderr) == (0, "")
    shop.bot.start()
    second = shop.bot.command("run", "--quiet")
    assert second.returncode == 2
    assert "另一个掌柜" in second.stderr
    assert "Traceback" not in second.stderr
    shop.bot.post("p", "一篇", after=1, tiers="茶桌")
    shop.sees(HALL, "一篇")


def test_a_kill_between_claim_and_answer_is_told_as_unknown(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.gateway.drive("settings", sending=2_000, echo=False)
    shop.befriends("wx-dark", "小黑")
    shop.bot.until("the claim", lambda: shop.bot.delivery("greet:wx-dark")[0] == "claimed")
    time.sleep(0.5)  # what is claimed is on its way, and the gateway has it before the bot dies
    shop.bot.kill()
    shop.bot.start()
    assert shop.bot.delivery("greet:wx-dark") == ("unknown", "crash")
    shop.gateway.drive("settings", sending=0)
    shop.bot.until("the question", lambda: QUESTIONS[0] in shop.texts_to("wx-dark"))
    shop.settled()
    assert shop.texts_to("wx-dark").count(GREETING) == 1
    assert "greet:wx-dark" in {row["key"] for row in shop.bot.deliveries(state="unknown")}


def test_kill_at_random_moments_of_a_flood(own_shop: OpenShop) -> None:
    chance = random.Random(1)
    shop = own_shop(send_timeout=5)
    shop.gateway.drive("settings", sending=20)
    friends = [f"wx-{number}" for number in range(FLOOD)]
    said: list[str] = []
    for turn in range(3):
        for contact in friends[turn * 10 : turn * 10 + 10]:
            shop.befriends(contact, f"友{contact}")
        time.sleep(chance.uniform(0.05, 1.0))
        shop.bot.kill()
        shop.bot.start(wait="")
    shop.bot.until("a question for each", lambda: _asked(shop.bot) == len(friends))
    for contact in friends:
        said.append(f"我叫{contact}")
        shop.says(contact, said[-1])
    shop.bot.until("all words in the tables", lambda: set(said) <= set(shop.bot.texts()))
    shop.settled()
    _all_are_served(shop, friends)


def _asked(bot: BotProcess) -> int:
    """How many first questions have left."""
    left = "select count(*) from delivery where key like 'ask:%:1' and state in ('sent', 'confirmed', 'unknown')"
    return int(bot.rows(left)[0][0])


def _all_are_served(shop: Shop, friends: list[str]) -> None:
    for contact in friends:
        texts = shop.texts_to(contact)
        for key, text in ((f"greet:{contact}", GREETING), (f"ask:{contact}:1", QUESTIONS[0])):
            state, _ = shop.bot.delivery(key)
            assert texts.count(text) <= 1, (contact, texts)
            assert state in {"sent", "confirmed", "unknown"}, (contact, key, state)
            assert texts.count(text) == 1 or state == "unknown", (contact, texts, state)
    assert shop.bot.rows("select count(*) from survey") == [(len(friends),)]
