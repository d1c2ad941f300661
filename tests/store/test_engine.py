"""What the writer's connection to an SQLite file is like."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.store.engine import sqlite_driver, writer_engine


@pytest.mark.parametrize(("made_with", "page"), [(None, 8192), (4096, 4096)], ids=["a new file", "a file of before"])
def test_the_log_is_as_long_whatever_the_pages_of_the_file_are(
    tmp_path: Path, made_with: int | None, page: int
) -> None:
    file = tmp_path / "shop.db"
    if made_with:
        with closing(sqlite_driver().connect(file)) as connection:
            connection.execute(f"PRAGMA page_size = {made_with}")
            connection.execute("CREATE TABLE before (id INTEGER)")
    engine = writer_engine(f"sqlite:///{file}")
    with engine.begin() as opened:
        opened.exec_driver_sql("CREATE TABLE now (id INTEGER)")
        assert opened.exec_driver_sql("PRAGMA page_size").scalar_one() == page
        assert opened.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() * page == 64 * 1024 * 1024
    engine.dispose()
    assert int.from_bytes(file.read_bytes()[16:18]) == page
