"""Questions of groups become rows."""

from __future__ import annotations

from typing import Any

from bot.store import Writing
from bot.store.event_keys import content_key
from models.context import MerchantView
from models.events import Event
from models.questions import GroupQuestion

Pairs = list[tuple[Event, Any]]


def put_questions(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    found = [
        (writing.journalled.get((event.account, event.wire_id or content_key(event))), one) for event, one in pairs
    ]
    rows = {identity: (merchant.id, identity, one.group_id, one.perhaps) for identity, one in found if identity}
    writing.put(GroupQuestion, ("merchant_id", "id", "group_id", "perhaps"), list(rows.values()))
