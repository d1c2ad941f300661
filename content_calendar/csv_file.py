"""Calendars as CSV: UTF-8 with or without BOM, UTF-16 with BOM, GBK or GB18030; commas, semicolons or tabs.

What is not UTF-8 is taken as GB18030, which contains GBK: statistical detection takes short GBK files for Big5. Bytes
that stay unread are marked in their cell, so that they become a fault at its place.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence

from content_calendar.columns import BY_HEADER
from content_calendar.faults import FileError
from content_calendar.records import Sheet

UNREAD = "\ufffd"

_DELIMITERS = (",", ";", "\t")
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DAMAGE = 0.1


def read_csv(data: bytes, name: str) -> Sheet:
    """The rows of a CSV file as text. `name` becomes the sheet's. Raises `FileError`."""
    text = _decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)  # noqa: PERF402 - what was read before an error says where it is
    except csv.Error:
        raise FileError("这一行读不了，看看英文双引号是不是成对", row=len(rows) + 1) from None
    return Sheet(name, rows)


def write_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with the BOM by which Excel knows it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="replace")
    # Hardly a character of a GBK file is UTF-8 by chance; a few unread ones are damage to a file in UTF-8.
    if data.startswith(codecs.BOM_UTF8) or text.count(UNREAD) <= _DAMAGE * sum(char > "\x7f" for char in text):
        return text
    return data.decode("gb18030", errors="replace")


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line into the most headers we know."""
    header = text.splitlines()[0] if text else ""

    def known_headers(delimiter: str) -> int:
        return sum(piece.strip().strip('"').lower() in BY_HEADER for piece in header.split(delimiter))

    return max(_DELIMITERS, key=known_headers)
