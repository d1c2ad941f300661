"""A human of the shop answers somebody from the console: in the persona's name, through the gate, and with the same
consequences as if they had typed it on the phone."""

from __future__ import annotations

from datetime import timedelta

from models import effects as fx
from models.context import Context
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.orders import SayOrder
from models.people import FriendshipState

NO_FRIEND = "TA 现在不是这个号的好友，发不了。"
EMPTY = "写点什么再发。"
TOO_LONG = "太长了，一条最多 {most} 个字。"
SAID = "好，这就发。"
LONGEST = 2_000


def ordered(order: SayOrder, context: Context) -> list[Effect]:
    """Their ticket is closed by it, and automation holds back for a while."""
    person = context.person
    friendship = person.friendships.get(order.account) if person else None
    fault = ""
    if not order.text.strip():
        fault = EMPTY
    elif len(order.text) > LONGEST:
        fault = TOO_LONG.format(most=LONGEST)
    elif person is None or person.erased or friendship is None or friendship.state != FriendshipState.FRIEND:
        fault = NO_FRIEND
    if person is None or fault:
        return [
            fx.Audit(actor=order.actor, action="say", target=order.contact, result="refused", reason=fault),
            fx.Answered(refused=fault),
        ]
    effects: list[Effect] = [
        fx.Send(
            key=f"say:{order.contact}:{order.at:%Y%m%dT%H%M%S.%f}",
            account=order.account,
            lane=Lane.REPLY,
            cause=Cause.HUMAN,
            contact_id=person.contact_id,
            text=order.text.strip(),
        ),
        fx.CloseTicket(contact_id=person.contact_id),
        fx.Audit(actor=order.actor, action="say", target=order.contact, place=order.account),
        fx.Answered(text=SAID),
    ]
    if minutes := context.merchant.playbook.human_hold_minutes:
        until = order.at + timedelta(minutes=minutes)
        effects.append(fx.Hold(account=order.account, until=until, contact_id=person.contact_id))
    return effects
