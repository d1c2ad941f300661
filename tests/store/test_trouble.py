"""Trouble that passes: a full disk, a locked file, a lost connection. Nothing is lost, and nothing is written twice."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.database_urls import sqlite_path
from bot.store import Store
from bot.store.batch import apply
from bot.store.engine import is_passing, sqlite_driver
from models.deliveries import Delivery
from models.journal import Body, JournalEntry
from models.people import Contact
from tests.store.databases import postgresql_server
from tests.store.stage import START, Shop, merchant, nothing, post, said, shop


def limit_pages(stage: Shop, more: int) -> None:
    """Let the file grow by so many pages only, as on a disk that is almost full."""
    with stage.store.writing() as writing:
        run = writing.connection.exec_driver_sql
        pages: int = run("PRAGMA page_count").scalar_one()
        run(f"PRAGMA max_page_count = {pages + more}")


def test_a_full_disk_loses_nothing(sqlite_url: str) -> None:
    events = [said(f"wx{n}", "长" * 2000, wire_id=f"e{n}") for n in range(200)]
    with shop(sqlite_url) as stage:
        stage.apply(said("wx-before", wire_id="before"), decide=nothing)
        limit_pages(stage, 20)
        for _ in range(3):
            with pytest.raises(OperationalError, match="full") as caught:
                stage.apply(*events, decide=nothing)
            assert is_passing(caught.value)
        assert [row.wire_id for row in stage.rows(JournalEntry)] == ["before"]
        limit_pages(stage, 1_000_000)
        outcomes = stage.apply(*events, decide=nothing)
        assert not any(one.error or one.duplicate for one in outcomes)
        assert len(stage.rows(JournalEntry)) == 201
        assert len(stage.rows(Body)) == 201
        with stage.store.reading() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_a_locked_file_loses_nothing(sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path is not None
    with shop(sqlite_url) as stage:
        with stage.store.writing() as writing:
            writing.connection.exec_driver_sql("PRAGMA user_version")
        stage.store._connection.exec_driver_sql("SELECT 1")
        stage.store._connection.rollback()
        raw = stage.store._connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA busy_timeout = 50")
        with contextlib.closing(sqlite_driver().connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError, match="locked"):
                stage.apply(said("wx1", wire_id="a"), decide=nothing)
            other.execute("ROLLBACK")
        assert not stage.apply(said("wx1", wire_id="a"), decide=nothing)[0].duplicate
        assert len(stage.rows(JournalEntry)) == 1


def test_a_lost_connection_is_made_again(postgresql_url: str) -> None:
    kill = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with shop(postgresql_url) as stage, contextlib.closing(Store(postgresql_url, lambda: START)) as other:
        with other.writing() as writing:
            writing.connection.execute(kill)
        with pytest.raises(OperationalError):
            stage.apply(said("wx1", wire_id="a"), decide=nothing)
        assert not stage.apply(said("wx1", wire_id="a"), decide=nothing)[0].duplicate
        assert len(stage.rows(JournalEntry)) == 1


def test_a_database_that_may_only_be_read_for_a_while_loses_nothing(postgresql_url: str) -> None:
    """As in the middle of a failover: what was said was buried as poison, and the program ended."""
    name = make_url(postgresql_url).database
    with shop(postgresql_url) as stage, psycopg.connect(postgresql_server(), autocommit=True) as server:

        def cut_after(change: str) -> None:
            server.execute(f'ALTER DATABASE "{name}" {change}')
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            with contextlib.suppress(OperationalError):
                stage.apply(decide=nothing)  # it is told that its connection is gone

        cut_after("SET default_transaction_read_only = on")
        for _ in range(2):
            with pytest.raises(OperationalError, match="read-only") as caught:
                stage.apply(said("wx1", wire_id="a"), said("wx1", wire_id="b"), decide=nothing)
            assert is_passing(caught.value)
        assert stage.rows(JournalEntry) == []
        cut_after("RESET default_transaction_read_only")
        outcomes = stage.apply(said("wx1", wire_id="a"), said("wx1", wire_id="b"), decide=nothing)
        assert not any(one.error or one.duplicate for one in outcomes)
        assert len(stage.rows(JournalEntry)) == 2


def test_a_statement_that_is_too_large_is_no_trouble_that_passes(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        with pytest.raises(OperationalError) as caught, stage.store.writing() as writing:
            writing.connection.execute(text("SELECT 1 WHERE " + " OR ".join(["1 = 2"] * 5000)))
        assert not is_passing(caught.value)


def test_listeners_hear_only_of_what_is_committed(sqlite_url: str) -> None:
    heard: list[int] = []
    with shop(sqlite_url) as stage:
        contact = stage.befriend("wx1")["wx1"]
        stage.store.listeners.append(lambda writing: heard.append(len(writing.changes)))
        with pytest.raises(IntegrityError), stage.store.writing() as writing:
            writing.insert(Body, [{"id": 1, "merchant_id": "m1", "text": "x"}] * 2)
        assert heard == []
        stage.bring_about(post("p1", contact_id=contact))
        assert heard == [1]


def test_a_batch_that_fails_in_the_middle_leaves_nothing_behind(database_url: str) -> None:
    with shop(database_url) as stage:
        with pytest.raises(IntegrityError), stage.store.writing() as writing:
            writing.insert(Body, [{"id": n, "merchant_id": "m1", "text": "x"} for n in (1, 2, 3, 1)])
        assert stage.rows(Body) == []
        outcomes = apply(stage.store, {"m1": merchant()}, [said("wx1", wire_id="a")], nothing)
        assert not outcomes[0].error
        assert len(stage.rows(Contact)) == 1
        assert stage.rows(Delivery) == []
