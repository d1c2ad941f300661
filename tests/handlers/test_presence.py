"""What our own account says: an echo confirms, a human silences us."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from models import effects as fx
from models.deliveries import DeliveryState
from models.events import SelfMessage, Tapped
from tests.handlers.builders import AT, ROOM, context, delivery, group, minutes, person, playbook

HOLDS = playbook(human_hold_minutes=30)


def self_said(text: str = "我来跟您说", **more: Any) -> SelfMessage:
    return SelfMessage(merchant="m1", account="main", at=AT, wire_id="s1", text=text, **more)


@pytest.mark.parametrize("state", ["claimed", "sent", "unknown", "awaiting_tap"])
def test_an_echo_confirms_what_left(state: str) -> None:
    known = context(HOLDS, person=person(), delivery=delivery(state))
    assert decide(self_said("你好呀。", to_contact="wx1"), known) == [
        fx.Settle(delivery_id=31, state=DeliveryState.CONFIRMED, message="s1", was=state)
    ]


@pytest.mark.parametrize("state", ["confirmed", "failed", "planned", "cancelled"])
def test_an_echo_of_anything_else_says_nothing(state: str) -> None:
    assert decide(self_said(to_contact="wx1"), context(HOLDS, person=person(), delivery=delivery(state))) == []


def test_what_a_human_types_holds_automation_back_in_that_conversation() -> None:
    until = AT + minutes(30)
    assert decide(self_said(to_contact="wx1"), context(HOLDS, person=person())) == [
        fx.CloseTicket(contact_id=11),
        fx.Hold(account="main", until=until, contact_id=11),
    ]
    assert decide(self_said(to_group=ROOM), context(HOLDS, group=group())) == [
        fx.Hold(account="main", until=until, group_id=21)
    ]


def test_without_a_time_for_it_nothing_is_held_back() -> None:
    assert decide(self_said(to_contact="wx1"), context(person=person())) == [fx.CloseTicket(contact_id=11)]


def test_the_line_that_wechat_writes_at_an_acceptance_is_no_human() -> None:
    said = self_said("我通过了你的朋友验证请求，现在我们可以开始聊天了", to_contact="wx1")
    assert decide(said, context(HOLDS, person=person())) == []


def test_a_tap_sends_what_waited_for_it() -> None:
    tap = Tapped(merchant="m1", account="main", at=AT, delivery="*")
    assert decide(tap, context(delivery=delivery("awaiting_tap"))) == [
        fx.Settle(delivery_id=31, state=DeliveryState.SENT, was="awaiting_tap")
    ]
    assert decide(tap, context()) == []
