"""Everything that can happen, as frozen data.

An event says what happened on the wire, on the clock, or at the operator's keyboard. It names people and
groups by the platform's ids ("wire ids") and accounts by the ids of the configuration; who they *are* is looked
up by the store. `at` is when it happened (aware, UTC); `received_at` is when it reached us.

Events are journalled as JSON with their `type` and `version`; the words of members are kept apart, in the
erasable `body` table.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

MessageKind = Literal[
    "text", "image", "video", "file", "link", "mini_program", "card", "location", "voice", "emoticon", "other"
]


class Who(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A person as the platform names them: a stable wire id and a nickname that proves nothing."""

    contact: str
    name: str = ""
    remark: str = ""
    tags: tuple[str, ...] = ()


class GroupState(msgspec.Struct, frozen=True, gc=False):
    """A group as the platform lists it. `members` include our own accounts."""

    group: str
    topic: str = ""
    owner: str = ""
    members: tuple[Who, ...] = ()


class Media(msgspec.Struct, frozen=True, gc=False):
    """A picture, file, link or card: a name, and a URL, a local path or a contact id that it stands for. A `data:`
    URL holds the file itself."""

    name: str = ""
    url: str = ""
    description: str = ""
    thumbnail: str = ""


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every event has. `wire_id` is the transport's own id, empty where the transport gives none.

    `account` is empty and `merchant` given where no account is concerned (timers, operators); transports leave
    `merchant` empty, the intake fills it in.
    """

    account: str = ""
    merchant: str = ""
    at: datetime
    wire_id: str = ""
    received_at: datetime | None = None


class LoggedIn(Event, frozen=True, kw_only=True, tag="login"):
    """The account is on line. `self_id` is its own wire id."""

    self_id: str
    name: str = ""


class LoggedOut(Event, frozen=True, kw_only=True, tag="logout"):
    """The account was signed out by the platform or on the phone."""

    reason: str = ""


class ScanWanted(Event, frozen=True, kw_only=True, tag="scan"):
    """The gateway wants its QR code scanned before it can log in."""

    code: str = ""


class WentDeaf(Event, frozen=True, kw_only=True, tag="deaf"):
    """Nothing was heard from the gateway for longer than its heartbeat allows."""

    silent_seconds: float = 0


class Taken(Event, frozen=True, kw_only=True, tag="taken"):
    """Another program holds the account at its gateway, and does not let go of it."""


class TroubleBegan(Event, frozen=True, kw_only=True, tag="trouble_began"):
    """The program noticed something about itself that a human must know: a kind of `models.alerts`, and its subject.

    `until` is when it will be over by itself, where that is known.
    """

    kind: str
    subject: str = ""
    until: datetime | None = None


class TroubleEnded(Event, frozen=True, kw_only=True, tag="trouble_ended"):
    """It is over."""

    kind: str
    subject: str = ""


class Roster(Event, frozen=True, kw_only=True, tag="roster"):
    """All friends and groups as listed by the platform at this moment; `None` means that the list was not asked for."""

    friends: tuple[Who, ...] | None = None
    groups: tuple[GroupState, ...] | None = None


class FriendRequested(Event, frozen=True, kw_only=True, tag="friend_request"):
    """Somebody asks to be a friend. `request` is what the platform wants back when we accept."""

    contact: Who
    hello: str = ""
    source: str = ""
    request: str = ""


class FriendAdded(Event, frozen=True, kw_only=True, tag="friend_added"):
    """The friendship exists, whoever asked for it."""

    contact: Who
    source: str = ""


class FriendRemoved(Event, frozen=True, kw_only=True, tag="friend_removed"):
    """The friendship has ended."""

    contact: Who


class Message(Event, frozen=True, kw_only=True, tag="message"):
    """A member said something, 1:1 (`group` empty) or in a group. `mentions` are wire ids."""

    contact: Who
    group: str = ""
    kind: MessageKind = "text"
    text: str = ""
    mentions: tuple[str, ...] = ()
    quote: str = ""
    media: Media | None = None


class SelfMessage(Event, frozen=True, kw_only=True, tag="self_message"):
    """Our own account said something: the echo of one of our sends, or a human typing on the phone.

    The transport cannot always tell which; `decide` does, by the message id and by what is under way.
    """

    to_contact: str = ""
    to_group: str = ""
    kind: MessageKind = "text"
    text: str = ""


class MessageRecalled(Event, frozen=True, kw_only=True, tag="recalled"):
    """A message was taken back; `message` is its wire id."""

    message: str


class GroupJoined(Event, frozen=True, kw_only=True, tag="group_joined"):
    """People came into a group. `members` may be empty: some platforms forget to say who."""

    group: str
    members: tuple[Who, ...] = ()
    by: str = ""


class GroupLeft(Event, frozen=True, kw_only=True, tag="group_left"):
    """People left a group or were removed from it."""

    group: str
    members: tuple[Who, ...] = ()
    by: str = ""


class GroupRenamed(Event, frozen=True, kw_only=True, tag="group_renamed"):
    """A group has a new topic."""

    group: str
    topic: str
    by: str = ""


class Tapped(Event, frozen=True, kw_only=True, tag="tapped"):
    """A human confirmed a task on a channel that needs a tap. `delivery` is a key, or `*`."""

    delivery: str


class Unreadable(Event, frozen=True, kw_only=True, tag="unreadable"):
    """The gateway said something that we could not read. Kept, so that nothing is lost."""

    what: str
    payload: str = ""


class TimerDue(Event, frozen=True, kw_only=True, tag="timer"):
    """A row of the timer table fell due. `kind` and `subject` are its name, `due` when it was to ring."""

    kind: str
    subject: str
    due: datetime


Answer = Literal[
    "sent",  # the platform said yes
    "awaiting_tap",  # it made a task for a human of it
    "refused",  # it said no: nothing arrived
    "too_frequent",  # it said that we are too fast: nothing arrived
    "network",  # the send never left this machine
    "unsupported",  # the transport cannot do it
    "timeout",  # no answer in time: it may have arrived
    "error",  # the gateway failed in a way that proves nothing: it may have arrived
    "crash",  # it was found claimed at the start: it may have arrived
]


class SendAnswered(Event, frozen=True, kw_only=True, tag="send_answered"):
    """What came of a send, as seen by the dispatcher. Not journalled: the delivery's own history tells it."""

    delivery: int
    key: str
    answer: Answer
    message: str = ""
