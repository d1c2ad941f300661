"""What our own account says: the echo of a send, or a human typing on its phone."""

from __future__ import annotations

from datetime import timedelta

from handlers import failures, outcomes
from handlers.words import is_platform_line
from models import effects as fx
from models.context import Context
from models.deliveries import CAN_BE_CONFIRMED, DeliveryState
from models.effects import Effect
from models.events import SelfMessage, Tapped

# Nobody has said that all of it was taken; one message of several does not prove that.
_NOT_ANSWERED = (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)


def self_said(event: SelfMessage, context: Context) -> list[Effect]:
    """An echo confirms its delivery. Anything else was typed by a human, and automation there holds back."""
    delivery = context.delivery
    if delivery is not None:
        if delivery.state not in CAN_BE_CONFIRMED or (delivery.seen_in_part and delivery.state in _NOT_ANSWERED):
            return []
        confirmed = fx.Settle(
            delivery_id=delivery.id, state=DeliveryState.CONFIRMED, message=event.wire_id, was=delivery.state
        )
        return [confirmed, *failures.arrived(delivery, context), *outcomes.rest(delivery)]
    if is_platform_line(event.text):
        return []
    person = context.person if not event.to_group else None
    seen_to = [fx.CloseTicket(contact_id=person.contact_id)] if person else []
    minutes = context.merchant.playbook.human_hold_minutes
    if not minutes:
        return [*seen_to]
    return [
        *seen_to,
        fx.Hold(
            account=event.account,
            until=event.at + timedelta(minutes=minutes),
            contact_id=person.contact_id if person else None,
            group_id=context.group.id if context.group else None,
        ),
    ]


def tapped(_event: Tapped, context: Context) -> list[Effect]:
    """A human tapped the task that the platform had made: now it is sent, even if we did not know of the task."""
    if context.delivery is None or context.delivery.state not in (DeliveryState.AWAITING_TAP, DeliveryState.UNKNOWN):
        return []  # the echo was quicker
    tapped = fx.Settle(delivery_id=context.delivery.id, state=DeliveryState.SENT, was=context.delivery.state)
    return [tapped, *outcomes.rest(context.delivery)]
