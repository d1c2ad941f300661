"""A month or a week of the calendar: a cell a day, an entry's turn in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from nicegui import ui

from bot.console.pages.calendar_faults import show_of_day, show_of_week
from bot.console.pages.calendar_moving import Moving
from bot.console.reading.calendar import Days, Turn, Wanted
from bot.console.reading.calendar_faults import Checked, in_front
from bot.console.visit import Visit
from content_calendar.holidays import is_make_up_day, is_public_holiday
from content_calendar.weekdays import CHINESE
from handlers import rights
from models.orders import WriteEntryOrder

STATES = {"draft": "草稿", "review": "待通过"}
_DAY = timedelta(days=1)


def show_days(visit: Visit, wanted: Wanted, days: Days, today: date) -> Callable[[Checked], None]:
    """The whole grid. Returns what marks in it what the check has found: what one is about to press stays."""
    first, last = wanted.span
    tall = wanted.view == "week"
    moving = Moving(visit)
    writes = rights.may(visit.role, WriteEntryOrder)
    weeks: dict[date, ui.element] = {}
    cells: dict[date, _Cell] = {}
    with ui.element("div").classes("z-days" + (" z-tall" if tall else "")):
        for name in CHINESE:
            ui.label(name).classes("z-weekday z-muted")
        monday = first
        while monday <= last:
            weeks[monday] = ui.element("div").style("display: contents")
            for number in range(7):
                day = monday + number * _DAY
                cells[day] = _show_day(moving, wanted, day, days, today, writes=writes and day >= today)
            monday += 7 * _DAY

    def mark(checked: Checked) -> None:
        for monday, place in weeks.items():
            place.clear()
            with place:
                show_of_week(visit, checked, checked.of_week(monday))
        for day, cell in cells.items():
            faults = checked.of_day(day)
            for name, holds in (("z-gap", in_front(faults)), ("z-empty", not (cell.has_turns or faults))):
                cell.box.classes(**{"add" if holds else "remove": name})
            cell.faults.clear()
            with cell.faults:
                show_of_day(visit, checked, faults, whole=tall)

    return mark


class _Cell(NamedTuple):
    box: ui.element
    faults: ui.element
    has_turns: bool


def _show_day(moving: Moving, wanted: Wanted, day: date, days: Days, today: date, *, writes: bool) -> _Cell:
    turns = days.turns.get(day, [])
    more = days.counts.get(day, 0) - len(turns)
    classes = ["z-day"]
    classes += ["z-elsewhere"] if wanted.view == "month" and day.month != wanted.around.month else []
    classes += ["z-today"] if day == today else []
    classes += [] if turns else ["z-empty"]
    with ui.element("div").classes(" ".join(classes)) as cell:
        moving.drop(cell, day)
        with ui.element("div").classes("z-number"):
            number = f"{day.month}月{day.day}日" if day.day == 1 else f"{day.day}"
            said = "z-number-of" + ("" if day == today else " z-muted")
            if writes:
                new = f"/calendar/new?day={day}"
                ui.link(number, new).classes(f"{said} z-new").props["title"] = f"在{day.month}月{day.day}日新建一条"
                cell.on("click", js_handler=f"(e) => {{ if (e.target === e.currentTarget) location.href = '{new}' }}")
            else:
                ui.label(number).classes(said)
            ui.label(CHINESE[day.weekday()]).classes("z-muted z-short")
            if is_public_holiday(day) or is_make_up_day(day):
                ui.label("休" if is_public_holiday(day) else "班").classes("z-muted text-weight-bold")
        for turn in turns:
            show_turn(moving, turn)
        if more > 0:
            ui.link(f"还有 {more:,} 条", wanted.to(view="list", day=day.isoformat())).classes("z-link")
        faults = ui.element("div").style("display: contents")
    return _Cell(cell, faults, bool(turns))


def show_turn(moving: Moving, turn: Turn) -> None:
    """An entry's turn, which opens the entry."""
    classes = "z-turn" + (" z-advert" if turn.promotional else "") + ("" if turn.state == "approved" else " z-unsaid")
    with ui.element("div").classes(classes) as box:
        moving.lift(box, turn)
        with ui.link(target=turn.address) as link:
            link.props["title"] = f"{turn.title} · {turn.to}"
            link.props["draggable"] = "false"  # it would carry its address instead
            ui.label(f"{turn.at:%H:%M}").classes("text-weight-bold q-mr-xs").style("display: inline")
            ui.label(turn.title).style("display: inline")
            for mark in marks(turn):
                ui.label(f"· {mark}").style("display: inline").classes("q-ml-xs")
        moving.button(turn)


def marks(turn: Turn) -> list[str]:
    """What else to know of it."""
    said = [STATES[turn.state]] if turn.state in STATES else []
    return [*said, *([f"{turn.own}自己的"] if turn.own else [])]
