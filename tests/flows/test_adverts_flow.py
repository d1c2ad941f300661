"""Adverts and links of strangers in our groups are told to the staff, once a day; nobody is removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.flows.playing import Line, Stage, operator, says
from tests.flows.test_questions_flow import ROOM, WORLD

BOUND = operator("08:00:00", f"group bind {ROOM} --tier 分院 --owner wx-hall")


@pytest.fixture
def stage(tmp_path: Path, capsys: Any) -> Stage:
    return Stage(tmp_path, capsys)


def notes(stage: Stage, *story: Line) -> list[str]:
    played = stage.play([BOUND, *story], world=WORLD)
    assert not played.arrived(to=ROOM)
    return [line["text"] for line in played.arrived(to="wx-boss")]


@pytest.mark.parametrize(
    "text",
    ["想做兼职的加我微信，日结三百，手机就能做", "免费领红包 https://a.red-bag.top/x", "低价茅台一手货源，加V：tt8899"],
)
def test_an_advert_is_told(stage: Stage, text: str) -> None:
    [note] = notes(stage, says("10:00:00", "wx-b", text, group=ROOM), says("10:05:00", "wx-b", text, group=ROOM))
    assert f"（wx-b）在「分院一群」发了：{text}" in note


def test_a_link_that_leads_elsewhere_is_told_an_article_is_not(stage: Stage) -> None:
    link = {"type": "media", "account": "main", "contact": "wx-b", "group": ROOM, "kind": "link", "name": "躺赚"}
    assert notes(stage, {"at": "10:00:00", **link, "url": "https://x.scam.top/1"})
    assert not notes(stage, {"at": "10:00:00", **link, "url": "https://mp.weixin.qq.com/s/abc"})


def test_small_talk_staff_friends_links_and_strange_groups_are_let_be(stage: Stage) -> None:
    advert = says("10:00:00", "wx-b", "想做兼职的加我微信，日结三百，手机就能做", group=ROOM)
    assert not notes(stage, says("10:00:00", "wx-b", "我的单号是 20261123", group=ROOM))
    assert not notes(stage, advert | {"contact": "wx-hall"})
    assert not notes(stage, says("10:00:00", "wx-a", "我看的是这个 https://www.zhihu.com/q/1", group=ROOM))
    assert not stage.play([advert], world=WORLD).arrived()


def test_a_question_about_a_link_stays_a_question(stage: Stage) -> None:
    asked = says("10:00:00", "wx-b", "你们这个链接 https://shop.example.com 打不开怎么下单", group=ROOM)
    assert not stage.play([BOUND, asked], world=WORLD).arrived(to="wx-boss")
