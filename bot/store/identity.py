"""What decisions know about who is who: open questions to a human, and what a person was merged of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import Writing
from models.columns import table_of
from models.context import DoubtView, MergeView, PersonView
from models.identity import Doubt, DoubtKind, Merge
from models.journal import Body, JournalEntry
from models.people import Contact, SurveyState


def load_doubts(writing: Writing, merchant_id: str, contact_ids: Iterable[int]) -> tuple[DoubtView, ...]:
    """The open ones in which these contacts have a part."""
    ids = sorted(contact_ids)
    new, other = aliased(Contact), aliased(Contact)
    rows = writing.connection.execute(
        select(col(Doubt.kind), col(new.wire_id), col(other.wire_id), col(Doubt.contact_id), col(Doubt.other_id))
        .join(new, (col(new.merchant_id) == col(Doubt.merchant_id)) & (col(new.id) == col(Doubt.contact_id)))
        .join(other, (col(other.merchant_id) == col(Doubt.merchant_id)) & (col(other.id) == col(Doubt.other_id)))
        .where(
            col(Doubt.merchant_id) == merchant_id,
            or_(col(Doubt.contact_id).in_(ids), col(Doubt.other_id).in_(ids)),
            text("doubt.state = 'open'"),
        )
        .order_by(col(Doubt.contact_id), col(Doubt.other_id), col(Doubt.kind).desc())
    ).all()
    said = {contact_id: _said(writing, merchant_id, contact_id) for contact_id in {row[3] for row in rows}}
    return tuple(
        DoubtView(
            kind=kind,
            contact=contact,
            other=other_wire,
            contact_id=contact_id,
            other_id=other_id,
            said=said[contact_id] if kind == DoubtKind.REBIND else (),
        )
        for kind, contact, other_wire, contact_id, other_id in rows
    )


_MOST_SAID = 10  # of whom nobody knows, before a human says it


def _said(writing: Writing, merchant_id: str, contact_id: int) -> tuple[tuple[datetime, str], ...]:
    """What a contact has written 1:1 lately, the first first."""
    rows = writing.connection.execute(
        select(col(JournalEntry.at), col(Body.text))
        .join(Body, col(Body.id) == col(JournalEntry.body_id))
        .where(
            col(JournalEntry.merchant_id) == merchant_id,
            col(JournalEntry.contact_id) == contact_id,
            col(JournalEntry.type) == "message",
            col(JournalEntry.kind) == "text",
            col(JournalEntry.group_id).is_(None),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(_MOST_SAID)
    )
    return tuple((at, said) for at, said in rows)[::-1]


def load_merges(writing: Writing, merchant_id: str, people: Iterable[PersonView]) -> tuple[MergeView, ...]:
    """Those in force that made these persons what they are, the last one first."""
    persons = sorted({person.person_id for person in people})
    rows = writing.connection.execute(
        select(table_of(Merge))
        .where(col(Merge.merchant_id) == merchant_id, col(Merge.kept_id).in_(persons), col(Merge.undone_at).is_(None))
        .order_by(col(Merge.id).desc())
    ).all()
    names = {
        identity: (person_id, wire_id)
        for identity, person_id, wire_id in writing.connection.execute(
            select(col(Contact.id), col(Contact.person_id), col(Contact.wire_id))
            .where(col(Contact.merchant_id) == merchant_id, col(Contact.person_id).in_(persons))
            .order_by(col(Contact.id))
        )
    }
    return tuple(
        MergeView(
            id=row.id,
            contacts=tuple(names[one][1] for one in row.snapshot["contacts"] if one in names),
            others=tuple(
                wire_id
                for identity, (person_id, wire_id) in names.items()
                if person_id == row.kept_id and identity not in row.snapshot["contacts"]
            ),
            asked=names.get(_asked(row.snapshot), (0, ""))[1],
        )
        for row in rows
    )


def _asked(snapshot: dict[str, Any]) -> int:
    """The contact whose open question the merge took back; 0 for none."""
    ended = snapshot["gone" if snapshot["survey_of"] == snapshot["kept"]["person"]["id"] else "kept"]["survey"]
    return int(ended["contact_id"]) if ended and ended["state"] == SurveyState.OPEN else 0
