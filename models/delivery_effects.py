"""Effects on what leaves: single deliveries, and what the calendar plans. See `models.effects` for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from models.events import Media


class Effect(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The common root; it has no fields."""


class Send(Effect, frozen=True, kw_only=True):
    """Write a delivery under its unique key. Written twice, it exists once.

    `text` is final; `template` is rendered when it leaves. `due` defaults to the event's time. The lane `reply` is for
    what answers somebody: exempt from quiet hours and caps, never from the account's budget. `about_consent` marks what
    may be said to somebody who opted out.
    """

    key: str
    account: str
    kind: DeliveryKind = DeliveryKind.TEXT
    lane: Lane
    cause: Cause
    contact_id: int | None = None
    group_id: int | None = None
    part: int = 1
    text: str | None = None
    template: str | None = None
    mentions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    request: str = ""
    due: datetime | None = None
    not_after: datetime | None = None
    priority: int = 5
    about_consent: bool = False
    revision: str = ""


class Settle(Effect, frozen=True, kw_only=True):
    """Something is known about a delivery that has left: its echo was seen, or a human says so. `was`: the state in
    which its echo or the tap found it."""

    delivery_id: int
    state: DeliveryState
    reason: str | None = None
    message: str = ""
    was: str = ""


class SendNext(Effect, frozen=True, kw_only=True):
    """A part of a text has arrived: the part after it leaves, if there is one. Written twice, it leaves once."""

    delivery_id: int


class SendAgain(Effect, frozen=True, kw_only=True):
    """Put a delivery back in line, to be looked at again at `at`; its stored text goes out unchanged.

    Until then it waits for `reason`; without one it is planned anew, because a human wants it to be sent again.
    """

    delivery_id: int
    at: datetime
    reason: str | None = None


class SlowDown(Effect, frozen=True, kw_only=True):
    """The platform wants this account to be silent until then."""

    account: str
    until: datetime


class Cancel(Effect, frozen=True, kw_only=True):
    """Take back the deliveries of a contact that have not left and whose cause is among `causes`.

    `state` is what becomes of them: with a reason of the gate the state that the gate would give.

    It is written before the sends of the same batch, so that a handler may take back and say anew.
    """

    contact_id: int
    causes: tuple[Cause, ...]
    state: DeliveryState = DeliveryState.CANCELLED
    reason: str | None = None


class ConfirmByFact(Effect, frozen=True, kw_only=True):
    """What a delivery was to bring about is a fact: a friendship, somebody in a group, a remark of that text.

    What has left is confirmed; what has not is taken back, since nothing is left to do.
    """

    account: str = ""  # empty: whichever it was
    contact_id: int
    kind: DeliveryKind
    group_id: int | None = None
    text: str | None = None


class PutEntries(Effect, frozen=True, kw_only=True):
    """Calendar entries as JSON of `content_calendar.entry`, by key and revision; they replace those of the same key."""

    entries: tuple[tuple[str, str, str], ...]
    author: str = ""
    approved: bool = True
    draft: bool = False


class DropEntry(Effect, frozen=True, kw_only=True):
    """The entry is no longer in force; what it planned and has not left is cancelled."""

    key: str


class Turn(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Whose turn it is on the day of an occurrence that counts from each member.

    `born`: the days that the answer `birthday` may name, as (lunar, month, day). Else who joined, bought, or was
    last heard, from `start` up to `end`.
    """

    of: Literal["birthday", "joined", "bought", "silent"]
    born: tuple[tuple[bool, int, int], ...] = ()
    start: datetime | None = None
    end: datetime | None = None


class Spare(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A spare draft that an occurrence may take, with what it says."""

    key: str
    theme: str
    kind: DeliveryKind
    template: str
    media: tuple[Media, ...] = ()
    promotional: bool = False


class Expand(Effect, frozen=True, kw_only=True):
    """Plan one occurrence of a calendar entry for its whole audience, in one statement.

    Keys are `entry:<key>:<local date>:<wire id>`. `state` is `planned`, or what the catch-up policy says of a missed
    one. With a `turn` it goes 1:1 to those whose turn it is; tiers and groups then say where they must be.

    With `spares` each target gets the next of them instead of `template`, or nothing where there are none.
    """

    entry: str
    revision: str
    occurrence: str
    due: datetime
    kind: DeliveryKind
    lane: Lane
    template: str
    media: tuple[Media, ...] = ()
    tiers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    priority: int = 5
    promotional: bool = False
    not_after: datetime | None = None
    turn: Turn | None = None
    optional: bool = False  # groups may have a text of their own
    but: tuple[int, ...] = ()  # groups that decline it or have it at a time of their own
    only: int | None = None  # of the groups concerned only this one
    spares: tuple[Spare, ...] | None = None
    rollout: str = ""  # its stages: what is not of the first one waits for a word
    state: DeliveryState = DeliveryState.PLANNED
    reason: str | None = None


class PutSpare(Effect, frozen=True, kw_only=True):
    """A spare draft was edited: what has taken it and has not left becomes what it says now."""

    spare: Spare


class Replan(Effect, frozen=True, kw_only=True):
    """An entry was edited: what of this occurrence has not left becomes what `planned` says now.

    What has another time now enters the state of `planned`, and who is no longer concerned is spared. What nobody
    `approved` waits for a word.
    """

    planned: Expand
    approved: bool = True


class Withdraw(Effect, frozen=True, kw_only=True):
    """An entry has no such occurrence any more, for `only` this group, or for all `but` those: it does not leave."""

    entry: str
    occurrence: str
    but: tuple[int, ...] = ()
    only: int | None = None


class PutOverride(Effect, frozen=True, kw_only=True):
    """A group's own version of an entry; what is `None` is as the entry has it."""

    entry: str
    group_id: int
    text: str | None = None
    date: str | None = None
    time: str | None = None
    declined: bool = False


class PutSignup(Effect, frozen=True, kw_only=True):
    """Somebody is on the list of a gathering; `waits`: for a place. Whoever is on it already keeps their turn."""

    entry: str
    occurrence: str
    contact_id: int
    account: str
    group_id: int | None = None
    waits: bool = False


class DropSignup(Effect, frozen=True, kw_only=True):
    """Somebody does not come after all."""

    entry: str
    occurrence: str
    contact_id: int


class GoOn(Effect, frozen=True, kw_only=True):
    """An occurrence goes on to the groups of its first so many `stages`, or without `rollout` to all that are left."""

    entry: str
    occurrence: str
    rollout: str = ""
    stages: int = 0


class MarkDraft(Effect, frozen=True, kw_only=True):
    """An entry that waits for a word is a draft (again), or is put forward."""

    entry: str
    draft: bool


class ApproveWaiting(Effect, frozen=True, kw_only=True):
    """Somebody approved an entry: what waits for that may go now, and what it plans later needs no further word.

    What was due before `not_before` is too late by now and enters the state `too_late`.
    """

    entry: str
    approver: str = ""
    not_before: datetime | None = None
    too_late: DeliveryState = DeliveryState.SKIPPED
