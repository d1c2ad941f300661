"""Virtual time: sleeping costs nothing, the order of things is fixed, and waiting for nothing is said."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.virtual_time import NothingLeft, VirtualClock, run_virtually

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_a_year_of_sleep_takes_no_time_and_is_exact_to_the_millisecond() -> None:
    async def main() -> list[datetime]:
        clock = VirtualClock.running()
        seen = [clock.true_now()]
        await asyncio.sleep(0.0016)
        seen.append(clock.true_now())
        await clock.sleep_until(START + timedelta(days=365))
        seen.append(clock.true_now())
        await clock.sleep_until(START)  # long past: at once
        await clock.sleep(0.25)
        seen.append(clock.true_now())
        return seen

    began = time.perf_counter()
    assert run_virtually(main(), START) == [
        START,
        START + timedelta(milliseconds=2),
        START + timedelta(days=365),
        START + timedelta(days=365, milliseconds=250),
    ]
    assert time.perf_counter() - began < 2


def test_time_is_utc_whatever_the_zone_of_the_start() -> None:
    async def main() -> datetime:
        return VirtualClock.running().now()

    now = run_virtually(main(), datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8))))
    assert (now, now.tzinfo) == (START, UTC)


def test_the_shift_is_what_the_program_reads_and_nobody_sleeps_by_it() -> None:
    async def main() -> tuple[datetime, datetime]:
        clock = VirtualClock.running()
        clock.shift = timedelta(minutes=-10)
        await clock.sleep_until(START + timedelta(minutes=1))
        return clock.now(), clock.true_now()

    assert run_virtually(main(), START) == (START - timedelta(minutes=9), START + timedelta(minutes=1))


def test_time_limits_are_virtual() -> None:
    async def main() -> tuple[str, datetime]:
        clock = VirtualClock.running()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.Event().wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(7200), 3600)
        return await asyncio.wait_for(asyncio.sleep(10, "in time"), 20), clock.true_now()

    assert run_virtually(main(), START) == ("in time", START + timedelta(hours=2, seconds=10))


def test_sleepers_wake_in_the_order_of_their_moments_then_of_their_asking() -> None:
    async def main() -> list[str]:
        woken: list[str] = []

        async def sleeper(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append(name)

        async with asyncio.TaskGroup() as group:
            for name, seconds in [("late", 2.0), ("first", 1.0), ("second", 1.0), ("at once", 0.0)]:
                group.create_task(sleeper(name, seconds))
        return woken

    assert run_virtually(main(), START) == ["at once", "first", "second", "late"]


def test_waiting_for_nothing_is_an_error() -> None:
    async def main() -> None:
        await asyncio.sleep(5)
        await asyncio.Event().wait()

    with pytest.raises(NothingLeft, match="no task is ready and no timer is set"):
        run_virtually(main(), START)


def test_what_would_run_in_a_thread_runs_here() -> None:
    async def main() -> tuple[int, datetime]:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 // 0)
        return await asyncio.to_thread(max, 1, 2), VirtualClock.running().now()

    assert run_virtually(main(), START) == (2, START)


def test_errors_of_the_program_come_through() -> None:
    async def main() -> None:
        await asyncio.sleep(1)
        raise ValueError("from inside")

    with pytest.raises(ValueError, match="from inside"):
        run_virtually(main(), START)


def test_a_naive_start_is_refused() -> None:
    async def main() -> None:
        raise AssertionError("never runs")

    coroutine = main()
    with pytest.raises(ValueError, match="aware time"):
        run_virtually(coroutine, datetime(2026, 11, 23))  # noqa: DTZ001 - the naive time is the point
    coroutine.close()


async def test_there_is_no_virtual_clock_in_a_real_loop() -> None:
    with pytest.raises(RuntimeError, match="not a virtual one"):
        VirtualClock.running()
