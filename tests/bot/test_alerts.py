"""The whole program tells what a human must know, over a real network of this machine, even of a disk that is full."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import App, living
from bot.config import load_config
from bot.store import Store
from bot.store.leases import Leases
from bot.story_lines import AccountSpec, ContactSpec, Logout, Text, WorldSpec
from bot.transports.simulator import SimulatorTransport, World
from bot.transports.webhook import Form, WebhookTransport
from handlers import alerts
from models.alerts import Alert
from models.columns import table_of
from models.deliveries import Delivery, DeliveryChange
from models.events import WentDeaf
from models.journal import JournalEntry
from tests.bot.program_stage import here_and_now
from tests.bot.test_metrics import Running as Measured
from tests.bot.test_metrics import play as play_measured
from tests.store.stage import merchant, shop
from tests.transports.webhook_server import SECRET, Hook, listening

CONFIG = """
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
[[accounts]]
id = "main"
merchant = "m1"
transport = "simulator"
[[alerts]]
id = "ops"
merchant = "m1"
webhook_env = "OPS"
"""
PATIENCE = 20.0  # seconds after which what should have happened has not


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Running:
    """The program, its world, its webhook and its log."""

    app: App
    world: World
    hook: Hook
    log: list[Any]

    def rows(self, table: Any) -> list[Any]:
        with self.app.store.reading() as connection:
            return list(connection.execute(select(table_of(table)).order_by(*table_of(table).primary_key)))

    def alerts(self) -> list[tuple[str, str, bool]]:
        return [(row.kind, row.subject, row.ended_at is None) for row in self.rows(Alert)]

    def posts(self) -> list[str]:
        return [post["kind"] for _, post in self.hook.got]

    def states(self, kind: str) -> list[str]:
        (one,) = [row for row in self.rows(Delivery) if row.key.startswith(f"alert:{kind}:")]
        changes = [row for row in self.rows(DeliveryChange) if row.delivery_id == one.id]
        return [f"{row.state} {row.reason}" if row.reason else row.state for row in changes]

    def says(self, text: str, count: int = 1) -> None:
        for _ in range(count):
            self.world.apply(Text(at=utc_now(), account="main", contact="wx1", text=text))

    def logs_out(self) -> None:
        self.world.apply(Logout(at=utc_now(), account="main"))

    def logged(self, event: str) -> list[str]:
        return [entry["kind"] for entry in self.log if entry["event"] == event]

    async def until(self, happened: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not happened():
            assert time.monotonic() - began < PATIENCE, (self.log, self.alerts())
            await asyncio.sleep(0.02)


@asynccontextmanager
async def program(folder: Path, url: str, *, form: Form = "json", **hook: Any) -> AsyncIterator[Running]:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "playbook.toml").write_text('name = "茶"\nsend_timeout_seconds = 4\n', encoding="utf-8")
    config = load_config(folder / "config.toml", {})
    people = (ContactSpec("wx1", "林间", ("main",)),)
    world = World(WorldSpec(accounts=(AccountSpec("main"),), contacts=people), utc_now)
    with capture_logs() as log, contextlib.closing(Store(url, utc_now)) as store:
        async with listening(**hook) as server:
            transports: dict[str, Any] = {
                "main": SimulatorTransport(world, "main"),
                "ops": WebhookTransport("ops", "m1", server.url, form, utc_now),
            }
            app = App(config, store, transports, now=utc_now, in_store=here_and_now)
            running = Running(app, world, server, log)
            async with living(app):
                await running.until(lambda: any(row.type == "roster" for row in running.rows(JournalEntry)))
                yield running
    assert SECRET not in repr(log)


async def test_an_alert_reaches_the_webhook(tmp_path: Path, database_url: str) -> None:
    async with program(tmp_path, database_url) as running:
        running.logs_out()
        await running.until(lambda: running.posts() == ["logged_out"])
        await running.until(lambda: running.states("logged_out") == ["planned", "claimed", "sent"])
        assert running.alerts() == [("logged_out", "main", True)]
        assert running.logged("alert.began") == ["logged_out"]
        assert not [row for row in running.rows(Delivery) if SECRET in repr(row)]


@pytest.mark.parametrize(
    ("hook", "state"),
    [
        ({"status": "500 Internal Server Error"}, "unknown error"),
        ({"status": "404 Not Found"}, "failed refused"),
        ({"delay": 30}, "unknown timeout"),
    ],
)
async def test_what_a_webhook_makes_of_it_is_told_as_it_is(
    tmp_path: Path, sqlite_url: str, hook: dict[str, Any], state: str
) -> None:
    async with program(tmp_path, sqlite_url, **hook) as running:
        running.logs_out()
        await running.until(lambda: running.states("logged_out")[-1] == state if running.posts() else False)
        assert running.states("logged_out") == ["planned", "claimed", state]
        assert running.alerts() == [("logged_out", "main", True)]  # no alert about an alert
        assert len(running.posts()) == 1


async def test_a_webhook_that_is_away_is_tried_again(tmp_path: Path, sqlite_url: str) -> None:
    async with program(tmp_path, sqlite_url) as running:
        webhook: Any = running.app._transports["ops"]
        there, webhook._url = webhook._url, "http://127.0.0.1:1/geheim"
        running.logs_out()
        await running.until(lambda: "waiting network" in (running.rows(Delivery) and running.states("logged_out")))
        webhook._url = there
        await running.until(lambda: running.posts() == ["logged_out"])
        await running.until(lambda: running.states("logged_out")[-1] == "sent")


def limit_pages(store: Store, more: int) -> None:
    """Let the file grow by so many pages only, as on a disk that is almost full."""
    with store.writing() as writing:
        run = writing.connection.exec_driver_sql
        pages: int = run("PRAGMA page_count").scalar_one()
        run(f"PRAGMA max_page_count = {pages + more}")


async def test_a_full_disk_is_told_of_at_once_in_the_log_and_everywhere_when_there_is_room(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with program(tmp_path, sqlite_url) as running:
        limit_pages(running.app.store, 2)
        running.says("长" * 3_900, count=60)
        await running.until(lambda: running.logged("alert.began") == ["disk_full"])
        await asyncio.sleep(2.5)  # it is tried again and again, and said no more
        assert running.logged("alert.began") == ["disk_full"]
        assert (running.alerts(), running.posts()) == ([], [])
        assert str(running.app.outage) == "disk_full"  # as the console's pages say, though it is read from all the time
        limit_pages(running.app.store, 1_000_000)
        await running.until(lambda: running.posts() == ["disk_full"])
        assert running.app.outage is None
        assert running.alerts() == [("disk_full", "", False)]
        (row,) = running.rows(Alert)
        assert (row.ended_at - row.began_at).total_seconds() > 2
        assert running.logged("alert.ended") == ["disk_full"]
        assert running.logged("alert.began") == ["disk_full"]
        assert len([one for one in running.rows(JournalEntry) if one.type == "message"]) == 60


async def test_an_event_that_is_poison_is_told_of_once_by_its_type(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with program(tmp_path, sqlite_url) as running:
        for n in range(3):
            running.says(f"半个字\ud800{n}")
            await running.until(lambda n=n: len([r for r in running.rows(JournalEntry) if r.error]) == n + 1)  # type: ignore[misc]
        await running.until(lambda: running.posts() == ["poison"])
        assert running.alerts() == [("poison", "message", True)]
        assert "半个字" not in repr(running.rows(Alert))


async def test_a_bug_in_telling_does_not_go_round_in_circles(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_more: object) -> Sequence[Any]:
        raise ZeroDivisionError

    async with program(tmp_path, sqlite_url) as running:
        monkeypatch.setattr(alerts, "raised", broken)
        running.says("半个字\ud800")
        await running.until(lambda: len([row for row in running.rows(JournalEntry) if row.error]) == 2)
        await asyncio.sleep(0.3)
        assert [row.type for row in running.rows(JournalEntry) if row.error] == ["message", "trouble_began"]
        assert running.posts() == []


def test_what_is_told_of_an_account_is_over_when_no_program_has_it_any_longer(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.DEPARTED_EVERY", timedelta(0))
    with shop(database_url, merchant("m1", ("main", "old"))) as stage:
        stage.apply(WentDeaf(merchant="m1", account="old", at=datetime.now(UTC)))

    def is_open(running: Measured) -> bool:
        with running.app.store.reading() as connection:
            return connection.execute(select(table_of(Alert).c.ended_at)).scalar_one() is None

    async def alone(running: Measured) -> None:
        await running.until("zhanggui_account_online", "main")
        assert not is_open(running)

    if database_url.startswith("sqlite"):
        play_measured(tmp_path, database_url, alone)
        return
    beats = timedelta(seconds=0.2)
    with (
        contextlib.closing(Leases(database_url, [("m1", "main")], heartbeat=beats)) as mine,
        contextlib.closing(Leases(database_url, [("m1", "main"), ("m1", "old")])) as other,
    ):
        other.beat()
        other.release(["main"])

        async def beside_another(running: Measured) -> None:
            await running.until("zhanggui_account_online", "main")
            assert is_open(running)
            other.leave()
            while is_open(running):
                await running.figures()

        play_measured(tmp_path, database_url, beside_another, mine)
