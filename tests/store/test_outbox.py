"""What leaves next: in the order of value, one at a time an account, and never twice because of a crash."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.outbox import LOOK_AHEAD, MOST_PAGES, claim
from bot.store.under_way import found_claimed
from models import effects as fx
from models.deliveries import Cause, Delivery, DeliveryChange, DeliveryKind, DeliveryState, Lane
from models.events import Answer, FriendAdded, SelfMessage, SendAnswered, Who
from tests.store.stage import START, Shop, merchant, post, reply, shop

QUIET = [{"from": "09:00", "to": "11:00"}]  # START is 10:00 in Shanghai


def claimed(stage: Shop, *accounts: str) -> list[str]:
    """What the accounts that are idle send now, by key."""
    pairs = [(view.id, one) for view in stage.merchants.values() for one in view.accounts]
    idle = [pair for pair in pairs if not accounts or pair[1] in accounts]
    return [one.outgoing.key for one in claim(stage.store, stage.merchants, idle).claims]


def answer(stage: Shop, key: str, said: Answer = "sent", message: str = "") -> None:
    row = stage.delivery(key)
    event = SendAnswered(
        merchant=row.merchant_id,
        account=row.account_id,
        at=stage.at,
        delivery=row.id,
        key=key,
        answer=said,
        message=message,
    )
    (outcome,) = stage.apply(event)
    assert not outcome.error


def drain(stage: Shop) -> list[str]:
    """Send everything that may leave now, in order."""
    sent: list[str] = []
    while keys := claimed(stage):
        for key in keys:
            answer(stage, key)
        sent += keys
    return sent


# written once


def test_deciding_twice_writes_once(database_url: str) -> None:
    with shop(database_url) as stage:
        contact = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("greet:wx1", contact, text="第一次"), reply("greet:wx1", contact, text="又一次"))
        stage.bring_about(reply("greet:wx1", contact, text="第三次"), reply("greet:wx1", contact, part=2))
        assert [(row.key, row.part, row.text) for row in stage.rows(Delivery)] == [
            ("greet:wx1", 1, "第一次"),
            ("greet:wx1", 2, "greet:wx1"),
        ]
        assert len(stage.rows(DeliveryChange)) == 2


def test_merchants_have_keys_of_their_own(database_url: str) -> None:
    with shop(database_url, merchant("m1", ["main"]), merchant("m2", ["other"])) as stage:
        for name, account in (("m1", "main"), ("m2", "other")):
            contact = stage.befriend("wx1", account=account, merchant=name)["wx1"]
            stage.bring_about(reply("greet:wx1", contact, account=account), merchant=name)
        rows = stage.rows(Delivery)
        assert [row.merchant_id for row in rows] == ["m1", "m2"]
        assert rows[0].contact_id != rows[1].contact_id
        assert sorted(claimed(stage)) == ["greet:wx1", "greet:wx1"]


# order


def test_the_most_valuable_first(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("hello", to))
        assert drain(stage) == ["hello"]  # promotions are for those who had another contact
        late, soon = START + timedelta(days=2), START + timedelta(days=1)
        stage.bring_about(
            post("promotion", contact_id=to, lane=Lane.PROMOTION, priority=1),
            post("content 9", contact_id=to, priority=9),
            post("content without end", contact_id=to),
            post("content late", contact_id=to, not_after=late),
            post("content soon", contact_id=to, not_after=soon),
            post("content 1", contact_id=to, priority=1),
            post("service", contact_id=to, lane=Lane.SERVICE),
            post("care", contact_id=to, lane=Lane.CARE),
            reply("reply", to),
        )
        assert drain(stage) == [
            "reply",
            "care",
            "service",
            "content 1",
            "content soon",
            "content late",
            "content without end",
            "content 9",
            "promotion",
        ]


def test_at_most_one_in_flight_an_account(database_url: str) -> None:
    with shop(database_url, merchant("m1", ["main", "second"])) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.befriend("wx2", account="second")
        for n in range(3):
            stage.bring_about(
                reply(f"main {n}", to["wx1"]), reply(f"second {n}", to["wx2"], account="second", cause=Cause.COMMAND)
            )
        assert claimed(stage) == ["main 0", "second 0"]
        states = [row.state for row in stage.rows(Delivery)]
        assert states.count(DeliveryState.CLAIMED) == 2


def test_replies_of_a_conversation_leave_in_order(database_url: str) -> None:
    """Even when the first of them has to be tried again; others need not wait for that."""
    with shop(database_url) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.bring_about(reply("1a", to["wx1"]), reply("1b", to["wx1"], priority=1), reply("2a", to["wx2"]))
        assert claimed(stage) == ["1a"]
        answer(stage, "1a", "network")
        assert drain(stage) == ["2a"]
        assert claimed(stage) == []
        stage.later(seconds=10)
        assert drain(stage) == ["1a", "1b"]


def test_what_follows_a_reply_that_ended_still_keeps_its_order(database_url: str) -> None:
    with shop(database_url, merchant(words={"sensitive": ["包治百病"]})) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(
            reply("1", to, text="包治百病"),
            reply("2", to),
            reply("3", to, cause=Cause.CHAT, about_consent=True),
        )
        stage.bring_about(fx.Hold(account="main", until=START + timedelta(minutes=30), contact_id=to))
        assert drain(stage) == []  # the third would be allowed while a human talks, but not before the second
        assert stage.history("1") == ["planned", "skipped words"]
        stage.later(minutes=31)
        assert drain(stage) == ["2", "3"]


def test_what_is_not_due_waits(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(post("later", contact_id=to, due=START + timedelta(hours=1)))
        found = claim(stage.store, stage.merchants, [("m1", "main")])
        assert (found.claims, found.next_at) == ([], START + timedelta(hours=1))
        stage.later(hours=1)
        assert claimed(stage) == ["later"]


def test_an_account_of_another_merchant_takes_nothing_of_ours(database_url: str) -> None:
    """An account that moved to another merchant leaves its deliveries behind."""
    with shop(database_url, merchant("m1", ["main"]), merchant("m2", ["main"])) as stage:
        stage.bring_about(reply("ours", stage.befriend("wx1")["wx1"]))
        assert claim(stage.store, stage.merchants, [("m2", "main")]).claims == []
        stage.bring_about(reply("theirs", stage.befriend("wx1", merchant="m2")["wx1"]), merchant="m2")
        (one,) = claim(stage.store, stage.merchants, [("m2", "main")]).claims
        assert one.outgoing.key == "theirs"
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        assert one.outgoing.key == "ours"


# waits and ends


def test_a_wait_is_written_once(database_url: str) -> None:
    with shop(database_url, merchant(quiet_hours=QUIET)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(post("p", contact_id=to))
        until = START + timedelta(hours=1)
        for _ in range(3):
            found = claim(stage.store, stage.merchants, [("m1", "main")])
            assert (found.claims, found.next_at) == ([], until)
            stage.later(minutes=10)
        assert stage.history("p") == ["planned", "waiting quiet_hours"]
        assert stage.delivery("p").until == until
        stage.at = until
        assert drain(stage) == ["p"]
        assert stage.history("p") == ["planned", "waiting quiet_hours", "claimed", "sent"]
        assert stage.delivery("p").reason is None


def test_a_wait_without_end_is_looked_at_again(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(post("p", contact_id=to), fx.PutPause(scope="all", by="wx-boss"))
        for _ in range(3):
            assert claimed(stage) == []
            stage.later(hours=1)
        assert stage.history("p") == ["planned", "waiting paused"]
        stage.bring_about(fx.PutPause(scope="all", by="wx-boss", resumed=True))
        assert drain(stage) == ["p"]


def test_ends_are_final(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(
            post("promotion", contact_id=to, lane=Lane.PROMOTION),
            post("too late", contact_id=to, not_after=START - timedelta(minutes=1)),
            post("no field", contact_id=to, text=None, template="亲爱的{baby}"),
        )
        assert drain(stage) == []
        assert stage.history("promotion") == ["planned", "skipped first_contact"]
        assert stage.history("too late") == ["planned", "expired too_late"]
        assert stage.history("no field") == ["planned", "skipped field"]
        stage.later(days=1)
        assert drain(stage) == []


def test_a_crowd_that_waits_is_dealt_with_in_turns(database_url: str) -> None:
    """Others want to write too; nothing is forgotten, and what may leave is found behind all that may not."""
    more = LOOK_AHEAD * (MOST_PAGES + 1)
    with shop(database_url, merchant(quiet_hours=QUIET)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(post(f"p{n}", contact_id=to, lane=Lane.CARE) for n in range(more)))
        stage.bring_about(post("remark", contact_id=to, kind=DeliveryKind.REMARK, priority=9))
        first = claim(stage.store, stage.merchants, [("m1", "main")])
        assert (first.claims, first.next_at) == ([], START)
        second = claim(stage.store, stage.merchants, [("m1", "main")])
        assert [one.outgoing.key for one in second.claims] == ["remark"]
        third = claim(stage.store, stage.merchants, [("m1", "main")])
        assert (third.claims, third.next_at) == ([], START + timedelta(hours=1))
        assert {row.reason for row in stage.rows(Delivery) if row.key != "remark"} == {"quiet_hours"}


# what was in flight


def test_what_is_found_claimed_is_unknown_and_never_sent_again(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to), reply("r2", to))
        assert claimed(stage) == ["r1"]
    with shop(database_url) as stage:
        stage.at = START + timedelta(minutes=5)
        found = found_claimed(stage.store)
        assert [(event.key, event.answer) for event in found] == [("r1", "crash")]
        stage.apply(*found)
        assert stage.history("r1") == ["planned", "claimed", "unknown crash"]
        assert drain(stage) == ["r2"]
        for _ in range(5):
            stage.later(days=1)
            assert drain(stage) == []
        assert found_claimed(stage.store) == []


def echo(stage: Shop, text: str, wire_id: str = "wx-message-1", to: str = "wx1") -> None:
    event = SelfMessage(merchant="m1", account="main", at=stage.at, wire_id=wire_id, to_contact=to, text=text)
    assert not stage.apply(event)[0].error


@pytest.mark.parametrize("uncertain", ["timeout", "error", "crash"])
def test_an_echo_settles_what_was_unknown(database_url: str, uncertain: Answer) -> None:
    with shop(database_url, merchant(human_hold_minutes=10)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to, text="您好 呀"))
        claimed(stage)
        answer(stage, "r1", uncertain)
        assert stage.history("r1")[-1] == f"unknown {uncertain}"
        echo(stage, "您好\u2005呀")
        assert stage.history("r1")[-1] == "confirmed"
        stage.bring_about(reply("r2", to))
        assert drain(stage) == ["r2"]  # it was no human who spoke


def test_the_echo_before_the_answer(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        claimed(stage)
        echo(stage, "r1")
        answer(stage, "r1", "sent", message="wx-message-1")
        assert stage.history("r1") == ["planned", "claimed", "sent", "confirmed"]
        answer(stage, "r1", "timeout")
        assert stage.delivery("r1").state == DeliveryState.CONFIRMED


def test_the_echo_of_a_program_whose_clock_is_wrong(database_url: str) -> None:
    with shop(database_url, merchant(human_hold_minutes=10)) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        claimed(stage)
        event = SelfMessage(
            merchant="m1", account="main", at=START + timedelta(hours=8), received_at=START, wire_id="e",
            to_contact="wx1", text="r1",
        )  # fmt: skip
        stage.apply(event)
        assert stage.history("r1")[-1] == "confirmed"


def test_what_a_human_typed_holds_automation_back(database_url: str) -> None:
    with shop(database_url, merchant(human_hold_minutes=10)) as stage:
        to = stage.befriend("wx1")["wx1"]
        echo(stage, "我是老板本人")
        stage.bring_about(reply("r1", to))
        assert drain(stage) == []
        assert stage.history("r1") == ["planned", "waiting human_present"]
        stage.later(minutes=10)
        assert drain(stage) == ["r1"]


# trying again


def test_too_frequent_silences_the_account_a_quarter_of_an_hour_then_an_hour(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.bring_about(reply("r1", to["wx1"]), reply("r2", to["wx2"]))
        assert claimed(stage) == ["r1"]
        answer(stage, "r1", "too_frequent")
        assert claimed(stage) == []
        assert stage.history("r2")[-1] == "waiting account_budget"
        stage.later(minutes=14, seconds=59)
        assert claimed(stage) == []
        stage.later(seconds=1)
        assert claimed(stage) == ["r1"]
        answer(stage, "r1", "too_frequent")
        stage.later(minutes=59, seconds=59)
        assert claimed(stage) == []
        stage.later(seconds=1)
        assert drain(stage) == ["r1", "r2"]
        assert stage.history("r1") == [
            "planned",
            "claimed",
            "waiting too_frequent",
            "claimed",
            "waiting too_frequent",
            "claimed",
            "sent",
        ]


def test_without_a_network_it_is_tried_until_it_works(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        for _ in range(12):
            assert claimed(stage) == ["r1"]
            answer(stage, "r1", "network")
            assert stage.history("r1")[-1] == "waiting network"
            assert timedelta(seconds=1) <= stage.delivery("r1").next_at - stage.at <= timedelta(minutes=15)
            stage.at = stage.delivery("r1").next_at
        assert drain(stage) == ["r1"]


def test_a_resend_says_the_same_words(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to, text=None, template="您好，{nick|朋友}"))
        assert claimed(stage) == ["r1"]
        first = stage.delivery("r1").text
        answer(stage, "r1", "network")
        renamed = FriendAdded(merchant="m1", account="main", at=START, contact=Who("wx1", "新名字"))
        stage.apply(renamed, decide=lambda _event, _context: [])
        stage.later(minutes=1)
        assert drain(stage) == ["r1"]
        assert stage.delivery("r1").text == first


def test_a_refused_greeting_is_tried_three_times_more(database_url: str) -> None:
    with shop(database_url, merchant(reception={"greetings": ["您好！"]})) as stage:
        stage.apply(FriendAdded(merchant="m1", account="main", at=START, contact=Who("wx1")))
        waits: list[timedelta] = []
        for _ in range(4):
            assert claimed(stage) == ["greet:wx1"]
            answer(stage, "greet:wx1", "refused")
            row = stage.delivery("greet:wx1")
            waits.append(row.next_at - stage.at)
            stage.at = max(row.next_at, stage.at)
        assert stage.history("greet:wx1")[-1] == "failed refused"
        assert stage.history("greet:wx1").count("waiting refused") == 3
        assert sum(waits[:3], timedelta()) <= timedelta(hours=1)
        stage.later(days=1)
        assert claimed(stage) == []


def test_another_refusal_is_final(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to), reply("r2", to, kind=DeliveryKind.INVITE, group_id=None))
        claimed(stage)
        answer(stage, "r1", "refused")
        assert stage.history("r1") == ["planned", "claimed", "failed refused"]
        assert claimed(stage) == ["r2"]
        answer(stage, "r2", "unsupported")
        assert stage.history("r2")[-1] == "skipped unreachable"
