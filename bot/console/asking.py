"""A question before what cannot be undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui


def ask(question: str, yes: str, act: Callable[[], Awaitable[object]], *, no: str = "算了") -> None:
    """Ask, and act on `yes`. The dialog hangs on the page itself: what a live page rebuilds takes its own with it."""

    async def confirmed() -> None:
        with ui.context.client:  # the dialog may be gone before it is done, with all that is in it
            dialog.close()
            await act()

    with ui.context.client.layout, ui.dialog(value=True) as dialog, ui.card().classes("z-card"):
        ui.label(question)
        with ui.row().classes("full-width justify-end"):
            ui.button(no, on_click=dialog.close).props("flat")
            ui.button(yes, on_click=confirmed).props("color=negative")
    dialog.props["aria-label"] = question
    dialog.on("hide", dialog.delete)
