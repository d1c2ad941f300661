"""Who may be whom, and who was merged: what only a human can say."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlmodel import col

from bot import identity_report
from bot.console.visit import Scope
from bot.identity_report import Row
from models.people import Contact


def doubts(connection: Connection, scope: Scope) -> dict[str, list[Row]]:
    """By the contact that is in doubt, whom they may be; whoever sees one account sees what came up on that account."""
    found: dict[str, list[Row]] = {}
    for row in identity_report.ambiguous(connection, scope.merchant):
        if not scope.pool or row["account"] == scope.pool:
            found.setdefault(row["contact"], []).append(row)
    return found


def merges(connection: Connection, scope: Scope) -> list[Row]:
    """Who was merged with whom, the last one first: they are undone in that order. Of the whole shop only. `names` are
    what those are called whose ids are named."""
    rows = [] if scope.pool else identity_report.merges(connection, scope.merchant)[::-1]
    ids = {one for row in rows for one in (*row["contacts"], *row["with"])}
    names = dict(
        connection.execute(
            select(col(Contact.wire_id), col(Contact.name)).where(
                col(Contact.merchant_id) == scope.merchant.id, col(Contact.wire_id).in_(ids)
            )
        ).all()
    )
    return [row | {"names": names} for row in rows]
