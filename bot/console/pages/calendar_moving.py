"""改期: an entry to another day, by dragging it there or by saying the day; what that changes is said before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from nicegui import ui

from bot.calendar_plan import MEDIA_FOLDER
from bot.console.pages.calendar_faults import show_lines
from bot.console.reading.calendar import Turn
from bot.console.reading.calendar_faults import Fault
from bot.console.reading.calendar_moves import Change, change_of
from bot.console.visit import Visit
from content_calendar.weekdays import CHINESE
from handlers import rights
from models.orders import MoveEntryOrder


class Moving:
    """Turns that may be dragged, by a number that the browser hands back when one is dropped."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._allowed = rights.may(visit.role, MoveEntryOrder)
        self._turns: dict[str, Turn] = {}

    def may(self, turn: Turn) -> bool:
        """Whether this person may move it."""
        return self._allowed and turn.movable and turn.at > self._visit.site.now()

    def lift(self, element: ui.element, turn: Turn) -> None:
        """The element can be dragged to another day."""
        if not self.may(turn):
            return
        number = str(len(self._turns))
        self._turns[number] = turn
        element.props["draggable"] = "true"
        element.props["data-turn"] = number
        element.on("dragstart", js_handler="(e) => e.dataTransfer.setData('text/plain', e.currentTarget.dataset.turn)")

    def drop(self, element: ui.element, day: date) -> None:
        """What is dropped on the element is to be moved to its day."""
        if not self._allowed:
            return
        element.on("dragover", js_handler="(e) => { e.preventDefault(); e.currentTarget.classList.add('z-over') }")
        element.on("dragleave", js_handler="(e) => e.currentTarget.classList.remove('z-over')")
        element.on(
            "drop",
            lambda event: self._dropped(event.args, day),
            js_handler="(e) => { e.preventDefault(); e.currentTarget.classList.remove('z-over');"
            " emit(e.dataTransfer.getData('text/plain')) }",
        )

    def button(self, turn: Turn) -> None:
        """The same without dragging."""
        if self.may(turn):
            ui.button(icon="event_repeat", on_click=lambda: self.ask(turn, turn.day)).props(
                "flat round dense size=sm color=inherit"
            ).props["aria-label"] = f"改期：{turn.title}"

    async def _dropped(self, number: object, day: date) -> None:
        turn = self._turns.get(str(number))
        if turn is not None and turn.day != day:
            await self.ask(turn, day)

    async def ask(self, turn: Turn, to: date) -> None:
        """Say what changes, and do it when asked to."""
        with (
            ui.context.client.content,
            ui.dialog(value=True).props("aria-label=改期") as dialog,
            ui.card().classes("z-card").style("width: 520px; max-width: 100%"),
        ):
            ui.label(f"改期：{turn.title}").classes("text-subtitle1 text-weight-bold").style("overflow-wrap: anywhere")
            ui.label(f"现在是{called(turn.day)} {turn.at:%H:%M}，发给{turn.to}").classes("z-muted")
            day = ui.input("挪到哪天", value=to.isoformat()).props("outlined type=date stack-label autofocus")
            how = {"all": "往后每次都变", "only": "只这一次"} if turn.whole else {"only": "只这一次"}
            span = ui.radio(how, value=next(iter(how))).props("inline")
            span.visible = turn.repeats
            place = ui.column().classes("full-width")
            with ui.row().classes("full-width justify-end"):
                ui.button("算了", on_click=dialog.close).props("flat")
                move = ui.button("挪过去")
        dialog.on("hide", dialog.delete)

        def only() -> bool:
            return turn.repeats and span.value == "only"

        async def look() -> None:
            wanted = _read(day.value)
            move.disable()
            place.clear()
            if wanted is None or wanted == turn.day:
                with place:
                    ui.label("挑一个别的日子。").classes("z-muted")
                return
            media = self._visit.site.folder / MEDIA_FOLDER
            now = self._visit.site.now()
            seen = (turn.key, turn.revision, turn.day, wanted)
            change = await self._visit.read(change_of, now, media, *seen, only=only())
            place.clear()
            with place:
                _show(change)
            move.set_enabled(not change.refused)

        async def done() -> None:
            wanted = _read(day.value)
            dialog.close()
            if wanted is not None:
                what: dict[str, Any] = {
                    "key": turn.key,
                    "revision": turn.revision,
                    "day": turn.day,
                    "to": wanted,
                    "only": only(),
                }
                await self._visit.order(MoveEntryOrder, **what)

        day.on_value_change(look)
        span.on_value_change(look)
        move.on_click(done)
        await look()


def called(day: date) -> str:
    """A day as people say it."""
    return f"{day.month}月{day.day}日 {CHINESE[day.weekday()]}"


def _show(change: Change) -> None:
    if change.refused:
        ui.label(change.refused).classes("text-negative").props("role=alert")
        return
    for sentence in change.told:
        ui.label(sentence)
    _show_faults("挪了会多出这些问题", change.worse)
    _show_faults("挪了就没有这些问题了", change.better)
    if not change.worse and not change.better:
        ui.label("发前检查没有变化。").classes("z-muted")


def _show_faults(title: str, faults: Sequence[Fault]) -> None:
    if faults:
        ui.label(title).classes("text-weight-bold")
        show_lines(faults)


def _read(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None
