"""The calendar as a file: out of the shop, as a template, and what comes in, which is judged by what it holds."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from nicegui import ui

from bot.console.page import MANAGERS
from bot.console.pages.calendar_weeks import copy_week
from bot.console.reading.calendar import Wanted
from bot.console.visit import Visit
from bot.desk import Answer
from handlers import rights
from models.orders import CopyWeekOrder, ImportEntriesOrder

MOST_BYTES = 10_485_760
KINDS = {"xlsx": "Excel", "csv": "CSV", "ics": "日历软件（.ics）", "toml": "TOML"}
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class NotAWorkbook(ValueError):
    """What was sent is no calendar; the message says what to do."""


def menu(visit: Visit, wanted: Wanted) -> None:
    """What can be done with the calendar as a whole."""
    with ui.button("更多", icon="more_vert").props("flat no-caps"), ui.menu(), ui.list():
        if rights.may(visit.role, ImportEntriesOrder):
            _item("导入表格", lambda: ui.navigate.to("/calendar-import"))
        if wanted.view == "week" and rights.may(visit.role, CopyWeekOrder):
            _item("把这一周抄到别的周", partial(copy_week, visit, wanted.span[0]))
        if visit.role in MANAGERS and not visit.pool:
            _item("预演往后 30 天", lambda: ui.navigate.to("/calendar-ahead"))
        for ending, name in KINDS.items() if not visit.pool else ():  # the file has the whole shop's
            _item(f"导出 {name}", partial(download, visit, "export", ending))
        for ending in ("xlsx", "csv"):
            _item(f"下载模板 {KINDS[ending]}", partial(download, visit, "template", ending))


def _item(name: str, act: object) -> None:
    with ui.menu_item(on_click=act):  # type: ignore[arg-type]
        ui.item_label(name)


async def download(visit: Visit, command: str, ending: str) -> None:
    """Have the command line write a file, and hand it over."""
    client = ui.context.client
    today = visit.local(visit.site.now()).date()
    name = f"排期模板.{ending}" if command == "template" else f"排期-{today}.{ending}"
    with tempfile.TemporaryDirectory(prefix="zhanggui-") as folder:
        path = Path(folder) / f"calendar.{ending}"
        answer = await visit.command(["calendar", command, "--", str(path)])
        content = None if answer.exit else await asyncio.to_thread(path.read_bytes)
    with client:
        if content is None:
            ui.notify(answer.out, type="negative", multi_line=True)
        else:
            ui.download.content(content, name)


def ending_of(name: str, content: bytes) -> str:
    """The kind of file that it is, by what it holds. Raises `NotAWorkbook`."""
    if len(content) > MOST_BYTES:
        raise NotAWorkbook(f"文件超过 {MOST_BYTES >> 20} MB 了，图片另放素材文件夹，表里只写文件名。")
    if not content.strip():
        raise NotAWorkbook("这个文件是空的。")
    if content.startswith(_ZIP):
        return "xlsx"
    if content.startswith(_OLD_EXCEL):
        raise NotAWorkbook("这是老格式的 .xls，请另存为 .xlsx 再传。")
    if b"\0" in content[:65_536] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotAWorkbook("这不是表格。要 .xlsx、.csv 或 .toml，可以先下载模板看看。")
    return "toml" if name.lower().endswith(".toml") else "csv"


async def imported(visit: Visit, ending: str, content: bytes, options: Sequence[str]) -> Answer:
    """Have the command line read it."""
    with tempfile.TemporaryDirectory(prefix="zhanggui-") as folder:
        path = Path(folder) / f"表格.{ending}"
        await asyncio.to_thread(path.write_bytes, content)
        return await visit.command(["calendar", "import", *options, "--", str(path)])
