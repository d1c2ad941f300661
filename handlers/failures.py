"""An account whose sends fail one after the other stops itself and says so; a send that is uncertain is told of.

What counts is a delivery that came to nothing: `failed`, or `unknown` since no answer or no clear one came. What does
not: a try that is made again (a young friendship, the network), "too frequent", which has a silence of its own, what
the channel cannot do at all, and what was under way when the program itself fell over. Whatever arrives sets the count
back. Alerts on their way to a channel say nothing of the account, and are not told of by alerts.
"""

from __future__ import annotations

from handlers import alerts, outcomes, staff
from handlers.values import address
from models import effects as fx
from models.alerts import AlertKind
from models.context import Context, DeliveryView
from models.deliveries import Cause, DeliveryKind, DeliveryState
from models.effects import Effect
from models.events import SendAnswered

PAUSED = "账号「{name}」连着 {count} 次没发成，已经自己停发。查清原因后发 /恢复 继续。"
UNKNOWN = "账号「{name}」有一条不确定发没发出去：{subject}。请在手机上看一眼，再到电脑上核对。"
NOT_GREETED = (
    "没能跟{who}（{contact}）打上招呼，平台一直拒收。要问的照常会问，方便的话用账号的手机跟 TA 说一句。"
    "这一小时里再有这样的不另外提醒，都在发送记录的「发送失败」里。"
)


def answered(event: SendAnswered, context: Context) -> list[Effect]:
    """Settle the delivery, count what fails, and tell what a human must know."""
    effects = outcomes.answered(event, context)
    delivery = context.delivery
    if delivery is None or delivery.cause == Cause.ALERT:
        return effects
    if event.answer in ("sent", "awaiting_tap"):
        return [*effects, *_none(context, event.account)]
    ends = {one.state for one in effects if isinstance(one, fx.Settle)}
    if DeliveryState.UNKNOWN in ends:
        effects += _uncertain(event, context, delivery)
    if DeliveryState.FAILED in ends and (delivery.cause, delivery.kind) == (Cause.GREETING, DeliveryKind.TEXT):
        effects += _not_greeted(event, context)
    if event.answer != "crash" and ends & {DeliveryState.FAILED, DeliveryState.UNKNOWN}:
        effects += _one_more(event, context)
    return effects


def arrived(delivery: DeliveryView, context: Context) -> list[Effect]:
    """An echo proves that a send went well of which that was not known."""
    uncertain = delivery.state in (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
    return _none(context, delivery.account) if uncertain else []


def _none(context: Context, account: str) -> list[Effect]:
    return [fx.CountFailures(account=account, failures=0)] if context.account.failures else []


def _one_more(event: SendAnswered, context: Context) -> list[Effect]:
    count, account = context.account.failures + 1, event.account
    if count < context.merchant.playbook.pause_after_failures:
        return [fx.CountFailures(account=account, failures=count)]
    # From here on it is a human's, who lets it begin anew.
    begin_anew = fx.CountFailures(account=account, failures=0)
    text = PAUSED.format(name=context.account.name or account, count=count)
    told = alerts.raised(event.at, context, AlertKind.PAUSED, account, text, account=account, staff=True)
    if not told:  # it is paused, and only what commands are answered with still fails
        return [begin_anew]
    why = f"{count} failures in a row"
    return [
        begin_anew,
        fx.PutPause(scope="account", subject=account, by="bot", reason=why),
        fx.Audit(actor="bot", action="pause", target=account, reason=why),
        *told,
    ]


def _not_greeted(event: SendAnswered, context: Context) -> list[Effect]:
    """A greeting is tried no more, and the survey goes on without it. The staff reads of the first in an hour."""
    person = context.person
    if person is None:
        return []
    who = address(context.merchant.playbook, person) or person.wire_id
    text = NOT_GREETED.format(who=who, contact=person.wire_id)
    return staff.notes(
        context, event.account, f"not_greeted:{event.account}:{event.at:%Y%m%dT%H}", text, Cause.HANDOFF, person
    )


def _uncertain(event: SendAnswered, context: Context, delivery: DeliveryView) -> list[Effect]:
    subject = delivery.key if delivery.part == 1 else f"{delivery.key}:{delivery.part}"
    text = UNKNOWN.format(name=context.account.name or event.account, subject=subject)
    return alerts.raised(
        event.at, context, AlertKind.UNKNOWN, subject, text, account=event.account, delivery_id=delivery.id
    )
