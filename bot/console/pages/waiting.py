"""What stands there while something long is under way: how far it is, and a button that stops it."""

from __future__ import annotations

from nicegui import ui

from bot.console.patience import Patience

_LOOK_SECONDS = 0.5
_STOPPED = "停下了，没数完的没有显示。"


def show_progress(patience: Patience, status: ui.label, told: str) -> None:
    """Keep the share that is done behind these words, and put the button beside them."""

    def look() -> None:
        if patience.is_over:
            return
        status.text = f"{told}{patience.share:.0%}" if patience.share else told

    def stop() -> None:
        patience.stop()
        status.text = _STOPPED
        button.delete()

    button = ui.button("停下", icon="stop", on_click=stop).props("flat dense no-caps").classes("q-px-sm")
    ui.timer(_LOOK_SECONDS, look)
