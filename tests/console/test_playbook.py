"""运营方案: it is read, changed, compared, saved and brought back, while somebody else does the same."""

from __future__ import annotations

import tomllib
from pathlib import Path

from playwright.sync_api import expect

from models.playbook_titles import SECTIONS
from tests.console.conftest import PHONE, ROOT, Console, faults_of, shoot

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
        looks.context.close()
    phone = console.page("/playbook/survey", who="小看", size=PHONE)
    expect(phone.get_by_text("您贵姓？我好记个称呼。")).to_be_visible()
    shoot(phone, "playbook-survey-phone")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
