"""The console as a process of its own beside two workers on PostgreSQL, whose accounts are on real gateways: what they
hear comes to the pages, and what is ordered there they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import make_url

from tests.console.conftest import Console, faults_of, shoot
from tests.gateway.bot_process import GREETING, PLAYBOOK, ZONE
from tests.store.databases import new_postgresql, postgresql_server
from tests.workers.stage import ACCOUNTS, Chain, chain, place


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain(tmp_path_factory.mktemp("beside") / "shop", new_postgresql()) as opened:
        told = opened.config.read_text(encoding="utf-8").replace("lease_seconds = 2.5", "lease_seconds = 5.0")
        opened.config.write_text(told.replace("enabled = false", "enabled = false\nport = 0"), encoding="utf-8")
        opened.start(2)
        yield opened


@pytest.fixture(scope="module")
def console(browser: Browser, shop: Chain) -> Iterator[Console]:
    shop.until("tables", lambda: all('"started"' in shop._log(pid) for pid in shop.pids))
    shop.until("shares", lambda: shop.shares() == [2, 2])
    beside = Console(shop.folder, browser, "console")
    beside.start()
    beside.found("/today")
    yield beside
    for one in browser.contexts:
        one.close()
    assert beside.stop() == 0, beside.lines[-20:]


def send(page: Page, name: str, content: str) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    )


def reached(shop: Chain, account: str, to: str, text: str) -> bool:
    return any((place(one), one.get("text")) == (to, text) for one in shop.gateways[account].sent)


def test_what_a_worker_hears_is_shown_and_it_sends_what_is_answered(shop: Chain, console: Console) -> None:
    page = console.page("/messages")
    shop.gateways["a3"].drive("say", **{"from": "wx-alice-a3"}, text="人工，在吗")
    page.locator("a.q-item", has_text="Alice").first.click()  # without a reload
    page.wait_for_url("**/messages/*")
    page.get_by_label("以掌柜的名义回一句").fill("我是店长，您说")
    page.keyboard.press("Enter")
    expect(page.locator(".q-message-sent", has_text="我是店长，您说")).to_be_visible()
    shop.until("the answer", lambda: reached(shop, "a3", "wx-alice-a3", "我是店长，您说"))
    expect(page.get_by_role("link", name="已发").first).to_be_visible()
    shoot(page, "talk-beside-workers")


def test_groups_are_bound_an_account_is_stopped_and_the_calendar_goes_out(shop: Chain, console: Console) -> None:
    page = console.page("/groups")
    for account in ("a1", "a2"):
        row = page.locator(".nicegui-row", has_text=f"{account}@chatroom").last
        row.get_by_role("button", name="绑定").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox", name="层级").click()
        page.get_by_role("option", name="茶桌").click()
        dialog.get_by_role("button", name="绑定").click()
        expect(page.get_by_text(f"{account}@chatroom")).to_have_count(0)
    accounts = console.page("/accounts")
    card = accounts.locator(".z-card", has_text="编号 a2")
    card.get_by_role("button", name="停发").click()
    accounts.get_by_role("dialog").get_by_role("button", name="停发").click()
    expect(card.get_by_text("停发中")).to_be_visible()
    page.goto(console.address + "/calendar-import")
    due = datetime.now(ZONE) + timedelta(seconds=4)
    send(page, "posts.csv", f"key,date,time,tiers,text,catch_up\np1,{due:%Y-%m-%d,%H:%M:%S},茶桌,今晚有茶,within 1h\n")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("导入好了。")).to_be_visible()
    shop.until("the post", lambda: reached(shop, "a1", "a1@chatroom", "今晚有茶"))
    assert not reached(shop, "a2", "a2@chatroom", "今晚有茶")
    card.get_by_role("button", name="恢复发送").click()
    shop.until("the post that was held", lambda: reached(shop, "a2", "a2@chatroom", "今晚有茶"))


def test_a_playbook_that_is_imported_is_the_workers_a_second_later(shop: Chain, console: Console) -> None:
    page = console.page("/playbook")
    page.get_by_role("button", name="导入").click()
    send(page, "new.toml", PLAYBOOK.format(send_timeout=5).replace("你好呀", "新年好"))
    page.get_by_role("button", name="保存，马上生效").click()
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    page.wait_for_timeout(2_500)
    for account in ACCOUNTS:
        shop.gateways[account].drive("confirm", contact=f"wx-new-{account}", name="新友")
    greeting = GREETING.replace("你好呀", "新年好")
    for account in ACCOUNTS:
        shop.until("a greeting", lambda to=account: reached(shop, to, f"wx-new-{to}", greeting))  # type: ignore[misc]


def test_what_is_not_there_is_said(console: Console) -> None:
    page = console.page("/practice")
    expect(page.get_by_text("单独运行 python -m bot run")).to_be_visible()
    page.goto(console.address + "/calendar/new")
    expect(page.get_by_text("worker 在别的机器上时")).to_be_visible()


def test_a_database_that_is_away_is_said_until_it_is_back(shop: Chain, console: Console) -> None:
    name = make_url(shop.url).database
    page = console.page("/today")
    told = page.get_by_text("数据库用不了，先停着，好了会自己接着跑。这一页上是之前的样子。")
    page.get_by_role("heading", name="今天").wait_for()
    expect(told).to_have_count(0)
    (cookie,) = (one for one in console.signed_in["店主"]["cookies"] if one["name"].startswith("zhanggui"))
    with (
        httpx.Client(base_url=console.address, cookies={cookie["name"]: cookie["value"]}) as browser,
        psycopg.connect(postgresql_server(), autocommit=True) as server,
    ):
        assert browser.get("/today").status_code == 200
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            away = browser.get("/today")
            expect(told).to_be_visible()
            shoot(page, "today-database-away")
            assert faults_of(page) == []
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert (away.status_code, "数据库现在用不了" in away.text) == (503, True)
        assert browser.get("/today").status_code == 200
    expect(told).to_be_hidden()


def test_who_keeps_an_account_is_shown_and_when_nobody_does(shop: Chain, console: Console) -> None:
    page = console.page("/accounts")
    shop.until("shares", lambda: shop.shares() == [2, 2])
    for pid, count in Counter(shop.keepers().values()).items():
        expect(page.get_by_text(f"worker（进程 {pid}）管着")).to_have_count(count)
    shoot(page, "accounts-beside-workers")
    assert faults_of(page) == []
    dying, heir = shop.alive()
    shop.kill(dying)
    expect(page.get_by_text(f"worker（进程 {heir}）管着")).to_have_count(len(ACCOUNTS))
    shop.stop(heir)
    expect(page.get_by_text("没有 worker 管着这个号")).to_have_count(len(ACCOUNTS))
    expect(page.get_by_text("在线")).to_have_count(0)
    shoot(page, "accounts-without-workers")
    page.goto(console.address + "/today")
    expect(page.get_by_text("没有 worker", exact=True)).to_have_count(len(ACCOUNTS))
    shoot(page, "today-without-workers")
