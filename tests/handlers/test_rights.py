"""Which orders a role may give, and who may sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import decide, rights
from models import effects as fx
from models.operations import Role
from models.orders import InviteOperatorOrder, Order, RemoveOperatorOrder, SettleDeliveryOrder, UnbindGroupOrder
from tests.handlers.builders import AT, context


def invite(by: Role = Role.OWNER, **what: Any) -> InviteOperatorOrder:
    given: dict[str, Any] = {"name": "小林", "role": "viewer", "invitation": "abc", "until": AT + timedelta(days=1)}
    return InviteOperatorOrder(merchant="m1", at=AT, actor="console:店主", rights=by, **(given | what))


@pytest.mark.parametrize(
    ("kind", "able"),
    [
        (UnbindGroupOrder, {Role.OWNER, Role.ADMIN}),
        (SettleDeliveryOrder, {Role.OWNER, Role.ADMIN, Role.BRANCH, Role.HALL}),
        (InviteOperatorOrder, {Role.OWNER}),
    ],
)
def test_who_may_order_what(kind: type[Order], able: set[Role]) -> None:
    assert {role for role in Role if rights.may(role, kind)} == able


def test_a_viewer_is_refused_on_record() -> None:
    order = SettleDeliveryOrder(
        merchant="m1", at=AT, actor="console:小林", rights=Role.VIEWER, delivery=7, outcome="sent"
    )
    assert decide(order, context()) == [
        fx.Audit(
            actor="console:小林", action="order.settle_delivery", result="refused", reason="not_permitted(viewer)"
        ),
        fx.Answered(refused="您的角色是「只看」，这件事请找老板、管理员、舵主、堂主。"),
    ]


def test_an_admin_may_not_invite_for_they_could_invite_the_owner() -> None:
    (_audit, answered) = decide(invite(Role.ADMIN), context())
    assert isinstance(answered, fx.Answered)
    assert answered.refused


def test_the_owner_invites_and_removes() -> None:
    put, audit, _answered = decide(invite(), context())
    assert put == fx.PutOperator(
        name="小林", role="viewer", invitation="abc", until=AT + timedelta(days=1), by="console:店主"
    )
    assert audit == fx.Audit(actor="console:店主", action="operator.invite", target="小林", reason="viewer")
    drop, *_ = decide(RemoveOperatorOrder(merchant="m1", at=AT, name="小林"), context())
    assert drop == fx.DropOperator(name="小林")


@pytest.mark.parametrize("what", [{"name": " "}, {"name": "长" * 41}, {"role": "king"}, {"pool": "nobody"}])
def test_what_makes_no_sense_is_refused(what: dict[str, Any]) -> None:
    audit, answered = decide(invite(**what), context())
    assert isinstance(audit, fx.Audit)
    assert audit.result == "refused"
    assert isinstance(answered, fx.Answered)
    assert answered.refused


def test_nobody_removes_or_demotes_themselves() -> None:
    removal = RemoveOperatorOrder(merchant="m1", at=AT, actor="console:店主", rights=Role.OWNER, name="店主")
    for order in (removal, invite(name="店主", role="viewer")):
        effects = decide(order, context())
        assert not any(isinstance(effect, fx.DropOperator | fx.PutOperator) for effect in effects)
        assert any(isinstance(effect, fx.Answered) and "另一位老板" in effect.refused for effect in effects)
