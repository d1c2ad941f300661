"""停发 and 恢复 by an operator: as by the commands of the chat (`handlers.command_answers`)."""

from __future__ import annotations

from handlers.command_answers import RESUMED, scope_name
from models import effects as fx
from models.alerts import AlertKind
from models.context import Context
from models.effects import Effect
from models.orders import PauseOrder

PAUSED = "好，{scope}停发了，排着的先等着。"
NO_SUCH = "没有这个：{scope} {subject}"


def ordered(order: PauseOrder, context: Context) -> list[Effect]:
    """An account, a group or everything is silent until somebody says otherwise."""
    action = "resume" if order.resumed else "pause"
    target = f"{order.scope} {order.subject}".strip()
    if not _is_known(order, context):
        why = NO_SUCH.format(scope=order.scope[:20], subject=order.subject[:64])
        return [
            fx.Audit(actor=order.actor, action=action, target=target[:90], result="refused", reason=why),
            fx.Answered(refused=why),
        ]
    effects: list[Effect] = [
        fx.PutPause(scope=order.scope, subject=order.subject, by=order.actor, resumed=order.resumed),
        fx.Audit(actor=order.actor, action=action, target=target),
        fx.Answered(text=(RESUMED if order.resumed else PAUSED).format(scope=scope_name(order.scope, order.subject))),
    ]
    if order.resumed and order.scope == "account":  # it may have stopped itself
        effects.append(fx.EndAlert(kinds=(AlertKind.PAUSED,), subject=order.subject))
    return effects


def _is_known(order: PauseOrder, context: Context) -> bool:
    match order.scope:
        case "all":
            return not order.subject
        case "account":
            return order.subject in context.merchant.accounts
        case _:
            return False
