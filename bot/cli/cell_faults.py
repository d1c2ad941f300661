"""What is wrong with a table that somebody filled in, cell by cell, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.terminal import brief, harmless
from content_calendar.faults import Fault

# More nobody reads on a terminal, where the first ones are out of sight by then.
_MOST_SHOWN = 200


def told_cells(faults: Sequence[Fault]) -> str:
    """A line for each fault, as far as somebody reads them."""
    shown = [f"{_line(fault)}\n" for fault in faults[:_MOST_SHOWN]]
    if len(faults) > _MOST_SHOWN:
        shown.append(f"……还有 {len(faults) - _MOST_SHOWN:,} 处，先改好这些再导一次，或用 --json 看全部\n")
    return "".join(shown)


def _line(fault: Fault) -> str:
    """A fault without a column is of the file as it is, or of the row at which its reader got stuck."""
    expected = brief(fault.expected)
    if not fault.column:
        row = f" 第 {fault.row} 行" if fault.row > 1 else ""
        name = fault.found if fault.found.startswith(fault.sheet) else f"{fault.sheet}{fault.found}"
        return harmless(f"{brief(name)}{row}：{expected}")
    found = f"写的是「{brief(fault.found)}」" if fault.found else "空着"
    return harmless(f"{brief(fault.sheet)} 第 {fault.row} 行「{fault.column}」：{found}，要求：{expected}")
