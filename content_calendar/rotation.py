"""备稿库: spare drafts without a date, and entries that take the next of them.

A draft has the rule `spare`. An entry whose whole text is `{备稿}` takes, for each group it goes to, the next draft of
its content kind (and of its theme, where it names one): none comes again before all have been there, and of those that
are left one of the theme that was longest ago. `{备稿:KEY}` takes that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from content_calendar.entry import Entry
from models.patterns import compile_later

SPARE = "spare"
"""The rule of a draft."""

# What is written in place of a text that is taken from the drafts.
_SLOT = compile_later(r"\s*\{\s*(?:备稿|spare)\s*(?:[:：]([^{}\n]+))?\}\s*")


def is_spare(entry: Entry) -> bool:
    """Whether it is a draft in reserve, which never leaves by itself."""
    return entry.rule == SPARE


def is_slot(entry: Entry) -> bool:
    """Whether it takes what it says from the drafts."""
    return is_slot_text(entry.text)


def is_slot_text(text: str) -> bool:
    """Whether a text only says that a draft is taken here."""
    return _SLOT.fullmatch(text) is not None


def names_draft(entry: Entry) -> bool:
    """Whether it takes one certain draft."""
    match = _SLOT.fullmatch(entry.text)
    return match is not None and bool(match[1])


def text_for(spare: Entry) -> str:
    """The text of a slot that takes this draft and no other."""
    return f"{{备稿:{spare.key}}}"


def spares_of(slot: Entry, entries: Iterable[Entry]) -> list[Entry]:
    """The drafts that a slot may take, by key."""
    match = _SLOT.fullmatch(slot.text)
    named = match[1].strip() if match and match[1] else ""
    found = (
        one
        for one in entries
        if is_spare(one)
        and (one.key == named if named else one.content_kind == slot.content_kind and slot.theme in ("", one.theme))
    )
    return sorted(found, key=lambda one: one.key)


def filled(slot: Entry, spare: Entry) -> Entry:
    """The slot with what the draft says in it."""
    return msgspec.structs.replace(
        slot,
        title=spare.title,
        kind=spare.kind,
        theme=spare.theme,
        text=spare.text,
        media=spare.media,
        promotional=slot.promotional or spare.promotional,
    )


def following(themes: Mapping[str, str], had: Sequence[str]) -> str | None:
    """The key of the draft whose turn it is, of drafts given as their themes by key; `None` if there are none.

    `had` are the keys that the group has had so far, in their order.
    """
    this_round: set[str] = set()
    last: dict[str, int] = {}
    last_of_theme: dict[str, int] = {}
    for place, key in enumerate(had):
        if key not in themes:
            continue
        last[key] = last_of_theme[themes[key]] = place
        this_round.add(key)
        if len(this_round) == len(themes):
            this_round.clear()
    fresh = sorted(themes.keys() - this_round)
    return min(fresh, key=lambda key: (last_of_theme.get(themes[key], -1), last.get(key, -1)), default=None)
