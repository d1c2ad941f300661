"""What a command line asks of a running bot does not keep it from what it does."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.tables import MOST, table
from bot.config import load_config
from bot.desk import Answer, Desk, only_reads
from bot.rehearsal import closed_desk
from bot.store import Store
from bot.store.migrating import upgrade

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


async def test_the_bot_goes_on_while_somebody_reads(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    upgrade(url)
    desk = closed_desk(load_config(ROOT / "config.toml", {}), Store(url, lambda: NOW), lambda: NOW, tmp_path)
    desk = dataclasses.replace(desk, reading=asyncio.to_thread)  # as the program has it
    went_on = threading.Event()

    @only_reads
    def long_report(of: Desk) -> Answer:
        return Answer(f"{of.merchant.id} {went_on.wait(10)}")

    asyncio.get_running_loop().call_soon(went_on.set)
    assert await long_report(desk) == Answer("m1 True")


def test_a_table_ends_where_nobody_reads_on() -> None:
    rows = [{"key": f"post-{number:04}"} for number in range(MOST)]
    shown = table(rows, empty="")
    assert shown.splitlines()[1] == "post-0000"
    assert "--json" not in shown
    longer = table([*rows, {"key": "post-last"}], empty="").splitlines()
    assert longer[1] == "post-0001"
    assert longer[-2:] == ["post-last", f"只列了最后 {MOST} 行；要全部的，加 --json。"]
