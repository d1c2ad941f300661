"""What becomes of our accounts: whether they are on line, how fast they may send, how often they failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, update
from sqlmodel import col

from bot.store import Writing
from models import effects as fx
from models.accounts import Account, AccountState
from models.context import MerchantView
from models.effects import Effect
from models.events import Event

Pairs = list[tuple[Event, Any]]


def put_accounts(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.accounts.clear()
    for event, effect in pairs:
        row: dict[str, Any] = {"state": effect.state, "state_at": event.at, "scan_code": effect.scan_code}
        if effect.self_id is not None:
            row["self_id"] = effect.self_id
        if effect.name:
            row["name"] = effect.name
        this = and_(col(Account.merchant_id) == merchant.id, col(Account.id) == effect.account)
        writing.connection.execute(update(Account).where(this).values(row))
        if effect.rostered:
            first = update(Account).where(this, col(Account.rostered_at).is_(None))
            writing.connection.execute(first.values(rostered_at=event.at))
        if effect.state == AccountState.ONLINE:
            first = update(Account).where(this, col(Account.first_login_at).is_(None))
            writing.connection.execute(first.values(first_login_at=event.at))


def slow_down(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.accounts.clear()
    for _event, effect in pairs:
        writing.connection.execute(
            update(Account)
            .where(col(Account.merchant_id) == merchant.id, col(Account.id) == effect.account)
            .values(slow_until=effect.until)
        )


def count_failures(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.accounts.clear()
    for _event, effect in pairs:
        writing.connection.execute(
            update(Account)
            .where(col(Account.merchant_id) == merchant.id, col(Account.id) == effect.account)
            .values(failures=effect.failures)
        )


ACCOUNT_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.PutAccount: put_accounts,
    fx.SlowDown: slow_down,
    fx.CountFailures: count_failures,
}
