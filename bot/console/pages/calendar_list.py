"""The calendar as a list from a day on, a page at a time; and the entries that have no day of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import groupby

from nicegui import ui

from bot.console.pages.calendar_days import marks
from bot.console.pages.calendar_faults import show_of_day
from bot.console.pages.calendar_moving import Moving, called
from bot.console.reading.calendar import PAGE, Standing, Turn, Undated, Wanted, page_of
from bot.console.reading.calendar_faults import Checked
from bot.console.visit import Visit
from content_calendar.kind_names import content_name
from content_calendar.rule_words import rule_words


def show_list(visit: Visit, wanted: Wanted, rows: Sequence[Turn]) -> Callable[[Checked], None]:
    """The first page, and what asks for the next. Returns what marks in it what the check has found."""
    last: list[Turn] = [*rows[-1:]]
    moving = Moving(visit)
    shown: dict[date, ui.element] = {}
    known: list[Checked] = []  # the last one
    with ui.card().classes("z-card full-width"):
        place = ui.column().classes("full-width")
        more = ui.button("后面的").props("flat no-caps").classes("self-center")

    def mark(checked: Checked) -> None:
        known[:] = [checked]
        for day in shown:
            mark_day(day)

    def mark_day(day: date) -> None:
        shown[day].clear()
        with shown[day]:
            for checked in known:
                show_of_day(visit, checked, checked.of_day(day), whole=True)

    def show(page: Sequence[Turn]) -> None:
        more.visible = len(page) == PAGE
        with place:
            for day, turns in groupby(page, key=lambda row: row.day):
                if day not in shown:
                    ui.label(called(day)).classes("z-muted text-weight-bold q-mt-sm")
                    shown[day] = ui.element("div").style("display: contents")
                    mark_day(day)
                with ui.list().props("separator").classes("full-width"):
                    for row in turns:
                        _show(moving, row)

    async def on() -> None:
        page = await visit.read(page_of, wanted, last[0])
        last[:] = page[-1:] or last
        show(page)

    more.on_click(on)
    show(rows)
    if not rows:
        with place:
            ui.label("接下来两个月没有。换个层级或群看看，或者新建一条。").classes("z-muted")
    return mark


def show_undated(rest: Undated) -> None:
    """Who counts from each member, and the drafts."""
    for name, told, rows, count in (
        ("跟着各人日子走的", "生日、加入后几天这样的，各人各天。", rest.personal, rest.personal_count),
        ("备稿库", "正文写 {备稿} 的排期轮流用；哪里缺稿也可以拿来补。", rest.spares, rest.spares_count),
    ):
        if not count:
            continue
        with ui.card().classes("z-card full-width"):
            with ui.row().classes("items-baseline full-width"):
                ui.label(f"{name} {count:,} 条").classes("text-subtitle1 text-weight-bold")
                ui.label(told).classes("z-muted")
            with ui.list().props("separator dense").classes("full-width"):
                for row in rows:
                    _show_standing(row)
            if count > len(rows):
                ui.label(f"……还有 {count - len(rows):,} 条，导出来看全部。").classes("z-muted")


def _show(moving: Moving, row: Turn) -> None:
    with ui.row().props("role=listitem").classes("full-width items-center no-wrap"):
        with ui.link(target=row.address).classes("col z-row").style("min-width: 0"):
            _describe(row)
        moving.button(row)


def _describe(row: Turn) -> None:
    with ui.row().classes("items-center no-wrap full-width q-py-xs"):
        ui.label(f"{row.at:%H:%M}").classes("text-weight-bold").style("min-width: 48px")
        with ui.column().style("gap: 0; min-width: 0"):
            ui.label(row.title).classes("full-width ellipsis text-weight-medium")
            told = [row.to, content_name(row.content_kind), "推广" if row.promotional else "", *marks(row)]
            ui.label(" · ".join(filter(None, told))).classes("z-muted full-width ellipsis")


def _show_standing(row: Standing) -> None:
    with ui.item().props(f'href="{row.address}"').classes("q-px-none"), ui.item_section():
        ui.item_label(row.title).props("lines=1")
        told = [rule_words(row.rule), content_name(row.content_kind), row.to if row.rule != "spare" else ""]
        ui.item_label(" · ".join(filter(None, told))).props("caption lines=1").classes("z-muted")
