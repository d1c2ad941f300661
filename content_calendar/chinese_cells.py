"""The cells of an entry in a workbook, in Chinese: whoever opens it runs a shop. They read back as the same entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from content_calendar.catch_up import parse_policy, told_policy
from content_calendar.columns import COLUMNS, KIND_NAMES, Column
from content_calendar.dates import Cell
from content_calendar.entry import Entry
from content_calendar.rule_words import rule_cell
from content_calendar.window import parse_window, told_window

HEADER: list[str] = [column.chinese for column in COLUMNS]

_YES_NO = {True: "是", False: "否"}


def cells_of(entry: Entry) -> list[Cell]:
    """The cells of a row, under `HEADER`."""
    return [cell_of(entry, column) for column in COLUMNS]


def cell_of(entry: Entry, column: Column) -> Cell:
    """The cell of an entry in a column."""
    return _TOLD.get(column.name, column.write)(entry)


def _window(entry: Entry) -> Cell:
    window = parse_window(entry.window)
    return told_window(window) if window else ""


# Content kinds and themes are free words, and stand as they were written.
_TOLD: Mapping[str, Callable[[Entry], Cell]] = {
    "kind": lambda entry: KIND_NAMES[entry.kind],
    "rule": lambda entry: rule_cell(entry.rule),
    "promotional": lambda entry: _YES_NO[entry.promotional],
    "catch_up": lambda entry: told_policy(parse_policy(entry.catch_up)),
    "optional": lambda entry: _YES_NO[entry.optional],
    "window": _window,
}
