"""A live page in parts: only what has changed is made anew, so that whoever is about to press a button keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nicegui import ui


@dataclass(frozen=True, slots=True)
class Part:
    """A part under its own `key`; `build` makes it from `what`, whose equal needs no new one."""

    key: str
    what: object
    build: Callable[[], object]


class Parts(ui.column):
    """The parts of a page, or of a place in it, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.classes("full-width")
        self._shown: dict[str, tuple[object, ui.column]] = {}

    def show(self, parts: Iterable[Part]) -> None:
        """Make what is new or different, take away what is gone, and leave the rest as it is."""
        before, self._shown = self._shown, {}
        for at, part in enumerate(parts):
            what, place = before.pop(part.key, (None, None))
            if place is None:
                with self:
                    place = ui.column().classes("full-width")
            if not place.default_slot.children or what != part.what:
                place.clear()
                with place:
                    part.build()
            if self.default_slot.children.index(place) != at:
                place.move(target_index=at)
            self._shown[part.key] = (part.what, place)
        for _what, place in before.values():
            place.delete()
