"""Calendars as Excel workbooks. Bytes are the same for the same content: openpyxl's clock times are replaced.

Every visible sheet of a file is read, except the one that explains the columns.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from xml.sax.saxutils import unescape

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from content_calendar.columns import shown, shown_id
from content_calendar.dates import Cell
from content_calendar.faults import FileError
from content_calendar.formulas import Uncomputed
from content_calendar.records import Sheet
from content_calendar.rule_examples import rule_rows
from content_calendar.template import CHOICES, EXPLANATIONS, FREE_CHOICES, RULE_HEADER
from content_calendar.xlsx_parts import parsed, place_of, sheets_of

_SHEET = "排期"
_EXPLANATION_SHEET = "说明"
_REVISION_SHEET = "版本"
_MERGED = b"<mergeCell"
_FORMULA = b"<f"
_WITHOUT_RESULT = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]*><f[^>]*>([^<]*)</f>(?:<v ?/>|<v></v>)?</c>')
_STAMP = (1980, 1, 1, 0, 0, 0)
_ANY_SYSTEM = 0
_CORE = "docProps/core.xml"
_STAMPED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_LONGEST_CELL = 32_767
# A workbook of some kilobytes can unpack to gigabytes; no calendar comes near this.
_LARGEST_UNPACKED = 200_000_000
# Whoever formats a whole sheet has a million rows of nothing under the last one.
_MOST_EMPTY_ROWS = 10_000
_MOST_CELLS = 500_000  # some thirty thousand posts
_FORMATS: dict[type, str] = {dt.datetime: "yyyy-mm-dd hh:mm:ss", dt.date: "yyyy-mm-dd", dt.time: "hh:mm:ss"}
_ROWS_WITH_CHOICES = 2000
_AT_TOP = Alignment(wrap_text=False, vertical="top")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LONGEST_CHOICES = 255
_WIDTHS = {"正文": 60, "标题": 20, "日期": 14, "过期": 20}
_EXPLANATION_WIDTHS = {"A": 20, "B": 80, "C": 64, "D": 44}
_HEADER_AND_GAP = 3
_USUAL_WIDTH = 12


def read_xlsx(data: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, dates and times as such. Raises `FileError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
                raise FileError("Excel 文件展开后太大")
            paths = dict(sheets_of(archive))
            merged = {title: list(_merged(archive, path)) for title, path in paths.items()}
            formulas = {title: list(_uncomputed(archive, path)) for title, path in paths.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of decorations that it leaves out
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return [
                Sheet(
                    sheet.title,
                    _filled(_named(list(_rows(sheet)), formulas.get(sheet.title, ())), merged.get(sheet.title, ())),
                )
                for sheet in workbook.worksheets
                if _is_calendar(sheet)
            ]
    except FileError:
        raise
    except Exception:  # noqa: BLE001 - openpyxl raises whatever damaged XML makes it stumble over
        raise FileError("不是能读的 .xlsx 文件，请用 Excel 或 WPS 另存一次") from None


def read_revisions(data: bytes) -> dict[str, str]:
    """The revisions that a workbook which reads was exported with, by key; none if it was made in another way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        if _REVISION_SHEET not in workbook.sheetnames:
            return {}
        rows = [row[:2] for row in _rows(workbook[_REVISION_SHEET])]
    return {str(row[0]): str(row[1]) for row in rows if len(row) > 1 and row[0] and row[1]}


def write_xlsx(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], revisions: Sequence[tuple[str, str]] = ()
) -> bytes:
    """The entries under their header with drop-downs, a sheet that explains the columns, and out of sight the
    revisions of the entries, which tell at import what was edited.

    Raises `FileError` for a text that no cell of Excel can hold.
    """
    workbook = Workbook()
    sheet = _first_sheet(workbook)
    _fill(sheet, header, rows)
    _offer(sheet, header, {})
    _explain(workbook)
    if revisions:
        hidden = workbook.create_sheet(_REVISION_SHEET)
        hidden.sheet_state = "veryHidden"
        looks: dict[tuple[type, bool], StyleArray] = {}
        for number, revision in enumerate(revisions, start=1):
            for place, value in enumerate(revision, start=1):
                _put(hidden, number, place, value, looks)
    return _saved(workbook)


def xlsx_template(
    header: Sequence[str], rows: Sequence[Sequence[Cell]], offers: Mapping[str, Collection[str]]
) -> bytes:
    """The template: examples under the header, drop-downs beneath them, and a sheet that explains the columns.

    `offers` are further choices by column, beside which everything else may be typed in too.
    """
    workbook = Workbook()
    sheet = _first_sheet(workbook)
    _fill(sheet, header, rows)
    _offer(sheet, header, offers)
    _explain(workbook)
    return _saved(workbook)


def _offer(sheet: Worksheet, header: Sequence[str], offers: Mapping[str, Collection[str]]) -> None:
    for place, name in enumerate(header, start=1):
        if offered := CHOICES.get(name) or _that_fit(offers.get(name, ())):
            is_strict = name in CHOICES and name not in FREE_CHOICES
            choices = DataValidation("list", formula1=f'"{",".join(offered)}"', showErrorMessage=is_strict)
            letter = get_column_letter(place)
            choices.add(f"{letter}2:{letter}{_ROWS_WITH_CHOICES}")
            sheet.add_data_validation(choices)


