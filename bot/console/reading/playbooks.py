"""The playbook in force and those before it."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.console.visit import Scope
from bot.store import playbooks
from bot.store.playbooks import Kept, Version

PAGE = 30


def kept(connection: Connection, scope: Scope, revision: str = "") -> Kept | None:
    """A revision; without one, what is in force."""
    return playbooks.kept(connection, scope.merchant.id, revision or scope.merchant.revision)


def versions(connection: Connection, scope: Scope, before: int | None = None) -> list[Version]:
    """What was put in force, the newest first."""
    return playbooks.versions(connection, scope.merchant.id, before, PAGE)
