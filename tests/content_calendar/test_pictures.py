"""Pictures pasted into the cells of a workbook, by Excel over them and by WPS into them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from content_calendar.workbook import Read, read_calendar, read_pictures

ZONE = ZoneInfo("Asia/Shanghai")
RED, BLUE = b"\x89PNG red", b"\xff\xd8 blue"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES_OF_XML = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
)
ROW = ["2026-12-01", "09:00", "老客", "图"]


def relations(*targets: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def picture(number: int, name: str = "") -> str:
    return (
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{number}" name="{name}"/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="rId{number}"/></xdr:blipFill></xdr:pic>'
    )


def anchored(row: int, column: int, number: int) -> str:
    corner = f"<xdr:from><xdr:col>{column}</xdr:col><xdr:row>{row}</xdr:row></xdr:from>"
    return f"<xdr:oneCellAnchor>{corner}{picture(number)}</xdr:oneCellAnchor>"


def workbook(rows: list[list[str]], parts: dict[str, str | bytes]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(data: bytes) -> Read:
    return read_calendar(data, "a.xlsx", dt.date(2026, 11, 22), ZONE, ("分院",), ())


def test_pictures_over_cells_belong_to_their_row_in_the_order_of_the_columns() -> None:
    data = workbook(
        [["key", "kind", "date", "time", "tags", "text"], ["a", "album", *ROW], ["b", "text", *ROW]],
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("drawing", "/xl/drawings/drawing1.xml")),
            "xl/drawings/drawing1.xml": f"<xdr:wsDr {NAMES_OF_XML}>{anchored(1, 7, 1)}{anchored(1, 6, 2)}</xdr:wsDr>",
            "xl/drawings/_rels/drawing1.xml.rels": relations(
                ("image", "../media/image1.png"), ("image", "../media/image2.jpeg")
            ),
            "xl/media/image1.png": RED,
            "xl/media/image2.jpeg": BLUE,
        },
    )
    found = read(data)
    assert found.faults == ()
    first, second = found.entries
    contents = read_pictures(data, "a.xlsx")
    assert [contents[name] for name in first.media] == [BLUE, RED]
    assert second.media == ()


def test_pictures_in_cells_and_what_was_written_beside_them() -> None:
    in_cell = "=_xlfn.DISPIMG(&quot;ID_0AF1&quot;,1)"
    cell = f"<etc:cellImage>{picture(1, 'ID_0AF1')}</etc:cellImage>"
    data = workbook(
        [["编号", "形式", "日期", "时间", "标签", "正文", "素材", "标题"], ["a", "album", *ROW, "old.png", "x"]],
        {
            "xl/cellimages.xml": f"<etc:cellImages {NAMES_OF_XML}>{cell}</etc:cellImages>",
            "xl/_rels/cellimages.xml.rels": relations(("image", "media/image1.png")),
            "xl/media/image1.png": RED,
        },
    )
    data = replaced(data, "<t>x</t>", f"<t>{in_cell}</t>")
    (entry,) = read(data).entries
    assert entry.title == ""
    assert entry.media[0] == "old.png"
    assert read_pictures(data, "a.xlsx")[entry.media[1]] == RED


def replaced(data: bytes, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old.encode(), new.encode()))
    return out.getvalue()


@pytest.mark.parametrize("value", ["", "<v>#NAME?</v>"], ids=["never worked out", "saved again by Excel"])
def test_a_picture_of_wps_that_another_program_has_saved(value: str) -> None:
    data = workbook(
        [["编号", "形式", "日期", "时间", "标签", "正文", "素材"], ["a", "image", *ROW, '=DISPIMG("ID_pic2", 1)']],
        {
            "xl/cellimages.xml": f"<etc:cellImages {NAMES_OF_XML}>{picture(1, 'ID_pic2')}</etc:cellImages>",
            "xl/_rels/cellimages.xml.rels": relations(("image", "media/image1.png")),
            "xl/media/image1.png": RED,
        },
    )
    if value:
        data = replaced(replaced(data, "<v></v>", value), '<c r="G2">', '<c r="G2" t="e">')
        assert b"#NAME?" in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    (entry,) = read(data).entries
    assert [read_pictures(data, "a.xlsx")[name] for name in entry.media] == [RED]


@pytest.mark.parametrize("others", [{}, {"xl/media/image1.png": RED}], ids=["no picture at all", "another one"])
def test_a_picture_that_got_lost_when_another_program_saved_is_a_fault_of_its_cell(others: dict[str, bytes]) -> None:
    head = ["编号", "形式", "日期", "时间", "标签", "正文", "素材"]
    found = read(workbook([head, ["a", "image", *ROW, '=_xlfn.DISPIMG("ID_0AF1",1)'], ["b", "text", *ROW]], {**others}))
    assert [one.key for one in found.entries] == ["b"]
    (fault,) = found.faults
    assert (fault.row, fault.column, fault.found) == (2, "素材", '=DISPIMG("ID_0AF1",1)')
    assert "重新插入" in fault.expected


def test_a_picture_that_excel_has_placed_in_a_cell() -> None:
    data = workbook(
        [["编号", "形式", "日期", "时间", "标签", "正文", "素材"], ["a", "image", *ROW, "here"], ["b", "text", *ROW]],
        {
            "xl/metadata.xml": '<metadata xmlns="m" xmlns:xlrd="r"><futureMetadata><bk><xlrd:rvb i="0"/></bk>'
            '<bk><xlrd:rvb i="1"/></bk></futureMetadata><valueMetadata><bk><rc t="1" v="0"/></bk>'
            '<bk><rc t="1" v="1"/></bk></valueMetadata></metadata>',
            "xl/richData/rdrichvaluestructure.xml": '<rvStructures xmlns="d"><s t="_other"><k n="Text"/></s>'
            '<s t="_localImage"><k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>',
            "xl/richData/rdrichvalue.xml": '<rvData xmlns="d"><rv s="0"><v>x</v></rv>'
            '<rv s="1"><v>1</v><v>5</v></rv></rvData>',
            "xl/richData/richValueRel.xml": f'<richValueRels xmlns="v" xmlns:r="{_OFFICE}"><rel r:id="rId1"/>'
            '<rel r:id="rId2"/></richValueRels>',
            "xl/richData/_rels/richValueRel.xml.rels": relations(
                ("image", "../media/image1.png"), ("image", "../media/image2.jpeg")
            ),
            "xl/media/image1.png": RED,
            "xl/media/image2.jpeg": BLUE,
        },
    )
    data = replaced(
        data, '<c r="G2" t="inlineStr"><is><t>here</t></is></c>', '<c r="G2" t="e" vm="2"><v>#VALUE!</v></c>'
    )
    first, second = read(data).entries
    assert [read_pictures(data, "a.xlsx")[name] for name in first.media] == [BLUE]
    assert second.media == ()


def test_a_broken_drawing_is_no_picture_and_no_fault() -> None:
    rows = [["key", "date", "time", "tags", "text"], ["a", *ROW]]
    data = workbook(
        rows,
        {
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("drawing", "../drawings/drawing1.xml")),
            "xl/drawings/drawing1.xml": "<xdr:wsDr",
            "xl/media/image1.png": RED,
        },
    )
    assert read(data).faults == ()
    assert read_pictures(data, "a.xlsx") == {}
    assert read_pictures(b"key,date\n", "a.csv") == {}
