"""One writer a database: the lock that the running bot holds, and the socket through which a command line reaches it.

The lock is a file beside the SQLite database. Its holder may write the path of a local socket into it; whoever finds
the lock taken sends its command line there (`bot.client`). On PostgreSQL it is an advisory lock of the database, which
ends with its holder's connection, and which workers share; command lines need no bot there, for PostgreSQL has many
writers.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from bot.client import Busy, lock_path
from bot.config_values import shown_url
from bot.database_urls import sqlite_path
from bot.desk import Answer
from bot.store.engine import hang_up, writer_engine
from bot.store.locks import HOLDING

# Whoever looks whether a bot runs holds the lock for an instant: a bot that starts right then is not the second one.
LOOK_SECONDS = 0.2
# PostgreSQL's lock is gone with its connection, as when the server is restarted: so often it is looked after.
HOLD_SECONDS = 5.0
_LONGEST_MESSAGE = 16 * 1024 * 1024

Execute = Callable[[list[str], Path], Awaitable[Answer]]

log = structlog.get_logger("lock")


class Holding:
    """Holds the lock of a database for as long as it is entered. Raises `Busy`.

    On PostgreSQL workers `share` it with each other. `unclean`: whoever held it last did not let go of it in good
    order.
    """

    def __init__(self, url: str, *, share: bool = False) -> None:
        path = sqlite_path(url)
        self._url = url
        self._share = share
        self._path = lock_path(path) if path else None
        self._file: Any = None
        self._server = ExitStack()
        self._line: Connection | None = None
        self._is_asking = False
        self.unclean = False

    def __enter__(self) -> Holding:
        if self._path is None:
            self._lock_server()
            return self
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        if not _take(self._file):
            self._file.close()
            raise Busy(f"数据库正被另一个掌柜使用（锁文件 {self._path}）。先停掉它，或换一个 --db。")
        self.unclean = self._file.read() != ""
        self.tell("")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()

    def hold_again(self) -> None:
        """Take the lock of a server anew if the connection that had it was lost. Raises `Busy`, and DBAPIError."""
        if self._path is not None:
            return
        self._is_asking = True
        try:
            if self._line is not None:
                self._line.execute(select(1))
                return
        except DBAPIError:
            self._line = None
        finally:
            self._is_asking = False
        self._server.close()
        self._lock_server()

    def hang_up(self) -> None:
        """Who waits for a server that does not answer hears that it is gone."""
        if self._line is not None and self._is_asking:
            hang_up(self._line.engine, for_good=True)

    def _lock_server(self) -> None:
        with self._server:
            engine = writer_engine(self._url)
            self._server.callback(engine.dispose)
            connection = self._server.enter_context(engine.connect())
            connection.execution_options(isolation_level="AUTOCOMMIT")  # held by the session, not by a transaction
            lock = func.pg_try_advisory_lock_shared if self._share else func.pg_try_advisory_lock
            if not connection.execute(select(lock(HOLDING))).scalar():
                database = shown_url(self._url)
                cure = (
                    "先停掉它，它也要用 run --worker 才能和别的一起跑"
                    if self._share
                    else "先停掉它（们），或换一个 --db"
                )
                raise Busy(f"数据库正被另一个掌柜使用（{database}）。{cure}。")
            self._server, self._line = self._server.pop_all(), connection

    def tell(self, socket_path: str) -> None:
        """Say where the holder can be reached."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps({"pid": os.getpid(), "socket": socket_path}))
            self._file.flush()


@asynccontextmanager
async def holding_on(holding: Holding, stop: asyncio.Event) -> AsyncIterator[None]:
    """Look after the lock. Where another program has taken it meanwhile we are asked to stop, and `Busy` is raised."""

    async def hold() -> None:
        while True:
            await asyncio.sleep(HOLD_SECONDS)
            try:
                await asyncio.to_thread(holding.hold_again)
            except DBAPIError as error:
                log.debug("database.unavailable", error=str(error.orig))
            except Busy as error:
                log.error("lock.lost", cure=str(error))
                stop.set()
                raise

    task = asyncio.create_task(hold(), name="lock")
    try:
        yield
    finally:
        if not task.done():
            task.cancel()
            holding.hang_up()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def listening(holding: Holding, execute: Execute) -> AsyncIterator[None]:
    """Deal with command lines from other processes of this user."""
    # Mode 0700: only this user gets in. The path of a socket is limited to about 100 bytes, wherever TMPDIR points.
    where = tempfile.gettempdir()
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-", dir=where if len(os.fsencode(where)) < 70 else "/tmp"))
    path = folder / "control"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            answer = await execute(list(request["argv"]), Path(request["folder"]))
            writer.write(json.dumps({"exit": answer.exit, "out": answer.out}).encode() + b"\n")
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_unix_server(serve, path, limit=_LONGEST_MESSAGE)
    holding.tell(str(path))
    try:
        yield
    finally:
        holding.tell("")
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _take(file: Any) -> bool:
    """Take the lock, unless somebody works on the database; a command line that only looks lets go at once."""
    ends = time.monotonic() + LOOK_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            if time.monotonic() > ends:
                return False
            time.sleep(LOOK_SECONDS / 20)
