"""A part of the playbook to read: every key by its title, absent ones by what holds without them."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from bot.console.playbook.said import Data, name_of, said
from bot.console.playbook.shapes import Field, Kind, field_at, fields_of
from models.playbook import Playbook
from models.playbook_titles import Section
from models.playbook_values import Part


def show_section(section: Section, data: Data) -> None:
    """A card for each table of the section, and one for what stands alone."""
    alone: list[Field] = []
    for key in section.keys:
        field = field_at(Playbook, key)
        assert field is not None, "sections are made of keys"
        if field.kind in (Kind.TABLE, Kind.TABLES):
            with ui.card().classes("z-card full-width"):
                heading(field)
                _show_value(field, data.get(key), data)
        else:
            alone.append(field)
    if alone:
        with ui.card().classes("z-card full-width"):
            for field in alone:
                _line(field, data.get(field.key), data)


def heading(field: Field) -> None:
    """The title of a card, and what it is for."""
    ui.label(field.title.name).classes("text-subtitle1 text-weight-bold").props("role=heading aria-level=2")
    if field.title.help:
        ui.label(field.title.help).classes("z-muted")


def _show_value(field: Field, value: Any, data: Data) -> None:
    assert field.table is not None
    if field.kind is Kind.TABLE:
        _show_table(field.table, value or {}, data, everything=True)
        return
    if not value:
        ui.label("还没有。").classes("z-muted")
    for n, row in enumerate(value or ()):
        with ui.column().classes("full-width z-row"):
            asked = " ".join(row.get("texts", ())[:1])  # a question is known by its words, not by its key
            ui.label(f"{name_of(row, n)} {asked}").classes("text-weight-medium").style("overflow-wrap: anywhere")
            _show_table(field.table, row, data, everything=False)


def _show_table(model: type[Part], row: Data, data: Data, *, everything: bool) -> None:
    """With `everything`, also what is absent."""
    for field in fields_of(model):
        value = row.get(field.key)
        if field.kind in (Kind.TABLE, Kind.TABLES):
            if value:
                ui.label(field.title.name).classes("z-muted")
                with ui.column().classes("full-width q-pl-md"):
                    _show_value(field, value, data)
            elif everything:
                _line(field, None, data)
        elif everything or value is not None:
            _line(field, value, data)


def _line(field: Field, value: Any, data: Data) -> None:
    with ui.element("div").classes("row full-width q-col-gutter-x-md"):
        ui.label(field.title.name).classes("col-12 col-sm-3 z-muted").props("role=term")
        ui.label(said(field, value, data)).classes("col-12 col-sm-9").props("role=definition").style(
            "white-space: pre-wrap; overflow-wrap: anywhere"
        )
