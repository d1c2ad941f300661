"""Who may be whom, and who was merged: what only a human can say."""

from __future__ import annotations

from sqlalchemy import Connection

from bot import identity_report
from bot.console.visit import Scope
from bot.identity_report import Row


def doubts(connection: Connection, scope: Scope) -> dict[str, list[Row]]:
    """By the contact that is in doubt, whom they may be; whoever sees one account sees what came up on that account."""
    found: dict[str, list[Row]] = {}
    for row in identity_report.ambiguous(connection, scope.merchant):
        if not scope.pool or row["account"] == scope.pool:
            found.setdefault(row["contact"], []).append(row)
    return found


def merges(connection: Connection, scope: Scope) -> list[Row]:
    """Who was merged with whom, the last one first: they are undone in that order. Of the whole shop only."""
    return [] if scope.pool else identity_report.merges(connection, scope.merchant)[::-1]
