"""A peer at work: told on standard input how many events, it answers on standard output how many it handled, in how
many seconds, and with how many seconds of CPU. Its lines begin
with `peer`, whatever else its libraries say."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable

# Takes one event as it came over the wire.
Take = Callable[[bytes], Awaitable[None]]


async def serve(take: Take, make: Callable[[int], bytes], done: Callable[[], Awaitable[int]]) -> None:
    """Work until standard input ends. `make` gives the n-th event, `done` says how many were handled so far."""
    given = 0
    print("peer ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        lines = [make(number) for number in range(given, given + int(line))]
        before = await done()
        gc.collect()
        began, began_cpu = time.perf_counter(), time.process_time()
        for event in lines:
            await take(event)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        given += len(lines)
        handled = await done() - before
        print(f"peer {handled} {seconds} {cpu}", flush=True)
