"""What an entry is called where people read of it."""

from __future__ import annotations

from content_calendar.entry import Entry
from content_calendar.kind_names import content_name
from content_calendar.rotation import is_slot
from models.fields import unfilled

_LONGEST = 60


def title_of(entry: Entry) -> str:
    """Its title, else what it says first; its key where it says nothing."""
    if entry.title:
        return entry.title
    if is_slot(entry):
        return f"备稿 {content_name(entry.content_kind) or entry.theme}".rstrip()
    return next(iter(unfilled(entry.text).split("\n")), "")[:_LONGEST] or entry.key
