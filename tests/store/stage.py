"""A store with merchants in it, a clock that tests set, and short words for events, deliveries and rows."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.merchants import put_capabilities
from bot.store import Store
from bot.store.batch import apply
from bot.store.journal import Outcome
from handlers import decide as decide_for_real
from models import effects as fx
from models.accounts import Account
from models.capabilities import Capabilities
from models.context import Context, MerchantView
from models.deliveries import Cause, Delivery, DeliveryChange, Lane
from models.effects import Effect
from models.events import Event, FriendAdded, Message, Who
from models.people import Contact
from models.playbook import Playbook

# A Monday, ten in the morning in Shanghai.
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NAIVE = datetime.fromisoformat("2026-11-23T09:00:00")  # a time without a zone
DECIDED = Callable[[Event, Context], Sequence[Effect]]


def merchant(id: str = "m1", accounts: Sequence[str] = ("main",), **playbook: Any) -> MerchantView:
    """A merchant with a playbook of these tables only."""
    return MerchantView(
        id=id,
        name="临江酒社",
        zone=ZoneInfo("Asia/Shanghai"),
        playbook=Playbook.from_json(json.dumps(playbook)),
        revision="r1",
        accounts=tuple(accounts),
    )


@dataclass
class Shop:
    """The engine on a database, without a transport."""

    store: Store
    merchants: Mapping[str, MerchantView]
    at: datetime = START
    capabilities: Capabilities = field(default_factory=Capabilities)

    def apply(self, *events: Event, decide: DECIDED = decide_for_real) -> list[Outcome]:
        return apply(self.store, self.merchants, events, decide)

    def bring_about(self, *effects: Effect, merchant: str = "m1") -> Outcome:
        """Have one event decided as just these effects."""
        event = Message(merchant=merchant, account="main", at=self.at, contact=Who("wx-somebody"), wire_id=self.fresh())
        return self.apply(event, decide=lambda _event, _context: effects)[0]

    def fresh(self) -> str:
        self._count = getattr(self, "_count", 0) + 1
        return f"event-{self._count}"

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)

    def rows(self, table: Any, *where: Any) -> list[Any]:
        """Rows in the order of their primary keys."""
        statement = select(table.__table__).where(*where).order_by(*table.__table__.primary_key)
        with self.store.reading() as connection:
            return list(connection.execute(statement))

    def delivery(self, key: str) -> Any:
        (row,) = [row for row in self.rows(Delivery) if row.key == key]
        return row

    def history(self, key: str) -> list[str]:
        """The states that a delivery went through; a reason stands behind its state."""
        identity = self.delivery(key).id
        return [
            f"{change.state} {change.reason}" if change.reason else change.state
            for change in self.rows(DeliveryChange)
            if change.delivery_id == identity
        ]

    def befriend(self, *contacts: str, account: str = "main", merchant: str = "m1") -> dict[str, int]:
        """Old friends, whom nobody greets; returns contact ids."""

        def old_friend(_event: Event, context: Context) -> list[Effect]:
            person = context.person
            assert person is not None
            return [
                fx.PutFriendship(
                    account=account, contact_id=person.contact_id, person_id=person.person_id, state="friend", old=True
                )
            ]

        self.apply(
            *(FriendAdded(merchant=merchant, account=account, at=self.at, contact=Who(one)) for one in contacts),
            decide=old_friend,
        )
        return {row.wire_id: row.id for row in self.rows(Contact) if row.merchant_id == merchant}


@contextlib.contextmanager
def shop(url: str, *merchants: MerchantView, capabilities: Capabilities | None = None) -> Iterator[Shop]:
    """Open a shop on a migrated database; its clock starts at `START`."""
    views = {one.id: one for one in merchants or (merchant(),)}
    clock: list[Shop] = []
    store = Store(url, lambda: clock[0].at if clock else START)
    with contextlib.closing(store):
        opened = Shop(store, views)
        clock.append(opened)
        with store.writing() as writing:
            for view in views.values():
                writing.insert_new(
                    Account, [{"merchant_id": view.id, "id": account, "state": "online"} for account in view.accounts]
                )
                for account in view.accounts:
                    put_capabilities(writing, account, capabilities or Capabilities())
        yield opened


def said(contact: str, text: str = "你好", wire_id: str = "", at: datetime = START, **more: Any) -> Message:
    """Somebody said something to account `main` of merchant `m1`."""
    given = {"merchant": "m1", "account": "main"} | more
    return Message(at=at, wire_id=wire_id, contact=Who(contact), text=text, **given)


def reply(key: str, contact_id: int, **more: Any) -> fx.Send:
    """An answer in a conversation."""
    given: dict[str, Any] = {"account": "main", "lane": Lane.REPLY, "cause": Cause.CHAT, "text": key}
    return fx.Send(key=key, contact_id=contact_id, **(given | more))


def post(key: str, **more: Any) -> fx.Send:
    """Something of the calendar."""
    given: dict[str, Any] = {"account": "main", "lane": Lane.CONTENT, "cause": Cause.CALENDAR, "text": key}
    return fx.Send(key=key, **(given | more))


def nothing(_event: Event, _context: Context) -> list[Effect]:
    """Decide to do nothing."""
    return []
