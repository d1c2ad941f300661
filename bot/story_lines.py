"""The lines of a story, as typed frozen values: what happens on the wire, and what happens around the program.

People, groups and messages appear by their wire ids. `at` is true time (aware, any zone).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

import msgspec

from models.deliveries import DeliveryState

Channel = Literal["personal", "window", "tap"]
DeliveryKind = Literal[
    "text", "image", "album", "video", "file", "link", "mini_program", "card",
    "announcement", "friend_accept", "remark", "invite", "topic", "recall",
]  # fmt: skip
Answer = Literal["ok", "refused", "too_frequent", "timeout", "accepted_then_lost", "accepted_then_error"]
MediaKind = Literal["image", "video", "file", "link", "mini_program", "card", "location", "voice"]

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(min_length=1)]

# No lunar table reaches further, and a clock that must run through millennia to get there never ends.
YEARS = range(2000, 2100)
_LONGEST_SPAN = timedelta(days=3_660)
SPAN = re.compile(r"(?P<sign>-?)(?P<parts>(?:\d+(?:\.\d+)?[smhd])+)")
SPAN_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Span(timedelta):
    """A length of time as stories write it: `90s`, `280m`, `2h`, `1d`, `1h30m`, `-10m`."""

    @classmethod
    def read(cls, text: object) -> Self:
        """Read the written form. Raises `ValueError` when it is none."""
        match = SPAN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError("要写一段时间，如 90s、280m、2h、1d、-10m")
        sign = -1 if match["sign"] else 1
        pieces = re.split("([smhd])", match["parts"])[:-1]
        parts = zip(pieces[::2], pieces[1::2], strict=True)
        try:
            span = cls(**{SPAN_UNITS[unit]: sign * float(number) for number, unit in parts})
        except OverflowError:
            raise ValueError("时间太长，最多十年") from None
        if abs(span) > _LONGEST_SPAN:
            raise ValueError("时间太长，最多十年")
        return span


class Wait(Span):
    """A length of time that passes: not less than nothing."""

    @classmethod
    def read(cls, text: object) -> Self:
        """Read the written form. Raises `ValueError` when it is none."""
        span = super().read(text)
        if span < timedelta():
            raise ValueError("要写一段时间，如 90s、280m、2h、1d，不能是负的")
        return span


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Anything written in a story: a field that we do not know is a mistake of the writer's."""


class AccountSpec(Entry, frozen=True):
    """One account of ours. An empty `merchant` is the first one of the configuration."""

    id: Name
    name: str = ""
    merchant: str = ""
    channel: Channel = "personal"


class ContactSpec(Entry, frozen=True):
    """A person, friend of these accounts of ours, each of which keeps the same remark and tags."""

    id: Name
    name: str = ""
    friend_of: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    remark: str = ""


class GroupSpec(Entry, frozen=True):
    """A group; owner and members are contact ids or ids of our accounts."""

    id: Name
    topic: str = ""
    owner: str = ""
    members: tuple[str, ...] = ()


