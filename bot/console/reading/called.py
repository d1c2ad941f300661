"""What people and entries are called whose ids are at hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.console.names import person_name
from bot.console.reading.of_pool import may_be_read, own_rooms
from bot.console.reading.people import may_be_seen
from bot.console.visit import Scope
from bot.store.called import contacts_called
from bot.store.identify import chunks
from content_calendar.entry import from_json
from content_calendar.titles import title_of
from models.operations import IN_FORCE, EntryRevision
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


def titles_of(connection: Connection, scope: Scope, keys: Collection[str]) -> dict[str, str]:
    """What the entries in force are called that may be read, by key."""
    asked = select(col(EntryRevision.key), col(EntryRevision.body)).where(
        col(EntryRevision.merchant_id) == scope.merchant.id,
        col(EntryRevision.key).in_(keys),
        IN_FORCE,
    )
    own = own_rooms(connection, scope)
    entries = {key: from_json(body) for key, body in connection.execute(asked)}
    return {key: title_of(entry) for key, entry in entries.items() if may_be_read(entry, own)}
