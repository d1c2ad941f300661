"""A human of the shop says something from the console: in the persona's name, through the gate, and with the same
consequences as if they had typed it on the phone."""

from __future__ import annotations

from datetime import timedelta

from models import effects as fx
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.orders import SayOrder
from models.people import FriendshipState

NO_FRIEND = "TA 现在不是这个号的好友，发不了。"
NOT_BOUND = "这个群还没绑定，掌柜不在里面说话；先到「客户与群」里绑定。"
EMPTY = "写点什么再发。"
TOO_LONG = "太长了，一条最多 {most} 个字。"
SAID = "好，这就发。"
LONGEST = 2_000


def ordered(order: SayOrder, context: Context) -> list[Effect]:
    """It is put in line, and automation holds back there for a while; whoever waited for it 1:1 waits no longer."""
    group = context.group if order.group else None
    person = None if order.group else context.person
    if fault := _fault(order, group, person):
        return [
            fx.Audit(
                actor=order.actor, action="say", target=order.group or order.contact, result="refused", reason=fault
            ),
            fx.Answered(refused=fault),
        ]
    account = group.account if group else order.account
    to_contact, to_group = person.contact_id if person else None, group.id if group else None
    effects: list[Effect] = [
        fx.Send(
            key=f"say:{order.group or order.contact}:{order.at:%Y%m%dT%H%M%S.%f}",
            account=account,
            lane=Lane.REPLY,
            cause=Cause.HUMAN,
            contact_id=to_contact,
            group_id=to_group,
            text=order.text.strip(),
        ),
        fx.Audit(actor=order.actor, action="say", target=order.group or order.contact, place=account),
        fx.Answered(text=SAID),
    ]
    if to_contact is not None:
        effects.append(fx.CloseTicket(contact_id=to_contact))
    if minutes := context.merchant.playbook.human_hold_minutes:
        until = order.at + timedelta(minutes=minutes)
        effects.append(fx.Hold(account=account, until=until, contact_id=to_contact, group_id=to_group))
    return effects


def _fault(order: SayOrder, group: GroupView | None, person: PersonView | None) -> str:
    """Why it cannot be said there; empty if it can."""
    if not order.text.strip():
        return EMPTY
    if len(order.text) > LONGEST:
        return TOO_LONG.format(most=LONGEST)
    if order.group:
        return "" if group is not None and group.tier is not None else NOT_BOUND
    friendship = person.friendships.get(order.account) if person and not person.erased else None
    return "" if friendship is not None and friendship.state == FriendshipState.FRIEND else NO_FRIEND
