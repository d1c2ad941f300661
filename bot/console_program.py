"""`python -m bot console`: the web console as a process of its own, beside workers on PostgreSQL.

It keeps no account and has no clock of the shop's: what is ordered is decided and written here, as a command line does
it, and the workers find it in the database within a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog
from rich.console import Console

from bot.app import App
from bot.client import Busy
from bot.clock import ticking, utc_now
from bot.config import Config
from bot.config_values import shown_url
from bot.control import Holding
from bot.database_urls import sqlite_path
from bot.desk import Refused
from bot.logs import set_up_logs
from bot.ports import cure_of, listen
from bot.program import console_itself, measured
from bot.store import Store
from bot.store.migrating import is_current, upgrade
from bot.system_errors import reason_of

T = TypeVar("T")

NOT_ON_SQLITE = (
    "console 是给 PostgreSQL 上几个 run --worker 配的后台，这里是 SQLite：直接运行 python -m bot run，它自己带着后台。"
)
RUN_HAS_ONE = "如果在跑的是不带 --worker 的 run，后台就在它那里，不用再开。"

log = structlog.get_logger("console")


def run_console(config: Config, url: str) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit status 0.

    Raises `Refused`, `Busy`, `ForeignDatabase`, `NewerDatabase`.
    """
    if sqlite_path(url) is not None:
        raise Refused(NOT_ON_SQLITE)
    set_up_logs(config.log.level)
    is_current(url)  # raises where it is another program's
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(Holding(url, share=True))
        except Busy as busy:
            raise Busy(f"{busy}{RUN_HAS_ONE}") from None
        listener = stack.enter_context(_listening(config))
        upgrade(url)
        asyncio.run(_live(config, url, listener))  # without secrets: the gateways are the workers'
    return 0


def _listening(config: Config) -> socket.socket:
    """Without its port there is nothing that this program could do."""
    host, port = config.console.host, config.console.port
    try:
        return listen(host, port)
    except OSError as error:
        why = f"{host}:{port} 用不了（{reason_of(error)}）"
        raise Refused(f"后台没有打开：{why}。在 [console] 里{cure_of(error)}，再启动。") from None


async def _live(config: Config, url: str, listener: socket.socket) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with contextlib.closing(Store(url, utc_now)) as store, ThreadPoolExecutor(1, "store") as thread:

        async def in_store(work: Callable[[], T]) -> T:
            return await asyncio.get_running_loop().run_in_executor(thread, work)

        app = App(config, store, {}, now=utc_now, in_store=in_store)
        say = partial(Console(highlight=False).print, soft_wrap=True, markup=False)
        with measured(app, "console") as tick:
            async with ticking(tick, app.woke), console_itself().serving(app, None, listener, say):
                log.info("started", database=shown_url(url))
                await app.run_orders(stop)
        log.info("stopped")
