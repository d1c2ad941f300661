"""数据: figures that open their rows, the rows as a file, on a laptop and a phone."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from playwright.sync_api import expect

from bot.console.pages.insight_files import as_csv, as_xlsx
from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_practice import become


def test_a_figure_opens_its_rows_and_they_are_taken_home(console: Console) -> None:
    page = console.page("/practice")
    become(page, "=老顾")
    expect(page.locator(".q-message-received").first).to_be_visible()
    page.goto(console.address + "/insight")
    expect(page.get_by_text("各群", exact=True)).to_be_visible()
    shoot(page, "insight")
    assert faults_of(page) == []
    page.get_by_role("link", name="加了好友").click()
    page.wait_for_url("**/insight/befriended?**")
    expect(page.get_by_text("=老顾").first).to_be_visible()
    expect(page.locator("tr", has_text="=老顾")).to_contain_text("小满")  # the account by its name
    shoot(page, "insight-rows")
    assert faults_of(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="导出 CSV").click()
    assert ",'=老顾," in waiting.value.path().read_text(encoding="utf-8-sig")
    page.locator("tr", has_text="=老顾").get_by_role("link").click()
    page.wait_for_url("**/people/*")
    expect(page.get_by_text("=老顾").first).to_be_visible()
    phone = console.page("/insight?from=x&to=2031-99-99&group=nobody", size=PHONE, color_scheme="dark")
    expect(phone.get_by_text("没有这样的群", exact=False)).to_be_visible()
    shoot(phone, "insight-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.goto(console.address + "/insight/nothing")
    expect(phone.get_by_text("没有这样的数。")).to_be_visible()


def test_what_members_wrote_is_no_formula() -> None:
    rows = [{"客人": "=1+1", "条数": -3}, {"客人": "@SUM(A1)\x00", "条数": 4}]
    assert as_csv(rows[:1]).decode("utf-8-sig") == "客人,条数\r\n'=1+1,-3\r\n"
    sheet = load_workbook(io.BytesIO(as_xlsx(rows))).worksheets[0]
    assert [(cell.value, cell.data_type) for cell in sheet["A"]] == [("客人", "s"), ("=1+1", "s"), ("@SUM(A1)", "s")]
    assert as_csv([]) == "\r\n".encode("utf-8-sig")
