"""An entry written by hand: an author with a picture, the owner's word, and two who change the same."""

from __future__ import annotations

import base64

from playwright.sync_api import Dialog, Locator, Page, TimeoutError, expect

from tests.console.conftest import PHONE, Console, faults_of, shoot
from tests.console.test_calendar import cell, month, next_monday, put

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGPgCluPBzGMSq/HgQDfPpNJvPR8sAAAAABJRU5ErkJggg=="
)


def send(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def choose(page: Page, label: str, option: str) -> None:
    """A list that the choice before it makes anew shuts while it opens: whoever sees that opens it again."""
    for _ in range(5):
        page.get_by_role("combobox", name=label, exact=True).click()
        try:
            return page.get_by_role("option", name=option, exact=True).click(timeout=10_000)
        except TimeoutError:
            continue
    raise AssertionError(f"{label}: no {option}")


def fill(box: Locator, text: str) -> None:
    """The server's last word on a box comes before a person types."""
    box.fill(text)
    expect(box).to_have_value(text)


def test_an_author_writes_and_the_owner_lets_it_go(console: Console) -> None:
    console.join("小笔", "author")
    monday = next_monday()
    calendar = console.page(month(monday) + "&view=week", who="小笔")
    calendar.get_by_title(f"在{monday.month}月{monday.day}日新建一条").click()
    calendar.wait_for_url(f"**/calendar/new?day={monday}")
    page = calendar
    expect(page.get_by_label("哪天")).to_have_value(str(monday))
    expect(page.get_by_text("还没填完。")).to_be_visible()
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_text("时间：HH:MM").first).to_be_visible()
    fill(page.get_by_label("标题"), "周一小酌")
    fill(page.get_by_label("正文"), "周一好，")
    page.get_by_role("button", name="插入称呼等").click()
    page.get_by_role("dialog").get_by_role("button", name="插入").click()
    expect(page.get_by_label("正文")).to_have_value("周一好，{name|朋友}")
    page.get_by_role("button", name="给一部分人换个说法").click()
    choose(page, "谁", "在层级")
    choose(page, "哪些", "堂口")
    page.keyboard.press("Escape")
    fill(page.get_by_label("他们看到的"), "堂口的朋友，今晚老地方。")
    choose(page, "怎么重复", "每周几")
    fill(page.get_by_label("几点"), "19:30")
    choose(page, "层级（发到这一层的群）", "堂口")
    page.keyboard.press("Escape")
    send(page, "海报.png", PNG)
    expect(page.get_by_text("海报-").first).to_be_visible()
    expect(page.locator(".z-next")).to_have_count(5)
    expect(page.locator(".z-next").last).to_contain_text("19:30")
    expect(page.get_by_text("个群，里面一共")).to_be_visible()
    expect(page.locator(".z-bubble")).to_contain_text("周一好，…")
    choose(page, "谁看到的", "层级「堂口」")
    expect(page.locator(".z-bubble")).to_have_text("堂口的朋友，今晚老地方。")
    expect(page.locator(".q-notification")).to_have_count(0)
    shoot(page, "entry-new")
    assert faults_of(page) == []
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="周一小酌")).to_be_visible()
    expect(page.get_by_text("等人通过").first).to_be_visible()
    expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)
    boss = console.page(page.url.removeprefix(console.address))
    boss.get_by_role("button", name="通过", exact=True).click()
    expect(page.get_by_text("可以发", exact=True)).to_be_visible()
    looks = console.page(month(monday) + "&view=week")
    expect(cell(looks, "周一小酌").first).to_be_visible()
    assert '"calendar.write"' in console.command("audit", "--json")


