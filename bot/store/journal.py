"""Events are written down: what happened, the words of members apart, and the keys that spot duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import update
from sqlmodel import col

from bot.store import Writing
from bot.store.applying import lose
from bot.store.identify import Names, groups_of, people_of
from handlers.needs import Needs
from models import events as ev
from models import orders
from models.deliveries import DeliveryState
from models.effects import Effect, SendNext, Settle
from models.erasure import is_nameless
from models.events import Event, Media, Who
from models.journal import Body, JournalEntry, SeenEvent


class Outcome(msgspec.Struct, eq=False, gc=False):
    """What became of an event: a duplicate, an error, or effects that are now rows."""

    event: Event
    wants: Needs = Needs.PEOPLE  # what must be known to decide it; until it was looked at, more than nothing
    key: str = ""  # what spots its duplicates; empty where there can be none
    journal_id: int = 0
    duplicate: bool = False
    error: str = ""
    effects: Sequence[Effect] = ()


def is_a_receipt(outcome: Outcome) -> bool:
    """Whether all that is new is that something sent has arrived: nothing more may leave, or rings, for that."""
    return isinstance(outcome.event, ev.SelfMessage) and all(
        isinstance(effect, Settle) and effect.state == DeliveryState.CONFIRMED for effect in outcome.effects
    )


def changes_nothing_due(outcome: Outcome) -> bool:
    """Whether all that is new is that something which had left was taken by the platform, or has arrived: what else may
    leave, and when, is as it was, but for what answers the same person."""
    event = outcome.event
    if isinstance(event, ev.SendAnswered):
        return event.answer == "sent" and all(
            isinstance(effect, Settle) and effect.state == DeliveryState.SENT for effect in outcome.effects
        )
    return is_a_receipt(outcome)


def sets_no_timer(outcome: Outcome) -> bool:
    """Whether all that is new is what became of something sent, so that what rings, and when, is as it was."""
    return isinstance(outcome.event, ev.SelfMessage | ev.SendAnswered) and all(
        isinstance(effect, Settle | SendNext) for effect in outcome.effects
    )


_encoder = msgspec.json.Encoder()


def write_down(writing: Writing, merchant_id: str, names: Names, outcomes: list[Outcome]) -> None:
    """Write events down, the words of members apart, and the keys that spot their duplicates."""
    if not outcomes:
        return
    count = len(outcomes)
    first = writing.ids.take(writing.now, count)
    ids = range(first, first + count)
    for identity, outcome in zip(ids, outcomes, strict=True):
        outcome.journal_id = identity
    _put_keys(writing, merchant_id, [outcome for outcome in outcomes if outcome.key])
    now, contacts, groups = writing.now, names.contacts, names.groups
    data: list[msgspec.Struct] = []
    contact_ids: list[int | None] = []
    group_ids: list[int | None] = []
    said: list[str] = []
    media: list[str] = []
    who: Who | None
    for outcome in outcomes:
        event = outcome.event
        if isinstance(event, ev.Message):  # nearly all of them, so they are spared the generators
            contact_ids.append(contacts[event.contact.contact].contact_id)
            group_ids.append(groups[event.group] if event.group else None)
            said.append(event.text)
            media.append(event.kind)
            data.append(_Said(event.at, event.contact, event.group, event.mentions, event.quote, event.media))
            continue
        who, group = next(people_of(event), None), next(groups_of(event), "")
        contact_ids.append(contacts[who.contact].contact_id if who else None)
        group_ids.append(groups[group] if group else None)
        words = getattr(event, "text", "") or getattr(event, "hello", "")
        # What a human says to somebody who was erased is not kept either.
        said.append("" if who and is_nameless(who.contact) else words)
        media.append(getattr(event, "kind", ""))
        data.append(_without_words(event))
    # The longest rows last: PostgreSQL writes these while those are made.
    spoken = [place for place, words in enumerate(said) if words]
    bodies = ([ids[place] for place in spoken], (merchant_id,) * len(spoken), [said[place] for place in spoken])
    writing.log_columns(Body, ("id", "merchant_id", "text"), bodies)
    events = [outcome.event for outcome in outcomes]
    writing.log_columns(
        JournalEntry,
        _JOURNAL,
        (
            ids,
            (merchant_id,) * count,
            [_TYPES[type(event)] for event in events],
            [event.at for event in events],
            [event.received_at or now for event in events],
            [event.account for event in events],
            [event.wire_id for event in events],
            contact_ids,
            group_ids,
            media,
            [identity if words else None for identity, words in zip(ids, said, strict=True)],
            # All at once: no line of JSON has a line break in it.
            _encoder.encode_lines(data).decode().split("\n")[:count],
        ),
    )


def _put_keys(writing: Writing, merchant_id: str, keyed: Sequence[Outcome]) -> None:
    accounts, keys = [one.event.account for one in keyed], [one.key for one in keyed]
    ids = [one.journal_id for one in keyed]
    columns = ((merchant_id,) * len(keyed), accounts, keys, ids)
    writing.log_columns(SeenEvent, ("merchant_id", "account_id", "wire_id", "journal_id"), columns)
    writing.journalled.update(zip(zip(accounts, keys, strict=True), ids, strict=True))


class _Types(dict[type[Event], str]):
    """The names of events in the journal, looked up once each."""

    def __missing__(self, kind: type[Event]) -> str:
        name = self[kind] = str(kind.__struct_config__.tag)
        return name


_TYPES = _Types()
_JOURNAL = (
    "id",
    "merchant_id",
    "type",
    "at",
    "received_at",
    "account_id",
    "wire_id",
    "contact_id",
    "group_id",
    "kind",
    "body_id",
    "data",
)


class _Said(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="message"):
    """A message without its words, and without what the row's own columns say: most of what is written down, made at
    a third of what it costs to copy the event."""

    at: datetime
    contact: Who
    group: str = ""
    mentions: tuple[str, ...] = ()
    quote: str = ""
    media: Media | None = None


def _without_words(event: Event) -> Event:
    """An event without what members said, whose words live in the erasable body table, or what was said of them, and
    without what the row's own columns say.

    Of a roster only that it came is kept: it is long, comes every hour, and who is in what group are rows already.
    """
    replace = msgspec.structs.replace
    bare = replace(event, account="", merchant="", wire_id="", received_at=None)
    match bare:
        case ev.SelfMessage() | orders.SayOrder():
            return replace(bare, text="")
        case ev.Roster():
            return replace(bare, friends=None, groups=None)
        case ev.FriendRequested():
            return replace(bare, hello="")
        case orders.DescribePersonOrder():
            return replace(bare, add=(), remove=(), note=None, remark="")
    return bare


def keep_error(writing: Writing, merchant_id: str, outcome: Outcome) -> None:
    """Keep the traceback with the event. A send whose answer cannot be dealt with is uncertain, and must be seen."""
    if isinstance(outcome.event, ev.SendAnswered):
        write_down(writing, merchant_id, Names({}, {}), [outcome])
        lose(writing, merchant_id, outcome.event.delivery)
    writing.connection.execute(
        update(JournalEntry).where(col(JournalEntry.id) == outcome.journal_id).values(error=_storable(outcome.error))
    )


def write_dead_letter(writing: Writing, event: Event, error: str) -> None:
    """Keep an event of which no part can be trusted, as text."""
    identity = writing.ids.take(writing.now)
    writing.insert(Body, [{"id": identity, "merchant_id": event.merchant, "text": _storable(repr(event))}])
    writing.insert(
        JournalEntry,
        [
            {
                "id": identity,
                "merchant_id": event.merchant,
                "type": type(event).__struct_config__.tag,
                "at": event.at if event.at.tzinfo else writing.now,
                "received_at": writing.now,
                "account_id": event.account,
                "wire_id": _storable(event.wire_id),
                "body_id": identity,
                "error": _storable(error),
            }
        ],
    )


def _storable(text: str) -> str:
    """The text without what a database refuses: NUL and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode(errors="backslashreplace").decode()
