"""Pictures inside the cells of a workbook.

In WPS the cell has the formula `=DISPIMG("ID_…",1)`, and the package a list of pictures by these ids. In Excel the
value of the cell is a rich one: its number leads by the metadata to a value, of which a part names a picture.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import TypeVar
from xml.etree import ElementTree

from content_calendar.columns import shown_id
from content_calendar.xlsx_parts import OFFICE, parsed, place_of, related

_FORMULA = b"DISPIMG"
_WPS = "xl/cellimages.xml"
_METADATA = "xl/metadata.xml"
_VALUES = "xl/richData/rdrichvalue.xml"
_STRUCTURES = "xl/richData/rdrichvaluestructure.xml"
_VALUE_RELATIONS = "xl/richData/richValueRel.xml"
_IS_PICTURE = "_rvRel:LocalImageIdentifier"

_ANY = "{*}"

_Item = TypeVar("_Item")


class CellPictures:
    """The paths of the pictures in a package: by the ids of WPS, and by the number of a cell's rich value."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.by_id = self._of_wps()
        self._by_number = self._of_excel()

    def places(self, sheet: str) -> dict[tuple[int, int], str]:
        """The pictures in the cells of the sheet at that path, by row and column, counted from 1; where a formula shows
        one that the package lacks, the formula."""
        if sheet not in self._archive.namelist():
            return {}
        if not self._by_number and _FORMULA not in self._archive.read(sheet):
            return {}
        found: dict[tuple[int, int], str] = {}
        for cell in parsed(self._archive, sheet).iterfind(f".//{_ANY}c"):
            id = shown_id(cell.findtext(f"{_ANY}f") or "")
            lost = f'=DISPIMG("{id}",1)' if id else ""
            path = self.by_id.get(id) or self._by_number.get(cell.get("vm", "")) or lost
            place = place_of(cell.get("r", ""))
            if path and place:
                found[place] = path
        return found

    def _of_wps(self) -> dict[str, str]:
        found: dict[str, str] = {}
        targets = related(self._archive, _WPS)
        for picture in parsed(self._archive, _WPS):
            label, blip = picture.find(f".//{_ANY}cNvPr"), picture.find(f".//{_ANY}blip")
            if label is not None and blip is not None:
                found[label.get("name", "")] = targets.get(blip.get(f"{OFFICE}embed", ""), ("", ""))[1]
        there = {*self._archive.namelist()}
        return {name: path for name, path in found.items() if path in there}

    def _of_excel(self) -> dict[str, str]:
        """By the number, from 1, that a cell gives as its metadata."""
        targets = related(self._archive, _VALUE_RELATIONS)
        paths = [
            targets.get(one.get(f"{OFFICE}id", ""), ("", ""))[1] for one in parsed(self._archive, _VALUE_RELATIONS)
        ]
        if not paths:
            return {}
        keys = [
            [key.get("n") for key in structure]
            for structure in parsed(self._archive, _STRUCTURES).iterfind(f".//{_ANY}s")
        ]
        values = [_picture_of(value, keys) for value in parsed(self._archive, _VALUES).iterfind(f".//{_ANY}rv")]
        metadata = parsed(self._archive, _METADATA)
        numbers = [int(one.get("i", "-1")) for one in metadata.iterfind(f".//{_ANY}rvb")]
        found: dict[str, str] = {}
        for number, block in enumerate(metadata.iterfind(f"{_ANY}valueMetadata/{_ANY}bk"), start=1):
            record = block.find(f"{_ANY}rc")
            value = _at(values, _at(numbers, int(record.get("v", "-1")) if record is not None else -1))
            if path := _at(paths, value):
                found[str(number)] = path
        return found


def _picture_of(value: ElementTree.Element, keys: Sequence[Sequence[str | None]]) -> int:
    """Which of the pictures a rich value is; -1 for what is none."""
    names = _at(keys, int(value.get("s", "0"))) or ()
    if _IS_PICTURE not in names:
        return -1
    part = _at(list(value), names.index(_IS_PICTURE))
    return int(part.text or "-1") if part is not None else -1


def _at(items: Sequence[_Item], place: int | None) -> _Item | None:
    return items[place] if place is not None and 0 <= place < len(items) else None