def test_two_who_change_the_same_see_each_other_and_choose(console: Console) -> None:
    put(console, f"两人,两人改的,talk,,{next_monday()},15:00,,堂口,,原来的话,否")
    mine, other = console.page("/calendar/两人/edit"), console.page("/calendar/两人/edit")
    fill(other.get_by_label("正文"), "对方的话")
    fill(other.get_by_label("几点"), "16:00")
    fill(mine.get_by_label("正文"), "我的话")
    fill(mine.get_by_label("标题"), "我改的标题")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_text("对方的话")).to_be_visible()
    expect(other.get_by_role("button", name="改这一条")).to_be_visible()
    alert = mine.get_by_role("alert").filter(has_text="改了这一条")
    expect(alert).to_contain_text("对方的话")
    mine.get_by_role("button", name="保存").click()
    expect(mine.get_by_text("别人刚改过这一条，没有存")).to_be_visible()
    expect(mine.locator(".q-notification")).to_have_count(0)
    shoot(mine, "entry-conflict")
    assert faults_of(mine) == []
    mine.get_by_role("button", name="都改了的，用我的").click()
    expect(mine.get_by_label("几点")).to_have_value("16:00")
    expect(mine.get_by_label("正文")).to_have_value("我的话")
    mine.get_by_role("button", name="保存").click()
    expect(mine.get_by_role("heading", name="我改的标题")).to_be_visible()
    expect(mine.locator(".z-bubble")).to_have_text("我的话")
    mine.get_by_role("link", name="改过的").click()
    expect(mine.get_by_text("现在用的")).to_be_visible()
    expect(mine.get_by_role("button", name="回到这一版")).to_have_count(2)
    shoot(mine, "entry-history")
    assert faults_of(mine) == []
    mine.get_by_role("button", name="回到这一版").last.click()
    expect(mine.get_by_label("正文")).to_have_value("原来的话")
    mine.get_by_role("button", name="保存").click()
    expect(mine.get_by_role("heading", name="两人改的")).to_be_visible()
    expect(mine.locator(".z-bubble")).to_have_text("原来的话")


def test_what_is_no_picture_is_refused_and_a_phone_and_the_dark_have_room(console: Console) -> None:
    page = console.page("/calendar/new?kind=article&tier=堂口", size=PHONE, color_scheme="dark")
    for name, content, told in (("a.svg", b"<svg/>", "不收 .svg"), ("a.png", b"<html>", "里面不是 png")):
        send(page, name, content)
        expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_text("还没填完。")).to_be_visible()
    shoot(page, "entry-new-phone-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults_of(page) == []
    console.join("小瞧", "viewer")
    looks = console.page("/calendar/new", who="小瞧")
    expect(looks.get_by_text("这一页不归您看")).to_be_visible()


def test_what_is_not_saved_is_asked_about_before_it_is_lost(console: Console) -> None:
    put(console, f"没存,没存的,talk,,{next_monday()},15:00,,堂口,,原来的话,否")
    page = console.page("/calendar/没存/edit")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if dialog.type == "beforeunload":
            dialog.dismiss()  # stay

    page.on("dialog", answer)
    fill(page.get_by_label("正文"), "写了半天的话")
    expect(page.locator(".z-bubble")).to_have_text("写了半天的话")
    page.get_by_role("link", name="消息").click()
    expect(page.get_by_text("这一页改了还没存，离开就没了。")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(1)
    shoot(page, "entry-unsaved")
    assert faults_of(page) == []
    page.get_by_role("button", name="接着写").click()
    expect(page.get_by_label("正文")).to_have_value("写了半天的话")
    page.evaluate("window.location.reload()")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("正文")).to_have_value("写了半天的话")
    fill(page.get_by_label("正文"), "原来的话")
    expect(page.locator(".z-bubble")).to_have_text("原来的话")
    page.get_by_role("link", name="← 回到这条").click()  # it is as it was: nobody is asked
    expect(page.get_by_role("button", name="改这一条")).to_be_visible()
    page.get_by_role("button", name="改这一条").click()
    fill(page.get_by_label("正文"), "不要的话")
    expect(page.locator(".z-bubble")).to_have_text("不要的话")
    page.get_by_role("link", name="今天").click()
    page.get_by_role("button", name="不存，离开").click()
    page.wait_for_url("**/today")
    page.goto(console.address + "/calendar/没存/edit")
    fill(page.get_by_label("正文"), "存下的话")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="改这一条")).to_be_visible()
    expect(page.locator(".z-bubble")).to_have_text("存下的话")
    assert asked == ["beforeunload"]
