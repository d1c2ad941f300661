"""Whether a platform can carry an entry, by its stated capabilities."""

from __future__ import annotations

from content_calendar.entry import Entry
from models.capabilities import Capabilities

# An album is sent picture by picture; these kinds are a matter of wording and are sent as text.
_SENT_AS = {"album": "image", **dict.fromkeys(("question", "gathering", "coupon", "testers"), "text")}


def can_post(capabilities: Capabilities, entry: Entry) -> bool:
    """Whether the platform of a group's account can post the entry there."""
    return capabilities.groups and can_send(capabilities, entry)


def can_send(capabilities: Capabilities, entry: Entry) -> bool:
    """Whether the platform can send an entry of this kind at all."""
    if entry.kind == "announcement":
        return capabilities.announcement
    return _SENT_AS.get(entry.kind, entry.kind) in capabilities.kinds
