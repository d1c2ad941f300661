"""Calendar files in and out: CSV, XLSX and TOML are read, those and iCalendar are written.

Bytes in, values out; the ending of the file name says which kind it is. Reading finds all faults at once. Writing sorts
by key and gives the same bytes for the same entries; what was written reads back as the same entries (iCalendar is not
read).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

import msgspec

from content_calendar.chinese_cells import HEADER, cells_of
from content_calendar.columns import COLUMNS, NAMES, Known, text_of, written
from content_calendar.csv_file import read_csv, write_csv
from content_calendar.entry import Entry
from content_calendar.faults import Fault, FileError
from content_calendar.ics_file import write_ics
from content_calendar.pictures import Pictures
from content_calendar.reading import read_records
from content_calendar.records import Record, Sheet, records_of
from content_calendar.template import EXAMPLES
from content_calendar.toml_file import read_toml, write_toml
from content_calendar.xlsx_file import read_revisions, read_xlsx, write_xlsx, xlsx_template

_ALPHABET = 26


class Read(msgspec.Struct, frozen=True):
    """What a file holds. `entries` are those without a fault; an importer saves them only if `faults` is empty."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


class Origin(msgspec.Struct, frozen=True):
    """The revisions that a workbook was exported with, and where its entries stand now, both by key."""

    revisions: Mapping[str, str]
    places: Mapping[str, Record]


def read_calendar(
    data: bytes,
    filename: str,
    today: dt.date,
    zone: dt.tzinfo,
    known_tiers: Collection[str],
    known_groups: Collection[str],
) -> Read:
    """Read a calendar file.

    `today` is the merchant's local day, which completes dates without a year; `zone` the merchant's. Tiers and groups
    (room ids) that are not known are faults. Never raises for what a file may hold.
    """
    path = PurePath(filename)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        return Read((), (Fault(path.stem, 1, "", path.suffix, f"只读 {'、'.join(_READERS)} 文件"),))
    try:
        records, faults = reader(data, path.stem)
    except FileError as error:
        return Read((), (Fault(path.stem, error.row, "", path.name, str(error)),))
    spoiled = {(fault.sheet, fault.row) for fault in faults}
    entries, more = read_records(records, Known(today, known_tiers, known_groups), zone, spoiled)
    if not (records or faults):
        faults.append(Fault(path.stem, 1, "", "", "至少一条排期；第一行是表头"))
    order = {sheet: place for place, sheet in enumerate(dict.fromkeys(fault.sheet for fault in (*faults, *more)))}
    return Read(tuple(entries), tuple(sorted((*faults, *more), key=lambda fault: (order[fault.sheet], fault.row))))


def letters(data: bytes, filename: str) -> Mapping[tuple[str, str], str]:
    """The letters by which spreadsheets call the columns of a file, by sheet and header; none where there are none."""
    sheets: Iterable[Sheet]
    try:
        match PurePath(filename).suffix.lower():
            case ".csv":
                sheets = [read_csv(data, PurePath(filename).stem)]
            case ".xlsx":
                sheets = read_xlsx(data)
            case _:
                return {}
    except FileError:
        return {}
    return {
        (sheet.name, header): _letter(place)
        for sheet in sheets
        for place, cell in enumerate(sheet.rows[0] if sheet.rows else ())
        if (header := text_of(cell))
    }


def read_origin(data: bytes, filename: str) -> Origin | None:
    """What a file that reads without a fault was exported as; `None` for all but our own workbooks."""
    path = PurePath(filename)
    if path.suffix.lower() != ".xlsx" or not (revisions := read_revisions(data)):
        return None
    records, _ = _READERS[".xlsx"](data, path.stem)
    return Origin(revisions, {" ".join(text_of(record.cells.get("key")).split()): record for record in records})


def read_pictures(data: bytes, filename: str) -> Mapping[str, bytes]:
    """The pictures that were pasted into a file that reads without a fault, by the names that its entries have."""
    return Pictures(data).contents if PurePath(filename).suffix.lower() == ".xlsx" else {}


def write_calendar(entries: Iterable[Entry], filename: str, zone: dt.tzinfo) -> bytes:
    """The calendar as a file of the kind that the ending names. Raises `FileError` for an ending we do not write."""
    writer = _WRITERS.get(suffix := PurePath(filename).suffix.lower())
    if writer is None:
        raise FileError(f"不能导出 {suffix or filename}，文件类型：{'、'.join(_WRITERS)}")
    return writer(sorted(entries, key=lambda entry: entry.key), zone)


def template(filename: str, offers: Mapping[str, Collection[str]] | None = None) -> bytes:
    """An empty calendar with Chinese headers and examples; as XLSX also with drop-downs and a sheet that explains them.

    `offers` are what drop-downs offer beside what every calendar has, by the Chinese names of columns.
    The examples address a tag that nobody has, so that they harm nobody when they are imported by mistake.
    """
    suffix = PurePath(filename).suffix.lower()
    if suffix == ".csv":
        return write_csv([HEADER, *([written(cell) for cell in cells_of(entry)] for entry in EXAMPLES)])
    if suffix == ".xlsx":
        return xlsx_template(HEADER, [cells_of(entry) for entry in EXAMPLES], offers or {})
    if suffix == ".toml":
        return write_toml(EXAMPLES)
    raise FileError(f"没有 {suffix or filename} 的模板，文件类型：{'、'.join(_READERS)}")


def _letter(place: int) -> str:
    more, last = divmod(place, _ALPHABET)
    return (_letter(more - 1) if more else "") + chr(ord("A") + last)


def _rows(entries: Sequence[Entry]) -> list[list[str]]:
    return [[written(column.write(entry)) for column in COLUMNS] for entry in entries]


def _from_sheets(sheets: Iterable[Sheet]) -> tuple[list[Record], list[Fault]]:
    records: list[Record] = []
    faults: list[Fault] = []
    for sheet in sheets:
        found, wrong = records_of(sheet)
        records.extend(found)
        faults.extend(wrong)
    return records, faults


def _with_pictures(data: bytes) -> Iterator[Sheet]:
    sheets = read_xlsx(data)
    try:
        pictures = Pictures(data)
    except Exception:  # noqa: BLE001 - whatever damaged XML or packing makes it stumble over
        raise FileError("Excel 里的图片读不出来，请用 Excel 或 WPS 另存一次") from None
    return (pictures.put_into(sheet) for sheet in sheets)


_READERS: dict[str, Callable[[bytes, str], tuple[list[Record], list[Fault]]]] = {
    ".csv": lambda data, name: _from_sheets([read_csv(data, name)]),
    ".xlsx": lambda data, name: _from_sheets(_with_pictures(data)),
    ".toml": read_toml,
}

_WRITERS: dict[str, Callable[[Sequence[Entry], dt.tzinfo], bytes]] = {
    ".csv": lambda entries, zone: write_csv([list(NAMES), *_rows(entries)]),
    ".xlsx": lambda entries, zone: write_xlsx(
        HEADER,
        [cells_of(entry) for entry in entries],
        [(entry.key, entry.revision) for entry in entries],
    ),
    ".toml": lambda entries, zone: write_toml(entries),
    ".ics": write_ics,
}
