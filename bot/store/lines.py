"""The lines to a PostgreSQL server: when a dead one is noticed, and letting go of one on which nobody answers.

A server whose machine is gone, or whose network, says nothing, so that whoever waits for it would wait for ever. The
system notices a line that is dead; a server that only stands still keeps its lines, and these are hung up by ourselves.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import Any
from weakref import WeakSet

# What libpq is told, where the URL says nothing else: a line on which nothing comes back is given up within 25 s, which
# is less than a lease. Over a socket of the same machine all but the first mean nothing.
LIVELY = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


class Lines:
    """The open connections of one engine."""

    def __init__(self) -> None:
        self._open: WeakSet[Any] = WeakSet()
        self._are_hung_up = False

    def may_open(self) -> None:
        """Raises `psycopg.OperationalError` after they were hung up for good."""
        if self._are_hung_up:
            import psycopg

            raise psycopg.OperationalError("hung up: the server does not answer, and we are about to end")

    def opened(self, connection: Any) -> None:
        """There is one more."""
        self._open.add(connection)

    def hang_up(self, *, for_good: bool) -> None:
        """Whoever waits on one, in whatever thread, hears that it is lost; `for_good`: no other is opened."""
        import psycopg

        self._are_hung_up |= for_good
        for connection in list(self._open):
            with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
