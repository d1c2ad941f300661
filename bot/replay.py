"""重演: a period that is over, decided again under another playbook or calendar, and what would have been different.

The program is the one that runs, under a virtual clock, on a copy of the database taken back to the beginning. People
say and do what they really did, to which nothing that we send this time makes a difference: whoever was asked another
question answers the one that they were asked then.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection
from sqlmodel import col

from bot.app import App, living
from bot.config import Config
from bot.continued import last_moment
from bot.desk import Desk, Refused
from bot.merchants import open_merchants
from bot.rehearsal import RunOperator
from bot.replay_difference import Replayed, Row, compare, delivered
from bot.replay_feed import CALENDAR_ORDERS, PLAYBOOK_ORDERS, Feed, joined
from bot.replay_wire import Answered, Past, Replaying, strangers
from bot.store import Store
from bot.store.accounts import load_accounts
from bot.store.ids import GIVEN_THEN, Ids
from bot.store.rewinding import rewind
from bot.store.snapshot import snapshot
from bot.virtual_time import VirtualClock, run_virtually
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery, DeliveryKind
from models.orders import Order

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Period:
    """A period (aware moments, the end is not in it), as it was and as it is to be: URLs of two copies of the database,
    one as it was at the end, the other as it was at the beginning. `before` are commands that come first, such as one
    that puts another calendar in force."""

    begin: datetime
    end: datetime
    then: str
    again: str
    before: Sequence[list[str]] = ()


def copies(url: str, folder: Path, begin: datetime, end: datetime | None, before: Sequence[list[str]] = ()) -> Period:
    """A period (aware moments) of a database of which two copies are laid in a folder; without an end, to the last
    moment of which it knows something. Raises `BackupError`, and `Refused` if that was before the period."""
    then, again = folder / "then.db", folder / "again.db"
    snapshot(url, then)
    last = last_moment(f"sqlite:///{then}")
    if last is None or last <= begin:
        raise Refused("从那天起还没有任何记录，没有什么可以重演")
    end = end or last + timedelta(seconds=1)
    shutil.copy(then, again)
    rewind(then, end)
    rewind(again, begin)
    return Period(begin, end, f"sqlite:///{then}", f"sqlite:///{again}", before)


@dataclass(slots=True)
class _Limits:
    """What could not be done again."""

    left_out: Counter[str] = field(default_factory=Counter)
    wordless: int = 0
    strangers: int = 0


def replay(
    config: Config, period: Period, *, run_operator: RunOperator, advanced: Callable[[datetime], None]
) -> list[Row]:
    """Live the period again, on the copy `again`, which changes, and say what is different for each merchant.

    Raises `Refused` with what a command that comes first says.
    """
    config = replace(config, alerts=())
    limits = _Limits()
    with contextlib.closing(Store(period.then, lambda: period.end, durable=False)) as then, then.reading() as old:
        live = _live(config, period, old, limits, run_operator, advanced)
        merchants = run_virtually(live, period.begin)
        sides = [Replayed(merchant, period.begin, period.end) for merchant in merchants]
        with (
            contextlib.closing(Store(period.again, lambda: period.end, durable=False)) as again,
            again.reading() as new,
        ):
            rows = [row for side in sides for row in compare(side, old, new)]
    told = {"left_out": dict(sorted(limits.left_out.items())), "wordless": limits.wordless}
    return [*rows, {"about": "limits", **told, "strangers": limits.strangers}]


async def _live(
    config: Config,
    period: Period,
    then: Connection,
    limits: _Limits,
    run_operator: RunOperator,
    advanced: Callable[[datetime], None],
) -> list[MerchantView]:
    clock = VirtualClock.running()
    ours = [command[0] for command in period.before]
    without = (CALENDAR_ORDERS if "calendar" in ours else frozenset()) | (
        PLAYBOOK_ORDERS if "playbook" in ours else frozenset()
    )
    feed = Feed(then, period.begin, period.end, without)
    with contextlib.closing(Store(period.again, clock.now, durable=False, spare_ids=GIVEN_THEN)) as store:
        merchants = open_merchants(store, config, {}, seed=0, started_at=clock.now())
        wires = _wires(store, merchants, _past(then, period), clock.now)
        app = App(config, store, wires, now=clock.now, in_store=_here_and_now)
        async with living(app):
            desk = Desk(config, store, app.merchants, app.ask, clock.now, Path())
            for command in period.before:
                exit, out = await run_operator(command, desk)
                if exit:
                    raise Refused(out.rstrip("\n"))
            for at, event in feed.events():
                await clock.sleep_until(at)
                advanced(at)
                if isinstance(event, Order):
                    if event.merchant in app.merchants:
                        await app.ask(msgspec.structs.replace(event, received_at=None))
                elif event.account in wires:
                    wires[event.account].happen(event)
            await clock.sleep_until(period.end)
        limits.left_out, limits.wordless, limits.strangers = feed.left_out, feed.wordless, strangers(wires)
        return list(app.merchants.values())


async def _here_and_now(work: Callable[[], T]) -> T:
    return work()


def _wires(
    store: Store, merchants: Mapping[str, MerchantView], past: Past, now: Callable[[], datetime]
) -> dict[str, Replaying]:
    wires = {}
    for merchant in merchants.values():
        with store.looking(now()) as looking:
            known = load_accounts(looking, merchant)
        for name in merchant.accounts:
            wires[name] = Replaying(name, known[name].self_id, known[name].capabilities, past, now)
    return wires


def _past(then: Connection, period: Period) -> Past:
    past = Past()
    past.joined(joined(then, period.begin, period.end))
    for row in then.execute(_ANSWERED.where(col(Delivery.left_at) >= period.begin)):
        past.answers[row.key, row.part] = Answered(row.state, row.reason, row.message)
        if row.state not in ARRIVED_STATES or row.id < Ids.floor(period.begin):
            continue
        if row.kind == DeliveryKind.FRIEND_ACCEPT:
            past.accepted.add((row.account_id, row.contact))
        elif row.kind == DeliveryKind.INVITE:
            past.invited.add((row.room, row.contact))
    return past


_ANSWERED: Any = delivered(
    col(Delivery.id),
    col(Delivery.key),
    col(Delivery.part),
    col(Delivery.account_id),
    col(Delivery.kind),
    col(Delivery.state),
    col(Delivery.reason),
    col(Delivery.message),
)
