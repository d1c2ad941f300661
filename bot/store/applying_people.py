"""Effects on people become rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, text, true, tuple_, update
from sqlmodel import col

from bot.store import Writing
from bot.store.applying_doubts import found
from bot.store.applying_edits import leaves_out, spare_untagged
from bot.store.identify import chunks
from models.columns import table_of
from models.context import MerchantView
from models.deliveries import Delivery, DeliveryState
from models.effects import SURVEY
from models.events import Event
from models.groups import ChatGroup
from models.operations import Timer
from models.people import Answer, Contact, Friendship, FriendshipState, Person, Survey, Tag
from models.timers import PERSON_TIMERS

Pairs = list[tuple[Event, Any]]

_STAMPS = {
    FriendshipState.REQUESTED: "requested_at",
    FriendshipState.ACCEPTED: "accepted_at",
    FriendshipState.FRIEND: "added_at",
}


def put_friendships(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Only what is given changes; rows of one shape go in one statement."""
    shapes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    first_sources: dict[int, str] = {}
    begun = _begun_before(writing, merchant, [effect for _event, effect in pairs])
    for event, effect in pairs:
        row: dict[str, Any] = {
            "merchant_id": merchant.id,
            "account_id": effect.account,
            "contact_id": effect.contact_id,
        }
        if effect.state:
            row |= {"state": effect.state, "old": effect.old}
            if stamp := _STAMPS.get(effect.state):
                row[stamp] = event.at
            row |= _first_time(begun.get((effect.account, effect.contact_id)), effect.state)
        for name in ("hello", "source", "request"):
            if value := getattr(effect, name):
                row[name] = value
        if effect.remark is not None:
            row["remark"] = effect.remark
        if effect.from_group_id is not None:
            row |= {"from_group_id": effect.from_group_id, "inviter": effect.inviter}
        if effect.source:
            first_sources.setdefault(effect.person_id, effect.source)
        shapes.setdefault(tuple(row), []).append(row)
    for shape, rows in shapes.items():
        if "state" in shape:
            writing.upsert(Friendship, rows)
        else:
            for row in rows:
                writing.connection.execute(
                    update(Friendship)
                    .where(
                        col(Friendship.merchant_id) == merchant.id,
                        col(Friendship.account_id) == row["account_id"],
                        col(Friendship.contact_id) == row["contact_id"],
                    )
                    .values(row)
                )
    for person_id, source in first_sources.items():  # where they came from first is never overwritten
        writing.connection.execute(
            update(Person)
            .where(col(Person.merchant_id) == merchant.id, col(Person.id) == person_id, col(Person.source) == "")
            .values(source=source)
        )


def _begun_before(writing: Writing, merchant: MerchantView, effects: list[Any]) -> dict[tuple[str, int], Any]:
    """The friendships, by account and contact, that may be begun again: by their rows of now."""
    begins = (FriendshipState.REQUESTED, FriendshipState.FRIEND)
    again = [one.contact_id for one in effects if one.state in begins and not one.old]
    return {
        (row.account_id, row.contact_id): row
        for chunk in chunks(again)
        for row in writing.connection.execute(
            select(table_of(Friendship)).where(
                col(Friendship.merchant_id) == merchant.id,
                col(Friendship.contact_id).in_(chunk),
                col(Friendship.added_at).is_not(None),
                col(Friendship.first_added_at).is_(None),
            )
        )
    }


def _first_time(known: Any, state: str) -> dict[str, Any]:
    """What is kept of the first time when somebody comes again; a platform may not have said that they had left."""
    if known is None or not (state == FriendshipState.REQUESTED or known.state == FriendshipState.REMOVED):
        return {}
    return {f"first_{name}": getattr(known, name) for name in ("requested_at", "accepted_at", "added_at", "hello")}


