"""The store: the one writer of the database, and read-only connections for everybody else.

`batch.apply` turns events into rows, `outbox` claims and settles deliveries, `reading` answers questions. All of them
work on a `Writing`, which is one transaction; nothing is visible, sent or acknowledged before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.store.engine import reader_engine, writer_engine
from bot.store.ids import Ids
from models.deliveries import Delivery, DeliveryChange
from models.journal import JournalEntry
from models.operations import AuditEntry


@dataclass(frozen=True, slots=True)
class Change:
    """A delivery entered a state."""

    delivery_id: int
    merchant_id: str
    at: datetime
    state: str
    reason: str | None
    until: datetime | None


@dataclass(slots=True)
class Writing:
    """One write transaction: its connection, its moment, and what it changed about deliveries."""

    connection: Connection
    ids: Ids
    now: datetime
    changes: list[Change] = field(default_factory=list)
    refresh: set[str] = field(default_factory=set)  # accounts whose roster should be asked for

    def insert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert rows, all with the same keys."""
        if rows:
            self.connection.execute(insert(table), rows)

    def insert_new(self, table: Any, rows: list[dict[str, Any]], *, returning: Any) -> set[Any]:
        """Insert the rows that break no unique constraint; returns the column `returning` of those written."""
        if not rows:
            return set()
        statement = self._insert(table).on_conflict_do_nothing().returning(returning)
        return set(self.connection.execute(statement, rows).scalars())

    def upsert(self, table: Any, rows: list[dict[str, Any]]) -> None:
        """Insert rows by primary key, or replace the columns given of those that exist."""
        if not rows:
            return
        keys = [column.name for column in table.__table__.primary_key]
        statement = self._insert(table)
        changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
        if changed:
            self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
        else:
            self.connection.execute(statement.on_conflict_do_nothing(), rows)

    def _insert(self, table: Any) -> Any:
        return (postgresql if self.connection.dialect.name == "postgresql" else sqlite).insert(table)

    def changed(self, changes: list[Change]) -> None:
        """Keep the states that deliveries entered, with when and why."""
        first = self.ids.take(self.now, len(changes)) if changes else 0
        self.insert(
            DeliveryChange,
            [
                {
                    "id": first + offset,
                    "merchant_id": change.merchant_id,
                    "delivery_id": change.delivery_id,
                    "at": change.at,
                    "state": change.state,
                    "reason": change.reason,
                    "until": change.until,
                }
                for offset, change in enumerate(changes)
            ],
        )
        self.changes += changes


class Store:
    """The one writer. `now` gives the program's time; listeners hear of each commit, in order, right after it."""

    def __init__(self, url: str, now: Callable[[], datetime], *, durable: bool = True) -> None:
        self.url = url
        self.now = now
        self.listeners: list[Callable[[Writing], None]] = []
        self._writer = writer_engine(url, durable=durable)
        self._reader = reader_engine(url)
        self._connection = self._writer.connect()
        with self._connection.begin():
            last = [
                self._connection.execute(select(func.max(column))).scalar() or 0
                for column in (col(JournalEntry.id), col(Delivery.id), col(DeliveryChange.id), col(AuditEntry.id))
            ]
        self._ids = Ids(max(last))

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: committed at the end, rolled back if anything is raised."""
        with self._connection.begin():
            writing = Writing(self._connection, self._ids, self.now())
            yield writing
        for listener in self.listeners:
            listener(writing)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write. Keep it short: an idle reader lets the log of the database grow."""
        with self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
        self._writer.dispose()
        self._reader.dispose()
