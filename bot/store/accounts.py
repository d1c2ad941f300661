"""Our accounts, as decisions see them."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from sqlalchemy import Text, bindparam, cast, select
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
    cast(col(Account.capabilities), Text),
    col(Account.rostered_at),
    col(Account.slow_until),
    col(Account.failures),
    col(Account.first_login_at),
).where(col(Account.merchant_id) == bindparam("merchant"))


def load_accounts(writing: Writing, merchant: MerchantView) -> dict[str, AccountView]:
    """The merchant's accounts by their configuration's id."""
    return {
        identity: AccountView(
            id=identity,
            name=name,
            self_id=self_id,
            state=state,
            capabilities=_capabilities(capabilities),
            rostered_at=rostered_at,
            slow_until=slow_until,
            failures=failures,
            first_login_at=first_login_at,
        )
        for (
            identity,
            name,
            self_id,
            state,
            capabilities,
            rostered_at,
            slow_until,
            failures,
            first_login_at,
        ) in writing.rows(_ACCOUNTS, merchant=merchant.id)
    }


@lru_cache(maxsize=64)
def _capabilities(text: str) -> Capabilities:
    """What an account can do, by its row's JSON: there are as many kinds of accounts as transports, not as accounts."""
    return msgspec.json.decode(text, type=Capabilities)
