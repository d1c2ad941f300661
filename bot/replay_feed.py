"""What really happened, read back from the journal: events as they were heard, each at its moment.

What the program did and noticed by itself (its timers, what follows from a decision, the echoes of its own sends) is
left out: it is to be decided anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, select
from sqlmodel import col

from bot.store.ids import Ids
from bot.store.journalled import HEARD, JOURNALLED, Lost, read_back
from models import events as ev
from models import orders
from models.deliveries import Delivery, DeliveryKind
from models.events import Event
from models.groups import ChatGroup
from models.journal import JournalEntry
from models.people import Contact

_ORDERED = (
    orders.BindGroupOrder | orders.BindGroupsOrder | orders.ReplaceAccountOrder | orders.UnbindGroupOrder
    | orders.ImportEntriesOrder | orders.DeleteEntriesOrder | orders.ApproveEntryOrder | orders.OverrideEntryOrder
    | orders.ImportPlaybookOrder | orders.GrantRoleOrder | orders.ErasePersonOrder | orders.SayOrder
    | orders.OwnerOrder | orders.HandoverOrder | orders.MoveOrder | orders.HandoffOrder | orders.MergeOrder
    | orders.UnmergeOrder | orders.SettleDoubtOrder
)  # fmt: skip
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(HEARD | _ORDERED)
_KNOWN = frozenset(str(kind.__struct_config__.tag) for kind in (*HEARD.__args__, *_ORDERED.__args__))
# What is decided anew: nobody outside did it.
_OUR_OWN = frozenset({"timer", "roster", "survey_finished", "seats_changed", "sign_up", "person_changed", "scan"})
_OUR_OWN |= {"trouble_began", "trouble_ended", "order.decide_again"}
CALENDAR_ORDERS = frozenset(
    {"order.import_entries", "order.delete_entries", "order.approve_entry", "order.override_entry"}
)
PLAYBOOK_ORDERS = frozenset({"order.import_playbook"})

# An echo without an id is one of ours if the same was sent to the same people so shortly before.
_ECHO = timedelta(minutes=10)
_PAGE = 2_000


@dataclass(slots=True)
class Feed:
    """What happened between two moments. `left_out` counts, by the journal's types, what could not be fed again."""

    connection: Connection
    begin: datetime
    end: datetime
    without: Collection[str] = ()
    left_out: Counter[str] = field(default_factory=Counter)
    wordless: int = 0  # messages whose words are not kept any longer
    # the last order about a group, and when it was given: one binding brings about others, and a hand-over
    _bound: tuple[type[orders.Order], datetime | None] = (orders.HandoverOrder, None)
    _sent: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _said: dict[tuple[str, str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Know what we said ourselves."""
        for account, message, contact, group, text, left_at in self.connection.execute(_ours(self.begin, self.end)):
            self._sent[account].add(message)
            self._said[account, group or contact or "", text or ""].append(left_at)

    def events(self) -> Iterator[tuple[datetime, Event]]:
        """Each event that is to happen again, with when it was heard, in the order in which it was."""
        last, end = Ids.floor(self.begin) - 1, Ids.floor(self.end)
        while page := self._page(last, end):
            last = page[-1].id
            for row in page:
                if (event := self._event(row)) is not None:
                    yield row.received_at, event

    def _page(self, last: int, end: int) -> Sequence[Any]:
        statement = JOURNALLED.where(col(JournalEntry.id) > last, col(JournalEntry.id) < end)
        return self.connection.execute(statement.order_by(col(JournalEntry.id)).limit(_PAGE)).all()

    def _event(self, row: Any) -> Event | None:
        if row.type in _OUR_OWN:
            return None
        if row.type not in _KNOWN or row.type in self.without:
            self.left_out[row.type] += 1
            return None
        event = read_back(row, _decoder)
        match event:
            case Lost.WORDLESS:
                self.wordless += 1
                return None
            case Lost():
                self.left_out[event] += 1
                return None
            case orders.Order():
                return None if self._follows(event) else event
            case ev.SelfMessage() if self._is_echo(event):
                return None
        return event

    def _follows(self, event: orders.Order) -> bool:
        """Whether an order came of something that happens again: of a message, or of an order that binds a group."""
        if getattr(event, "said", "") or (event.actor != "operator" and not event.actor.startswith("console:")):
            return True
        binds = orders.BindGroupsOrder, orders.BindGroupOrder
        if isinstance(event, (*binds, orders.HandoverOrder)):
            before, self._bound = self._bound, (type(event), event.at)
            order = (*binds, orders.HandoverOrder)
            return before[1] == event.at and order.index(before[0]) < order.index(type(event))
        return False

    def _is_echo(self, event: ev.SelfMessage) -> bool:
        if event.wire_id and event.wire_id in self._sent[event.account]:
            return True
        said = self._said.get((event.account, event.to_group or event.to_contact, event.text), ())
        return any(-_ECHO < at - event.at < _ECHO for at in said)


def joined(connection: Connection, begin: datetime, end: datetime) -> Iterator[ev.FriendAdded | ev.GroupJoined]:
    """Who became a friend, or came into a group, between two moments."""
    feed = Feed(connection, begin, end, frozenset(_KNOWN - {"friend_added", "group_joined"}))
    for _, event in feed.events():
        if isinstance(event, ev.FriendAdded | ev.GroupJoined):
            yield event


def _ours(begin: datetime, end: datetime) -> Any:
    return (
        select(
            col(Delivery.account_id),
            col(Delivery.message),
            col(Contact.wire_id),
            col(ChatGroup.wire_id),
            col(Delivery.text),
            col(Delivery.left_at),
        )
        .outerjoin(
            Contact,
            and_(col(Contact.merchant_id) == col(Delivery.merchant_id), col(Contact.id) == col(Delivery.contact_id)),
        )
        .outerjoin(
            ChatGroup,
            and_(col(ChatGroup.merchant_id) == col(Delivery.merchant_id), col(ChatGroup.id) == col(Delivery.group_id)),
        )
        .where(
            col(Delivery.left_at) >= begin - _ECHO,
            col(Delivery.left_at) < end,
            col(Delivery.kind).not_in((DeliveryKind.FRIEND_ACCEPT, DeliveryKind.REMARK, DeliveryKind.INVITE)),
        )
    )
