"""Questions of groups become rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import col

from bot.store import Writing
from bot.store.event_keys import content_key
from models.context import MerchantView
from models.events import Event
from models.journal import SeenEvent
from models.questions import GroupQuestion

Pairs = list[tuple[Event, Any]]

_JOURNALLED = select(col(SeenEvent.journal_id)).where(
    col(SeenEvent.merchant_id) == bindparam("merchant"),
    col(SeenEvent.account_id) == bindparam("account"),
    col(SeenEvent.wire_id) == bindparam("key"),
)


def put_questions(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    rows = []
    for event, effect in pairs:
        key = event.wire_id or content_key(event)
        found = writing.rows(_JOURNALLED, merchant=merchant.id, account=event.account, key=key)
        rows += [(merchant.id, identity, effect.group_id) for (identity,) in found]
    writing.put(GroupQuestion, ("merchant_id", "id", "group_id"), rows, "keep")
