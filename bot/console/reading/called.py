"""What people are called whose ids are at hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.visit import Scope
from bot.store.identify import chunks
from models.people import Contact


def names_of(connection: Connection, scope: Scope, contacts: Collection[str]) -> dict[str, str]:
    """Names by id, of our own accounts too; whom nobody knows is left out."""
    found: dict[str, str] = {}
    for some in chunks(sorted(contacts)):
        asked = select(col(Contact.wire_id), col(Contact.name)).where(
            col(Contact.merchant_id) == scope.merchant.id, col(Contact.wire_id).in_(some)
        )
        found |= {contact: person_name(contact, name) for contact, name in connection.execute(asked)}
    return found
