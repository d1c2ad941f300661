"""排期: a month, a week and a list, with what is missing beside its day."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE

HEADER = "编号,标题,内容类型,主题,日期,时间,重复,层级,标签,正文,推广\n"
DAY = timedelta(days=1)


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def its_today(console: Console) -> date:
    """The day of the practice ground, which sleeps through quiet hours: late in the evening it is tomorrow there."""
    sent = console.page("/today").get_by_role("link", name="今天已发")
    return date.fromisoformat(str(sent.get_attribute("href")).rpartition("day=")[2])


def next_monday() -> date:
    return today() + (7 - today().weekday()) * DAY


def put(console: Console, *rows: str) -> None:
    """Put entries in force, as the command line does."""
    file = console.folder / "calendar.csv"
    file.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    console.command("calendar", "import", str(file))


def month(day: date) -> str:
    return f"/calendar?day={day}"


def cell(page: Page, title: str) -> Locator:
    return page.locator(".z-turn", has_text=title)


def test_an_empty_calendar_says_what_to_do(console: Console) -> None:
    page = console.page("/calendar")
    expect(page.locator(".z-fault").first).to_be_visible()
    shoot(page, "calendar")
    assert faults_of(page) == []
    kept = [json.loads(line)["key"] for line in console.command("calendar", "list", "--json").splitlines()]
    console.command("calendar", "delete", *kept)
    expect(page.get_by_text("还没有排期。")).to_be_visible()
    expect(page.get_by_role("link", name="排期")).to_be_visible()
    shoot(page, "calendar-empty")
    assert faults_of(page) == []


def test_a_month_shows_what_is_planned_and_what_is_missing(console: Console) -> None:
    monday = next_monday()
    put(
        console,
        f"早安,早安问候,talk,,{today()},08:30,每天,堂口,,早安,否",
        f"故事,周三讲故事,story,工艺,{today()},20:00,每周三,堂口;分舵,,{{name}}听故事,否",
        f"品鉴,{HOSTILE[:40].replace(',', '')},event,,{monday + 2 * DAY},19:30,,堂口,,来品鉴,否",
        f"促销,双十二预售,benefit,,{monday + 3 * DAY},10:00,,分舵,,预售,是",
        *(f"满{n},这一天很满{n},article,,{monday + 4 * DAY},{9 + n}:00,,堂口,,文章{n},否" for n in range(9)),
        "生日,生日祝福,care,,,09:00,生日,,,生日快乐,否",
        "备一,备稿一则,article,掌故,,,备稿,,,备用的文章,否",
    )
    page = console.page(month(monday + 3 * DAY))
    expect(cell(page, "双十二预售")).to_be_visible()
    assert page.title() != "owned"
    expect(cell(page, "<img src=x")).to_be_visible()
    expect(page.locator(".z-fault", has_text="缺稿").first).to_be_visible()
    shoot(page, "calendar-month")
    assert faults_of(page) == []
    page.get_by_role("link", name="还有 5 条").click()
    page.wait_for_url("**/calendar?view=list**")
    expect(page.get_by_text("这一天很满8")).to_be_visible()
    shoot(page, "calendar-list")
    assert faults_of(page) == []
    week = console.page(month(monday) + "&view=week")
    expect(cell(week, "双十二预售")).to_be_visible()
    expect(week.locator(".z-fault").first).to_be_visible()
    shoot(week, "calendar-week")
    assert faults_of(week) == []
    week.get_by_role("combobox", name="层级").click()
    week.get_by_role("option", name="堂口").click()
    week.wait_for_url("**tier=**")
    expect(cell(week, "早安问候").first).to_be_visible()
    expect(cell(week, "双十二预售")).to_have_count(0)
    dark = console.page(month(monday), color_scheme="dark")
    expect(dark.locator(".z-fault").first).to_be_visible()
    shoot(dark, "calendar-month-dark")
    assert faults_of(dark) == []
    phone = console.page(month(monday), size=PHONE)
    expect(phone.locator(".z-fault").first).to_be_visible()
    shoot(phone, "calendar-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults_of(phone) == []


def test_what_can_never_leave_stands_beside_the_calendar(console: Console) -> None:
    put(console, f"不归,劝酒,talk,,{today()},08:40,每天,堂口,,喝酒养生，不醉不归,否")
    page = console.page(month(next_monday()))
    fault = page.locator(".z-fault", has_text="有不能发的词")
    expect(fault).to_contain_text("劝酒")
    expect(fault).to_contain_text("有「喝酒养生」「不醉不归」")
    expect(fault).to_have_count(1)
    console.command("calendar", "delete", "不归")


def test_today_names_the_posts_that_are_still_to_come(console: Console) -> None:
    day = its_today(console)
    put(
        console,
        f"夜话,今晚的夜话,talk,,{day},23:59,,堂口,,夜话,否",
        f"晨话,今早的晨话,talk,,{day},00:01,,堂口,,晨话,否",
    )
    page = console.page("/today")
    post = page.get_by_role("listitem").filter(has_text="今晚的夜话")
    expect(post).to_contain_text("23:59 · 堂口")
    expect(page.get_by_text("今早的晨话")).to_have_count(0)
    shoot(page, "today-posts")
    assert faults_of(page) == []
    post.click()
    page.wait_for_url("**/calendar/**")
    expect(page.get_by_text("今晚的夜话").first).to_be_visible()


def test_what_was_not_written_yet_stands_on_no_earlier_day(console: Console) -> None:
    day = its_today(console)
    put(console, "晨练,晨练打卡,talk,,,06:10,每天,堂口,,晨练,否")
    page = console.page(f"/calendar?view=week&day={day}")
    expect(cell(page, "晨练打卡").first).to_be_visible()
    expect(cell(page, "晨练打卡")).to_have_count(7 - day.weekday())
    page.goto(console.address + f"/calendar?view=week&day={day - 7 * DAY}")
    page.wait_for_selector("[role=main]")
    expect(page.get_by_text("周日").first).to_be_visible()
    expect(cell(page, "晨练打卡")).to_have_count(0)
