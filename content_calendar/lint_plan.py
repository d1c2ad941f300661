"""What the lint of the calendar looks at, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from content_calendar.cadence import occurrences
from content_calendar.entry import Entry, expires_at
from content_calendar.promises import Post
from content_calendar.rotation import is_spare
from models.capabilities import Capabilities
from models.playbook import Playbook

Code = Literal[
    "missing",  # a promise lacks posts, or a slot has no draft to take
    "surplus",  # a promise of exactly so many has more
    "clash",  # two posts of a group within the hour
    "repeat",  # two neighbouring posts alike
    "theme",  # a theme is absent from its turn
    "advert_share",  # too many adverts in a week
    "cap",  # more posts than the caps allow the group or its typical member
    "off_platform",  # leads members out of WeChat
    "unreachable",  # its transport cannot deliver it, or it addresses nobody
    "field",  # a field that may be unknown has no fallback
    "media",  # a picture, file or card is missing
    "words",  # has words that must not be posted, so the gate refuses it
    "quiet_hours",  # in quiet hours or on a rest day, so it leaves on another day
    "too_late",  # its `not_after` comes before it may leave
    "holiday_data",  # working days of a year that is not announced yet
]

_DAY = timedelta(days=1)


class LintGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A bound group: its room id, its tier, what its account's platform can do, and the rooms in which most of its
    members are too, whose posts reach them as well."""

    room: str
    tier: str
    alongside: tuple[str, ...] = ()
    had: tuple[str, ...] = ()  # the spare drafts that it has had, in their order
    capabilities: Capabilities = Capabilities()


class LintEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in force. `overrides` are groups' own versions, by room id; `None` where the group declined it."""

    entry: Entry
    overrides: Mapping[str, Entry | None] = {}


class LintRow(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. What does not apply is `None`; `text` says in Chinese what is wrong."""

    code: Code
    group: str | None = None
    tier: str | None = None
    promise: str | None = None
    period: str | None = None
    entry: str | None = None
    text: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is linted: the playbook, the bound groups, the entries in force, the days (both included) and their zone.

    `media` are the sizes in bytes of the files in the media folder (`None`: not looked at), `accounts` what the
    platforms of the accounts can do that write 1:1.
    """

    playbook: Playbook
    groups: Sequence[LintGroup]
    entries: Sequence[LintEntry]
    first: date
    last: date
    zone: ZoneInfo
    media: Mapping[str, int] | None = None
    accounts: Sequence[Capabilities] = ()

    @property
    def spares(self) -> list[Entry]:
        """The drafts in reserve."""
        return [one.entry for one in self.entries if is_spare(one.entry)]

    def days_of(self, entry: Entry) -> list[Post]:
        """The occurrences of an entry on the days asked for that can still leave by its `not_after`.

        None for a rule that counts from members. The calendar is judged as it is written, whenever it was imported.
        """
        # A day to spare at both ends: where the clocks skip midnight, an evening's moment lies on the next day.
        start = datetime.combine(self.first - _DAY, time(), self.zone).astimezone(UTC)
        end = datetime.combine(self.last + 2 * _DAY, time(), self.zone).astimezone(UTC)
        expires = expires_at(entry, self.zone)
        return [
            Post(occurrence.local_date, occurrence.at_utc, entry)
            for occurrence in occurrences(entry, self.zone, start, end)
            if self.first <= occurrence.local_date <= self.last and (expires is None or occurrence.at_utc <= expires)
        ]
