"""The line between bot and gateway as something that can be cut from a test that is no coroutine."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from types import TracebackType

from tests.transports.wechaty_driver import Relay


class Line:
    """A relay to a port of loopback, with a thread of its own. `endpoint` is where to connect."""

    def __init__(self, port: int) -> None:
        self._relay = Relay(port)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        """`host:port`."""
        return self._relay.endpoint

    def cut(self) -> None:
        """Break it; a new connection may be made at once."""
        self._soon(self._relay.cut()).result(timeout=10)

    def __enter__(self) -> Line:
        self._thread.start()
        self._soon(self._relay.__aenter__()).result(timeout=10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._soon(self._relay.__aexit__()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _soon(self, work: object) -> Future[object]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)  # type: ignore[arg-type]
