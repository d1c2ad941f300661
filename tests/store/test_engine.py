"""What the writer's connection to an SQLite file is like, and those to a PostgreSQL that falls silent."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from bot.store.engine import hang_up, reader_engine, sqlite_driver, writer_engine


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


def test_a_dead_line_is_given_up_before_a_lease_unless_the_url_says_otherwise(postgresql_url: str) -> None:
    url = make_url(postgresql_url).update_query_dict({"keepalives_idle": "50"})
    engine = reader_engine(url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        told = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    engine.dispose()
    assert (told["keepalives_idle"], told["keepalives_interval"], told["keepalives_count"]) == ("50", "5", "3")
    assert int(told["tcp_user_timeout"]) < 30_000


@pytest.mark.parametrize("for_good", [False, True])
def test_who_waits_for_a_silent_server_is_told_that_the_line_is_lost(postgresql_url: str, for_good: bool) -> None:
    engine = reader_engine(postgresql_url)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        hanging_up = threading.Timer(0.3, hang_up, [engine], {"for_good": for_good})
        hanging_up.start()
        with pytest.raises(OperationalError):
            connection.exec_driver_sql("SELECT pg_sleep(60)")
        hanging_up.join()
    if for_good:
        with pytest.raises(OperationalError, match="about to end"):
            engine.connect()
    else:
        with engine.connect() as again:
            assert again.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
