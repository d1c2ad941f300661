"""Calendars as CSV: UTF-8 with or without BOM, UTF-16 with BOM, GBK or GB18030; commas, semicolons or tabs.

What is not UTF-8 is taken as GB18030, which contains GBK: statistical detection takes short GBK files for Big5.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from content_calendar.columns import BY_HEADER
from content_calendar.faults import FileError
from content_calendar.records import Sheet

_DELIMITERS = (",", ";", "\t")
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(data: bytes, name: str) -> Sheet:
    """The rows of a CSV file as text. `name` becomes the sheet's. Raises `FileError`."""
    text = _decoded(data)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False))
    except csv.Error as error:
        raise FileError(f"CSV 读不了：{error}") from None
    return Sheet(name, rows)


def write_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with the BOM by which Excel knows it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _decoded(data: bytes) -> str:
    codecs = ("utf-16",) if data.startswith(_UTF_16_MARKS) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            return data.decode(codec)
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
    raise FileError(f"第 {row} 行附近的字符既不是 UTF-8 也不是 GBK，请另存为 UTF-8 的 CSV")


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line into the most headers we know."""
    header = text.partition("\n")[0]

    def known_headers(delimiter: str) -> int:
        return sum(piece.strip().strip('"').lower() in BY_HEADER for piece in header.split(delimiter))

    return max(_DELIMITERS, key=known_headers)
