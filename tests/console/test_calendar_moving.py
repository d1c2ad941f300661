"""改期: an entry is dragged to another day, or told to go there, and nobody overwrites what somebody else did."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_calendar import DAY, cell, month, next_monday, put


def day_of(page: Page, number: int) -> str:
    """The selector of a day of the week that is shown, Monday is 0."""
    return f".z-day >> nth={number}"


def week(console: Console, who: str = "店主", **more: object) -> Page:
    return console.page(month(next_monday()) + "&view=week", who=who, **more)  # type: ignore[arg-type]


def test_an_entry_is_dragged_to_another_day_once_it_is_said_what_that_changes(console: Console) -> None:
    monday = next_monday()
    put(
        console,
        f"品鉴,秋酿品鉴会,event,,{monday},19:30,,堂口,,来品鉴,否",
        f"周报,每周小结,talk,,{monday},21:00,每周一,堂口,,小结,否",
    )
    page = week(console)
    expect(page.locator(".z-fault").first).to_be_visible()
    cell(page, "秋酿品鉴会").drag_to(page.locator(day_of(page, 3)))
    dialog = page.get_by_role("dialog")
    moved = monday + 3 * DAY
    expect(dialog).to_contain_text(f"挪到{moved.month}月{moved.day}日 周四")
    page.wait_for_timeout(500)  # it takes its time to open
    shoot(page, "calendar-move")
    assert faults_of(page) == []
    dialog.get_by_role("button", name="挪过去").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(day_of(page, 3))).to_contain_text("秋酿品鉴会")
    expect(page.locator(day_of(page, 0))).not_to_contain_text("秋酿品鉴会")
    assert "calendar.move" in console.command("audit", "--json")


def test_who_has_no_mouse_says_the_day(console: Console) -> None:
    monday = next_monday()
    page = week(console, size=PHONE)
    page.get_by_role("button", name="改期：每周小结").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="挪过去")).to_be_disabled()
    dialog.get_by_label("挪到哪天").fill((monday + DAY).isoformat())
    expect(dialog).to_contain_text("每周一发的，改成每周二")
    page.wait_for_timeout(500)  # it takes its time to open
    shoot(page, "calendar-move-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    dialog.get_by_role("button", name="挪过去").click()
    expect(page.locator(day_of(page, 1))).to_contain_text("每周小结")


def test_two_browsers_do_not_overwrite_each_other(console: Console) -> None:
    monday = next_monday()
    put(console, f"抢着挪,抢着挪的,event,,{monday},15:30,,堂口,,来,否")
    one, other = week(console), week(console)
    for page, day in ((one, 4), (other, 5)):
        page.get_by_role("button", name="改期：抢着挪的").focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_label("挪到哪天").fill((monday + day * DAY).isoformat())
        expect(page.get_by_role("button", name="挪过去")).to_be_enabled()
    one.get_by_role("button", name="挪过去").click()
    expect(other.locator(day_of(other, 4))).to_contain_text("抢着挪的")  # behind the dialog
    other.get_by_role("button", name="挪过去").click()
    expect(other.get_by_text("别人刚改过这一条")).to_be_visible()
    expect(other.locator(day_of(other, 4))).to_contain_text("抢着挪的")


def test_who_may_only_look_moves_nothing(console: Console) -> None:
    console.join("小看", "viewer")
    page = week(console, who="小看")
    expect(cell(page, "抢着挪的")).to_be_visible()
    expect(page.get_by_role("button", name="改期：抢着挪的")).to_have_count(0)
    assert page.locator("[draggable=true]").count() == 0


def test_a_week_is_copied_to_the_next(console: Console) -> None:
    monday = next_monday()
    put(console, f"年会,客户年会,event,,{monday + 3 * DAY},18:30,,分舵,,来年会,否")
    page = week(console)
    page.get_by_role("button", name="更多").click()
    page.get_by_text("把这一周抄到别的周").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("周四 18:30 客户年会")
    page.wait_for_timeout(500)
    shoot(page, "calendar-copy")
    assert faults_of(page) == []
    dialog.get_by_role("button", name="抄过去").click()
    page.wait_for_url(f"**day={monday + 7 * DAY}")
    expect(page.locator(day_of(page, 3))).to_contain_text("客户年会")
