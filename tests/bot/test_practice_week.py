"""A week of the practice ground goes by in a minute, but not over the head of who waits in true time."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from bot.crowd import shipped_world
from bot.practice import Clock, Ground
from bot.practice_week import live_through


async def nothing_is_due() -> bool:
    return False


async def test_no_time_passes_while_a_send_is_waited_for() -> None:
    clock = Clock()
    world = shipped_world(clock.now, [("main", "小满")])
    ground = Ground.around(world, None, clock)
    world.unanswered = 1
    began = clock.now().astimezone(UTC)
    passing = asyncio.create_task(
        live_through(ground, "main", timedelta(hours=8), ZoneInfo("Asia/Shanghai"), nothing_is_due)
    )
    await asyncio.sleep(0.5)
    assert clock.now() - began < timedelta(hours=2)  # a step at most
    world.unanswered = 0
    await asyncio.wait_for(passing, 60)
    assert clock.now() - began >= timedelta(hours=8)
