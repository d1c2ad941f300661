"""A small HTTP server on this machine that plays a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

SECRET = "geheim-1234"


@dataclass
class Hook:
    """A webhook's server: what it got, and what it answers next (None: it hangs up without a word)."""

    port: int = 0
    status: str | None = "200 OK"
    body: str = '{"errcode": 0, "errmsg": "ok"}'
    delay: float = 0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    at_work: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/webhook/send?key={SECRET}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.at_work.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line for line in head.lower().splitlines() if line.startswith("content-length:")]
            body = await reader.readexactly(int(lengths[0].partition(":")[2]))
            self.got.append((head.splitlines()[0], json.loads(body)))
            await asyncio.sleep(self.delay)
            if self.status is not None:
                content = self.body.encode()
                writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            self.at_work.discard(task)


@asynccontextmanager
async def listening(**more: Any) -> AsyncIterator[Hook]:
    """Serve on a free port of this machine; `more` are fields of the `Hook`."""
    hook = Hook(**more)
    server = await asyncio.start_server(hook.answer, "127.0.0.1", 0)
    hook.port = server.sockets[0].getsockname()[1]
    async with server:
        yield hook
        for task in list(hook.at_work):
            task.cancel()
        await asyncio.gather(*hook.at_work, return_exceptions=True)
