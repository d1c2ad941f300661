"""What a calendar file holds, beside what is in force: read and merged, and nothing of it saved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot import reading
from bot.desk import Desk
from bot.store.entries import skipped_days
from content_calendar.entry import Entry
from content_calendar.faults import Fault
from content_calendar.merging import Merged, merge
from content_calendar.moving import still_without

if TYPE_CHECKING:
    from content_calendar.workbook import Origin

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Examined:
    """The entries of a file, merged into the `current` ones by their keys, or what is wrong.

    `others` were added since the file was exported, `gone` deleted; `pictures` are those pasted into it. `workbook`
    names an exported one, and `written` are the entries as they stand in it.
    """

    entries: tuple[Entry, ...] = ()
    current: Mapping[str, Entry] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    others: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    workbook: str = ""
    written: Sequence[Entry] = ()

    def workbook_of(self, entries: Sequence[Entry]) -> str:
        """The exported workbook that these entries stand in just so; none if something was merged or filled in."""
        return self.workbook if tuple(entries) == tuple(self.written) else ""

    def new(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of them that are not in force as they are."""
        return [one for one in entries if self._revision(one.key) != one.revision]

    def is_moved(self, entry: Entry) -> bool:
        """Whether it is new, or at another time than the one in force: what has not left is caught up then."""
        before = self.current.get(entry.key)
        return before is None or (before.date, before.time) != (entry.date, entry.time)

    def counts(self, entries: Sequence[Entry]) -> dict[str, int]:
        """How many are new, changed and the same."""
        created = sum(one.key not in self.current for one in entries)
        changed = len(self.new(entries)) - created
        return {"created": created, "changed": changed, "same": len(entries) - created - changed, "faults": 0}

    def left_out(self, entries: Iterable[Entry]) -> list[str]:
        """The keys of what is in force and stands neither in the file nor came after it: an import in place of all
        deletes these."""
        kept = {entry.key for entry in (*entries, *self.others)}
        return sorted(key for key in self.current if key not in kept)

    def _revision(self, key: str) -> str:
        return self.current[key].revision if key in self.current else ""


def examined(desk: Desk, path: Path) -> Examined:
    """Read a file for the merchant of a desk. Takes its time: to be called in a thread."""
    # openpyxl is slow to import
    from content_calendar.workbook import read_calendar, read_origin, read_pictures

    merchant = desk.merchant
    with desk.store.reading() as connection:
        rooms = reading.known_groups(connection, merchant)
        skipped = skipped_days(connection, merchant.id, desk.now())
    current = in_force(desk)
    today = desk.now().astimezone(merchant.zone).date()
    tiers = [tier.name for tier in merchant.playbook.tiers]
    content = path.read_bytes()
    read = read_calendar(content, path.name, today, merchant.zone, tiers, rooms)
    if read.faults:
        return Examined(faults=read.faults)
    merged = Merged(read.entries, ())
    others: tuple[Entry, ...] = ()
    workbook = ""
    if (origin := read_origin(content, path.name)) is not None:
        workbook = _named(path.name, origin)
        with desk.store.reading() as connection:
            bases = reading.earlier_entries(connection, merchant, origin.revisions)
            if any(current.get(key) != base for key, base in bases.items()):
                # Whoever imports a workbook twice contradicts nobody but themselves.
                bases |= reading.entries_from(connection, merchant, workbook, desk.actor)
        merged = merge(read.entries, origin.places, bases, current)
        # What others have added since the export is not what the file's editor has left out.
        known_to_it = origin.revisions.keys() | origin.places.keys()
        others = tuple(entry for key, entry in current.items() if key not in known_to_it)
    if merged.conflicts:
        return Examined(faults=merged.conflicts)
    entries = tuple(still_without(one, current.get(one.key), skipped.get(one.key, ())) for one in merged.entries)
    pictures = read_pictures(content, path.name)
    return Examined(entries, current, (), others, tuple(merged.gone), pictures, workbook, read.entries)


def _named(filename: str, origin: Origin) -> str:
    """An exported workbook by its file name and by what it was exported with."""
    exported = "".join(f"{key} {revision}\n" for key, revision in sorted(origin.revisions.items()))
    return f"{filename} {hashlib.sha256(exported.encode()).hexdigest()[:_DIGITS]}"


def in_force(desk: Desk) -> dict[str, Entry]:
    """The merchant's entries by key."""
    with desk.store.reading() as connection:
        return {entry.key: entry for entry in reading.entries(connection, desk.merchant)}
