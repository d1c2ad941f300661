"""Playbooks that were in force: who put them there when, what was different, and the way back."""

from __future__ import annotations

from nicegui import ui

from bot.console.page import Page
from bot.console.pages.deliveries_rows import moment
from bot.console.playbook.saving import compare, may_change
from bot.console.reading.playbooks import PAGE as PAGE_SIZE
from bot.console.reading.playbooks import kept, versions
from bot.console.visit import Visit
from bot.store.playbooks import Version


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.link("回到方案", "/playbook").classes("z-link")
    last: list[Version] = []
    with ui.card().classes("z-card full-width"):
        ui.label("改过的").classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
        place = ui.column().classes("full-width").style("gap: 8px")
        more = ui.button("更早的").props("flat no-caps").classes("self-center")

    async def earlier() -> None:
        rows = await visit.read(versions, last[-1].id if last else None)
        with place:
            for row in rows:
                _show(visit, row, is_first=not last and row is rows[0])
        last[:] = rows or last
        more.visible = len(rows) >= PAGE_SIZE and last[-1].id > 0

    more.on_click(earlier)
    await earlier()


def _show(visit: Visit, row: Version, *, is_first: bool) -> None:
    with ui.row().classes("items-center full-width z-row"):
        with ui.column().classes("col").style("gap: 0; min-width: 160px"):
            ui.label(f"{moment(visit, row.at)}　{who(row.by)}").style("overflow-wrap: anywhere")
            ui.label(row.revision[:12]).classes("z-muted text-caption")
        if is_first:
            ui.badge("现在用的").props("color=positive").classes("q-pa-xs")
            return
        ui.button("和现在比", on_click=lambda: _look(visit, row)).props("flat dense no-caps")
        if may_change(visit):
            ui.button("回到这一版", on_click=lambda: _go_back(visit, row)).props("outline dense no-caps")


async def _look(visit: Visit, row: Version) -> None:
    """What has changed since."""
    then, now = await visit.read(kept, row.revision), await visit.read(kept)
    if then is not None and now is not None:
        compare(visit, then, now.playbook, now.toml, base="", done=lambda: None)


async def _go_back(visit: Visit, row: Version) -> None:
    """What would change."""
    base = visit.merchant.revision
    then, now = await visit.read(kept, row.revision), await visit.read(kept, base)
    if then is not None and now is not None:

        def done() -> None:
            ui.navigate.to("/playbook?saved=1")

        compare(visit, now, then.playbook, then.toml, base=base, done=done, yes="回到这一版，马上生效")


def who(actor: str) -> str:
    """Who put it in force, as one says it."""
    if not actor:
        return "第一次启动时的文件"
    kind, _, name = actor.partition(":")
    return name if kind == "console" else "命令行" if actor == "operator" else actor


PAGE = Page(route="/playbook/history", title="改过的方案", area="运营方案", build=build)
