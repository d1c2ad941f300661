"""Many groups bound in one go: a table of all that our accounts are in, filled in by a human and read back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import msgspec

from content_calendar.csv_file import read_csv, write_csv
from content_calendar.faults import Fault, FileError
from content_calendar.records import Sheet
from content_calendar.xlsx_file import read_xlsx, write_xlsx

COLUMNS = {
    "group": "群号",
    "topic": "群名",
    "members": "人数",
    "tier": "层级",
    "parent": "上级群",
    "owner": "堂主",
    "account": "账号",
}
ENDINGS = (".csv", ".xlsx")
_RANGE = re.compile(r"(\d{1,4})(?:[-~—](\d{1,4}))?")


class Binding(msgspec.Struct, frozen=True):
    """What a row says: this group belongs to that tier. What is empty stays as it is."""

    group: str
    tier: str
    parent: str = ""
    owner: str = ""
    account: str = ""


class Known(msgspec.Struct, frozen=True):
    """What a file may name. `parents` are groups that are bound already."""

    groups: Collection[str]
    tiers: Collection[str]
    parents: Collection[str]
    owners: Mapping[str, str]  # stable ids and unique names, to stable ids
    accounts: Collection[str]


def write_groups(rows: Sequence[Mapping[str, Any]], filename: str) -> bytes:
    """All groups with what is known of them; the tier of those that are not bound is left to be filled in.

    Raises `FileError`.
    """
    table = [[str(row.get(name) if row.get(name) is not None else "") for name in COLUMNS] for row in rows]
    match PurePath(filename).suffix.lower():
        case ".csv":
            return write_csv([list(COLUMNS.values()), *table])
        case ".xlsx":
            return write_xlsx(list(COLUMNS.values()), table)
        case ending:
            raise FileError(f"不能导出 {ending or filename}，文件类型：{'、'.join(ENDINGS)}")


def read_groups(data: bytes, filename: str, known: Known) -> tuple[list[Binding], list[Fault]]:
    """The rows with a tier, in their order, and everything that is wrong; rows without a tier are passed over."""
    path = PurePath(filename)
    try:
        match path.suffix.lower():
            case ".csv":
                sheets = [read_csv(data, path.stem)]
            case ".xlsx":
                sheets = read_xlsx(data)
            case ending:
                return [], [Fault(path.stem, 1, "", ending, f"只读 {'、'.join(ENDINGS)} 文件")]
    except FileError as error:
        return [], [Fault(path.stem, error.row, "", path.name, str(error))]
    found: list[tuple[str, int, Binding]] = []
    faults: list[Fault] = []
    for sheet in sheets:
        rows, wrong = _rows(sheet)
        found += [(sheet.name, number, binding) for number, binding in rows]
        faults += wrong
    in_file = {binding.group for _, _, binding in found}
    seen: set[str] = set()
    bindings: list[Binding] = []
    for name, number, binding in found:
        faults += _faults(name, number, binding, known, in_file, seen)
        seen.add(binding.group)
        bindings.append(msgspec.structs.replace(binding, owner=known.owners.get(binding.owner, binding.owner)))
    if not bindings and not faults:
        faults.append(Fault(path.stem, 1, "", "", f"至少一行填了层级；表头：{'、'.join(COLUMNS.values())}"))
    return bindings, faults


def by_numbers(answers: Sequence[str], groups: Sequence[str]) -> list[Binding]:
    """`1=分院`, `2-5,8=茶桌`: numbers as `group list` shows them. Raises `ValueError` with what is wrong."""
    chosen: dict[str, str] = {}
    for answer in answers:
        numbers, equals, tier = answer.partition("=")
        if not equals or not tier.strip():
            raise ValueError(f"看不懂「{answer}」，要写成 1=层级 或 2-5,8=层级")
        for piece in re.split("[,，、]", numbers):
            found = _RANGE.fullmatch(piece.strip())
            if found is None:
                raise ValueError(f"看不懂「{piece}」，编号写成 3 或 2-5")
            first, last = int(found[1]), int(found[2] or found[1])
            for number in range(first, last + 1):
                if not 1 <= number <= len(groups):
                    raise ValueError(f"没有第 {number} 号群，现有 1 到 {len(groups)}（group list）")
                if chosen.setdefault(groups[number - 1], tier.strip()) != tier.strip():
                    raise ValueError(f"第 {number} 号群写了两个层级")
    return [Binding(group, tier) for group, tier in chosen.items()]


def _rows(sheet: Sheet) -> tuple[list[tuple[int, Binding]], list[Fault]]:
    if not any(_text(cell) for row in sheet.rows for cell in row):
        return [], []
    header = [_text(cell) for cell in sheet.rows[0]]
    names = {chinese: name for name, chinese in COLUMNS.items()} | {name: name for name in COLUMNS}
    faults = [
        Fault(sheet.name, 1, one, one, f"列名：{'、'.join(COLUMNS.values())}")
        for one in header
        if one and one.lower() not in names
    ]
    places = {names[one.lower()]: place for place, one in enumerate(header) if one.lower() in names}
    faults += [
        Fault(sheet.name, 1, COLUMNS[name], "", f"第一行是表头，要有 {COLUMNS[name]} 这一列")
        for name in ("group", "tier")
        if name not in places
    ]
    if faults:
        return [], faults
    found: list[tuple[int, Binding]] = []
    for number, row in enumerate(sheet.rows[1:], start=2):
        cells = {name: _text(row[place]) for name, place in places.items() if place < len(row)}
        if not cells.get("tier"):
            continue
        given = {name: cells.get(name, "") for name in Binding.__struct_fields__}
        found.append((number, Binding(**given)))
    return found, []


def _faults(
    sheet: str, number: int, binding: Binding, known: Known, in_file: Collection[str], seen: Collection[str]
) -> list[Fault]:
    def fault(name: str, expected: str) -> Fault:
        return Fault(sheet, number, COLUMNS[name], getattr(binding, name), expected)

    faults: list[Fault] = []
    if binding.group not in known.groups:
        faults.append(fault("group", "账号见过的群的群号（group list 里有）"))
    elif binding.group in seen:
        faults.append(fault("group", "每个群只写一行"))
    if binding.tier not in known.tiers:
        faults.append(fault("tier", f"层级：{'、'.join(known.tiers) or '方案里还没有'}"))
    if binding.parent and (binding.parent == binding.group or binding.parent not in {*known.parents, *in_file}):
        faults.append(fault("parent", "已经绑定的、或这张表里填了层级的群的群号"))
    if binding.owner and binding.owner not in known.owners:
        faults.append(fault("owner", "认识的人：编号，或只有一个人叫的名字"))
    if binding.account and binding.account not in known.accounts:
        faults.append(fault("account", f"账号：{'、'.join(known.accounts)}"))
    return faults


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
