"""What came of a send, and whether it is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import decide, outcomes
from models import effects as fx
from models.deliveries import DeliveryState
from models.orders import SettleDeliveryOrder
from tests.handlers.builders import AT, account, answered, context, delivery, friendship, hours, minutes, of, person


def settled(state: DeliveryState, reason: str | None = None, message: str = "") -> fx.Settle:
    return fx.Settle(delivery_id=31, state=state, reason=reason, message=message)


@pytest.mark.parametrize(
    ("answer", "effect"),
    [
        ("sent", settled(DeliveryState.SENT, message="w1")),
        ("awaiting_tap", settled(DeliveryState.AWAITING_TAP, message="w1")),
        ("timeout", settled(DeliveryState.UNKNOWN, "timeout")),
        ("error", settled(DeliveryState.UNKNOWN, "error")),
        ("crash", settled(DeliveryState.UNKNOWN, "crash")),
        ("refused", settled(DeliveryState.FAILED, "refused")),
        ("unsupported", settled(DeliveryState.SKIPPED, "unreachable")),
    ],
)
def test_the_truth_about_a_send(answer: str, effect: fx.Settle) -> None:
    known = context(person=person(), delivery=delivery(cause="calendar"))
    assert outcomes.answered(answered(answer, message="w1"), known) == [effect]


def test_an_echo_may_be_quicker_than_the_answer() -> None:
    assert outcomes.answered(answered("sent"), context(person=person(), delivery=delivery("confirmed"))) == []
    assert outcomes.answered(answered("sent"), context()) == []


def test_a_post_to_a_group_is_about_nobody() -> None:
    known = context(delivery=delivery(cause="calendar", contact_id=None, group_id=21))
    assert outcomes.answered(answered("sent"), known) == [settled(DeliveryState.SENT)]


def silence(attempts: int = 1, slow_until: Any = None) -> list[Any]:
    known = context(account=account(slow_until=slow_until), person=person(), delivery=delivery(attempts=attempts))
    return outcomes.answered(answered("too_frequent"), known)


def test_too_frequent_silences_the_account_for_a_quarter_of_an_hour_then_for_an_hour() -> None:
    for slow_until, pause in ((None, minutes(15)), (AT, minutes(60)), (AT - minutes(14), minutes(60))):
        assert silence(slow_until=slow_until) == [
            fx.SendAgain(delivery_id=31, at=AT + pause, reason="too_frequent"),
            fx.SlowDown(account="main", until=AT + pause),
        ]


def test_a_silence_long_ago_is_forgotten_and_attempts_do_not_count() -> None:
    assert silence(attempts=5, slow_until=AT - minutes(16))[1] == fx.SlowDown(account="main", until=AT + minutes(15))


@given(st.integers(1, 2_000), st.integers(0, 5))
def test_the_network_is_tried_again_ever_more_slowly(attempts: int, seed: int) -> None:
    known = context(person=person(), delivery=delivery(attempts=attempts))
    (again,) = outcomes.answered(answered("network", key=f"k{seed}"), known)
    assert isinstance(again, fx.SendAgain)
    wait = again.at - AT
    longest = min(timedelta(seconds=2) * 2 ** min(attempts - 1, 20), minutes(10))
    assert again.reason == "network"
    assert longest / 2 <= wait < longest * 1.5


@pytest.mark.parametrize(
    ("attempts", "since", "again"),
    [
        (1, AT, timedelta(seconds=3)),
        (2, AT, timedelta(seconds=15)),
        (3, AT, minutes(15)),
        (4, AT, None),
        (3, AT - minutes(45), minutes(15)),
        (3, AT - minutes(46), None),
        (1, None, None),
    ],
)
def test_a_refused_greeting_is_tried_again_three_times_within_an_hour(
    attempts: int, since: Any, again: timedelta | None
) -> None:
    known = person(friendships=friendship(accepted_at=since))
    effects = outcomes.answered(answered("refused"), context(person=known, delivery=delivery(attempts=attempts)))
    if again is None:
        assert effects == [settled(DeliveryState.FAILED, "refused")]
    else:
        assert effects == [fx.SendAgain(delivery_id=31, at=AT + again, reason="refused")]


def test_a_greeting_without_a_request_counts_from_the_friendship() -> None:
    known = person(friendships=friendship(added_at=AT - hours(2)))
    assert outcomes.answered(answered("refused"), context(person=known, delivery=delivery()))[0] == settled(
        DeliveryState.FAILED, "refused"
    )


def test_nothing_but_a_greeting_is_tried_again() -> None:
    known = person(friendships=friendship(accepted_at=AT))
    effects = outcomes.answered(answered("refused"), context(person=known, delivery=delivery(cause="survey")))
    assert effects == [settled(DeliveryState.FAILED, "refused")]


def test_a_remark_that_was_set_is_the_remark() -> None:
    known = context(person=person(), delivery=delivery(kind="remark", cause="survey", text="茶友-老林"))
    assert outcomes.answered(answered("sent"), known) == [
        settled(DeliveryState.SENT),
        fx.PutFriendship(account="main", contact_id=11, person_id=1, remark="茶友-老林"),
    ]


TOLD = {
    "sent": "好，记为已发出。",
    "failed": "好，记为没发出去。",
    "resend": "好，再发一次：到它的时候照样先把关。",
}


def order(outcome: str) -> SettleDeliveryOrder:
    return SettleDeliveryOrder(merchant="m1", at=AT, delivery=31, outcome=outcome)


@pytest.mark.parametrize(
    ("outcome", "effect"),
    [
        ("sent", settled(DeliveryState.SENT)),
        ("failed", settled(DeliveryState.FAILED, "refused")),
        ("resend", fx.SendAgain(delivery_id=31, at=AT)),
    ],
)
@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_a_human_settles_what_is_uncertain(state: str, outcome: str, effect: fx.Effect) -> None:
    assert decide(order(outcome), context(delivery=delivery(state))) == [
        effect,
        fx.Audit(actor="operator", action="deliveries.settle", target="greet:wx1", reason=outcome),
        fx.Answered(text=TOLD[outcome]),
    ]


def test_what_was_settled_by_mistake_is_settled_again() -> None:
    assert decide(order("failed"), context(delivery=delivery("sent")))[0] == settled(DeliveryState.FAILED, "refused")


@pytest.mark.parametrize(
    ("state", "outcome", "why"),
    [
        (None, "sent", "没有编号为 31 的发送记录"),
        ("confirmed", "resend", "greet:wx1 现在是「已确认」，不需要核对"),
        ("sent", "resend", "greet:wx1 记着已发出。要是对方真没收到，先记为 failed，再 resend"),
        ("unknown", "maybe", "结果只能是 sent、failed 或 resend"),
    ],
)
def test_what_cannot_be_settled_is_refused(state: str | None, outcome: str, why: str) -> None:
    effects = decide(order(outcome), context(delivery=delivery(state) if state else None))
    assert [one.result for one in of(fx.Audit, effects)] == ["refused"]
    assert effects[-1] == fx.Answered(refused=why)