def rebind(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Swap the ids of two contacts, by way of one that no platform gives, and let timers follow the person."""
    writing.acquaintances.forget()
    for event, effect in pairs:
        found(writing, merchant, event, effect.contact_id)
        parked = f"\x01{effect.contact_id}"
        for contact_id, wire_id in (
            (effect.stranger_id, parked),
            (effect.contact_id, effect.wire_id),
            (effect.stranger_id, effect.former_wire_id),
        ):
            writing.connection.execute(
                update(Contact)
                .where(col(Contact.merchant_id) == merchant.id, col(Contact.id) == contact_id)
                .values(wire_id=wire_id, became=effect.contact_id if contact_id == effect.stranger_id else None)
            )
        writing.connection.execute(
            update(Timer)
            .where(
                col(Timer.merchant_id) == merchant.id,
                col(Timer.kind).in_(PERSON_TIMERS),
                col(Timer.subject) == effect.former_wire_id,
            )
            .values(subject=effect.wire_id)
        )
        writing.connection.execute(  # what was to be said to them under the new id
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.contact_id) == effect.stranger_id,
                text("state IN ('planned', 'waiting')"),
            )
            .values(contact_id=effect.contact_id)
        )


def hold(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        if effect.contact_id is not None:
            statement = update(Friendship).where(
                col(Friendship.merchant_id) == merchant.id,
                col(Friendship.account_id) == effect.account,
                col(Friendship.contact_id) == effect.contact_id,
            )
        else:
            statement = update(ChatGroup).where(
                col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id) == effect.group_id
            )
        writing.connection.execute(statement.values(human_until=effect.until))


def heard(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        theirs = (
            col(Friendship.merchant_id) == merchant.id,
            col(Friendship.account_id) == effect.account,
            col(Friendship.contact_id) == effect.contact_id,
        )
        # By our clock, since our sends are counted from then; a message that comes late opens no newer window.
        at = min(event.at, writing.now)
        later = or_(col(Friendship.last_heard_at).is_(None), col(Friendship.last_heard_at) < at)
        writing.connection.execute(update(Friendship).where(*theirs, later).values(last_heard_at=at))
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.account_id) == effect.account,
                col(Delivery.contact_id) == effect.contact_id,
                col(Delivery.state) == DeliveryState.WAITING,
                col(Delivery.reason).in_(("window", "quota")),
            )
            .values(next_at=writing.now)
        )


def put_consents(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _update_person(writing, merchant, effect.person_id, consent=effect.consent)


def open_complaints(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        unless_open = col(Person.complained_at).is_(None)
        _update_person(writing, merchant, effect.person_id, unless_open, complained_at=event.at)


def close_complaints(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """What waited for it is looked at now."""
    for _event, effect in pairs:
        person = select(col(Contact.person_id)).where(
            col(Contact.merchant_id) == merchant.id, col(Contact.wire_id) == effect.wire_id
        )
        writing.connection.execute(
            update(Person)
            .where(col(Person.merchant_id) == merchant.id, col(Person.id).in_(person))
            .values(complained_at=None)
        )
        theirs = select(col(Contact.id)).where(
            col(Contact.merchant_id) == merchant.id, col(Contact.person_id).in_(person)
        )
        writing.connection.execute(
            update(Delivery)
            .where(
                col(Delivery.merchant_id) == merchant.id,
                col(Delivery.contact_id).in_(theirs),
                col(Delivery.state) == DeliveryState.WAITING,
                col(Delivery.reason) == "complaint",
            )
            .values(next_at=writing.now)
        )


def put_answers(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    rows = {
        (one.person_id, one.key): (
            merchant.id,
            one.person_id,
            one.key,
            one.value,
            one.state,
            event.at,
            one.revision or merchant.revision,
            one.identity,
        )
        for event, one in pairs
    }
    names = ("merchant_id", "person_id", "key", "value", "state", "at", "revision", "identity")
    writing.put(Answer, names, list(rows.values()), "replace")


_NOT_BY_HAND = (SURVEY, "platform")


def put_tags(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    removed: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
    gained = {effect.person_id for _event, effect in pairs if effect.add}
    # To gain a tag matters to few: only an entry that leaves some out spares whoever is given theirs.
    matters = gained if gained and leaves_out(writing, merchant) else set()
    for _event, effect in pairs:
        removed[effect.origin == SURVEY] += [(effect.person_id, tag) for tag in effect.remove]
    for by_survey, tags in removed.items():
        # What the survey gave it may take away again; a tag that a human gave only a human takes away.
        whose = col(Tag.origin) == SURVEY if by_survey else true()
        for chunk in chunks(tags):
            writing.connection.execute(
                delete(Tag).where(
                    col(Tag.merchant_id) == merchant.id,
                    tuple_(col(Tag.person_id), col(Tag.tag)).in_(chunk),
                    whose,
                )
            )
    for conflict in ("keep", "replace"):  # what a human gives as well stays, whatever is answered
        added = {
            (one.person_id, tag): (merchant.id, one.person_id, tag, one.origin, event.at)
            for event, one in pairs
            for tag in one.add
            if (one.origin in _NOT_BY_HAND) == (conflict == "keep")
        }
        writing.put(Tag, ("merchant_id", "person_id", "tag", "origin", "at"), list(added.values()), conflict)
    lost = {person_id for tags in removed.values() for person_id, _tag in tags}
    spare_untagged(writing, merchant, sorted(lost | matters))


def put_surveys(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    latest = {effect.person_id: effect.survey for _event, effect in pairs}
    rows = [
        (
            merchant.id,
            person_id,
            survey.contact_id,
            survey.account,
            survey.revision,
            survey.state,
            survey.question,
            survey.asked,
            survey.tries,
            survey.nudges,
            survey.aside,
            survey.pending,
            survey.started_at,
            survey.asked_at,
            survey.finished_at,
            survey.coupon,
            survey.put_off_until,
            survey.repeats,
        )
        for person_id, survey in latest.items()
    ]
    writing.put(Survey, _SURVEY, rows, "replace")


_SURVEY = (
    "merchant_id", "person_id", "contact_id", "account_id", "revision", "state", "question", "asked", "tries", "nudges",
    "aside", "pending", "started_at", "asked_at", "finished_at", "coupon", "put_off_until", "repeats",
)  # fmt: skip


def claim_people(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """The first claim holds."""
    for _event, effect in pairs:
        unclaimed = col(Person.owner_contact_id).is_(None)
        values = {"owner_contact_id": effect.owner_contact_id, "owner_by": "claim"}
        _update_person(writing, merchant, effect.person_id, unclaimed, **values)


def opt_out(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        unless_out = col(Person.opted_out_at).is_(None)
        _update_person(writing, merchant, effect.person_id, unless_out, opted_out_at=event.at)


def opt_in(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _update_person(writing, merchant, effect.person_id, opted_out_at=None)


def _update_person(
    writing: Writing, merchant: MerchantView, person_id: int, *where: ColumnElement[bool], **values: Any
) -> None:
    this = (col(Person.merchant_id) == merchant.id, col(Person.id) == person_id)
    writing.connection.execute(update(Person).where(*this, *where).values(values))
