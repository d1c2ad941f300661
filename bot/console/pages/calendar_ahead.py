"""预演: the next thirty days on a copy of the database, lived through by another process, and what came of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from nicegui import ui

import bot
from bot.console.names import account_name
from bot.console.page import MANAGERS, Page
from bot.console.pages.calendar_look import BARS
from bot.console.pages.calendar_moving import called
from bot.console.reading.calendar_faults import days_of
from bot.console.visit import Visit
from handlers.reason_names import DELIVERY_STATE_NAMES, REASON_NAMES
from models.deliveries import DeliveryState

DAYS = 30
_PATIENCE_SECONDS = 600
_LEAVING_SECONDS = 10
_SHOWN = 20
# A machine that sends has better things to do than to look ahead several times at once.
_one_at_a_time = asyncio.Lock()

Row = Mapping[str, Any]


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.add_css(BARS)
    if visit.pool:
        ui.label("预演看的是整个店，只管一个账号的看不了。").classes("z-muted")
        return
    with ui.card().classes("z-card full-width"):
        ui.label(
            f"拿现在的数据抄一份，把往后 {DAYS} 天先过一遍：谁会被打扰几次、哪里缺稿、账号忙不忙。什么都不会发出去。"
        )
        with ui.row():
            begin = ui.button(f"预演往后 {DAYS} 天", icon="fast_forward").props("unelevated no-caps")
            stop = ui.button("停下", icon="stop").props("outline no-caps")
        status = ui.label().classes("z-muted").props("role=status")
    place = ui.column().classes("full-width")
    ui.link("回到排期", "/calendar").classes("z-link")

    running: list[asyncio.Task[tuple[int, str]]] = []
    stop.visible = False

    async def look() -> None:
        begin.disable()
        stop.visible = True
        status.text = "正在预演：先抄一份数据。店大要几分钟，可以先去看别的……"

        def day_began(number: int) -> None:
            status.text = f"正在预演：第 {number + 1} 天，共 {DAYS} 天……"

        running[:] = [rehearsal := asyncio.create_task(_ahead(visit, day_began))]
        await asyncio.wait(running)
        exit_status, out = (1, "停下了。") if rehearsal.cancelled() else rehearsal.result()
        begin.enable()
        stop.visible = False
        status.text = "" if exit_status == 0 else out
        place.clear()
        if exit_status == 0:
            rows = [row for row in map(json.loads, out.splitlines()) if row["merchant"] == visit.merchant_id]
            with place:
                _show(visit, rows)

    def give_up() -> None:
        for rehearsal in running:
            rehearsal.cancel()

    begin.on_click(look)
    stop.on_click(give_up)


async def _ahead(visit: Visit, day_began: Callable[[int], None]) -> tuple[int, str]:
    """`python -m bot ahead` on the database that is running: its exit status and what it printed. `day_began` is told
    the number of each day, from 0."""
    site = visit.site
    argv = ["ahead", "--days", str(DAYS), "--json", "--say-days", "--config", str(site.config.file.resolve())]
    async with _one_at_a_time:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *argv,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(bot.__file__).parents[1],
            env={**os.environ, "ZHANGGUI_DATABASE__URL": site.store.url},
        )  # fmt: skip
        try:
            out, wrong = await asyncio.wait_for(_read(process, day_began), _PATIENCE_SECONDS)
        except TimeoutError:
            return 1, "十分钟还没预演完，停下了。晚上闲的时候在命令行里跑 python -m bot ahead。"
        finally:
            if process.returncode is None:
                await _end(process)
    told = (out if process.returncode == 0 else out + wrong).decode(errors="replace")
    return process.returncode or 0, told if process.returncode == 0 else told.strip()[-500:]


async def _read(process: asyncio.subprocess.Process, day_began: Callable[[int], None]) -> tuple[bytes, bytes]:
    """What it printed until its end, and what it said was wrong."""
    assert process.stdout is not None
    assert process.stderr is not None
    printed = asyncio.create_task(process.stdout.read())
    wrong = b""
    while line := await process.stderr.readline():
        if line.strip().isdigit():
            day_began(int(line))
        else:
            wrong += line
    out = await printed
    await process.wait()
    return out, wrong


async def _end(process: asyncio.subprocess.Process) -> None:
    """Let it take its copy of the database with it; whoever does not go is made to."""
    process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.wait(), _LEAVING_SECONDS)
    except TimeoutError:
        process.kill()


def _show(visit: Visit, rows: Sequence[Row]) -> None:
    about: dict[str, list[Row]] = {}
    for row in rows:
        about.setdefault(row["about"], []).append(row)
    with ui.element("div").classes("z-cards"):
        for one in about.get("promises", []):
            with _card("必发"):
                _bars(
                    [("做到", one["kept"]), ("晚了", one["late"]), ("漏发", one["missed"])], alarming={"晚了", "漏发"}
                )
        for one in about.get("touches", []):
            with _card(f"每人每周被打扰几次（{one['members']:,} 人）"):
                _bars([(f"{times} 次", people) for times, people in one["per_week"].items()])
                ui.label(f"中间数 {one['middle']} 次，最多 {one['most']} 次").classes("z-muted")
        for one in about.get("load", []):
            account, sent = account_name(visit, one["account"]), f"{one['sent']:,}"
            with _card(f"账号 {account}：共发 {sent} 条，最忙一小时 {one['most_per_hour']:,} 条"):
                _bars([(f"{hour} 点", count) for hour, count in enumerate(one["by_hour"]) if count])
        with _card("没发出去的和等过的"):
            held = about.get("held_back", [])
            _bars([(_held(row), row["count"]) for row in held[:_SHOWN]])
            if not held:
                ui.label("没有。").classes("z-muted")
        with _card("缺稿"):
            # The same is often missing in many groups.
            gaps = Counter((row["period"], row["text"]) for row in about.get("empty_slot", []))
            for (period, text), groups in list(gaps.items())[:_SHOWN]:
                _show_gap(period, text, groups)
            if len(gaps) > _SHOWN:
                ui.label(f"……还有 {len(gaps) - _SHOWN:,} 处，排期里红的都是。").classes("z-muted")
            if not gaps:
                ui.label("没有缺的。").classes("z-muted")


def _show_gap(period: str, text: str, groups: int) -> None:
    first, last = days_of(period)
    told = text + (f"（{groups:,} 个群）" if groups > 1 else "")
    with ui.column().classes("full-width").style("gap: 0"):
        if first and last:
            when = called(first) if first == last else f"{called(first)}到{called(last)}"
            ui.link(when, f"/calendar?view=week&day={first}").classes("z-link")
        ui.label(told).style("overflow-wrap: anywhere")


def _card(title: str) -> ui.card:
    with ui.card().classes("z-card full-width") as card:
        ui.label(title).classes("text-subtitle1 text-weight-bold")
    return card


def _bars(rows: Sequence[tuple[str, int]], alarming: Collection[str] = ()) -> None:
    """A bar chart that is also a table to whoever cannot see it."""
    most = max((count for _, count in rows), default=0) or 1
    with ui.element("div").classes("z-bars full-width").props("role=list"):
        for name, count in rows:
            with ui.element("div").classes("z-bar-row").props("role=listitem"):
                ui.label(name).classes("ellipsis")
                colour = "z-bar-bad" if name in alarming else ""
                ui.element("div").classes(f"z-bar {colour}").style(f"width: {100 * count / most:.1f}%")
                ui.label(f"{count:,}").classes("text-right")


def _held(row: Row) -> str:
    state = "等过" if row["state"] == DeliveryState.WAITING else DELIVERY_STATE_NAMES[DeliveryState(row["state"])]
    return f"{state}：{REASON_NAMES.get(row['reason'], row['reason'])}"


PAGE = Page(route="/calendar-ahead", title="预演", area="排期", build=build, roles=MANAGERS)
