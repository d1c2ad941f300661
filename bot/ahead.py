"""预演: the days to come, lived through on a copy of the real database before they happen.

The program is the one that runs, under a virtual clock; the platform takes everything and nobody answers. What comes
of it is what the calendar, the promises and the caps will do to the people and accounts that there are.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.app import App, living
from bot.calendar_plan import MEDIA_FOLDER, load_plan
from bot.cli.tables import groups_named, periods_named
from bot.config import Config
from bot.desk import Desk, Refused
from bot.merchants import open_merchants
from bot.moments import iso
from bot.promise_report import promise_rows
from bot.rehearsal import RunOperator
from bot.store import Store
from bot.store.accounts import load_accounts
from bot.terminal import harmless
from bot.transports import LinkLost, Outgoing, Receipt
from bot.virtual_time import VirtualClock, run_virtually
from content_calendar.lint import lint
from handlers.reason_names import REASON_NAMES
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import MerchantView
from models.deliveries import TOUCHING_STATES, Delivery, DeliveryChange, Lane
from models.events import Event, LoggedIn, Roster
from models.groups import ChatGroup, GroupMember
from models.people import Contact, Friendship, FriendshipState

T = TypeVar("T")
Row = dict[str, Any]

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# Touches a week, as a shopkeeper thinks of them: none, now and then, every other day, every day, more.
_BINS = ((0, 0), (1, 2), (3, 4), (5, 7), (8, 14), (15, None))


class Accepting:
    """A transport that takes whatever is sent; nobody is there to answer."""

    def __init__(self, account: str, self_id: str, capabilities: Capabilities, now: Callable[[], datetime]) -> None:
        self.account = account
        self.capabilities = capabilities
        self._self_id = self_id
        self._now = now
        self._closed = asyncio.Event()

    async def events(self) -> AsyncGenerator[Event, None]:
        """On line until the end. Raises `LinkLost` then."""
        yield LoggedIn(account=self.account, at=self._now(), received_at=self._now(), self_id=self._self_id)
        await self._closed.wait()
        raise LinkLost("closed by ourselves")

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Always a yes."""
        return Receipt(message=f"ahead:{outgoing.key}:{outgoing.part}")

    async def roster(self) -> Roster:
        """Nothing is asked for, so nothing has changed."""
        return Roster(account=self.account, at=self._now(), received_at=self._now())

    async def close(self) -> None:
        """The end."""
        self._closed.set()


def look_ahead(
    config: Config,
    copy: str,
    begin: datetime,
    days: int,
    *,
    before: Sequence[list[str]],
    run_operator: RunOperator,
    advanced: Callable[[datetime], None],
) -> list[Row]:
    """Live `days` days from `begin` (aware) on the copy of a database at this URL, which changes, and say what came
    of it for each merchant. Commands `before` come first, such as one that puts another calendar in force.

    Raises `Refused` with what such a command says.
    """
    config = replace(config, alerts=())
    media = config.file.parent / MEDIA_FOLDER
    end = begin + days * _DAY
    merchants = run_virtually(_live(config, copy, end, before, run_operator, advanced), begin)
    with contextlib.closing(Store(copy, lambda: end, durable=False)) as store:
        return [row for merchant in merchants for row in _rows(store, merchant, begin, end, media)]


async def _live(
    config: Config,
    copy: str,
    end: datetime,
    before: Sequence[list[str]],
    run_operator: RunOperator,
    advanced: Callable[[datetime], None],
) -> list[MerchantView]:
    clock = VirtualClock.running()
    with contextlib.closing(Store(copy, clock.now, durable=False)) as store:
        transports = {}
        for merchant in open_merchants(store, config, {}, seed=0, started_at=clock.now()).values():
            with store.looking(clock.now()) as looking:
                known = load_accounts(looking, merchant)
            for name in merchant.accounts:
                transports[name] = Accepting(name, known[name].self_id, known[name].capabilities, clock.now)
        app = App(config, store, transports, now=clock.now, in_store=_here_and_now)
        async with living(app):
            desk = Desk(config, store, app.merchants, app.ask, clock.now, Path())
            for command in before:
                exit, out = await run_operator(command, desk)
                if exit:
                    raise Refused(out.rstrip("\n"))
            while (now := clock.now()) < end:
                advanced(now)
                await clock.sleep_until(min(end, now + _DAY))
        return list(app.merchants.values())


