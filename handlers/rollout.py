"""分批: an entry that went to some groups goes on to the next ones by itself, unless too many left or complained."""

from __future__ import annotations

from collections.abc import Mapping

from content_calendar.entry import from_json
from content_calendar.rollout import admitted, parse_rollout
from handlers import staff
from models import effects as fx
from models import timers
from models.chance import chance
from models.context import Context, MerchantView, RolloutView
from models.deliveries import Cause
from models.effects import Effect
from models.events import TimerDue

STOPPED = "「{key}」先发的 {groups} 个群里，{why}，后面的群我先不发。要接着发回 /通过 {key}，不发回 /退回 {key}。"
LEFT = "{reached} 人走了 {leaves} 个"
COMPLAINED = "有 {complaints} 位投诉"


def due(event: TimerDue, context: Context) -> list[Effect]:
    """The wait after a stage is over."""
    occurrence, number, key = timers.rollout_of(event.subject)
    gone = fx.DropTimer(kind=timers.ROLLOUT, subject=event.subject)
    view = next((entry for entry in context.entries if entry.key == key), None)
    sent = context.rolled_out
    if view is None or sent is None:
        return [gone]
    stages = parse_rollout(from_json(view.body).rollout)
    if why := _too_much(context, sent):
        told = STOPPED.format(key=key, groups=sent.groups, why=why)
        return [
            gone,
            fx.Audit(actor="bot", action="calendar.rollout", target=key, result="refused", reason=why),
            *staff.notes(context, event.account, f"rollout:{key}:{occurrence}:{number}", told, Cause.COMMAND),
        ]
    is_last = number >= len(stages)
    go_on = fx.GoOn(
        entry=key, occurrence=occurrence, rollout="" if is_last else from_json(view.body).rollout, stages=number + 1
    )
    if is_last:
        return [go_on, gone]
    following = timers.rollout_subject(occurrence, number + 1, key)
    return [go_on, gone, fx.PutTimer(kind=timers.ROLLOUT, subject=following, at=event.at + stages[number].wait)]


def first_ones(
    merchant: MerchantView, entry: str, rollout: str, rooms: Mapping[str, str | None], stages: int = 1
) -> set[str]:
    """The rooms, given with their tiers, that have an entry after so many stages."""
    return admitted(parse_rollout(rollout)[:stages], rooms, lambda room: chance(merchant.seed, f"{entry} {room}"))


def _too_much(context: Context, sent: RolloutView) -> str:
    """Why it does not go on; empty where it does."""
    bound = context.merchant.playbook.rollout
    if bound.leaves is not None and sent.leaves > bound.leaves * sent.reached:
        return LEFT.format(reached=sent.reached, leaves=sent.leaves)
    if bound.complaints is not None and sent.complaints > bound.complaints:
        return COMPLAINED.format(complaints=sent.complaints)
    return ""
