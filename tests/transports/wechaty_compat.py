"""Lets the stock `wechaty` SDK (0.10.7) be imported on today's Pythons and libraries: import this first.

It needs a name that pyee dropped, one that urllib3 2 dropped, `telnetlib`, which Python 3.13 dropped, and a mutable
default that dataclasses refuse since Python 3.11. Used by one test only; the product does not use the SDK.
"""

from __future__ import annotations

import socket
import sys
import types

import pyee
import pyee.asyncio
import urllib3
from urllib3.util import parse_url


def _get_host(url: str) -> tuple[str, str | None, int | None]:
    parts = parse_url(url)
    return parts.scheme or "http", parts.host, parts.port


class _Telnet:
    """The SDK only uses it to see whether a port is open."""

    def open(self, host: str, port: int = 23, timeout: float = 3) -> None:
        """Connect and hang up. Raises `OSError`."""
        socket.create_connection((host, port), timeout).close()

    def close(self) -> None:
        """Nothing is open."""


if not hasattr(pyee, "AsyncIOEventEmitter"):
    pyee.AsyncIOEventEmitter = pyee.asyncio.AsyncIOEventEmitter  # type: ignore[attr-defined]
if not hasattr(urllib3, "get_host"):
    urllib3.get_host = _get_host  # type: ignore[attr-defined]
if sys.version_info >= (3, 13):
    _telnetlib = types.ModuleType("telnetlib")
    _telnetlib.Telnet = _Telnet  # type: ignore[attr-defined]
    sys.modules.setdefault("telnetlib", _telnetlib)

from wechaty_puppet.schemas.puppet import PuppetOptions  # noqa: E402  # only now can it be imported

PuppetOptions.__hash__ = object.__hash__
