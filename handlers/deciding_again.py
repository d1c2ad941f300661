"""What the program could not deal with is decided once more, when somebody has mended why."""

from __future__ import annotations

from models import effects as fx
from models.context import Context
from models.effects import Effect
from models.orders import DecideAgainOrder

NONE = "没有处理不了的事。"
UNKNOWN = "没有处理不了的事「{ids}」，events list 里看编号。"
LOST = "这些事没法重新处理：内容已经删了，或者只说当时的情况。"
DONE = "重新处理了 {count} 件。"
SOME_LOST = "另有 {count} 件没法重新处理：内容已经删了，或者只说当时的情况。"


def ordered(order: DecideAgainOrder, context: Context) -> list[Effect]:
    """Decide them in the order in which they came, each on what is known by now."""
    known = {one.journal_id for one in context.failed}
    again = [one for one in context.failed if one.event is not None]
    if unknown := [one for one in order.events if one not in known]:
        return _refuse(order, UNKNOWN.format(ids="、".join(map(str, unknown))))
    if not again:
        return _refuse(order, LOST if known else NONE)
    told = DONE.format(count=len(again))
    if lost := len(known) - len(again):
        told += SOME_LOST.format(count=lost)
    return [
        *(fx.Follow(event=one.event, journal_id=one.journal_id) for one in again if one.event is not None),
        fx.Audit(actor=order.actor, action="events.again", target=str(len(again))),
        fx.Answered(text=told),
    ]


def _refuse(order: DecideAgainOrder, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action="events.again", result="refused", reason=why),
        fx.Answered(refused=why),
    ]
