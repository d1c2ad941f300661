"""The golden example plays as it is: request, greeting, survey, tags, remark, invitation, posts, a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.command_line import main

EXAMPLE = Path(__file__).parent / "example"


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    """What the example prints."""
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("sys.stdout.write", printed.append)
        story = [str(EXAMPLE / "story.jsonl"), "--config", str(EXAMPLE / "config.toml")]
        assert main(["rehearse", *story, "--to", "2026-11-25T12:00:00+08:00", "--json"]) == 0
    return [json.loads(line) for line in "".join(printed).splitlines()]


def wire(lines: list[dict[str, Any]], **wanted: str) -> list[dict[str, Any]]:
    """What really arrived."""
    found = [{"at": line["at"], **line["wire"]} for line in lines if "wire" in line]
    return [line for line in found if all(line[name] == value for name, value in wanted.items())]


def test_one_acceptance_one_greeting_one_first_question(lines: list[dict[str, Any]]) -> None:
    assert len(wire(lines, kind="friend_accept")) == 1
    assert len(wire(lines, delivery="greet:wx-lin")) == 1
    assert len(wire(lines, delivery="ask:wx-lin:1")) == 1


def test_tea_and_budget_come_from_one_message_and_are_not_asked_again(lines: list[dict[str, Any]]) -> None:
    who = json.loads(next(line["out"] for line in lines if line.get("operator") == "who wx-lin --json"))
    assert {key: answer["value"] for key, answer in who["answers"].items()} == {
        "call": "老林",
        "tea": ["rock"],
        "budget": 800,
        "city": "浙江省杭州市",
    }
    assert set(who["tags"]) == {"已留称呼", "岩红", "高价位"}
    assert who["remark"] == "茶友-老林-浙江省杭州市"
    assert who["groups"] == ["tea-1@chatroom"]
    assert len([line for line in wire(lines) if line["delivery"].startswith("ask:wx-lin:")]) == 3


def test_the_posts_are_on_time_in_the_groups_of_their_tiers(lines: list[dict[str, Any]]) -> None:
    posts = [(line["at"][:16], line["delivery"]) for line in wire(lines) if line["delivery"].startswith("entry:")]
    assert posts == [
        ("2026-11-24T08:30", "entry:m-1:2026-11-24:tea-1@chatroom"),
        ("2026-11-24T08:30", "entry:m-1:2026-11-24:table-1@chatroom"),
        ("2026-11-24T09:00", "entry:a-1:2026-11-24:tea-1@chatroom"),
        ("2026-11-25T08:30", "entry:m-1:2026-11-25:tea-1@chatroom"),
        ("2026-11-25T08:30", "entry:m-1:2026-11-25:table-1@chatroom"),
        ("2026-11-25T10:00", "entry:p-1:2026-11-25:wx-lin"),
    ]


def test_the_admin_is_answered_in_the_group(lines: list[dict[str, Any]]) -> None:
    assert [line["to"] for line in wire(lines, delivery="command:wx-boss:e5")] == [{"group": "tea-1@chatroom"}]
