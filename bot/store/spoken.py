"""What members said in groups: the one meaning of a message that counts, for digests, figures and effects of posts.

What was recalled, what a gateway said twice, what a second account of ours heard too, and what we said ourselves
counts nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select, text
from sqlmodel import col

from bot.store import read
from bot.store.ids import Ids
from bot.store.movements import our_ids
from bot.store.prepared import is_one_of, unindexed
from handlers.commands import is_command
from models.context import MerchantView
from models.groups import ChatGroup
from models.journal import Body, JournalEntry
from models.people import Contact

LATE = timedelta(days=7)
"""How long after it was said a message may reach us and still counts for its day."""


# Of an outer join, though nobody writes who is no contact: SQLite would rather look at each contact there is than read
# so many days of the journal.
WRITER = and_(
    col(Contact.merchant_id) == col(JournalEntry.merchant_id),
    col(Contact.id) == unindexed(col(JournalEntry.contact_id)),
)
_PART, _ROWS = timedelta(days=7), 1_000


class Spoken(NamedTuple):
    """A message of a member; `group` and `contact` are wire ids."""

    group_id: int
    group: str
    at: datetime
    contact: str
    text: str


class _Recalled(msgspec.Struct):
    message: str = ""


_recalled = msgspec.json.Decoder(_Recalled).decode


def spoken(
    connection: Connection, merchant: MerchantView, start: datetime, end: datetime, *where: Any
) -> Iterator[Spoken]:
    """What was said from `start` to before `end`, in the order in which it was heard; `where` narrows the groups."""
    asked = (
        counted(
            connection,
            merchant,
            start,
            end,
            select(
                col(JournalEntry.group_id),
                col(ChatGroup.wire_id),
                col(JournalEntry.at),
                col(Contact.wire_id),
                func.coalesce(col(Body.text), ""),
            ),
        )
        .outerjoin(Contact, WRITER)
        .outerjoin(Body, col(Body.id) == col(JournalEntry.body_id))
        .where(*where)
        .order_by(col(JournalEntry.id))
    )
    for row in connection.execute(asked):
        yield Spoken(*row)


def said_by_each(
    connection: Connection, merchant: MerchantView, start: datetime, end: datetime, *where: Any
) -> Counter[tuple[int, int]]:
    """How many messages of each group are each contact's. A slash-command is said to us, not to the group."""
    each = col(JournalEntry.group_id), col(JournalEntry.contact_id)
    all_of_them = counted(connection, merchant, start, end, select(*each, func.count())).where(*where).group_by(*each)
    found = Counter({(group, contact): count for group, contact, count in connection.execute(all_of_them)})
    with_slash = (
        counted(connection, merchant, start, end, select(*each, col(Body.text)))
        .join(Body, col(Body.id) == col(JournalEntry.body_id))
        .where(*where, or_(col(Body.text).contains("/"), col(Body.text).contains("／")))
    )
    for group, contact, said in connection.execute(with_slash):
        found[group, contact] -= is_command(said, by_staff=False)
    return +found


def counted(connection: Connection, merchant: MerchantView, start: datetime, end: datetime, asked: Any) -> Any:
    """A selection of columns of `JournalEntry` and `ChatGroup` as one of messages that count; whoever wants to know who
    wrote them joins `WRITER`. The journal is found by its ids, which are ordered by when it was heard; `in_parts` has
    other values for the parameters of their bounds."""
    mine = col(JournalEntry.merchant_id)
    asked = (
        asked.select_from(JournalEntry)
        .join(
            ChatGroup,
            and_(
                col(ChatGroup.merchant_id) == mine,
                col(ChatGroup.id) == col(JournalEntry.group_id),
                col(ChatGroup.account_id) == col(JournalEntry.account_id),  # the account that posts there
            ),
        )
        .where(
            col(JournalEntry.id) >= bindparam("heard_from", Ids.floor(start)),
            col(JournalEntry.id) < bindparam("heard_until", Ids.floor(end + LATE)),
            mine == merchant.id,
            col(JournalEntry.type) == "message",
            col(JournalEntry.at) >= start,
            col(JournalEntry.at) < end,
            col(JournalEntry.contact_id).is_not(None),
            col(JournalEntry.contact_id).not_in(_ours(connection, merchant)),
        )
    )
    taken_back = _taken_back(connection, merchant, start)
    return asked.where(~is_one_of(col(JournalEntry.wire_id), "recalled")).params(recalled=taken_back)


def in_parts(
    connection: Connection, asked: Any, start: datetime, end: datetime, now: datetime
) -> Iterator[tuple[float, Sequence[Any]]]:
    """The rows of a selection made by `counted` with these moments, some hundreds at a time, each with the share of the
    time that has been gone through. Nobody keeps a year of messages in memory, and whoever looks can stop."""
    since, until = start, min(end + LATE, now + _PART)
    while since < until:
        before = min(since + _PART, until)
        bounds = {"heard_from": Ids.floor(since), "heard_until": Ids.floor(before)}
        for rows in connection.execute(asked, bounds).partitions(_ROWS):
            yield (since - start) / (until - start), rows
        since = before


def _ours(connection: Connection, merchant: MerchantView) -> list[int]:
    ours = sorted(our_ids(connection, merchant))
    return [identity for (identity,) in read(connection, _CALLED, merchant=merchant.id, wire_ids=ours)]


_CALLED = select(col(Contact.id)).where(
    col(Contact.merchant_id) == bindparam("merchant"), is_one_of(col(Contact.wire_id), "wire_ids")
)


def _taken_back(connection: Connection, merchant: MerchantView, since: datetime) -> list[str]:
    """The messages that were recalled since then."""
    rows = read(connection, _TAKEN_BACK, merchant=merchant.id, heard_from=Ids.floor(since))
    return [_recalled(data).message for (data,) in rows]


_TAKEN_BACK = select(col(JournalEntry.data)).where(
    col(JournalEntry.id) >= bindparam("heard_from"),
    col(JournalEntry.merchant_id) == bindparam("merchant"),
    text("type = 'recalled'"),  # in the words of the index
)
