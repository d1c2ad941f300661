"""The parts of a workbook's package: XML, and what a part points to."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from models.patterns import compile_later

OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
"""The namespace of the ids by which parts name what they point to."""

_WORKBOOK = "xl/workbook.xml"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PLACE = compile_later(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_LETTERS = 26
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"


def related(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """What a part of the workbook points to: kind and path by the id of the relation."""
    folder, name = posixpath.split(path)
    found: dict[str, tuple[str, str]] = {}
    for one in parsed(archive, f"{folder}/_rels/{name}.rels").iter(f"{_PACKAGE}Relationship"):
        target = one.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
        found[one.get("Id", "")] = (one.get("Type", ""), whole)
    return found


def parsed(archive: zipfile.ZipFile, path: str) -> ElementTree.Element:
    """A part as XML; an empty element where there is none, or none that reads."""
    try:
        return ElementTree.fromstring(archive.read(path))
    except (KeyError, ElementTree.ParseError):
        return ElementTree.Element("none")


def place_of(reference: str) -> tuple[int, int] | None:
    """Row and column, counted from 1, of a cell as `B3`; `None` for what names none."""
    match = _PLACE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return int(match[2]), column


def sheets_of(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The title and the path of each sheet."""
    targets = related(archive, _WORKBOOK)
    for sheet in parsed(archive, _WORKBOOK).iter(f"{_MAIN}sheet"):
        _, path = targets.get(sheet.get(f"{OFFICE}id", ""), ("", ""))
        if path:
            yield sheet.get("name", ""), path
