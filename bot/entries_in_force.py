"""The calendar entries in force with the groups' own versions, as the lint and the digest look at them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot import reading
from content_calendar.lint_plan import LintEntry
from models.context import MerchantView
from models.groups import ChatGroup


def entries_in_force(connection: Connection, merchant: MerchantView) -> Iterable[LintEntry]:
    """By key. A room that has another id by now is named by that."""
    now = aliased(ChatGroup)
    became = dict(
        connection.execute(
            select(col(ChatGroup.wire_id), col(now.wire_id))
            .join(now, (col(now.merchant_id) == col(ChatGroup.merchant_id)) & (col(now.id) == col(ChatGroup.became)))
            .where(col(ChatGroup.merchant_id) == merchant.id)
        ).all()
    )
    own = reading.overrides(connection, merchant)
    for entry in reading.entries(connection, merchant):
        rooms = tuple(dict.fromkeys(became.get(room, room) for room in entry.groups))
        yield LintEntry(entry=msgspec.structs.replace(entry, groups=rooms), overrides=own.get(entry.key, {}))
