"""The word on an entry: it may go, it is sent back and why, its next occurrence is skipped, what is left is stopped."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from nicegui import ui

from bot.console.asking import ask
from bot.console.pages.calendar_moving import called
from bot.console.reading.entries import Happened, Shown
from bot.console.visit import Visit
from content_calendar.cadence import is_personal, next_occurrence
from handlers import rights
from models.orders import ApproveEntryOrder, RejectEntryOrder, SkipEntryOrder

_LONGEST_REASON = 200


def show_words(visit: Visit, shown: Shown) -> None:
    """The buttons of what this person may do."""
    entry = shown.entry
    with ui.row().classes("items-center"):
        if shown.state != "approved" and rights.may(visit.role, ApproveEntryOrder):
            approve = partial(visit.order, ApproveEntryOrder, key=entry.key, revision=shown.revision)
            ui.button("通过", icon="check", on_click=approve).props("unelevated no-caps")
        if shown.state == "review" and rights.may(visit.role, RejectEntryOrder):
            ui.button("退回", icon="undo", on_click=lambda: _reject(visit, shown)).props("outline no-caps")
        upcoming = next_occurrence(shown.unskipped, visit.merchant.zone, visit.site.now())
        if upcoming is None or is_personal(entry) or not rights.may(visit.role, SkipEntryOrder):
            return
        day = upcoming.local_date
        if is_skipped(shown, upcoming.at_utc):
            back = partial(visit.order, SkipEntryOrder, key=entry.key, day=day, undo=True)
            ui.button(f"恢复{called(day)}这一次", icon="restore", on_click=back).props("outline no-caps")
        else:
            skip = partial(visit.order, SkipEntryOrder, key=entry.key, day=day)
            question = f"{called(day)} {visit.local(upcoming.at_utc):%H:%M} 这一次不发了？之后照常，到点之前还能恢复。"
            ui.button("跳过下一次", icon="skip_next", on_click=lambda: ask(question, "跳过", skip)).props(
                "outline no-caps"
            )


def show_stop(visit: Visit, key: str, row: Happened) -> None:
    """Beside an occurrence of which something has not left."""
    if row.open and rights.may(visit.role, SkipEntryOrder):
        stop = partial(visit.order, SkipEntryOrder, key=key, day=date.fromisoformat(row.occurrence))
        question = f"{row.occurrence} 还有 {row.open:,} 条没发，不发了？已经发出的撤不回来。"
        ui.button("没发的不发了", on_click=lambda: ask(question, "不发了", stop)).props(
            "flat dense no-caps color=negative"
        )


def is_skipped(shown: Shown, at: datetime) -> bool:
    """Whether an occurrence to come is passed over: the timer rings for a later one, or not any more."""
    return not is_personal(shown.entry) and (shown.rings is None or at < shown.rings)


def _reject(visit: Visit, shown: Shown) -> None:
    with (
        ui.context.client.content,
        ui.dialog(value=True).props("aria-label=退回") as dialog,
        ui.card().classes("z-card").style("width: 420px; max-width: 100%"),
    ):
        ui.label("退回之后是草稿，改好再交。").classes("z-muted")
        why = ui.input("为什么退回").props(f"outlined autofocus maxlength={_LONGEST_REASON}").classes("full-width")
        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            reject = ui.button("退回").props("unelevated")
    dialog.on("hide", dialog.delete)

    async def done() -> None:
        reason = " ".join(str(why.value or "").split())[:_LONGEST_REASON]
        if not reason:
            why.props("error error-message=写一句为什么，好让人改")
            return
        dialog.close()
        await visit.order(RejectEntryOrder, key=shown.entry.key, revision=shown.revision, why=reason)

    reject.on_click(done)
