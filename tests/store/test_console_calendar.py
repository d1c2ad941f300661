"""What the console's calendar shows, on both databases."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.console.reading import calendar
from bot.console.reading.calendar import Days, Turn, Wanted
from bot.console.reading.calendar_faults import checked, days_of
from bot.console.reading.calendar_moves import change_of
from bot.console.visit import Scope
from content_calendar.entry import Entry, to_json
from models.orders import BindGroupOrder, ImportEntriesOrder, MoveEntryOrder, OverrideEntryOrder
from tests.store.stage import START, Shop, merchant, shop
from tests.store.test_calendar_rows import open_groups

MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)
NOWHERE = Path("/nowhere")


def entry(key: str, day: date = MONDAY, at: time = time(9), **more: Any) -> Entry:
    return Entry(key=key, **{"date": day, "time": at, "text": key, "tiers": ("堂口",), **more})


def put(stage: Shop, *entries: Entry, **more: Any) -> None:
    rows = tuple((one.key, one.revision, to_json(one).decode()) for one in entries)
    stage.apply(ImportEntriesOrder(merchant="m1", at=START, entries=rows, **more))


def read(stage: Shop, question: Any, *args: Any, pool: str = "") -> Any:
    with stage.store.reading() as connection:
        return question(connection, Scope(stage.merchants["m1"], pool), *args)


def keys(found: Days, day: date = MONDAY) -> list[str]:
    return [turn.key for turn in found.turns.get(day, [])]


def test_a_day_has_its_first_few_and_a_count_of_the_rest(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口")
        put(stage, *(entry(f"e{number:03}", at=time(8 + number % 12, number % 60)) for number in range(500)))
        put(stage, entry("often", rule="daily", at=time(7)))
        found: Days = read(stage, calendar.days_of, Wanted(day="2026-12-03"))
        assert found.counts[MONDAY] == 501
        assert keys(found) == ["often", "e000", "e060", "e120", "e180"]
        assert all(len(turns) <= 5 for turns in found.turns.values())
        assert keys(found, MONDAY + DAY) == ["often"]
        seen: list[Turn] = []
        while len(seen) < 600 and (page := read(stage, calendar.page_of, Wanted("list", "2026-11-30"), *seen[-1:])):
            assert len(page) <= calendar.PAGE
            seen += page
        assert len({(turn.key, turn.day) for turn in seen}) == len(seen)
        assert [turn.at for turn in seen] == sorted(turn.at for turn in seen)
        assert len([turn for turn in seen if turn.day == MONDAY]) == 501


def test_a_tier_and_a_group_see_what_is_theirs(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", other="堂口", branch="分舵")
        put(
            stage,
            entry("halls", optional=True),
            entry("branches", tiers=("分舵",)),
            entry("one", tiers=(), groups=("hall",)),
            entry("friends", tiers=(), tags=("老客",)),
        )
        put(stage, entry("draft"), draft=True)
        day = MONDAY.isoformat()
        assert keys(read(stage, calendar.days_of, Wanted(day=day))) == ["branches", "draft", "friends", "halls", "one"]
        assert keys(read(stage, calendar.days_of, Wanted(day=day, tier="分舵"))) == ["branches"]
        assert keys(read(stage, calendar.days_of, Wanted(day=day, tier="堂口"))) == ["draft", "halls", "one"]
        assert keys(read(stage, calendar.days_of, Wanted(day=day, group="other"))) == ["draft", "halls"]
        assert keys(read(stage, calendar.days_of, Wanted(day=day, group="never heard of"))) == []
        states = {turn.key: turn.state for turn in read(stage, calendar.page_of, Wanted("list", day))}
        assert (states["draft"], states["halls"]) == ("draft", "approved")
        own = OverrideEntryOrder(merchant="m1", at=START, key="halls", group="hall", date="2026-12-01")
        before = read(stage, calendar.stamp_of)
        stage.apply(own)
        assert read(stage, calendar.stamp_of) != before
        found = read(stage, calendar.days_of, Wanted(day=day, group="hall"))
        assert (keys(found), keys(found, MONDAY + DAY)) == (["draft", "one"], ["halls"])
        everybody = read(stage, calendar.days_of, Wanted(day=day))
        (moved,) = everybody.turns[MONDAY + DAY]
        assert (moved.key, moved.own, moved.movable) == ("halls", "hall", False)
        assert "halls" in keys(everybody)


def test_what_has_no_day(database_url: str) -> None:
    with shop(database_url) as stage:
        put(stage, entry("born", rule="birthday"), entry("kept", rule="spare"), entry("once"))
        found = read(stage, calendar.undated, Wanted())
        assert [one.key for one in found.personal] == ["born"]
        assert (found.spares_count, found.spares[0].title, found.entries) == (1, "kept", 3)


def test_what_is_wrong_speaks_of_entries_by_their_titles(database_url: str) -> None:
    with shop(database_url, merchant("m1", tiers=[{"name": "堂口"}])) as stage:
        open_groups(stage, hall=None)
        stage.apply(BindGroupOrder(merchant="m1", at=START, group="hall", tier="堂口"))
        put(
            stage,
            entry("手写-1", title="周一小酌", text="看 https://example.com/a"),
            entry("手写-2", at=time(9, 30), text="老地方见，{seat}"),
        )
        found = read(stage, checked, START, NOWHERE, Wanted(day="2026-11-30"))
        assert {(one.code, one.entry, one.title, one.text) for one in found.faults} >= {
            ("clash", "手写-2", "老地方见，…", "「周一小酌」和「老地方见，…」只隔 30 分钟"),
            ("off_platform", "手写-1", "周一小酌", "链接 example.com 会把人带出微信"),
        }


def test_a_gap_stands_at_its_week_and_the_past_is_left_alone(database_url: str) -> None:
    promises = [
        {"tier": "堂口", "content_kind": "story", "exactly": 1, "per": "week"},
        {"tier": "堂口", "content_kind": "article", "at_least": 1, "per": "day"},
    ]
    tiers = [{"name": "堂口"}]
    with shop(database_url, merchant("m1", tiers=tiers, promises=promises)) as stage:
        open_groups(stage, hall=None, other=None)
        stage.apply(*(BindGroupOrder(merchant="m1", at=START, group=room, tier="堂口") for room in ("hall", "other")))
        put(stage, entry("story", content_kind="story"), entry("article", rule="daily", content_kind="article"))
        wanted = Wanted(day="2026-12-03")
        found = read(stage, checked, START, NOWHERE, wanted)
        assert found.of_week(MONDAY) == []
        (gap,) = found.of_week(MONDAY + 7 * DAY)
        assert (gap.is_gap, gap.rooms, gap.first) == (True, ("hall", "other"), MONDAY + 7 * DAY)
        assert found.of_day(MONDAY + DAY) == []
        early = read(stage, checked, START + timedelta(days=8), NOWHERE, wanted)
        assert min(one.last for one in early.faults if one.last) >= (START + timedelta(days=8)).date()
        assert read(stage, checked, START + timedelta(days=90), NOWHERE, wanted).faults == ()


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-12-01", date(2026, 12, 1), date(2026, 12, 1)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-12-01/2026-12-07", date(2026, 12, 1), date(2026, 12, 7)),
        (None, None, None),
    ],
)
def test_the_days_of_a_period(period: str | None, first: date | None, last: date | None) -> None:
    assert days_of(period) == (first, last)


@pytest.mark.parametrize("day", ["", "0001-01-01", "9999-12-31", "gestern", "2026-13-01"])
def test_an_address_that_makes_no_sense_is_today(day: str) -> None:
    assert Wanted.read({"day": day, "view": "<script>"}, MONDAY) == Wanted("month", "2026-11-30")


def test_a_move_says_what_it_changes_and_then_changes_it(database_url: str) -> None:
    promises = [{"tier": "堂口", "content_kind": "story", "exactly": 1, "per": "week"}]
    with shop(database_url, merchant("m1", tiers=[{"name": "堂口"}], promises=promises)) as stage:
        open_groups(stage, hall=None)
        stage.apply(BindGroupOrder(merchant="m1", at=START, group="hall", tier="堂口"))
        once, often = entry("once", content_kind="story"), entry("often", rule="weekly mon", at=time(20))
        put(stage, once, often)
        to = MONDAY + 7 * DAY
        seen = ("once", once.revision, MONDAY, to)
        found = read(stage, change_of, START, NOWHERE, *seen)
        assert found.refused == ""
        assert found.told[0].startswith("从11月30日 周一挪到12月7日 周一")
        assert [(one.code, one.first) for one in found.worse if one.is_gap] == [("missing", MONDAY)]
        assert [(one.code, one.first) for one in found.better if one.is_gap] == [("missing", to)]
        weekly = read(stage, change_of, START, NOWHERE, "often", often.revision, MONDAY, MONDAY + DAY)
        assert "每周一发的，改成每周二" in weekly.told[0]
        stage.apply(MoveEntryOrder(merchant="m1", at=START, key="once", revision=once.revision, day=MONDAY, to=to))
        assert keys(read(stage, calendar.days_of, Wanted(day="2026-12-03")), to) == ["once", "often"]
        assert "别人刚改过" in read(stage, change_of, START, NOWHERE, *seen).refused
        seen = ("often", often.revision, MONDAY, MONDAY + DAY)
        with stage.store.reading() as connection:
            scope = Scope(stage.merchants["m1"])
            found = change_of(connection, scope, START, NOWHERE, *seen, only=True)
        assert (found.refused, found.told[0]) == ("", "只挪11月30日 周一这一次，12月1日 周二发；别的照常。")
