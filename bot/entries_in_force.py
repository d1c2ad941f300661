"""The calendar entries in force with the groups' own versions, as the lint and the digest look at them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot import reading
from bot.store import read
from content_calendar.lint_plan import LintEntry
from models.context import MerchantView
from models.groups import ChatGroup

_now = aliased(ChatGroup)
_BECAME = (
    select(col(ChatGroup.wire_id), col(_now.wire_id))
    .join(_now, (col(_now.merchant_id) == col(ChatGroup.merchant_id)) & (col(_now.id) == col(ChatGroup.became)))
    .where(col(ChatGroup.merchant_id) == bindparam("merchant"))
)


def entries_in_force(connection: Connection, merchant: MerchantView) -> Iterable[LintEntry]:
    """By key. A room that has another id by now is named by that."""
    became: dict[str, str] = dict(read(connection, _BECAME, merchant=merchant.id))
    own = reading.overrides(connection, merchant)
    for entry in reading.entries(connection, merchant):
        rooms = tuple(dict.fromkeys(became.get(room, room) for room in entry.groups))
        yield LintEntry(entry=msgspec.structs.replace(entry, groups=rooms), overrides=own.get(entry.key, {}))
