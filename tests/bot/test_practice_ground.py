"""The practice ground fills a new database, and leaves alone one that somebody works with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import practice, reading
from bot.app import App, living
from bot.command_line import main
from bot.config import load_config
from bot.crowd import shipped_world
from bot.store import Store
from bot.store.migrating import upgrade
from bot.transports.simulator import SimulatorTransport
from bot.virtual_time import VirtualClock, run_virtually

CONFIG = Path(__file__).parents[2] / "config.toml"
OWN = "key,content_kind,date,time,rule,tiers,text\nmine,article,2026-12-01,09:00,daily,分舵,早\n"
BEGIN = datetime(2026, 12, 1, 2, tzinfo=UTC)


async def here_and_now(work: Callable[[], Any]) -> Any:
    return work()


def practised(url: str) -> set[str]:
    """The keys of the entries in force after a run of the practice ground."""
    upgrade(url)
    config = load_config(CONFIG, {})

    async def live() -> set[str]:
        clock = VirtualClock.running()
        with closing(Store(url, clock.now)) as store:
            world = shipped_world(clock.now, [(one.id, one.name) for one in config.accounts])
            transports = {one.id: SimulatorTransport(world, one.id) for one in config.accounts}
            app = App(config, store, transports, now=clock.now, in_store=here_and_now)
            async with living(app):
                await practice.prepare(app)
            with store.reading() as connection:
                return {entry.key for entry in reading.entries(connection, next(iter(app.merchants.values())))}

    return run_virtually(live(), BEGIN)


def test_a_new_database_gets_the_calendar_that_ships_again_and_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    first = practised(url)
    assert len(first) > 10
    assert {key for key in practised(url) if not key.startswith("演练-")} == {
        key for key in first if not key.startswith("演练-")
    }


def test_a_database_with_a_calendar_of_its_own_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, database = tmp_path / "own.csv", tmp_path / "own.db"
    own.write_text(OWN, encoding="utf-8")
    assert main(["calendar", "import", str(own), "--config", str(CONFIG), "--db", str(database)]) == 0
    assert practised(f"sqlite:///{database}") == {"mine"}
