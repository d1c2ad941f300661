"""Excel workbooks as people and programs make them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from content_calendar.entry import Entry
from content_calendar.faults import FileError
from content_calendar.workbook import Read, read_calendar, template, write_calendar

ZONE = ZoneInfo("Asia/Shanghai")
NINE = dt.time(9)


def read(workbook: Workbook) -> Read:
    out = io.BytesIO()
    workbook.save(out)
    return read_calendar(out.getvalue(), "排期.xlsx", dt.date(2026, 11, 22), ZONE, ("分院",), ())


def workbook_of(sheets: dict[str, list[list[object]]]) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return workbook


def test_cells_of_every_type() -> None:
    day = dt.date(2026, 11, 25)
    found = read(
        workbook_of(
            {
                "一月": [
                    ["编号", "日期", "时间", "正文", "推广", "优先级"],
                    [1, day, NINE, "日期", True, 3],
                    [2.0, 46351, 0.375, "序列号", False, 3.0],
                    ["c", dt.datetime.combine(day, NINE), None, "日期时间", "是", "3"],
                    ["d", 46351.375, None, "带时间的序列号", 1, None],
                    ["e", "2026年11月25日 上午9点", None, 2026, 0, None],
                    ["f", "46351", "0.375", "文字序列号", None, None],
                ]
            }
        )
    )
    assert found.faults == ()
    assert [(entry.key, entry.date, entry.time, entry.promotional, entry.priority) for entry in found.entries] == [
        ("1", day, NINE, True, 3),
        ("2", day, NINE, False, 3),
        ("c", day, NINE, True, 3),
        ("d", day, NINE, True, 5),
        ("e", day, NINE, False, 5),
        ("f", day, NINE, False, 5),
    ]
    assert found.entries[4].text == "2026"


def test_several_sheets_with_their_own_columns() -> None:
    workbook = workbook_of(
        {
            "十一月": [
                ["编号", "日期", "时间", "正文"],
                ["a", "11/25", "9:00", "早"],
                [],
                ["b", "11/26", "9:00", "早"],
            ],
            "空": [],
            "十二月": [["text", "key", "time", "date"], ["早", "c", "9:00", "12/1"], ["早", "a", "9:00", "12/2"]],
            "说明": [["随便", "写"]],
            "藏": [["也", "随便"]],
        }
    )
    workbook["藏"].sheet_state = "hidden"
    found = read(workbook)
    assert [entry.key for entry in found.entries] == ["a", "b", "c"]
    assert [(fault.sheet, fault.row, fault.column, fault.expected) for fault in found.faults] == [
        ("十二月", 3, "key", "每条一个编号；a 已在 十一月 第 2 行")
    ]


def test_a_sheet_that_is_no_calendar_is_a_fault_and_not_ignored() -> None:
    found = read(
        workbook_of({"Sheet1": [["编号", "日期", "时间", "正文"], ["a", "11/25", "9:00", "早"]], "x": [["b", 1]]})
    )
    assert {(fault.sheet, fault.row) for fault in found.faults} == {("x", 1)}


def test_a_wrong_extent_hides_no_rows() -> None:
    workbook = workbook_of({"a": [["编号", "日期", "时间", "正文"], ["a", "11/25", "9:00", "早"]]})
    out = io.BytesIO()
    workbook.save(out)
    changed = io.BytesIO()
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<dimension ref="A1:D2"', b'<dimension ref="A1"'))
    found = read_calendar(changed.getvalue(), "a.xlsx", dt.date(2026, 11, 22), ZONE, (), ())
    assert [entry.key for entry in found.entries] == ["a"]


def test_written_dates_are_dates_of_excel_and_formulas_are_texts() -> None:
    entry = Entry(key="a", date=dt.date(2026, 11, 25), time=NINE, text="=1+1")
    sheet = load_workbook(io.BytesIO(write_calendar([entry], "a.xlsx", ZONE))).worksheets[0]
    row = {header.value: cell for header, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["日期"].value == dt.datetime.combine(dt.date(2026, 11, 25), dt.time())
    assert row["时间"].value == NINE
    assert (row["正文"].value, row["正文"].data_type) == ("=1+1", "s")


def test_the_template_offers_choices_and_explains() -> None:
    workbook = load_workbook(io.BytesIO(template("a.xlsx")))
    assert workbook.sheetnames == ["排期", "说明"]
    offers = {rule.formula1 for rule in workbook["排期"].data_validations.dataValidation}
    assert '"是,否"' in offers
    assert any("公告" in offer for offer in offers)
    explained = [row[:3] for row in workbook["说明"].iter_rows(min_row=2, values_only=True)]
    columns = [cell.value for cell in workbook["排期"][1]]
    assert [row[0] for row in explained[: len(columns)]] == columns
    assert ("每周一、周四", "2026-12-03、2026-12-07、2026-12-10、2026-12-14、2026-12-17") in [
        (row[0], row[2]) for row in explained
    ]


def test_an_export_is_in_chinese_with_the_same_choices_and_explanations() -> None:
    entry = Entry(
        key="a",
        kind="announcement",
        content_kind="article",
        time=NINE,
        rule="monthly 2nd sat",
        promotional=True,
        catch_up="within 90m",
        optional=True,
        window="2h",
    )
    workbook = load_workbook(io.BytesIO(write_calendar([entry], "a.xlsx", ZONE)))
    head, row = workbook["排期"].iter_rows(values_only=True)
    found = {name: value for name, value in zip(head, row, strict=True) if value is not None}
    assert found == {
        "编号": "a",
        "形式": "公告",
        "内容类型": "article",  # a free word, compared as it is written
        "时间": NINE,
        "重复": "每月第二个周六",
        "推广": "是",
        "优先级": 5,
        "补发": "90分钟内补",
        "可选": "是",
        "可挪": "2 小时",
    }
    assert workbook["排期"].data_validations.dataValidation
    assert "说明" in workbook.sheetnames


def test_the_template_offers_what_the_playbook_has_names_for() -> None:
    long = [f"主题{number:03}" for number in range(60)]
    offers = {"层级": ["分院", "茶桌", "分院", '有,号"'], "主题": long}
    sheet = load_workbook(io.BytesIO(template("a.xlsx", offers)))["排期"]
    head = [cell.value for cell in sheet[1]]
    found = {
        head[sheet[str(rule.sqref).split(":")[0]].column - 1]: rule for rule in sheet.data_validations.dataValidation
    }
    assert found["层级"].formula1 == '"分院,茶桌"'
    assert not found["层级"].showErrorMessage  # several are parted by semicolons
    assert len(found["主题"].formula1) - 2 <= 255
    assert "内容类型" not in found


def test_a_day_that_is_merged_over_its_posts_is_the_day_of_each() -> None:
    workbook = workbook_of(
        {
            "排期": [
                ["编号", "日期", "时间", "正文", "层级"],
                ["a", dt.date(2026, 11, 25), "09:00", "早", "分院"],
                ["b", None, "12:00", "午", None],
                ["c", None, "20:00", "晚", None],
                ["d", dt.date(2026, 11, 26), "09:00", "早", "分院"],
            ]
        }
    )
    sheet = workbook["排期"]
    for cells in ("A1:A1", "B2:B4", "E2:E4", "B5:B7"):
        sheet.merge_cells(cells)
    found = read(workbook)
    assert found.faults == ()
    assert [(one.key, f"{one.date}", one.tiers) for one in found.entries] == [
        ("a", "2026-11-25", ("分院",)),
        ("b", "2026-11-25", ("分院",)),
        ("c", "2026-11-25", ("分院",)),
        ("d", "2026-11-26", ("分院",)),
    ]


def test_a_formula_without_a_result_is_a_fault_and_not_an_empty_cell() -> None:
    head: list[object] = ["编号", "标题", "日期", "时间", "正文"]
    rows: list[list[object]] = [
        ["a", "=B1", "2026-12-01", "9:00", "早"],
        ["b", '=A2&"<1"', "=TODAY()", "9:00", "早"],
        ["c", "好", "2026-12-01", "9:00", "#REF!"],
        ["d", "好", "2026-12-01", "9:00", "说说 #N/A 是什么"],
    ]
    found = read(workbook_of({"十二月": [head, *rows]}))
    assert [(fault.row, fault.column, fault.found) for fault in found.faults] == [
        (2, "标题", "=B1"),
        (3, "标题", '=A2&"<1"'),
        (3, "日期", "=TODAY()"),
        (4, "正文", "#REF!"),
    ]
    assert all("公式" in fault.expected for fault in found.faults)
    assert [entry.key for entry in found.entries] == ["d"]


def test_a_text_longer_than_a_cell_is_not_cut_in_silence() -> None:
    entry = Entry(key="a", date=dt.date(2026, 11, 25), time=NINE, text="早" * 32_768)
    with pytest.raises(FileError, match="32767"):
        write_calendar([entry], "a.xlsx", ZONE)


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/{number}.xml", b" " * 70_000_000)
    found = read_calendar(bomb.getvalue(), "a.xlsx", dt.date(2026, 11, 22), ZONE, (), ())
    assert found.faults[0].expected == "Excel 文件展开后太大"


def test_a_sheet_that_was_formatted_to_its_end_is_read_as_far_as_something_stands() -> None:
    rows: list[list[object]] = [["编号", "日期", "时间", "层级", "正文"], ["a", "2026-11-25", "09:00", "分院", "早"]]
    workbook = workbook_of({"排期": rows})
    workbook["排期"].cell(60_000, 40).number_format = "0.00"
    assert [one.key for one in read(workbook).entries] == ["a"]


def test_more_cells_than_any_calendar_has_are_refused() -> None:
    workbook = workbook_of({"排期": []})
    for number in range(1, 40):
        workbook["排期"].cell(number, 16_384, "x")
    assert "「排期」的格子太多" in read(workbook).faults[0].expected
