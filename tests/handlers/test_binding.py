"""A group becomes ours by an operator's order, and only by its id."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from models import effects as fx
from models.context import GroupView
from models.effects import Effect
from models.orders import BindGroupOrder, SeatsChanged, UnbindGroupOrder
from tests.handlers.builders import AT, ROOM, boss, context, group, hours, of, playbook

BOOK = playbook(tiers=[{"name": "总院"}, {"name": "分院", "parent": "总院"}, {"name": "茶桌", "parent": "分院"}])


def seats_changed(tier: str) -> Effect:
    return fx.Follow(event=SeatsChanged(merchant="m1", at=AT, tier=tier))


def order(tier: str = "茶桌", **more: Any) -> BindGroupOrder:
    return BindGroupOrder(merchant="m1", at=AT, group=ROOM, tier=tier, **more)


def test_an_order_binds_a_group_and_fills_it() -> None:
    parent = group(2, "分院")
    known = context(BOOK, group=group(), groups=[parent], people=[boss()])
    assert decide(order(parent=parent.wire_id, owner="wx-boss", account="second"), known) == [
        fx.BindGroup(group_id=21, tier="茶桌", bound_at=AT, parent_id=22, owner_contact_id=19, account="second"),
        fx.ClaimMembers(group_id=21),
        seats_changed("茶桌"),
        fx.Audit(actor="operator", action="group.bind", target=ROOM, reason="茶桌"),
        fx.Answered(text="room-1@chatroom 已绑定为「茶桌」"),
    ]


def test_bound_again_it_keeps_its_place_its_parent_and_its_owner() -> None:
    known = group(1, "茶桌", bound_at=AT - hours(9), parent_id=22, owner_contact_id=19)
    (bound,) = of(fx.BindGroup, decide(order(), context(BOOK, group=known)))
    assert bound == fx.BindGroup(group_id=21, tier="茶桌", bound_at=AT - hours(9), parent_id=22, owner_contact_id=19)
    (moved,) = of(fx.BindGroup, decide(order("分院"), context(BOOK, group=known)))
    assert moved.bound_at == AT


def test_a_room_that_nobody_has_seen_may_be_bound_and_belongs_to_the_first_account() -> None:
    unseen = GroupView(id=21, wire_id=ROOM, account="")
    effects = decide(order(), context(BOOK, group=unseen))
    assert of(fx.BindGroup, effects)[0].account == "main"
    assert "还没见过" in of(fx.Answered, effects)[0].text


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (order("茶卓"), "没有层级「茶卓」，现有：总院、分院、茶桌"),
        (order(parent="room-9@chatroom"), "上级群 room-9@chatroom 还没有绑定"),
    ],
)
def test_a_wrong_order_is_refused_and_audited(wrong: BindGroupOrder, why: str) -> None:
    assert decide(wrong, context(BOOK, group=group())) == [
        fx.Audit(actor="operator", action="group.bind", target=ROOM, result="refused", reason=why),
        fx.Answered(refused=why),
    ]


def test_unbinding() -> None:
    unbinding = UnbindGroupOrder(merchant="m1", at=AT, group=ROOM)
    assert decide(unbinding, context(BOOK, group=group(1, "茶桌"))) == [
        fx.BindGroup(group_id=21, tier=None),
        fx.Audit(actor="operator", action="group.unbind", target=ROOM),
        fx.Answered(text="room-1@chatroom 已解绑"),
    ]
    for known in (None, group()):
        (audit, told) = decide(unbinding, context(BOOK, group=known))
        assert isinstance(audit, fx.Audit)
        assert audit.result == "refused"
        assert told == fx.Answered(refused="群 room-1@chatroom 没有绑定")
