"""Getting in, and being kept out."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import PASSWORD, PHONE, Console, faults_of, shoot


def status(console: Console, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    where = urlsplit(console.address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def test_strangers_see_the_entrance_and_nothing_else(console: Console) -> None:
    code, headers = status(console, "GET", "/today", accept="text/html")
    assert (code, headers["location"]) == (303, "/sign-in?next=/today")
    assert status(console, "GET", "/_nicegui_ws/socket.io/?EIO=4&transport=polling")[0] == 401
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    ours = {"origin": console.address, "sec_websocket_key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    assert status(console, "GET", "/_nicegui_ws/socket.io/?EIO=4&transport=websocket", **upgrade, **ours)[0] == 403


def test_the_first_link_works_once(console: Console) -> None:
    link = console.said(r"http://[^/]+(/setup\?token=\S+)")
    assert status(console, "GET", link)[0] == 410


def test_a_page_of_elsewhere_cannot_use_a_session(console: Console) -> None:
    (cookie,) = console.signed_in["店主"]["cookies"]
    mine = f"{cookie['name']}={cookie['value']}"
    assert status(console, "GET", "/today", cookie=mine)[0] == 200
    assert status(console, "GET", "/today", cookie=mine, origin="http://evil.example")[0] == 403
    assert status(console, "GET", "/today", cookie=mine, host="evil.example")[0] == 421
    assert status(console, "POST", "/sign-out", cookie=mine)[0] == 403
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    theirs = {"origin": "http://evil.example", "sec_websocket_key": "MDEyMzQ1Njc4OWFiY2RlZg==", "cookie": mine}
    assert status(console, "GET", "/_nicegui_ws/socket.io/?EIO=4&transport=websocket", **upgrade, **theirs)[0] == 403


def test_headers(console: Console) -> None:
    _, headers = status(console, "GET", "/sign-in")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    (cookie,) = console.signed_in["店主"]["cookies"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"


def test_somebody_signs_in_and_out(console: Console) -> None:
    page = console.context(size=PHONE).new_page()
    page.goto(console.address + "/today")
    shoot(page, "sign-in-phone")
    assert faults_of(page) == []
    page.fill("input[name=name]", "店主")
    page.fill("input[name=password]", "不是这个密码")
    page.click("button")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不对。")
    page.fill("input[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url("**/today")
    page.get_by_label("我的账号").click()
    page.get_by_text("退出").click()
    page.wait_for_url("**/sign-in")
    page.goto(console.address + "/today")
    page.wait_for_url("**/sign-in?next=**")


def test_somebody_takes_another_password_and_is_signed_out_elsewhere(console: Console) -> None:
    console.join("小赵", "viewer")
    elsewhere = console.page("/today", who="小赵")
    context = console.context()
    page = context.new_page()
    page.goto(console.address + "/sign-in?next=/me")
    page.fill("input[name=name]", "小赵")
    page.fill("input[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url("**/me")
    expect(page.get_by_text("（就是这台）")).to_have_count(1)
    shoot(page, "myself")
    assert faults_of(page) == []
    for old, again, told in (("不对的旧密码", "新的密码一二三四", "现在的密码不对"), (PASSWORD, "新", "不一样")):
        page.get_by_label("现在的密码").fill(old)
        page.get_by_label("新密码（至少 8 位）").fill("新的密码一二三四")
        page.get_by_label("再输一遍新密码").fill(again)
        page.get_by_role("button", name="改密码").click()
        expect(page.get_by_role("alert")).to_contain_text(told)
    page.get_by_label("再输一遍新密码").fill("新的密码一二三四")
    page.get_by_role("button", name="改密码").click()
    page.wait_for_url("**/me?changed=1")
    expect(page.get_by_text("密码改好了")).to_be_visible()
    is_signed_out(console, elsewhere)
    assert "operator.password" in console.command("audit", "--json")
    phone = context.new_page()
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    phone.goto(console.address + "/me")
    phone.get_by_role("button", name="全部退出").click()
    phone.get_by_role("dialog").get_by_role("button", name="全部退出").click()
    phone.wait_for_url("**/sign-in")
    is_signed_out(console, page)


def is_signed_out(console: Console, page: Page) -> None:
    """By a page beside it: the page itself may be on its way to the entrance, since it looks for news."""
    beside = page.context.new_page()
    beside.goto(console.address + "/today")
    beside.wait_for_url("**/sign-in?next=**")


def test_passwords_are_not_guessed(console: Console) -> None:
    page = console.context().new_page()
    page.goto(console.address + "/sign-in")
    for _ in range(8):
        page.fill("input[name=name]", "' OR 1=1 --<b>")
        page.fill("input[name=password]", "123456789")
        page.click("button")
    expect(page.get_by_role("alert")).to_contain_text("秒后再试")
    expect(page.locator("input[name=name]")).to_have_value("' OR 1=1 --<b>")


def test_who_is_removed_is_out_at_once(console: Console) -> None:
    console.join("小林", "viewer")
    page = console.page("/today", who="小林")
    console.command("operator", "remove", "小林")
    page.goto(console.address + "/today")
    page.wait_for_url("**/sign-in?next=**")


@pytest.mark.parametrize("path", ["/today", "/practice"])
def test_pages_are_usable_by_everybody(console: Console, path: str) -> None:
    page = console.page(path)
    assert faults_of(page) == []
