"""A week of the calendar is copied to another: once, not into the past, and approving nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from content_calendar.entry import Entry, from_json
from handlers import decide
from models import effects as fx
from models.context import EntryView
from models.effects import Effect
from models.operations import Role
from models.orders import CopyWeekOrder
from tests.handlers.builders import AT, of
from tests.handlers.test_calendar import _started, entry, view

MONDAY = date(2026, 11, 23)
NEXT = date(2026, 11, 30)
DAY = timedelta(days=1)


def copying(*views: EntryView, monday: date = MONDAY, to: date = NEXT, **more: Any) -> list[Effect]:
    book: dict[str, Any] = {"approval": True} if more.pop("approval", False) else {}
    return decide(CopyWeekOrder(merchant="m1", at=AT, monday=monday, to=to, **more), _started(*views, **book))


def once(key: str, day: date = MONDAY, **more: Any) -> Entry:
    return entry(key, rule="", date=day, **more)


def put(effects: list[Effect]) -> dict[str, Entry]:
    return {key: from_json(body) for one in of(fx.PutEntries, effects) for key, _, body in one.entries}


def test_what_happens_once_happens_again_and_nothing_else() -> None:
    tasting = once("品鉴", MONDAY + 2 * DAY, not_after=datetime(2026, 11, 25, 20))  # noqa: DTZ001  the shop's wall clock
    effects = copying(
        view(tasting), view(entry("早安")), view(once("外面", NEXT)), view(once("补稿", text="{备稿:一}")),
        view(once("轮流", text="{备稿}", time=time(20))),
    )  # fmt: skip
    found = put(effects)
    assert list(found) == ["品鉴-2026-12-02", "轮流-2026-11-30"]
    assert found["品鉴-2026-12-02"] == once(
        "品鉴-2026-12-02", NEXT + 2 * DAY, not_after=datetime(2026, 12, 2, 20)  # noqa: DTZ001
    )  # fmt: skip
    assert len(of(fx.PutTimer, effects)) == 2
    assert effects[-1] == fx.Answered(text="抄了 2 条")


def test_who_copies_twice_has_it_once_and_a_copys_copy_has_no_longer_key() -> None:
    first, second = view(once("品鉴")), view(once("品鉴-2026-11-30", NEXT))
    assert "已经都有了" in of(fx.Answered, copying(first, second))[0].refused
    assert list(put(copying(second, monday=NEXT, to=NEXT + 7 * DAY))) == ["品鉴-2026-12-07"]


def test_two_that_would_have_one_key_have_two() -> None:
    assert len(put(copying(view(once("a")), view(once("a-2026-11-23"))))) == 2


@pytest.mark.parametrize(
    ("views", "more", "why"),
    [
        ([view(entry())], {}, "没有只发一次的"),
        ([view(once("a"))], {"to": MONDAY - 7 * DAY}, "时间都过了"),
        ([view(once("a"))], {"to": MONDAY}, "不是同一周"),
        ([view(once("a"))], {"to": NEXT + DAY}, "都从周一算起"),
        ([view(once("a"))], {"rights": Role.VIEWER}, "您的角色"),
    ],
)
def test_what_is_not_copied(views: list[EntryView], more: dict[str, Any], why: str) -> None:
    effects = copying(*views, **more)
    assert put(effects) == {}
    assert why in of(fx.Answered, effects)[0].refused


def test_copying_approves_nothing() -> None:
    views = [view(once("好")), view(once("草稿"), approved=False, draft=True), view(once("等"), approved=False)]
    said = {one.entries[0][0][0]: (one.approved, one.draft) for one in of(fx.PutEntries, copying(*views))}
    assert said == {"好": (True, False), "草": (False, True), "等": (False, False)}
    assert not any(one.approved for one in of(fx.PutEntries, copying(*views, approval=True)))
