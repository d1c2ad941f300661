"""人员: somebody is invited by a link that is shown once, gets another role, and is out at once when removed."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.conftest import PASSWORD, PHONE, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE


def test_somebody_is_invited_changed_and_removed(console: Console) -> None:
    page = console.page("/operators")
    for name in (HOSTILE[:40], "小周"):
        page.get_by_role("button", name="请人").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("名字（登录用）").fill(name)
        dialog.get_by_role("button", name="好，给我链接").click()
        link = dialog.get_by_label("链接").input_value()
        dialog.get_by_role("button", name="记下了").click()
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    assert page.title() != "owned"
    shoot(page, "operators")
    assert faults_of(page) == []
    context = console.context()
    theirs = context.new_page()
    theirs.goto(link)
    theirs.fill("input[name=password]", PASSWORD)
    theirs.click("button")
    theirs.wait_for_selector("[role=main]")
    theirs.goto(console.address + "/operators")
    expect(theirs.get_by_text("这一页不归您看")).to_be_visible()
    expect(theirs.get_by_role("button", name="请人")).to_have_count(0)
    theirs.goto(link)
    expect(theirs.get_by_text("已经用过或过期")).to_be_visible()
    page.get_by_role("button", name="改 小周 的角色、换链接").click()
    page.get_by_role("dialog").get_by_label("角色").click()
    page.get_by_role("option", name="管理员").click()
    page.get_by_role("button", name="好，给我链接").click()
    page.get_by_role("button", name="记下了").click()
    expect(page.get_by_text("管理员")).to_be_visible()
    page.get_by_role("button", name="去掉 小周").click()
    page.get_by_role("dialog").get_by_role("button", name="去掉", exact=True).click()
    expect(page.get_by_text("小周", exact=True)).to_have_count(0)
    theirs.goto(console.address + "/today")
    theirs.wait_for_url("**/sign-in?next=**")
    phone = console.page("/operators", size=PHONE)
    expect(phone.get_by_text("就是您")).to_be_visible()
    shoot(phone, "operators-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
