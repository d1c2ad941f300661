"""Alerts as rows: what is open, what ends with the delivery that it is about, and what the outbox notices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, exists, or_, select, text, update
from sqlmodel import col

from bot.store import Writing, read
from bot.store.prepared import is_one_of
from models.alerts import A_DELIVERY, SO_SOON, Alert, AlertKind
from models.columns import UtcDateTime, table_of
from models.context import AlertView, MerchantView
from models.deliveries import Delivery, DeliveryState
from models.events import TroubleBegan
from models.identity import Doubt
from models.journal import JournalEntry

_MINE = col(Alert.merchant_id) == bindparam("merchant")
_OPEN = (_MINE, col(Alert.ended_at).is_(None))
_COLUMNS = (col(Alert.kind), col(Alert.subject), col(Alert.began_at), col(Alert.ended_at), col(Alert.text))
_RECENT = (
    select(*_COLUMNS)
    .where(_MINE, or_(col(Alert.ended_at).is_(None), col(Alert.ended_at) > bindparam("since", type_=UtcDateTime())))
    .order_by(col(Alert.began_at), col(Alert.kind), col(Alert.subject))
)
_OPEN_NOW = select(*_COLUMNS).where(*_OPEN).order_by(col(Alert.began_at), col(Alert.kind), col(Alert.subject))
_THIS = select(col(Alert.began_at)).where(
    *_OPEN, col(Alert.kind) == bindparam("kind"), col(Alert.subject) == bindparam("subject")
)
_END = (
    update(Alert)
    .values(ended_at=bindparam("at", type_=UtcDateTime()))
    .where(*_OPEN)
    .returning(col(Alert.kind), col(Alert.subject))
)
_END_THESE = _END.where(is_one_of(col(Alert.kind), "kinds"), col(Alert.subject) == bindparam("subject"))
_END_SETTLED = _END.where(
    col(Alert.kind) == AlertKind.UNKNOWN,
    ~exists().where(
        col(Delivery.merchant_id) == col(Alert.merchant_id),
        col(Delivery.id) == col(Alert.delivery_id),
        col(Delivery.state) == DeliveryState.UNKNOWN,
    ),
)
_END_ANSWERED = _END.where(
    col(Alert.kind) == AlertKind.AMBIGUOUS,
    ~exists().where(
        col(Doubt.merchant_id) == col(Alert.merchant_id),
        col(Doubt.account_id) == col(Alert.subject),
        text("state = 'open'"),
    ),
)
_END_DEALT_WITH = _END.where(
    col(Alert.kind) == AlertKind.POISON,
    is_one_of(col(Alert.subject), "types"),
    ~exists().where(
        col(JournalEntry.merchant_id) == col(Alert.merchant_id),
        col(JournalEntry.type) == col(Alert.subject),
        col(JournalEntry.error).is_not(None),
    ),
)


# What is open of an account's link, which a login ends; the rest of what is told of an account outlives it.
_OF_LINKS = [str(kind) for kind in (AlertKind.DEAF, AlertKind.LOGGED_OUT, AlertKind.TAKEN)]
_UNREACHABLE = select(col(Alert.subject)).where(*_OPEN, is_one_of(col(Alert.kind), "kinds"))


def load_alerts(writing: Writing, merchant_id: str) -> tuple[AlertView, ...]:
    """What is open, and what was so a short while ago: it may come back."""
    return _views(writing.rows(_RECENT, merchant=merchant_id, since=writing.now - SO_SOON))


def open_alerts(writing: Writing, merchant_id: str) -> tuple[AlertView, ...]:
    """What is wrong now, in the order in which it began."""
    return _views(writing.rows(_OPEN_NOW, merchant=merchant_id))


def is_open(writing: Writing, merchant_id: str, kind: AlertKind, subject: str) -> bool:
    """Whether it was told of and is not over."""
    return bool(writing.rows(_THIS, merchant=merchant_id, kind=kind, subject=subject))


def budget_used_up(
    writing: Writing, merchant: MerchantView, account: str, kind: AlertKind, until: datetime | None
) -> list[TroubleBegan]:
    """What is to be told when an account has to wait until then: the day's budget is a human's business, once a day;
    those of the minute and the hour are what pace is for."""
    today = writing.now.astimezone(merchant.zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(0), merchant.zone)
    if until != midnight or is_open(writing, merchant.id, kind, account):
        return []
    return [
        TroubleBegan(
            merchant=merchant.id,
            account=account,
            at=writing.now,
            kind=kind,
            subject=account,
            until=midnight,
        )
    ]


def unjudgeable(writing: Writing, merchant: MerchantView, account: str) -> list[TroubleBegan]:
    """What is to be told when a delivery cannot even be judged: a bug, as with an event that is poison."""
    if is_open(writing, merchant.id, AlertKind.POISON, A_DELIVERY):
        return []
    return [
        TroubleBegan(merchant=merchant.id, account=account, at=writing.now, kind=AlertKind.POISON, subject=A_DELIVERY)
    ]


def unreachable(connection: Connection, merchant_id: str) -> set[str]:
    """The accounts whose links do not stand, as far as somebody was told."""
    return {account for (account,) in read(connection, _UNREACHABLE, merchant=merchant_id, kinds=_OF_LINKS)}


def all_alerts(connection: Connection, merchant: MerchantView, *, over: bool) -> list[Any]:
    """Rows of open alerts and, with `over`, of those that ended."""
    statement = select(table_of(Alert)).where(col(Alert.merchant_id) == merchant.id)
    if not over:
        statement = statement.where(col(Alert.ended_at).is_(None))
    return list(connection.execute(statement.order_by(col(Alert.began_at), col(Alert.kind), col(Alert.subject))))


def raise_alerts(writing: Writing, merchant: MerchantView, pairs: list[tuple[Any, Any]]) -> None:
    """Write alerts down; one that comes back is open again under its first moment."""
    rows = [
        {
            "merchant_id": merchant.id,
            "kind": str(one.kind),
            "subject": one.subject,
            "began_at": one.began_at,
            "ended_at": None,
            "account_id": one.account,
            "delivery_id": one.delivery_id,
            "text": one.text,
        }
        for _event, one in pairs
    ]
    writing.upsert(Alert, rows)
    writing.alerts += [(merchant.id, row["kind"], row["subject"], True) for row in rows]


def end_alerts(writing: Writing, merchant: MerchantView, pairs: list[tuple[Any, Any]]) -> None:
    """Close what is open of these kinds and this subject."""
    for event, one in pairs:
        _ended(writing, merchant, _END_THESE, event.at, kinds=list(map(str, one.kinds)), subject=one.subject)


def end_unreachable(writing: Writing, merchant: MerchantView, account: str) -> None:
    """Nobody keeps this account any longer."""
    _ended(writing, merchant, _END_THESE, writing.now, kinds=_OF_LINKS, subject=account)


def end_settled(writing: Writing, merchant: MerchantView) -> None:
    """What is known of a delivery, by whatever way, is no longer uncertain."""
    _ended(writing, merchant, _END_SETTLED, writing.now)


def end_answered(writing: Writing, merchant: MerchantView) -> None:
    """Of an account whose friends are all known again nobody need be asked any longer."""
    _ended(writing, merchant, _END_ANSWERED, writing.now)


def end_dealt_with(writing: Writing, merchant: MerchantView, types: Collection[str]) -> None:
    """Of these types of event, what could not be dealt with has been decided again, unless some of it is left."""
    _ended(writing, merchant, _END_DEALT_WITH, writing.now, types=sorted(types))


def _ended(writing: Writing, merchant: MerchantView, statement: Any, at: datetime, **values: Any) -> None:
    gone = writing.rows(statement, merchant=merchant.id, at=at, **values)
    writing.alerts += [(merchant.id, kind, subject, False) for kind, subject in sorted(gone)]


def _views(rows: list[tuple[Any, ...]]) -> tuple[AlertView, ...]:
    return tuple(
        AlertView(kind=kind, subject=subject, began_at=began_at, ended_at=ended_at, text=text)
        for kind, subject, began_at, ended_at, text in rows
    )
