"""A connection of a driver to which rows are handed over while Python goes on: PostgreSQL's server, or SQLite on
another processor, writes them while the next ones are made, or the next events are looked at.

It stays one connection and one transaction, in which all comes in its order: whoever asks it for a cursor, to commit or
to roll back waits until what was handed over is written, and hears there of what went wrong with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any


@cache
def with_scribe(driver: type) -> Any:
    """The class of a driver's connections, with somebody who writes on them meanwhile."""
    return type(f"Scribe{driver.__name__}", (Scribe, driver), {})


class Scribe:
    """What such a connection does besides."""

    _scribe: ThreadPoolExecutor | None = None
    _begun: tuple[Future[None], ...] = ()

    @property
    def is_at_work(self) -> bool:
        """Whether something was handed over that nobody has waited for yet."""
        return bool(self._begun)

    def write_meanwhile(self, write: Callable[[Any], object]) -> None:
        """Have it written with a cursor, after what was handed over before; not even begun where that failed."""
        if self._scribe is None:
            self._scribe = ThreadPoolExecutor(1, thread_name_prefix="scribe")
        before = self._begun[-1] if self._begun else None
        cursor: Any = super().cursor()  # type: ignore[misc]

        def work() -> None:
            # Of a transaction that SQLite has ended for an error, nothing more may be written: it would be kept.
            if before is not None and (failure := before.exception()) is not None:
                raise failure
            with contextlib.closing(cursor):
                write(cursor)

        self._begun = (*self._begun, self._scribe.submit(work))

    def cursor(self, *given: Any, **named: Any) -> Any:
        """A cursor, once all that was handed over is written."""
        if self._begun:
            self._written()
        return super().cursor(*given, **named)  # type: ignore[misc]

    def commit(self) -> None:
        """Commit, once all that was handed over is written; where that failed the transaction ends, as a commit that
        fails ends it."""
        try:
            self._written()
        except BaseException:
            with contextlib.suppress(Exception):  # a connection that is lost has ended it already
                super().rollback()  # type: ignore[misc]
            raise
        super().commit()  # type: ignore[misc]

    def rollback(self) -> None:
        """Roll back; what went wrong with what was handed over is of no interest any more."""
        self._rest()
        super().rollback()  # type: ignore[misc]

    def close(self) -> None:
        """Close, and let go of the thread."""
        self._rest()
        if self._scribe is not None:
            self._scribe.shutdown()
            self._scribe = None
        super().close()  # type: ignore[misc]

    def _written(self) -> None:
        for writing in self._rest():
            writing.result()

    def _rest(self) -> tuple[Future[None], ...]:
        begun, self._begun = self._begun, ()
        for writing in begun:
            writing.exception()  # waits
        return begun
