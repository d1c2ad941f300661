"""From records to entries: every cell read, every rule between cells checked, all faults found at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from content_calendar.cadence import next_occurrence
from content_calendar.columns import COLUMNS, Known, shown, written
from content_calendar.dates import Cell
from content_calendar.entry import Entry
from content_calendar.faults import CellError, Fault
from content_calendar.formulas import cure_of
from content_calendar.records import Record
from content_calendar.recurrence import Recurrence
from content_calendar.rotation import SPARE
from content_calendar.rules import parse_rule

# Before all plausible dates of a calendar.
_BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


# An entry that lacks one of these for its header's sake alone would be another one.
_NECESSARY = frozenset({"date", "rule", "time", "text", "media"})


def read_records(
    records: Iterable[Record], known: Known, zone: dt.tzinfo, spoiled: Collection[tuple[str, int]] = ()
) -> tuple[list[Entry], list[Fault]]:
    """The entries of the records in their order, and all faults. A key that comes twice is a fault of the later row.

    `spoiled` are the (sheet, row) pairs in which something was wrong already: they are checked, and give no entry.
    """
    entries: list[Entry] = []
    faults: list[Fault] = []
    seen: dict[str, Record] = {}
    for record in records:
        values, wrong = _values(record, known)
        key: str = values.get("key") or ""
        if key in seen:
            first = seen[key]
            wrong.append(_fault(record, "key", key, f"每条一个编号；{key} 已在 {first.sheet} 第 {first.row} 行"))
        elif key:
            seen[key] = record
        wrong.extend(_between_cells(record, values))
        if not wrong and _NECESSARY.isdisjoint(record.misnamed):
            entry = Entry(**values)
            wrong.extend(_as_a_whole(record, entry, zone))
            if not wrong and (record.sheet, record.row) not in spoiled:
                entries.append(entry)
        faults.extend(wrong)
    return entries, faults


def read_cells(cells: Mapping[str, Cell], known: Known, zone: dt.tzinfo) -> tuple[Entry | None, list[Fault]]:
    """One entry from cells by the names of their columns, as a row of a file is read; a fault's `column` is a name."""
    entries, faults = read_records([Record("", 1, cells, {})], known, zone)
    return (entries[0] if entries else None), faults


def cells_of(entry: Entry) -> dict[str, str]:
    """The cells that read back as the entry."""
    return {column.name: written(column.write(entry)) for column in COLUMNS}


def _fault(record: Record, column: str, found: str, expected: str) -> Fault:
    return Fault(record.sheet, record.row, record.header(column), found, expected)


def _values(record: Record, known: Known) -> tuple[dict[str, Any], list[Fault]]:
    """The values of the cells by column; a column with a fault is absent, one whose header has it too."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in COLUMNS:
        if column.name in record.misnamed:
            continue
        cell = record.cells.get(column.name)
        if cure := cure_of(cell):
            faults.append(_fault(record, column.name, shown(cell), cure))
            continue
        try:
            values[column.name] = column.read(cell, known)
        except CellError as error:
            faults.extend(_fault(record, column.name, found, expected) for found, expected in error.pieces)
    if date := values.get("date"):
        values["date"], time_in_date = date
        if "time" in values and time_in_date is not None:
            if values["time"] is None:
                values["time"] = time_in_date
            # Programs write a bare day as midnight.
            elif time_in_date not in (values["time"], dt.time()):
                cell = shown(record.cells.get("time"))
                faults.append(_fault(record, "time", cell, f"和日期里的时间 {written(time_in_date)} 一致，或留空"))
    return values, faults


def _between_cells(record: Record, values: dict[str, Any]) -> Iterator[Fault]:
    """What cells that are right by themselves lack together. A column whose cell is faulty has its fault already."""

    def empty(*names: str) -> bool:
        return all(name in values and not values[name] for name in names)

    if empty("key"):
        yield _fault(record, "key", "", "编号，每条一个，不能空")
    if empty("date", "rule"):
        yield _fault(record, "date", "", "日期，或者在「重复」里写怎么重复")
    if "time" in values and values["time"] is None and "date" in values and values.get("rule") != SPARE:
        yield _fault(record, "time", "", "时间：HH:MM，例如 09:00（也可以写在日期里）")
    if empty("text", "media"):
        yield _fault(record, "text", "", "正文，或者在「素材」里写素材")
    rule = parse_rule(values.get("rule", ""))
    if isinstance(rule, Recurrence) and rule.needs_first_day and empty("date"):
        yield _fault(record, "date", "", "这个 RRULE 从哪天算起：写开始日期")


def _as_a_whole(record: Record, entry: Entry, zone: dt.tzinfo) -> Iterator[Fault]:
    """An RRULE may be right and yet fall on no day, such as one that ends before it begins."""
    if isinstance(parse_rule(entry.rule), Recurrence) and next_occurrence(entry, zone, _BEGINNING) is None:
        yield _fault(record, "rule", entry.rule, "至少会到来一次的重复；请看开始日期和 UNTIL")
