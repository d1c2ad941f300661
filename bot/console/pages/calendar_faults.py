"""What the calendar's check says, where it concerns somebody; a gap in a promise is red."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from nicegui import ui

from bot.console.pages.calendar_filling import Filling
from bot.console.reading.calendar_faults import Checked, Fault, in_front, spoken
from bot.console.visit import Visit

_SHOWN = 5
_MOST = 100


def show_of_day(visit: Visit, checked: Checked, faults: Sequence[Fault], *, whole: bool) -> None:
    """Beside its day: in a month only what it is about, which opens the rest."""
    if not faults:
        return
    filling = Filling.of(visit, checked)
    if whole:
        for one in faults[:_SHOWN]:
            _line(one, filling)
        _rest(faults, filling)
        return
    name = faults[0].name if len(faults) == 1 else f"{faults[0].name}等 {len(faults):,} 处"
    colour = "negative" if in_front(faults) else "warning"
    ui.button(name, icon="error" if in_front(faults) else "warning", on_click=lambda: tell(faults, filling)).props(
        f"flat dense no-caps no-wrap align=left size=sm padding=0px_2px color={colour}"
    ).classes("full-width")


def show_of_week(visit: Visit, checked: Checked, faults: Sequence[Fault]) -> None:
    """Across the days of a week."""
    if not faults:
        return
    filling = Filling.of(visit, checked)
    with ui.element("div").classes("z-of-week" + (" z-gap" if in_front(faults) else "")):
        for one in faults[:_SHOWN]:
            _line(one, filling)
        _rest(faults, filling)


def show_longer(visit: Visit, checked: Checked) -> None:
    """What concerns the month."""
    faults = checked.of_longer()
    if not faults:
        return
    with ui.card().classes("z-card full-width"):
        show_lines(faults, Filling.of(visit, checked))


def show_of_entries(checked: Checked) -> None:
    """What concerns entries as such, each with the way to it."""
    faults = checked.of_entries()
    if not faults:
        return
    with ui.card().classes("z-card full-width"):
        ui.label("这些排期本身要看看").classes("text-subtitle1 text-weight-bold")
        for one in faults[:_SHOWN]:
            _line(one)
        _rest(faults)


def show_lines(faults: Sequence[Fault], filling: Filling | None = None) -> None:
    """The first few, with their days."""
    for one in faults[:_SHOWN]:
        _line(one, filling, period=True)
    _rest(faults, filling)


def tell(faults: Sequence[Fault], filling: Filling | None = None) -> None:
    """All of them, in a dialog."""
    with (
        ui.context.client.content,
        ui.dialog(value=True).props("aria-label=发前检查") as dialog,
        ui.card().classes("z-card").style("max-width: 560px"),
    ):
        ui.label("发前检查").classes("text-subtitle1 text-weight-bold")
        for one in faults[:_MOST]:
            _line(one, filling, period=True)
        if len(faults) > _MOST:
            ui.label(f"……还有 {len(faults) - _MOST:,} 处").classes("z-muted")
        with ui.row().classes("full-width justify-end"):
            ui.button("好", on_click=dialog.close).props("flat")
    dialog.on("hide", dialog.delete)


def _rest(faults: Sequence[Fault], filling: Filling | None = None) -> None:
    if len(faults) > _SHOWN:
        ui.button(f"还有 {len(faults) - _SHOWN:,} 处", on_click=lambda: tell(faults, filling)).props(
            "flat dense no-caps size=sm"
        )


def _line(fault: Fault, filling: Filling | None = None, *, period: bool = False) -> None:
    with ui.element("div").classes("z-fault"):
        icon, colour = ("error", "text-negative") if fault.is_gap else ("warning", "text-warning")
        ui.icon(icon, size="16px").classes(colour).props('aria-hidden="true"')
        with ui.element("div").style("overflow-wrap: anywhere; min-width: 0"):
            ui.label(fault.name).classes(f"text-weight-bold q-mr-xs {colour}").style("display: inline")
            if period and fault.first:
                ui.label(_days(fault)).classes("z-muted q-mr-xs").style("display: inline")
            if fault.entry and fault.first is None:
                _open(fault.title, fault)
            ui.label(spoken(fault)).classes("q-mr-xs").style("display: inline")
            if fault.entry and fault.first is not None:
                _open("看这条", fault)
            if filling is not None and fault.is_gap and fault.promise:
                filling.button(fault)


def _open(told: str, fault: Fault) -> ui.link:
    link = ui.link(told, f"/calendar/{quote(fault.entry, safe='')}").classes("z-link q-mr-xs")
    link.style("text-decoration: underline").props["title"] = f"{fault.title}，编号 {fault.entry}"
    return link


def _days(fault: Fault) -> str:
    if fault.first == fault.last:
        return f"{fault.first:%m-%d}"
    return f"{fault.first:%m-%d} 到 {fault.last:%m-%d}"
