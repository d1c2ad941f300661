"""Our accounts, as decisions see them."""

from __future__ import annotations

from collections.abc import Mapping
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


def load_accounts(writing: Writing, merchant: MerchantView) -> Mapping[str, AccountView]:
    """The merchant's accounts by their configuration's id."""
    if (known := writing.accounts.get(merchant.id)) is None:
        known = writing.accounts[merchant.id] = {
            row[0]: AccountView(
                id=row[0],
                name=row[1],
                self_id=row[2],
                state=row[3],
                capabilities=_capabilities(row[4]),
                rostered_at=row[5],
                slow_until=row[6],
                failures=row[7],
                first_login_at=row[8],
            )
            for row in writing.rows(_ACCOUNTS, merchant=merchant.id)
        }
    return known


@lru_cache(maxsize=64)
def _capabilities(text: str) -> Capabilities:
    """What an account can do, by its row's JSON: there are as many kinds of accounts as transports, not as accounts."""
    return msgspec.json.decode(text, type=Capabilities)
