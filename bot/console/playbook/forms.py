"""A part of the playbook to change: widgets that write into a draft, and what is wrong beside each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from nicegui import ui

from bot.console.playbook.condition_form import ask_for_condition
from bot.console.playbook.draft import Draft, Path
from bot.console.playbook.faults_said import told
from bot.console.playbook.said import name_of, number, said, said_condition
from bot.console.playbook.shapes import Field, Kind, field_at, fields_of
from bot.console.playbook.viewing import heading
from bot.console.playbook.written import begun, number_of, read
from models.playbook import Playbook
from models.playbook_faults import Misfit
from models.playbook_titles import CHOICES, SHARE, Section
from models.playbook_values import Part

_TIERS = ("tier", "parent")  # keys that name a tier
_FEW = 3  # an element of so few fields is shown as a whole
_WIDE = (Kind.TEXT, Kind.TEXTS, Kind.TABLE, Kind.TABLES, Kind.CONDITION)
_OWN, _SHIPPED, _SILENT = "自己写", "用自带的", "不接话"


class Form:
    """The widgets of one page. `changed` is called after each change."""

    def __init__(self, draft: Draft, changed: Callable[[], None]) -> None:
        self._draft = draft
        self._seen = draft.arranged
        self._changed = changed
        self._tellers: dict[Path, Callable[[str], None]] = {}

    def build(self, section: Section) -> None:
        """A card for each table of the section, and one for what stands alone."""
        alone: list[Field] = []
        for key in section.keys:
            field = field_at(Playbook, key)
            assert field is not None, "sections are made of keys"
            if field.kind in (Kind.TABLE, Kind.TABLES):
                with ui.card().classes("z-card full-width"):
                    heading(field)
                    self._field(field, (key,))
            else:
                alone.append(field)
        if alone:
            with ui.card().classes("z-card full-width"):
                self._fields(alone, ())

    def tell(self, wrong: Iterable[Misfit]) -> None:
        """Say beside each widget what is wrong there; what has no widget is said by what is around it."""
        said_at: dict[Path, list[str]] = {}
        for misfit in wrong:
            path = misfit.path
            while path and path not in self._tellers:
                path = path[:-1]
            said_at.setdefault(path, []).append(told(misfit))
        for path, tell in self._tellers.items():
            tell("；".join(said_at.get(path, ())))

    def _put(self, path: Path, value: Any) -> None:
        if self._seen != self._draft.arranged:  # another window of the same person has moved what is shown here
            ui.notify("您在别的窗口里挪动过，这一页重新打开。", type="warning")
            ui.navigate.reload()
            return
        self._draft.put(path, value)
        self._changed()

    def _arrange(self, path: Path, rows: list[Any]) -> None:
        """Elements have come, gone or moved."""
        self._put(path, rows or None)
        if self._seen == self._draft.arranged:
            self._draft.arranged += 1
            self._seen += 1

    def _fields(self, fields: Iterable[Field], path: Path) -> None:
        with ui.element("div").classes("row full-width q-col-gutter-md"):
            for field in fields:
                width = "col-12" if field.kind in _WIDE else "col-12 col-sm-6 col-md-4"
                with ui.element("div").classes(width):
                    self._field(field, (*path, field.key))

    def _table(self, model: type[Part], path: Path) -> None:
        self._fields(fields_of(model), path)

    def _field(self, field: Field, path: Path) -> None:
        match field.kind:
            case Kind.SWITCH:
                self._switch(field, path)
            case Kind.CHOICE | Kind.CHOICES:
                self._choice(field, path, {one: CHOICES[one] for one in field.choices})
            case Kind.LINE if path[-1] in _TIERS:
                named = [self._draft.get(path), *(one.get("name") for one in self._draft.get(("tiers",)) or ())]
                self._choice(field, path, {one: one for one in named if one})
            case Kind.TEXTS:
                self._texts(field, path)
            case Kind.PERIOD:
                self._period(field, path)
            case Kind.CONDITION:
                self._condition(field, path)
            case Kind.TABLE:
                assert field.table is not None
                if field.optional:
                    self._optional_table(field, field.table, path)
                else:
                    self._table(field.table, path)
            case Kind.TABLES:
                assert field.table is not None
                self._tables(field, field.table, path)
            case _:
                self._input(field, path)

    def _input(self, field: Field, path: Path) -> None:
        value = self._draft.get(path)
        label = field.title.name
        if field.kind is Kind.TEXT or field.kind is Kind.NAMES:
            shown = "\n".join(map(str, value)) if isinstance(value, list) else value or ""
            widget: ui.input | ui.textarea = ui.textarea(label, value=str(shown)).props("autogrow")
        elif field.kind is Kind.NUMBERS:
            widget = ui.input(label, value=" ".join(number(one) for one in value or ()))
        else:
            widget = ui.input(
                label, value="" if value is None else number(value) if field.kind is Kind.NUMBER else value
            )
        if field.kind is Kind.NUMBER:
            widget.props("inputmode=decimal")
            widget.props["suffix"] = "" if field.title.unit == SHARE else field.title.unit
        _dress(widget, field)
        widget.on_value_change(lambda event: self._put(path, read(field, str(event.value or ""))))
        self._tellers[path] = _teller(widget)

    def _switch(self, field: Field, path: Path) -> None:
        switch = ui.switch(field.title.name, value=bool(self._draft.get(path)))
        switch.on_value_change(lambda event: self._put(path, None if event.value == field.default else event.value))
        if field.title.help:
            ui.label(field.title.help).classes("z-muted text-caption")
        self._tellers[path] = _line_for_faults()

    def _choice(self, field: Field, path: Path, options: dict[str, str]) -> None:
        several = field.kind is Kind.CHOICES
        value = self._draft.get(path)
        known = [one for one in value or () if one in options] if several else value if value in options else None
        widget = ui.select(options, label=field.title.name, value=known, multiple=several, clearable=field.optional)
        _dress(widget, field)
        if several:
            widget.props("use-chips")

        def chosen(value: Any) -> None:
            ordered = [one for one in options if one in value] if several and value else value
            self._put(path, ordered or None)

        widget.on_value_change(lambda event: chosen(event.value))
        self._tellers[path] = _teller(widget)

    def _period(self, field: Field, path: Path) -> None:
        value = self._draft.get(path)
        days = value.get("days") if isinstance(value, dict) else None
        with ui.row().classes("no-wrap full-width"):
            options = {one: CHOICES[one] for one in ("day", "week", "month")} | {"days": "每几天"}
            often = ui.select(options, label=field.title.name, value="days" if isinstance(value, dict) else value)
            often.props("outlined dense options-dense").classes("col")
            several = ui.input("几天", value="" if days is None else str(days)).props("outlined dense").classes("col")
        several.bind_visibility_from(often, "value", value="days")

        def chosen() -> None:
            found = number_of(str(several.value or "").strip(), "")
            self._put(path, {"days": found} if often.value == "days" else often.value)

        often.on_value_change(chosen)
        several.on_value_change(chosen)
        self._tellers[path] = _line_for_faults()

    def _condition(self, field: Field, path: Path) -> None:
        def shown() -> str:
            value = self._draft.get(path)
            return said_condition(value, self._draft.data) if value is not None else said(field, None, {})

        with ui.row().classes("items-center full-width no-wrap"):
            ui.label(field.title.name).classes("z-muted")
            text = ui.label(shown()).classes("col").style("overflow-wrap: anywhere")

            def done(condition: dict[str, Any]) -> None:
                self._put(path, condition if condition or not field.optional else None)
                text.text = shown()

            ui.button(icon="edit", on_click=lambda: ask_for_condition(field.title.name, path, self._draft, done)).props(
                f'flat dense round aria-label="改{field.title.name}"'
            )
        self._tellers[path] = _line_for_faults()

    def _optional_table(self, field: Field, table: type[Part], path: Path) -> None:
        switch = ui.switch(field.title.name, value=self._draft.get(path) is not None)
        place = ui.element("div").classes("full-width")

        def look() -> None:
            self._forget(path)
            place.clear()
            if switch.value:
                with place:
                    self._table(table, path)
            self._tellers[path] = faults

        def turned() -> None:
            self._put(path, {} if switch.value else None)
            look()

        faults = _line_for_faults()
        switch.on_value_change(turned)
        look()

    def _texts(self, field: Field, path: Path) -> None:
        with ui.column().classes("full-width").style("gap: 8px"):
            with ui.row().classes("items-center full-width"):
                ui.label(field.title.name).classes("z-muted")
                way = self._silent_way(field, path) if field.silent else None
                if field.title.help:
                    ui.label(field.title.help).classes("z-muted text-caption")
            place = ui.column().classes("full-width").style("gap: 8px")
            more = ui.button("添一句", icon="add").props("flat dense no-caps").classes("self-start")
            faults = _line_for_faults()

        def look() -> None:
            self._forget(path)
            self._tellers[path] = faults
            place.clear()
            more.visible = way is None or way.value == _OWN
            with place:
                for n, text in enumerate(self._draft.get(path) or ()):
                    with ui.row().classes("items-start full-width no-wrap"):
                        line = ui.textarea(value=str(text)).props("autogrow outlined dense").classes("col")
                        line.props["aria-label"] = f"{field.title.name} {n + 1}"
                        line.on_value_change(lambda event, n=n: self._put((*path, n), str(event.value or "")))
                        self._tellers[(*path, n)] = _teller(line)
                        _icon("close", f"去掉{field.title.name} {n + 1}", partial(change, n))

        def change(gone: int | None) -> None:
            rows = list(self._draft.get(path) or ())
            rows = [*rows, ""] if gone is None else [*rows[:gone], *rows[gone + 1 :]]
            self._arrange(path, rows)
            look()

        more.on_click(lambda: change(None))
        if way is not None:

            def chosen(value: str) -> None:
                self._put(path, {_SHIPPED: None, _SILENT: [], _OWN: [""]}[value])
                look()

            way.on_value_change(lambda event: chosen(event.value))
        look()

    def _silent_way(self, field: Field, path: Path) -> ui.select:
        value = self._draft.get(path)
        now = _SHIPPED if value is None else _OWN if value else _SILENT
        way = ui.select([_SHIPPED, _OWN, _SILENT], value=now).props("outlined dense options-dense")
        way.props["aria-label"] = field.title.name
        return way

    def _tables(self, field: Field, table: type[Part], path: Path) -> None:
        nested = len(path) > 1
        with ui.column().classes("full-width").style("gap: 8px"):
            if nested:
                ui.label(field.title.name).classes("text-weight-medium")
            place = ui.column().classes("full-width").style("gap: 8px")
            more = ui.button(f"添一条{field.title.name}", icon="add").props("flat dense no-caps").classes("self-start")
            faults = _line_for_faults()

        def look(opened: int | None = None) -> None:
            self._forget(path)
            self._tellers[path] = faults
            place.clear()
            with place:
                for n, row in enumerate(self._draft.get(path) or ()):
                    self._element(field, table, (*path, n), row, arrange, opened=n == opened)

        def arrange(n: int, to: int | None) -> None:
            rows = list(self._draft.get(path) or ())
            row = rows.pop(n)
            if to is not None:
                rows.insert(to, row)
            self._arrange(path, rows)
            look()

        def add() -> None:
            rows = list(self._draft.get(path) or ())
            self._arrange(path, [*rows, begun(table)])
            look(len(rows))

        more.on_click(add)
        look()

    def _element(
        self,
        field: Field,
        table: type[Part],
        path: Path,
        row: dict[str, Any],
        arrange: Callable[[int, int | None], None],
        *,
        opened: bool,
    ) -> None:
        n = path[-1]
        assert isinstance(n, int), "the place in a list"
        name = name_of(row, n)
        last = len(self._draft.get(path[:-1])) - 1

        def buttons() -> None:
            with ui.row().classes("no-wrap").style("gap: 0"):
                if n:
                    _icon("arrow_upward", f"{field.title.name}{name}往前", lambda: arrange(n, n - 1))
                if n < last:
                    _icon("arrow_downward", f"{field.title.name}{name}往后", lambda: arrange(n, n + 1))
                _icon("delete_outline", f"去掉{field.title.name}{name}", lambda: arrange(n, None))

        with ui.element("div").classes("full-width z-row"):
            if len(fields_of(table)) <= _FEW:
                with ui.row().classes("items-start full-width no-wrap"):
                    with ui.element("div").classes("col"):
                        self._table(table, path)
                    buttons()
                self._tellers[path] = _line_for_faults()
                return
            asked = " ".join(map(str, row.get("texts", ())[:1]))  # a question is known by its words, not by its key
            with ui.row().classes("items-start full-width no-wrap"):
                unfolded = ui.expansion(f"{name} {asked}", value=opened).classes("col")
                buttons()
            self._tellers[path] = _line_for_faults()

            def unfold() -> None:
                if unfolded.value and not unfolded.default_slot.children:
                    with unfolded:
                        self._table(table, path)
                    self._changed()

            unfolded.on_value_change(unfold)
            unfold()

    def _forget(self, path: Path) -> None:
        """Widgets below a place are about to go."""
        self._tellers = {one: tell for one, tell in self._tellers.items() if one[: len(path)] != path}


def _dress(widget: ui.input | ui.textarea | ui.select, field: Field) -> None:
    widget.props("outlined dense options-dense").classes("full-width")
    hint = field.title.help or ("一行一个" if field.kind is Kind.NAMES else "")
    if hint:
        widget.props["hint"] = hint
    if not isinstance(widget, ui.select):
        if field.default not in (None, ""):
            widget.props["placeholder"] = said(field, None, {})
        elif field.title.absent:
            widget.props["placeholder"] = field.title.absent
        elif field.kind is Kind.TIME:
            widget.props["placeholder"] = "22:00"


def _teller(widget: ui.input | ui.textarea | ui.select) -> Callable[[str], None]:
    def tell(text: str) -> None:
        widget.error = text or None

    return tell


def _line_for_faults() -> Callable[[str], None]:
    label = ui.label().classes("text-negative text-caption").props("role=alert")
    label.visible = False

    def tell(text: str) -> None:
        label.text, label.visible = text, bool(text)

    return tell


def _icon(icon: str, label: str, act: Callable[[], None]) -> None:
    button = ui.button(icon=icon, on_click=act).props("flat dense round")
    button.props["aria-label"] = label
