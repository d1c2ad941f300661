"""Business questions in groups, and what became of them until now, worked out from what was said."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.moments import iso
from bot.store.ids import Ids
from bot.store.talk import all_questions, talk_since
from handlers.threads import threads
from models.context import MerchantView, Said
from models.groups import ChatGroup


def question_rows(
    connection: Connection, merchant: MerchantView, since: datetime | None = None
) -> list[dict[str, Any]]:
    """One row a question, in the order of asking: of bound groups; of all, before any is bound."""
    groups = {
        row.id: row
        for row in connection.execute(
            select(col(ChatGroup.id), col(ChatGroup.wire_id), col(ChatGroup.tier)).where(
                col(ChatGroup.merchant_id) == merchant.id
            )
        )
    }
    bound = [identity for identity, row in groups.items() if row.tier]
    asked = all_questions(connection, merchant, bound or list(groups), Ids.floor(since) if since else 0)
    if not asked:
        return []
    said = talk_since(connection, merchant, asked[0].id, sorted({one.group_id for one in asked}))
    by_group: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        by_group[one.group_id].append(one)
    found = [thread for group_id in sorted(by_group) for thread in threads(by_group[group_id])]
    return [
        {
            "group": groups[one.question.group_id].wire_id,
            "message": one.question.message,
            "asked_by": one.question.contact,
            "at": iso(one.question.at, merchant.zone),
            "text": one.question.text,
            "state": one.state,
            "answered_by": one.answered_by,
        }
        for one in sorted(found, key=lambda thread: thread.question.id)
    ]
