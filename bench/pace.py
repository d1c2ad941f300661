"""`pace`: how late the timer is that the dispatcher waits with, for 1,000 accounts with 20 sends a second each.

The moments are those of `bot.pace.leaves_at`, with the playbook's jitter, in a heap; one `bot.clock.Alarm`, of which
the dispatcher has one too, waits for the next. What is sent is nothing. 20 a second stress the timer, they are no
rate for WeChat; nor are they what the store can claim and settle, which is the figure `send`.
"""

from __future__ import annotations

import asyncio
import gc
import heapq
from datetime import datetime, timedelta

from bench.evidence import Evidence
from bench.figures import Figure, Progress
from bench.inbound_world import CONFIG
from bot.clock import Alarm, utc_now
from bot.config import load_config
from bot.pace import leaves_at
from models.deliveries import Cause, Lane

LIMIT_SECONDS = 0.010
ACCOUNTS = 1_000
SENDS_A_SECOND = 20
SECONDS = 10.0


def measure(progress: Progress, *, accounts: int = ACCOUNTS, seconds: float = SECONDS) -> list[Figure]:
    """How many times the 99th percentile of all delays fits into the limit."""
    gc.collect()
    evidence = Evidence("pace")
    late = sorted(asyncio.run(_delays(progress, accounts, seconds)))
    evidence.table("late", [{"seconds": one} for one in late])
    middle, slow, worst = (late[int(len(late) * share)] * 1000 for share in (0.5, 0.99, 0.9999))
    return [
        Figure(
            name="pace",
            figure=round(LIMIT_SECONDS * 1000 / slow, 3),
            unit="times within 10 ms",
            floor=1.0,
            detail=f"later than planned: p50 {middle:.2f} ms, p99 {slow:.2f} ms, p99.99 {worst:.2f} ms; "
            f"{len(late) / seconds:,.0f} sends/s of {accounts} accounts",
        )
    ]


async def _delays(progress: Progress, accounts: int, seconds: float) -> list[float]:
    playbook = load_config(CONFIG, {}).playbooks["m1"]
    characters = 10
    began = utc_now()
    rate = SENDS_A_SECOND * characters
    paced = playbook.model_copy(update={"pace": playbook.pace.model_copy(update={"typing_chars_per_second": rate})})

    def following(account: int, count: int, last: datetime) -> datetime:
        return leaves_at(
            paced,
            1,
            key=f"{account}:{count}",
            lane=Lane.CONTENT,
            cause=Cause.CALENDAR,
            characters=characters,
            due=began,
            last_left=last,
        )

    # They begin at different moments of a gap.
    gap = timedelta(seconds=1 / SENDS_A_SECOND)
    heap = [(following(account, 0, began + gap * (account / accounts)), account, 0) for account in range(accounts)]
    heapq.heapify(heap)
    end = began + timedelta(seconds=seconds)
    alarm = Alarm(utc_now)
    late: list[float] = []
    while heap[0][0] < end:
        await alarm.wait(heap[0][0])
        now = utc_now()
        while heap[0][0] <= now:
            planned, account, count = heap[0]
            late.append((utc_now() - planned).total_seconds())
            heapq.heapreplace(heap, (following(account, count + 1, planned), account, count + 1))
        progress(int((now - began).total_seconds()), int(seconds))
    return late
