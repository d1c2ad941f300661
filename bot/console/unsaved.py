"""A question before what somebody has written and not saved is lost: by a click on a link, or with the tab."""

from __future__ import annotations

import json

from nicegui import ui
from nicegui.events import GenericEventArguments

from bot.console.asking import ask

# The browser asks in its own words where the whole page goes; a link to a place on the same page loses nothing.
_WATCH = """
if (window.zUnsaved === undefined) {
  window.addEventListener("beforeunload", (event) => {
    if (window.zUnsaved) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest ? event.target.closest("a[href]") : null;
    if (!window.zUnsaved || !link || link.target === "_blank" || link.hasAttribute("download")) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const there = link.getAttribute("href");
    if (there.startsWith("#")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    emitEvent("z-leaving", there);
  }, true);
}
window.zUnsaved = false;
"""


class Unsaved:
    """Watches the way out of the page that is being built."""

    def __init__(self) -> None:
        self._is_said = False
        ui.run_javascript(_WATCH)
        ui.on("z-leaving", _ask)

    def tell(self, is_unsaved: bool) -> None:
        """Whether something would be lost now."""
        if is_unsaved != self._is_said:
            self._is_said = is_unsaved
            ui.run_javascript(f"window.zUnsaved = {'true' if is_unsaved else 'false'}")

    @staticmethod
    def leave(there: str) -> None:
        """Go to another page: nothing is lost by it, or somebody said that it may be."""
        ui.run_javascript(f"window.zUnsaved = false; window.location.assign({json.dumps(there)})")


def _ask(event: GenericEventArguments) -> None:
    there = str(event.args)

    async def leave() -> None:
        Unsaved.leave(there)

    ask("这一页改了还没存，离开就没了。", "不存，离开", leave, no="接着写")
