"""Our accounts, as decisions see them."""

from __future__ import annotations

import msgspec
from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.store import Writing
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import AccountView, MerchantView

_ACCOUNTS = select(
    col(Account.id),
    col(Account.name),
    col(Account.self_id),
    col(Account.state),
    col(Account.capabilities),
    col(Account.rostered_at),
    col(Account.slow_until),
    col(Account.failures),
).where(col(Account.merchant_id) == bindparam("merchant"))


def load_accounts(writing: Writing, merchant: MerchantView) -> dict[str, AccountView]:
    """The merchant's accounts by their configuration's id."""
    return {
        identity: AccountView(
            id=identity,
            name=name,
            self_id=self_id,
            state=state,
            capabilities=msgspec.convert(capabilities, Capabilities),
            rostered_at=rostered_at,
            slow_until=slow_until,
            failures=failures,
        )
        for identity, name, self_id, state, capabilities, rostered_at, slow_until, failures in writing.rows(
            _ACCOUNTS, merchant=merchant.id
        )
    }
