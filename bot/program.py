"""`python -m bot run`: the bot as a process, from its signals to its exit status."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import structlog
from rich.console import Console

from bot import practice
from bot.app import App
from bot.article_titles import title_of
from bot.calendar_plan import MEDIA_FOLDER
from bot.cli import execute
from bot.clock import ticking, utc_now
from bot.config import Account, AlertChannel, Config
from bot.config_values import shown_url
from bot.control import Holding, holding_on, listening
from bot.crowd import live, shipped_world
from bot.database_urls import sqlite_path
from bot.desk import Answer, Desk, Refused
from bot.faults import ConfigFaults
from bot.logs import set_up_logs
from bot.merchants import say_what_differs
from bot.moved import refuse_moved
from bot.ports import cure_of, listen
from bot.power import after_power_cut
from bot.practice import Clock, Ground
from bot.rehearsal_output import Printer
from bot.store import Store, Writing
from bot.store.damaged import damage_named
from bot.store.health import check_after_crash
from bot.store.leases import Leases
from bot.store.migrating import is_current, upgrade
from bot.store.resting import collector_at_rest
from bot.store.restoring import come_back, is_backup
from bot.system_errors import reason_of
from bot.transcript import Transcript
from bot.transports import Transport
from bot.transports.simulator import SimulatorTransport, World
from bot.transports.webhook import WebhookTransport
from bot.transports.wechaty import WechatyTransport
from handlers import decide

T = TypeVar("T")

# The dispatcher gives up on a send by the playbook's `send_timeout_seconds`, of which this is the most.
LONGEST_SEND = 3_600

ALL_SIMULATED = "全部模拟，不会发到微信。按 Ctrl+C 停止。"
ONLY_ON_POSTGRESQL = (
    "run --worker 是几个进程一起干活，要用 PostgreSQL，这里是 SQLite："
    "先用 db copy 把数据搬过去（步骤见 docs/scaling.md），或者去掉 --worker，只开一个。"
)

log = structlog.get_logger("run")


def run_program(config: Config, url: str, *, quiet: bool, worker: bool = False) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status 0.

    A `worker` shares the accounts with others, on PostgreSQL.
    Raises `ConfigFaults`, `Refused`, `Busy`, `Damaged`, `ForeignDatabase`, `NewerDatabase`.
    """
    if worker and sqlite_path(url) is not None:
        raise Refused(ONLY_ON_POSTGRESQL)
    set_up_logs(config.log.level)
    if faults := config.secrets_faults(os.environ):
        raise ConfigFaults(faults)
    is_current(url)  # raises where it is another program's, before there is a lock beside its file
    with damage_named(url), Holding(url, share=worker) as holding:
        if holding.unclean:
            check_after_crash(url)
        refuse_moved(url, config)
        upgrade(url)
        leases = _leases(config, url) if worker else None
        asyncio.run(
            _live(
                config, url, holding, leases, quiet=quiet or worker, with_console=config.console.enabled and not worker
            )
        )
    return 0


def _leases(config: Config, url: str) -> Leases:
    """Whatever somebody has to attend to: accounts and channels of alerts."""
    kept = [(account.merchant, account.id) for account in config.accounts]
    kept += [(channel.merchant, channel.id) for channel in config.alerts]
    every, lasting = config.workers.heartbeat_seconds, config.workers.lease_seconds
    return Leases(url, kept, heartbeat=timedelta(seconds=every), lease=timedelta(seconds=lasting))


