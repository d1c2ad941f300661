"""What is kept only for so long: the log and what is waited for 1:1, by the playbook's `retention_days`, and the keys
that spot duplicates.

Nothing here scans a table in the writer. What is old is found on a reader, a page at a time in the order of a primary
key, and deleted by that key, a page a transaction; so a page costs the same however large a table has become, and
events wait for no more than one page. Figures: docs/decisions/0007-retention-by-key.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import Store, read
from bot.store.ids import Ids
from models.columns import UtcDateTime
from models.context import MerchantView
from models.deliveries import DeliveryChange
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import Ticket
from models.questions import GroupQuestion

PAGE = 500
"""Rows deleted in one transaction: some milliseconds of the writer's time."""
LOOKED_AT = 5_000
"""Keys of duplicates looked at in one go; most of them are young and stay."""
SEEN_FOR = timedelta(days=30)
"""How long a gateway may take to say the same thing again. A number of the design."""

Step = Callable[[], int]
"""Removes one page; returns how many rows went."""
_Log = type[JournalEntry] | type[DeliveryChange]


class Retention:
    """Removes what is too old. Remembers how far it got, so that a day's work is what became too old on that day."""

    def __init__(self, store: Store, merchants: Mapping[str, MerchantView]) -> None:
        self._store = store
        self._merchants = merchants
        self._reached: dict[tuple[str, str], int] = {}  # by merchant and table: the last id that was dealt with

    def steps(self) -> Iterator[Step]:
        """The work of a day, in pages; each step is one short transaction."""
        for merchant in list(self._merchants.values()):
            if merchant.playbook.retention_days is not None:
                oldest = self._store.now() - timedelta(days=merchant.playbook.retention_days)
                before = Ids.floor(oldest)
                yield from self._pages(merchant.id, JournalEntry, before, self._remove_log)
                yield from self._pages(merchant.id, DeliveryChange, before, self._remove_changes)
                yield from self._tickets(merchant.id, oldest)
        yield from self._expired_keys(Ids.floor(self._store.now() - SEEN_FOR))

    def _pages(
        self, merchant: str, table: _Log, before: int, remove: Callable[[str, list[int]], int]
    ) -> Iterator[Step]:
        place = (merchant, str(table.__tablename__))
        while True:
            after = self._reached.get(place, 0)
            with self._store.reading() as connection:
                ids = [
                    one for (one,) in read(connection, _BEHIND[table], merchant=merchant, after=after, before=before)
                ]
            if not ids:
                return
            yield lambda ids=ids: remove(merchant, ids)  # type: ignore[misc]
            self._reached[place] = ids[-1]

    def _remove_log(self, merchant: str, ids: list[int]) -> int:
        """Events with their words, and what was asked in groups: all have the ids of their events."""
        with self._store.writing() as writing:
            for table in (Body, JournalEntry, GroupQuestion):
                mine = col(table.merchant_id) == merchant
                writing.connection.execute(delete(table).where(mine, col(table.id).between(ids[0], ids[-1])))
        return len(ids)

    def _remove_changes(self, merchant: str, ids: list[int]) -> int:
        """The states that deliveries went through; the last one of each stays, it says what became of it."""
        later = aliased(DeliveryChange)
        with self._store.writing() as writing:
            return writing.connection.execute(
                delete(DeliveryChange).where(
                    col(DeliveryChange.merchant_id) == merchant,
                    col(DeliveryChange.id).between(ids[0], ids[-1]),
                    exists().where(
                        col(later.delivery_id) == col(DeliveryChange.delivery_id),
                        col(later.id) > col(DeliveryChange.id),
                        col(later.id) != col(later.delivery_id),  # in the words of the index; no first state is later
                    ),
                )
            ).rowcount

    def _tickets(self, merchant: str, oldest: datetime) -> Iterator[Step]:
        """What members wanted of a human: who has been answered is forgotten, of who waits still only the words.

        They may have said more since, so an old one may be young yet and is looked at again; there are few.
        """
        after = 0
        while True:
            with self._store.reading() as connection:
                old = {"before": Ids.floor(oldest), "oldest": oldest, "after": after}
                ids = [one for (one,) in read(connection, _OLD_TICKETS, merchant=merchant, **old)]
            if not ids:
                return
            yield lambda ids=ids: self._remove_tickets(ids)  # type: ignore[misc]
            after = ids[-1]

    def _remove_tickets(self, ids: list[int]) -> int:
        these = col(Ticket.id).in_(ids)
        with self._store.writing() as writing:
            writing.connection.execute(delete(Ticket).where(these, col(Ticket.closed_at).is_not(None)))
            writing.connection.execute(update(Ticket).where(these).values(text=""))
        return len(ids)

    def _expired_keys(self, before: int) -> Iterator[Step]:
        """An index by age would cost every message; a look at all keys a day costs some seconds of a reader."""
        after = ("", "", "")
        while True:
            with self._store.reading() as connection:
                found = read(connection, _KEYS_BEHIND, m=after[0], a=after[1], w=after[2])
            if not found:
                return
            after = found[-1][:3]
            expired = [row[:3] for row in found if row[3] < before]
            for start in range(0, len(expired), PAGE):
                yield lambda keys=expired[start : start + PAGE]: self._forget(keys)  # type: ignore[misc]

    def _forget(self, keys: list[tuple[Any, ...]]) -> int:
        with self._store.writing() as writing:
            return writing.connection.execute(delete(SeenEvent).where(_KEY.in_(keys))).rowcount


_KEY = tuple_(col(SeenEvent.merchant_id), col(SeenEvent.account_id), col(SeenEvent.wire_id))


_KEYS_BEHIND = (
    select(col(SeenEvent.merchant_id), col(SeenEvent.account_id), col(SeenEvent.wire_id), col(SeenEvent.journal_id))
    .where(_KEY.op(">")(tuple_(bindparam("m"), bindparam("a"), bindparam("w"))))
    .order_by(col(SeenEvent.merchant_id), col(SeenEvent.account_id), col(SeenEvent.wire_id))
    .limit(LOOKED_AT)
)
_BEHIND = {
    table: select(col(table.id))
    .where(
        col(table.merchant_id) == bindparam("merchant"),
        col(table.id) > bindparam("after"),
        col(table.id) < bindparam("before"),
    )
    .order_by(col(table.id))
    .limit(PAGE)
    for table in (JournalEntry, DeliveryChange)
}
_OLD_TICKETS = (
    select(col(Ticket.id))
    .where(
        col(Ticket.merchant_id) == bindparam("merchant"),
        col(Ticket.id) > bindparam("after"),
        col(Ticket.id) < bindparam("before"),
        func.coalesce(col(Ticket.said_at), col(Ticket.opened_at)) < bindparam("oldest", type_=UtcDateTime()),
        or_(col(Ticket.closed_at).is_not(None), col(Ticket.text) != ""),
    )
    .order_by(col(Ticket.id))
    .limit(PAGE)
)
