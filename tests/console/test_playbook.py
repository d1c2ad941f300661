"""运营方案: it is read, changed, compared, saved and brought back, while somebody else does the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from playwright.sync_api import Page, expect

from models.playbook_titles import SECTIONS
from tests.console.conftest import PHONE, ROOT, Console, faults_of, shoot
from tests.console.test_practice import HOSTILE

SHIPPED = (ROOT / "playbooks" / "liquor-club.toml").read_text("utf-8")


def test_every_part_is_shown_and_the_whole_is_exported_as_it_was_written(console: Console) -> None:
    page = console.page("/playbook")
    for section in SECTIONS:
        expect(page.get_by_role("main").get_by_text(section.name, exact=True)).to_be_visible()
    shoot(page, "playbook")
    assert faults_of(page) == []
    with page.expect_download() as downloading:
        page.get_by_role("button", name="导出").click()
    assert Path(downloading.value.path()).read_text("utf-8") == SHIPPED
    assert tomllib.loads(SHIPPED)["name"] == "酒友社"
    console.join("小看", "viewer")
    for section in SECTIONS:
        looks = console.page(f"/playbook/{section.id}", who="小看")
        expect(looks.get_by_role("main").get_by_role("heading").first).to_be_visible()
        assert faults_of(looks) == [], section.id
        shoot(looks, f"playbook-{section.id}")
        looks.close()
    phone = console.page("/playbook/survey", who="小看", size=PHONE)
    expect(phone.get_by_text("您贵姓？我好记个称呼。")).to_be_visible()
    shoot(phone, "playbook-survey-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def faults_of_dialog(page: Page) -> list[str]:
    """What axe finds, but for contrasts: it takes what is scrolled out of sight below a button for its background."""
    return [fault for fault in faults_of(page) if not fault.startswith("color-contrast")]


def save(page: Page) -> None:
    """Look at what is different, and save."""
    page.get_by_role("button", name="看改动，再保存").click()
    page.get_by_role("dialog").get_by_role("button", name="保存，马上生效").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def exported(console: Console, name: str) -> str:
    """The playbook in force as the command line writes it."""
    console.command("playbook", "export", str(console.folder / name))
    return (console.folder / name).read_text("utf-8")


def test_a_number_is_changed_refused_while_it_is_none_compared_and_saved(console: Console) -> None:
    page = console.page("/playbook/caps")
    daily = page.get_by_label("每人每天", exact=True)
    daily.fill("很多")
    expect(page.get_by_text("还不能存：「打扰上限与免打扰」有 1 处不对")).to_be_visible()
    expect(page.get_by_text("要填整数", exact=True)).to_be_visible()
    shoot(page, "playbook-wrong")
    assert faults_of(page) == []
    daily.fill("5")
    page.goto(console.address + "/playbook/persona")  # what is not saved goes along
    page.get_by_label("语气").fill(HOSTILE)
    page.get_by_role("button", name="看改动，再保存").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("改了 2 处")).to_be_visible()
    expect(dialog.get_by_text("打扰上限 · 每人每天")).to_be_visible()
    expect(dialog.get_by_text("6 条", exact=True)).to_be_visible()
    expect(dialog.get_by_text("5 条", exact=True)).to_be_visible()
    dialog.get_by_text("看 TOML 改了哪几行").click()
    expect(dialog.get_by_text("+ person_per_day = 5")).to_be_visible()
    page.wait_for_timeout(500)  # while it fades in, nothing has its colours
    shoot(page, "playbook-diff")
    assert faults_of_dialog(page) == []
    dialog.get_by_role("button", name="保存，马上生效").click()
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    expect(page.get_by_label("语气")).to_have_value(HOSTILE)
    assert page.title() != "owned"
    now = exported(console, "saved.toml")
    assert tomllib.loads(now)["caps"]["person_per_day"] == 5
    assert now.count("#") == SHIPPED.count("#")  # the comments are all there
    assert "console:店主" in console.command("audit", "--json")


def test_questions_come_move_and_go(console: Console) -> None:
    page = console.page("/playbook/survey")
    page.get_by_role("button", name="问题「budget」往前").click()
    page.get_by_role("button", name="添一条问题").click()
    expect(page.get_by_text("还不能存：「建档」有")).to_be_visible()
    page.wait_for_timeout(500)
    shoot(page, "playbook-question")
    assert faults_of(page) == []
    page.get_by_role("button", name="去掉问题第 9 条").click()
    expect(page.get_by_text("改了，还没存。")).to_be_visible()
    page.get_by_text("「style」").click()
    page.get_by_role("button", name="改只问这些人").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("有标签", exact=True)).to_be_visible()
    dialog.get_by_label("有标签", exact=True).fill("老客 常客")
    page.wait_for_timeout(500)
    shoot(page, "playbook-condition")
    assert faults_of_dialog(page) == []
    dialog.get_by_role("button", name="好", exact=True).click()
    expect(page.get_by_text("有标签 老客、常客；adult 是 是")).to_be_visible()
    save(page)
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    survey = tomllib.loads(exported(console, "survey.toml"))["survey"]["questions"]
    assert [one["key"] for one in survey][:4] == ["call", "adult", "style", "budget"]
    assert survey[2]["when"] == {"adult": True, "tags": ["老客", "常客"]}


def test_two_who_change_at_once_do_not_overwrite_each_other_and_one_goes_back(console: Console) -> None:
    console.join("小管", "admin")
    page, other = console.page("/playbook/caps"), console.page("/playbook/caps", who="小管")
    page.get_by_label("每群每天", exact=True).fill("3")
    other.get_by_label("每人每周", exact=True).fill("9")
    expect(page.get_by_text("改了，还没存。")).to_be_visible()
    save(page)
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    save(other)
    expect(other.get_by_text("您改的时候有人存过新方案，这次没有存。").first).to_be_visible()
    other.reload()
    other.get_by_role("button", name="在新的上面接着改").click()
    expect(other.get_by_label("每群每天", exact=True)).to_have_value("3")
    expect(other.get_by_label("每人每周", exact=True)).to_have_value("9")
    save(other)
    expect(other.get_by_text("存好了，已经生效。")).to_be_visible()
    page.goto(console.address + "/playbook/history")
    expect(page.get_by_text("小管").first).to_be_visible()
    shoot(page, "playbook-history")
    assert faults_of(page) == []
    page.get_by_role("button", name="回到这一版").last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("每人每周", exact=False).first).to_be_visible()
    dialog.get_by_role("button", name="回到这一版，马上生效").click()
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    assert exported(console, "back.toml") == SHIPPED
    looks = console.page("/playbook/history", who="小看")
    expect(looks.get_by_text("第一次启动时的文件")).to_be_visible()
    expect(looks.get_by_role("button", name="回到这一版")).to_have_count(0)
    phone = console.page("/playbook/survey", size=PHONE)
    expect(phone.get_by_text("改这里的任何一处")).to_be_visible()
    shoot(phone, "playbook-form-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_file_is_refused_with_its_lines_or_shown_and_put_in_force(console: Console) -> None:
    page = console.page("/playbook")
    page.get_by_role("button", name="导入").click()
    wrong = b'name = "x"\n[caps]\nperson_per_dya = 3\n'
    page.locator("input[type=file]").set_input_files({"name": "a.toml", "mimeType": "text/plain", "buffer": wrong})
    expect(page.get_by_text("第 3 行 caps.person_per_dya：没有这个键，是不是 'person_per_day'？")).to_be_visible()
    page.wait_for_timeout(1_500)  # the bar of the upload is gone
    shoot(page, "playbook-import-wrong")
    assert faults_of_dialog(page) == []
    page.get_by_role("button", name="知道了").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    for broken, told in (
        (b"", "第 1 行：文件里没有内容，写上方案再用，空着等于把整个方案清空"),
        (b'name = "x"\n[caps\n', "第 2 行「[caps」：方括号有开头没有结尾，补上 ]"),
    ):
        page.get_by_role("button", name="导入").click()
        send = {"name": "a.toml", "mimeType": "text/plain", "buffer": broken}
        page.locator("input[type=file]").set_input_files(send)  # type: ignore[arg-type]
        expect(page.get_by_text(told)).to_be_visible()
        page.get_by_role("button", name="知道了").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    text = SHIPPED.replace("person_per_day = 6", "person_per_day = 8  # 过年多一点")
    page.get_by_role("button", name="导入").click()
    buffer = text.replace("\n", "\r\n").encode("utf-8-sig")
    page.locator("input[type=file]").set_input_files({"name": "a.toml", "mimeType": "text/plain", "buffer": buffer})
    expect(page.get_by_text("8 条", exact=True)).to_be_visible()
    page.get_by_role("button", name="保存，马上生效").click()
    expect(page.get_by_text("存好了，已经生效。")).to_be_visible()
    assert exported(console, "imported.toml") == text


def test_a_file_that_takes_long_to_read_is_shown_though_its_dialog_is_gone(console: Console) -> None:
    page = console.page("/playbook")
    page.get_by_role("button", name="导入").click()
    words = ", ".join(f'"没人这么说{number}"' for number in range(25_000))
    buffer = SHIPPED.replace("sensitive = [", f"sensitive = [{words}, ", 1).encode()
    page.locator("input[type=file]").set_input_files({"name": "a.toml", "mimeType": "text/plain", "buffer": buffer})
    expect(page.get_by_text(re.compile("^改了 . 处$"))).to_be_visible()


def test_a_survey_is_tried_before_it_is_saved(console: Console) -> None:
    page = console.page("/playbook/reception")
    page.get_by_label("问候 1", exact=True).fill("{shop}的新问候")
    for number in (4, 3, 2):
        takes_away = page.get_by_role("button", name=f"去掉问候 {number}")
        takes_away.click()
        expect(takes_away).to_have_count(0)
    expect(page.get_by_text("改了，还没存。")).to_be_visible()
    page.get_by_role("link", name="试一试").click()
    expect(page.get_by_text("用的是您改过、还没存的方案。")).to_be_visible()
    expect(page.get_by_text("临江酒社的新问候")).to_be_visible()
    words = page.get_by_label("扮成新客人说点什么")
    for text in (HOSTILE, "叫我老顾", "满了"):
        words.fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".q-message-sent", has_text=text)).to_be_visible()
        expect(words).to_have_value("")  # the box is empty again: nobody types on before
    expect(page.get_by_text("已成年")).to_be_visible()
    shoot(page, "playbook-try")
    assert faults_of(page) == []
    assert page.title() != "owned"
    assert "老顾" not in console.command("deliveries", "list", "--json")
    page.goto(console.address + "/playbook")
    page.get_by_role("button", name="放弃").click()
    page.get_by_role("dialog").get_by_role("button", name="不要了").click()
    expect(page.get_by_role("button", name="放弃")).to_have_count(0)
    phone = console.page("/playbook/try", who="小看", size=PHONE)
    expect(phone.get_by_text("用的是现在的方案。")).to_be_visible()
    shoot(phone, "playbook-try-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
