"""What the staff ordered about somebody who is forgotten: the commands call them by a nickname or a remark, and so do
the answers. The audit knows which they were, by the stable id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, null, or_, select, tuple_, update
from sqlmodel import col

from bot.store import Writing
from bot.store.ids import SEQUENCE_BITS, Ids
from models.deliveries import Delivery
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import AuditEntry
from models.people import Contact

# Ids are ordered by time, which bounds what is read. A command may be heard long after it was said, and decided anew
# later still; its answer is planned in the transaction that writes the audit.
_CLOCKS = timedelta(hours=1)
_BESIDE = 60_000 << SEQUENCE_BITS  # a minute
_MOST = 200  # ranges of one statement


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
    ordered: Sequence[Any] = run(
        select(col(AuditEntry.id), col(AuditEntry.actor), col(AuditEntry.at), col(Contact.id).label("contact_id"))
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
    ).all()
    answers: dict[int, Answer] = {}
    for first in range(0, len(ordered), _MOST):
        few = ordered[first : first + _MOST]
        said = run(
            select(col(JournalEntry.id), col(JournalEntry.contact_id), col(JournalEntry.at), col(JournalEntry.wire_id))
            .where(col(JournalEntry.merchant_id) == merchant_id, col(JournalEntry.body_id).is_not(None))
            .where(or_(*map(_said, few)))
        ).all()
        _speechless(writing, [row.id for row in said])
        actors = {row.contact_id: row.actor for row in few}
        starts = {f"command:{actors[row.contact_id]}:{row.wire_id or f'{row.at:%Y%m%dT%H%M%S%f}'}" for row in said}
        planned = run(
            select(
                col(Delivery.id),
                col(Delivery.key),
                col(Delivery.state),
                col(Delivery.account_id),
                col(Delivery.message),
            )
            .where(col(Delivery.merchant_id) == merchant_id, col(Delivery.key).startswith("command:"))
            .where(or_(*(col(Delivery.id).between(row.id - _BESIDE, row.id + _BESIDE) for row in few)))
        ).all()
        theirs = [row for row in planned if _answers(row.key, starts)]
        answers |= {row.id: Answer(row.id, row.key, row.state) for row in theirs}
        _forget_echoes(writing, merchant_id, [(row.account_id, row.message) for row in theirs if row.message])
    return list(answers.values())


def _said(row: Any) -> ColumnElement[bool]:
    """What was said, by which that was ordered."""
    return and_(
        col(JournalEntry.contact_id) == row.contact_id,
        col(JournalEntry.at) == row.at,
        col(JournalEntry.id).between(Ids.floor(row.at - _CLOCKS), row.id + _BESIDE),
    )


def _answers(key: str, starts: Collection[str]) -> bool:
    """Whether a delivery's key is one of these, or goes on from one after a colon; wire ids may have colons too."""
    places = [place for place, sign in enumerate(key) if sign == ":"]
    return key in starts or any(key[:place] in starts for place in places)


def _forget_echoes(writing: Writing, merchant_id: str, messages: Sequence[tuple[str, str]]) -> None:
    if not messages:
        return
    echoed = select(col(SeenEvent.journal_id)).where(
        col(SeenEvent.merchant_id) == merchant_id,
        tuple_(col(SeenEvent.account_id), col(SeenEvent.wire_id)).in_(messages),
    )
    _speechless(writing, writing.connection.execute(echoed).scalars())


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
