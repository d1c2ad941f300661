"""The doctor on sound and sick machines: configuration, database, lock, and the real gateway in every bad state."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.command_line import main
from bot.config import load_config
from bot.control import Holding
from bot.doctor import examine
from bot.merchants import open_merchants
from bot.store import Store
from bot.store.engine import sqlite_driver
from bot.store.migrating import upgrade
from bot.transports.wechaty_link import Link
from tests.transports.gateway_process import GatewayProcess, free_port

CONFIG = """
[database]
url = "sqlite:///zhanggui.db"
[console]
port = 0
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
[[accounts]]
id = "main"
merchant = "m1"
"""
TOKEN = "ZHANGGUI_TEST_TOKEN"

Found = dict[str, tuple[str, str, str]]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    process = GatewayProcess(tmp_path_factory.mktemp("gateway"))
    process.start()
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "a-token")


def configured(folder: Path, account: str = 'transport = "simulator"') -> Path:
    (folder / "playbook.toml").write_text('name = "茶"\n', encoding="utf-8")
    config = folder / "config.toml"
    config.write_text(CONFIG + account, encoding="utf-8")
    return config


def wechaty(folder: Path, endpoint: str, more: str = "") -> Path:
    account = f'transport = "wechaty"\nendpoint = "{endpoint}"\ntoken_env = "{TOKEN}"\n{more}'
    return configured(folder, account)


def born(config: Path, state: str = "online") -> str:
    """A database as a bot leaves it."""
    loaded = load_config(config, os.environ)
    url = loaded.database.url
    upgrade(url)
    with closing(Store(url, lambda: datetime.now(UTC))) as store:
        open_merchants(store, loaded, {}, seed=0, started_at=store.now())
        with store.writing() as writing:
            writing.connection.exec_driver_sql(f"UPDATE account SET state = '{state}'")
    return url


def examined(config: Path, capsys: pytest.CaptureFixture[str], db: str = "") -> tuple[int, Found]:
    status = examine(config, db, as_json=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(list(row) == ["check", "state", "found", "cure"] for row in rows)
    assert all(row["cure"] or row["state"] == "ok" for row in rows)  # whoever is told of a trouble is told what to do
    assert status == (2 if any(row["state"] == "wrong" for row in rows) else 0)
    return status, {row["check"]: (row["state"], row["found"], row["cure"]) for row in rows}


def test_a_fresh_machine_is_sound_and_nothing_is_created_by_looking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path)
    before = sorted(tmp_path.iterdir())
    status, found = examined(config, capsys)
    assert status == 0
    assert found["database"] == ("ok", f"{tmp_path / 'zhanggui.db'} 还没有，第一次运行时会建", "")
    assert found["main/port"][1] == "模拟账号，什么都不会发到微信"
    assert found["lock"][1] == "掌柜没有在运行"
    assert found["console"] == ("ok", "127.0.0.1 上任选一个空着的 port", "")
    assert sorted(tmp_path.iterdir()) == before


def test_people_get_one_line_a_check_and_a_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    assert examine(config, "", as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("✓ ") for line in lines[:-1])
    assert lines[-1] == "一切正常。"
    assert not any("\x1b" in line for line in lines)  # no colours but on a terminal


def test_the_address_of_a_webhook_is_there_or_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = '[[alerts]]\nid = "ops"\nmerchant = "m1"\nwebhook_env = "ZHANGGUI_TEST_WEBHOOK"\n'
    config = configured(tmp_path, f'transport = "simulator"\n{more}')
    status, found = examined(config, capsys)
    assert status == 2
    assert found["alerts"][0] == "wrong"
    assert "ZHANGGUI_TEST_WEBHOOK，环境里没有这个变量" in found["alerts"][1]
    monkeypatch.setenv("ZHANGGUI_TEST_WEBHOOK", "geheim")
    status, found = examined(config, capsys)
    assert "它里面不是网址" in found["alerts"][1]
    assert "geheim" not in found["alerts"][1]
    monkeypatch.setenv("ZHANGGUI_TEST_WEBHOOK", "https://hooks.example/geheim")
    status, found = examined(config, capsys)
    assert (status, found["alerts"]) == (0, ("ok", "1 个 webhook 都有地址", ""))


def test_a_real_account_whose_alerts_reach_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, found = examined(wechaty(tmp_path, f"127.0.0.1:{free_port()}"), capsys)
    state, told, cure = found["alerts"]
    assert state == "warning"
    assert told == "m1 出了事只写在日志和 /状态 里，没人会收到消息"
    assert "[[alerts]]" in cure


def test_every_fault_of_a_configuration_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path, 'transport = "carrier pigeon"\ncolour = "red"\n')
    assert examine(config, "", as_json=False) == 2
    out = capsys.readouterr().out
    assert out.count("✗ 配置") == 2
    assert "carrier pigeon" in out
    assert "colour" in out


def test_no_configuration_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = examined(tmp_path / "nothing.toml", capsys)
    assert (status, found["config"][0]) == (2, "wrong")


@pytest.mark.parametrize("name", ["folder", "text"])
def test_what_is_no_database(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("not a database, only a long enough text", encoding="utf-8")
    status, found = examined(config, capsys, str(tmp_path / name))
    assert (status, found["database"][0]) == (2, "wrong")
    assert "playbook" not in found


def test_postgresql_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"postgresql+psycopg://shop:a-secret@127.0.0.1:{free_port()}/shop"
    status, found = examined(configured(tmp_path), capsys, url)
    assert (status, found["database"][0]) == (2, "wrong")
    assert "a-secret" not in str(found)


def test_the_structure_of_a_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    file = tmp_path / "zhanggui.db"
    born(config)
    assert examined(config, capsys)[1]["database"][0] == "ok"
    with closing(sqlite_driver().connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    status, found = examined(config, capsys)
    assert status == 2
    assert "from-the-future" in found["database"][1]
    with closing(sqlite_driver().connect(file)) as connection, connection:
        connection.execute("DROP TABLE alembic_version")
    status, found = examined(config, capsys)
    assert (status, found["database"][0]) == (2, "wrong")
    assert "别的程序的表" in found["database"][1]


def test_a_playbook_that_is_not_the_one_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    born(config)
    assert examined(config, capsys)[1]["playbook"][0] == "ok"
    (tmp_path / "playbook.toml").write_text('name = "别的茶"\n', encoding="utf-8")
    status, found = examined(config, capsys)
    assert (status, found["playbook"][0]) == (0, "warning")
    assert f"playbook import {tmp_path / 'playbook.toml'}；" in found["playbook"][2]
    assert main(["deliveries", "list", "--config", str(config)]) == 0
    assert "playbook.differs" not in capsys.readouterr().err  # a command has no need of it


def test_a_running_bot_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    url = born(config)
    with Holding(url):
        status, found = examined(config, capsys)
        assert (status, found["lock"]) == (0, ("ok", f"掌柜正在运行（进程 {os.getpid()}）", ""))


def test_a_clock_that_went_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = configured(tmp_path)
    os.utime(config, (time.time() + 7200, time.time() + 7200))
    state, found, _ = examined(config, capsys)[1]["clock"]
    assert (state, "120 分钟" in found) == ("warning", True)


def test_a_missing_token(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TOKEN)
    status, found = examined(wechaty(tmp_path, f"127.0.0.1:{free_port()}"), capsys)
    assert status == 2
    assert TOKEN in found["secrets"][1]


def test_a_sound_gateway(gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = examined(wechaty(tmp_path, gateway.endpoint), capsys)
    assert status == 0
    assert found["main/login"] == ("ok", "已登录：bot", "")
    assert "1.19" in found["main/version"][1]
    assert found["main/risk"][0] == "warning"


def test_a_wrong_token(
    gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, "another")
    status, found = examined(wechaty(tmp_path, gateway.endpoint), capsys)
    assert status == 2
    assert found["main/token"] == ("wrong", "网关不认我们的 token", f"把环境变量 {TOKEN} 设成网关的 token")


def test_tls_where_there_is_none(gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = examined(wechaty(tmp_path, gateway.endpoint, "tls = true"), capsys)
    assert (status, found["main/tls"][0]) == (2, "wrong")
    assert "tls = false" in found["main/tls"][2]


def test_a_gateway_with_tls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = GatewayProcess(tmp_path, tls=True)
    process.start()
    try:
        _, found = examined(wechaty(tmp_path, process.endpoint), capsys)
        assert "tls = true" in found["main/tls"][2]
        _, found = examined(wechaty(tmp_path, process.endpoint, "tls = true"), capsys)
        assert "ca_file" in found["main/tls"][2]
        (tmp_path / "ca.pem").write_text("no certificate", encoding="utf-8")
        _, found = examined(wechaty(tmp_path, process.endpoint, 'tls = true\nca_file = "ca.pem"'), capsys)
        assert "读不出来" in found["main/tls"][1]
    finally:
        process.stop()


def test_nobody_at_the_port(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = examined(wechaty(tmp_path, f"127.0.0.1:{free_port()}"), capsys)
    assert (status, found["main/port"][0]) == (2, "wrong")
    assert "没有程序在听" in found["main/port"][1]


def test_an_account_that_is_not_logged_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process = GatewayProcess(tmp_path, start_logged_in=False)
    process.start()
    try:
        config = wechaty(tmp_path, process.endpoint)
        assert examined(config, capsys)[1]["main/login"][1] == "网关没有登录，也没有给二维码"
        process.drive("emit", event="scan", payload={"status": 2, "qrcode": "https://example.org/qr"})
        state, found, cure = examined(config, capsys)[1]["main/login"]
        assert (state, "扫码" in found, "https://example.org/qr" in cure) == ("wrong", True, True)
    finally:
        process.stop()


@contextmanager
def listener(endpoint: str) -> Iterator[threading.Event]:
    """Another program that takes the account's events; the event is set when its stream has ended."""
    attached, ended, leave = threading.Event(), threading.Event(), threading.Event()

    async def listen() -> None:
        link = Link(endpoint, "a-token", tls=False, ca_file="", heartbeat_seconds=60)

        async def hear() -> None:
            async for _ in link.frames():
                attached.set()

        hearing = asyncio.create_task(hear())
        leaving = asyncio.create_task(asyncio.to_thread(leave.wait))
        await asyncio.wait({hearing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if hearing.done():
            ended.set()
        hearing.cancel()
        await asyncio.wait({hearing, leaving})
        link.close()
        await asyncio.sleep(0)

    thread = threading.Thread(target=lambda: asyncio.run(listen()))
    thread.start()
    try:
        assert attached.wait(10)
        yield ended
    finally:
        leave.set()
        thread.join(10)


def test_another_program_has_the_account(
    gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listener(gateway.endpoint) as ended:
        status, found = examined(wechaty(tmp_path, gateway.endpoint), capsys)
        assert (status, found["main/login"][0]) == (2, "wrong")
        assert "别的程序" in found["main/login"][1]
        assert not ended.is_set()


@pytest.mark.parametrize(("said", "state"), [("online", "ok"), ("scan", "wrong"), ("taken", "wrong")])
def test_a_running_bot_is_believed_and_not_disturbed(
    said: str, state: str, gateway: GatewayProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = wechaty(tmp_path, gateway.endpoint)
    url = born(config, said)
    with Holding(url), listener(gateway.endpoint) as ended:
        assert examined(config, capsys)[1]["main/login"][0] == state
        assert not ended.is_set()
