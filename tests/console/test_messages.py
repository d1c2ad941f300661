"""消息: somebody asks for a human, waits, and is answered from the console."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE, become


def test_who_waits_is_answered_by_a_human(console: Console) -> None:
    member = console.page("/practice")
    become(member, "等人的")
    expect(member.locator(".q-message-received").first).to_be_visible()
    for text in (HOSTILE, "人工"):
        member.get_by_label("说点什么").fill(text)
        member.keyboard.press("Enter")
        expect(member.locator(".q-message-sent", has_text=text)).to_be_visible()
    page = console.page("/messages")
    waits = page.locator("a.q-item", has_text="等了").filter(has_text="等人的")
    expect(waits).to_be_visible()
    shoot(page, "messages")
    assert faults_of(page) == []
    waits.click()
    page.wait_for_url("**/messages/*")
    expect(page.locator(".q-message-received", has_text=HOSTILE)).to_be_visible()
    assert page.title() != "owned"
    page.get_by_label("以掌柜的名义回一句").fill("我是店长，您说")
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text="我是店长，您说")).to_be_visible()
    expect(member.locator(".q-message-received", has_text="我是店长，您说")).to_be_visible()
    shoot(page, "talk")
    assert faults_of(page) == []
    phone = console.page(page.url.removeprefix(console.address), size=PHONE)
    shoot(phone, "talk-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.goto(console.address + "/messages")
    expect(page.locator("a.q-item", has_text="等人的")).to_have_count(1)
    assert '"say"' in console.command("audit", "--json")
