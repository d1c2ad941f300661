"""预演: the next thirty days from a button."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.conftest import PHONE, Console, faults_of, shoot


def test_thirty_days_are_rehearsed_and_nothing_is_sent(console: Console) -> None:
    page = console.page("/calendar-ahead", color_scheme="dark")
    before = len(console.command("deliveries", "list", "--json").splitlines())
    page.get_by_role("button", name="预演往后 30 天").click()
    page.get_by_role("button", name="停下").click()
    expect(page.get_by_text("停下了。")).to_be_visible()
    page.get_by_role("button", name="预演往后 30 天").click()
    expect(page.get_by_text("每人每周被打扰几次")).to_be_visible(timeout=110_000)
    shoot(page, "calendar-ahead-dark")
    assert faults_of(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    shoot(page, "calendar-ahead-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert len(console.command("deliveries", "list", "--json").splitlines()) < before + 100
