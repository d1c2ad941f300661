"""Ids from one source for several programs: none is given twice, and later transactions get later ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.store.engine import hang_up, id_engine
from bot.store.ids import Ids
from models.columns import Id
from models.workers import IdSource

# So many are taken at once, for a transaction; what is left of them is never given. A millisecond has a million.
BLOCK = 4_096

_ALL = "all"
_TAKE = (
    update(IdSource)
    .where(col(IdSource.name) == _ALL)
    .values(last=func.greatest(col(IdSource.last) + 1, bindparam("floor", type_=Id)) + bindparam("further", type_=Id))
    .returning(col(IdSource.last))
)


class SharedIds(Ids):
    """Gives ids on PostgreSQL. A merchant's transactions come one after the other, and so do their ids."""

    def __init__(self, url: str, last: int) -> None:
        super().__init__()
        self._left = range(0)
        self._engine = id_engine(url)
        self._connection = self._engine.connect()
        begun: Any = insert(IdSource).values(name=_ALL, last=last)
        begun = begun.on_conflict_do_update(
            index_elements=["name"], set_={"last": func.greatest(col(IdSource.last), begun.excluded.last)}
        )
        self._run(begun.returning(col(IdSource.last)))

    def begin(self) -> None:
        """A transaction begins: what is left of the last one's is older than what others gave meanwhile."""
        self._left = range(0)

    def take(self, now: datetime, count: int = 1) -> int:
        """The first of `count` consecutive new ids."""
        if len(self._left) < count:
            most = max(count, BLOCK)
            ((last,),) = self._run(_TAKE, {"floor": self.floor(now), "further": most - 1})
            self._left = range(last - most + 1, last + 1)
        first = self._left.start
        self._left = self._left[count:]
        return first

    def hang_up(self) -> None:
        """Whoever waits for ids hears that there are none, for good."""
        hang_up(self._engine, for_good=True)

    def close(self) -> None:
        """Let go of the source."""
        self._connection.close()
        self._engine.dispose()

    def _run(self, statement: Any, values: dict[str, Any] | None = None) -> list[Any]:
        """Run a statement; again over a new connection if this one was lost, for ids that nobody gets do no harm."""
        try:
            return self._run_once(statement, values or {})
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._run_once(statement, values or {})

    def _run_once(self, statement: Any, values: dict[str, Any]) -> list[Any]:
        try:
            return list(self._connection.execute(statement, values))
        finally:
            self._connection.rollback()  # nothing is open; after a lost connection it is what lets a new one be made
