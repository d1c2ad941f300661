"""The store: the writer of the database, and read-only connections for everybody else.

SQLite has one; on PostgreSQL there may be several programs, whose transactions for one merchant come one after the
other.

`batch.apply` turns events into rows, `outbox` claims and settles deliveries, `reading` answers questions. All of them
work on a `Writing`, which is one transaction; nothing is visible, sent or acknowledged before it is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, literal, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import col

from bot.database_urls import sqlite_path
from bot.store.bulk import LEAST, copier
from bot.store.engine import hang_up, is_refused_for_now, reader_engine, writer_engine
from bot.store.ids import Ids
from bot.store.inserting import Conflict, insert_into, lister
from bot.store.known import Acquaintances
from bot.store.leases import Leases
from bot.store.locks import lock_for_writing
from bot.store.prepared import DriverCursor, prepared
from bot.store.shared_ids import SharedIds
from bot.store.updating import update_by
from models.columns import UtcDateTime
from models.context import AccountView
from models.deliveries import Delivery, DeliveryChange
from models.journal import JournalEntry
from models.operations import AuditEntry

_LAST_IDS = select(
    *(
        select(func.max(column)).scalar_subquery()
        for column in (col(JournalEntry.id), col(Delivery.id), col(DeliveryChange.id), col(AuditEntry.id))
    )
)
# Fewer rows than this SQLite writes sooner than it reads a list of them.
_MANY = 256


class Change(NamedTuple):
    """A delivery entered a state."""

    delivery_id: int
    merchant_id: str
    at: datetime
    state: str
    reason: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Planned:
    """Deliveries that were planned together, by ascending ids, and the state in which they began."""

    ids: Sequence[int]
    merchant_id: str
    at: datetime
    state: str
    reason: str | None = None

    def changes(self) -> Iterator[Change]:
        """One by one."""
        return (Change(identity, self.merchant_id, self.at, self.state, self.reason, None) for identity in self.ids)


@dataclass(slots=True)
class Writing:
    """One write transaction: its connection, its moment, and what it changed that others wait to hear."""

    connection: Connection
    ids: Ids
    now: datetime
    acquaintances: Acquaintances = field(default_factory=Acquaintances)
    # by merchant, as they are known; whoever changes one of them forgets all
    accounts: dict[str, Mapping[str, AccountView]] = field(default_factory=dict)
    noted: list[Change | Planned] = field(default_factory=list)
    # by the ids of their nameless rows, the wire ids of people who were erased here, to show it and never to keep it
    erased: dict[str, str] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)  # accounts whose roster should be asked for
    # alerts that were raised (True) or ended (False): merchant, kind, subject
    alerts: list[tuple[str, str, str, bool]] = field(default_factory=list)
    # by account and key, what was written down here
    journalled: dict[tuple[str, str], int] = field(default_factory=dict)
    is_quiet: bool = False  # nothing that it wrote changes what may leave, or when
    keeps_timers: bool = False  # it wrote no timer

    @property
    def is_alone(self) -> bool:
        """Whether there is one writer, as SQLite has."""
        return self.connection.dialect.name == "sqlite"

    def insert(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, all with the same keys."""
        self._write(table, rows, "error")

    def insert_new(self, table: Any, rows: Sequence[dict[str, Any]]) -> int:
        """Insert the rows that break no unique constraint; returns how many were written, as far as `put` can tell."""
        return self._write(table, rows, "keep")

    def upsert(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows by primary key, or replace the columns given of those that exist."""
        self._write(table, rows, "replace")

    def put(
        self, table: Any, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], conflict: Conflict = "error"
    ) -> int:
        """Insert tuples of the columns `names`, for what is written with every message; returns how many were. Many on
        PostgreSQL are written meanwhile: then it is how many there are, whether or not some are kept as they were."""
        if not rows:
            return 0
        return self.put_columns(table, names, list(zip(*rows, strict=True)), conflict)

    def put_columns(
        self, table: Any, names: tuple[str, ...], given: Sequence[Sequence[Any]], conflict: Conflict = "error"
    ) -> int:
        """The same for rows that come as columns, all of one length, which spares making rows to take them apart."""
        count = len(given[0])
        if not count:
            return 0
        statement = insert_into(self.connection.dialect.name, table.__table__, names, conflict, given)
        if count >= LEAST and not self.is_alone:
            self._scribe.write_meanwhile(copier(statement, given))
            return count
        with DriverCursor(self.connection, statement.text) as cursor:
            cursor.executemany(statement.text, statement.values(given))
            return int(cursor.rowcount)

    def log_columns(self, table: Any, names: tuple[str, ...], given: Sequence[Sequence[Any]]) -> None:
        """Rows of the log that come as columns. Many are written while Python goes on, on SQLite too: a batch has them
        first, and then looks at what was said."""
        if not self.is_alone or len(given[0]) < _MANY:
            self.put_columns(table, names, given)
        else:
            self._scribe.write_meanwhile(lister(insert_into("sqlite", table.__table__, names, "error", given), given))

    def rows(self, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
        """What a statement that is a constant of its module finds (or returns), with parameters by name."""
        return read(self.connection, statement, **values)

    def do(self, statement: Any, **values: Any) -> None:
        """A statement that is a constant of its module, of which nobody wants to know what it changed."""
        how = prepared(self.connection.dialect.name, statement)
        if self.is_alone or not self._scribe.is_at_work:
            how.rows(self.connection, values)
        else:
            text, parameters = how.handed_over(values)
            self._scribe.write_meanwhile(lambda cursor: cursor.execute(text, parameters))

    @property
    def _scribe(self) -> Any:
        """The connection of the driver, which writes while Python goes on."""
        return self.connection.connection.driver_connection

    def each(self, statement: Any, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        """An UPDATE that is a constant of its module, for tuples of its parameters `names`."""
        if rows:
            update_by(self.connection.dialect.name, statement).each(self.connection, names, rows)

    def _write(self, table: Any, rows: Sequence[dict[str, Any]], conflict: Conflict) -> int:
        names = tuple(rows[0]) if rows else ()
        return self.put(table, names, [tuple(map(row.__getitem__, names)) for row in rows], conflict)

    def changed(self, changes: list[Change]) -> None:
        """Keep the states that deliveries entered, with when and why."""
        if not changes:
            return
        first = self.ids.take(self.now, len(changes))
        columns = (range(first, first + len(changes)), *zip(*changes, strict=True))
        self.put_columns(DeliveryChange, ("id", *Change._fields), columns)
        self.noted += changes

    def began(self, planned: Planned) -> None:
        """Keep that deliveries began, column by column: nearly all that is said begins so."""
        if count := len(planned.ids):
            self.put_columns(
                DeliveryChange,
                ("id", "merchant_id", "delivery_id", "at", "state", "reason"),
                (
                    planned.ids,  # the first state has the id of its delivery
                    (planned.merchant_id,) * count,
                    planned.ids,
                    (planned.at,) * count,
                    (planned.state,) * count,
                    (planned.reason,) * count,
                ),
            )
            self.noted.append(planned)

    def planned(self, planned: Planned) -> None:
        """Keep that deliveries began, by one statement for all of them; by two where SQLite may number them itself."""
        first, last = planned.ids[0], planned.ids[-1]
        began: dict[str, Any] = {
            "id": col(Delivery.id),
            "merchant_id": literal(planned.merchant_id),
            "delivery_id": col(Delivery.id),
            "at": literal(planned.at, UtcDateTime),
            "state": literal(planned.state),
            "reason": literal(planned.reason),
        }
        if self.is_alone and isinstance(planned.ids, range):
            self._insert_from(DeliveryChange, began, col(Delivery.id) == first)
            first += 1
            del began["id"]  # it counts on, so that they are the same
        self._insert_from(DeliveryChange, began, col(Delivery.id).between(first, last))
        self.noted.append(planned)

    def _insert_from(self, table: Any, columns: dict[str, Any], which: ColumnElement[bool]) -> None:
        """Rows made of deliveries, in the order of these."""
        made = select(*(column.label(name) for name, column in columns.items())).where(which).order_by(col(Delivery.id))
        self.connection.execute(insert(table).from_select(list(columns), made))

    @property
    def changes(self) -> list[Change]:
        """The states that deliveries entered, in order."""
        return [change for one in self.noted for change in (one.changes() if isinstance(one, Planned) else (one,))]


def read(connection: Connection, statement: Any, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement that is a constant of its module finds on a connection, with parameters by name."""
    return prepared(connection.dialect.name, statement).rows(connection, values)


def _for_now(error: DBAPIError) -> OperationalError:
    """What may work later, or over another connection, whatever the driver calls it."""
    lost = error.connection_invalidated
    return OperationalError(error.statement, None, error.orig or error, connection_invalidated=lost)


class Store:
    """The writer. `now` gives the program's time; listeners hear of each commit, in order, right after it.

    With `leases`, what is written about an account that this program keeps is written only while it does. Of each
    millisecond SQLite's first `spare_ids` are not given: rows may have them.
    """

    def __init__(
        self,
        url: str,
        now: Callable[[], datetime],
        *,
        durable: bool = True,
        leases: Leases | None = None,
        spare_ids: int = 0,
    ) -> None:
        self.url = url
        self.now = now
        self.leases = leases
        self.revision = 0  # another one with every transaction that may have changed what may leave
        self.timers_revision = 0  # and with every one that may have written timers
        self.listeners: list[Callable[[Writing], None]] = []
        self._writer = writer_engine(url, durable=durable)
        self._reader = reader_engine(url)
        self._readers: list[Connection] = []  # SQLite's that are at rest: to open one costs more than most questions
        self._connection = self._writer.connect()
        with self._connection.begin():
            (last,) = prepared(self._connection.dialect.name, _LAST_IDS).rows(self._connection, {})
        self.is_alone = sqlite_path(url) is not None
        # Rows of other tables may have later ones of the same transaction.
        given = Ids.end_of(max(filter(None, last), default=0))
        self._ids = Ids(given, spare_ids) if self.is_alone else SharedIds(url, given)
        self._acquaintances = Acquaintances()
        self._accounts: dict[str, Mapping[str, AccountView]] = {}

    @contextmanager
    def writing(self, merchants: Collection[str] | None = None, keeping: Collection[str] = ()) -> Iterator[Writing]:
        """One transaction: committed at the end, rolled back if anything is raised.

        It is about these merchants only (None: perhaps about all). Raises `LeaseLost`, with nothing written, if an
        account of `keeping` is another program's by now.
        """
        if not self.is_alone:
            self._acquaintances.forget()
            self._accounts.clear()
            self._ids.begin()
        writing: Writing | None = None
        try:
            with self._connection.begin():
                if not self.is_alone:
                    lock_for_writing(self._connection, merchants)
                if self.leases is not None and keeping:
                    self.leases.check(self._connection, keeping)
                writing = Writing(self._connection, self._ids, self.now(), self._acquaintances, self._accounts)
                yield writing
        except BaseException as error:
            self._acquaintances.forget()
            self._accounts.clear()
            if isinstance(error, DBAPIError) and is_refused_for_now(error):
                raise _for_now(error) from error
            raise
        finally:
            if writing is None or not writing.is_quiet:
                self.revision += 1
            if merchants is None:  # then nothing is known of what was written
                self._accounts.clear()
            self.timers_revision += writing is None or not writing.keeps_timers
        for listener in self.listeners:
            listener(writing)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write. Keep it short: an idle reader lets the log of the database grow."""
        if not self.is_alone:
            with self._reader.connect() as connection:
                yield connection
            return
        try:
            connection = self._readers.pop()
        except IndexError:  # none is at rest; to look first would be too late where another thread asks too
            connection = self._reader.connect()
        try:
            yield connection
            connection.rollback()
        except BaseException:
            connection.close()
            raise
        self._readers.append(connection)

    @contextmanager
    def looking(self, at: datetime) -> Iterator[Writing]:
        """What a transaction at that moment would find, on a connection that cannot write."""
        with self.reading() as connection:
            yield Writing(connection, Ids(), at)

    def is_there(self) -> bool:
        """Wait until the database answers anything. Raises DBAPIError."""
        with self.reading() as connection:
            return bool(connection.execute(select(1)).scalar())

    def hang_up(self) -> None:
        """The database does not answer, and we are about to end: whoever waits for it hears that it is gone."""
        for engine in (self._writer, self._reader):
            hang_up(engine, for_good=True)
        self._ids.hang_up()
        if self.leases is not None:
            self.leases.hang_up(for_good=True)

    def close(self) -> None:
        """Let go of the database."""
        self._ids.close()
        self._connection.close()
        for connection in self._readers:
            connection.close()
        self._writer.dispose()
        self._reader.dispose()
