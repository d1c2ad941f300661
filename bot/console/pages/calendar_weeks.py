"""抄一周: what happens once in a week happens in another too."""

from __future__ import annotations

from datetime import date, timedelta

from nicegui import ui

from bot.console.reading.calendar import week_again
from bot.console.visit import Visit
from models.orders import CopyWeekOrder

_DAY = timedelta(days=1)
_SHOWN = 8


async def copy_week(visit: Visit, monday: date) -> None:
    """Ask where to, say what, and do it."""
    client = ui.context.client
    titles = await visit.read(week_again, monday)
    with (
        client.content,
        ui.dialog(value=True).props("aria-label=抄一周") as dialog,
        ui.card().classes("z-card").style("width: 460px; max-width: 100%"),
    ):
        ui.label(f"把{_called(monday)}这一周抄到别的周").classes("text-subtitle1 text-weight-bold")
        if titles:
            ui.label(f"抄这 {len(titles):,} 条，日子往后挪，别的都一样：").classes("z-muted")
            for title in titles[:_SHOWN]:
                ui.label(title).classes("ellipsis full-width")
            if len(titles) > _SHOWN:
                ui.label(f"……还有 {len(titles) - _SHOWN:,} 条").classes("z-muted")
            ui.label("每周都发的到时候自己会来，不用抄；补稿和各群自己的改动不抄。").classes("z-muted")
        else:
            ui.label("这一周没有只发一次的排期，没有可抄的。").classes("z-muted")
        day = ui.input("抄到哪一周（选那周任一天）", value=(monday + 7 * _DAY).isoformat()).props(
            "outlined type=date stack-label"
        )
        day.classes("full-width").visible = bool(titles)

        async def done() -> None:
            try:
                to = date.fromisoformat(str(day.value or ""))
            except ValueError:
                return
            to -= to.weekday() * _DAY
            with ui.context.client:  # the dialog may be gone before it is done, with all that is in it
                dialog.close()
                if await visit.order(CopyWeekOrder, monday=monday, to=to):
                    ui.navigate.to(f"/calendar?view=week&day={to}")

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("抄过去", on_click=done).set_visibility(bool(titles))
    dialog.on("hide", dialog.delete)


def _called(monday: date) -> str:
    sunday = monday + 6 * _DAY
    return f"{monday.month}月{monday.day}日到{sunday.month}月{sunday.day}日"
