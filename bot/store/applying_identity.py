"""Persons become one, and two again.

Few rows are touched, those of two people, so they are read, and what is to become of them is plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Table, delete, exists, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.store import Change, Writing
from bot.store.applying_doubts import doubt_again, no_doubt_within
from bot.store.applying_people import rebind
from bot.store.places import end_waits, wait_again, waits_of
from models.columns import UtcDateTime, table_of
from models.context import MerchantView
from models.deliveries import OPEN_STATES, TOUCHING_STATES, Delivery, DeliveryState
from models.effects import MergePersons, Rebind
from models.events import Event
from models.groups import Waiting
from models.identity import Merge
from models.operations import AuditEntry, RoleGrant
from models.people import Answer, AnswerState, Contact, Friendship, Person, Survey, Tag

Pairs = list[tuple[Event, Any]]
Row = dict[str, Any]

# What somebody says although it holds already leaves no other trace than these acts.
_ACTS = {"opted_out_at": ("opt_out",), "consent": ("consent.refused", "consent.withdrawn")}


class _Whole(NamedTuple):
    """All that belongs to a person."""

    person: Row
    survey: Row | None
    answers: dict[str, Row]
    tags: dict[str, Row]


def merge_persons(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """What belongs to one person belongs to the other; both as they were are kept, so that it can be undone."""
    writing.acquaintances.forget()
    for event, effect in pairs:
        kept, gone = (_whole(writing, merchant, one) for one in (effect.kept_id, effect.gone_id))
        came = _contacts(writing, merchant, effect.gone_id)
        there = _contacts(writing, merchant, effect.kept_id)
        _remember(writing, merchant, event, effect, kept, gone, came, there)
        _update(writing, Person, merchant, effect.kept_id, **_as_one(kept.person, gone.person))
        _update(writing, Person, merchant, effect.gone_id, complained_at=None)  # nobody any more, so nobody complains
        writing.connection.execute(
            update(Contact)
            .where(col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == effect.gone_id)
            .values(person_id=effect.kept_id)
        )
        _clear(writing, merchant, effect.gone_id, survey=effect.survey_of != effect.gone_id)
        answers = [theirs for key, theirs in gone.answers.items() if _says_more(theirs, kept.answers.get(key))]
        _give(writing, Answer, answers, effect.kept_id)
        _give(writing, Tag, [tag for name, tag in gone.tags.items() if name not in kept.tags], effect.kept_id)
        if effect.survey_of == effect.gone_id:
            _hand_on_survey(writing, merchant, effect.gone_id, effect.kept_id)
        _said_once(writing, merchant, came, there)
        end_waits(writing, merchant, effect.kept_id)
        no_doubt_within(writing, merchant, event, [*came, *there], effect.by)


def unmerge_persons(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """What came with the others goes back with them, unless it has changed since."""
    writing.acquaintances.forget()
    for event, effect in pairs:
        this = (col(Merge.merchant_id) == merchant.id, col(Merge.id) == effect.merge_id)
        merge = writing.connection.execute(select(table_of(Merge)).where(*this)).one()
        writing.connection.execute(update(Merge).where(*this).values(undone_at=event.at, undone_by=effect.by))
        kept, gone = (_thawed(merge.snapshot[name]) for name in ("kept", "gone"))
        came: list[int] = merge.snapshot["contacts"]
        now = _whole(writing, merchant, merge.kept_id)
        writing.connection.execute(
            update(Contact)
            .where(
                col(Contact.merchant_id) == merchant.id,
                col(Contact.person_id) == merge.kept_id,
                col(Contact.id).in_(came),
            )
            .values(person_id=merge.gone_id)
        )
        of_kept, of_gone = _as_two(kept.person, gone.person, now.person, _repeated(writing, merchant, merge))
        _update(writing, Person, merchant, merge.kept_id, **of_kept)
        _update(writing, Person, merchant, merge.gone_id, **of_gone)
        for table, before, theirs, since in (
            (Answer, kept.answers, gone.answers, now.answers),
            (Tag, kept.tags, gone.tags, now.tags),
        ):
            # What they brought and nobody has changed since goes; in its place comes what was there before.
            brought = [key for key, row in theirs.items() if key in since and _same(since[key], row)]
            _take(writing, table, merchant, merge.kept_id, brought)
            _give(writing, table, [before[key] for key in brought if key in before], merge.kept_id)
            _give(writing, table, list(theirs.values()), merge.gone_id)
        if now.survey is not None and now.survey["contact_id"] in came:
            _hand_on_survey(writing, merchant, merge.kept_id, merge.gone_id)
            _give(writing, Survey, [kept.survey] if kept.survey else [], merge.kept_id)
        else:
            _give(writing, Survey, [gone.survey] if gone.survey else [], merge.gone_id)
        waits = [_row(Waiting, row) for row in merge.snapshot.get("waits", ())]  # an older merge has none
        wait_again(writing, merchant, waits, [merge.kept_id, merge.gone_id])
        if merge.snapshot["rebound"]:
            _bind_back(writing, merchant, event, merge)
        both = [*came, *_contacts(writing, merchant, merge.kept_id)]
        doubt_again(writing, merchant, event, both, effect.by, merge)


def _as_one(kept: Row, gone: Row) -> Row:
    """What is true of both; on the safe side, whoever of them said it."""
    notes = [note for note in dict.fromkeys((kept["note"], gone["note"])) if note]
    return {
        "source": kept["source"] or gone["source"],
        "owner_contact_id": kept["owner_contact_id"] or gone["owner_contact_id"],
        "owner_by": (kept if kept["owner_contact_id"] else gone).get("owner_by"),
        "placed_tier": kept.get("placed_tier") or gone.get("placed_tier"),
        "moved_at": kept.get("moved_at") or gone.get("moved_at"),
        "opted_out_at": _earliest(kept["opted_out_at"], gone["opted_out_at"]),
        "consent": "refused" if "refused" in (kept["consent"], gone["consent"]) else kept["consent"] or gone["consent"],
        "complained_at": _earliest(kept["complained_at"], gone["complained_at"]),
        "note": "\n".join(notes),
    }


def _as_two(kept: Row, gone: Row, now: Row, repeated: set[str]) -> tuple[Row, Row]:
    """What holds as it did before, and what was learnt since: that stays with the kept one, and what protects people
    holds for both, since nobody knows any more for whom it was meant."""
    merged = _as_one(kept, gone)
    of_kept = {name: kept.get(name) if now[name] == merged[name] else now[name] for name in merged}
    of_gone = {name: gone.get(name) for name in merged}  # older merges know less
    for name in ("opted_out_at", "complained_at", "consent"):
        if name in repeated:
            of_kept[name] = now[name]
        if now[name] != merged[name] and (name != "consent" or now[name] == "refused"):
            of_gone[name] = now[name]
    return of_kept, of_gone


def _repeated(writing: Writing, merchant: MerchantView, merge: Any) -> set[str]:
    """What somebody who stays has said since, although it held already for what the others had said."""
    stays = select(col(Contact.wire_id)).where(
        col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == merge.kept_id
    )
    acts = set(
        writing.connection.execute(
            select(col(AuditEntry.action)).where(
                col(AuditEntry.merchant_id) == merchant.id,
                col(AuditEntry.at) > merge.at,
                col(AuditEntry.actor).in_(stays),
                col(AuditEntry.action).in_([act for acts in _ACTS.values() for act in acts]),
            )
        ).scalars()
    )
    return {name for name, those in _ACTS.items() if acts.intersection(those)}


def _says_more(theirs: Row, ours: Row | None) -> bool:
    """Whether an answer counts although the kept one has, or has not, said something: 回头再说 is no answer."""
    if ours is None:
        return True
    return bool(ours["state"] == AnswerState.LATER and theirs["state"] == AnswerState.ANSWERED)


def _remember(
    writing: Writing,
    merchant: MerchantView,
    event: Event,
    effect: MergePersons,
    kept: _Whole,
    gone: _Whole,
    came: list[int],
    there: list[int],
) -> None:
    rebound = list(effect.rebound or ())
    friendships = writing.connection.execute(
        select(col(Friendship.account_id), col(Friendship.contact_id), col(Friendship.state)).where(
            col(Friendship.merchant_id) == merchant.id, col(Friendship.contact_id).in_(rebound)
        )
    )
    snapshot = {
        "contacts": came,
        "kept": kept._asdict(),
        "gone": gone._asdict(),
        "survey_of": effect.survey_of,
        "rebound": rebound,
        "friendships": [tuple(row) for row in friendships],
        "waits": waits_of(writing, merchant, [*came, *there]),
    }
    row = {
        "merchant_id": merchant.id,
        "id": writing.ids.take(writing.now),
        "kept_id": effect.kept_id,
        "gone_id": effect.gone_id,
        "at": event.at,
        "by": effect.by,
        "snapshot": msgspec.to_builtins(snapshot),
    }
    writing.insert(Merge, [row])


def _said_once(writing: Writing, merchant: MerchantView, came: list[int], there: list[int]) -> None:
    """A post that both were to get is for one person."""
    same = aliased(Delivery)
    twice = exists().where(
        col(same.contact_id).in_(there),
        col(same.entry) == col(Delivery.entry),
        col(same.occurrence) == col(Delivery.occurrence),
        col(same.state).in_((*OPEN_STATES, *TOUCHING_STATES)),
    )
    ids = writing.connection.execute(
        update(Delivery)
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.contact_id).in_(came),
            text("delivery.state IN ('planned', 'waiting')"),
            twice,
        )
        .values(state=DeliveryState.CANCELLED, reason=None, until=None)
        .returning(col(Delivery.id))
    ).scalars()
    writing.changed(
        [Change(identity, merchant.id, writing.now, DeliveryState.CANCELLED, None, None) for identity in sorted(ids)]
    )


def _bind_back(writing: Writing, merchant: MerchantView, event: Event, merge: Any) -> None:
    """The ids, friendships and roles of who was taken for a missing friend, as they were."""
    former, stranger = merge.snapshot["rebound"]
    wire_ids: dict[int, str] = dict(
        writing.connection.execute(
            select(col(Contact.id), col(Contact.wire_id)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.id).in_((former, stranger))
            )
        ).all()
    )
    writing.connection.execute(
        delete(RoleGrant).where(
            col(RoleGrant.merchant_id) == merchant.id,
            col(RoleGrant.wire_id) == wire_ids[former],
            col(RoleGrant.granted_by) == "rebind",
        )
    )
    back = Rebind(contact_id=former, wire_id=wire_ids[stranger], stranger_id=stranger, former_wire_id=wire_ids[former])
    rebind(writing, merchant, [(event, back)])
    writing.connection.execute(
        update(Contact).where(col(Contact.merchant_id) == merchant.id, col(Contact.id) == stranger).values(became=None)
    )
    for account, contact_id, state in merge.snapshot["friendships"]:
        writing.connection.execute(
            update(Friendship)
            .where(
                col(Friendship.merchant_id) == merchant.id,
                col(Friendship.account_id) == account,
                col(Friendship.contact_id) == contact_id,
            )
            .values(state=state)
        )


def _whole(writing: Writing, merchant: MerchantView, person_id: int) -> _Whole:
    run = writing.connection.execute
    mine = {
        table: [
            dict(row._mapping)
            for row in run(
                select(table_of(table)).where(
                    table_of(table).c.merchant_id == merchant.id, table_of(table).c.person_id == person_id
                )
            )
        ]
        for table in (Survey, Answer, Tag)
    }
    person = run(
        select(table_of(Person)).where(col(Person.merchant_id) == merchant.id, col(Person.id) == person_id)
    ).one()
    return _Whole(
        person=dict(person._mapping),
        survey=next(iter(mine[Survey]), None),
        answers={row["key"]: row for row in mine[Answer]},
        tags={row["tag"]: row for row in mine[Tag]},
    )


def _thawed(frozen: Row) -> _Whole:
    """From a snapshot's JSON."""

    def rows(table: Any, those: Iterable[Row]) -> list[Row]:
        return [_row(table, row) for row in those]

    return _Whole(
        person=rows(Person, [frozen["person"]])[0],
        survey=next(iter(rows(Survey, [frozen["survey"]] if frozen["survey"] else [])), None),
        answers={row["key"]: row for row in rows(Answer, frozen["answers"].values())},
        tags={row["tag"]: row for row in rows(Tag, frozen["tags"].values())},
    )


