"""What the platform does to what is sent: refusals, too frequent, no answer, an error after it was accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.gateway.bot_process import BOSS, GREETING, HALL, QUESTIONS, Shop
from tests.gateway.conftest import OpenShop, open_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop that does not wait long for an answer."""
    with ExitStack() as closing:
        yield open_shop(tmp_path_factory.mktemp("shop"), closing, send_timeout=1)


def test_a_greeting_that_is_refused_is_tried_again_and_the_survey_waits_for_it(shop: Shop) -> None:
    shop.answers_next("text", "refused", times=2)
    shop.befriends("wx-shy", "小羞")
    tries = "select attempts from delivery where key = 'greet:wx-shy'"
    shop.bot.until("two tries", lambda: shop.bot.rows(tries) == [(2,)])
    assert shop.texts_to("wx-shy") == []
    shop.sees("wx-shy", GREETING, QUESTIONS[0])
    assert shop.bot.rows(tries) == [(3,)]


def test_another_text_that_is_refused_has_failed(shop: Shop) -> None:
    shop.befriends("wx-no", "不要")
    shop.sees("wx-no", GREETING, QUESTIONS[0])
    shop.answers_next("text", "refused")
    shop.says("wx-no", "叫我老布")
    shop.bot.until("the failure", lambda: shop.bot.delivery("ask:wx-no:2") == ("failed", "refused"))


@pytest.mark.parametrize(
    ("answer", "reason"), [("timeout", "timeout"), ("accepted_then_error", "error"), ("accepted_then_lost", None)]
)
def test_what_may_have_arrived_is_never_sent_again(shop: Shop, answer: str, reason: str | None) -> None:
    contact = f"wx-{answer}"
    shop.gateway.drive("settings", echo=False)
    shop.answers_next("text", answer)
    shop.befriends(contact, "小明")
    state = "unknown" if reason else "sent"
    shop.bot.until("the outcome", lambda: shop.bot.delivery(f"greet:{contact}") == (state, reason))
    shop.bot.until("the question", lambda: QUESTIONS[0] in shop.texts_to(contact))
    shop.settled()
    shop.gateway.drive("settings", echo=True)
    assert shop.texts_to(contact).count(GREETING) == (1 if reason else 0)
    listed = shop.bot.run("deliveries", "list", "--state", "unknown", "--json").splitlines()
    assert (f"greet:{contact}" in {json.loads(row)["key"] for row in listed}) == (reason is not None)


@pytest.mark.parametrize("answer", ["timeout", "accepted_then_error"])
def test_the_echo_settles_what_the_answer_left_open(shop: Shop, answer: str) -> None:
    contact = f"wx-echoed-{answer}"
    shop.answers_next("text", answer)
    shop.befriends(contact, "小明")
    shop.sees(contact, GREETING, QUESTIONS[0])
    shop.bot.until("the echo", lambda: shop.bot.delivery(f"greet:{contact}")[0] == "confirmed")


def test_a_human_settles_an_uncertain_greeting(shop: Shop) -> None:
    shop.gateway.drive("settings", echo=False)
    shop.answers_next("text", "accepted_then_error")
    shop.befriends("wx-asked", "问问")
    shop.bot.until("the outcome", lambda: shop.bot.delivery("greet:wx-asked") == ("unknown", "error"))
    shop.bot.until("the question", lambda: QUESTIONS[0] in shop.texts_to("wx-asked"))
    shop.gateway.drive("settings", echo=True)
    identity = shop.bot.rows("select id from delivery where key = 'greet:wx-asked'")[0][0]
    shop.bot.run("deliveries", "settle", str(identity), "resend")
    shop.bot.until("the greeting once more", lambda: shop.texts_to("wx-asked").count(GREETING) == 2)


def test_an_acceptance_that_is_refused_is_told_and_nobody_is_greeted(shop: Shop) -> None:
    shop.answers_next("friend_accept", "refused")
    request = shop.asks_friendship("wx-gone", "走了")
    shop.bot.until("the failure", lambda: shop.bot.delivery(f"accept:main:wx-gone:{request}") == ("failed", "refused"))
    shop.settled()
    assert shop.texts_to("wx-gone") == []


def test_an_acceptance_that_ends_in_an_error_and_was_one_all_the_same(shop: Shop) -> None:
    shop.answers_next("friend_accept", "accepted_then_error")
    shop.asks_friendship("wx-luck", "小运")
    shop.sees("wx-luck", GREETING, QUESTIONS[0])


def test_too_frequent_silences_the_account_and_loses_nothing(own_shop: OpenShop) -> None:
    shop = own_shop()
    shop.answers_next("text", "too_frequent")
    shop.befriends("wx-fast", "小快")
    shop.bot.until("the wait", lambda: shop.bot.delivery("greet:wx-fast") == ("waiting", "too_frequent"))
    shop.befriends("wx-late", "小慢")
    shop.bot.until("another", lambda: shop.bot.delivery("greet:wx-late")[0] == "waiting")
    assert shop.arrived("text") == []
    assert {(row["key"], row["state"]) for row in shop.bot.deliveries(cause="greeting")} == {
        ("greet:wx-fast", "waiting"),
        ("greet:wx-late", "waiting"),
    }
    shop.says(BOSS, "/状态", room=HALL)
    shop.bot.until("the words of the boss", lambda: "/状态" in shop.bot.texts())
