"""Cells of a workbook whose formula has come to nothing: what stands there is no text that anybody wrote."""

from __future__ import annotations

from content_calendar.dates import Cell

# As Excel and WPS show them.
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


class Uncomputed(str):
    """A formula that no program has worked out yet, as it stands in the cell."""

    __slots__ = ()


def cure_of(cell: Cell) -> str:
    """What to do about a formula without a result; empty for all other cells."""
    if isinstance(cell, Uncomputed):
        return "这个公式还没有算出结果：用 Excel 或 WPS 打开存一次，或直接写上内容"
    if isinstance(cell, str) and cell.strip() in _ERRORS:
        return "这个公式算错了，改好它，或直接写上内容"
    return ""
