"""Stages of a roll-out: how they are written, and whom they let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.rollout import RolloutError, Stage, admitted, parse_rollout, written_rollout

ROOMS: dict[str, str | None] = {f"room-{number}": "分舵" if number < 4 else "堂口" for number in range(10)}


def by_number(room: str) -> float:
    return int(room.removeprefix("room-")) / 10


def test_shares_and_tiers() -> None:
    stages = parse_rollout("20% 2h；分舵 90分钟; 50％  1天")
    assert stages == (
        Stage(0.2, "", timedelta(hours=2)),
        Stage(None, "分舵", timedelta(minutes=90)),
        Stage(0.5, "", timedelta(days=1)),
    )
    assert written_rollout(stages) == "20% 2h;分舵 90m;50% 1d"
    assert [len(admitted(stages[:number], ROOMS, by_number)) for number in (1, 2, 3)] == [2, 4, 5]
    assert admitted(stages[:1], ROOMS, by_number) == {"room-0", "room-1"}


@pytest.mark.parametrize(
    "text",
    ["20%", "0% 1h", "20% 0h", "100% 1h", "分元 1d", "2h", "20% 2h 50% 1d", "50% 1d；20% 2h", "分舵 1h；分舵 2h"],
)
def test_what_is_no_roll_out(text: str) -> None:
    with pytest.raises(RolloutError):
        parse_rollout(text, ("分舵",))


@given(st.lists(st.integers(1, 99), min_size=1, max_size=5))
def test_nobody_who_has_it_falls_out_again(shares: list[int]) -> None:
    stages = [Stage(share / 100, "", timedelta(hours=1)) for share in shares]
    so_far: set[str] = set()
    for number in range(1, len(stages) + 1):
        now = admitted(stages[:number], ROOMS, by_number)
        assert so_far <= now
        so_far = now
    assert parse_rollout(written_rollout(stages)) == tuple(stages)
