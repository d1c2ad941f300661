"""An entry is sent back by whoever has seen it as it is; its next occurrence is passed over, and comes after all."""

from __future__ import annotations

from datetime import date
from typing import Any

from content_calendar.entry import Entry
from handlers import decide
from models import effects as fx
from models.context import EntryView
from models.deliveries import DeliveryState
from models.operations import Role
from models.orders import ApproveEntryOrder, RejectEntryOrder, SkipEntryOrder
from tests.handlers.builders import AT, hours
from tests.handlers.test_calendar import NINE, TODAY, _started, entry, view

TOMORROW = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)
TALK = entry()
ONCE = entry(rule="", date=TOMORROW)


def refusal(effects: list[fx.Effect]) -> str:
    (answered,) = (one for one in effects if isinstance(one, fx.Answered))
    return answered.refused


def rejecting(one: Entry = TALK, **more: Any) -> RejectEntryOrder:
    return RejectEntryOrder(merchant="m1", at=AT, **{"key": one.key, "revision": one.revision, "why": "太长", **more})


def skipping(day: date, *views: EntryView, **more: Any) -> list[fx.Effect]:
    return decide(SkipEntryOrder(merchant="m1", at=AT, key="a-1", day=day, **more), _started(*views))


def test_what_waits_is_sent_back_with_the_reason_on_record() -> None:
    ended, draft, audit, answered = decide(rejecting(), _started(view(TALK, approved=False)))
    assert ended == fx.EndWaiting(entry="a-1", state=DeliveryState.SKIPPED, reason="not_approved")
    assert draft == fx.MarkDraft(entry="a-1", draft=True)
    assert audit == fx.Audit(actor="operator", action="calendar.reject", target="a-1", reason="太长")
    assert answered == fx.Answered(text="已退回")


def test_what_is_not_as_it_was_seen_is_neither_sent_back_nor_approved() -> None:
    changed = _started(view(entry(text="改过了"), approved=False))
    assert "别人刚改过" in refusal(decide(rejecting(), changed))
    order = ApproveEntryOrder(merchant="m1", at=AT, key="a-1", revision=TALK.revision)
    assert "别人刚改过" in refusal(decide(order, changed))
    assert "已经通过了" in refusal(decide(rejecting(), _started(view(TALK))))
    assert "没有排期" in refusal(decide(rejecting(key="b"), _started()))


def test_the_only_occurrence_is_skipped_and_comes_after_all() -> None:
    ended, ring, audit, _ = skipping(TOMORROW, view(ONCE))
    assert ended == fx.EndWaiting(entry="a-1", occurrence="2026-11-24", state=DeliveryState.CANCELLED)
    assert ring == fx.DropTimer(kind="entry", subject="a-1")
    assert audit == fx.Audit(actor="operator", action="calendar.skip", target="a-1", reason="2026-11-24")
    again, _, _ = skipping(TOMORROW, view(ONCE), undo=True)
    assert again == fx.PutTimer(kind="entry", subject="a-1", at=NINE + hours(24))


def test_of_what_is_past_only_what_is_open_ends() -> None:
    ended, _, answered = skipping(TODAY, view(ONCE))
    assert ended == fx.EndWaiting(entry="a-1", occurrence=TODAY.isoformat(), state=DeliveryState.CANCELLED)
    assert "没发出去的不发了" in getattr(answered, "text", "")
    assert "恢复不了" in refusal(skipping(TODAY, view(ONCE), undo=True))
    assert "只能跳过下一次" in refusal(skipping(THURSDAY, view(entry(rule="daily", date=TODAY))))


def test_who_may_only_look_decides_nothing() -> None:
    assert "请找" in refusal(decide(rejecting(rights=Role.VIEWER), _started(view(TALK, approved=False))))
    assert "请找" in refusal(skipping(TOMORROW, view(ONCE), rights=Role.VIEWER))
