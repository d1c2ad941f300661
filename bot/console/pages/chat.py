"""What 1:1 chats and groups have in common: bubbles, notes between them, and the newest of them in sight."""

from __future__ import annotations

from nicegui import ui

from handlers.reason_names import KIND_NAMES

# These are things done, not things said.
_DONE = frozenset({"friend_accept", "remark", "invite", "topic", "recall"})
_BOTTOM = "window.scrollTo(0, document.body.scrollHeight)"
_NEAR = 320  # pixels: who is so near to the end reads along


def is_done(kind: str) -> bool:
    """Whether something is done and not said: it is told between the bubbles."""
    return kind in _DONE


def note(kind: str, text: str, stamp: str) -> None:
    """What was done, in one line."""
    told = " ".join(filter(None, [KIND_NAMES.get(kind, kind), text]))
    ui.label(f"{told} · {stamp}").classes("z-muted text-caption full-width text-center").style(
        "overflow-wrap: anywhere"
    )


def bubble(kind: str, text: str, *, ours: bool) -> None:
    """What was said; what is no text by its name."""
    named = "" if kind in ("", "text") else f"[{KIND_NAMES.get(kind, kind)}] "
    ui.chat_message(text=named + text, sent=ours).classes("full-width q-mb-none")


def show_newest() -> None:
    """Scroll to the end of the page."""
    ui.timer(0.1, lambda: ui.run_javascript(_BOTTOM), once=True)


def follow() -> None:
    """Scroll to the end for whoever is near it already."""
    ui.run_javascript(f"if (window.innerHeight + window.scrollY > document.body.scrollHeight - {_NEAR}) {_BOTTOM}")
