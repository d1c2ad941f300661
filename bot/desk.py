"""The desk: where an operator's orders and questions are dealt with, on whatever store is open.

A running bot has one and serves it over a local socket (`bot.control`), a command line that finds no running bot opens
its own, a rehearsal plays `operator` lines on it. A request is read from a command line by `bot.cli`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from bot.config import Config
from bot.store import Store
from bot.store.journal import Outcome
from models.context import MerchantView
from models.effects import Answered
from models.events import Event
from models.operations import Role
from models.orders import Order


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command prints, and its exit status: 0, or 2 for what a person got wrong."""

    out: str
    exit: int = 0


class Refused(Exception):
    """An order that was not carried out; the message says why and what to do."""


async def at_once(answer: Callable[[], Answer]) -> Answer:
    """What only reads, by a program that has nothing else to do; Ctrl-C ends it."""
    return answer()


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request may use. `folder` is what its file arguments are relative to.

    Orders are given in the name of `actor` and with the `rights` of a role, about the account that they are `within`
    if there is one: the command line's are the owner's of the whole shop.
    `title_of` looks up the title of an article; where time is virtual nobody looks anything up.
    `reading` is how requests are answered that only read: beside a bot that runs, in a thread.
    """

    config: Config
    store: Store
    merchants: Mapping[str, MerchantView]
    ask: Callable[[Event], Awaitable[Outcome]]
    now: Callable[[], datetime]
    folder: Path
    chosen: str = ""
    actor: str = "operator"
    rights: Role = Role.OWNER
    within: str = ""
    title_of: Callable[[str], Awaitable[str]] | None = None
    reading: Callable[[Callable[[], Answer]], Awaitable[Answer]] = at_once

    @property
    def merchant(self) -> MerchantView:
        """The merchant whose command line this is: the chosen one, else the first. Raises `Refused`."""
        if not self.chosen:
            return next(iter(self.merchants.values()))
        if self.chosen not in self.merchants:
            raise Refused(f"没有商家「{self.chosen}」，现有：{'、'.join(self.merchants)}")
        return self.merchants[self.chosen]

    def merchant_of(self, account: str) -> MerchantView:
        """The merchant of an account that was named, else the one whose command line this is. Raises `Refused`."""
        if not account:
            return self.merchant
        for merchant in self.merchants.values():
            if account in merchant.accounts:
                return merchant
        known = "、".join(one for merchant in self.merchants.values() for one in merchant.accounts)
        raise Refused(f"没有账号「{account}」，现有：{known or '无'}")

    async def order(self, event: Event) -> str:
        """Give an order. Returns what was answered; raises `Refused`."""
        if isinstance(event, Order):
            event = msgspec.structs.replace(event, actor=self.actor, rights=self.rights, within=self.within)
        outcome = await self.ask(event)
        if outcome.error:
            raise Refused("出错了，没有执行；原因记在日志表 journal 里。")
        answered = next((effect for effect in outcome.effects if isinstance(effect, Answered)), Answered())
        if answered.refused:
            raise Refused(answered.refused)
        return answered.text


Request = Callable[[Desk], Awaitable[Answer]]


def only_reads(answer: Callable[[Desk], Answer]) -> Request:
    """A request that gives no order: a report about a year may take seconds, in which a bot greets as ever."""

    async def request(desk: Desk) -> Answer:
        return await desk.reading(partial(answer, desk))

    return request


def lines(rows: list[dict[str, Any]]) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
