"""Pictures that were pasted into the cells of a workbook: they come along as media of their row.

Excel lays pictures over the cells and says which cell their corner is in; WPS puts them into the cell, whose value is
then `=DISPIMG("ID_…",1)`. Names are made of the content, so the same picture has the same name whenever it is read.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree

from content_calendar.columns import BY_HEADER, text_of
from content_calendar.dates import Cell
from content_calendar.records import Sheet
from models.patterns import compile_later

_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp"})
_NAME_DIGITS = 16
_IN_CELL = compile_later(r'=?(?:_xlfn\.)?DISPIMG\("(ID_[0-9A-F]{1,64})",\s*1\)')
_CELL_PICTURES = "xl/cellimages.xml"
_WORKBOOK = "xl/workbook.xml"
_MEDIA = "media"

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_ART = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"


class Pictures:
    """The pictures of a workbook that reads: their contents by name, and where they stand."""

    def __init__(self, data: bytes) -> None:
        self.contents: dict[str, bytes] = {}
        self._over: dict[str, dict[int, list[str]]] = {}
        self._in_cells: dict[str, str] = {}
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(PurePosixPath(name).suffix.lower() in _ENDINGS for name in archive.namelist()):
                self._in_cells = self._read_in_cells(archive)
                self._over = {sheet: self._read_over(archive, path) for sheet, path in _sheets(archive)}

    def put_into(self, sheet: Sheet) -> Sheet:
        """The sheet with the names of its pictures in the column of media."""
        rows = [self._of_row(sheet.name, number, row) for number, row in enumerate(sheet.rows, start=1)]
        if not any(names for _, names in rows[1:]):
            return sheet
        header = [text_of(cell) for cell in sheet.rows[0]]
        places = (place for place, word in enumerate(header) if word in BY_HEADER and BY_HEADER[word].name == _MEDIA)
        place = next(places, None)
        if place is None:
            place = len(header)
            rows[0] = ([*rows[0][0], _MEDIA], [])
        return Sheet(sheet.name, [rows[0][0], *(_with(row, place, names) for row, names in rows[1:])])

    def _of_row(self, sheet: str, number: int, row: Sequence[Cell]) -> tuple[Sequence[Cell], list[str]]:
        names = list(self._over.get(sheet, {}).get(number, ()))
        if not self._in_cells:
            return row, names
        kept: list[Cell] = []
        for cell in row:
            match = _IN_CELL.fullmatch(cell.strip()) if isinstance(cell, str) else None
            if match and match[1] in self._in_cells:
                names.append(self._in_cells[match[1]])
                kept.append(None)
            else:
                kept.append(cell)
        return kept, names

    def _read_over(self, archive: zipfile.ZipFile, sheet: str) -> dict[int, list[str]]:
        """Names by row, counted from 1, in the order of their columns."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for kind, drawing in _related(archive, sheet).values():
            if not kind.endswith("/drawing"):
                continue
            targets = _related(archive, drawing)
            for anchor in _parsed(archive, drawing):
                corner = anchor.find(f"{_DRAWING}from")
                for name in self._kept(archive, anchor, targets):
                    if corner is not None:
                        row, column = (int(corner.findtext(f"{_DRAWING}{what}", "0")) for what in ("row", "col"))
                        found[row + 1].append((column, name))
        return {row: [name for _, name in sorted(names)] for row, names in found.items()}

    def _read_in_cells(self, archive: zipfile.ZipFile) -> dict[str, str]:
        """Names by the ids that stand in the cells."""
        found: dict[str, str] = {}
        targets = _related(archive, _CELL_PICTURES)
        for picture in _parsed(archive, _CELL_PICTURES):
            label = picture.find(f".//{_DRAWING}cNvPr")
            for name in self._kept(archive, picture, targets):
                if label is not None:
                    found[label.get("name", "")] = name
        return found

    def _kept(
        self, archive: zipfile.ZipFile, element: ElementTree.Element, targets: Mapping[str, tuple[str, str]]
    ) -> Iterator[str]:
        """The names of the pictures in an element, whose contents are kept."""
        for blip in element.iter(f"{_ART}blip"):
            _, path = targets.get(blip.get(f"{_OFFICE}embed", ""), ("", ""))
            ending = PurePosixPath(path).suffix.lower()
            if ending in _ENDINGS and path in archive.namelist():
                content = archive.read(path)
                name = f"{hashlib.sha256(content).hexdigest()[:_NAME_DIGITS]}{ending}"
                self.contents[name] = content
                yield name


def _with(row: Sequence[Cell], place: int, names: Sequence[str]) -> Sequence[Cell]:
    if not names:
        return row
    cells = [*row, *[None] * (place + 1 - len(row))]
    cells[place] = ";".join(dict.fromkeys((*filter(None, [text_of(cells[place])]), *names)))
    return cells


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The title and the path of each sheet."""
    targets = _related(archive, _WORKBOOK)
    for sheet in _parsed(archive, _WORKBOOK).iter(f"{_MAIN}sheet"):
        _, path = targets.get(sheet.get(f"{_OFFICE}id", ""), ("", ""))
        if path:
            yield sheet.get("name", ""), path


def _related(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """What a part of the workbook points to: kind and path by the id of the relation."""
    folder, name = posixpath.split(path)
    found: dict[str, tuple[str, str]] = {}
    for one in _parsed(archive, f"{folder}/_rels/{name}.rels").iter(f"{_PACKAGE}Relationship"):
        target = one.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        found[one.get("Id", "")] = (one.get("Type", ""), whole)
    return found


def _parsed(archive: zipfile.ZipFile, path: str) -> ElementTree.Element:
    """A part as XML; an empty element where there is none, or none that reads."""
    try:
        return ElementTree.fromstring(archive.read(path))
    except (KeyError, ElementTree.ParseError):
        return ElementTree.Element("none")