async def _here_and_now(work: Callable[[], T]) -> T:
    return work()


def _rows(store: Store, merchant: MerchantView, begin: datetime, end: datetime, media: Path) -> list[Row]:
    first = (begin.astimezone(merchant.zone) + _DAY).date()
    last = (end.astimezone(merchant.zone) - _DAY).date()
    with store.looking(end) as looking:
        connection = looking.connection
        sent = select(
            col(Delivery.account_id),
            col(Delivery.contact_id),
            col(Delivery.group_id),
            col(Delivery.lane),
            col(Delivery.part),
            col(Delivery.left_at),
        ).where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.left_at) >= begin,
            col(Delivery.state).in_(TOUCHING_STATES),
        )
        left = list(connection.execute(sent))
        found: list[Row] = [
            {"merchant": merchant.id, "about": "touches"} | _touches(connection, merchant, left, (end - begin) / _WEEK),
            *({"merchant": merchant.id, "about": "held_back"} | row for row in _held_back(connection, merchant, begin)),
            *({"merchant": merchant.id, "about": "load"} | row for row in _load(merchant, left)),
        ]
        if first <= last:
            plan = load_plan(looking, merchant, first, last, media)
            found += [
                {"merchant": merchant.id, "about": "empty_slot", "group": row.group, "promise": row.promise,
                 "period": row.period, "text": row.text}
                for row in lint(plan) if row.code == "missing" and row.promise
            ]  # fmt: skip
            kept = _promises(connection, merchant, first, last, end)
            found.append({"merchant": merchant.id, "about": "promises"} | kept)
    return found


