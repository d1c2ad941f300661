"""The daily round of the running program."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from bot.story_lines import Text
from models.journal import Body, JournalEntry
from tests.crash.whole import Whole, configured, play
from tests.flows.playing import PLAYBOOK
from tests.store.stage import START


def test_what_is_too_old_goes_while_the_program_runs(sqlite_url: str, tmp_path: Path) -> None:
    whole = Whole(configured(tmp_path, "retention_days = 2\n" + PLAYBOOK), sqlite_url)

    async def scene(whole: Whole) -> None:
        whole.happen(Text(at=START, account="main", id="old", contact="wx-boss", text="早"))
        await asyncio.sleep(1.9 * 86_400)
        whole.happen(Text(at=START, account="main", id="new", contact="wx-boss", text="晚"))
        assert {row.wire_id for row in whole.rows(JournalEntry.wire_id)} >= {"old"}
        await asyncio.sleep(1.2 * 86_400)
        assert "old" not in {row.wire_id for row in whole.rows(JournalEntry.wire_id)}
        assert [row.text for row in whole.rows(Body.text)] == ["晚"]

    with structlog.testing.capture_logs() as logs:
        play(whole, scene)
    assert [line["event"] for line in logs if line["event"] == "retention"] == ["retention"]
