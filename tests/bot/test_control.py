"""One writer a database: the lock, and the socket through which a command line reaches who holds it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from bot import control as module
from bot.client import Busy, hand_over
from bot.control import Holding, holding_on, listening
from bot.desk import Answer
from tests.gateway.bot_process import until


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


def lock_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///") + ".lock")


async def obey(argv: list[str], folder: Path) -> Answer:
    return Answer(out=f"{' '.join(argv)} @ {folder}\n", exit=len(argv))


def test_a_second_one_refuses_and_says_which_file(url: str) -> None:
    with Holding(url), pytest.raises(Busy, match=r"shop\.db\.lock"), Holding(url):
        pass
    with Holding(url):
        pass


def test_another_process_refuses(url: str) -> None:
    program = (
        "import sys\nfrom bot.client import Busy\nfrom bot.control import Holding\n"
        "try:\n    Holding(sys.argv[1]).__enter__()\nexcept Busy:\n    sys.exit(7)\n"
    )
    run = [sys.executable, "-c", program, url]
    with Holding(url):
        assert subprocess.run(run, check=False).returncode == 7


def cut(url: str) -> None:
    """All connections of a database are lost, as when the server is restarted."""
    named = make_url(url)
    with psycopg.connect(named.set(drivername="postgresql", database="postgres").render_as_string(False)) as other:
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
        assert other.execute(ended, [named.database]).fetchall()


async def test_the_lock_is_taken_anew_when_its_connection_was_lost(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a second bot could start after each restart of PostgreSQL, and send what the first one sends."""
    monkeypatch.setattr(module, "HOLD_SECONDS", 0.05)
    with Holding(postgresql_url, share=True) as holding:
        stop = asyncio.Event()
        async with holding_on(holding, stop):
            before = holding._line
            await asyncio.to_thread(cut, postgresql_url)
            await asyncio.to_thread(lambda: until("a new line", lambda: holding._line not in (before, None)))
            with pytest.raises(Busy), Holding(postgresql_url):
                pass
            with Holding(postgresql_url, share=True):
                pass
        assert not stop.is_set()


async def test_who_finds_another_bot_in_its_place_stops(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOLD_SECONDS", 0.3)

    async def live(holding: Holding) -> None:
        stop = asyncio.Event()
        async with asyncio.timeout(20), holding_on(holding, stop):
            await asyncio.to_thread(cut, postgresql_url)
            with Holding(postgresql_url):
                await stop.wait()

    with Holding(postgresql_url, share=True) as holding, pytest.raises(Busy, match="先停掉它"):
        await live(holding)


def test_a_second_one_on_postgresql_refuses_without_showing_the_password(postgresql_url: str) -> None:
    url = postgresql_url
    with Holding(url), pytest.raises(Busy) as refused, Holding(url):
        pass
    assert str(make_url(url).database) in str(refused.value)
    password = make_url(url).password
    assert not password or password not in str(refused.value)
    with Holding(url):  # the first one let go
        pass


def test_workers_share_postgresql_with_each_other_and_with_nobody_else(postgresql_url: str) -> None:
    one, other = Holding(postgresql_url, share=True), Holding(postgresql_url, share=True)
    with one, other, pytest.raises(Busy), Holding(postgresql_url):
        pass
    with Holding(postgresql_url), pytest.raises(Busy, match="run --worker"), Holding(postgresql_url, share=True):
        pass


def test_a_worker_on_sqlite_shares_with_nobody(url: str) -> None:
    with Holding(url, share=True), pytest.raises(Busy), Holding(url, share=True):
        pass


def test_a_lock_file_that_was_left_behind_is_harmless(url: str) -> None:
    lock_of(url).write_text(json.dumps({"pid": os.getpid(), "socket": "/nowhere"}))
    assert hand_over(url, ["group", "list"], Path("/")) is None
    with Holding(url):
        assert json.loads(lock_of(url).read_text())["socket"] == ""


def test_who_only_looks_keeps_no_bot_from_starting(url: str) -> None:
    with Holding(url):
        pass
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            assert hand_over(url, ["who"], Path("/")) is None

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(30):
            with Holding(url):
                pass
    finally:
        ended.set()
        for looker in lookers:
            looker.join()


@pytest.mark.parametrize("rubbish", ["", "{", "\0\0", "[]"])
def test_a_lock_file_with_rubbish_in_it_is_harmless(url: str, rubbish: str) -> None:
    lock_of(url).write_text(rubbish)
    assert hand_over(url, ["who"], Path("/")) is None
    with Holding(url):
        pass


def test_where_nobody_runs_nobody_answers(url: str) -> None:
    assert hand_over(url, ["who"], Path("/")) is None
    assert not lock_of(url).exists()


async def test_a_command_line_is_handed_over(url: str, tmp_path: Path) -> None:
    with Holding(url) as holding:
        assert await asyncio.to_thread(hand_over, url, ["who"], tmp_path) is None  # it is only starting
        async with listening(holding, obey):
            answer = await asyncio.to_thread(hand_over, url, ["who", "天天妈"], tmp_path)
            assert answer == (f"who 天天妈 @ {tmp_path}\n", 2)
            many = await asyncio.gather(
                *(asyncio.to_thread(hand_over, url, ["x" * 100_000], tmp_path) for _ in range(8))
            )
            assert [one[1] for one in many if one] == [1] * 8
        assert await asyncio.to_thread(hand_over, url, ["who"], tmp_path) is None


async def test_one_that_fails_is_busy_and_goes_on(url: str, tmp_path: Path) -> None:
    async def execute(argv: list[str], folder: Path) -> Answer:
        if argv == ["fail"]:
            raise ZeroDivisionError
        return await obey(argv, folder)

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, _context: None)
    with Holding(url) as holding:
        async with listening(holding, execute):
            with pytest.raises(Busy, match="没有回应"):
                await asyncio.to_thread(hand_over, url, ["fail"], tmp_path)
            where = json.loads(lock_of(url).read_text())["socket"]
            _reader, writer = await asyncio.open_unix_connection(where)
            writer.write(b"no json\n")
            await writer.drain()
            writer.close()
            assert await asyncio.to_thread(hand_over, url, ["who"], tmp_path) is not None


async def test_a_long_path_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("长" * 60) / ("x" * 120)
    folder.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    url = f"sqlite:///{folder / 'shop.db'}"
    with Holding(url) as holding:
        async with listening(holding, obey):
            assert await asyncio.to_thread(hand_over, url, ["who"], tmp_path) is not None


async def test_only_this_user_gets_in(url: str) -> None:
    with Holding(url) as holding:
        async with listening(holding, obey):
            where = Path(json.loads(lock_of(url).read_text())["socket"])
            assert where.parent.stat().st_mode & 0o077 == 0
            assert lock_of(url).stat().st_mode & 0o077 == 0
        assert not where.parent.exists()


def test_a_command_line_on_postgresql_needs_no_bot(postgresql_url: str) -> None:
    with Holding(postgresql_url):
        assert hand_over(postgresql_url, ["who"], Path("/")) is None
