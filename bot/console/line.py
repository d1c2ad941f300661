"""A line to write in: emptied in the browser at the moment it is sent, so that what is typed until the answer comes is
not lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

# Enter also ends the spelling of a Chinese word; then nothing is sent yet.
_SENT = """(event) => {{
  if (event.isComposing || event.keyCode === 229) return;
  const box = getElement({box});
  const text = box.inputValue || "";
  box.inputValue = "";
  emit(text);
}}"""


def on_sent(box: ui.input, button: ui.button, say: Callable[[str], Awaitable[None] | None]) -> None:
    """Call `say` with what was written, without spaces around it, when Enter or the button is pressed."""
    script = _SENT.format(box=box.id)

    def sent(event: GenericEventArguments) -> Awaitable[None] | None:
        text = str(event.args or "").strip()
        return say(text) if text else None

    box.on("keydown.enter", sent, js_handler=script)
    button.on("click", sent, js_handler=script)
