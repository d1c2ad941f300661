"""变冷: groups in which members write much less than they used to, before nobody writes any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select
from sqlmodel import col

from bot.console.reading.insight import Wanted, in_groups
from bot.console.visit import Scope
from bot.store.spoken import counted
from models.groups import ChatGroup
from models.journal import JournalEntry

RECENT = timedelta(days=3)
USUAL = timedelta(days=28)
SHARE = 0.5  # of what is usual: fewer messages than that, and a group is going cold
_FEWEST = 6  # messages that are usual in the recent time; where there is little talk, less means nothing
_DAY = timedelta(days=1)


class Cooling(NamedTuple):
    """A group that is going cold: messages a day in the recent days, and in the four weeks before them."""

    room: str
    topic: str
    recent: float
    usual: float


def cooling(connection: Connection, scope: Scope, wanted: Wanted, now: datetime) -> list[Cooling]:
    """Those of the groups that are asked for; whatever days are asked for, it is about now. What was said before a
    group was bound, perhaps for the second time, is of days that are not counted."""
    where = in_groups(scope, wanted)
    turn = now - RECENT
    recent = _messages(connection, scope, turn, now, where)
    before = _messages(connection, scope, turn - USUAL, turn, where)
    groups = connection.execute(
        select(col(ChatGroup.id), col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.bound_at))
        .where(*where)
        .order_by(col(ChatGroup.bound_at), col(ChatGroup.id))
    )
    found = []
    for identity, room, topic, bound_at in groups:
        known = min(USUAL, turn - bound_at) if bound_at else USUAL
        if known < _DAY:
            continue
        usual = before.get(identity, 0) / (known / _DAY)
        lately = recent.get(identity, 0) / (RECENT / _DAY)
        if usual * (RECENT / _DAY) >= _FEWEST and lately < usual * SHARE:
            found.append(Cooling(room, topic or room, round(lately, 1), round(usual, 1)))
    return found


def _messages(
    connection: Connection, scope: Scope, start: datetime, end: datetime, where: list[object]
) -> dict[int, int]:
    group = col(JournalEntry.group_id)
    asked = counted(connection, scope.merchant, start, end, select(group, func.count())).where(
        *where, or_(col(ChatGroup.bound_at).is_(None), col(JournalEntry.at) >= col(ChatGroup.bound_at))
    )
    asked = asked.group_by(group)
    return dict(connection.execute(asked).all())
