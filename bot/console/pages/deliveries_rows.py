"""How a delivery looks in a list: to whom, what, in which of the four states, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from nicegui import ui

from bot.console.names import person_name
from bot.console.parts import Part
from bot.console.reading.deliveries import Row
from bot.console.visit import Visit
from handlers.reason_names import CAUSE_NAMES, FOLD_OF, KIND_NAMES, REASON_NAMES
from models.deliveries import Cause

COLOURS = {"待发": "secondary", "已发": "positive", "没发": "grey-8", "请核对": "negative"}
_LONGEST = 160


def list_rows(visit: Visit, rows: Sequence[Row], empty: str) -> None:
    """The rows, each a link to all that is known of it."""
    if not rows:
        ui.label(empty).classes("z-muted")
        return
    with ui.list().props("separator").classes("full-width"):
        for row in rows:
            _show_row(visit, row)


def parts_of(visit: Visit, rows: Sequence[Row], empty: str) -> Iterator[Part]:
    """The rows as parts of a live page."""
    if not rows:
        yield Part("", "", lambda: ui.label(empty).classes("z-muted"))
    for row in rows:
        yield Part(str(row.id), (row, moment(visit, row.at)), partial(_show_row, visit, row))


def _show_row(visit: Visit, row: Row) -> None:
    with ui.item().props(f'href="/deliveries/{row.id}"').classes("q-px-none full-width"):
        with ui.item_section():
            ui.item_label(f"{whom(row)} · {said(row)}").props("lines=2")
            why = [
                moment(visit, row.at),
                CAUSE_NAMES.get(Cause(row.cause), row.cause),
                REASON_NAMES.get(row.reason, row.reason),
            ]
            ui.item_label(" · ".join(filter(None, why))).props("caption").classes("z-muted")
        with ui.item_section().props("side"):
            fold = FOLD_OF[row.state]
            ui.badge(fold).props(f"color={COLOURS[fold]}")


def whom(row: Row) -> str:
    """To whom it goes."""
    who = person_name(row.contact, row.name)
    if row.group and row.contact:
        return f"{who} → {row.topic or row.group}"
    return f"［{row.topic or row.group}］" if row.group else who or row.account


def said(row: Row) -> str:
    """What it says, or does."""
    text = row.text[:_LONGEST] + ("…" if len(row.text) > _LONGEST else "")
    kind = KIND_NAMES.get(row.kind, row.kind)
    return text if row.kind == "text" else f"[{kind}] {text}".strip()


def moment(visit: Visit, at: datetime) -> str:
    """A moment as one says it: the day only where it is another one."""
    local, today = visit.local(at), visit.local(visit.site.now()).date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
