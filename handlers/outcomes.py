"""What came of a send, and whether it is tried again: a pure decision from kind, answer and attempts."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import placement, reception, survey
from handlers.reason_names import DELIVERY_STATE_NAMES
from models import effects as fx
from models.chance import chance
from models.context import Context, DeliveryView
from models.deliveries import OPEN_STATES, Cause, DeliveryKind, DeliveryState
from models.effects import Effect
from models.events import SendAnswered
from models.orders import CancelDeliveryOrder, SettleDeliveryOrder

# "Too frequent": the whole account is silent for a quarter of an hour, then for an hour. Numbers of the contract.
_TOO_FREQUENT = (timedelta(minutes=15), timedelta(hours=1))
# A greeting that the platform refuses right after the acceptance is tried again so often, within an hour of it: mostly
# the friendship is only seconds too young, and the newcomer is looking at the screen.
_GREETING_TRIES = (timedelta(seconds=3), timedelta(seconds=15), timedelta(minutes=15))
_GREETING_WITHIN = timedelta(hours=1)
# The network: doubling from two seconds, never more than ten minutes apart, with jitter so that accounts spread out.
_NETWORK_FIRST = timedelta(seconds=2)
_NETWORK_MOST = timedelta(minutes=10)

# What is done to a friendship, which is another one afterwards.
_DONE_TO_THEM = (DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK)
_UNKNOWN = {"timeout", "error", "crash"}
_SETTLED = {
    "sent": "好，记为已发出。",
    "failed": "好，记为没发出去。",
    "resend": "好，再发一次：到它的时候照样先把关。",
}


def answered(event: SendAnswered, context: Context) -> list[Effect]:
    """Settle a delivery by the platform's answer. An echo may have been quicker; then there is nothing left to say."""
    delivery = context.delivery
    if delivery is None:
        return []
    follow_up = _brought_about(event, context, delivery) if event.answer == "sent" else []
    if delivery.state != DeliveryState.CLAIMED:
        return follow_up
    if event.answer in _UNKNOWN:
        settled = _settle(delivery, DeliveryState.UNKNOWN, event.answer)
        return [settled, *_perhaps(event, context, delivery), *survey.left(event.at, context, delivery)]
    match event.answer:
        case "sent" if delivery.seen_in_part:  # its echo was seen when not all of it had left
            whole = fx.Settle(
                delivery_id=delivery.id, state=DeliveryState.CONFIRMED, message=event.message, was=delivery.state
            )
            return [whole, *follow_up, *rest(delivery)]
        case "sent":
            return [_settle(delivery, DeliveryState.SENT, message=event.message), *follow_up, *rest(delivery)]
        case "awaiting_tap":
            return [_settle(delivery, DeliveryState.AWAITING_TAP, message=event.message)]
        case "too_frequent":
            pause = _silence(event.at, context)
            return [
                fx.SendAgain(delivery_id=delivery.id, at=event.at + pause, reason="too_frequent"),
                fx.SlowDown(account=event.account, until=event.at + pause),
            ]
        case "network":
            return [fx.SendAgain(delivery_id=delivery.id, at=_network_retry(event, context), reason="network")]
        case "unsupported":
            return [_settle(delivery, DeliveryState.SKIPPED, "unreachable"), *_failed(event, context, delivery)]
        case _:
            again = _greeting_retry(event.at, context, delivery)
            if again is not None:
                return [fx.SendAgain(delivery_id=delivery.id, at=again, reason="refused")]
            return [_settle(delivery, DeliveryState.FAILED, "refused"), *_failed(event, context, delivery)]


def is_about_them(event: SendAnswered, delivery: DeliveryView) -> bool:
    """Whether what came of a send says something of whom it was for. Of what was sent mostly only that it was."""
    return event.answer != "sent" or delivery.cause == Cause.SURVEY or delivery.kind in _DONE_TO_THEM


def settle(order: SettleDeliveryOrder, context: Context) -> list[Effect]:
    """A human looked, and says what became of an uncertain delivery."""
    delivery = context.delivery
    if delivery is None:
        return _refuse(order, f"没有编号为 {order.delivery} 的发送记录")
    if delivery.state not in (DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.SENT):
        state = DELIVERY_STATE_NAMES[DeliveryState(delivery.state)]
        return _refuse(order, f"{delivery.key} 现在是「{state}」，不需要核对")
    if order.outcome == "resend" and delivery.state == DeliveryState.SENT:  # a second click would be a second message
        return _refuse(order, f"{delivery.key} 记着已发出。要是对方真没收到，先记为 failed，再 resend")
    match order.outcome:
        case "sent":
            done: Effect = _settle(delivery, DeliveryState.SENT)
        case "failed":
            done = _settle(delivery, DeliveryState.FAILED, "refused")
        case "resend":
            done = fx.SendAgain(delivery_id=delivery.id, at=order.at)
        case _:
            return _refuse(order, "结果只能是 sent、failed 或 resend")
    return [
        done,
        *(rest(delivery) if order.outcome == "sent" else ()),
        fx.Audit(actor=order.actor, action="deliveries.settle", target=delivery.key, reason=order.outcome),
        fx.Answered(text=_SETTLED[order.outcome]),
    ]