def _explain(workbook: Workbook) -> None:
    """How each column is filled in, and beneath that each form of a repetition with its next dates."""
    sheet = workbook.create_sheet(_EXPLANATION_SHEET)
    _fill(sheet, ("列", "怎么填"), EXPLANATIONS)
    rules = len(EXPLANATIONS) + _HEADER_AND_GAP
    _fill(sheet, RULE_HEADER, [(one.chinese, one.meaning, one.dates, one.english) for one in rule_rows()], above=rules)
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = _WRAPPED
    for column, width in _EXPLANATION_WIDTHS.items():
        sheet.column_dimensions[column].width = width


def _that_fit(offers: Iterable[str]) -> list[str]:
    """Of these, in their order, what fits into a drop-down of Excel: 255 characters in all, parted by commas."""
    found: list[str] = []
    for one in dict.fromkeys(offers):
        if one and not {",", '"'} & set(one) and len(",".join((*found, one))) <= _LONGEST_CHOICES:
            found.append(one)
    return found


def _is_calendar(sheet: Worksheet) -> bool:
    return sheet.sheet_state == "visible" and sheet.title != _EXPLANATION_SHEET


def _rows(sheet: Worksheet) -> Iterator[tuple[Cell, ...]]:
    # Some programs write a wrong extent, by which rows would be cut off.
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    cells = empty = 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row)
        empty = 0 if any(value is not None for value in row) else empty + 1
        if cells > _MOST_CELLS:
            raise FileError(f"「{sheet.title}」的格子太多（最多 {_MOST_CELLS:,} 个），只留排期那几行几列再传")
        if empty > _MOST_EMPTY_ROWS:
            return
        yield tuple(value if isinstance(value, Cell) else shown(str(value)) for value in row)


def _merged(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, int]]:
    """Cells that were merged over several rows under the header: the first row, the last one and the column."""
    if sheet not in archive.namelist() or _MERGED not in archive.read(sheet):
        return
    for one in parsed(archive, sheet).iterfind(".//{*}mergeCell"):
        first, _, last = one.get("ref", "").partition(":")
        begin, end = place_of(first), place_of(last)
        if begin and end and 1 < begin[0] < end[0]:
            yield begin[0], end[0], begin[1]


def _uncomputed(archive: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Formulas that no program has worked out yet: row, column and the formula."""
    content = archive.read(sheet) if sheet in archive.namelist() else b""
    for match in _WITHOUT_RESULT.finditer(content) if _FORMULA in content else ():
        place, formula = place_of(match[1].decode()), unescape(match[2].decode(errors="replace"))
        if place and not shown_id(f"={formula}"):
            yield *place, formula


def _named(rows: list[tuple[Cell, ...]], formulas: Iterable[tuple[int, int, str]]) -> list[tuple[Cell, ...]]:
    """The rows with these formulas where nothing stands."""
    for number, column, formula in formulas:
        row = rows[number - 1] if number <= len(rows) else ()
        if column <= len(row) and row[column - 1] is None:
            rows[number - 1] = (*row[: column - 1], Uncomputed(f"={formula}"), *row[column:])
    return rows


def _filled(rows: list[tuple[Cell, ...]], merged: Iterable[tuple[int, int, int]]) -> list[tuple[Cell, ...]]:
    """The rows with what stands in a merged cell in each of the rows that have something beside it."""
    for first, last, column in merged:
        for number in range(first + 1, min(last, len(rows)) + 1):
            row = rows[number - 1] + (None,) * (column - len(rows[number - 1]))
            if row[column - 1] is None and any(cell is not None for cell in row):
                rows[number - 1] = (*row[: column - 1], rows[first - 1][column - 1], *row[column:])
    return rows


def _first_sheet(workbook: Workbook) -> Worksheet:
    sheet = workbook.worksheets[0]
    sheet.title = _SHEET
    return sheet


def _fill(sheet: Worksheet, header: Sequence[str], rows: Sequence[Sequence[Cell]], above: int = 0) -> None:
    """Write a table with its header under so many rows."""
    for place, name in enumerate(header, start=1):
        cell = sheet.cell(above + 1, place, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFEFEFEF")
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, _USUAL_WIDTH)
    sheet.freeze_panes = "B2"
    looks: dict[tuple[type, bool], StyleArray] = {}
    for number, row in enumerate(rows, start=above + 2):
        for place, value in enumerate(row, start=1):
            if value is not None and value != "":
                _put(sheet, number, place, value, looks)


def _put(sheet: Worksheet, row: int, column: int, value: Cell, looks: dict[tuple[type, bool], StyleArray]) -> None:
    """Write a cell. `looks` are those of the cells before it: openpyxl takes long to work one out."""
    if isinstance(value, str) and len(value) > _LONGEST_CELL:
        raise FileError(f"Excel 一格最多 {_LONGEST_CELL} 字：{shown(value)}")
    cell = sheet.cell(row, column, value)
    look = type(value), isinstance(value, str) and "\n" in value
    known = looks.get(look)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with = is no formula
    if known is not None:
        cell._style = copy(known)  # type: ignore[attr-defined]  # no other way to look like another cell
    elif isinstance(value, str):
        cell.alignment = _WRAPPED if "\n" in value else _AT_TOP
    else:
        cell.number_format = _FORMATS.get(type(value), "General")
    looks.setdefault(look, cell._style)  # type: ignore[attr-defined]  # as above


def _saved(workbook: Workbook) -> bytes:
    packed = io.BytesIO()
    workbook.save(packed)
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w") as target:
        for part in sorted(source.infolist(), key=lambda part: part.filename):
            content = source.read(part)
            if part.filename == _CORE:
                content = _STAMPED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", content)
            stamped = zipfile.ZipInfo(part.filename, _STAMP)
            stamped.create_system = _ANY_SYSTEM
            target.writestr(stamped, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
