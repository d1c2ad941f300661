"""A gap of a promise is filled from the drafts by one click."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.conftest import Console, faults_of, shoot
from tests.console.test_calendar import cell, month, next_monday, put


def test_a_gap_is_filled_by_one_click(console: Console) -> None:
    put(
        console,
        "短一,窖池小片,video,,,,备稿,,,看窖池,否",
        "短二,蒸粮小片,video,,,,备稿,,,看蒸粮,否",
        "短片,一分钟看蒸粮,video,,2026-01-01,12:00,,,没人有,旧的,否",  # in place of what the shop came with
    )
    page = console.page(month(next_monday()) + "&view=week")
    gap = page.locator(".z-of-week .z-fault", has_text="视频")
    expect(gap).to_be_visible()
    shoot(page, "calendar-gap")
    assert faults_of(page) == []
    gap.get_by_role("button", name="用备稿补").click()
    expect(page.get_by_text("补了 1 条")).to_be_visible()
    expect(gap).to_have_count(0)
    expect(cell(page, "小片").first).to_be_visible()
    console.join("小瞧", "viewer")
    looks = console.page(month(next_monday()) + "&view=week", who="小瞧")
    expect(looks.locator(".z-fault").first).to_be_visible()
    expect(looks.get_by_role("button", name="用备稿补")).to_have_count(0)
