"""What the simulated WeChat remembers: accounts with their friends and queues, groups, and what was delivered."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from bot.story_lines import Channel
from bot.transports import Outgoing
from models.capabilities import Capabilities
from models.events import Event

DIRECT_INVITE_LIMIT = 40  # WeChat's own: into a larger group people come only by accepting an invitation
GROUP_CAPACITY = 500  # WeChat's own

MESSAGE_KINDS = frozenset({"text", "image", "album", "video", "file", "link", "mini_program", "card"})

# `window` is modelled on accounts that may only answer, `tap` on work accounts whose mass posts staff must confirm.
CAPABILITIES: dict[Channel, Capabilities] = {
    "personal": Capabilities(kinds=MESSAGE_KINDS, direct_invite_limit=DIRECT_INVITE_LIMIT),
    "window": Capabilities(
        kinds=MESSAGE_KINDS,
        groups=False,
        window_hours=24,
        quota=10,
        invite=False,
        mention=False,
        announcement=False,
        topic=False,
    ),
    "tap": Capabilities(kinds=MESSAGE_KINDS, needs_tap=True, direct_invite_limit=DIRECT_INVITE_LIMIT),
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """Something that really arrived at people: `at` is the true time, people and groups are wire ids."""

    at: datetime
    account: str
    contact: str
    group: str
    kind: str
    text: str
    key: str
    part: int


@dataclass(slots=True)
class Friendship:
    """What an account has noted about a friend."""

    remark: str = ""
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class Conversation:
    """Since when a contact waits for an answer, and how many they got since then."""

    heard_at: datetime
    sent: int = 0


@dataclass(slots=True)
class ArmedAnswer:
    """How the platform will answer the next `times` sends of a kind."""

    on: str
    answer: str
    times: int


@dataclass(slots=True)
class Link:
    """A program's hold on an account. `arrived` is set when there is something to take, `cut` when the link is gone."""

    since: datetime
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    cut: bool = False


@dataclass(slots=True)
class Account:
    """One account of ours as the platform knows it. `self_id` is its wire id among the contacts.

    `outbox` are events to be taken now; `held` are those that wait for the next login. `heard_from` are the contacts
    who wrote 1:1; who wrote can be answered, friend or not, until the friendship ends.
    """

    id: str
    self_id: str
    name: str
    capabilities: Capabilities
    friends: dict[str, Friendship] = field(default_factory=dict)
    heard_from: dict[str, Conversation] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)  # who asks to be a friend: the source they named
    answers: list[ArmedAnswer] = field(default_factory=list)
    tasks: list[Outgoing] = field(default_factory=list)  # what waits for a human's tap
    own_messages: set[str] = field(default_factory=set)
    outbox: deque[Event] = field(default_factory=deque)
    held: deque[Event] = field(default_factory=deque)
    online: bool = True
    deaf_since: datetime | None = None
    link: Link | None = None

    @property
    def speaking(self) -> bool:
        """Whether what happens is told at once."""
        return self.online and self.deaf_since is None


@dataclass(slots=True)
class Room:
    """A group. `members` is the platform's list, in order; `accounts` are those of ours that are in it.

    The two are apart because a story may replace the list without a word about our own accounts.
    """

    id: str
    topic: str = ""
    owner: str = ""
    members: dict[str, None] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)
    capacity: int = GROUP_CAPACITY
