"""消息: somebody asks for a human, waits, and is answered from the console."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE, STAYS, become


def test_who_waits_is_answered_by_a_human(console: Console) -> None:
    member = console.page("/practice")
    become(member, "等人的")
    expect(member.locator(".q-message-received").first).to_be_visible()
    page = console.page("/messages")
    group = page.locator("a.q-item", has_text="酒友社·听雨堂").last.element_handle()
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")  # as before a file comes: the page goes on
    for text in (HOSTILE, "人工"):
        member.get_by_label("说点什么").fill(text)
        member.keyboard.press("Enter")
        expect(member.locator(".q-message-sent", has_text=text)).to_be_visible()
    waits = page.locator("a.q-item", has_text=re.compile("等了|刚刚")).filter(has_text="等人的")
    expect(waits).to_be_visible()  # without a reload
    assert group.evaluate(STAYS)
    shoot(page, "messages")
    assert faults_of(page) == []
    waits.click()
    page.wait_for_url("**/messages/*")
    said = page.locator(".q-message-received", has_text=HOSTILE).element_handle()
    assert page.title() != "owned"
    page.get_by_label("以掌柜的名义回一句").fill("我是店长，您说")
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text="我是店长，您说")).to_be_visible()
    assert said.evaluate(STAYS)
    expect(member.locator(".q-message-received", has_text="我是店长，您说")).to_be_visible()
    shoot(page, "talk")
    assert faults_of(page) == []
    phone = console.page(page.url.removeprefix(console.address), size=PHONE)
    shoot(phone, "talk-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(console.address + "/messages")
    expect(page.locator("a.q-item", has_text="等人的")).to_have_count(1)
    assert '"say"' in console.command("audit", "--json")


def test_a_group_is_read_as_a_chat(console: Console) -> None:
    member = console.page("/practice?as=wx-he")
    member.get_by_role("button", name="酒友社·听雨堂", exact=True).click()
    member.get_by_label("说点什么").fill(f"群里说：{HOSTILE}")
    member.keyboard.press("Enter")
    page = console.page("/messages")
    page.locator("a.q-item", has_text="酒友社·听雨堂").last.click()
    page.wait_for_url("**/messages/group/*")
    expect(page.locator(".q-message-received", has_text=f"群里说：{HOSTILE}")).to_be_visible()
    expect(page.get_by_role("link", name="老何").first).to_be_visible()
    assert page.title() != "owned"
    shoot(page, "group-talk")
    assert faults_of(page) == []
    page_of_group = page.url.removeprefix(console.address)
    line = page.get_by_label("以掌柜的名义在群里说一句")
    line.fill("店" * 2_001)
    page.keyboard.press("Enter")
    expect(page.locator(".q-notification", has_text="一条最多 2000 个字")).to_be_visible()
    expect(line).to_have_value("店" * 2_001)  # to be made shorter
    line.fill("我是店长，周六还有位子")
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text="我是店长，周六还有位子")).to_be_visible()
    expect(member.locator(".q-message-received", has_text="我是店长，周六还有位子")).to_be_visible()
    page.get_by_label("以掌柜的名义在群里说一句").fill("全网最低价")
    page.get_by_role("button", name="发", exact=True).click()
    expect(page.get_by_role("link", name="没发（有不能发的词）")).to_be_visible()
    expect(page.locator(".q-notification")).to_have_count(0)
    shoot(page, "group-talk-said")
    assert faults_of(page) == []
    page.get_by_role("link", name="已发").last.click()
    page.wait_for_url("**/deliveries/*")
    expect(page.get_by_text("我是店长，周六还有位子")).to_be_visible()
    assert '"say"' in console.command("audit", "--json")
    console.join("小看", "viewer")
    looks = console.page(page_of_group, who="小看")
    expect(looks.locator(".q-message-sent", has_text="我是店长，周六还有位子")).to_be_visible()
    expect(looks.get_by_role("textbox")).to_have_count(0)
    page.goto(console.address + "/messages/group/nowhere")
    expect(page.get_by_text("没有这个群")).to_be_visible()
