"""Who was erased after a backup was made is erased from it when it is put back.

The database that makes room for it still knows them, by marks that name nobody. Where that one is lost or cannot be
read, nobody knows: docs/operations.md says what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.database_urls import sqlite_path
from bot.store import Store, Writing
from bot.store.applying_erasure import erase_persons
from bot.store.engine import sqlite_driver
from bot.store.tombstones import mark_of, salt_of
from models.columns import from_sqlite_texts
from models.erasure import MarkSalt, Tombstone, is_nameless
from models.people import Contact


@dataclass(slots=True)
class Marks:
    """A merchant's marks of who was erased, with when, and the secret that they were made with."""

    salt: str
    erased_at: dict[str, datetime] = field(default_factory=dict)


def erased_of(url: str) -> dict[str, Marks]:
    """Who was erased in the SQLite database that is about to be replaced, by merchant; empty if it cannot tell."""
    path = sqlite_path(url)
    driver = sqlite_driver()
    if path is None or not path.exists():
        return {}
    try:
        with closing(driver.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            found = {
                merchant: Marks(salt) for merchant, salt in database.execute("SELECT merchant_id, salt FROM mark_salt")
            }
            for merchant, mark, at in database.execute("SELECT merchant_id, mark, at FROM tombstone"):
                (erased_at,) = from_sqlite_texts([at])
                if erased_at is not None:
                    found[merchant].erased_at[mark] = erased_at
    except driver.Error:  # older than marks, or broken, which is why a backup is put back
        return {}
    return found


def erase_again(store: Store, erased: Mapping[str, Marks]) -> int:
    """Forget who was forgotten there and is still known here; returns how many people that were."""
    with store.writing() as writing:
        return sum(_erase_again(writing, merchant_id, marks) for merchant_id, marks in erased.items())


def _erase_again(writing: Writing, merchant_id: str, marks: Marks) -> int:
    writing.insert_new(MarkSalt, [{"merchant_id": merchant_id, "salt": marks.salt}])
    is_same_secret = salt_of(writing, merchant_id) == marks.salt
    known = writing.connection.execute(
        select(col(Tombstone.mark)).where(col(Tombstone.merchant_id) == merchant_id)
    ).scalars()
    new = marks.erased_at.keys() - (set(known) if is_same_secret else set())
    persons: dict[int, list[str]] = defaultdict(list)
    contacts = select(col(Contact.wire_id), col(Contact.person_id)).where(col(Contact.merchant_id) == merchant_id)
    for wire_id, person_id in writing.connection.execute(contacts):
        if not is_nameless(wire_id) and (mark := mark_of(marks.salt, wire_id)) in new:
            persons[person_id].append(mark)
    erase_persons(writing, merchant_id, persons, [])
    if is_same_secret:  # whom the backup never knew, lists may still name
        here = {mark for found in persons.values() for mark in found}
        unknown = [
            {"merchant_id": merchant_id, "mark": mark, "contact_id": None, "at": marks.erased_at[mark]}
            for mark in sorted(new - here)
        ]
        writing.insert_new(Tombstone, unknown)
    return len(persons)
