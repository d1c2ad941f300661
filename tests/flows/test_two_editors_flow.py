"""A workbook is exported, others edit the calendar, and the workbook comes back edited: no edit is lost unseen."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from tests.flows.playing import Line, Stage, operator
from tests.flows.tea_house import BIND

HEADER = "key,title,date,time,tiers,text,catch_up\n"
ROWS = {key: f"{key},,2026-11-24,09:00,分院,{key} 旧,\n" for key in "abcd"}
IMPORT = operator("08:01:00", "calendar import calendar.csv --json")
EXPORT = operator("08:02:00", "calendar export book.xlsx")
TO = ("--to", "2026-11-23T12:00:00+08:00")


def texts(folder: Path, name: str) -> dict[str, tuple[str, str]]:
    sheet = load_workbook(folder / name).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    return {str(row[0]): (str(row[head.index("正文")]), f"{row[head.index('时间')]}") for row in rows}


def rewrite(folder: Path, **cells: tuple[str, str]) -> None:
    """Edit the workbook as a person does in Excel: KEY=(column, value)."""
    book = load_workbook(folder / "book.xlsx")
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if (edit := cells.get(str(row[0].value))) is not None:
            row[head.index(edit[0])].value = edit[1]
    book.save(folder / "book.xlsx")


def export(stage: Stage, *edits: str) -> list[Line]:
    """The calendar, and the workbook made of it; afterwards others import these rows."""
    stage.write("calendar.csv", HEADER + "".join(ROWS.values()))
    stage.play([BIND, IMPORT, EXPORT], *TO)
    stage.write("others.csv", HEADER + "".join(edits))
    return [BIND, IMPORT, operator("08:05:00", "calendar import others.csv --json")]


def test_both_edits_stand(stage: Stage) -> None:
    story = export(
        stage, ROWS["a"].replace("旧", "别人的"), ROWS["b"].replace("旧", "别人的"), ROWS["d"].replace("d", "e")
    )
    rewrite(stage.folder, b=("时间", "10:30"), c=("正文", "c 表里的"))
    gone = operator("08:06:00", "calendar delete d")
    back = operator("08:10:00", "calendar import book.xlsx --replace --json")
    again = operator("08:12:00", "calendar import book.xlsx")
    played = stage.play([*story, gone, back, operator("08:11:00", "calendar export after.xlsx"), again], *TO)
    assert played.rows("calendar import book.xlsx --replace")[-1] == {
        "created": 0,
        "changed": 2,
        "same": 1,
        "faults": 0,
    }
    assert texts(stage.folder, "after.xlsx") == {
        "a": ("a 别人的", "09:00:00"),
        "b": ("b 别人的", "10:30:00"),
        "c": ("c 表里的", "09:00:00"),
        "e": ("e 旧", "09:00:00"),
    }
    told = [line["out"] for line in played.lines if line.get("operator") == "calendar import book.xlsx"]
    assert told == ["导出以后别人删掉的，没有加回来：d\n新增 0，改动 0，没变 3，有错 0\n"]


def test_where_they_contradict_each_other_nothing_is_saved_and_the_place_is_named(stage: Stage) -> None:
    story = export(stage, ROWS["a"].replace("旧", "别人的"), ROWS["b"].replace("旧", "一样的"))
    rewrite(stage.folder, a=("正文", "a 表里的"), b=("正文", "b 一样的"), d=("正文", "d 表里的"))
    gone = operator("08:06:00", "calendar delete d")
    back = operator("08:10:00", "calendar import book.xlsx --json")
    played = stage.play([*story, gone, back], *TO)
    answer = played.operator("calendar import")
    assert answer["exit"] == 2
    *faults, counts = played.rows("calendar import")
    assert counts == {"created": 0, "changed": 0, "same": 0, "faults": 2}
    assert [(fault["row"], fault["column"], fault["found"]) for fault in faults] == [
        (2, "正文", "a 表里的"),
        (5, "编号", "d"),
    ]
    assert "a 别人的" in faults[0]["expected"]


def test_whoever_edits_the_same_workbook_twice_contradicts_nobody(stage: Stage) -> None:
    stage.write("calendar.csv", HEADER + "".join(ROWS.values()))
    stage.play([BIND, IMPORT, EXPORT], *TO)
    rewrite(stage.folder, a=("正文", "a 改过"), b=("时间", "10:30"))
    first = (stage.folder / "book.xlsx").read_bytes()
    rewrite(stage.folder, a=("正文", "a 又改过"))
    second = (stage.folder / "book.xlsx").read_bytes()
    story = [BIND, IMPORT]
    for at, name, content in (("08:05", "one", first), ("08:06", "two", second), ("08:08", "three", first)):
        folder = stage.folder / name
        folder.mkdir()
        (folder / "book.xlsx").write_bytes(content)
        story.append(operator(f"{at}:00", f"calendar import {name}/book.xlsx --json"))
    stage.write("others.csv", HEADER + ROWS["a"].replace("旧", "别人的"))
    story.insert(-1, operator("08:07:00", "calendar import others.csv --json"))
    played = stage.play([*story, operator("08:09:00", "calendar list --json")], *TO)
    ends = [line["exit"] for line in played.lines if "calendar import" in line.get("operator", "")]
    assert ends == [0, 0, 0, 0, 2]  # what others edit in between is a contradiction all the same
    assert played.rows("calendar list")[0]["text"] == "a 别人的"


def test_a_workbook_that_nobody_edited_takes_nothing_back(stage: Stage) -> None:
    story = export(stage, ROWS["a"].replace("旧", "别人的"))
    back = operator("08:10:00", "calendar import book.xlsx --json")
    played = stage.play([*story, back, operator("08:11:00", "calendar list --json")], *TO)
    assert played.rows("calendar import")[-1] == {"created": 0, "changed": 0, "same": 4, "faults": 0}
    assert [row["text"] for row in played.rows("calendar list")] == ["a 别人的", "b 旧", "c 旧", "d 旧"]
