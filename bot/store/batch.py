"""A batch of events, from duplicates to rows, in one transaction.

Events are deduplicated, journalled, decided and applied together. A batch never decides two events of one conversation
on the same context: it is split into waves, and each wave's context is loaded after the one before was applied.
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from bot.store import Store, Writing
from bot.store.applying import apply_effects
from bot.store.contexts import load_contexts
from bot.store.identify import Names, chunks, groups_of, identify, people_of
from models import events as ev
from models import orders
from models.context import Context, MerchantView
from models.effects import Effect, Follow
from models.events import Event
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import Timer

Decide = Callable[[Event, Context], Sequence[Effect]]

# A decision may raise further events, and those may raise others; a circle among them is a bug, not work.
MOST_WAVES = 10_000


@dataclass(slots=True)
class Outcome:
    """What became of an event: a duplicate, an error, or effects that are now rows."""

    event: Event
    duplicate: bool = False
    error: str = ""
    effects: list[Effect] = field(default_factory=list)


def apply(
    store: Store, merchants: Mapping[str, MerchantView], events: Sequence[Event], decide: Decide
) -> list[Outcome]:
    """Decide and write a batch. Raises OperationalError (disk full, database locked) with nothing written.

    If the batch cannot be written for another reason, each event is tried alone; the one at fault is journalled with
    its traceback, and the rest goes on.
    """
    try:
        return _apply_together(store, merchants, events, decide)
    except OperationalError:
        raise
    except Exception:
        if len(events) > 1:
            return [outcome for event in events for outcome in apply(store, merchants, [event], decide)]
        return [_bury(store, events[0], traceback.format_exc())]


def _apply_together(
    store: Store, merchants: Mapping[str, MerchantView], events: Sequence[Event], decide: Decide
) -> list[Outcome]:
    outcomes = [Outcome(event) for event in events]
    by_merchant: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_merchant[outcome.event.merchant].append(outcome)
    with store.writing() as writing:
        for merchant_id, mine in by_merchant.items():
            fresh = _drop_duplicates(writing, merchant_id, mine)
            _take_timers(writing, merchant_id, [outcome.event for outcome in fresh])
            _decide_in_waves(writing, merchants[merchant_id], fresh, decide)
    return outcomes


def _drop_duplicates(writing: Writing, merchant_id: str, outcomes: list[Outcome]) -> list[Outcome]:
    by_key: dict[tuple[str, str], Outcome] = {}
    fresh: list[Outcome] = []
    for outcome in outcomes:
        key = _dedupe_key(outcome.event)
        if not key:
            fresh.append(outcome)
        elif (outcome.event.account, key) in by_key:
            outcome.duplicate = True
        else:
            by_key[outcome.event.account, key] = outcome
            fresh.append(outcome)
    for account in {account for account, _ in by_key}:
        keys = [key for of_account, key in by_key if of_account == account]
        for chunk in chunks(keys):
            for (seen,) in writing.connection.execute(
                select(col(SeenEvent.wire_id)).where(
                    col(SeenEvent.merchant_id) == merchant_id,
                    col(SeenEvent.account_id) == account,
                    col(SeenEvent.wire_id).in_(chunk),
                )
            ):
                by_key.pop((account, seen)).duplicate = True
    fresh = [outcome for outcome in fresh if not outcome.duplicate]
    first = writing.ids.take(writing.now, len(by_key))
    writing.insert(
        SeenEvent,
        [
            {"merchant_id": merchant_id, "account_id": account, "wire_id": key, "journal_id": first + offset}
            for offset, (account, key) in enumerate(by_key)
        ],
    )
    return fresh


_encoder = msgspec.json.Encoder()


def _dedupe_key(event: Event) -> str:
    """The transport's id; without one, a hash of account, kind, place, people and wire time. Orders have none."""
    match event:
        case orders.Order() | orders.SurveyFinished() | orders.SeatsChanged() | ev.TimerDue() | ev.SendAnswered():
            return ""
    if event.wire_id:
        return event.wire_id
    content = msgspec.structs.replace(event, received_at=None)
    return "hash:" + blake2b(_encoder.encode(content), digest_size=16).hexdigest()


def _take_timers(writing: Writing, merchant_id: str, events: Iterable[Event]) -> None:
    """A timer that rings is gone, in the same transaction as what it brings about."""
    for event in events:
        if isinstance(event, ev.TimerDue):
            writing.connection.execute(
                delete(Timer).where(
                    col(Timer.merchant_id) == merchant_id,
                    col(Timer.kind) == event.kind,
                    col(Timer.subject) == event.subject,
                    col(Timer.at) == event.due,
                )
            )


