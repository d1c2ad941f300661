"""A calendar file is read beside the running bot, and nothing that others changed meanwhile is taken back."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bot.cli import calendar, execute
from bot.cli.importing import in_force
from bot.config import load_config
from bot.desk import Desk
from bot.rehearsal import closed_desk
from bot.store import Store
from bot.store.migrating import upgrade
from content_calendar.entry import Entry
from content_calendar.workbook import write_calendar
from models.orders import DeleteEntriesOrder

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    upgrade(url)
    config = load_config(ROOT / "config.toml", {})
    return closed_desk(config, Store(url, lambda: NOW), lambda: NOW, tmp_path)


def workbook(desk: Desk, count: int) -> None:
    day = NOW.date()
    entries = [Entry(key=f"e{n}", date=day, time=NOW.time(), tiers=("堂口",), text=f"第 {n} 条") for n in range(count)]
    content = write_calendar(entries, "book.xlsx", desk.merchant.zone)
    (desk.folder / "book.xlsx").write_bytes(content)


async def test_the_bot_goes_on_while_a_workbook_is_read(desk: Desk) -> None:
    workbook(desk, 200)
    rounds = 0

    async def go_on() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0.001)
            rounds += 1

    going = asyncio.create_task(go_on())
    answer = await execute(["calendar", "import", "book.xlsx", "--dry-run", "--json"], desk)
    going.cancel()
    assert msgspec.json.decode(answer.out) == {"created": 200, "changed": 0, "same": 0, "faults": 0}
    assert rounds > 5
    assert in_force(desk) == {}


async def test_what_others_edit_while_a_workbook_is_read_is_not_taken_back(desk: Desk) -> None:
    workbook(desk, 2)
    assert (await execute(["calendar", "import", "book.xlsx"], desk)).exit == 0

    async def title_of(_url: str) -> str:
        await desk.order(DeleteEntriesOrder(merchant=desk.merchant.id, at=NOW, keys=("e1",)))
        return "一篇文章"

    (desk.folder / "link.csv").write_text(
        "编号,日期,时间,层级,正文\ne0,2026-11-23,09:00,堂口,https://mp.weixin.qq.com/s/a\n"
    )
    answer = await execute(["calendar", "import", "link.csv"], dataclasses.replace(desk, title_of=title_of))
    assert (answer.exit, answer.out) == (2, f"{calendar.OVERTAKEN}\n")
    assert {key: one.text for key, one in in_force(desk).items()} == {"e0": "第 0 条"}
