"""What was done to an entry of the calendar: by whom, when, and each version as it was.

Versions are the rows of `entry_revision`; one that came back has one row only, and the audit says when it was there
before. What was imported is in no audit by its key, so its row speaks for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.reading.of_pool import is_of_others
from bot.console.visit import Scope
from bot.store.ids import Ids
from bot.store.prepared import unindexed
from content_calendar.entry import Entry, from_json
from models.operations import AuditEntry, EntryRevision

MOST_STEPS = 100


class Step(NamedTuple):
    """Something that was done. `action` as the audit calls it; `entry` the version that it made, if it made one, and
    `before` the one that was there until then."""

    at: datetime
    who: str
    action: str
    reason: str
    entry: Entry | None
    before: Entry | None


def history_of(connection: Connection, scope: Scope, key: str) -> list[Step]:
    """The newest first."""
    mine = scope.merchant.id
    rows = connection.execute(
        select(
            col(EntryRevision.revision),
            col(EntryRevision.body),
            col(EntryRevision.at),
            col(EntryRevision.author),
            col(EntryRevision.first_imported_at),
        ).where(col(EntryRevision.merchant_id) == mine, col(EntryRevision.key) == key)
    ).all()
    if not rows or is_of_others(connection, scope, key):
        return []
    versions = {row.revision: from_json(row.body) for row in rows}
    acts = connection.execute(
        select(col(AuditEntry.at), col(AuditEntry.actor), col(AuditEntry.action), col(AuditEntry.reason))
        .where(
            col(AuditEntry.id) >= Ids.floor(min(row.first_imported_at for row in rows)),
            unindexed(col(AuditEntry.merchant_id)) == mine,
            col(AuditEntry.target) == key,
            col(AuditEntry.action).startswith("calendar."),
            col(AuditEntry.result) == "ok",
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(MOST_STEPS)
    ).all()
    made = {row.at: row.revision for row in rows}
    steps = [_step(act, versions, made) for act in reversed(acts)]
    told = {(one.at, one.entry.revision) for one in steps if one.entry}
    steps += [
        Step(row.at, row.author, "calendar.import", "", versions[row.revision], None)
        for row in rows
        if (row.at, row.revision) not in told
    ]
    steps.sort(key=lambda one: one.at)
    first = rows[0].first_imported_at
    if len(acts) < MOST_STEPS and steps[0].at > first and steps[0].before:  # its row is that of when it came back
        steps.insert(0, Step(first, "", "calendar.import", "", steps[0].before, None))
    before: Entry | None = None
    for number, one in enumerate(steps):
        steps[number] = one._replace(before=one.before or before)
        before = one.entry or before
    return steps[::-1][:MOST_STEPS]


def _step(act: Any, versions: Mapping[str, Entry], made: Mapping[datetime, str]) -> Step:
    """What the audit says was done; a version that was written over another is `OLD → NEW` there."""
    before, _, after = act.reason.rpartition(" → ")
    entry = versions.get(after) or versions.get(made.get(act.at, ""))
    return Step(act.at, act.actor, act.action, "" if after in versions else act.reason, entry, versions.get(before))


def version_of(connection: Connection, scope: Scope, key: str, revision: str) -> Entry | None:
    """The entry as it was in a revision."""
    body = connection.execute(
        select(col(EntryRevision.body)).where(
            col(EntryRevision.merchant_id) == scope.merchant.id,
            col(EntryRevision.key) == key,
            col(EntryRevision.revision) == revision,
        )
    ).scalar()
    return from_json(body) if body and not is_of_others(connection, scope, key) else None
