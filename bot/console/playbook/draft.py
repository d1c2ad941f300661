"""A playbook that somebody is changing: kept beside the pages, so that going from one to the next loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from bot.playbook_files import data_of, examined
from bot.playbook_writing import rewritten
from models.playbook import Playbook
from models.playbook_faults import Misfit

Path = tuple[str | int, ...]

_ABSENT = object()


@dataclass
class Draft:
    """What somebody makes of the revision `base`, whose text is `toml`.

    `data` is in the form of TOML and may be wrong. `arranged` counts how often elements of lists came, went or moved:
    whoever shows places from before must look again.
    """

    base: str
    before: Playbook
    toml: str
    data: dict[str, Any] = field(init=False)
    arranged: int = 0

    def __post_init__(self) -> None:
        self.data = data_of(self.before)

    def get(self, path: Path) -> Any:
        """What stands at a place; None where nothing does."""
        found: Any = self.data
        for part in path:
            if isinstance(part, int):
                found = found[part] if isinstance(found, list) and part < len(found) else None
            else:
                found = found.get(part) if isinstance(found, dict) else None
        return found

    def put(self, path: Path, value: Any) -> None:
        """Put something in a place; None leaves the key out."""
        *way, last = path
        table: Any = self.data
        for part in way:
            table = table[part] if isinstance(part, int) else table.setdefault(part, {})
        if value is None and isinstance(last, str):
            table.pop(last, None)
        else:
            table[last] = value
        if not table and way and not isinstance(way[-1], int) and value is None:
            self.put(tuple(way), None)  # an empty table says nothing

    def examined(self) -> tuple[Playbook | None, list[Misfit]]:
        """The playbook, or everything that is wrong with it, at its place."""
        return examined(deepcopy(self.data))

    @property
    def is_changed(self) -> bool:
        """Whether anything is other than before."""
        return self.data != data_of(self.before)

    def written(self, after: Playbook) -> str:
        """The text of the playbook that came of it."""
        return rewritten(self.toml, self.before, after)

    def moved_to(self, base: str, playbook: Playbook, toml: str) -> Draft:
        """The same changes made to another revision; where both changed the same, these stand."""
        moved = Draft(base, playbook, toml, self.arranged + 1)
        moved.data = _merged(data_of(self.before), self.data, moved.data)
        return moved


def _merged(before: Any, mine: Any, theirs: Any) -> Any:
    if not (isinstance(mine, Mapping) and isinstance(theirs, Mapping)):
        return theirs if mine == before else mine
    old = before if isinstance(before, Mapping) else {}
    merged = {
        key: _merged(old.get(key, _ABSENT), mine.get(key, _ABSENT), theirs.get(key, _ABSENT))
        for key in [*theirs, *(key for key in mine if key not in theirs)]
    }
    return {key: value for key, value in merged.items() if value is not _ABSENT}
