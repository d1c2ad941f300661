"""What becomes of deliveries that have not left when their calendar entry is edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, text, update
from sqlmodel import col

from bot.store import Change, Writing
from bot.store.applying_calendar import (
    Pairs,
    approve_waiting,
    drop_entries,
    enter,
    expand,
    mark_drafts,
    put_entries,
    put_overrides,
)
from bot.store.audience import audience
from bot.store.identify import chunks
from bot.store.rolling_out import go_on
from bot.store.rotating import follow_spares
from bot.store.signups import drop_signups, put_signups
from content_calendar.entry import asked_for, from_json, kept_out, person_named, signed_up_for
from content_calendar.wording import parts_of
from models import effects as fx
from models.columns import table_of
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery, DeliveryKind, DeliveryState
from models.effects import Effect, Expand
from models.life_cycle import stage_of_tag
from models.operations import IN_FORCE, EntryRevision
from models.people import Contact, Tag


def withdraw(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        gone = _of_occurrence(merchant, effect.entry, effect.occurrence, effect.but, effect.only)
        enter(writing, merchant, gone, DeliveryState.CANCELLED, None)


def replan(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """What was rendered once is sent as it was."""
    for _event, effect in pairs:
        planned: Expand = effect.planned
        open_ones = _of_occurrence(merchant, planned.entry, planned.occurrence, planned.but, planned.only)
        concerned = audience(writing, merchant, planned).subquery()
        target = func.coalesce(concerned.c.group_id, concerned.c.contact_id)
        mine = func.coalesce(col(Delivery.group_id), col(Delivery.contact_id))
        enter(writing, merchant, (*open_ones, mine.not_in(select(target))), DeliveryState.CANCELLED, None)
        if planned.spares is not None:  # what has taken a draft keeps it
            without = (*open_ones, col(Delivery.spare).is_(None))
            enter(writing, merchant, without, DeliveryState.CANCELLED, None)
        open_ones += (col(Delivery.text).is_(None),)
        if planned.spares is None:
            gone = (*open_ones, col(Delivery.part) > len(parts_of(planned.template)))
            enter(writing, merchant, gone, DeliveryState.CANCELLED, None)
        own_text = select(concerned.c.own_text).where(target == mine).limit(1).scalar_subquery()
        writing.connection.execute(
            update(Delivery)
            .where(*open_ones)
            .values(
                **({} if planned.spares is not None else {"template": func.coalesce(own_text, planned.template)}),
                lane=planned.lane,
                promotional=planned.promotional,
                not_after=planned.not_after,
                revision=planned.revision,
                **({} if effect.approved else {"approved": False}),
            )
        )
        first = (*open_ones, col(Delivery.part) == 1)
        writing.connection.execute(
            update(Delivery)
            .where(*first)
            .values(priority=planned.priority, **({} if planned.spares is not None else _said(planned)))
        )
        _move(writing, merchant, planned, (*first, col(Delivery.due_at) != planned.due))


def spare_untagged(writing: Writing, merchant: MerchantView, person_ids: list[int]) -> None:
    """Who has lost a tag gets nothing that waits for them because of it, and neither does who has one by now that is
    left out: whoever has it when it leaves counts."""
    for chunk in chunks(person_ids):
        waiting = writing.connection.execute(
            select(col(Delivery.id), col(Contact.person_id), col(EntryRevision.body))
            .join(
                Contact,
                and_(
                    col(Contact.merchant_id) == col(Delivery.merchant_id), col(Contact.id) == col(Delivery.contact_id)
                ),
            )
            .join(
                EntryRevision,
                and_(
                    col(EntryRevision.merchant_id) == col(Delivery.merchant_id),
                    col(EntryRevision.key) == col(Delivery.entry),
                    IN_FORCE,
                ),
            )
            .where(
                col(Contact.merchant_id) == merchant.id,
                col(Contact.person_id).in_(chunk),
                col(Delivery.state).in_(OPEN_STATES),
            )
        ).all()
        if not waiting:
            continue
        tags: dict[int, set[str]] = defaultdict(set)
        for person_id, tag in writing.connection.execute(
            select(col(Tag.person_id), col(Tag.tag)).where(
                col(Tag.merchant_id) == merchant.id, col(Tag.person_id).in_(chunk)
            )
        ):
            tags[person_id].add(tag)
        spared = [
            identity
            for identity, person_id, body in waiting
            if (named := from_json(body).tags) and _is_spared(named, tags[person_id])
        ]
        enter(writing, merchant, (col(Delivery.id).in_(spared),), DeliveryState.CANCELLED, None)


def leaves_out(writing: Writing, merchant: MerchantView) -> bool:
    """Whether an entry in force may have a tag with a minus; a text that begins with one is taken for it too."""
    return bool(writing.rows(_LEAVES_OUT, merchant=merchant.id))


_LEAVES_OUT = (
    select(col(EntryRevision.key))
    .where(
        col(EntryRevision.merchant_id) == bindparam("merchant"),
        text("current"),  # in the words of the index
        col(EntryRevision.body).contains(':["-') | col(EntryRevision.body).contains(',"-'),
    )
    .limit(1)
)


def _is_spared(named: Sequence[str], tags: Collection[str]) -> bool:
    if any(tag in tags for tag in kept_out(named)):
        return True
    wanted = asked_for(named)
    return (
        bool(wanted)
        and not any(tag in tags for tag in wanted)
        and not any(signed_up_for(tag) or stage_of_tag(tag) or person_named(tag) for tag in wanted)
    )


def _move(writing: Writing, merchant: MerchantView, planned: Expand, moved: tuple[Any, ...]) -> None:
    """What has another time now. Of what is planned still, and of what waits for a word, only the time changes."""
    times = {"due_at": planned.due, "next_at": planned.due}
    if planned.state == DeliveryState.WAITING:
        enter(writing, merchant, moved, planned.state, planned.reason, approved=False, **times)
    elif planned.state != DeliveryState.PLANNED:
        enter(writing, merchant, moved, planned.state, planned.reason)
    else:
        held_back = and_(col(Delivery.state) == DeliveryState.WAITING, col(Delivery.approved))
        writing.connection.execute(update(Delivery).where(*moved, ~held_back).values(**times))
        enter(writing, merchant, (*moved, held_back), planned.state, None, **times)


def _of_occurrence(
    merchant: MerchantView, entry: str, occurrence: str, but: tuple[int, ...], only: int | None
) -> tuple[ColumnElement[bool], ...]:
    group = col(Delivery.group_id)
    return (
        *([or_(group.is_(None), group.not_in(but))] if but else []),
        *([group == only] if only is not None else []),
        col(Delivery.merchant_id) == merchant.id,
        col(Delivery.entry) == entry,
        col(Delivery.occurrence) == occurrence,
        col(Delivery.state).in_(OPEN_STATES),
    )


def _said(planned: Expand) -> dict[str, Any]:
    return {"kind": planned.kind, "media": msgspec.to_builtins(planned.media), "spare": None}


def send_next(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """A part has arrived: the next one is planned, as text and first in its lane, so that nothing comes between."""
    ids = [effect.delivery_id for _event, effect in pairs]
    arrived = writing.connection.execute(select(table_of(Delivery)).where(col(Delivery.id).in_(ids))).all()
    rows = [row for row in arrived if row.part < len(parts_of(row.template or ""))]
    first = writing.ids.take(writing.now, len(rows)) if rows else 0
    planned = [
        {
            **row._mapping,
            "id": identity,
            "part": row.part + 1,
            "kind": DeliveryKind.TEXT,
            "media": [],
            "priority": _REST,
            "text": None,
            "state": DeliveryState.PLANNED,
            "reason": None,
            "next_at": writing.now,
            "due_at": writing.now,
            "created_at": writing.now,
            "left_at": None,
            "attempts": 0,
            "message": "",
        }
        for identity, row in enumerate(rows, first)
    ]
    writing.insert_new(Delivery, planned)
    written = writing.connection.execute(
        select(col(Delivery.id)).where(col(Delivery.id).in_([row["id"] for row in planned])).order_by(col(Delivery.id))
    ).scalars()
    writing.changed(
        [Change(identity, merchant.id, writing.now, DeliveryState.PLANNED, None, None) for identity in written]
    )


# Entries have priorities from 1 to 9.
_REST = 0

CALENDAR_WRITERS: dict[type[Effect], Callable[[Writing, MerchantView, Pairs], None]] = {
    fx.PutEntries: put_entries,
    fx.PutOverride: put_overrides,
    fx.DropSignup: drop_signups,
    fx.PutSignup: put_signups,
    fx.Withdraw: withdraw,
    fx.Replan: replan,
    fx.PutSpare: follow_spares,
    fx.SendNext: send_next,
    fx.DropEntry: drop_entries,
    fx.Expand: expand,
    fx.MarkDraft: mark_drafts,
    fx.GoOn: go_on,
    fx.ApproveWaiting: approve_waiting,
}
"""The writers of the calendar's effects, in their order."""
