"""The doctor looks whether the console and the figures can be served where the configuration says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import load_config
from bot.doctor_check import Check
from bot.doctor_gateway import Attendance
from bot.doctor_ports import check_ports
from bot.faults import ConfigFaults
from tests.transports.gateway_process import free_port

MERCHANT = '[[merchants]]\nid = "m1"\nname = "茶"\nplaybook = "playbook.toml"\n'


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def written(folder: Path, console: str, metrics: str) -> Path:
    (folder / "playbook.toml").write_text('name = "茶"\n', encoding="utf-8")
    config = folder / "config.toml"
    config.write_text(f"[console]\n{console}\n[metrics]\n{metrics}\n{MERCHANT}", encoding="utf-8")
    return config


def seen(config: Path, attendance: Attendance = Attendance.ABSENT) -> list[Check]:
    return list(check_ports(load_config(config, {}), attendance))


def test_free_ports_are_fine_and_what_is_off_is_not_looked_at(tmp_path: Path) -> None:
    config = written(tmp_path, f"port = {free_port()}", "port = 0")
    assert [(one.check, one.state) for one in seen(config)] == [("console", "ok"), ("metrics", "ok")]
    assert seen(written(tmp_path, "enabled = false", "")) == []


def test_a_port_that_another_program_has_is_named(tmp_path: Path, taken: int) -> None:
    (console,) = seen(written(tmp_path, f"port = {taken}", ""))
    assert console.state == "warning"  # the bot works without it
    assert console.found == f"[console] 127.0.0.1:{taken} 被别的程序占着"
    (metrics,) = seen(written(tmp_path, "enabled = false", f"port = {taken}"))
    assert metrics.state == "wrong"
    assert metrics.found == f"[metrics] 127.0.0.1:{taken} 被别的程序占着"
    assert "换一个 port" in metrics.cure


def test_a_bot_that_is_running_may_have_its_ports(tmp_path: Path, taken: int) -> None:
    config = written(tmp_path, "enabled = false", f"port = {taken}")
    assert [one.state for one in seen(config, Attendance.RUNNING)] == ["ok"]
    (metrics,) = seen(config, Attendance.UNKNOWN)  # PostgreSQL does not tell us
    assert metrics.state == "warning"
    assert "ZHANGGUI_METRICS__PORT" in metrics.cure  # another worker may be the one


def test_a_host_that_is_not_this_machine_is_to_be_changed(tmp_path: Path) -> None:
    (check,) = seen(written(tmp_path, "enabled = false", 'host = "nohost.invalid"\nport = 9101'))
    assert check.state == "wrong"
    assert check.cure.startswith("改 host")


def test_console_and_figures_cannot_share_a_port(tmp_path: Path) -> None:
    for console, metrics in (("port = 9101", "port = 9101"), ('port = 9101\nhost = "0.0.0.0"', "port = 9101")):
        with pytest.raises(ConfigFaults, match=r"metrics\.port: 写的是 9101，后台用了这个端口，换一个端口"):
            seen(written(tmp_path, console, metrics))
    for console in ("port = 9101\nenabled = false", 'port = 9101\nhost = "127.0.0.2"'):
        load_config(written(tmp_path, console, "port = 9101"), {})
    load_config(written(tmp_path, "port = 0", "port = 0"), {})
