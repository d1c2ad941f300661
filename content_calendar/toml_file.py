"""Calendars as TOML, for those who keep theirs in version control: one `[[entries]]` table for each entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import tomlkit
from tomlkit.items import AoT

from content_calendar.columns import BY_HEADER, COLUMNS, text_of
from content_calendar.dates import Cell
from content_calendar.entry import Entry
from content_calendar.faults import Fault, FileError
from content_calendar.records import Record, meant, unknown_column
from models.broken_files import SAVE_AS_UTF8, BrokenToml, toml_data

_TABLE = "entries"
_LISTS = ("tiers", "groups", "tags", "media", "but")
_BLANK = Entry(key="")
_SCALARS = (str, bool, int, float, dt.date, dt.time)


def read_toml(data: bytes, name: str) -> tuple[list[Record], list[Fault]]:
    """The entries of a TOML file as records; `row` counts them from 1. Raises `FileError`."""
    try:
        document = toml_data(data.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileError(
            f"文件第 {line} 行有一个字节 0x{error.object[error.start]:02x} 不是 UTF-8，{SAVE_AS_UTF8}"
        ) from None
    except BrokenToml as broken:
        where = f"文件第 {broken.line} 行" if broken.line else ""
        raise FileError(f"{where}{broken.found}，{broken.cure}") from None
    tables = document.get(_TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FileError(f"每条排期写成一个 [[{_TABLE}]]")
    faults = [Fault(name, 1, key, key, f"只有 [[{_TABLE}]]") for key in document if key != _TABLE]
    records: list[Record] = []
    for number, table in enumerate(tables, start=1):
        cells: dict[str, Cell] = {}
        headers: dict[str, str] = {}
        misnamed: set[str] = set()  # what is there and cannot be read is not missing too
        for key, value in table.items():
            column = BY_HEADER.get(key)
            if column is None:
                faults.append(unknown_column(name, number, key))
                misnamed.add(meant(key))
            elif isinstance(value, list) and all(isinstance(item, str | dt.date) for item in value):
                cells[column.name], headers[column.name] = ";".join(map(str, value)), key
            elif isinstance(value, _SCALARS):
                cells[column.name], headers[column.name] = value, key
            else:
                faults.append(Fault(name, number, key, text_of(str(value)), "一个值，或一列文字"))
                misnamed.add(column.name)
        records.append(Record(name, number, cells, headers, misnamed - cells.keys()))
    return records, faults


def write_toml(entries: Iterable[Entry]) -> bytes:
    """Entries as TOML. Columns at their defaults are left out."""
    tables = AoT([])
    for entry in entries:
        table = tomlkit.table()
        for column in COLUMNS:
            if getattr(entry, column.name) != getattr(_BLANK, column.name):
                table.add(column.name, _value(entry, column.name))
        tables.append(table)
    document = tomlkit.document()
    document.add(_TABLE, tables)
    return tomlkit.dumps(document).encode()


def _value(entry: Entry, name: str) -> object:
    value = getattr(entry, name)
    if name in _LISTS:
        return list(value)
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    return value
