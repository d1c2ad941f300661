"""The parts of a workbook's package: XML, and what a part points to."""

from __future__ import annotations

import posixpath
import zipfile
from xml.etree import ElementTree

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
