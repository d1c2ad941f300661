"""Who may sign in to the console: invited and removed by the owner, like everything else on record."""

from __future__ import annotations

from models import effects as fx
from models import orders
from models.context import Context
from models.effects import Effect
from models.operations import Role

LONGEST_NAME = 40
NOT_YOURSELF = "不能去掉自己，也不能给自己换角色，请另一位老板来。"


def invite(order: orders.InviteOperatorOrder, context: Context) -> list[Effect]:
    """Let somebody set a password by a one-time link; whoever could sign in already has a new one to set."""
    action, name = "operator.invite", order.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return _refuse(order, action, name[:LONGEST_NAME], f"名字要有 1 到 {LONGEST_NAME} 个字，不能有看不见的字符")
    if order.role not in set(Role):
        return _refuse(order, action, name, f"没有角色「{order.role}」，可以是：{'、'.join(Role)}")
    if order.pool and order.pool not in context.merchant.accounts:
        known = "、".join(context.merchant.accounts)
        return _refuse(order, action, name, f"没有账号「{order.pool}」，现有：{known}")
    if _is_about_themselves(order, name) and order.role != Role.OWNER:
        return _refuse(order, action, name, NOT_YOURSELF)
    return [
        fx.PutOperator(
            name=name,
            role=order.role,
            account=order.pool,
            invitation=order.invitation,
            until=order.until,
            by=order.actor,
        ),
        fx.Audit(actor=order.actor, action=action, target=name, place=order.pool, reason=order.role),
        fx.Answered(text=f"{name} 的链接一天内有效，只能用一次。"),
    ]


def remove(order: orders.RemoveOperatorOrder) -> list[Effect]:
    """Somebody may not sign in any longer, and is signed out."""
    if _is_about_themselves(order, order.name):
        return _refuse(order, "operator.remove", order.name, NOT_YOURSELF)
    return [
        fx.DropOperator(name=order.name),
        fx.Audit(actor=order.actor, action="operator.remove", target=order.name),
        fx.Answered(text=f"{order.name} 不能再登录了。"),
    ]


def _is_about_themselves(order: orders.Order, name: str) -> bool:
    """So that there is always an owner left."""
    return order.actor == f"console:{name}"


def _refuse(order: orders.Order, action: str, target: str, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=target, result="refused", reason=why),
        fx.Answered(refused=why),
    ]
