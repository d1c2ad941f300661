"""`open_loop`: a process of its own offers 10,000 events a second for a minute, whether or not anybody keeps up.

The program's intake (`bot.intake`) takes them from a pipe and its batches are committed on a copy of the large file
by a thread, as in production; timers that are due ring once a second. An event arrives when it was to be offered, so
that a program that falls behind is charged for all of it, and is done when its batch is committed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.evidence import Evidence, scratch_folder
from bench.figures import Figure, Progress
from bench.inbound_mix import START, wire_batches
from bench.inbound_world import open_world
from bench.large_world import GROUPS, MEMBERS, ROWS, large_crowd, large_world
from bench.raw_rows import copy_of
from bot.intake import Intake
from bot.store import Store
from bot.store.batch import apply
from bot.store.due import due_timers
from bot.store.journal import Outcome
from handlers import decide
from models.events import Event, Message, TimerDue

RATE = 10_000
SECONDS = 60
FLOOR = 0.98
LIMIT_SECONDS = 0.3
_ROOT = Path(__file__).parents[1]
_PER_BATCH = 1_000  # of the generated mix, not of the program


def measure(
    progress: Progress,
    *,
    members: int = MEMBERS,
    groups: int = GROUPS,
    rows: int = ROWS,
    rate: int = RATE,
    seconds: int = SECONDS,
) -> list[Figure]:
    """The share of the offered rate that was committed, and how often the 99th percentile fits into the limit."""
    world = large_world(progress, members, groups, rows)
    count = rate * seconds
    evidence = Evidence("open_loop")
    with scratch_folder() as folder:
        said = folder.resolve() / "events.jsonl"
        _write(said, members, groups, count)
        with copy_of(world, folder / "open.db") as database:
            delays, took = asyncio.run(_offered(database, said, rate, count, progress))
            evidence.added("run", database, world)
    evidence.table(
        "events",
        [{"arrived_seconds": nth / rate, "committed_seconds": nth / rate + delay} for nth, delay in enumerate(delays)],
    )
    share = count / took / rate
    delays.sort()
    middle, slow = (delays[int(len(delays) * part)] for part in (0.5, 0.99))
    detail = (
        f"{count / took:,.0f} of {rate:,} events/s committed during {took:.0f} s; arrival to commit p50 "
        f"{middle * 1000:,.0f} ms, p99 {slow * 1000:,.0f} ms; {rows:,} rows logged, {members:,} members"
    )
    return [
        Figure(name="open_loop", figure=round(share, 3), unit="of offered", floor=FLOOR, detail=detail),
        Figure(
            name="open_loop_delay",
            figure=round(LIMIT_SECONDS / slow, 3),
            unit="times within 300 ms",
            floor=1.0,
            detail=detail,
        ),
    ]


def _write(said: Path, members: int, groups: int, count: int) -> None:
    crowd = large_crowd(members, groups)
    batches = -(-count // _PER_BATCH)
    with said.open("wb") as file:
        lines = (line for batch in wire_batches(crowd, batches, _PER_BATCH) for line in batch)
        for _, line in zip(range(count), lines, strict=False):
            file.write(line + b"\n")


async def _offered(database: Path, said: Path, rate: int, count: int, progress: Progress) -> tuple[list[float], float]:
    """Each event's seconds from its arrival to its commit, and those from the first arrival to the last commit."""
    delays: list[float] = []
    ends: list[float] = []
    began = time.monotonic() + 2.0  # by then the generator is up

    def now() -> datetime:
        return START + timedelta(seconds=time.monotonic() - began)

    with closing(Store(f"sqlite:///{database}", now)) as store, ThreadPoolExecutor(1) as thread:
        merchants = open_world(store)

        async def in_store(work: Callable[[], Any]) -> Any:
            return await asyncio.get_running_loop().run_in_executor(thread, work)

        async def commit(events: Sequence[Event]) -> list[Outcome]:
            outcomes: list[Outcome] = await in_store(lambda: apply(store, merchants, events, decide))
            done = time.monotonic()
            ends.append(done)
            for event in events:
                if not isinstance(event, TimerDue):
                    delays.append(done - (began + len(delays) / rate))
            progress(len(delays), count)
            return outcomes

        intake = Intake(commit, merchants, now)
        work = asyncio.create_task(intake.run())
        ringing = asyncio.create_task(_ring(store, intake, in_store, merchants))
        generator = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.offer",
            str(said),
            str(rate),
            repr(began),
            cwd=_ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        await _take(generator.stdout, intake)
        ringing.cancel()
        await intake.finish()
        await work
        await generator.wait()
    if len(delays) != count:
        raise RuntimeError(f"{len(delays)} of {count} events were committed")
    return delays, ends[-1] - began


async def _take(stream: asyncio.StreamReader | None, intake: Intake) -> None:
    assert stream is not None
    decode = msgspec.json.Decoder(Message).decode
    rest = b""
    while chunk := await stream.read(1 << 16):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            await intake.put(decode(line))


async def _ring(store: Store, intake: Intake, in_store: Callable[..., Any], merchants: Any) -> None:
    while True:
        await asyncio.sleep(1.0)
        rung, _ = await in_store(lambda: due_timers(store, merchants))
        await asyncio.gather(*(intake.ask(event) for event in rung))
