"""“Later” names a time more often than not."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.later import spoken, time_for

NOW = datetime(2026, 11, 23, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Monday


@pytest.mark.parametrize(
    ("said", "when", "as_said"),
    [
        ("在忙，晚上再说", "11-23 20:00", "晚上"),
        ("等下哈", "11-23 10:01", "晚点"),
        ("我查一下", "11-23 10:01", "晚点"),
        ("开车呢", "11-23 12:01", "晚点"),
        ("回头告诉你", "11-24 10:00", "明天"),
        ("晚上八点再说", "11-23 20:00", "晚上"),
        ("三点再说", "11-23 15:00", "晚点"),
        ("半小时后", "11-23 09:31", "晚点"),
        ("一个半小时后", "11-23 10:31", "晚点"),
        ("三天后再说", "11-26 09:01", "周四"),
        ("明晚8点半", "11-24 20:30", "明天"),
        ("后天下午", "11-25 15:00", "后天"),
        ("中午再说", "11-23 12:30", "晚点"),
        ("周末再说", "11-28 10:00", "周六"),
        ("下周再聊", "11-30 10:00", "11月30号"),
        ("下周三", "12-02 10:00", "12月2号"),
        ("下班再说", "11-23 19:00", "晚上"),
    ],
)
def test_a_time_is_taken_from_their_words(said: str, when: str, as_said: str) -> None:
    moment = time_for(said, NOW)
    assert moment.strftime("%m-%d %H:%M") == when
    assert spoken(moment, NOW) == as_said


@given(st.text(alphabet="一二三十半两0159点分钟小时天周下明晚上后个再说忙", max_size=12), st.integers(0, 23))
def test_it_is_always_later(said: str, hour: int) -> None:
    at = NOW.replace(hour=hour)
    assert time_for(said, at) > at
