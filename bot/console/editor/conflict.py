"""Somebody else has changed the entry while it was being edited: what they changed, and whose words are to stand."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from bot.console.editor.differences import differences, show_differences
from bot.console.editor.form import Form
from bot.console.reading.entries import Shown
from content_calendar.reading import cells_of


def merged(form: Form, theirs: dict[str, str], *, mine_first: bool) -> dict[str, str]:
    """Each column by whoever changed it; where both did, by who goes first."""
    return {
        column: theirs[column]
        if form.cells[column] == before or (theirs[column] != before and not mine_first)
        else form.cells[column]
        for column, before in form.before.items()
    }


def show_conflict(form: Form, theirs: Shown, go_on: Callable[[dict[str, str]], None]) -> None:
    """Say what they changed. `go_on` is called with the cells that whoever is editing goes on with."""
    cells = cells_of(theirs.entry)
    topics = form.choices.rooms
    found = differences(form.before, cells, topics)
    mine = differences(form.before, form.cells, topics)
    both = [one for one in found if form.cells[one.column] not in (form.before[one.column], cells[one.column])]
    who = theirs.author.removeprefix("console:").replace("operator", "命令行")
    at = f"{form.visit.local(theirs.at):%H:%M}"
    with ui.card().classes("z-card full-width").props("role=alert"):
        ui.label(f"您打开以后，{who}在 {at} 改了这一条：").classes("text-weight-bold")
        show_differences(found, {one.column: one.after for one in mine})
        if both:
            ui.label(f"您也改了{'、'.join(one.name for one in both)}，用谁的？别的地方各人改的都留着。")
        else:
            ui.label("您改的是别的地方，可以合起来。")
        with ui.row():
            first, others = ("都改了的，用我的", "都改了的，用对方的") if both else ("合起来", "")
            ui.button(first, on_click=lambda: go_on(merged(form, cells, mine_first=True))).props("unelevated no-caps")
            if others:
                ui.button(others, on_click=lambda: go_on(merged(form, cells, mine_first=False))).props(
                    "outline no-caps"
                )
            ui.button("不要我的了", on_click=lambda: go_on(cells)).props("flat no-caps")
