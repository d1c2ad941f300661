"""The process that `memory` looks at: `python -m bench.memory_worker DATABASE MEMBERS GROUPS ACCOUNTS MESSAGES`.

Its last line is its resident set in bytes once its accounts are on line, after the messages, and the greatest of
all.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlmodel import col

from bench.inbound_mix import START, messages_of
from bench.large_world import member_of
from bench.shop_of_accounts import NoTransport, config_of, names
from bot.app import App
from bot.logs import set_up_logs
from bot.store import Store
from models.accounts import Account
from models.events import Message

PAGE = 4_096


def resident() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE


def most() -> int:
    """The most that there ever were."""
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line[:6] == "VmHWM:")
    return int(line.split()[1]) * 1024


async def work(database: str, members: int, groups: int, accounts: int, messages: int) -> tuple[int, int, int]:
    """Be on line, take the messages, and stop."""
    moment = START

    def now() -> datetime:
        return moment

    with closing(Store(f"sqlite:///{database}", now)) as store, ThreadPoolExecutor(1) as thread:

        async def in_store(task: Callable[[], Any]) -> Any:
            return await asyncio.get_running_loop().run_in_executor(thread, task)

        transports = {name: NoTransport(name, now) for name in names(accounts)}
        app = App(config_of(accounts), store, transports, now=now, in_store=in_store)
        stop = asyncio.Event()
        life = asyncio.create_task(app.run(stop))
        while await in_store(lambda: _online(store)) < accounts:  # noqa: ASYNC110 - only the database knows
            await asyncio.sleep(0.1)
        gc.collect()
        before = resident()
        decode = msgspec.json.Decoder(Message).decode
        member = member_of(members, groups)
        for line in messages_of(member, members, messages):
            await app.intake.put(msgspec.structs.replace(decode(line), account=names(accounts)[0]))
        last = decode(line)
        await app.ask(msgspec.structs.replace(last, account=names(accounts)[0], wire_id="last"))
        moment += timedelta(seconds=1)
        after = resident()
        stop.set()
        await life
    return before, after, most()


def _online(store: Store) -> int:
    with store.reading() as connection:
        found = connection.execute(select(func.count()).where(col(Account.state) == "online")).scalar()
    return found or 0


if __name__ == "__main__":
    set_up_logs("ERROR")
    print(*asyncio.run(work(sys.argv[1], *map(int, sys.argv[2:]))))
