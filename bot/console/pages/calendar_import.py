"""导入: a workbook is read, what is wrong with it is said by row and column, and it is in force when one says so."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import events, ui

from bot.console.page import MANAGERS, Page
from bot.console.pages.calendar_files import KINDS, MOST_BYTES, NotAWorkbook, download, ending_of, imported
from bot.console.pages.calendar_look import REPORT
from bot.console.visit import Visit

_MOST_FAULTS = 200


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.add_css(REPORT)
    with ui.card().classes("z-card full-width"):
        ui.label("先看看会变什么，再确认。编号一样的就改那一条，表里没有的排期不动。").classes("z-muted")
        with ui.row():
            for ending in ("xlsx", "csv"):
                get = partial(download, visit, "template", ending)
                ui.button(f"下载模板 {KINDS[ending]}", icon="download", on_click=get).props("flat no-caps")
            if not visit.pool:  # the file has the whole shop's
                ui.button("导出现在的排期", icon="download", on_click=partial(download, visit, "export", "xlsx")).props(
                    "flat no-caps"
                )

        def begin() -> None:
            place.clear()
            with place:
                ui.label("正在看……").classes("z-muted").props("role=status")

        async def read(event: events.UploadEventArguments) -> None:
            content = await event.file.read()
            sent.reset()
            place.clear()
            with place:
                await _judge(visit, place, event.file.name, content)

        # Its own buttons have no names; ours opens it in the browser, which asks for a click there.
        sent = ui.upload(
            auto_upload=True,
            max_file_size=MOST_BYTES,
            on_begin_upload=begin,
            on_upload=read,
            on_rejected=lambda: ui.notify(f"传不了：最大 {MOST_BYTES >> 20} MB，只收表格。", type="negative"),
        )
        sent.props("accept=.xlsx,.csv,.toml").classes("hidden")
        choose = ui.button("选一个表格", icon="upload_file").props("unelevated no-caps")
        choose.on("click", js_handler=f"() => getHtmlElement({sent.id}).querySelector('input[type=file]').click()")
        ui.label(f"Excel（.xlsx）、CSV 或 TOML，最大 {MOST_BYTES >> 20} MB。").classes("z-muted")
        place = ui.column().classes("full-width")
    ui.link("回到排期", "/calendar").classes("z-link")


async def _judge(visit: Visit, place: ui.column, name: str, content: bytes) -> None:
    """Say what it would do, or what is wrong."""
    try:
        ending = ending_of(name, content)
    except NotAWorkbook as fault:
        ui.label(str(fault)).classes("text-negative").props("role=alert")
        return
    ui.label(name).classes("text-weight-bold").style("overflow-wrap: anywhere")
    answer = await imported(visit, ending, content, ["--dry-run", "--json"])
    if answer.exit == 0:
        told = await imported(visit, ending, content, ["--dry-run"])
        _show_change(visit, place, ending, content, json.loads(answer.out.splitlines()[-1]), told.out)
        return
    try:
        rows = [json.loads(line) for line in answer.out.splitlines()]
    except ValueError:  # it was not even read: one sentence says why
        ui.label(answer.out).classes("text-negative").props("role=alert")
        return
    from content_calendar.workbook import letters  # openpyxl is slow to import

    columns = await asyncio.to_thread(letters, content, f"表格.{ending}")
    _show_faults([row for row in rows if "row" in row], columns)


def _show_change(
    visit: Visit, place: ui.column, ending: str, content: bytes, counts: Mapping[str, int], told: str
) -> None:
    ui.label(f"新增 {counts['created']:,} 条，改动 {counts['changed']:,} 条，没变 {counts['same']:,} 条。").classes(
        "text-weight-medium"
    )
    *notes, _total = told.rstrip("\n").split("\n")
    for note in notes[:_MOST_FAULTS]:
        ui.label(note).classes("z-muted").style("overflow-wrap: anywhere")
    if not counts["created"] and not counts["changed"]:
        ui.label("和现在的一样，不用导入。").classes("z-muted")
        return

    async def confirmed() -> None:
        button.disable()
        with place:
            ui.label("正在导入，表大要等一会儿……").classes("z-muted").props("role=status")
        answer = await imported(visit, ending, content, [])
        place.clear()
        with place:
            ui.label("导入好了。" if answer.exit == 0 else answer.out).classes(
                "text-positive text-weight-bold" if answer.exit == 0 else "text-negative"
            ).props("role=status")

    button = ui.button("确认导入", on_click=confirmed).props("unelevated no-caps")


def _show_faults(faults: list[dict[str, Any]], columns: Mapping[tuple[str, str], str]) -> None:
    ui.label(f"有 {len(faults):,} 处要改，改好再传一次；现在什么都没导入。").classes("text-negative").props(
        "role=alert"
    )
    sheets = {fault["sheet"] for fault in faults}
    with ui.element("table").classes("z-report full-width"):
        with ui.element("thead"), ui.element("tr"):
            for name in ("在哪", "列", "写的是", "要求"):
                with ui.element("th"):
                    ui.label(name)
        with ui.element("tbody"):
            for fault in faults[:_MOST_FAULTS]:
                letter = columns.get((fault["sheet"], fault["column"]), "")
                where = f"第{fault['row']}行" + (f" {letter}列" if letter else "")
                with ui.element("tr"):
                    for text in (
                        f"{fault['sheet']} {where}" if len(sheets) > 1 else where,
                        fault["column"],
                        fault["found"] or "（空）",
                        fault["expected"],
                    ):
                        with ui.element("td"):
                            ui.label(text)
    if len(faults) > _MOST_FAULTS:
        ui.label(f"……还有 {len(faults) - _MOST_FAULTS:,} 处").classes("z-muted")


PAGE = Page(route="/calendar-import", title="导入排期", area="排期", build=build, roles=MANAGERS)
