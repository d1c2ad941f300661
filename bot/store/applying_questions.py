"""Questions of groups become rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.store import Writing
from bot.store.event_keys import content_key
from bot.store.prepared import is_one_of
from models.context import MerchantView
from models.events import Event
from models.journal import SeenEvent
from models.questions import GroupQuestion

Pairs = list[tuple[Event, Any]]

_JOURNALLED = select(col(SeenEvent.wire_id), col(SeenEvent.journal_id)).where(
    col(SeenEvent.merchant_id) == bindparam("merchant"),
    col(SeenEvent.account_id) == bindparam("account"),
    is_one_of(col(SeenEvent.wire_id), "keys"),
)


def put_questions(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    groups: dict[str, dict[str, tuple[int, bool]]] = defaultdict(dict)
    for event, effect in pairs:
        groups[event.account][event.wire_id or content_key(event)] = effect.group_id, effect.perhaps
    rows = []
    for account, asked_in in groups.items():
        found = writing.rows(_JOURNALLED, merchant=merchant.id, account=account, keys=list(asked_in))
        rows += [(merchant.id, identity, *asked_in[key]) for key, identity in found]
    writing.put(GroupQuestion, ("merchant_id", "id", "group_id", "perhaps"), rows, "keep")
