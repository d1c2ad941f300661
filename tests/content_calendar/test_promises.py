"""Promises: their periods, what fulfils them, and what became of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.entry import Entry
from content_calendar.promises import (
    Outcome,
    Period,
    Post,
    PromisedGroup,
    PromiseState,
    fulfils,
    lateness,
    owed,
    periods,
    report,
    shortages,
    state_of,
    theme_runs,
    weeks,
)
from models.playbook import Playbook, Promise, Rolling, Tier

ZONE = ZoneInfo("Asia/Shanghai")


def promise(**changes: Any) -> Promise:
    usual: dict[str, Any] = {"tier": "分院", "content_kind": "article", "per": "day", "at_least": 1}
    return Promise(**(usual | changes))


def post(day: date, key: str = "a", at: time = time(9), **changes: Any) -> Post:
    entry = Entry(key=key, **({"content_kind": "article"} | changes))
    return Post(day, datetime.combine(day, at, ZONE).astimezone(UTC), entry)


def labels(per: object, first: date, last: date) -> list[str]:
    return [period.label for period in periods(promise(per=per), first, last)]


def test_days() -> None:
    assert labels("day", date(2026, 12, 8), date(2026, 12, 9)) == ["2026-12-08", "2026-12-09"]


def test_weeks_wholly_inside_only() -> None:
    # Monday 28 December 2026 to Sunday 3 January 2027 is week 53 of 2026.
    assert labels("week", date(2026, 12, 28), date(2027, 1, 3)) == ["2026-W53"]
    assert labels("week", date(2026, 12, 29), date(2027, 1, 9)) == []
    assert labels("week", date(2026, 12, 21), date(2027, 1, 10)) == ["2026-W52", "2026-W53", "2027-W01"]
    assert [week.label for week in weeks(date(2024, 12, 30), date(2025, 1, 5))] == ["2025-W01"]


def test_months_wholly_inside_only() -> None:
    assert labels("month", date(2026, 11, 1), date(2026, 12, 31)) == ["2026-11", "2026-12"]
    assert labels("month", date(2026, 11, 2), date(2026, 12, 30)) == []
    assert labels("month", date(2026, 12, 31), date(2027, 2, 28)) == ["2027-01", "2027-02"]


def test_every_window_of_rolling_days() -> None:
    assert labels(Rolling(days=10), date(2026, 12, 1), date(2026, 12, 12)) == [
        "2026-12-01/2026-12-10",
        "2026-12-02/2026-12-11",
        "2026-12-03/2026-12-12",
    ]
    assert labels(Rolling(days=10), date(2026, 12, 1), date(2026, 12, 9)) == []


@given(
    st.sampled_from(["day", "week", "month", Rolling(days=3), Rolling(days=31)]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 200),
)
def test_periods_lie_inside_in_order_once_each(per: object, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = list(periods(promise(per=per), first, last))
    assert all(first <= period.first <= period.last <= last for period in found)
    assert found == sorted(found, key=lambda period: period.first)
    assert len({period.label for period in found}) == len(found)


def test_an_album_is_an_album_or_several_pictures() -> None:
    with_album = promise(content_kind="story", album=True)
    assert fulfils(with_album, Entry(key="a", content_kind="story", kind="album"))
    assert fulfils(with_album, Entry(key="a", content_kind="story", media=("1.jpg", "2.jpg")))
    assert not fulfils(with_album, Entry(key="a", content_kind="story", media=("1.jpg", "2.mp4")))
    assert not fulfils(promise(), Entry(key="a", content_kind="Article"))


def test_shortages() -> None:
    days = [date(2026, 12, 7), date(2026, 12, 7), date(2026, 12, 9)]
    posts = [post(day, f"{number}") for number, day in enumerate(days)]
    found = list(shortages(promise(exactly=1, at_least=None), posts, date(2026, 12, 7), date(2026, 12, 9)))
    assert [(one.period.label, one.missing, one.surplus, one.last_entry) for one in found] == [
        ("2026-12-07", 0, 1, "1"),
        ("2026-12-08", 1, 0, None),
    ]


def test_only_a_story_with_its_album_counts() -> None:
    weekly = promise(content_kind="story", per="week", exactly=1, at_least=None, album=True)
    plain = post(date(2026, 12, 8), "plain", content_kind="story")
    album = post(date(2026, 12, 9), "album", content_kind="story", kind="album")
    week = (date(2026, 12, 7), date(2026, 12, 13))
    found = [
        [(one.missing, one.surplus, one.without_album, one.last_entry) for one in shortages(weekly, posts, *week)]
        for posts in ([plain], [plain, plain], [plain, album], [album], [album, album])
    ]
    assert found == [[(1, 0, 1, None)], [(1, 0, 2, None)], [], [], [(0, 1, 0, "album")]]


def test_theme_runs_follow_one_another() -> None:
    rotation = promise(themes=("茶艺", "江湖", "器物"))
    themes = ["江湖", "茶艺", "器物", "茶艺", "茶艺", "江湖", "别的", "茶艺"]
    posts = [post(date(2026, 12, 1 + number), theme=theme) for number, theme in enumerate(themes)]
    found = [(run[0].local_date.day, run[-1].local_date.day, absent) for run, absent in theme_runs(rotation, posts)]
    assert found == [(4, 6, ("器物",))]
    assert list(theme_runs(promise(), posts)) == []


@pytest.mark.parametrize(
    ("late", "state"),
    [
        ([timedelta(0)], "kept"),
        ([timedelta(minutes=60)], "kept"),
        ([timedelta(minutes=61)], "late"),
        ([timedelta(hours=30), timedelta(0)], "kept"),
        ([], "missed"),
    ],
)
def test_what_became_of_a_promise(late: list[timedelta], state: PromiseState) -> None:
    day = date(2026, 12, 8)
    planned = post(day)
    arrived = [Outcome(planned, planned.at_utc + delay) for delay in late]
    assert state_of(promise(), Period("2026-12-08", day, day), arrived, ZONE) == state


@pytest.mark.parametrize(
    ("exactly", "count", "state"),
    [(1, 0, "missed"), (1, 1, "kept"), (1, 2, "missed"), (3, 2, "missed"), (3, 3, "kept")],
)
def test_exactly_so_many_is_kept_by_no_more_and_no_fewer(exactly: int, count: int, state: PromiseState) -> None:
    day = date(2027, 1, 3)
    planned = post(day)
    arrived = [Outcome(planned, planned.at_utc)] * count
    wanted = promise(at_least=None, exactly=exactly)
    assert state_of(wanted, Period("2027-01-03", day, day), arrived, ZONE) == state


@pytest.mark.parametrize(
    ("at_least", "bound", "had", "least"),
    [
        (7, date(2026, 12, 28), 0, 7),
        (7, date(2027, 1, 1), 0, 3),  # Friday to Sunday
        (7, date(2027, 1, 1), 4, 3),
        (3, date(2027, 1, 3), 0, 1),
        (1, date(2027, 1, 3), 0, 1),
        (1, date(2027, 1, 3), 1, 0),  # what the week had came before the group was ours
    ],
)
def test_a_group_bound_within_a_period_is_owed_its_share_of_it(
    at_least: int, bound: date, had: int, least: int
) -> None:
    early = tuple(post(date(2026, 12, 28) + timedelta(days=number)) for number in range(had))
    week = Period("2026-W53", date(2026, 12, 28), date(2027, 1, 3))
    assert owed(promise(at_least=at_least, per="week"), week, PromisedGroup("tea", "分院", bound, early)) == least


def test_what_left_after_its_period_is_late() -> None:
    day = date(2026, 12, 8)
    planned = post(day, at=time(23, 50))
    arrived = [Outcome(planned, planned.at_utc + timedelta(minutes=11))]
    period = Period("2026-12-08", day, day)
    assert state_of(promise(), period, arrived, ZONE) == "late"
    assert lateness(arrived[0], period, ZONE) == timedelta(minutes=11)
    assert lateness(arrived[0], Period("2026-W50", day, day + timedelta(days=5)), ZONE) is None
    assert state_of(promise(at_least=2), period, arrived, ZONE) == "missed"


def test_the_report_judges_every_group_and_period() -> None:
    playbook = Playbook(
        tiers=(Tier(name="分院"), Tier(name="茶桌", parent="分院", inherits=True)), promises=(promise(per="week"),)
    )
    planned = post(date(2026, 12, 8))
    outcomes = {
        "tea": [Outcome(planned, planned.at_utc)],
        "table": [Outcome(planned, planned.at_utc + timedelta(hours=2)), Outcome(planned, None, "skipped", "words")],
    }
    groups = [
        PromisedGroup("tea", "分院"),
        PromisedGroup("table", "茶桌"),
        PromisedGroup("empty", "茶桌", since=date(2026, 12, 13)),
        PromisedGroup("new", "茶桌", since=date(2026, 12, 14)),
        PromisedGroup("head", "总院"),
    ]
    judged = report(playbook, groups, outcomes, date(2026, 12, 7), date(2026, 12, 13), ZONE)
    assert [(one.group, one.period.label, one.state, len(one.arrived), len(one.lost)) for one in judged] == [
        ("tea", "2026-W50", "kept", 1, 0),
        ("table", "2026-W50", "late", 1, 1),
        ("empty", "2026-W50", "missed", 0, 0),
    ]
