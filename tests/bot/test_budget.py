"""An account's budget: how much there is, and when there is room for each of those that wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.budget import HOUR, MINUTE, Limit, free_moments, midnight, speed
from models.playbook import Pace

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)  # ten in the morning in Shanghai
ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)


def moments(count: int, limits: list[Limit], left: list[datetime], **more: Any) -> list[datetime]:
    today = sum(moment >= midnight(NOW, ZONE) for moment in left)
    return list(islice(free_moments(limits, left, NOW, ZONE, left_today=today, **more), count))


def test_without_limits_there_is_always_room() -> None:
    assert moments(3, [], [NOW]) == [NOW] * 3


def test_a_minute_rolls() -> None:
    left = [NOW - timedelta(seconds=50), NOW - timedelta(seconds=10)]
    assert moments(4, [Limit(2, MINUTE)], left) == [
        NOW + timedelta(seconds=10),
        NOW + timedelta(seconds=50),
        NOW + timedelta(seconds=70),
        NOW + timedelta(seconds=110),
    ]


def test_a_day_begins_at_the_merchants_midnight() -> None:
    tomorrow = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert moments(4, [Limit(2)], [NOW - HOUR]) == [NOW, tomorrow, tomorrow, tomorrow + DAY]
    assert moments(1, [Limit(1)], [NOW - timedelta(hours=11)]) == [NOW]  # that was yesterday


def test_a_silence_moves_everything_behind_it() -> None:
    end = NOW + timedelta(minutes=15)
    assert moments(3, [Limit(2, MINUTE)], [], not_before=end) == [end, end, end + MINUTE]


@given(
    st.lists(
        st.builds(Limit, st.integers(1, 5), st.sampled_from([MINUTE, HOUR, None])), min_size=1, max_size=3, unique=True
    ),
    st.lists(st.integers(0, 100_000), max_size=12),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_whoever_leaves_at_their_moments_breaks_no_limit(limits: list[Limit], ago: list[int], zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    left = sorted(NOW - timedelta(seconds=seconds) for seconds in ago)
    today = sum(moment >= midnight(NOW, zone) for moment in left)
    of_the_hour = [moment for moment in left if moment > NOW - HOUR]
    free = list(islice(free_moments(limits, of_the_hour, NOW, zone, left_today=today), 12))
    assert free == sorted(free)
    assert free[0] >= NOW
    for place, moment in enumerate(free):
        everything = [*left, *free[: place + 1]]
        for limit in limits:
            since = midnight(moment, zone) if limit.length is None else moment - limit.length
            inside = [one for one in everything if (one >= since if limit.length is None else one > since)]
            assert len(inside) <= limit.most


@pytest.mark.parametrize(
    ("age", "per_minute", "per_hour", "per_day", "friends"),
    [(1, 6, 10, 30, 3), (2, 6, 10, 30, 3), (3, 6, 50, 150, 15), (9, 6, 50, 150, 15)],
)
def test_a_young_account_has_a_share_of_what_is_counted_by_the_hour_and_longer(
    age: int, per_minute: int, per_hour: int, per_day: int, friends: int
) -> None:
    pace = Pace.model_validate_json(
        '{"per_minute": 6, "per_hour": 100, "per_day": 300, "new_friends_per_day": 30,'
        ' "warm_up": [{"day": 1, "share": 0.1}, {"day": 3, "share": 0.5}]}'
    )
    allowed = speed(pace, age, None, NOW)
    assert [(one.most, one.length) for one in allowed.limits] == [
        (per_minute, MINUTE),
        (per_hour, HOUR),
        (per_day, None),
    ]
    assert allowed.new_friends is not None
    assert allowed.new_friends.most == friends
    assert {one.most_on(3 - age) for one in allowed.limits} == {6, 50, 150}


@pytest.mark.parametrize(
    ("ended", "lowered", "silent"),
    [
        (None, False, False),
        (timedelta(minutes=15), True, True),
        (timedelta(0), True, False),
        (-DAY + timedelta(seconds=1), True, False),
        (-DAY, False, False),
        (timedelta(hours=2), False, False),  # no silence is so long: the clock was set back
    ],
)
def test_too_frequent_lowers_the_rate_for_a_day(ended: timedelta | None, lowered: bool, silent: bool) -> None:
    pace = Pace(per_minute=7, per_hour=100, per_day=1, share_after_too_frequent=0.3)
    until = NOW + ended if ended is not None else None
    allowed = speed(pace, 1, until, NOW)
    assert allowed.lowered == lowered
    assert allowed.silent_until == (until if silent else None)
    slow = (Limit(2, MINUTE), Limit(30, HOUR), Limit(1))
    assert allowed.limits == (slow if lowered else (Limit(7, MINUTE), Limit(100, HOUR), Limit(1)))
