"""What a human says from the console: to a friend, or in a group."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from models import effects as fx
from models.deliveries import Cause, Lane
from models.orders import SayOrder
from tests.handlers.builders import AT, context, friendship, group, minutes, person, playbook

ROOM = "room-1@chatroom"


def say(**what: Any) -> SayOrder:
    given: dict[str, Any] = {"account": "main", "text": " 晚上八点开场 ", "actor": "console:店主"}
    return SayOrder(merchant="m1", at=AT, **(given | what))


def test_in_a_group_it_leaves_by_the_groups_account_and_automation_holds_back_there() -> None:
    here = context(playbook(human_hold_minutes=10), groups=[group(tier="堂口")], group=group(tier="堂口"))
    sent, audit, answered, hold = decide(say(group=ROOM, account="second"), here)
    assert sent == fx.Send(
        key=f"say:{ROOM}:20261123T010000.000000",
        account="main",
        lane=Lane.REPLY,
        cause=Cause.HUMAN,
        group_id=21,
        text="晚上八点开场",
    )
    assert audit == fx.Audit(actor="console:店主", action="say", target=ROOM, place="main")
    assert answered == fx.Answered(text="好，这就发。")
    assert hold == fx.Hold(account="main", until=AT + minutes(10), group_id=21)


def test_a_friend_who_waited_waits_no_longer() -> None:
    effects = decide(say(contact="wx1"), context(person=person(), people=[person()]))
    assert fx.CloseTicket(contact_id=11) in effects


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"group": ROOM, "text": " "}, "写点什么再发。"),
        ({"group": ROOM, "text": "长" * 2_001}, "太长了，一条最多 2000 个字。"),
        ({"group": ROOM}, "这个群还没绑定，掌柜不在里面说话；先到「客户与群」里绑定。"),
        ({"contact": "wx1"}, "TA 现在不是这个号的好友，发不了。"),
    ],
)
def test_what_cannot_be_said_is_refused_on_record(what: dict[str, Any], told: str) -> None:
    left = person(friendships=friendship("deleted"))
    audit, answered = decide(say(**what), context(person=left, people=[left], group=group(), groups=[group()]))
    assert isinstance(audit, fx.Audit)
    assert (audit.target, audit.result, audit.reason) == (what.get("group") or what["contact"], "refused", told)
    assert answered == fx.Answered(refused=told)
