"""What other programs did on the same PostgreSQL, for a program whose pages are to follow it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlmodel import col

from bot.store.leases import is_missed
from models.deliveries import DeliveryChange
from models.journal import JournalEntry
from models.operations import AuditEntry
from models.workers import Lease, Worker


def _last(column: Any) -> Any:
    return select(func.max(column)).scalar_subquery()


_KEPT = func.concat(col(Lease.account_id), ":", col(Lease.worker_id))
# By the ends of three primary keys, and who keeps what: a handful of rows, whatever the size of the shop.
_MARK = select(
    _last(col(JournalEntry.id)),
    _last(col(DeliveryChange.id)),
    _last(col(AuditEntry.id)),
    select(func.string_agg(_KEPT, aggregate_order_by(literal(" "), _KEPT)))
    .select_from(Lease)
    .join(Worker, col(Worker.id) == col(Lease.worker_id))
    .where(~is_missed())
    .scalar_subquery(),
)
_KEEPERS = (
    select(col(Lease.account_id), col(Worker.id))
    .join(Worker, col(Worker.id) == col(Lease.worker_id))
    .where(~is_missed())
)


class Keeper(NamedTuple):
    """The living worker that keeps an account: its machine, and the number of its process there."""

    host: str
    process: str


def mark_of_now(connection: Connection) -> tuple[Any, ...]:
    """Something that is another one after whatever was decided, sent or ordered, and when accounts change hands.

    Of two merchants' transactions the later one may have the earlier ids: who looks at this looks once more after it
    has changed.
    """
    return tuple(connection.execute(_MARK).one())


def keepers(connection: Connection, merchant: str, accounts: tuple[str, ...]) -> dict[str, Keeper]:
    """Who keeps each of these accounts; those that no living worker keeps are left out."""
    mine = _KEEPERS.where(col(Lease.merchant_id) == merchant, col(Lease.account_id).in_(accounts))
    return {account: Keeper(*worker.rsplit(":", 2)[:2]) for account, worker in connection.execute(mine)}
