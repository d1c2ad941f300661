"""排期: what goes out when, as a month, a week or a list, with what is not in order beside the day it concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.page import Page
from bot.console.pages.calendar_days import show_days
from bot.console.pages.calendar_faults import show_longer, show_of_entries
from bot.console.pages.calendar_files import menu
from bot.console.pages.calendar_list import show_list, show_undated
from bot.console.pages.calendar_look import STYLE
from bot.console.reading.calendar import VIEWS, Room, Wanted, days_of, page_of, rooms_of, stamp_of, undated
from bot.console.reading.calendar_faults import Checked, checked
from bot.console.visit import Visit
from handlers import rights
from models.orders import WriteEntryOrder

_DAY = timedelta(days=1)


async def build(visit: Visit) -> None:
    """Build the page."""
    ui.add_css(STYLE)
    today = visit.local(visit.site.now()).date()
    wanted = Wanted.read(visit.at, today)
    _bar(visit, wanted, today)
    _filters(visit, wanted, await visit.read(rooms_of))
    place = ui.column().classes("full-width")
    seen: list[object] = []
    marking: list[Callable[[Checked], None]] = []  # what is shown already

    async def is_new() -> bool:
        now = [await visit.read(stamp_of), visit.local(visit.site.now()).date()]
        if seen == now:  # whoever is dragging something keeps it
            return False
        seen[:] = now
        return True

    async def check() -> None:
        found = await visit.read(checked, visit.site.now(), visit.site.folder / MEDIA_FOLDER, wanted)
        for mark in marking:
            mark(found)

    async def look() -> None:
        if await is_new():
            await show()
            await check()

    async def show() -> None:
        rest = await visit.read(undated, wanted)
        if wanted.view == "list":
            rows = await visit.read(page_of, wanted)
        else:
            days = await visit.read(days_of, wanted)
        place.clear()
        with place:
            if not rest.entries:
                _show_nothing()
            longer = ui.element("div").style("display: contents")
            within = show_list(visit, wanted, rows) if wanted.view == "list" else show_days(visit, wanted, days, today)
            of_entries = ui.element("div").style("display: contents")
            show_undated(rest)

        def around(found: Checked) -> None:
            longer.clear()
            with longer:
                show_longer(visit, found)
            of_entries.clear()
            with of_entries:
                show_of_entries(found)

        marking[:] = [within, around]

    async def begin() -> None:
        await check()
        visit.live(look, 2.0)

    await is_new()
    await show()
    if wanted.view != "list":
        ui.run_javascript("document.querySelector('.z-today')?.scrollIntoView({block: 'center'})")
    ui.timer(0.05, begin, once=True)  # a large calendar is there before it is checked


def _show_nothing() -> None:
    with ui.card().classes("z-card full-width"):
        ui.label("还没有排期。").classes("text-weight-medium")
        ui.label("下载模板填好再导入，或者新建一条：写什么、发给谁、哪天几点。").classes("z-muted")


def _bar(visit: Visit, wanted: Wanted, today: date) -> None:
    """Where one is, and the ways from there."""
    with ui.row().classes("items-center full-width"):
        with ui.row().classes("items-center no-wrap").style("gap: 2px"):
            back, on = _neighbours(wanted)
            _go("chevron_left", "往前", wanted.to(day=back.isoformat()))
            _go("chevron_right", "往后", wanted.to(day=on.isoformat()))
            ui.label(_called(wanted)).classes("text-subtitle1 text-weight-bold q-ml-sm").props(
                "role=heading aria-level=2"
            )
        if not wanted.span[0] <= today <= wanted.span[1]:
            ui.button("今天", on_click=lambda: ui.navigate.to(wanted.to(day=today.isoformat()))).props("flat no-caps")
        ui.space()
        if rights.may(visit.role, WriteEntryOrder):
            ui.button("新建", icon="add", on_click=lambda: ui.navigate.to("/calendar/new")).props("outline no-caps")
        menu(visit, wanted)
        with ui.row().classes("no-wrap").style("gap: 4px"):
            for view, name in VIEWS.items():
                address = wanted.to(view=view)
                ui.button(name, on_click=lambda address=address: ui.navigate.to(address)).props(
                    "dense no-caps " + ("unelevated aria-current=page" if view == wanted.view else "flat")
                ).classes("q-px-md")


def _filters(visit: Visit, wanted: Wanted, rooms: list[Room]) -> None:
    tiers = {tier.name: tier.name for tier in visit.merchant.playbook.tiers}
    topics = {one.room: one.topic or one.room for one in rooms if wanted.tier in ("", one.tier)}
    if not tiers and not topics:
        return
    with ui.row().classes("items-center full-width"):
        for label, name, options in (("层级", "tier", tiers), ("群", "group", topics)):
            chosen = getattr(wanted, name)
            box = ui.select(
                options,
                label=label,
                value=chosen if chosen in options else None,
                clearable=True,
                with_input=len(options) > 20,
            )
            box.props("dense outlined options-dense").style("min-width: 150px")
            box.on_value_change(lambda event, name=name: ui.navigate.to(_chosen(wanted, name, event.value or "")))


def _chosen(wanted: Wanted, name: str, value: str) -> str:
    # A group is of one tier: whoever chooses another tier looks at all groups of that.
    return wanted.to(**{name: value, **({"group": ""} if name == "tier" else {})})


def _neighbours(wanted: Wanted) -> tuple[date, date]:
    day = wanted.around
    if wanted.view == "month":
        first = day.replace(day=1)
        return (first - _DAY).replace(day=1), (first + 31 * _DAY).replace(day=1)
    return day - 7 * _DAY, day + 7 * _DAY


def _called(wanted: Wanted) -> str:
    day, (first, last) = wanted.around, wanted.span
    if wanted.view == "month":
        return f"{day.year}年{day.month}月"
    if wanted.view == "list":
        return f"{day.month}月{day.day}日起"
    return f"{first.month}月{first.day}日 – {last.month}月{last.day}日"


def _go(icon: str, name: str, address: str) -> None:
    ui.button(icon=icon, on_click=lambda: ui.navigate.to(address)).props(f'flat round dense aria-label="{name}"')


PAGE = Page(route="/calendar", title="排期", area="排期", icon="calendar_month", build=build)
