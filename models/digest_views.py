"""What a morning's digest tells: figures of one local day in each bound group. Every number recomputes from rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec


class MovedView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Somebody came into a group or left it. `after` is the title of the last post before they left, empty for none in
    the two days before; `entry` is its calendar key, if it has one."""

    at: datetime
    group: str
    contact: str
    name: str = ""
    came: bool
    by: str = ""  # who brought them in: a wire id
    after: str = ""
    entry: str = ""


class OpenQuestion(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A member's question that nobody has answered: in a group, or 1:1 (then `group` is empty and `id` a ticket's)."""

    id: int
    group: str = ""
    group_id: int | None = None
    account: str  # that would answer
    topic: str = ""
    message: str = ""  # its wire id
    contact: str
    contact_id: int | None = None
    claimed_by: str = ""  # wire id of who takes care of it
    claimed_name: str = ""
    name: str = ""
    at: datetime
    text: str

    @property
    def reference(self) -> str:
        """How a command names it, whatever else was answered meanwhile."""
        return f"{'q' if self.group else 't'}{self.id}"


class PostDay(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A post of the day, and what followed until the next one in its group, or until now."""

    group: str
    entry: str = ""
    title: str
    at: datetime
    replies: int = 0
    joins: int = 0
    leaves: int = 0


class PlannedView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What is in the calendar for a group on the day after."""

    at: datetime
    entry: str
    title: str
    approved: bool = True


class GroupDay(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One group's day. `active` are the wire ids of who said something, our own accounts left out; `words` says in how
    many messages each word was."""

    group: str
    topic: str = ""
    tier: str = ""
    since: date  # the local day on which it was bound
    owner: int | None = None  # the contact id of its 堂主
    owner_id: str = ""  # their wire id
    members: int = 0
    moved: tuple[MovedView, ...] = ()
    active: frozenset[str] = frozenset()
    messages: int = 0
    words: Mapping[str, int] = {}
    unanswered: tuple[OpenQuestion, ...] = ()
    posts: tuple[PostDay, ...] = ()
    today: tuple[PlannedView, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def joins(self) -> int:
        """How many came."""
        return sum(one.came for one in self.moved)

    @property
    def leaves(self) -> int:
        """How many left."""
        return sum(not one.came for one in self.moved)


class DigestView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The day in all bound groups, in the order of their binding. `today` is the day after `day`."""

    day: date
    groups: tuple[GroupDay, ...] = ()
