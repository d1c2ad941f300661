"""Media of the calendar: what was pasted into a workbook is kept, what is missing or cannot be sent is said."""

from __future__ import annotations

from tests.content_calendar.test_pictures import NAMES_OF_XML, RED, ROW, anchored, relations, workbook
from tests.flows.playing import Stage, operator
from tests.flows.tea_house import BIND, world

ENDS = ("--to", "2026-12-01T20:00:00+08:00")


def test_pictures_of_a_workbook_are_kept_and_posted(stage: Stage) -> None:
    data = workbook(
        [["key", "kind", "date", "time", "tags", "text"], ["a", "image", *ROW]],
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("drawing", "../drawings/drawing1.xml")),
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {NAMES_OF_XML}>{anchored(1, 7, 1)}</xdr:wsDr>",
            "xl/drawings/_rels/drawing1.xml.rels": relations(("image", "../media/image1.png")),
            "xl/media/image1.png": RED,
        },
    )
    (stage.folder / "a.xlsx").write_bytes(data)
    story = [
        BIND,
        operator("08:00:10", "calendar import a.xlsx --dry-run"),
        operator("08:00:20", "calendar import a.xlsx --json"),
        operator("08:00:30", "calendar import a.xlsx --json"),
        operator("08:00:40", "calendar export a.csv"),
    ]
    people = world(friends={"wx-a": ["main"]})
    people["world"]["contacts"][1]["tags"] = ["老客"]
    played = stage.play(story, *ENDS, world=people)
    (kept,) = (stage.folder / "media").iterdir()
    assert kept.read_bytes() == RED
    assert played.rows("calendar import a.xlsx --json") == [{"created": 0, "changed": 0, "same": 1, "faults": 0}]
    (line,) = played.arrived()
    assert line["kind"] == "image"
    exported = (stage.folder / "a.csv").read_text()
    assert kept.name in exported


def test_an_import_says_which_files_are_missing_or_too_large(stage: Stage) -> None:
    folder = stage.folder / "media"
    folder.mkdir()
    with (folder / "大.mp4").open("wb") as large:
        large.truncate(150_000_000)
    rows = "".join(
        f"{key},{kind},2026-12-01,09:0{number},老客,图,{media}\n"
        for number, (key, kind, media) in enumerate(
            (("a", "image", "没有.png"), ("c", "video", "大.mp4"), ("d", "card", "wx-boss"))
        )
    )
    stage.write("calendar.csv", "key,kind,date,time,tags,text,media\n" + rows)
    told = stage.play([operator("08:00:10", "calendar import calendar.csv")], *ENDS).operator("calendar import")["out"]
    assert [line for line in told.splitlines() if line.startswith("提醒")] == [
        "提醒：a：素材里没有 没有.png",
        "提醒：c：素材 大.mp4 太大（150 MB），视频发不出去",
    ]
