"""Figures for Prometheus and the state of health, from a program that runs, with a console or without."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import make_url

from bot.app import App, living
from bot.clock import ticking, utc_now
from bot.config import Metrics as Settings
from bot.config import load_config
from bot.desk import Refused
from bot.metrics import STUCK_AFTER, Metrics
from bot.metrics_server import serving
from bot.store import Store
from bot.store.leases import Leases
from bot.story_lines import AccountSpec, ContactSpec, FriendAdded, WorldSpec
from bot.transports.simulator import SimulatorTransport, World
from models.orders import ImportEntriesOrder
from tests.flows.playing import CONFIG, PLAYBOOK
from tests.store.databases import postgresql_server

Scene = Callable[["Running"], Awaitable[None]]


@dataclass
class Running:
    app: App
    world: World
    metrics: Metrics
    port: int

    async def get(self, path: str) -> tuple[int, str]:
        return await asyncio.to_thread(fetch, f"http://127.0.0.1:{self.port}{path}")

    async def until(self, *figure: str) -> dict[tuple[str, ...], float]:
        """The figures as soon as this one is above nothing."""
        while not (figures := await self.figures()).get(figure):
            pass
        return figures

    async def figures(self) -> dict[tuple[str, ...], float]:
        status, page = await self.get("/metrics")
        assert status == 200
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        }


def fetch(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def play(folder: Path, url: str, scene: Scene, leases: Leases | None = None) -> None:
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "playbook.toml").write_text(PLAYBOOK, encoding="utf-8")
    config = load_config(folder / "config.toml", {})

    async def here_and_now(work: Callable[[], Any]) -> Any:
        return work()

    async def main() -> None:
        spec = WorldSpec(accounts=(AccountSpec("main"),), contacts=(ContactSpec("wx-old", "老友", ("main",)),))
        world = World(spec, utc_now)
        with contextlib.closing(Store(url, utc_now, leases=leases)) as store:
            transports = {"main": SimulatorTransport(world, "main")}
            app = App(config, store, transports, now=utc_now, in_store=here_and_now)
            metrics = Metrics(app)
            with serving(metrics, Settings(port=0), "w1") as port:
                async with living(app), ticking(app.wake, app.woke), asyncio.timeout(30):
                    await scene(Running(app, world, metrics, port))

    asyncio.run(main())


@pytest.fixture
def leases(database_url: str) -> Iterator[Leases | None]:
    """On PostgreSQL the program is a worker."""
    if database_url.startswith("sqlite"):
        yield None
        return
    with contextlib.closing(Leases(database_url, [("m1", "main")])) as mine:
        yield mine


def test_what_comes_in_leaves_and_is_held_back_is_counted(
    tmp_path: Path, database_url: str, leases: Leases | None
) -> None:
    async def scene(running: Running) -> None:
        before = await running.until("zhanggui_account_online", "main")
        assert before["zhanggui_database_up",] == 1
        assert before["zhanggui_heartbeat_age_seconds",] < 10
        running.world.apply(FriendAdded(at=utc_now(), account="main", contact="wx-new", name="新友"))
        await running.until("zhanggui_sends_total", "main", "sent")
        figures = await running.until("zhanggui_delivery_states_total", "confirmed")
        assert figures["zhanggui_events_total",] > before["zhanggui_events_total",]
        assert figures["zhanggui_decide_lag_seconds_count",] > 0
        assert figures["zhanggui_intake_queue",] == 0
        assert figures["zhanggui_timer_lag_seconds",] < 5

    play(tmp_path, database_url, scene, leases)


def test_an_event_counts_as_poison_only_where_it_cannot_be_decided(
    tmp_path: Path, database_url: str, leases: Leases | None
) -> None:
    async def scene(running: Running) -> None:
        before = await running.until("zhanggui_account_online", "main")
        assert before["zhanggui_events_total",] > 0
        assert before["zhanggui_poison_events_total",] == 0
        broken = ImportEntriesOrder(merchant="m1", at=utc_now(), entries=(("早", "r1", "no JSON"),))
        assert (await running.app.ask(broken)).error
        assert (await running.until("zhanggui_poison_events_total"))["zhanggui_poison_events_total",] == 1

    play(tmp_path, database_url, scene, leases)


def test_health_says_who_it_is_and_what_is_wrong(
    tmp_path: Path, database_url: str, leases: Leases | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(running: Running) -> None:
        await running.until("zhanggui_account_online", "main")
        status, told = await running.get("/health")
        assert (status, json.loads(told)) == (200, {"status": "ok", "worker": "w1", "accounts": ["main"]})
        running.metrics._ticked_at -= STUCK_AFTER + 1
        status, told = await running.get("/health?verbose")
        assert (status, json.loads(told)["status"]) == (503, "ill")
        assert "stuck" in json.loads(told)["what"]
        running.metrics.tick()
        assert (await running.get("/health"))[0] == 200
        assert (await running.get("/"))[0] == 404

    play(tmp_path, database_url, scene, leases)


def test_without_a_database_health_says_so_beside_the_heartbeat_that_it_costs(
    tmp_path: Path, postgresql_url: str
) -> None:
    name = make_url(postgresql_url).database

    async def scene(running: Running) -> None:
        await running.until("zhanggui_account_online", "main")
        keeper = running.metrics._app.keeper
        assert keeper is not None
        with psycopg.connect(postgresql_server(), autocommit=True) as server:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            try:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                assert json.loads((await running.get("/health"))[1])["what"] == "the database cannot be read"
                keeper._heard_at -= 46
                status, told = await running.get("/health")
            finally:
                server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert status == 503
        assert re.fullmatch(r"no heartbeat for \d+ s; the database cannot be read", json.loads(told)["what"])

    with contextlib.closing(Leases(postgresql_url, [("m1", "main")])) as mine:
        play(tmp_path, postgresql_url, scene, mine)


def test_a_port_that_is_taken_is_refused_with_its_place(tmp_path: Path, sqlite_url: str) -> None:
    async def scene(running: Running) -> None:
        taken = rf"\[metrics\].*127\.0\.0\.1:{running.port}"
        with pytest.raises(Refused, match=taken), serving(running.metrics, Settings(port=running.port), "w2"):
            pass
        own = "ZHANGGUI_METRICS__PORT 各设各的"
        with pytest.raises(Refused, match=own), serving(running.metrics, Settings(port=running.port), "w2"):
            pass
        with (
            pytest.raises(Refused, match="换一个 port") as refusal,
            serving(running.metrics, Settings(port=running.port), ""),
        ):
            pass
        assert own not in str(refusal.value)

    play(tmp_path, sqlite_url, scene)


@pytest.mark.parametrize("host", ["nohost.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_not_cured_by_another_port(
    tmp_path: Path, sqlite_url: str, host: str
) -> None:
    async def scene(running: Running) -> None:
        with (
            pytest.raises(Refused, match=rf"{host}:9101.*改 host") as refusal,
            serving(running.metrics, Settings(host=host, port=9101), "w2"),
        ):
            pass
        assert "换一个 port" not in str(refusal.value)

    play(tmp_path, sqlite_url, scene)