class WorldSpec(Entry, frozen=True):
    """What the accounts find at login. With `auto` the simulator also plays the platform's own part."""

    accounts: tuple[AccountSpec, ...] = ()
    contacts: tuple[ContactSpec, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    auto: bool = True

    def __post_init__(self) -> None:
        ids = [account.id for account in self.accounts]
        if twice := {identity for identity in ids if ids.count(identity) > 1}:
            raise ValueError(f"账号 {min(twice)!r} 写了两次，每个账号只写一次")


class WorldLine(Entry, frozen=True):
    """The optional first line of a story."""

    world: WorldSpec


class Person(Entry, frozen=True):
    """Somebody in a list of members."""

    contact: Name
    name: str = ""


class Line(Entry, frozen=True, kw_only=True, tag_field="type"):
    """Anything that happens at a moment."""

    at: AwareTime


class WireFact(Line, frozen=True, kw_only=True):
    """Something that happens to one account on the wire. `id` is the transport's own; a repeated one is a duplicate."""

    account: Name
    id: str = ""


class FriendRequest(WireFact, frozen=True, kw_only=True, tag="friend_request"):
    """Somebody asks to be a friend; `hello` is the verification text."""

    contact: Name
    name: str = ""
    hello: str = ""
    source: str = ""


class FriendAdded(WireFact, frozen=True, kw_only=True, tag="friend_added"):
    """The friendship exists from now on."""

    contact: Name
    name: str = ""
    source: str = ""


class FriendRemoved(WireFact, frozen=True, kw_only=True, tag="friend_removed"):
    """The friendship has ended."""

    contact: Name
    name: str = ""
    source: str = ""


class Text(WireFact, frozen=True, kw_only=True, tag="text"):
    """A member writes, 1:1 when `group` is empty. `mentions` are contacts, `quote` is a message."""

    contact: Name
    text: str
    group: str = ""
    mentions: tuple[str, ...] = ()
    quote: str = ""


class MediaSent(WireFact, frozen=True, kw_only=True, tag="media"):
    """A member sends something that is no text."""

    contact: Name
    kind: MediaKind
    group: str = ""
    name: str = ""
    url: str = ""


class SelfText(WireFact, frozen=True, kw_only=True, tag="self_text"):
    """Somebody types on the account's own phone, to a contact or a group."""

    to: Name
    text: str


class Recalled(WireFact, frozen=True, kw_only=True, tag="recalled"):
    """A message is taken back."""

    message: Name


class GroupJoined(WireFact, frozen=True, kw_only=True, tag="group_joined"):
    """People come into a group; `members` may be empty, as some platforms forget to say who."""

    group: Name
    members: tuple[Person, ...] = ()
    by: str = ""


class GroupLeft(WireFact, frozen=True, kw_only=True, tag="group_left"):
    """People leave a group or are removed from it."""

    group: Name
    members: tuple[Person, ...] = ()
    by: str = ""


class GroupRenamed(WireFact, frozen=True, kw_only=True, tag="group_renamed"):
    """A group gets a new topic."""

    group: Name
    topic: str
    by: str = ""


class Members(WireFact, frozen=True, kw_only=True, tag="members"):
    """Who is in a group from now on, told to nobody."""

    group: Name
    members: tuple[Person, ...]


class Renumbered(WireFact, frozen=True, kw_only=True, tag="renumbered"):
    """Ids of contacts and groups changed (old to new) at a re-login, told to nobody."""

    ids: dict[str, str]


class Login(WireFact, frozen=True, kw_only=True, tag="login"):
    """The account comes on line, or back from silence."""


class Logout(WireFact, frozen=True, kw_only=True, tag="logout"):
    """The account is signed out."""


class Deaf(WireFact, frozen=True, kw_only=True, tag="deaf"):
    """The account stays connected and says nothing any more."""


class Tapped(WireFact, frozen=True, kw_only=True, tag="tapped"):
    """A human confirms a task on a channel that needs it: a delivery key, in which `*` matches anything."""

    delivery: Name


class Operator(Line, frozen=True, kw_only=True, tag="operator"):
    """A command line, without `python -m bot`."""

    run: Name


class Platform(Line, frozen=True, kw_only=True, tag="platform"):
    """How the platform answers the next `times` sends of a delivery kind (`*`: of any)."""

    account: Name
    answer: Answer
    on: DeliveryKind | Literal["*"] = "*"
    times: Annotated[int, msgspec.Meta(ge=1)] = 1


class Restart(Line, frozen=True, kw_only=True, tag="restart"):
    """An orderly stop, and a start after `down`."""

    down: Wait | None = None


class Kill(Line, frozen=True, kw_only=True, tag="kill"):
    """The process vanishes: now, or when the next delivery enters the state `after`, or when that key is claimed."""

    after: str = ""
    down: Wait | None = None

    def __post_init__(self) -> None:
        if self.after and ":" not in self.after and self.after not in _STATES:
            raise ValueError(f"after 要写 {'、'.join(_STATES)} 里的一个，或 greet:wx1 这样的发送编号")


_STATES = tuple(DeliveryState)


class ClockShift(Line, frozen=True, kw_only=True, tag="clock"):
    """The clock that the program reads is off by this much from here on."""

    shift: Span


WIRE_FACTS = (
    FriendRequest, FriendAdded, FriendRemoved, Text, MediaSent, SelfText, Recalled, GroupJoined, GroupLeft,
    GroupRenamed, Members, Renumbered, Login, Logout, Deaf, Tapped,
)  # fmt: skip
ACTS = (Operator, Platform, Restart, Kill, ClockShift)

AnyLine = (
    FriendRequest | FriendAdded | FriendRemoved | Text | MediaSent | SelfText | Recalled | GroupJoined | GroupLeft
    | GroupRenamed | Members | Renumbered | Login | Logout | Deaf | Tapped
    | Operator | Platform | Restart | Kill | ClockShift
)  # fmt: skip


def read_special(expected: type, found: object) -> object:
    """Read the values that JSON and msgspec have no form for."""
    if issubclass(expected, Span):
        return expected.read(found)
    raise NotImplementedError(expected)
