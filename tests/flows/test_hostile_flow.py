"""Names, ids, texts and commands made to break things: all of it is kept, and whoever comes next is served."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlmodel import col

from models.journal import Body, JournalEntry
from tests.flows.playing import Line, Stage, asks_to_be_friends, operator, says

MEGABYTE = "名" * 1_000_000
IDS = (
    "a\0b", "wx 1", "wx\n2", "*", "%", "?[]", "room-1@chatroom", "wx1 ", "\u202ewx", "'; DROP TABLE contact; --",
    "{name}", "\ud800x", "👨\u200d", "x" * 2_000, "\x1b[2J",
)  # fmt: skip
COMMANDS = (
    "/绑定 {x}{",
    "/bind " + "层" * 5_000,
    "／状态\n" * 2_000,
    "/who '\0",
    "/\ud800",
    "/x\n" * 1_300,
    "/" * 4_000,
)
WORLD: Line = {
    "world": {
        "accounts": [{"id": "main", "name": "小山"}],
        "contacts": [
            {"id": "wx-boss", "name": "老板", "friend_of": ["main"]},
            {"id": "wx\0n", "name": "半个\ud83d", "friend_of": ["main"], "tags": ["\0"], "remark": "\ud800"},
        ],
        "groups": [
            {"id": "room-1@chatroom", "topic": "\0\ud83d", "owner": "main", "members": ["main", "wx-boss", "wx\0n"]},
            {"id": "wx-boss", "topic": "与人同名的群", "owner": "main", "members": ["main", "wx-boss"]},
        ],
    }
}


def _hostile() -> list[Line]:
    room: dict[str, Any] = {"group": "room-1@chatroom"}
    people = [
        line
        for number, one in enumerate(IDS)
        for line in (
            asks_to_be_friends(f"09:{number:02}:00", one, hello=one, source=one),
            says(f"09:{number:02}:30", one, f"叫我{one}"),
        )
    ]
    commands = [
        says(f"10:{number:02}:{second:02}", who, text, **where)
        for number, text in enumerate(COMMANDS)
        for second, (who, where) in enumerate((("wx-boss", room), ("wx-boss", {}), ("wx 1", room), ("wx 1", {})))
    ]
    return [
        *people,
        *commands,
        says("11:00:00", "wx 1", MEGABYTE, mentions=[f"wx{number}" for number in range(10_000)], **room),
        says("11:01:00", "wx 1", f"这酒多少钱？{MEGABYTE}"),
        asks_to_be_friends("11:02:00", "wx-long") | {"name": MEGABYTE},
        {"at": "11:03:00", "type": "group_renamed", "account": "main", "group": "room-1@chatroom", "topic": MEGABYTE},
        {"at": "11:04:00", "type": "self_text", "account": "main", "to": "wx-boss", "text": "好\0"},
        {"at": "11:05:00", "type": "recalled", "account": "main", "message": "\0"},
        operator("11:06:00", "who 'wx\n2' --json"),
        operator("11:07:00", "deliveries explain " + "9" * 5_000),
        operator("11:08:00", "who '"),
        asks_to_be_friends("11:10:00", "wx-last"),
        says("11:11:00", "wx-last", "叫我老末"),
    ]


def test_whatever_comes_is_kept_whole_and_the_next_one_is_served(stage: Stage, database_url: str) -> None:
    played = stage.play(_hostile(), "--db", database_url, world=WORLD)
    assert played.exit == 0, played.errors
    greeted = [line["to"]["contact"] for line in played.arrived(kind="text") if line["delivery"].startswith("greet:")]
    assert len(greeted) == len(set(greeted)) == len(IDS) + 2
    assert "wx-last" in greeted
    assert [line["exit"] for line in played.lines if "operator" in line] == [0, 2, 2]
    engine = create_engine(database_url)
    with engine.connect() as connection:
        poison = connection.execute(
            select(col(JournalEntry.type), col(JournalEntry.error)).where(col(JournalEntry.error).is_not(None))
        ).all()
        longest = connection.execute(select(func.max(func.length(col(Body.text))))).scalar_one()
        messages = connection.execute(
            select(func.count()).select_from(JournalEntry).where(col(JournalEntry.type) == "message")
        ).scalar_one()
    engine.dispose()
    assert not poison
    assert longest == len(MEGABYTE) + len("这酒多少钱？")
    assert messages == len(IDS) + 4 * len(COMMANDS) + 3


def test_the_readable_transcript_of_it_obeys_nobody(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    from bot.command_line import main

    stage.play(_hostile(), world=WORLD)  # writes the story
    lines = (stage.folder / "story.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line) for line in lines)
    capsys.readouterr()
    assert main(["rehearse", str(stage.folder / "story.jsonl"), "--config", str(stage.folder / "config.toml")]) == 0
    out, errors = capsys.readouterr()
    assert not {char for char in out + errors if char in "\0\x1b\r\u202e\ud800"}
    assert max(map(len, out.splitlines())) < 6_000  # the operator wrote 5,000 digits
