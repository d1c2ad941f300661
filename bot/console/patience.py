"""A question that takes its time: how far it is, and the way to stop it from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")


class Stopped(Exception):
    """Nobody waits for the answer any more."""


class Patience:
    """One for the questions of a page that come one after the other; `share` of the present one is done."""

    def __init__(self) -> None:
        self.share = 0.0
        self.is_over = False
        self._asked: Any = None  # the driver's connection, while it has a question of ours
        self._lock = threading.Lock()

    def proceed(self, share: float) -> None:
        """How far it is. Raises `Stopped`."""
        if self.is_over:
            raise Stopped
        self.share = share

    def ask(self, connection: Connection, question: Callable[[], T]) -> T:
        """The answer, unless it is stopped before. Raises `Stopped`."""
        self.proceed(0.0)
        with self._lock:
            self._asked = connection.connection.driver_connection
        try:
            return question()
        except DBAPIError as error:
            if self.is_over:
                raise Stopped from error
            raise
        finally:
            with self._lock:
                self._asked = None

    def begin_again(self) -> None:
        """It is asked once more: whoever was about to leave is there still."""
        self.is_over = False

    def stop(self) -> None:
        """End it: the database first, which would otherwise answer to nobody for as long as it takes."""
        with self._lock:
            self.is_over = True
            if self._asked is not None:
                end = getattr(self._asked, "interrupt", None) or self._asked.cancel  # SQLite's, PostgreSQL's
                end()
