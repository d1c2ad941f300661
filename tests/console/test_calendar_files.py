"""The calendar comes in from a workbook, with what is wrong by row and column, and goes out again."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_calendar import HEADER, cell, month, next_monday


def send(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def test_a_workbook_comes_in_once_it_is_right(console: Console) -> None:
    monday = next_monday()
    page = console.page(month(monday))
    page.get_by_role("button", name="更多").click()
    page.get_by_text("导入表格").click()
    page.wait_for_url("**/calendar-import")
    good = [f"新{number},表里来的{number},talk,,{monday},1{number}:00,,堂口,,正文,否" for number in range(3)]
    wrong = [
        *good,
        *(f"坏{n},坏的,talk,,{monday},25:99,,堂口,,正文,否" for n in range(10)),
        "缺,缺,talk,,下周三,9:00,,没这层,,正,否",
    ]
    with page.expect_file_chooser() as opened:
        page.get_by_role("button", name="选一个表格").click()
    content = (HEADER + "\n".join(wrong)).encode()
    opened.value.set_files({"name": "wrong.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.get_by_text("有 12 处要改")).to_be_visible()
    expect(page.get_by_text("第15行 E列")).to_be_visible()
    shoot(page, "calendar-import-faults")
    assert faults_of(page) == []
    phone = console.page("/calendar-import", size=PHONE)
    send(phone, "wrong.csv", (HEADER + "\n".join(wrong)).encode())
    expect(phone.get_by_text("第15行 E列")).to_be_visible()
    shoot(phone, "calendar-import-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    send(page, "good.csv", (HEADER + "\n".join(good)).encode())
    expect(page.get_by_text("新增 3 条")).to_be_visible()
    shoot(page, "calendar-import")
    assert "新1" not in console.command("calendar", "list", "--json")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("导入好了。")).to_be_visible()
    shown = console.page(month(monday) + "&view=week")
    expect(cell(shown, "表里来的2")).to_be_visible()
    assert "console:店主" in console.command("audit", "--json")


def test_what_is_no_workbook_is_refused_by_what_it_holds(console: Console) -> None:
    page = console.page("/calendar-import")
    for name, content, told in (
        ("old.xlsx", b"\xd0\xcf\x11\xe0" + bytes(100), "老格式的 .xls"),
        ("virus.csv", b"MZ\x90\x00" + bytes(100), "这不是表格"),
        ("empty.csv", b" \n", "是空的"),
        ("broken.xlsx", b"PK\x03\x04" + bytes(100), "第1行"),
    ):
        send(page, name, content)
        expect(page.get_by_text(told)).to_be_visible()
    console.join("小观", "viewer")
    looks = console.page("/calendar-import", who="小观")
    expect(looks.get_by_text("这一页不归您看")).to_be_visible()


def test_the_calendar_and_its_template_go_out(console: Console, tmp_path: Path) -> None:
    page = console.page("/calendar")
    for name, sheet in (("导出 Excel", "xlsx"), ("下载模板 Excel", "xlsx"), ("导出 日历软件（.ics）", "ics")):
        page.get_by_role("button", name="更多").click()
        with page.expect_download() as coming:
            page.get_by_text(name, exact=True).click()
        file = tmp_path / f"{name}.{sheet}"
        coming.value.save_as(file)
        if sheet == "xlsx":
            assert load_workbook(file).worksheets[0].max_row > 3
        else:
            assert file.read_bytes().startswith(b"BEGIN:VCALENDAR")
