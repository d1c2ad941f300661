"""Pictures that were pasted into the cells of a workbook: they come along as media of their row.

Excel lays pictures over the cells and says which cell their corner is in, or puts them into the cell, as WPS does
(`cell_pictures`). Names are made of the content, so the same picture has the same name whenever it is read.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeVar
from xml.etree import ElementTree

from content_calendar.cell_pictures import CellPictures
from content_calendar.columns import BY_HEADER, shown_id, text_of
from content_calendar.dates import Cell
from content_calendar.records import Sheet
from content_calendar.xlsx_parts import OFFICE, parsed, related, sheets_of

_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
_NAME_DIGITS = 16
_MEDIA = "media"

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

_Place = TypeVar("_Place")


class Pictures:
    """The pictures of a workbook that reads: their contents by name, and where they stand."""

    def __init__(self, data: bytes) -> None:
        self.contents: dict[str, bytes] = {}
        self._over: dict[str, dict[int, list[str]]] = {}
        self._in_cells: dict[str, dict[tuple[int, int], str]] = {}
        self._by_id: dict[str, str] = {}
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            in_cells = CellPictures(archive)
            places = {sheet: in_cells.places(path) for sheet, path in sheets_of(archive)}
            if any(PurePosixPath(name).suffix.lower() in _ENDINGS for name in archive.namelist()):
                self._over = {sheet: self._read_over(archive, path) for sheet, path in sheets_of(archive)}
                self._by_id = self._named(archive, in_cells.by_id)
            self._in_cells = {
                sheet: {place: path for place, path in of_sheet.items() if shown_id(path)}
                | self._named(archive, of_sheet)
                for sheet, of_sheet in places.items()
            }

    def put_into(self, sheet: Sheet) -> Sheet:
        """The sheet with the names of its pictures in the column of media."""
        rows = [self._of_row(sheet.name, number, row) for number, row in enumerate(sheet.rows, start=1)]
        if not any(names for _, names in rows[1:]):
            return Sheet(sheet.name, [row for row, _ in rows])
        header = [text_of(cell) for cell in sheet.rows[0]]
        places = (place for place, word in enumerate(header) if word in BY_HEADER and BY_HEADER[word].name == _MEDIA)
        place = next(places, None)
        if place is None:
            place = len(header)
            rows[0] = ([*rows[0][0], _MEDIA], [])
        return Sheet(sheet.name, [rows[0][0], *(_with(row, place, names) for row, names in rows[1:])])

    def _of_row(self, sheet: str, number: int, row: Sequence[Cell]) -> tuple[Sequence[Cell], list[str]]:
        names = list(self._over.get(sheet, {}).get(number, ()))
        in_cells = self._in_cells.get(sheet, {})
        if not (in_cells or self._by_id):
            return row, names
        kept: list[Cell] = []
        for place, cell in enumerate(row, start=1):
            # A formula that nobody has worked out has no value, and elsewhere than in WPS its value is an error.
            name = in_cells.get((number, place)) or self._by_id.get(shown_id(cell) if isinstance(cell, str) else "")
            if name and shown_id(name):  # a picture that was lost: the cell says so
                kept.append(name)
                continue
            if name:
                names.append(name)
            kept.append(None if name else cell)
        return kept, names

    def _read_over(self, archive: zipfile.ZipFile, sheet: str) -> dict[int, list[str]]:
        """Names by row, counted from 1, in the order of their columns."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for kind, drawing in related(archive, sheet).values():
            if not kind.endswith("/drawing"):
                continue
            targets = related(archive, drawing)
            for anchor in parsed(archive, drawing):
                corner = anchor.find(f"{_DRAWING}from")
                for name in self._kept(archive, anchor, targets):
                    if corner is not None:
                        row, column = (int(corner.findtext(f"{_DRAWING}{what}", "0")) for what in ("row", "col"))
                        found[row + 1].append((column, name))
        return {row: [name for _, name in sorted(names)] for row, names in found.items()}

    def _named(self, archive: zipfile.ZipFile, paths: Mapping[_Place, str]) -> dict[_Place, str]:
        """The names of the pictures at these paths, whose contents are kept."""
        return {place: name for place, path in paths.items() if (name := self._keep(archive, path))}

    def _kept(
        self, archive: zipfile.ZipFile, element: ElementTree.Element, targets: Mapping[str, tuple[str, str]]
    ) -> Iterator[str]:
        """The names of the pictures in an element, whose contents are kept."""
        for blip in element.iter(f"{_ART}blip"):
            _, path = targets.get(blip.get(f"{OFFICE}embed", ""), ("", ""))
            if name := self._keep(archive, path):
                yield name

    def _keep(self, archive: zipfile.ZipFile, path: str) -> str:
        """The name of the picture at a path, whose content is kept; nothing if there is none."""
        ending = PurePosixPath(path).suffix.lower()
        if ending not in _ENDINGS or path not in archive.namelist():
            return ""
        content = archive.read(path)
        name = f"{hashlib.sha256(content).hexdigest()[:_NAME_DIGITS]}{ending}"
        self.contents[name] = content
        return name


def _with(row: Sequence[Cell], place: int, names: Sequence[str]) -> Sequence[Cell]:
    if not names:
        return row
    cells = [*row, *[None] * (place + 1 - len(row))]
    cells[place] = ";".join(dict.fromkeys((*filter(None, [text_of(cells[place])]), *names)))
    return cells
