"""Roles: which of them count where, and how an operator's order gives and takes them, to a stable id."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from models import effects as fx
from models.context import Context, PersonView, RoleView
from models.effects import Effect
from models.operations import Role
from models.orders import GrantRoleOrder

ROLE_NAMES: Mapping[Role, str] = {
    Role.OWNER: "老板",
    Role.ADMIN: "管理员",
    Role.BRANCH: "舵主",
    Role.HALL: "堂主",
    Role.HELPER: "帮手",
    Role.AUTHOR: "撰稿",
    Role.VIEWER: "只看",
}


def roles_of(person: PersonView, account: str, group: str) -> frozenset[Role]:
    """The roles that count in a conversation: those given for everywhere, for this account, or for this group.

    Without a group, those that are not limited to one.
    """
    return _that_count(person.roles, account, group) if person.roles else _NONE


_NONE: frozenset[Role] = frozenset()


@lru_cache(maxsize=1_024)  # the few who have any say much, and are asked for them several times a message
def _that_count(roles: tuple[RoleView, ...], account: str, group: str) -> frozenset[Role]:
    return frozenset(
        Role(given.role) for given in roles if given.account in ("", account) and given.group in ("", group)
    )


def granted(order: GrantRoleOrder, _context: Context) -> list[Effect]:
    """Grant or revoke."""
    action = "role.revoke" if order.revoke else "role.grant"
    if order.role not in set(Role):
        why = f"没有角色「{order.role}」，可以是：{'、'.join(Role)}"
        return [
            fx.Audit(actor=order.actor, action=action, target=order.contact, result="refused", reason=why),
            fx.Answered(refused=why),
        ]
    return [
        fx.PutRole(
            wire_id=order.contact,
            role=order.role,
            account=order.account,
            group=order.group,
            granted_by=order.actor,
            revoked=order.revoke,
            until=order.until,
        ),
        fx.Audit(actor=order.actor, action=action, target=order.contact, place=order.group, reason=order.role),
        fx.Answered(text=f"{order.contact} {'不再是' if order.revoke else '现在是'}{ROLE_NAMES[Role(order.role)]}。"),
    ]
