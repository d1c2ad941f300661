"""What the staff ordered about somebody who is forgotten: the commands call them by a nickname or a remark, and so do
the answers. The audit knows which they were, by the stable id."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, delete, null, or_, select, update
from sqlmodel import col

from bot.store import Writing
from models.deliveries import Delivery
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import AuditEntry
from models.people import Contact


class Answer(NamedTuple):
    """A delivery that answered such a command."""

    id: int
    key: str
    state: str


def forget_commands(
    writing: Writing, merchant_id: str, wire_ids: Collection[str], under_way: Collection[datetime]
) -> list[Answer]:
    """Take the words out of the commands about these people and out of what was heard of the answers, and return the
    answers. Of what was said at the moments `under_way`, that is by which they are forgotten, nothing is taken."""
    run = writing.connection.execute
    asked = run(
        select(col(AuditEntry.actor), col(AuditEntry.at), col(Contact.id))
        .join(
            Contact,
            and_(
                col(Contact.merchant_id) == col(AuditEntry.merchant_id), col(Contact.wire_id) == col(AuditEntry.actor)
            ),
        )
        .where(
            col(AuditEntry.merchant_id) == merchant_id,
            col(AuditEntry.target).in_(wire_ids),
            col(AuditEntry.at).not_in(under_way),
        )
        .distinct()
    ).all()
    answers: list[Answer] = []
    for actor, at, contact_id in asked:
        said = run(
            select(col(JournalEntry.id), col(JournalEntry.wire_id)).where(
                col(JournalEntry.merchant_id) == merchant_id,
                col(JournalEntry.contact_id) == contact_id,
                col(JournalEntry.at) == at,
                col(JournalEntry.body_id).is_not(None),
            )
        ).all()
        stamps = {wire_id or f"{at:%Y%m%dT%H%M%S%f}" for _, wire_id in said}
        _speechless(writing, (identity for identity, _ in said))
        for start in (f"command:{actor}:{stamp}" for stamp in stamps):
            rows = run(
                select(
                    col(Delivery.id),
                    col(Delivery.key),
                    col(Delivery.state),
                    col(Delivery.account_id),
                    col(Delivery.message),
                ).where(
                    col(Delivery.merchant_id) == merchant_id,
                    or_(col(Delivery.key) == start, col(Delivery.key).startswith(f"{start}:", autoescape=True)),
                )
            ).all()
            answers += [Answer(row.id, row.key, row.state) for row in rows]
            for row in rows:
                echoed = select(col(SeenEvent.journal_id)).where(
                    col(SeenEvent.merchant_id) == merchant_id,
                    col(SeenEvent.account_id) == row.account_id,
                    col(SeenEvent.wire_id) == row.message,
                )
                _speechless(writing, run(echoed).scalars())
    return answers


def _speechless(writing: Writing, entries: Iterable[int]) -> None:
    """That something was said stays in the journal; the words go."""
    if not (ids := list(entries)):
        return
    these = col(JournalEntry.id).in_(ids)
    writing.connection.execute(delete(Body).where(col(Body.id).in_(select(col(JournalEntry.body_id)).where(these))))
    writing.connection.execute(
        update(JournalEntry)
        .where(these)
        .values(body_id=None, error=case((col(JournalEntry.error).is_not(None), "erased"), else_=null()))
    )
