"""One entry of the calendar: what it says, to whom, whether it may go, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_calendar import DAY, HEADER, cell, month, next_monday, put
from tests.console.test_people import say
from tests.console.test_practice import HOSTILE, STAYS, become

SAID = HOSTILE[:40].replace(",", "").replace('"', "")


def test_an_entry_shows_what_it_says_to_whom_and_whether_it_may_go(console: Console) -> None:
    monday = next_monday()
    put(
        console,
        f'小结,每周小结,talk,掌故,{monday},21:00,每周一,堂口;分舵,,"{SAID}\n---\n第二段",否',
        f"晚安,晚安问候,talk,,{monday},23:30,每天,堂口,,晚安,否",
        f"给人,老客问候,talk,,{monday + DAY},10:00,,,老客,{{name|朋友}}好，来喝酒,否",
        "备二,备稿二则,article,掌故,,,备稿,,,备用的文章,否",
    )
    page = console.page(month(monday))
    cell(page, "每周小结").first.get_by_role("link").click()
    page.wait_for_url("**/calendar/**")
    expect(page.get_by_role("heading", name="每周小结")).to_be_visible()
    expect(page.get_by_text("会发", exact=True)).to_be_visible()
    assert page.title() != "owned"
    expect(page.locator(".z-bubble")).to_have_count(2)
    expect(page.locator(".z-bubble").last).to_have_text("第二段")
    expect(page.locator("dl")).to_contain_text(f"{monday.month}月{monday.day}日 周一 21:00")
    expect(page.get_by_text("最近一个月还没有到点过。")).to_be_visible()
    shoot(page, "entry")
    assert faults_of(page) == []


def test_what_stands_in_the_way_is_said_with_what_mends_it(console: Console) -> None:
    page = console.page("/calendar/晚安")
    expect(page.get_by_text("免打扰时间").first).to_be_visible()
    expect(page.get_by_text("把时间改到免打扰之外")).to_be_visible()
    shoot(page, "entry-waits")
    phone = console.page("/calendar/晚安", size=PHONE, color_scheme="dark")
    expect(phone.get_by_text("把时间改到免打扰之外")).to_be_visible()
    shoot(phone, "entry-phone-dark")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults_of(phone) == []


def test_a_member_is_chosen_and_their_fields_are_filled(console: Console) -> None:
    page = console.page("/practice")
    for name in ("老顾", "小何"):
        become(page, name)
    for name in ("老顾", "小何"):
        page.goto(f"{console.address}/people?word={name}")
        page.locator("a.q-item", has_text=name).first.click()
        page.wait_for_url("**/people/*")
        say(page, "加标签", "标签", "老客")
    page.goto(f"{console.address}/calendar/给人")
    expect(page.get_by_text("一共 2 人")).to_be_visible()
    page.get_by_label("找别人").fill("小何")
    page.keyboard.press("Enter")
    expect(page.locator(".z-bubble")).to_have_text("小何好，来喝酒")
    page.get_by_label("找别人").fill("老顾")
    page.keyboard.press("Enter")
    expect(page.locator(".z-bubble")).to_have_text("老顾好，来喝酒")
    shoot(page, "entry-people")


def test_a_draft_waits_and_what_is_not_there_is_said(console: Console) -> None:
    page = console.page("/calendar/备二")
    expect(page.get_by_text("备稿，用到时才发")).to_be_visible()
    gone = console.page("/calendar/没有的")
    expect(gone.get_by_text("没有这条排期，可能被删了。")).to_be_visible()
    assert faults_of(gone) == []


def test_of_one_whose_day_is_over_it_is_not_said_that_nobody_gets_it(console: Console) -> None:
    put(console, f"昨天,昨天的,talk,,{datetime.now(UTC).date() - 2 * DAY},10:00,,堂口,,昨天好,否")
    page = console.page("/calendar/昨天")
    expect(page.get_by_text("日子都过了，不会再来。")).to_be_visible()
    expect(page.locator(".z-bubble")).to_have_text("昨天好")
    for text in ("发的话", "把过期时间改晚", "这里收不到"):
        expect(page.get_by_text(text)).to_have_count(0)
    shoot(page, "entry-over")
    assert faults_of(page) == []


def test_what_waits_is_sent_back_or_let_go_and_an_occurrence_is_skipped(console: Console) -> None:
    monday = next_monday()
    file = console.folder / "waits.csv"
    text = '"请看\n【标签 老客】老友请看"'
    row = f"等着,等人看的,talk,,{monday},15:00,每周一,堂口,,{text},否\n"
    file.write_text(HEADER + row, encoding="utf-8")
    console.command("calendar", "import", str(file), "--author", "wx-writer")
    console.join("小管", "admin")
    console.join("小看", "viewer")
    page, looks = console.page("/calendar/等着", who="小管"), console.page("/calendar/等着", who="小看")
    expect(looks.get_by_text("等人通过").first).to_be_visible()
    expect(looks.get_by_role("button", name="退回")).to_have_count(0)
    expect(page.get_by_text("点上面的「通过」")).to_be_visible()
    expect(looks.get_by_text("要老板或管理员通过")).to_be_visible()  # who has no button is not told to press it
    expect(page.locator(".z-bubble")).to_have_text("请看")
    page.get_by_label("谁收到的").click()
    page.get_by_role("option", name="标签「老客」").click()
    expect(page.locator(".z-bubble")).to_have_text("老友请看")
    expect(page.get_by_text("的说法用不上")).to_be_visible()  # since it goes to groups
    expect(page.get_by_role("listbox")).to_have_count(0)  # it takes its time to close
    assert faults_of(page) == []
    page.get_by_role("button", name="退回").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("为什么退回").fill("太长了，短一点")
    page.wait_for_timeout(500)  # it takes its time to open
    shoot(page, "entry-reject")
    # Axe takes the dialog's white for what is behind the white word of the button under it.
    assert [one for one in faults_of(page) if "通过" not in one] == []
    dialog.get_by_role("button", name="退回", exact=True).click()
    expect(looks.get_by_text("退回了：太长了，短一点")).to_be_visible()
    page.get_by_role("button", name="通过", exact=True).click()
    expect(looks.get_by_text("可以发", exact=True)).to_be_visible()
    link = looks.get_by_role("link", name="改过的").element_handle()
    page.get_by_role("button", name="跳过下一次").click()
    page.get_by_role("dialog").get_by_role("button", name="跳过", exact=True).click()
    expect(looks.locator("dl")).to_contain_text(f"{monday.month}月{monday.day}日 周一 15:00（跳过）")
    expect(page.get_by_role("button", name="恢复")).to_be_visible()
    after = monday + 7 * DAY
    expect(page.get_by_text(f"{after.month}月{after.day}日 周一 15:00 发的话")).to_be_visible()
    shoot(page, "entry-skipped")
    assert faults_of(page) == []
    page.get_by_role("button", name="恢复").click()
    expect(looks.locator("dl")).not_to_contain_text("跳过")
    assert link.evaluate(STAYS)
    assert "console:小管" in console.command("audit", "--json")
