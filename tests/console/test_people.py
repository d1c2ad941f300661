"""客户与群: somebody is found, described, and forgotten; a group is bound; hostile names stay text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from bot.console.pages.accounts import qr_code
from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE, STAYS, become


def say(page: Page, button: str, label: str, text: str) -> None:
    """Press a button of a person's page and answer what it asks."""
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name="好", exact=True).click()
    expect(dialog).to_be_hidden()


def test_somebody_is_found_described_and_forgotten(console: Console) -> None:
    page = console.page("/practice")
    become(page, "老顾_100%")
    expect(page.locator(".q-message-received").first).to_be_visible()
    page.goto(console.address + "/people")
    page.get_by_label("昵称、备注、标签、回答或编号").fill("_100%")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people?word=**")
    rows = page.locator("a.q-item", has_text="建档")
    expect(rows).to_have_count(1)
    expect(page.get_by_text("一共 1 位")).to_be_visible()
    shoot(page, "people")
    assert faults_of(page) == []
    rows.click()
    page.wait_for_url("**/people/*")
    expect(page.get_by_text("请求加好友").first).to_be_visible()
    expect(page.get_by_text("海报3")).to_be_visible()
    say(page, "加标签", "标签", "爱喝酱香 大客户")
    expect(page.locator(".q-badge", has_text="爱喝酱香")).to_be_visible()
    forget = page.get_by_role("button", name="删掉资料").element_handle()
    say(page, "记一笔", "记什么", "下月\u202e嫁女儿")
    say(page, "记一笔", "记什么", "要二十桌")
    expect(page.get_by_text("下月嫁女儿\n要二十桌")).to_be_visible()
    say(page, "改备注", "备注", "顾老板")
    expect(page.get_by_text("顾老板").first).to_be_visible()
    assert forget.evaluate(STAYS)  # nobody takes a button from under the hand
    shoot(page, "person")
    assert faults_of(page) == []
    here = page.url.removeprefix(console.address)
    phone = console.page(here, size=PHONE)
    expect(phone.locator(".q-badge", has_text="爱喝酱香")).to_be_visible()
    shoot(phone, "person-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    console.join("小周", "viewer")
    looks = console.page(here, who="小周")
    expect(looks.get_by_text("要二十桌")).to_be_visible()
    expect(looks.locator("[role=main]").get_by_role("button")).to_have_count(0)
    expect(looks.locator("[role=main] .z-card")).to_have_count(2)  # no empty one for buttons
    assert "console:店主" in console.command("audit", "--json")
    page.get_by_role("button", name="删掉资料").click()
    page.get_by_role("dialog").get_by_role("button", name="删掉", exact=True).click()
    page.wait_for_url("**/people")
    page.goto(console.address + here)
    expect(page.get_by_text("没有这个人")).to_be_visible()
    expect(page.get_by_text("来往", exact=True)).to_be_hidden()


def test_a_hostile_name_is_a_name(console: Console) -> None:
    page = console.page("/practice")
    become(page, HOSTILE[:40])
    expect(page.locator(".q-message-received").first).to_be_visible()
    page.goto(console.address + "/people")
    page.locator("a.q-item", has_text=HOSTILE[:20]).first.click()
    page.wait_for_url("**/people/*")
    expect(page.get_by_text(HOSTILE[:20]).first).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("img[src=x]").count() == 0


def test_the_groups_are_a_tree_and_one_is_bound(console: Console) -> None:
    page = console.page("/groups")
    expect(page.get_by_text("绑定的群", exact=True)).to_be_visible()
    unbind = page.get_by_role("button", name="解除绑定")
    expect(unbind.first).to_be_visible()
    before = unbind.count()
    unbind.last.click()
    page.get_by_role("dialog").get_by_role("button", name="解除绑定").click()
    page.get_by_role("button", name="绑定", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="绑定", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(unbind).to_have_count(before)
    halls = page.get_by_role("link", name="沈师傅")
    expect(halls).to_have_count(1)  # who keeps the other one, which was unbound and bound again
    page.get_by_role("button", name="改「酒友社·听雨堂」").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("堂主").fill("没有这个人")
    dialog.get_by_role("button", name="存").click()
    expect(dialog.get_by_text("没有叫这个名字的客人")).to_be_visible()
    shoot(page, "group-edit")
    assert faults_of(page) == []
    expect(page.locator(".q-notification")).to_have_count(0)
    dialog.get_by_label("堂主").fill("沈师傅")
    dialog.get_by_role("button", name="存").click()
    expect(dialog).to_be_hidden()
    expect(halls).to_have_count(2)
    expect(page.locator(".q-notification")).to_contain_text("「酒友社·听雨堂」 已绑定为「堂口」")
    page.get_by_role("link", name="不在任何绑定的群").first.wait_for()  # whoever is in none is a click away
    shoot(page, "groups")
    assert faults_of(page) == []
    phone = console.page("/groups", size=PHONE)
    expect(phone.get_by_text("绑定的群", exact=True)).to_be_visible()
    shoot(phone, "groups-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_are_merged_and_parted(console: Console) -> None:
    page = console.page("/practice")
    for name in ("双号甲", "双号乙"):
        become(page, name)
        expect(page.locator(".q-message-received").first).to_be_visible()
    page.goto(console.address + "/people?word=双号甲")
    page.locator("a.q-item", has_text="双号甲").click()
    page.wait_for_url("**/people/*")
    page.get_by_role("button", name="和谁是同一个人").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("昵称、备注或编号").fill("双号乙")
    dialog.get_by_role("button", name="找").click()
    dialog.get_by_role("button", name="合并 双号乙").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="撤销合并")).to_be_visible()
    page.goto(console.address + "/doubts")
    told = page.get_by_text("没有认不准的人").element_handle()
    expect(page.get_by_role("link", name="双号乙")).to_be_visible()
    shoot(page, "doubts")
    assert faults_of(page) == []
    page.get_by_role("button", name="撤销合并").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销合并").click()
    expect(page.get_by_text("合并过的")).to_be_hidden()
    assert told.evaluate(STAYS)
    audit = console.command("audit", "--json")
    assert '"merge"' in audit
    assert '"unmerge"' in audit


@pytest.mark.parametrize("code", ["http://weixin.qq.com/x/AbC", '"/><script>alert(1)</script>', "扫我" * 200])
def test_what_is_to_be_scanned_is_a_picture_and_nothing_else(code: str) -> None:
    picture = ElementTree.fromstring(qr_code(code))
    assert [one.tag.rpartition("}")[2] for one in picture.iter()] == ["svg", "rect", "path"]
    assert "alert" not in qr_code(code)


def test_an_account_is_paused_and_goes_on(console: Console) -> None:
    page = console.page("/accounts")
    expect(page.get_by_text("秒前有心跳")).to_be_visible()
    link = page.get_by_role("link", name="还要发的").element_handle()
    page.get_by_role("button", name="停发").click()
    page.get_by_role("dialog").get_by_role("button", name="停发").click()
    expect(page.get_by_text("停发中", exact=True)).to_be_visible()
    shoot(page, "accounts")
    assert faults_of(page) == []
    today = console.page("/today", size=PHONE, color_scheme="dark")
    expect(today.get_by_role("link", name="账号「小满」停发中")).to_be_visible()
    shoot(today, "today-phone-dark")
    assert today.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="恢复发送").click()
    expect(page.get_by_text("在线", exact=True)).to_be_visible()
    assert link.evaluate(STAYS)
