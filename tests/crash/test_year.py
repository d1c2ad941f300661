"""A calendar under a virtual clock: a 29 February, a night on which the clock is set; `make crash` plays 400 days."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bot.virtual_time import run_virtually
from content_calendar.entry import Entry, to_json
from models.orders import BindGroupOrder, ImportEntriesOrder
from tests.crash.whole import HALL, Whole, configured
from tests.flows.playing import PLAYBOOK

DAYS = int(os.environ.get("CRASH_DAYS", "60"))
BEGAN = datetime(2028, 2, 1, 12, tzinfo=UTC)


def test_every_day_has_its_one_post(sqlite_url: str, tmp_path: Path) -> None:
    playbook = "members_check_minutes = 10080\n" + PLAYBOOK
    whole = Whole(configured(tmp_path, playbook, zone="Europe/Berlin"), sqlite_url)

    async def year() -> None:
        async with whole.living():
            assert whole.app is not None
            daily = Entry(key="daily", rule="daily", time=time(2, 30), tiers=("分院",), text="每天一篇")
            bind = BindGroupOrder(merchant="m1", at=BEGAN, actor="t", account="main", group=HALL, tier="分院")
            await whole.app.ask(bind)
            entries = ((daily.key, daily.revision, to_json(daily).decode()),)
            await whole.app.ask(ImportEntriesOrder(merchant="m1", at=BEGAN, actor="t", entries=entries))
            await asyncio.sleep(DAYS * 86_400)

    run_virtually(year(), BEGAN)
    days = [(BEGAN + timedelta(days=number)).date() for number in range(1, DAYS + 1)]
    assert Counter(one.key for one in whole.delivered) == Counter(f"entry:daily:{day}:{HALL}" for day in days)
    assert f"entry:daily:2028-02-29:{HALL}" in {one.key for one in whole.delivered}