def _decide_in_waves(writing: Writing, merchant: MerchantView, outcomes: list[Outcome], decide: Decide) -> None:
    pending = outcomes
    for _ in range(MOST_WAVES):
        if not pending:
            return
        names = identify(writing, merchant.id, [outcome.event for outcome in pending])
        journal_ids = _journal(writing, merchant.id, names, [outcome.event for outcome in pending])
        followers: list[Outcome] = []
        for wave in waves(pending):
            contexts = load_contexts(writing, merchant, names, [outcome.event for outcome in wave])
            for outcome, context in zip(wave, contexts, strict=True):
                try:
                    outcome.effects = list(decide(outcome.event, context))
                except Exception:
                    outcome.error = traceback.format_exc()
                    _mark_poison(writing, journal_ids.get(id(outcome.event)), outcome.error)
            apply_effects(writing, merchant, [(outcome.event, outcome.effects) for outcome in wave])
            followers += [
                Outcome(effect.event) for outcome in wave for effect in outcome.effects if isinstance(effect, Follow)
            ]
        pending = followers
    raise RuntimeError(f"events keep raising further events; the last one: {pending[0].event!r}")


def waves(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """Split events so that no wave has two of one conversation, each conversation's in their order."""
    latest: dict[str, int] = {}
    barrier = -1  # nothing may be placed at or before this wave
    split: list[list[Outcome]] = []
    for outcome in outcomes:
        keys = conversations(outcome.event)
        if keys is None:
            place = barrier = len(split)
        else:
            place = max((latest.get(key, barrier) for key in keys), default=barrier) + 1
            place = max(place, barrier + 1)
            for key in keys:
                latest[key] = place
        while len(split) <= place:
            split.append([])
        split[place].append(outcome)
    return split


def conversations(event: Event) -> list[str] | None:
    """What an event touches: its people, and its group where it changes it. None: everything, so it stands alone."""
    match event:
        case ev.Message():
            return [event.contact.contact]
        case ev.FriendRequested() | ev.FriendAdded() | ev.FriendRemoved():
            return [event.contact.contact]
        case ev.SelfMessage():
            return [event.to_contact or event.to_group]
        case ev.GroupJoined() | ev.GroupLeft() | ev.GroupRenamed():
            return [event.group, *(who.contact for who in people_of(event))]
        case ev.SendAnswered():
            return [event.key]
        case ev.TimerDue() if event.kind != "entry":
            return [event.subject]
        case ev.MessageRecalled() | ev.Unreadable():
            return []
        case _:
            return None


def _journal(writing: Writing, merchant_id: str, names: Names, events: Sequence[Event]) -> dict[int, int]:
    """Write events down; returns their journal ids by the identity of the event object."""
    events = [event for event in events if not isinstance(event, ev.SendAnswered)]
    first = writing.ids.take(writing.now, len(events))
    rows: list[dict[str, Any]] = []
    bodies: list[dict[str, Any]] = []
    for offset, event in enumerate(events):
        identity = first + offset
        who = next(people_of(event), None)
        group = next(groups_of(event), None)
        words = getattr(event, "text", "") or getattr(event, "hello", "")
        if words:
            bodies.append({"id": identity, "merchant_id": merchant_id, "text": words})
        rows.append(
            {
                "id": identity,
                "merchant_id": merchant_id,
                "type": type(event).__struct_config__.tag,
                "at": event.at,
                "received_at": event.received_at or writing.now,
                "account_id": event.account,
                "wire_id": event.wire_id,
                "contact_id": names.contacts[who.contact].contact_id if who else None,
                "group_id": names.groups[group] if group else None,
                "kind": getattr(event, "kind", ""),
                "body_id": identity if words else None,
                "data": _without_words(event),
            }
        )
    writing.insert(JournalEntry, rows)
    writing.insert(Body, bodies)
    return {id(event): first + offset for offset, event in enumerate(events)}


def _without_words(event: Event) -> str:
    """The event's JSON without what members said; their words live in the erasable body table."""
    match event:
        case ev.Message() | ev.SelfMessage() if event.text:
            event = msgspec.structs.replace(event, text="")
        case ev.FriendRequested() if event.hello:
            event = msgspec.structs.replace(event, hello="")
    return _encoder.encode(event).decode()


def _mark_poison(writing: Writing, journal_id: int | None, error: str) -> None:
    writing.connection.execute(update(JournalEntry).where(col(JournalEntry.id) == journal_id).values(error=error))


def _bury(store: Store, event: Event, error: str) -> Outcome:
    """Keep an event that cannot be applied, with its traceback, and nothing else of it."""
    with store.writing() as writing:
        if not _drop_duplicates(writing, event.merchant, [Outcome(event)]):
            return Outcome(event, duplicate=True)
        _take_timers(writing, event.merchant, [event])
        names = identify(writing, event.merchant, [event])
        journal_ids = _journal(writing, event.merchant, names, [event])
        _mark_poison(writing, journal_ids.get(id(event)), error)
    return Outcome(event, error=error)
