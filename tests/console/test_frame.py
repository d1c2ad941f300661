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
    kept = page.evaluate(
        """new Promise(seen => {
          const look = () => document.body.classList.contains("body--light") && seen(document.cookie);
          new MutationObserver(look).observe(document.body, {attributeFilter: ["class"]});
          document.querySelector('[aria-label="浅色、深色"]').click();
        })"""
    )
    assert "shade=light" in kept


def test_an_address_of_no_page_says_so_and_leads_back(console: Console) -> None:
    page = console.page("/today")
    assert (answer := page.goto(console.address + "/nowhere")) is not None
    assert answer.status == 404
    expect(page.get_by_text("没有这一页，网址可能抄漏了。")).to_be_visible()
    shoot(page, "nowhere")
    page.get_by_role("link", name="回到后台").click()
    page.get_by_role("navigation", name="菜单").wait_for()
