"""Roles count where they were given."""

from __future__ import annotations

import pytest

from handlers import decide
from handlers.roles import roles_of
from models import effects as fx
from models.context import RoleView
from models.orders import GrantRoleOrder
from tests.handlers.builders import AT, ROOM, context, person


@pytest.mark.parametrize(
    ("given", "account", "group", "counts"),
    [
        (RoleView(role="admin"), "main", "", True),
        (RoleView(role="admin"), "main", ROOM, True),
        (RoleView(role="admin", account="main"), "main", ROOM, True),
        (RoleView(role="admin", account="second"), "main", "", False),
        (RoleView(role="hall", group=ROOM), "main", ROOM, True),
        (RoleView(role="hall", group=ROOM), "main", "", False),
        (RoleView(role="hall", group="room-2@chatroom"), "main", ROOM, False),
    ],
)
def test_where_a_role_counts(given: RoleView, account: str, group: str, counts: bool) -> None:
    assert roles_of(person(roles=(given,)), account, group) == ({given.role} if counts else set())


@pytest.mark.parametrize(("revoke", "word"), [(False, "现在是"), (True, "不再是")])
def test_an_order_gives_and_takes_it(revoke: bool, word: str) -> None:
    order = GrantRoleOrder(merchant="m1", at=AT, contact="wx1", role="hall", group=ROOM, revoke=revoke)
    action = "role.revoke" if revoke else "role.grant"
    assert decide(order, context(person=person())) == [
        fx.PutRole(wire_id="wx1", role="hall", group=ROOM, granted_by="operator", revoked=revoke),
        fx.Audit(actor="operator", action=action, target="wx1", place=ROOM, reason="hall"),
        fx.Answered(text=f"wx1 {word}堂主。"),
    ]


def test_a_role_that_there_is_not_is_refused() -> None:
    audit, told = decide(GrantRoleOrder(merchant="m1", at=AT, contact="wx1", role="king"), context(person=person()))
    assert isinstance(audit, fx.Audit)
    assert isinstance(told, fx.Answered)
    assert (audit.result, told.refused[:12]) == ("refused", "没有角色「king」，可")
