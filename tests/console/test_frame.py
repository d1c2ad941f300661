"""What stands around every page, by the keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.conftest import Console, faults_of, shoot


def test_the_keyboard_skips_the_menu(console: Console) -> None:
    page = console.page("/people")
    page.get_by_label("昵称、备注、标签、回答或编号").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    page.wait_for_timeout(300)
    shoot(page, "skip-link")
    assert faults_of(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("[role=main]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[role=main]").locator(":focus")).to_have_count(1)


def test_the_dark_that_somebody_chose_stays_on_the_next_page(console: Console) -> None:
    page = console.page("/people", color_scheme="dark")
    body, turn = page.locator("body"), page.get_by_label("浅色、深色")
    expect(body).to_contain_class("body--dark")
    turn.click()
    expect(body).to_contain_class("body--light")
    page.goto(console.address + "/today")
    expect(body).to_contain_class("body--light")
    turn.click()
    expect(body).to_contain_class("body--dark")
    page.reload()
    expect(body).to_contain_class("body--dark")


def test_the_shade_is_kept_before_it_is_seen_so_that_who_goes_on_at_once_finds_it(console: Console) -> None:
    page = console.page("/people", color_scheme="dark")
    expect(page.locator("body")).to_contain_class("body--dark")
    kept = page.evaluate("document.querySelector('[aria-label=\"浅色、深色\"]').click(), document.cookie")
    assert "shade=light" in kept
