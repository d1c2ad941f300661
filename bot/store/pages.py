"""What is due, page by page: the most valuable deliveries of many accounts in one statement, and when to look again."""

from __future__ import annotations

from collections import defaultdict, namedtuple
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select, text
from sqlmodel import col

from bot.store import Writing, read
from bot.store.budgets import BY_VALUE, order_of
from bot.store.prepared import each, is_among, is_one_of, unindexed
from models.columns import table_of
from models.deliveries import Delivery

_ASKED = each("accounts")
# In the words of the partial index, which holds what is open and no more.
_OPEN = and_(col(Delivery.account_id) == _ASKED.c.value, text("state IN ('planned', 'waiting')"))
_DUE = and_(
    _OPEN, col(Delivery.next_at) <= bindparam("now"), unindexed(col(Delivery.merchant_id)) == bindparam("merchant")
)
_BUSY = select(_ASKED.c.value).where(exists().where(_DUE))
_NEXT = select(
    select(col(Delivery.next_at))
    .where(_OPEN, col(Delivery.next_at) > bindparam("now"))
    .order_by(col(Delivery.next_at))
    .limit(1)
    .correlate(_ASKED)
    .scalar_subquery()
).select_from(_ASKED)
_PAGE = select(col(Delivery.id)).where(_DUE, ~is_one_of(col(Delivery.id), "but")).order_by(*BY_VALUE)
_WANTED = table_of(Delivery).alias("wanted")
# All that the gate, the renderer and the transport may ask of a delivery.
_COLUMNS = (
    "id", "key", "part", "account_id", "contact_id", "group_id", "kind", "lane", "cause", "priority", "template",
    "text", "mentions", "media", "request", "state", "reason", "due_at", "next_at", "until", "not_after", "attempts",
    "about_consent", "approved", "entry",
)  # fmt: skip
# An outer join, so that SQLite begins with the accounts: it would rather ask of each delivery that there is whether it
# is due.
_PAGES = select(*(_WANTED.columns[name] for name in _COLUMNS)).select_from(
    _ASKED.outerjoin(_WANTED, is_among(_WANTED.columns.id, _PAGE.limit(bindparam("most")).correlate(_ASKED)))
)
_named: Any = namedtuple  # the checker wants to see the names
_Due = _named("_Due", _COLUMNS)


def busy(connection: Connection, merchant_id: str, accounts: Sequence[str], now: datetime) -> list[str]:
    """Those of a merchant's accounts for which something is due."""
    return [account for (account,) in read(connection, _BUSY, merchant=merchant_id, accounts=accounts, now=now)]


def due_pages(
    writing: Writing, merchant_id: str, accounts: Sequence[str], *, but: Collection[int], most: int
) -> dict[str, list[Any]]:
    """At most so many deliveries of each account that are due, the most valuable first, and by these also the accounts.
    Those of `but` are left out; a verdict takes a delivery out of the next page."""
    rows = writing.rows(_PAGES, merchant=merchant_id, accounts=accounts, now=writing.now, most=most, but=sorted(but))
    pages: dict[str, list[Any]] = defaultdict(list)
    for row in sorted((_Due._make(row) for row in rows if row[0] is not None), key=order_of):
        pages[row.account_id].append(row)
    return pages


def next_moment(connection: Connection, accounts: Sequence[str], now: datetime) -> datetime | None:
    """When something falls due for one of these accounts next, after now."""
    moments = [at for (at,) in read(connection, _NEXT, accounts=accounts, now=now) if at is not None]
    return min(moments, default=None)
