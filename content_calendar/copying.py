"""A week again: what happens once in it, so many days later under keys of its own. What repeats comes by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from content_calendar.entry import Entry
from content_calendar.rotation import names_draft
from models.patterns import compile_later

_LAST = timedelta(days=6)
# What a copy's key ends with, so that the copy of a copy has no longer one.
_COPIED = compile_later(r"-\d{4}-\d{2}-\d{2}$", re.ASCII)


def copied(entries: Iterable[Entry], monday: date, to: date) -> list[tuple[str, Entry]]:
    """The entries of the week that begins on a Monday as they would be in the week of another, each with the key of
    what it is a copy of.

    The same for the same week, so that who copies twice has them once. What fills a gap with one certain draft is left
    out: a group gets a draft once a round.
    """
    found: dict[str, tuple[str, Entry]] = {}
    by = to - monday
    for one in sorted(entries, key=lambda entry: entry.key):
        if one.rule or one.date is None or not monday <= one.date <= monday + _LAST:
            continue
        if names_draft(one):
            continue
        day = one.date + by
        key = f"{_COPIED.sub('', one.key)}-{day}"
        if key in found:
            key = f"{one.key}-{day}"
        expires = one.not_after and one.not_after + by
        found[key] = one.key, msgspec.structs.replace(one, key=key, date=day, not_after=expires)
    return list(found.values())
