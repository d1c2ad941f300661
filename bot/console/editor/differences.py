"""What two versions of an entry differ in, column by column, as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nicegui import ui

from content_calendar.columns import COLUMNS, KIND_NAMES
from content_calendar.rule_words import content_kind_words, rule_words

_LONGEST = 1_000


class Difference(NamedTuple):
    """A column, its Chinese name, and what stands there in each, in words."""

    column: str
    name: str
    before: str
    after: str


def differences(before: Mapping[str, str], after: Mapping[str, str], topics: Mapping[str, str]) -> list[Difference]:
    """Between the cells of two versions; `topics` are the names of rooms."""
    return [
        Difference(one.name, one.chinese, *(_said(one.name, cells[one.name], topics) for cells in (before, after)))
        for one in COLUMNS
        if before[one.name] != after[one.name]
    ]


def _said(column: str, cell: str, topics: Mapping[str, str]) -> str:
    if not cell and column != "rule":
        return "（空）"
    match column:
        case "kind":
            return KIND_NAMES.get(cell, cell)
        case "content_kind":
            return content_kind_words(cell)
        case "promotional" | "optional":
            return "是" if cell == "yes" else "否"
        case "rule":
            try:
                return rule_words(cell)
            except ValueError:
                return cell
        case "groups":
            return "、".join(topics.get(room, room) for room in cell.split(";"))
        case "tiers" | "tags" | "media":
            return cell.replace(";", "、")
        case _:
            return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"


def show_differences(found: Sequence[Difference], mine: Mapping[str, str] | None = None) -> None:
    """Each with what was there before and what is there now; `mine`: what whoever looks has written by column."""
    for one in found:
        with ui.column().classes("full-width").style("gap: 2px"):
            ui.label(one.name).classes("text-weight-bold")
            ui.label(one.before).classes("z-said z-gone")
            ui.label(one.after).classes("z-said z-added")
            if mine and one.column in mine:
                ui.label(f"您写的：{mine[one.column]}").classes("z-said")
