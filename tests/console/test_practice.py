"""A first look: the practice ground, today's figures, and the ledger, by an owner and by somebody who may only look."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.console.conftest import PHONE, Console, faults_of, shoot

# What a member may be called: shown as it is written, never run.
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"

# Asked of an element: whether it still stands on the page, and was not made anew meanwhile.
STAYS = "element => element.isConnected"

CLOCK = re.compile(r"^\d+月\d+日 \d\d:\d\d:\d\d$")


def become(page: Page, name: str) -> None:
    """A new guest adds the persona."""
    page.get_by_role("button", name="新客人").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("昵称").fill(name)
    dialog.get_by_role("button", name="加掌柜为好友").click()
    expect(dialog).to_be_hidden()


def test_a_guest_is_greeted_and_remembered(console: Console) -> None:
    page = console.page("/practice")
    expect(page.get_by_text("全部模拟，不会发到微信")).to_be_visible()
    become(page, "酒中仙")
    expect(page.get_by_text("通过了你的好友请求")).to_be_visible()
    expect(page.get_by_text("机器人助手").first).to_be_visible()
    page.get_by_label("说点什么").fill("你是机器人吗")
    page.keyboard.press("Enter")
    page.keyboard.type("接着打")  # at once: nothing of it is lost when the server has taken the first line
    expect(page.locator(".q-message-sent", has_text="你是机器人吗")).to_be_visible()
    expect(page.get_by_label("说点什么")).to_have_value("接着打")
    expect(page.locator(".q-message-received").nth(1)).to_be_visible()
    expect(page.get_by_text("掌柜眼里的「酒中仙」")).to_be_visible()
    expect(page.locator(".q-item", has_text="酒中仙")).to_contain_text("来自海报3")
    expect(page.locator(".z-talk").get_by_text(re.compile(r"^\d+月\d+日$"))).to_have_count(1)
    page.get_by_label("说点什么").fill("给老丈人买，三五百")
    page.keyboard.press("Enter")
    for told in ("送礼（先记着，不再问）", "300到500（先记着，不再问）"):
        expect(page.get_by_role("definition").filter(has_text=told)).to_be_visible()
    for _ in range(3):
        expect(page.locator(".q-message").last).to_be_in_viewport()
        page.wait_for_timeout(500)
    shoot(page, "practice")
    assert faults_of(page) == []


def test_who_is_not_taken_yet_reads_that_they_wait_for_it(console: Console) -> None:
    accounts = console.page("/accounts")
    accounts.get_by_role("button", name="停发").click()
    accounts.get_by_role("dialog").get_by_role("button", name="停发").click()
    expect(accounts.get_by_text("停发中")).to_be_visible()
    page = console.page("/practice")
    become(page, "等门的")
    expect(page.get_by_text("申请了，等掌柜通过")).to_be_visible()
    expect(page.get_by_role("button", name="加掌柜为好友")).to_have_count(0)
    accounts.get_by_role("button", name="恢复发送").click()
    expect(page.get_by_text("通过了你的好友请求")).to_be_visible()
    expect(page.get_by_text("申请了，等掌柜通过")).to_have_count(0)


def test_names_and_texts_are_shown_and_never_run(console: Console) -> None:
    page = console.page("/practice")
    become(page, HOSTILE[:40])
    page.get_by_label("说点什么").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text=HOSTILE)).to_be_visible()
    page.goto(console.address + "/deliveries")
    expect(page.get_by_text(HOSTILE[:20]).first).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("img[src=x]").count() == 0


def test_each_number_of_today_opens_its_rows(console: Console) -> None:
    page = console.page("/today")
    card = page.locator("a", has_text="今天没发")
    expect(card).to_be_visible()
    shoot(page, "today")
    assert faults_of(page) == []
    number = int((card.inner_text().split()[0]).replace(",", ""))
    card.click()
    page.wait_for_url("**/deliveries?fold=**")
    expect(page.get_by_text(re.compile(r"共 [\d,]+ 条"))).to_be_visible()
    shown = int(page.get_by_text(re.compile(r"共 [\d,]+ 条")).inner_text().split()[1].replace(",", ""))
    assert shown >= number
    shoot(page, "deliveries")
    assert faults_of(page) == []


def test_what_waits_is_taken_back_by_the_owner_and_not_by_a_viewer(console: Console) -> None:
    console.join("小林", "viewer")
    today = console.page("/today")
    expect(today.get_by_text("位好友")).to_be_visible()  # all of the page is there
    figure = today.get_by_role("link", name="今天已发").element_handle()
    console.command("calendar", "import", str(_entry(console)))
    expect(today.get_by_text("条等人通过")).to_be_visible()  # without a reload
    assert figure.evaluate(STAYS)
    row = next(
        line
        for line in _lines(console.command("deliveries", "list", "--json"))
        if line["state"] == "waiting" and line["entry"] == "later"
    )
    looks = console.page(f"/deliveries/{row['delivery']}", who="小林", size=PHONE)
    expect(looks.get_by_text("经过")).to_be_visible()
    expect(looks.get_by_role("link", name="改天说")).to_be_visible()  # and not its key
    expect(looks.get_by_role("button", name="不发了")).to_have_count(0)
    shoot(looks, "delivery-phone")
    assert faults_of(looks) == []
    page = console.page(f"/deliveries/{row['delivery']}")
    page.get_by_role("button", name="不发了").click()
    page.get_by_role("dialog").get_by_role("button", name="不发了").click()
    expect(page.get_by_text("已取消").first).to_be_visible()
    expect(looks.get_by_text("已取消").first).to_be_visible()  # without a reload
    assert "console:店主" in console.command("audit", "--json")


def test_the_first_page_is_there_within_a_second_or_so(console: Console) -> None:
    context = console.context("店主")
    page = context.new_page()
    page.goto(console.address + "/today")
    page.wait_for_selector("[role=main]")
    began = time.monotonic()
    page.goto(console.address + "/today")
    page.get_by_role("link", name="今天已发").wait_for()
    assert time.monotonic() - began < 10  # a machine may be busy; `docs/performance.md` has what was measured


def test_an_uncertain_delivery_is_settled(console: Console) -> None:
    page = console.page("/practice")
    page.get_by_role("button", name="断一次网").click()
    page.goto(console.address + "/deliveries?fold=请核对")
    for _ in range(30):
        if page.locator(".q-list .q-item").count():
            break
        time.sleep(2)
        page.reload()
    page.goto(console.address + "/today")
    counted = page.get_by_role("link", name="1 条不确定发没发出去，请核对")
    expect(counted).to_be_visible()
    expect(page.get_by_text("账号「小满」有一条不确定")).to_have_count(0)  # which is the same, in a machine's words
    counted.click()
    page.locator(".q-list .q-item").first.click()
    expect(page.get_by_text("看一下手机，这条到底")).to_be_visible()
    page.get_by_role("button", name="没发出去").click()
    expect(page.get_by_text("发送失败").first).to_be_visible()
    shoot(page, "settled")
    page.goto(console.address + "/deliveries?state=failed")
    expect(page.locator(".q-list .q-item")).to_have_count(1)
    page.get_by_role("button", name="都再发一次").click()
    page.get_by_role("dialog").get_by_role("button", name="重发").click()
    expect(page.get_by_text("1 条再发一次。")).to_be_visible()
    expect(page.get_by_text("没有这样的记录")).to_be_visible()


def test_a_week_that_passes_is_stopped_on_its_way(console: Console) -> None:
    page = console.page("/practice")
    page.get_by_role("button", name="快进").click()
    page.locator(".q-menu").get_by_text("过一周").click()
    stop = page.get_by_role("button", name="停下")
    expect(stop).to_be_visible()
    first = page.get_by_text(CLOCK).inner_text()[: len("11月27日")]
    page.goto(console.address + "/today")  # it goes on for whoever looks around meanwhile
    page.wait_for_selector("[role=main]")
    page.goto(console.address + "/practice")
    expect(page.get_by_text(CLOCK)).not_to_contain_text(first)  # a whole day, with what the calendar posts in it
    stop.click()
    expect(page.get_by_text("停下了，过到")).to_be_visible()
    expect(page.get_by_text("一周正在过去")).to_have_count(0)


def test_who_only_looks_moves_nobodys_clock(console: Console) -> None:
    console.join("小看", "viewer")
    page = console.page("/practice", who="小看")
    expect(page.get_by_text("快进、断网由店里的人来按")).to_be_visible()
    expect(page.get_by_role("button", name="快进")).to_have_count(0)
    expect(page.get_by_role("button", name="断一次网")).to_have_count(0)
    expect(page.get_by_role("switch", name="放一群人进来")).to_be_disabled()


def test_the_plug_is_pulled_and_nothing_is_sent_twice(console: Console) -> None:
    page = console.page("/practice")
    become(page, "看热闹的")
    expect(page.locator(".q-message-received").first).to_be_visible()
    page.get_by_role("button", name="拔掉电源").click()
    page.get_by_role("dialog").get_by_role("button", name="拔", exact=True).click()
    told = page.get_by_text("断过一次电")
    told.wait_for()
    expect(
        page.get_by_text("掌柜眼里的「看热闹的」")
    ).to_be_visible()  # the phone is still theirs, and so is the session
    page.get_by_label("说点什么").fill("叫我阿看")
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text="叫我阿看")).to_be_visible()
    expect(page.get_by_text("阿看", exact=True)).to_be_visible()  # in what is known of them
    expect(told).to_contain_text("重复的 0 条")
    shoot(page, "power-cut")
    assert console.process.poll() is None


def _entry(console: Console) -> Path:
    """An entry whose time today is past: it waits until somebody says that it shall go."""
    file = console.folder / "calendar.csv"
    file.write_text(
        "编号,标题,重复,时间,层级,正文,补发\nlater,改天说,每天,00:00,堂口,稍后再说,询问\n", encoding="utf-8"
    )
    return file


def _lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]
