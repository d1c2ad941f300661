"""Which orders a role may give, and who may sign in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from content_calendar.entry import Entry, to_json
from handlers import decide, rights
from models import effects as fx
from models.context import DeliveryView, GroupView
from models.operations import Role
from models.orders import (
    DescribePersonOrder,
    ErasePersonOrder,
    ImportEntriesOrder,
    ImportPlaybookOrder,
    InviteOperatorOrder,
    MergeOrder,
    Order,
    PauseOrder,
    RemoveOperatorOrder,
    SayOrder,
    SettleDeliveryOrder,
    UnbindGroupOrder,
)
from tests.handlers.builders import AT, context, friendship, group, person


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


THEIRS = person("wx2", 2, friendships=friendship(account="second"))
BOTH = person("wx3", 3, friendships=friendship() | friendship(account="second"))
MINE = person("wx1", 1)
HALL, OTHER_HALL = group(1, tier="堂口"), GroupView(id=29, wire_id="room-9@chatroom", account="second", tier="堂口")
SENT = DeliveryView(id=7, key="k", part=1, account="second", kind="text", cause="chat", state="unknown")


def _entry(**what: Any) -> tuple[tuple[str, str, str], ...]:
    return (("e1", "r", to_json(Entry(key="e1", text="早", **what)).decode()),)


@pytest.mark.parametrize(
    ("kind", "what", "allowed"),
    [
        (DescribePersonOrder, {"contact": "wx1", "add": ("老客",)}, True),
        (DescribePersonOrder, {"contact": "wx2", "add": ("老客",)}, False),
        (DescribePersonOrder, {"contact": "nobody", "add": ("老客",)}, False),
        (DescribePersonOrder, {"contact": "wx3", "add": ("老客",)}, True),
        (ErasePersonOrder, {"contact": "wx3"}, False),
        (MergeOrder, {"kept": "wx1", "other": "wx2"}, False),
        (SayOrder, {"contact": "wx2", "account": "second", "text": "在吗"}, False),
        (SayOrder, {"group": "room-9@chatroom", "account": "main", "text": "在吗"}, False),
        (SettleDeliveryOrder, {"delivery": 7, "outcome": "sent"}, False),
        (PauseOrder, {"scope": "account", "subject": "main"}, True),
        (PauseOrder, {"scope": "account", "subject": "second"}, False),
        (PauseOrder, {"scope": "all"}, False),
        (UnbindGroupOrder, {"group": "room-9@chatroom"}, False),
        (ImportEntriesOrder, {"entries": _entry(groups=("room-1@chatroom",))}, True),
        (ImportEntriesOrder, {"entries": _entry(groups=("room-9@chatroom",))}, False),
        (ImportEntriesOrder, {"entries": _entry(tiers=("堂口",))}, False),
        (ImportPlaybookOrder, {"revision": "r2", "body": "{}"}, False),
        (InviteOperatorOrder, {"name": "小李", "role": "owner", "invitation": "x", "until": AT}, False),
    ],
)
def test_whoever_looks_after_one_account_orders_nothing_of_another(
    kind: type[Order], what: dict[str, Any], allowed: bool
) -> None:
    order = kind(merchant="m1", at=AT, actor="console:小林", within="main", **what)
    here = context(
        people=[MINE, THEIRS, BOTH],
        person={"wx1": MINE, "wx2": THEIRS, "wx3": BOTH}.get(what.get("contact", "")),
        groups=[HALL, OTHER_HALL],
        group=OTHER_HALL if "group" in what else None,
        delivery=SENT if "delivery" in what else None,
    )
    effects = decide(order, here)
    audits = [one for one in effects if isinstance(one, fx.Audit)]
    assert all((one.reason == "not_permitted(within main)") is not allowed for one in audits)
    assert [one.result for one in audits] == (["ok"] if allowed else ["refused"])
    if not allowed:
        assert len(effects) == 2  # on record, and told


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


def test_a_name_with_what_nobody_sees_is_refused_with_that_word() -> None:
    _, answered = decide(invite(name="小\u202e林"), context())
    assert isinstance(answered, fx.Answered)
    assert "看不见的字符" in answered.refused


def test_nobody_removes_or_demotes_themselves() -> None:
    removal = RemoveOperatorOrder(merchant="m1", at=AT, actor="console:店主", rights=Role.OWNER, name="店主")
    for order in (removal, invite(name="店主", role="viewer")):
        effects = decide(order, context())
        assert not any(isinstance(effect, fx.DropOperator | fx.PutOperator) for effect in effects)
        assert any(isinstance(effect, fx.Answered) and "另一位老板" in effect.refused for effect in effects)
