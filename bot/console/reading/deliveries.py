"""The ledger: what leaves and left, newest first, by the filters that every number of the console links to.

A number and the list behind it come of the same conditions (`Filter`), so they agree.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Connection, Select, and_, func, select, text, union_all
from sqlmodel import col

from bot.budget import midnight
from bot.console.visit import Scope
from bot.store.ids import Ids
from bot.store.prepared import unindexed
from handlers.reason_names import FOLDS
from models.columns import table_of
from models.deliveries import Delivery, DeliveryChange, DeliveryState, entered_by
from models.fields import unfilled
from models.groups import ChatGroup
from models.people import Contact

PAGE = 50
MOST_COUNTED = 10_000


class Filter(NamedTuple):
    """What is asked for; what is empty does not matter. `day` is a local day: of leaving, or of the end for 没发;
    `occurrence` is that of the entry."""

    fold: str = ""
    state: str = ""
    day: str = ""
    account: str = ""
    cause: str = ""
    reason: str = ""
    entry: str = ""
    occurrence: str = ""

    @classmethod
    def read(cls, at: Any) -> Filter:
        """From the address of a page; what makes no sense there is left out."""
        given = {name: str(at.get(name, ""))[:100] for name in cls._fields}
        if given["fold"] not in FOLDS:
            given["fold"] = ""
        if given["state"] not in set(DeliveryState):
            given["state"] = ""
        try:
            given["day"] = date.fromisoformat(given["day"]).isoformat()
        except ValueError:
            given["day"] = ""
        return cls(**given)

    @property
    def address(self) -> str:
        """The page that shows these rows."""
        return "/deliveries?" + urlencode({name: value for name, value in self._asdict().items() if value})


class Row(NamedTuple):
    """A delivery as the list shows it. `at` is when it left, or wants to."""

    id: int
    at: datetime
    account: str
    contact: str
    name: str
    group: str
    topic: str
    kind: str
    cause: str
    state: DeliveryState
    reason: str
    until: datetime | None
    text: str
    entry: str


def count_of(connection: Connection, scope: Scope, wanted: Filter) -> int:
    """How many there are."""
    asked = select(func.count()).select_from(Delivery).where(*_conditions(scope, wanted))
    return int(connection.execute(asked).scalar_one())


def told_count(connection: Connection, scope: Scope, wanted: Filter) -> str:
    """How many there are, in words; nobody waits until a million are counted."""
    some = select(col(Delivery.id)).where(*_conditions(scope, wanted)).limit(MOST_COUNTED + 1).subquery()
    found = int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return f"共 {found:,} 条" if found <= MOST_COUNTED else f"共 {MOST_COUNTED:,} 多条"


def page_of(connection: Connection, scope: Scope, wanted: Filter, before: int | None = None) -> list[Row]:
    """A page of them, the newest first, from below an id on."""
    asked = _rows(scope).where(*_conditions(scope, wanted)).order_by(col(Delivery.id).desc()).limit(PAGE)
    if before is not None:
        asked = asked.where(col(Delivery.id) < before)
    return [_row(one) for one in connection.execute(asked)]


def failed_of(connection: Connection, scope: Scope, wanted: Filter, limit: int) -> list[int]:
    """Those of them that failed, the oldest first: they would go again in that order."""
    asked = select(col(Delivery.id)).where(*_conditions(scope, wanted), col(Delivery.state) == DeliveryState.FAILED)
    return list(connection.execute(asked.order_by(col(Delivery.id)).limit(limit)).scalars())


def coming(connection: Connection, scope: Scope, limit: int = 8) -> list[Row]:
    """What leaves next."""
    asked = (
        _rows(scope)
        .where(
            unindexed(col(Delivery.merchant_id)) == scope.merchant.id,
            col(Delivery.account_id).in_(scope.accounts),
            text("delivery.state IN ('planned', 'waiting')"),
        )
        .order_by(col(Delivery.next_at), col(Delivery.id))
        .limit(limit)
    )
    return [_row(one) for one in connection.execute(asked)]


def one_of(connection: Connection, scope: Scope, identity: int) -> Row | None:
    """One of them."""
    found = connection.execute(_rows(scope).where(*_conditions(scope, Filter()), col(Delivery.id) == identity)).first()
    return _row(found) if found else None


def changes_of(connection: Connection, scope: Scope, identity: int) -> list[Any]:
    """Each state that it entered: `at`, `state`, `reason`, `until`."""
    asked = select(table_of(DeliveryChange)).where(
        col(DeliveryChange.merchant_id) == scope.merchant.id, entered_by(identity)
    )
    return list(connection.execute(asked.order_by(col(DeliveryChange.id))))


def _rows(scope: Scope) -> Select[Any]:
    asked: Any = select(
        col(Delivery.id),
        col(Delivery.left_at),
        col(Delivery.next_at),
        col(Delivery.account_id),
        col(Contact.wire_id).label("contact"),
        col(Contact.name),
        col(ChatGroup.wire_id).label("room"),
        col(ChatGroup.topic),
        col(Delivery.kind),
        col(Delivery.cause),
        col(Delivery.state),
        col(Delivery.reason),
        col(Delivery.until),
        col(Delivery.text),
        col(Delivery.template),
        col(Delivery.entry),
    )
    mine = col(Delivery.merchant_id)
    return (  # type: ignore[no-any-return]
        asked.select_from(Delivery)
        .outerjoin(Contact, and_(col(Contact.merchant_id) == mine, col(Contact.id) == col(Delivery.contact_id)))
        .outerjoin(ChatGroup, and_(col(ChatGroup.merchant_id) == mine, col(ChatGroup.id) == col(Delivery.group_id)))
    )


def _row(one: Any) -> Row:
    return Row(
        one.id,
        one.left_at or one.next_at,
        one.account_id,
        one.contact or "",
        one.name or "",
        one.room or "",
        one.topic or "",
        one.kind,
        one.cause,
        DeliveryState(one.state),
        one.reason or "",
        one.until,
        one.text if one.text is not None else unfilled(one.template or ""),
        one.entry or "",
    )


def _conditions(scope: Scope, wanted: Filter) -> list[Any]:
    accounts = [wanted.account] if wanted.account in scope.accounts else list(scope.accounts)
    states = [DeliveryState(wanted.state)] if wanted.state else list(FOLDS.get(wanted.fold, ()))
    # Where neither a day nor few states narrow it, the list is read backwards by id and not gathered by account.
    account: Any = col(Delivery.account_id) if wanted.day else unindexed(col(Delivery.account_id))
    merchant: Any = col(Delivery.merchant_id) if wanted.entry else unindexed(col(Delivery.merchant_id))
    conditions: list[Any] = [merchant == scope.merchant.id, account.in_(accounts)]
    if states:
        conditions.append(_in_states(states, accounts))
    if wanted.day:
        zone = scope.merchant.zone
        begins = midnight(datetime.combine(date.fromisoformat(wanted.day), datetime.min.time(), zone), zone)
        ends = midnight(begins, zone, 1)
        if wanted.fold == "没发" or wanted.state in FOLDS["没发"]:
            ended = select(col(DeliveryChange.delivery_id)).where(
                col(DeliveryChange.id) >= Ids.floor(begins),
                col(DeliveryChange.id) < Ids.floor(ends),
                col(DeliveryChange.state).in_(states),
            )
            conditions.append(col(Delivery.id).in_(ended))
        elif wanted.fold == "待发" or wanted.state in FOLDS["待发"]:
            conditions.append(col(Delivery.next_at) < ends)
        else:
            conditions += [col(Delivery.left_at) >= begins, col(Delivery.left_at) < ends]
    if wanted.cause:
        conditions.append(col(Delivery.cause) == wanted.cause)
    if wanted.reason == "not_approved":  # whatever else it waits for, which the gate may name first
        conditions.append(col(Delivery.approved).is_(False))
    elif wanted.reason:
        conditions.append(col(Delivery.reason) == wanted.reason)
    if wanted.entry:
        conditions.append(col(Delivery.entry) == wanted.entry)
    if wanted.occurrence:
        conditions.append(col(Delivery.occurrence) == wanted.occurrence)
    return conditions


# The states that few deliveries are in at a time, in the words of the partial indexes.
_FEW = {
    "delivery.state IN ('planned', 'waiting')": {DeliveryState.PLANNED, DeliveryState.WAITING},
    "delivery.state IN ('claimed', 'unknown')": {DeliveryState.CLAIMED, DeliveryState.UNKNOWN},
    "delivery.state = 'awaiting_tap'": {DeliveryState.AWAITING_TAP},
}


def _in_states(states: list[DeliveryState], accounts: list[str]) -> Any:
    found = [
        select(col(Delivery.id))
        .where(col(Delivery.account_id).in_(accounts), text(words), col(Delivery.state).in_(few & set(states)))
        .correlate(None)
        for words, few in _FEW.items()
        if few & set(states)
    ]
    if set(states) <= set().union(*_FEW.values()):
        return col(Delivery.id).in_(union_all(*found))
    return col(Delivery.state).in_(states)
