"""Rows of a file under the names of our columns, whatever kind of file they came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from content_calendar.columns import BY_HEADER, MOST_FAULTS, NAMES, alike, hint, shown, text_of
from content_calendar.dates import Cell
from content_calendar.faults import Fault


class Sheet(msgspec.Struct, frozen=True):
    """A sheet as it stands in a file: its rows, the header first, empty rows included so that the count is right."""

    name: str
    rows: Sequence[Sequence[Cell]]


class Record(msgspec.Struct, frozen=True):
    """One row: the cells by the name of their column, and each column's header as it was written.

    `misnamed` are columns that are there under a header that we do not know, which is a fault of its own.
    """

    sheet: str
    row: int
    cells: Mapping[str, Cell]
    headers: Mapping[str, str]
    misnamed: Collection[str] = ()

    def header(self, name: str) -> str:
        """The header to name in a fault; the English name where the file lacks the column."""
        return self.headers.get(name, name)


def records_of(sheet: Sheet) -> tuple[list[Record], list[Fault]]:
    """The filled rows of a sheet, and what is wrong with its header or its shape. An empty sheet is no fault."""
    header = [text_of(cell) for cell in sheet.rows[0]] if sheet.rows else []
    if not any(text_of(cell) for row in sheet.rows for cell in row):
        return [], []
    places, faults = _places(sheet.name, header)
    unknown = dict.fromkeys(written for written in header if written and not _is_known(written))
    misnamed = frozenset(filter(None, map(meant, islice(unknown, MOST_FAULTS)))) - places.keys()
    if "key" not in places:
        if "key" not in misnamed:
            faults.append(Fault(sheet.name, 1, "key", "", "第一行是表头，要有 key 编号 这一列"))
        return [], faults
    headers = {name: header[place] for name, place in places.items()}
    records: list[Record] = []
    for number, row in enumerate(sheet.rows[1:], start=2):
        if any(text_of(cell) for cell in row):
            cells = {name: row[place] for name, place in places.items() if place < len(row)}
            records.append(Record(sheet.name, number, cells, headers, misnamed))
            faults.extend(islice(_outside(sheet.name, number, row, header), MOST_FAULTS))
    return records, faults


def unknown_column(sheet: str, row: int, header: str) -> Fault:
    """The fault of a column, or a key in TOML, that we do not know."""
    return Fault(sheet, row, header, header, f"列名：{'、'.join(NAMES)} 或其中文名{hint(header, BY_HEADER)}")


def _places(sheet: str, header: Sequence[str]) -> tuple[dict[str, int], list[Fault]]:
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for place, written in enumerate(header):
        column = BY_HEADER.get(written) or BY_HEADER.get(written.lower())
        if not written:
            continue
        if len(faults) == MOST_FAULTS:
            break
        if column is None:
            faults.append(unknown_column(sheet, 1, written))
        elif column.name in places:
            faults.append(Fault(sheet, 1, written, written, f"每列只写一次，{header[places[column.name]]} 已经有了"))
        else:
            places[column.name] = place
    return places, faults


def _is_known(header: str) -> bool:
    return header in BY_HEADER or header.lower() in BY_HEADER


def meant(header: str) -> str:
    """The column that an unknown header probably stands for; empty where none is near."""
    near = alike(header, BY_HEADER)
    return BY_HEADER[near].name if near else ""


def _outside(sheet: str, number: int, row: Iterable[Cell], header: Sequence[str]) -> Iterator[Fault]:
    """Cells that stand under no header: an unquoted comma has shifted the row, or a header is missing."""
    for place, cell in enumerate(row):
        if text_of(cell) and (place >= len(header) or not header[place]):
            yield Fault(
                sheet, number, "", shown(cell), f"这一格没有表头；表头有 {len(header)} 列，正文里有逗号要加引号"
            )
