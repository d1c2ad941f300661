"""An entry is sent back by whoever has seen it as it is; its next occurrence is passed over, and comes after all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from content_calendar.entry import Entry
from content_calendar.moving import without
from handlers import decide
from models import effects as fx
from models.context import EntryView
from models.deliveries import DeliveryState
from models.operations import Role
from models.orders import ApproveEntryOrder, RejectEntryOrder, SkipEntryOrder
from tests.handlers.builders import AT, hours
from tests.handlers.test_calendar import NINE, TODAY, _started, entry, importing, row, view

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
    passes = without(ONCE, TOMORROW)
    ended, put, ring, audit, _ = skipping(TOMORROW, view(ONCE))
    assert ended == fx.EndWaiting(entry="a-1", occurrence="2026-11-24", state=DeliveryState.CANCELLED)
    assert put == fx.PutEntries(entries=(row(passes),), author="operator", approved=True)
    assert ring == fx.DropTimer(kind="entry", subject="a-1")
    assert audit == fx.Audit(actor="operator", action="calendar.skip", target="a-1", reason="2026-11-24")
    put, again, _, _ = skipping(TOMORROW, view(passes, skipped=("2026-11-24",)), undo=True)
    assert put == fx.PutEntries(entries=(row(ONCE),), author="operator", approved=True)
    assert again == fx.PutTimer(kind="entry", subject="a-1", at=NINE + hours(24))


def test_one_after_the_other_is_skipped_and_who_wrote_it_still_has() -> None:
    daily = without(entry(rule="daily"), TOMORROW)
    waits = view(daily, skipped=("2026-11-24",), approved=False, author="wx-writer", open=("2026-11-23",))
    _, put, ring, replan, _, _ = skipping(date(2026, 11, 25), waits)
    new = without(daily, date(2026, 11, 25))
    assert put == fx.PutEntries(entries=(row(new),), author="wx-writer", approved=False)
    assert ring == fx.PutTimer(kind="entry", subject="a-1", at=NINE + hours(72))
    assert isinstance(replan, fx.Replan)


def test_a_day_that_the_entry_leaves_out_by_itself_is_not_restored() -> None:
    assert "恢复不了" in refusal(skipping(TOMORROW, view(without(ONCE, TOMORROW)), undo=True))


@pytest.mark.parametrize("edited", [entry(), entry(text="改过")])
def test_a_file_that_does_not_know_of_it_does_not_bring_back_what_was_skipped(edited: Entry) -> None:
    known = view(without(entry(), TOMORROW), skipped=("2026-11-24",))
    effects = decide(importing(edited), _started(known))
    put = [one for effect in effects if isinstance(effect, fx.PutEntries) for one in effect.entries]
    assert put == ([row(without(edited, TOMORROW))] if edited != entry() else [])
    restored = view(entry(), skipped=("2026-11-24",))  # an editor has taken the day out of it
    assert not [one for one in decide(importing(entry()), _started(restored)) if isinstance(one, fx.PutEntries)]


def test_of_what_is_past_only_what_is_open_ends() -> None:
    ended, _, answered = skipping(TODAY, view(ONCE))
    assert ended == fx.EndWaiting(entry="a-1", occurrence=TODAY.isoformat(), state=DeliveryState.CANCELLED)
    assert "没发出去的不发了" in getattr(answered, "text", "")
    assert "恢复不了" in refusal(skipping(TODAY, view(ONCE), undo=True))
    assert "只能跳过下一次" in refusal(skipping(THURSDAY, view(entry(rule="daily", date=TODAY))))


def test_who_may_only_look_decides_nothing() -> None:
    assert "请找" in refusal(decide(rejecting(rights=Role.VIEWER), _started(view(TALK, approved=False))))
    assert "请找" in refusal(skipping(TOMORROW, view(ONCE), rights=Role.VIEWER))
