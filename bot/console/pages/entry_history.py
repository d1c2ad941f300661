"""What was done to an entry, by whom and when, what each edit changed, and the way back to a version."""

from __future__ import annotations

from urllib.parse import quote

from nicegui import ui

from bot.console.editor.differences import differences, show_differences
from bot.console.names import doer
from bot.console.page import Page
from bot.console.pages.deliveries_rows import moment
from bot.console.reading.calendar import rooms_of
from bot.console.reading.entry_history import Step, history_of
from bot.console.visit import Visit
from content_calendar.reading import cells_of
from handlers import rights
from models.orders import WriteEntryOrder

_DID = {
    "calendar.write": "改了",
    "calendar.import": "改了",
    "calendar.move": "改期",
    "calendar.approve": "通过",
    "calendar.reject": "退回",
    "calendar.skip": "跳过一次",
    "calendar.unskip": "恢复一次",
    "calendar.override": "群里自己改了",
    "calendar.delete": "删了",
}


async def build(visit: Visit) -> None:
    """Build the page."""
    key = visit.at.get("entry", "")
    address = f"/calendar/{quote(key, safe='')}"
    ui.link("← 回到这条", address).classes("z-link")
    steps = await visit.read(history_of, key)
    topics = {one.room: one.topic or one.room for one in await visit.read(rooms_of)}
    with ui.card().classes("z-card full-width"):
        ui.label("改过的").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
        if not steps:
            ui.label("没有这条排期。").classes("z-muted")
        current = next((one.entry for one in steps if one.entry), None)
        for step in steps:
            _show(visit, step, address, topics, is_current=step.entry is not None and step.entry == current)


def _show(visit: Visit, step: Step, address: str, topics: dict[str, str], *, is_current: bool) -> None:
    who = doer(step.who)
    did = "新建" if step.entry and step.before is None else _DID.get(step.action, step.action)
    with ui.row().classes("items-center full-width z-row"):
        ui.label(f"{moment(visit, step.at)}　{who}　{did}").classes("col").style(
            "overflow-wrap: anywhere; min-width: 200px"
        )
        if is_current:
            ui.badge("现在用的").props("color=positive").classes("q-pa-xs")
        elif step.entry is not None and rights.may(visit.role, WriteEntryOrder):
            back = f"{address}/edit?from={step.entry.revision}"
            ui.button("回到这一版", on_click=lambda: ui.navigate.to(back)).props("outline dense no-caps").classes(
                "q-px-sm"
            )
    if step.reason:
        ui.label(step.reason).classes("z-muted").style("overflow-wrap: anywhere")
    if step.entry is not None and step.before is not None:
        show_differences(differences(cells_of(step.before), cells_of(step.entry), topics))


PAGE = Page(route="/calendar/{entry}/history", title="改过的", area="排期", build=build)
