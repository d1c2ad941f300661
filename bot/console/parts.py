"""A live page in parts: only what has changed is made anew, so that whoever is about to press a button keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


@dataclass(frozen=True, slots=True)
class Part:
    """A part under its own `key`; `build` makes it from `what`, whose equal needs no new one.

    With a `text`, that is what the element says which `build` returns: another text is put into the same element.
    """

    key: str
    what: object
    build: Callable[[], object]
    text: str = ""


@dataclass(slots=True)
class _Shown:
    what: object
    place: ui.column
    built: object


class Parts(ui.column):
    """The parts of a page, or of a place in it, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.classes("full-width")
        self._shown: dict[str, _Shown] = {}

    def show(self, parts: Iterable[Part]) -> None:
        """Make what is new or different, take away what is gone, and leave the rest as it is."""
        wanted = {part.key: part for part in parts}
        for gone in [key for key in self._shown if key not in wanted]:
            self._shown.pop(gone).place.delete()
        for at, part in enumerate(wanted.values()):
            shown = self._shown.get(part.key)
            if shown is None or shown.what != part.what:
                shown = self._shown[part.key] = self._make(part, shown)
            if part.text and isinstance(shown.built, TextElement) and shown.built.text != part.text:
                shown.built.text = part.text
            if self.default_slot.children.index(shown.place) != at:
                shown.place.move(target_index=at)

    def _make(self, part: Part, before: _Shown | None) -> _Shown:
        if before is None:
            with self:
                place = ui.column().classes("full-width")
        else:
            place = before.place
            place.clear()
        with place:
            return _Shown(part.what, place, part.build())


class Rows(Parts):
    """Parts that are the rows of a list, with a line between them; the one without a key says that there are none."""

    def __init__(self) -> None:
        super().__init__()
        self.classes("z-list")

    def show(self, parts: Iterable[Part]) -> None:
        """Make what is new or different, take away what is gone, and leave the rest as it is."""
        rows = list(parts)
        self.props("role=list" if any(row.key for row in rows) else "role=presentation")
        super().show(rows)
