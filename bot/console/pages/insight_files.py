"""Rows as a file. What members wrote is text there, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_767


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """UTF-8 with a mark that Excel needs; what Excel would take for a formula begins with an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(rows[0] if rows else [])
    writer.writerows([_harmless(value) for value in row.values()] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[dict[str, Any]]) -> bytes:
    """A workbook of one sheet, all texts of which are texts."""
    from openpyxl import Workbook  # slow to import
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for number, values in enumerate([list(rows[0]), *(list(row.values()) for row in rows)] if rows else [], start=1):
        for place, value in enumerate(values, start=1):
            is_text = isinstance(value, str)
            cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL] if is_text else value)
            if is_text:
                cell.data_type = "s"
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value