def _row(table: Any, frozen: Row) -> Row:
    return {name: _value(table_of(table), name, value) for name, value in frozen.items() if name in table_of(table).c}


def _value(table: Table, name: str, value: Any) -> Any:
    is_time = isinstance(table.c[name].type, UtcDateTime)
    return datetime.fromisoformat(value) if is_time and value is not None else value


def _contacts(writing: Writing, merchant: MerchantView, person_id: int) -> list[int]:
    return list(
        writing.connection.execute(
            select(col(Contact.id))
            .where(col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == person_id)
            .order_by(col(Contact.id))
        ).scalars()
    )


def _update(writing: Writing, table: Any, merchant: MerchantView, identity: int, **values: Any) -> None:
    this = (col(table.merchant_id) == merchant.id, col(table.id) == identity)
    writing.connection.execute(update(table).where(*this).values(values))


def _clear(writing: Writing, merchant: MerchantView, person_id: int, *, survey: bool) -> None:
    for table in (Answer, Tag, Survey) if survey else (Answer, Tag):
        mine = (col(table.merchant_id) == merchant.id, col(table.person_id) == person_id)
        writing.connection.execute(delete(table).where(*mine))


def _give(writing: Writing, table: Any, rows: list[Row], person_id: int) -> None:
    writing.upsert(table, [row | {"person_id": person_id} for row in rows])


def _take(writing: Writing, table: Any, merchant: MerchantView, person_id: int, keys: list[str]) -> None:
    key = col(Answer.key) if table is Answer else col(Tag.tag)
    mine = (col(table.merchant_id) == merchant.id, col(table.person_id) == person_id)
    writing.connection.execute(delete(table).where(*mine, key.in_(keys)))


def _hand_on_survey(writing: Writing, merchant: MerchantView, giver: int, taker: int) -> None:
    """Whoever has one of their own loses it."""
    mine = col(Survey.merchant_id) == merchant.id
    writing.connection.execute(delete(Survey).where(mine, col(Survey.person_id) == taker))
    writing.connection.execute(update(Survey).where(mine, col(Survey.person_id) == giver).values(person_id=taker))


def _same(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in one if name != "person_id")


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
