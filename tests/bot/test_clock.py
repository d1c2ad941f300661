"""Waiting for a moment or a call, and the tick that catches a suspended machine."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.clock import Alarm, ticking, utc_now
from bot.virtual_time import VirtualClock, run_virtually
from tests.store.stage import START


def test_it_waits_until_the_moment() -> None:
    async def scene() -> None:
        clock = VirtualClock.running()
        alarm = Alarm(clock.now)
        await alarm.wait(START + timedelta(hours=3))
        assert clock.now() == START + timedelta(hours=3)
        await alarm.wait(START)  # past already
        assert clock.now() == START + timedelta(hours=3)

    run_virtually(scene(), START)


def test_it_is_woken_before() -> None:
    async def scene() -> None:
        clock = VirtualClock.running()
        alarm = Alarm(clock.now)
        asyncio.get_running_loop().call_later(5, alarm.wake)
        await alarm.wait(None)
        assert clock.now() == START + timedelta(seconds=5)
        await alarm.wait(START + timedelta(seconds=7))
        assert clock.now() == START + timedelta(seconds=7)

    run_virtually(scene(), START)


def test_a_call_that_came_while_nobody_waited_counts() -> None:
    async def scene() -> None:
        clock = VirtualClock.running()
        alarm = Alarm(clock.now)
        alarm.wake()
        alarm.wake()
        await alarm.wait(None)
        assert clock.now() == START
        await alarm.wait(START + timedelta(seconds=1))
        assert clock.now() == START + timedelta(seconds=1)

    run_virtually(scene(), START)


def test_a_clock_that_was_set_is_followed_when_woken() -> None:
    async def scene() -> None:
        clock = VirtualClock.running()
        alarm = Alarm(clock.now)

        def set_forward() -> None:
            clock.shift = timedelta(hours=1)
            alarm.wake()

        asyncio.get_running_loop().call_later(10, set_forward)
        while clock.now() < START + timedelta(minutes=30):
            await alarm.wait(START + timedelta(minutes=30))
        assert clock.true_now() == START + timedelta(seconds=10)

    run_virtually(scene(), START)


async def test_the_real_clock_ticks() -> None:
    ticked = asyncio.Event()
    slept: list[timedelta] = []
    async with ticking(ticked.set, slept.append):
        await asyncio.wait_for(ticked.wait(), 5)
    assert utc_now().utcoffset() == timedelta(0)
    assert slept == []


async def test_a_tick_in_the_loop_tells_that_the_machine_has_slept() -> None:
    ticked = asyncio.Event()
    told: list[timedelta] = []
    moments = iter([START, START + timedelta(hours=2)])

    def woke(slept: timedelta) -> None:
        asyncio.get_running_loop()  # raises in a thread
        told.append(slept)

    async with ticking(ticked.set, woke, lambda: next(moments, START + timedelta(hours=2))):
        await asyncio.wait_for(ticked.wait(), 5)
    assert told == [timedelta(hours=2)]