def _touches(connection: Connection, merchant: MerchantView, left: list[Any], weeks: float) -> Row:
    """How often people will be touched in a week: all that goes to them 1:1, and posts by the playbook's weight."""
    weight = merchant.playbook.caps.group_post_weight
    counts = Counter(row.group_id for row in left if row.contact_id is None and row.part == 1)
    direct = Counter(row.contact_id for row in left if row.contact_id and row.part == 1 and row.lane != Lane.REPLY)
    touches: dict[int, float] = defaultdict(float)
    friends = connection.execute(
        select(col(Contact.person_id), col(Contact.id))
        .join(
            Friendship,
            (col(Friendship.merchant_id) == col(Contact.merchant_id)) & (col(Friendship.contact_id) == col(Contact.id)),
        )
        .where(col(Contact.merchant_id) == merchant.id, col(Friendship.state) == FriendshipState.FRIEND)
        .distinct()
    )
    for person, contact in friends:
        touches[person] += direct[contact]
    members = connection.execute(
        select(col(Contact.person_id), col(GroupMember.group_id))
        .join(
            GroupMember,
            (col(GroupMember.merchant_id) == col(Contact.merchant_id))
            & (col(GroupMember.contact_id) == col(Contact.id)),
        )
        .join(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(GroupMember.merchant_id))
            & (col(ChatGroup.id) == col(GroupMember.group_id)),
        )
        .where(
            col(Contact.merchant_id) == merchant.id,
            col(GroupMember.left_at).is_(None),
            col(Contact.wire_id).not_in(select(col(Account.self_id)).where(col(Account.merchant_id) == merchant.id)),
            col(ChatGroup.tier).is_not(None),
        )
    )
    for person, group in members:
        touches[person] += counts[group] * (1 if weight is None else weight)
    a_week = sorted(ceil(count / weeks) for count in touches.values())
    bins = {
        f"{low}" if high == low else f"{low}-{high}" if high else f"{low}+": sum(
            low <= count and (high is None or count <= high) for count in a_week
        )
        for low, high in _BINS
    }
    middle, most = (a_week[len(a_week) // 2], a_week[-1]) if a_week else (0, 0)
    return {"members": len(a_week), "per_week": bins, "middle": middle, "most": most}


def _held_back(connection: Connection, merchant: MerchantView, begin: datetime) -> list[Row]:
    """How many deliveries waited or ended for each reason; for who is tired of us it is `person_cap`."""
    rows = connection.execute(
        select(col(DeliveryChange.state), col(DeliveryChange.reason), col(DeliveryChange.delivery_id))
        .where(
            col(DeliveryChange.merchant_id) == merchant.id,
            col(DeliveryChange.at) >= begin,
            col(DeliveryChange.reason).is_not(None),
        )
        .distinct()
    )
    counts = Counter((state, reason) for state, reason, _ in rows)
    return [{"state": state, "reason": reason, "count": count} for (state, reason), count in counts.most_common()]


def _load(merchant: MerchantView, left: list[Any]) -> list[Row]:
    """How much each account sends, in all and in its busiest hour, and by the hour of the day."""
    by_account: dict[str, list[datetime]] = defaultdict(list)
    for row in left:
        by_account[row.account_id].append(row.left_at.astimezone(merchant.zone))
    found = []
    for account in merchant.accounts:
        hours = Counter(at.replace(minute=0, second=0, microsecond=0) for at in by_account[account])
        busiest = min((hour for hour in hours if hours[hour] == max(hours.values())), default=None)
        of_day = Counter(at.hour for at in by_account[account])
        found.append(
            {
                "account": account,
                "sent": len(by_account[account]),
                "most_per_hour": hours[busiest] if busiest else 0,
                "busiest": iso(busiest, merchant.zone),
                "by_hour": [of_day[hour] for hour in range(24)],
            }
        )
    return found


def _promises(connection: Connection, merchant: MerchantView, first: date, last: date, end: datetime) -> Row:
    states = Counter(row.state for row in promise_rows(connection, merchant, first, last, end))
    return {state: states[state] for state in ("kept", "late", "missed")}


def told(rows: Sequence[Row]) -> str:
    """The same for people."""
    said: list[str] = []
    lacking: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        match row["about"]:
            case "touches":
                per_week = "，".join(f"{name} 次 {count} 人" for name, count in row["per_week"].items() if count)
                said.append(f"每人每周被打扰：{per_week or '没有人'}（中间数 {row['middle']}，最多 {row['most']}）")
            case "held_back":
                name = REASON_NAMES.get(row["reason"], row["reason"])
                said.append(f"{_HELD.get(row['state'], row['state'])}：{name} {row['count']} 条")
            case "load":
                busiest = (
                    f"，最忙 {row['busiest'][:13].replace('T', ' ')} 点 {row['most_per_hour']} 条"
                    if row["sent"]
                    else ""
                )
                said.append(
                    f"账号 {row['account']}：发 {row['sent']} 条{busiest}，一小时最多 {row['most_per_hour']} 条"
                )
            case "promises":
                said.append(f"必发：做到 {row['kept']}，晚了 {row['late']}，漏发 {row['missed']}")
            case "empty_slot":
                lacking.setdefault((row["period"], row["text"]), []).append(row["group"])
    periods: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (period, text), groups in lacking.items():
        periods.setdefault((text, tuple(groups)), []).append(period)
    said += [
        f"缺稿：{period} {text}（{groups_named(groups)}）"
        for (text, groups), during in periods.items()
        for period in periods_named(during)
    ]
    return "".join(f"{harmless(line)}\n" for line in said)


_HELD = {"waiting": "等过", "skipped": "没发", "expired": "过期未发", "failed": "发送失败", "unknown": "不确定"}
