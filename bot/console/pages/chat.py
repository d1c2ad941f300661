"""What 1:1 chats and groups have in common: bubbles, notes between them, and the newest of them in sight."""

from __future__ import annotations

from nicegui import ui

from bot.console.line import on_sent
from bot.console.pages.deliveries_rows import moment
from bot.console.reading.people import Moment
from bot.console.visit import Visit
from handlers import rights
from handlers.reason_names import FOLD_OF, HEARD_NAMES, REASON_NAMES
from models.orders import SayOrder

# These are things done, not things said.
_DONE = frozenset({"friend_accept", "remark", "invite", "topic", "recall"})
_BOTTOM = "window.scrollTo(0, document.body.scrollHeight)"
_NEAR = 320  # pixels: who is so near to the end reads along


def is_done(kind: str) -> bool:
    """Whether something is done and not said: it is told between the bubbles."""
    return kind in _DONE


def note(kind: str, text: str, stamp: str) -> None:
    """What was done, in one line."""
    told = " ".join(filter(None, [HEARD_NAMES.get(kind, kind), text]))
    ui.label(f"{told} · {stamp}").classes("z-muted text-caption full-width text-center").style(
        "overflow-wrap: anywhere"
    )


def bubble(kind: str, text: str, *, ours: bool) -> None:
    """What was said; what is no text by its name."""
    named = "" if kind in ("", "text") else f"[{HEARD_NAMES.get(kind, kind)}] "
    ui.chat_message(text=named + text, sent=ours).classes("full-width q-mb-none")


def stamp(visit: Visit, row: Moment) -> None:
    """When it was said, and what became of it if it is ours: its page among the deliveries says the rest."""
    ui.label(moment(visit, row.at)).classes("z-muted text-caption")
    if row.state is not None:
        told = FOLD_OF[row.state] + (f"（{REASON_NAMES.get(row.reason, row.reason)}）" if row.reason else "")
        ui.link(told, f"/deliveries/{row.id}").classes("z-link text-caption")


def say_line(visit: Visit, label: str, *, account: str, contact: str = "", group: str = "") -> None:
    """A line in which whoever may says something there by way of the persona.

    It takes more than may be said at once: a browser would cut off the end of what is pasted without a word.
    """
    if not rights.may(visit.role, SayOrder):
        return
    with ui.card().classes("z-card full-width z-below"), ui.row().classes("items-center full-width no-wrap"):
        line = ui.input(label).props("outlined dense autofocus").classes("col")

        async def say(text: str) -> None:
            said = await visit.order(SayOrder, account=account, contact=contact, group=group, text=text)
            if not said and not line.value:
                line.value = text

        on_sent(line, ui.button("发").props("unelevated"), say)


def show_newest() -> None:
    """Scroll to the end of the page."""
    ui.timer(0.1, lambda: ui.run_javascript(_BOTTOM), once=True)


def follow() -> None:
    """Scroll to the end for whoever is near it already."""
    ui.run_javascript(f"if (window.innerHeight + window.scrollY > document.body.scrollHeight - {_NEAR}) {_BOTTOM}")
