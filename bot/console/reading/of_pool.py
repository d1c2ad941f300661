"""The entries of the calendar as somebody sees them who looks after one account: what goes to groups of others only
is theirs, and of what goes to several, no other group is named."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.visit import Scope
from bot.entries_in_force import entries_in_force
from content_calendar.entry import Entry, from_json
from content_calendar.lint_plan import LintEntry
from models.groups import ChatGroup
from models.operations import EntryRevision


def own_rooms(connection: Connection, scope: Scope) -> frozenset[str] | None:
    """The groups of the account, bound or not; None: the whole shop is seen."""
    if not scope.pool:
        return None
    asked = select(col(ChatGroup.wire_id)).where(
        col(ChatGroup.merchant_id) == scope.merchant.id, col(ChatGroup.account_id) == scope.pool
    )
    return frozenset(connection.execute(asked).scalars())


def may_be_read(entry: Entry, rooms: Collection[str] | None) -> bool:
    """Whether an entry is for whoever sees these groups: for a tier, for people, for nobody yet, or for one of them."""
    if rooms is None or entry.tiers or entry.tags or not entry.groups:
        return True
    return any(room in rooms for room in entry.groups)


def seen(entries: Iterable[LintEntry], rooms: Collection[str] | None) -> list[LintEntry]:
    """Those of them that may be read, without other groups and their versions."""
    if rooms is None:
        return list(entries)
    return [
        LintEntry(
            entry=without_others(one.entry, rooms),
            overrides={room: own for room, own in one.overrides.items() if room in rooms},
        )
        for one in entries
        if may_be_read(one.entry, rooms)
    ]


def without_others(entry: Entry, rooms: Collection[str] | None) -> Entry:
    """The entry as if it went to these groups only."""
    if rooms is None:
        return entry
    return msgspec.structs.replace(entry, groups=tuple(room for room in entry.groups if room in rooms))


def entries_seen(connection: Connection, scope: Scope) -> list[LintEntry]:
    """The entries in force that may be read."""
    return seen(entries_in_force(connection, scope.merchant), own_rooms(connection, scope))


def is_of_others(connection: Connection, scope: Scope, key: str) -> bool:
    """Whether the entry of this key, as it was last, is for groups of other accounts only."""
    rooms = own_rooms(connection, scope)
    if rooms is None:
        return False
    asked = select(col(EntryRevision.body)).where(
        col(EntryRevision.merchant_id) == scope.merchant.id, col(EntryRevision.key) == key
    )
    body = connection.execute(asked.order_by(col(EntryRevision.current).desc(), col(EntryRevision.at).desc())).scalar()
    return body is not None and not may_be_read(from_json(body), rooms)
