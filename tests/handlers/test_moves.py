"""An entry goes to another day: by whoever has seen it as it is, and never to one that is past."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from content_calendar.entry import Entry
from handlers import decide
from models import effects as fx
from models.context import EntryView
from models.operations import Role
from models.orders import MoveEntryOrder
from tests.handlers.builders import AT, hours, of
from tests.handlers.test_calendar import NINE, TODAY, _started, entry, row, view

TOMORROW = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)
TASTING = entry(rule="", date=TOMORROW)
MOVED = entry(rule="", date=THURSDAY)


def moving(one: Entry = TASTING, day: date = TOMORROW, to: date = THURSDAY, **more: Any) -> MoveEntryOrder:
    return MoveEntryOrder(
        merchant="m1", at=AT, **{"key": one.key, "revision": one.revision, "day": day, "to": to, **more}
    )


def decided(order: MoveEntryOrder, *views: EntryView, **book: Any) -> list[fx.Effect]:
    return decide(order, _started(*views, **book))


def test_it_rings_on_the_other_day_and_what_is_open_goes_along() -> None:
    put, ring, open_one, audit, answered = decided(moving(), view(TASTING, open=(TOMORROW.isoformat(),)))
    assert put == fx.PutEntries(entries=(row(MOVED),), author="operator", approved=True)
    assert ring == fx.PutTimer(kind="entry", subject="a-1", at=NINE + hours(72))
    assert open_one == fx.Withdraw(entry="a-1", occurrence="2026-11-24")
    assert audit == fx.Audit(actor="operator", action="calendar.move", target="a-1", reason="2026-11-24 → 2026-11-26")
    assert answered == fx.Answered(text="已挪到11月26日")


def test_who_has_not_seen_the_last_edit_moves_nothing() -> None:
    (answered,) = decided(moving(), view(entry(rule="", date=TOMORROW, text="改过了")))
    assert isinstance(answered, fx.Answered)
    assert "别人刚改过" in answered.refused


@pytest.mark.parametrize(
    ("one", "day", "to", "why"),
    [
        (entry(rule="", date=TODAY), TODAY, TOMORROW, "已经到点了"),
        (TASTING, TOMORROW, TODAY, "已经过了"),
        (TASTING, THURSDAY, TOMORROW, "已经没有这一条了"),
        (entry(), TOMORROW, THURSDAY, "没有固定的星期几或几号"),
    ],
)
def test_what_cannot_be_moved(one: Entry, day: date, to: date, why: str) -> None:
    (answered,) = decided(moving(one, day, to), view(one))
    assert isinstance(answered, fx.Answered)
    assert why in answered.refused


def test_nothing_that_is_not_there_is_moved() -> None:
    (answered,) = decided(moving())
    assert isinstance(answered, fx.Answered)
    assert "没有排期" in answered.refused


@pytest.mark.parametrize(
    ("known", "book", "approved", "draft"),
    [
        ({}, {"approval": True}, False, False),
        ({"approved": False}, {}, False, False),
        ({"approved": False, "draft": True}, {}, False, True),
        ({}, {}, True, False),
    ],
)
def test_moving_approves_nothing(known: dict[str, Any], book: dict[str, Any], approved: bool, draft: bool) -> None:
    (put,) = of(fx.PutEntries, decided(moving(), view(TASTING, **known), **book))
    assert (put.approved, put.draft) == (approved, draft)


def test_only_who_may_moves() -> None:
    refused = decided(moving(rights=Role.VIEWER), view(TASTING))
    assert of(fx.PutEntries, refused) == []
    assert of(fx.Audit, refused)[0].result == "refused"


def test_later_today_is_not_past() -> None:
    later = entry(rule="", date=TOMORROW, time=time(20))
    assert of(fx.PutEntries, decided(moving(later, TOMORROW, TODAY), view(later)))


def test_only_this_once_it_happens_on_another_day_and_the_rule_stays() -> None:
    weekly = entry(rule="weekly tue")
    put, ring, again, audit, _ = decided(moving(weekly, only=True), view(weekly))
    without, once = entry(rule="weekly tue", but=(TOMORROW,)), entry("a-1-2026-11-26", rule="", date=THURSDAY)
    assert put == fx.PutEntries(entries=(row(without), row(once)), author="operator", approved=True)
    assert ring == fx.PutTimer(kind="entry", subject="a-1", at=NINE + hours(8 * 24))
    assert again == fx.PutTimer(kind="entry", subject=once.key, at=NINE + hours(72))
    assert isinstance(audit, fx.Audit)
    (answered,) = decided(moving(weekly, only=True), view(weekly), view(once))
    assert isinstance(answered, fx.Answered)
    assert "已经有从这条挪过去" in answered.refused
    daily = entry()
    (answered,) = decided(moving(daily, only=True), view(daily))
    assert isinstance(answered, fx.Answered)
    assert "本来就有" in answered.refused
