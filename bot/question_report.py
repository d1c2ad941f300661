"""Business questions in groups, and what became of them until now, worked out from what was said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.moments import iso
from bot.store.ids import Ids
from bot.store.talk import Proceed, all_questions, at_once, talk_since
from handlers.threads import Thread, threads
from models.context import MerchantView, Said
from models.groups import ChatGroup

_READING = 0.6  # of the work: what was said; the rest is what became of it


def question_rows(
    connection: Connection,
    merchant: MerchantView,
    since: datetime | None = None,
    rooms: Collection[str] | None = None,
    proceed: Proceed = at_once,
) -> list[dict[str, Any]]:
    """One row a question, in the order of asking: of bound groups; of all, before any is bound. Only of these rooms,
    where they are named. `proceed` is told how far it is, and may raise something to stop."""
    groups = {
        row.id: row
        for row in connection.execute(
            select(col(ChatGroup.id), col(ChatGroup.wire_id), col(ChatGroup.tier)).where(
                col(ChatGroup.merchant_id) == merchant.id
            )
        )
    }
    bound = [identity for identity, row in groups.items() if row.tier] or list(groups)
    wanted = [identity for identity in bound if rooms is None or groups[identity].wire_id in rooms]
    asked = all_questions(connection, merchant, wanted, Ids.floor(since) if since else 0)
    if not asked:
        return []
    of = sorted({one.group_id for one in asked})
    said = talk_since(connection, merchant, asked[0].id, of, lambda share: proceed(share * _READING))
    by_group: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        by_group[one.group_id].append(one)
    found: list[Thread] = []
    for number, group_id in enumerate(sorted(by_group)):
        proceed(_READING + (1 - _READING) * number / len(by_group))
        found += threads(by_group[group_id])
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
