"""A copy to try something on: every row of any database, as SQLite keeps it."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.command_line import main
from bot.store.backup import BackupError
from bot.store.copying import OF_ITS_OWN, copy
from bot.store.engine import sqlite_driver
from bot.store.moving import Moved
from bot.store.snapshot import snapshot
from models.tables import METADATA
from tests.store.databases import new_postgresql

SHOP = Path(__file__).parents[1] / "flows" / "example"


def rows(file: Path) -> dict[str, list[Any]]:
    with closing(sqlite_driver().connect(file)) as opened:
        return {
            table.name: sorted(map(repr, opened.execute(f"SELECT * FROM {table.name}")))
            for table in METADATA.sorted_tables
            if table.name not in OF_ITS_OWN
        }


def test_a_copy_of_postgresql_is_the_sqlite_file_that_went_in(tmp_path: Path, postgresql_url: str) -> None:
    played = tmp_path / "played.db"
    story, config = SHOP / "story.jsonl", SHOP / "config.toml"
    assert main(["rehearse", str(story), "--config", str(config), "--db", str(played), "--json"]) == 0
    copy(f"sqlite:///{played}", postgresql_url, Moved(datetime(2026, 11, 23, tzinfo=UTC), "there"))
    snapshot(postgresql_url, tmp_path / "copy.db")
    assert rows(tmp_path / "copy.db") == rows(played)


def test_an_old_database_is_to_be_upgraded_first(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="db upgrade"):
        snapshot(new_postgresql(), tmp_path / "copy.db")
