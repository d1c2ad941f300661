"""What a slash-command may know besides what every decision does; loaded only for the staff, and only for commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from models.digest_views import DigestView, OpenQuestion
from models.events import Media

if TYPE_CHECKING:
    from models.context import EntryView, GroupView, PersonView


class FoundPerson(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Somebody whom a command names, with what the staff keeps of them. `where` are the topics of their groups."""

    person: PersonView
    note: str = ""
    owner: str = ""
    owner_name: str = ""
    where: tuple[str, ...] = ()
    waiting_for: str = ""


class PendingView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """Commands that wait for a code, or for the number of what was meant, from one admin in one place.

    `lines` are the commands: all of them are run when the code comes; of a question, the one of the number. `kind`:
    `list` is a question that may be answered more than once; `text` waits for what the admin says next, which is the
    rest of its one line. `place` has two of them, a blank between, where a code was wanted in a group and told 1:1.
    """

    id: int
    actor: str
    place: str
    code: str = ""  # empty: a question that a number answers
    kind: str = ""
    lines: tuple[str, ...] = ()
    quote: str = ""
    expires_at: datetime

    def is_of(self, actor: str, place: str) -> bool:
        """Whether that admin may answer it there."""
        return self.actor == actor and place in self.place.split(" ")


class PostView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A post of the asker's that has not left; posts of one command have the same `key`."""

    id: int
    key: str
    group: str
    text: str
    due: datetime


class QuotedView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The message that a command quotes."""

    kind: str
    text: str = ""
    media: Media | None = None


class ScriptView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """话术: a good answer, and whose it is."""

    name: str
    text: str
    author: str = ""


class AuditView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A line of the audit, as the staff reads it: who is named with the end of their id, which no clone has."""

    at: datetime
    actor: str
    action: str
    target: str = ""
    result: str = "ok"
    reason: str = ""
    more: str = ""  # what it came to: the new owner, the role, the tier


class FaultView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What is wrong in the calendar of the coming days; `group` is a room id, empty for what is wrong everywhere."""

    what: str
    group: str = ""
    period: str = ""
    text: str = ""


class CommandView(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What the commands of one message ask for; the parts that none of them asks for are empty."""

    people: Mapping[str, tuple[FoundPerson, ...]] = {}  # by what was written: an id, a name, or # and a tag
    groups: tuple[GroupView, ...] = ()  # all that we know, the bound ones first
    pending: tuple[PendingView, ...] = ()  # the asker's, the newest first, and others' with the code that was typed
    posts: tuple[PostView, ...] = ()  # the newest first
    quoted: QuotedView | None = None
    paused: tuple[tuple[str, str], ...] = ()  # scope and subject
    accounts: tuple[tuple[str, str], ...] = ()  # id and name
    entries: tuple[EntryView, ...] = ()
    rings: Mapping[str, datetime] = {}  # by entry: when it goes next; what is before that is skipped
    awaiting: Mapping[str, int] = {}  # by entry: deliveries that wait for a word
    scripts: tuple[ScriptView, ...] = ()
    audit: tuple[AuditView, ...] = ()  # the newest first
    talkers: tuple[tuple[str, int], ...] = ()  # of the last days: who said most
    lively: tuple[tuple[str, int, int], ...] = ()  # by topic: who said something, and how many messages
    sources: tuple[tuple[str, int], ...] = ()
    opted_out: tuple[tuple[str, str], ...] = ()  # name and wire id
    customers: tuple[tuple[str, ...], ...] = ()  # friends: id, name, remark, tags, source
    greet: tuple[tuple[str, str], ...] = ()  # name and wire id of new friends of the day
    open: tuple[OpenQuestion, ...] = ()  # what nobody has answered and the asker may, the oldest first
    digest: DigestView | None = None
    faults: tuple[FaultView, ...] = ()
    used: tuple[str, ...] = ()  # commands that people of this role used, most first
