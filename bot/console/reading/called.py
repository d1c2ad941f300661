"""What people are called whose ids are at hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.reading.people import may_be_seen
from bot.console.visit import Scope
from bot.store.called import contacts_called
from bot.store.identify import chunks
from models.people import Contact

_ALIKE = 20  # more with the same name are not looked at: none of them is meant for sure


def ids_of(connection: Connection, scope: Scope, word: str) -> list[str]:
    """Whom a word may mean: an id, or a name that several may have."""
    ids = contacts_called(connection, scope.merchant, word, _ALIKE)
    asked = select(col(Contact.wire_id)).where(col(Contact.merchant_id) == scope.merchant.id, col(Contact.id).in_(ids))
    found = connection.execute(asked).scalars()
    return sorted(one for one in found if may_be_seen(connection, scope, one))


def names_of(connection: Connection, scope: Scope, contacts: Collection[str]) -> dict[str, str]:
    """Names by id, of our own accounts too; whom nobody knows is left out."""
    found: dict[str, str] = {}
    for some in chunks(sorted(contacts)):
        asked = select(col(Contact.wire_id), col(Contact.name)).where(
            col(Contact.merchant_id) == scope.merchant.id, col(Contact.wire_id).in_(some)
        )
        found |= {contact: person_name(contact, name) for contact, name in connection.execute(asked)}
    return found
