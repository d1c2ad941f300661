"""A shop with many accounts, each with friends of its own, and transports that send nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from bench.inbound_world import BEGAN, CONFIG, MERCHANT
from bot.config import Account as AccountInConfig
from bot.config import Config, load_config
from bot.merchants import open_merchants
from bot.store import Store
from bot.store.migrating import upgrade
from bot.transports import Outgoing, Receipt
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import MerchantView
from models.deliveries import Cause, Delivery, DeliveryChange, DeliveryKind, DeliveryState, Lane
from models.events import Event, LoggedIn, Roster
from models.people import Contact, Friendship, FriendshipState, Person


class NoTransport:
    """One account on no platform: it is on line, hears nothing, and whatever is sent has arrived at once."""

    def __init__(self, account: str, now: Callable[[], datetime]) -> None:
        self.account = account
        self.capabilities = Capabilities(echo=False)
        self._now = now

    async def events(self) -> AsyncIterator[Event]:
        """The login, and nothing more."""
        yield LoggedIn(account=self.account, at=self._now(), self_id=f"self-{self.account}")
        await asyncio.Event().wait()

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Yes."""
        return Receipt(message=outgoing.key)

    async def roster(self) -> Roster:
        """Nobody is listed."""
        return Roster(account=self.account, at=self._now())

    async def close(self) -> None:
        """There is nothing to let go of."""


def config_of(accounts: int) -> Config:
    """The shipped configuration with so many accounts in place of its own."""
    config = load_config(CONFIG, {})
    return replace(
        config,
        accounts=tuple(
            AccountInConfig(id=name, name=name, merchant=MERCHANT, transport="simulator") for name in names(accounts)
        ),
    )


def names(accounts: int) -> list[str]:
    """The ids of the accounts."""
    return [f"account-{number:04d}" for number in range(accounts)]


def load_shop(url: str, accounts: int, friends: int) -> None:
    """A new database in which each account has friends, and a reply that is due for every one of them."""
    upgrade(url)
    with closing(Store(url, lambda: BEGAN)) as store:
        open_shop(store, accounts)
        with store.writing() as writing:
            writing.upsert(
                Account,
                [
                    {"merchant_id": MERCHANT, "id": name, "state": "online", "first_login_at": BEGAN.replace(year=2025)}
                    for name in names(accounts)
                ],
            )
            count = accounts * friends
            first = writing.ids.take(writing.now, 4 * count)
            scope = {"merchant_id": MERCHANT}
            everybody = [(number, names(accounts)[number % accounts]) for number in range(count)]
            writing.insert(
                Person,
                [scope | {"id": first + 2 * number, "created_at": BEGAN, "source": ""} for number, _ in everybody],
            )
            writing.insert(
                Contact,
                [
                    scope
                    | {
                        "id": first + 2 * number + 1,
                        "person_id": first + 2 * number,
                        "wire_id": f"wx-{number}",
                        "name": f"酒友{number}",
                    }
                    for number, _ in everybody
                ],
            )
            writing.insert(
                Friendship,
                [
                    scope
                    | {
                        "account_id": account,
                        "contact_id": first + 2 * number + 1,
                        "state": FriendshipState.FRIEND,
                        "added_at": BEGAN,
                    }
                    for number, account in everybody
                ],
            )
            writing.insert(
                Delivery,
                [
                    scope
                    | {
                        "id": first + 2 * count + number,
                        "key": f"chat:wx-{number}:1",
                        "account_id": account,
                        "contact_id": first + 2 * number + 1,
                        "kind": DeliveryKind.TEXT,
                        "lane": Lane.REPLY,
                        "cause": Cause.CHAT,
                        "template": "好的，{name|朋友}，马上给您看看。",
                        "state": DeliveryState.PLANNED,
                        "due_at": BEGAN,
                        "next_at": BEGAN,
                        "created_at": BEGAN,
                    }
                    for number, account in everybody
                ],
            )
            writing.insert(
                DeliveryChange,
                [
                    scope
                    | {
                        "id": first + 3 * count + number,
                        "delivery_id": first + 2 * count + number,
                        "at": BEGAN,
                        "state": DeliveryState.PLANNED,
                    }
                    for number, _ in everybody
                ],
            )


def open_shop(store: Store, accounts: int) -> Mapping[str, MerchantView]:
    """The merchant with its accounts."""
    able = {name: Capabilities(echo=False) for name in names(accounts)}
    return open_merchants(store, config_of(accounts), able, seed=1, started_at=store.now())
