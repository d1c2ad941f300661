"""/绑定: a group becomes ours by a command given in it."""

from __future__ import annotations

from handlers import decide
from models import effects as fx
from models.context import Context
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.orders import SeatsChanged
from tests.handlers.builders import AT, ROOM, audits, context, group, playbook, says, staff, texts

BOOK = playbook(tiers=[{"name": "分院"}, {"name": "茶桌"}])


def _bind(line: str, known: Context) -> list[Effect]:
    return decide(says(line, group=ROOM), known)


def test_binding_in_the_room() -> None:
    assert _bind("/绑定 茶桌", context(BOOK, person=staff(), group=group())) == [
        fx.BindGroup(group_id=21, tier="茶桌", bound_at=AT),
        fx.Follow(event=SeatsChanged(merchant="m1", at=AT, tier="茶桌")),
        fx.Audit(actor="wx1", action="bind", place=ROOM, reason="茶桌"),
        fx.Send(
            key="command:wx1:e1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.COMMAND,
            group_id=21,
            text="好，本群绑定为「茶桌」。",
        ),
    ]


def test_binding_wrongly() -> None:
    known = context(BOOK, person=staff(), group=group())
    assert texts(_bind("/绑定 茶卓", known)) == ["没有「茶卓」这个层级。现有：分院、茶桌。"]
    assert texts(_bind("/绑定", known)) == ["绑到哪个层级？写上层级名，现有：分院、茶桌。"]
    effects = decide(says("/绑定 茶桌"), context(BOOK, person=staff()))
    assert texts(effects) == ["/绑定 要在群里发。"]
    assert audits(effects) == [("bind", "refused", "wrong_place")]
