"""Which orders a role may give. The command line gives its orders with the owner's rights, the console with those of
whoever signed in; a slash-command has a table of its own (`handlers.commands`)."""

from __future__ import annotations

from handlers import pools
from handlers.command_call import CHIEFS, KEEPERS
from handlers.roles import ROLE_NAMES
from models import effects as fx
from models import orders
from models.context import Context
from models.effects import Effect
from models.operations import Role

NOT_YOURS = "您的角色是「{role}」，这件事请找{who}。"
NOT_IN_YOUR_POOL = "您只管一个账号，这件事不止它，请找管全店的老板。"

# What is not named here is the owner's and the admins'.
_WHOSE: dict[type[orders.Order], tuple[Role, ...]] = {
    orders.SettleDeliveryOrder: KEEPERS,
    orders.KeepMediaOrder: (*CHIEFS, Role.AUTHOR),
    orders.WriteEntryOrder: (*CHIEFS, Role.AUTHOR),  # whose entries wait for a chief's word
    # whoever invites could invite themselves anew, as somebody else
    orders.InviteOperatorOrder: (Role.OWNER,),
    orders.RemoveOperatorOrder: (Role.OWNER,),
}


def may(role: Role, kind: type[orders.Order]) -> bool:
    """Whether a role may give an order of this kind: pages grey out what would be refused."""
    return role in _WHOSE.get(kind, CHIEFS)


def refused(order: orders.Order, context: Context) -> list[Effect]:
    """Why this order is not carried out; nothing if it may be."""
    if not may(order.rights, type(order)):
        able = [ROLE_NAMES[role] for role in Role if may(role, type(order))]
        told, reason = NOT_YOURS.format(role=ROLE_NAMES[order.rights], who="、".join(able)), str(order.rights)
    elif pools.reaches_beyond(order, context):
        told, reason = NOT_IN_YOUR_POOL, f"within {order.within}"
    else:
        return []
    action = str(type(order).__struct_config__.tag)
    return [
        fx.Audit(actor=order.actor, action=action, result="refused", reason=f"not_permitted({reason})"),
        fx.Answered(refused=told),
    ]
