"""A workbook that was exported before others edited the calendar: both edits stand, and where they differ a human says.

An exported workbook carries the revisions that it was made of. What its editor left as it was is no edit, so others'
edits of it stay; what both edited is put together column by column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from content_calendar.chinese_cells import cell_of
from content_calendar.columns import COLUMNS, shown, written
from content_calendar.entry import Entry
from content_calendar.faults import Fault
from content_calendar.records import Record


class Merged(msgspec.Struct, frozen=True):
    """What an import is to put in force, where the two editors contradict each other, and the keys of what others
    deleted and the file still has as it was."""

    entries: tuple[Entry, ...]
    conflicts: tuple[Fault, ...]
    gone: tuple[str, ...] = ()


def merge(
    entries: Iterable[Entry],
    places: Mapping[str, Record],
    bases: Mapping[str, Entry],
    current: Mapping[str, Entry],
) -> Merged:
    """Entries of a file, where they stand in it, what they were when it was exported, and what is in force now.

    An entry that others deleted stays deleted unless the file has edited it, which is a conflict.
    """
    merged: list[Entry] = []
    conflicts: list[Fault] = []
    gone: list[str] = []
    for mine in entries:
        base, theirs = bases.get(mine.key), current.get(mine.key)
        if base is None:
            merged.append(mine)
        elif theirs is None:
            if mine != base:
                conflicts.append(_conflict(places[mine.key], "key", mine.key, "别人已删除这条，而表里改过它"))
            else:
                gone.append(mine.key)
        else:
            together, columns = _together(mine, base, theirs)
            merged.append(together)
            for name in columns:
                found, other = _cell(mine, name), _cell(theirs, name)
                who = "（别人改的，或这张表上次导入的）"
                told = f"导出以后改成了「{other}」{who}，请定下用哪一个：改成一样的，或重新导出再改"
                conflicts.append(_conflict(places[mine.key], name, found, told))
    return Merged(tuple(merged), tuple(conflicts), tuple(gone))


def _together(mine: Entry, base: Entry, theirs: Entry) -> tuple[Entry, list[str]]:
    """Each column by whoever changed it, and the columns that both changed to different things."""
    values: dict[str, object] = {}
    differ: list[str] = []
    for column in COLUMNS:
        ours, was, other = (getattr(one, column.name) for one in (mine, base, theirs))
        values[column.name] = other if ours == was else ours
        if ours not in (was, other) and other != was:
            differ.append(column.name)
    return msgspec.structs.replace(mine, **values), differ


def _cell(entry: Entry, name: str) -> str:
    column = next(column for column in COLUMNS if column.name == name)
    return shown(written(cell_of(entry, column)))


def _conflict(place: Record, name: str, found: str, told: str) -> Fault:
    return Fault(place.sheet, place.row, place.header(name), found, told)