def rest(delivery: DeliveryView) -> list[Effect]:
    """What follows a part of a text that has arrived."""
    return [fx.SendNext(delivery_id=delivery.id)] if delivery.has_parts else []


def cancel(order: CancelDeliveryOrder, context: Context) -> list[Effect]:
    """A human takes back what has not left."""
    delivery = context.delivery
    if delivery is None:
        return _refuse(order, f"没有编号为 {order.delivery} 的发送记录")
    if delivery.state not in OPEN_STATES:
        state = DELIVERY_STATE_NAMES[DeliveryState(delivery.state)]
        return _refuse(order, f"现在是「{state}」，取消不了")
    return [
        _settle(delivery, DeliveryState.CANCELLED),
        fx.Audit(actor=order.actor, action="deliveries.cancel", target=delivery.key),
        fx.Answered(text="取消了，不会发。"),
    ]


def _brought_about(event: SendAnswered, context: Context, delivery: DeliveryView) -> list[Effect]:
    """What is true now that the platform has done it."""
    person = context.person
    if person is None:
        return []
    match delivery.kind:
        case DeliveryKind.FRIEND_ACCEPT:
            return reception.accepted(event, context)
        case DeliveryKind.REMARK:
            return [
                fx.PutFriendship(
                    account=event.account,
                    contact_id=person.contact_id,
                    person_id=person.person_id,
                    remark=delivery.text,
                )
            ]
        case _:
            return survey.left(event.at, context, delivery)


def _perhaps(event: SendAnswered, context: Context, delivery: DeliveryView) -> list[Effect]:
    """The acceptance may have arrived; the friend list knows."""
    if delivery.kind != DeliveryKind.FRIEND_ACCEPT or context.person is None:
        return []
    return [reception.look_soon(event.at, context.person, event.account)]


def _failed(event: SendAnswered, context: Context, delivery: DeliveryView) -> list[Effect]:
    """Nobody waits for what will never arrive: neither a request that is void now, nor a seat."""
    if delivery.kind == DeliveryKind.FRIEND_ACCEPT:
        return reception.not_accepted(event, context)
    if delivery.kind != DeliveryKind.INVITE or delivery.contact_id is None or delivery.group_id is None:
        return []
    return placement.invitation_failed(event.at, context, delivery.contact_id, delivery.group_id)


def _silence(at: datetime, context: Context) -> timedelta:
    """How long the account keeps quiet: longer if it was too fast again right after the last silence."""
    last = context.account.slow_until
    again = last is not None and at < last + _TOO_FREQUENT[0]
    return _TOO_FREQUENT[1 if again else 0]


def _greeting_retry(at: datetime, context: Context, delivery: DeliveryView) -> datetime | None:
    if delivery.cause != Cause.GREETING or delivery.kind != DeliveryKind.TEXT or context.person is None:
        return None
    friendship = context.person.friendships.get(delivery.account)
    since = (friendship.accepted_at or friendship.added_at) if friendship else None
    if delivery.attempts > len(_GREETING_TRIES) or since is None:
        return None
    again = at + _GREETING_TRIES[delivery.attempts - 1]
    return again if again <= since + _GREETING_WITHIN else None


def _network_retry(event: SendAnswered, context: Context) -> datetime:
    attempts = context.delivery.attempts if context.delivery else 1
    doublings = min(attempts - 1, 20)  # far beyond the most
    pause: timedelta = min(_NETWORK_FIRST * 2**doublings, _NETWORK_MOST)
    return event.at + pause * (0.5 + chance(context.merchant.seed, f"{event.key}:{attempts}"))


def _settle(delivery: DeliveryView, state: DeliveryState, reason: str | None = None, message: str = "") -> fx.Settle:
    return fx.Settle(delivery_id=delivery.id, state=state, reason=reason, message=message)


def _refuse(order: SettleDeliveryOrder | CancelDeliveryOrder, why: str) -> list[Effect]:
    target = str(order.delivery)
    action = "deliveries.settle" if isinstance(order, SettleDeliveryOrder) else "deliveries.cancel"
    return [
        fx.Audit(actor=order.actor, action=action, target=target, result="refused", reason=why),
        fx.Answered(refused=why),
    ]
