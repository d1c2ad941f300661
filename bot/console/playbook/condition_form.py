"""A condition to change: who is meant, by tags, source, tier and by each answer that somebody may have given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from bot.console.playbook.draft import Draft, Path
from bot.console.playbook.said import number
from bot.console.playbook.written import number_of
from models.conditions import Condition
from models.playbook_titles import TITLES

_NOT_ASKED = ""
_WORDS = re.compile(r"[\s、，,;；]+")


def ask_for_condition(title: str, path: Path, draft: Draft, done: Callable[[dict[str, Any]], None]) -> None:
    """Open a dialog on the condition at a place; `done` gets the new one. What was not touched stays as it was."""
    before: Mapping[str, Any] = draft.get(path) or {}
    readers: dict[str, Callable[[], Any]] = {}
    with (
        ui.context.client.content,
        ui.dialog(value=True) as dialog,
        ui.card().classes("z-card").style("width: min(560px, 94vw); max-height: 90vh; flex-wrap: nowrap"),
    ):
        ui.label(title).classes("text-subtitle1 text-weight-bold")
        ui.label("填了的都要对上，空着的不看。几个值用空格隔开。").classes("z-muted")
        with ui.column().classes("full-width").style("overflow-y: auto; flex-wrap: nowrap; padding-top: 6px"):
            for key, words in TITLES[Condition].items():
                readers[key] = _words(words.name, before.get(key))
            for question in draft.get(("survey", "questions")) or ():
                key = question.get("key")
                if isinstance(key, str) and key not in TITLES[Condition] and not _asks_itself(path, question, draft):
                    readers[key] = _answer(question, before.get(key))
            for key in before:
                if key not in readers:  # the key of a question that is gone
                    readers[key] = _words(key, before[key])

        def save() -> None:
            found = {key: read() for key, read in readers.items()}
            done({key: value for key, value in found.items() if value not in (None, [], {})})
            dialog.close()

        with ui.row().classes("full-width justify-end"):
            ui.button("算了", on_click=dialog.close).props("flat")
            ui.button("好", on_click=save)
    dialog.props('aria-label="条件"').on("hide", dialog.delete)


def _asks_itself(path: Path, question: Mapping[str, Any], draft: Draft) -> bool:
    return path[:2] == ("survey", "questions") and draft.get(path[:3]) is question


def _words(label: str, value: Any) -> Callable[[], Any]:
    shown = " ".join(map(str, value if isinstance(value, list) else () if value is None else (value,)))
    field = ui.input(label, value=shown).props("outlined dense").classes("full-width")

    def read() -> Any:
        text = str(field.value or "")
        return value if text == shown else [one for one in _WORDS.split(text) if one]

    return read


def _answer(question: Mapping[str, Any], value: Any) -> Callable[[], Any]:
    texts = question.get("texts") or [""]
    label = f"{question['key']} {texts[0]}"[:40]
    match question.get("type"):
        case "yesno":
            options: dict[Any, str] = {_NOT_ASKED: "不看", True: "是", False: "否"}
            chosen = ui.select(options, label=label, value=value if isinstance(value, bool) else _NOT_ASKED)
            chosen.props("outlined dense options-dense").classes("full-width")
            return lambda: None if chosen.value == _NOT_ASKED else chosen.value
        case "choice" | "multi":
            return _options(label, question, value)
        case "number" | "age_months":
            return _span(label, value)
    return _words(label, value)


def _options(label: str, question: Mapping[str, Any], value: Any) -> Callable[[], Any]:
    options = {one["value"]: one.get("label") or one["value"] for one in question.get("options", ()) if "value" in one}
    before = [one for one in (value if isinstance(value, list) else [value]) if one in options]
    chosen = ui.select(options, label=label, value=before, multiple=True)
    chosen.props("outlined dense options-dense use-chips").classes("full-width")

    def read() -> Any:
        wanted = [one for one in options if one in chosen.value]
        if set(wanted) == set(before):
            return value
        return wanted[0] if len(wanted) == 1 else wanted

    return read


def _span(label: str, value: Any) -> Callable[[], Any]:
    if isinstance(value, list):  # several numbers: said as they are
        return _words(label, value)
    bounds = value if isinstance(value, Mapping) else {"min": value, "max": value}
    shown = ["" if bounds.get(one) is None else number(bounds[one]) for one in ("min", "max")]
    with ui.row().classes("items-center full-width no-wrap"):
        ui.label(label).classes("col z-muted").style("overflow-wrap: anywhere")
        fields = [
            ui.input(name, value=text).props("outlined dense inputmode=decimal").style("width: 96px")
            for name, text in zip(("从", "到"), shown, strict=True)
        ]

    def read() -> Any:
        texts = [str(field.value or "").strip() for field in fields]
        if texts == shown:
            return value
        return {key: number_of(text) for key, text in zip(("min", "max"), texts, strict=True) if text}

    return read
