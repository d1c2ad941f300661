"""Playbooks on record: the texts that they were read from, and who put which in force when."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.playbook_files import as_toml
from models.operations import AuditEntry, PlaybookRevision
from models.playbook import Playbook

IMPORTED = "playbook.import"


class Kept(NamedTuple):
    """A revision that was kept, first at `at`. `toml` is what somebody wrote, or at least says the same."""

    playbook: Playbook
    toml: str
    at: datetime


class Version(NamedTuple):
    """A revision that was put in force. `id`: where to go on; nobody's (`by`) is the file of the first start."""

    id: int
    revision: str
    at: datetime
    by: str


def kept(connection: Connection, merchant_id: str, revision: str) -> Kept | None:
    """A revision of the playbook."""
    row = connection.execute(
        select(col(PlaybookRevision.body), col(PlaybookRevision.toml), col(PlaybookRevision.at)).where(
            col(PlaybookRevision.merchant_id) == merchant_id, col(PlaybookRevision.revision) == revision
        )
    ).first()
    if row is None:
        return None
    playbook = Playbook.from_json(row.body)
    return Kept(playbook, row.toml or as_toml(playbook), row.at)


def versions(connection: Connection, merchant_id: str, before: int | None, most: int) -> list[Version]:
    """What was put in force, the newest first; with what the shop began with at the end."""
    imported = select(col(AuditEntry.id), col(AuditEntry.target), col(AuditEntry.at), col(AuditEntry.actor)).where(
        col(AuditEntry.merchant_id) == merchant_id, col(AuditEntry.action) == IMPORTED, col(AuditEntry.result) == "ok"
    )
    if before is not None:
        imported = imported.where(col(AuditEntry.id) < before)
    rows = connection.execute(imported.order_by(col(AuditEntry.id).desc()).limit(most))
    found = [Version(*row) for row in rows]
    if len(found) == most:
        return found
    first = connection.execute(
        select(col(PlaybookRevision.revision), col(PlaybookRevision.at))
        .where(col(PlaybookRevision.merchant_id) == merchant_id)
        .order_by(col(PlaybookRevision.at))
        .limit(1)
    ).first()
    return [*found, Version(0, first.revision, first.at, "")] if first else found
