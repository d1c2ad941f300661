"""A PostgreSQL that stands still, as behind a network that is cut: it takes connections and never answers. A worker
that is told to end does so all the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.gateway.bot_process import until
from tests.workers.stage import is_alive, nursery

ENDS_WITHIN = 20.0  # it takes 6 to 11 s where nothing else runs
# Told to end as it falls silent; `make crash` also has it silent for longer than a lease before.
_SILENT_BEFORE = [0.0, 4.0] if os.environ.get("CRASH_EVERY_PLACE") == "yes" else [0.0]
_CONFIG = """
[database]
url = "{url}"
[workers]
heartbeat_seconds = 0.5
lease_seconds = 2.5
[console]
enabled = false
[[merchants]]
id = "m1"
name = "一号铺"
playbook = "playbook.toml"
[[accounts]]
id = "a1"
merchant = "m1"
transport = "wechaty"
endpoint = "127.0.0.1:9"
token_env = "SHOP_TOKEN"
"""
# Between two sockets: SERVER, and the one that it listens on.
_RELAY = """
import asyncio, sys

async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()

async def relay(reader, writer):
    there, back = await asyncio.open_unix_connection(sys.argv[1])
    await asyncio.gather(pump(reader, back), pump(there, writer))

async def main():
    async with await asyncio.start_unix_server(relay, sys.argv[2]) as server:
        print("listens", flush=True)
        await server.serve_forever()

asyncio.run(main())
"""


@pytest.fixture
def relay(tmp_path: Path, postgresql_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """What stands between the server and `tmp_path`."""
    server, name = Path(str(make_url(postgresql_url).query["host"])), ".s.PGSQL.5432"
    argv = [sys.executable, "-c", _RELAY, str(server / name), str(tmp_path / name)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"listens\n"
        yield process
        process.kill()


@pytest.mark.parametrize("silent_before", _SILENT_BEFORE)
def test_a_worker_ends_though_the_database_says_nothing(
    tmp_path: Path, postgresql_url: str, relay: subprocess.Popen[bytes], silent_before: float
) -> None:
    url = make_url(postgresql_url).update_query_dict({"host": str(tmp_path)}).render_as_string(hide_password=False)
    config, log = tmp_path / "config.toml", tmp_path / "worker.log"
    config.write_text(_CONFIG.format(url=url), encoding="utf-8")
    (tmp_path / "playbook.toml").write_text('name = "一号铺"\n', encoding="utf-8")
    log.touch()
    with nursery() as born:
        assert born.stdin is not None
        assert born.stdout is not None
        born.stdin.write(f"{config}\t{log}\tworker\n")
        born.stdin.flush()
        pid = int(born.stdout.readline())
        try:
            until("its leases", lambda: "leases.taken" in log.read_text())
            relay.send_signal(signal.SIGSTOP)
            time.sleep(silent_before)
            os.kill(pid, signal.SIGTERM)
            until("its end", lambda: not is_alive(pid), within=ENDS_WITHIN)
        finally:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
    assert log.read_text().splitlines()[-1] == "exit 0"
    assert "database.silent" in log.read_text()
