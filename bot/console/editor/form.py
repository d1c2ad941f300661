"""The cells of one entry while somebody fills them in, and the boxes in which they do so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from bot.console.reading.entry_writing import Choices
from bot.console.visit import Visit
from content_calendar.columns import COLUMNS
from content_calendar.entry import Entry
from content_calendar.faults import Fault
from content_calendar.reading import cells_of, read_cells

CHINESE = {column.name: column.chinese for column in COLUMNS}
EMPTY = cells_of(Entry(key=""))


@dataclass
class Form:
    """What is written in each column, and what stood there (`before`), in the revision `base`; none for a new entry.

    `version` grows with every change, which `changed` hears of; `boxes` are told what is wrong in them.
    """

    visit: Visit
    choices: Choices
    before: dict[str, str] = field(default_factory=lambda: dict(EMPTY))
    base: str = ""
    cells: dict[str, str] = field(default_factory=lambda: dict(EMPTY))
    version: int = 0
    changed: Callable[[], None] = lambda: None
    boxes: dict[str, ValidationElement[Any]] = field(default_factory=dict)

    def put(self, column: str, value: str) -> None:
        """Somebody has written something else."""
        if self.cells[column] != value:
            self.cells[column] = value
            self.version += 1
            self.changed()

    @property
    def several(self) -> Callable[[str], list[str]]:
        """The values of a column that holds several."""
        return lambda column: [one for one in self.cells[column].split(";") if one]

    def read(self) -> tuple[Entry | None, list[Fault]]:
        """The entry, by the rules of an import; or what is wrong."""
        key = self.cells["key"].strip() or f"手写-{self.visit.local(self.visit.site.now()):%y%m%d-%H%M%S}"
        return read_cells({**self.cells, "key": key}, self.choices.known, self.visit.merchant.zone)

    def tell(self, faults: Sequence[Fault], *, all_of_them: bool) -> None:
        """Say in each box what is wrong in it. What is only not filled in yet is said once somebody wants to save."""
        wrong = {one.column: one.expected for one in reversed(faults) if one.found or all_of_them}
        for column, box in self.boxes.items():
            box.error = wrong.get(column)

    def line(self, column: str, label: str, **more: Any) -> ui.input:
        """A box of one line."""
        box = ui.input(label, value=self.cells[column], **more).props("outlined dense")
        box.on_value_change(lambda event: self.put(column, str(event.value or "")))
        self.boxes[column] = box
        return box.classes("full-width")

    def one_of(self, column: str, label: str, options: dict[str, str]) -> ui.select:
        """A choice of one; what stands there and is no choice any more can be kept."""
        value = self.cells[column]
        box = ui.select({**({} if value in options else {value: value or "—"}), **options}, label=label, value=value)
        box.props("outlined dense options-dense")
        box.on_value_change(lambda event: self.put(column, str(event.value or "")))
        self.boxes[column] = box
        return box.classes("full-width")

    def some_of(self, column: str, label: str, options: dict[str, str], *, free: bool = False) -> ui.select:
        """A choice of several; `free`: others may be written too."""
        chosen = self.several(column)
        known = {**options, **{one: one for one in chosen if one not in options}}
        box = ui.select(
            list(known) if free else known,
            label=label,
            value=chosen,
            multiple=True,
            with_input=free or len(known) > 12,
            **({"new_value_mode": "add-unique"} if free else {}),  # type: ignore[arg-type]
        ).props("outlined dense options-dense use-chips")
        box.on_value_change(lambda event: self.put(column, ";".join(event.value or ())))
        self.boxes[column] = box
        return box.classes("full-width")

    def yes_no(self, column: str, label: str) -> ui.switch:
        """A switch."""
        box = ui.switch(label, value=self.cells[column] == "yes")
        box.on_value_change(lambda event: self.put(column, "yes" if event.value else "no"))
        return box