async def _live(
    config: Config, url: str, holding: Holding, leases: Leases | None, *, quiet: bool, with_console: bool
) -> None:
    # Each worker would have a crowd of its own, whom the others have never met.
    practising = leases is None and practice.is_practice(config)
    cut = after_power_cut() if practising else None
    clock = Clock()
    now = clock.now

    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with (
        contextlib.closing(Store(url, now, leases=leases)) as store,
        ThreadPoolExecutor(1, "store") as thread,
        contextlib.ExitStack() as stack,
    ):
        if practising:
            shift = timedelta(seconds=cut.ahead_seconds) if cut else practice.clock_shift(config, store, utc_now())
            clock.ahead = shift
        simulated = [(one.id, one.name) for one in config.accounts if one.transport == "simulator"]
        world = shipped_world(now, simulated) if simulated else None
        if world is not None:
            practice.recall_people(world, store, config.merchants[0].id)
        media = config.file.parent / MEDIA_FOLDER
        transports = {account.id: _transport(account, world, now, media) for account in config.accounts}
        transports |= {channel.id: _webhook(channel, now) for channel in config.alerts}

        async def in_store(work: Callable[[], T]) -> T:
            return await asyncio.get_running_loop().run_in_executor(thread, work)

        app = App(config, store, transports, now=now, in_store=in_store)
        if is_backup(store):
            come_back(store, app.merchants, decide)
        console = Console(highlight=False)
        # What members of a real account write belongs on somebody's terminal, not into a file of the system's.
        if not quiet and (practising or console.is_terminal):
            if practising:
                console.print(f"[bold]{ALL_SIMULATED}[/bold]")
            _show(console, app)

        async def at_desk(argv: list[str], folder: Path) -> Answer:
            desk = Desk(config, store, app.merchants, app.ask, now, folder, reading=asyncio.to_thread)
            return await execute(argv, desk if practising else dataclasses.replace(desk, title_of=title_of))

        clock.jumped = app.wake
        ground = Ground.around(world, cut, clock) if world is not None and practising else None
        if ground is not None:
            app.intake.listeners.append(ground.talk.heard)
        say = (lambda _line: None) if quiet else partial(console.print, soft_wrap=True, markup=False)
        tick = stack.enter_context(measured(app, leases.worker if leases else ""))
        async with (
            holding_on(holding, stop),
            listening(holding, at_desk),
            ticking(tick, app.woke),
            _crowd(app, ground),
            _console(app, ground, say) if with_console else contextlib.nullcontext(),
        ):
            say_what_differs(config, app.merchants)
            log.info(
                "started",
                accounts=list(transports),
                database=shown_url(url),
                worker=leases and leases.worker,
            )
            await app.run(stop)
        log.info("stopped")


@contextlib.contextmanager
def measured(app: App, name: str) -> Iterator[Callable[[], None]]:
    """Serve the program's figures, if that is wanted; what is yielded is to be called every second. `name`: of one
    program among several."""
    if app.config.metrics.port is None:
        yield app.tick
        return
    from bot.metrics import Metrics
    from bot.metrics_server import serving

    metrics = Metrics(app)

    def tick() -> None:
        metrics.tick()
        app.tick()

    with serving(metrics, app.config.metrics, name):
        yield tick


@contextlib.asynccontextmanager
async def _crowd(app: App, ground: Ground | None) -> AsyncIterator[None]:
    """The people of the practice ground, each run new ones: the database knows those of the last."""
    if ground is None:
        yield
        return

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds)
        await ground.lively.wait()

    async def people() -> None:
        await practice.prepare(app, again=ground.cut_at is not None)
        await live(ground.world, app.config.accounts[0].id, ground.seed, sleep)

    task = asyncio.create_task(people(), name="crowd")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def _console(app: App, ground: Ground | None, say: Callable[[str], None]) -> AsyncIterator[None]:
    """The web console, beside the bot: nobody waits for a greeting until the libraries of the web are loaded."""
    where = app.config.console

    async def serve() -> None:
        try:
            listener = await asyncio.to_thread(listen, where.host, where.port)
        except OSError as error:
            place = f"{where.host}:{where.port}"
            say(f"后台没有打开：{place} 用不了（{reason_of(error)}）。在 [console] 里{cure_of(error)}，再启动。")
            log.warning("console.unavailable", host=where.host, port=where.port, error=error.strerror)
            return
        with listener:
            async with (await asyncio.to_thread(console_itself)).serving(app, ground, listener, say):
                await asyncio.Event().wait()

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("console.failed", exc_info=error)

    task = asyncio.create_task(serve(), name="console")
    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def console_itself() -> ModuleType:
    """The console, whose libraries take their time to load."""
    with collector_at_rest():
        return importlib.import_module("bot.console.serving")


def _transport(account: Account, world: World | None, now: Callable[[], datetime], media: Path) -> Transport:
    if account.transport == "wechaty":
        return WechatyTransport(
            account.id,
            account.endpoint or "",
            os.environ.get(account.token_env or "", ""),
            tls=account.tls,
            ca_file=str(account.ca_file or ""),
            now=now,
            send_seconds=LONGEST_SEND,
            media=media,
        )
    assert world is not None, "the world is made of the simulated accounts"
    return SimulatorTransport(world, account.id)


def _webhook(channel: AlertChannel, now: Callable[[], datetime]) -> Transport:
    url = os.environ[channel.webhook_env].strip()
    return WebhookTransport(channel.id, channel.merchant, url, channel.form, now)


def _show(console: Console, app: App) -> None:
    """Print a transcript of what members say and what the bot does."""
    merchant = next(iter(app.merchants.values()))
    transcript = Transcript(console, merchant.zone)
    printer = Printer(transcript.show_live, app.now, merchant.zone)

    def committed(writing: Writing) -> None:
        if writing.changes:
            printer.changes(app.store, writing)

    app.intake.listeners.append(transcript.heard)
    app.store.listeners.append(committed)
