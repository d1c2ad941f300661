"""Who was forgotten: a mark that knows them again and names nobody, and the nameless row that keeps their counts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import Id, UtcDateTime

_PREFIX = "erased:"  # no platform gives such an id


def nameless(contact_id: int) -> str:
    """What stands in the place of the wire id of a contact that was erased."""
    return f"{_PREFIX}{contact_id}"


def is_nameless(wire_id: str) -> bool:
    """Whether nobody is behind this id any more."""
    return wire_id.startswith(_PREFIX)


class MarkSalt(SQLModel, table=True):
    """The secret that a merchant's marks are made with, so that no list of ids tells who is behind them."""

    __tablename__ = "mark_salt"

    merchant_id: str = Field(primary_key=True)
    salt: str


class Tombstone(SQLModel, table=True):
    """Somebody who was erased. `mark` is a keyed hash of their wire id; that id itself is kept nowhere.

    What lists still say of them, such as that they are in a group, is said of the nameless `contact_id`; None once they
    have come back by themselves: from then on nothing leads from the mark to what was theirs.
    """

    __tablename__ = "tombstone"

    merchant_id: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)
    contact_id: int | None = Field(default=None, sa_type=Id)
    at: datetime = Field(sa_type=UtcDateTime)
