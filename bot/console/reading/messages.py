"""Conversations 1:1 by what was heard last, and who waits for a human."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select, text
from sqlmodel import col

from bot.console.visit import Scope
from bot.question_report import question_rows
from bot.store.talk import Proceed, at_once
from models.groups import ChatGroup
from models.journal import JournalEntry
from models.operations import Ticket
from models.people import Contact, Friendship, FriendshipState, Person

_LOOKED_AT = 500  # messages a page
_PEOPLE = 50  # at most, of a page
_ASKED_WITHIN = timedelta(days=7)


class Talk(NamedTuple):
    """A friend who said something to an account, and when last."""

    contact: str
    name: str
    account: str
    heard_at: datetime


class Wait(NamedTuple):
    """Somebody who waits for a human since then; in a group (`room` is what it is called, `group` its id), or 1:1."""

    contact: str
    name: str
    room: str
    since: datetime
    text: str
    group: str = ""


def talks(connection: Connection, scope: Scope, before: int | None = None) -> tuple[list[Talk], int | None]:
    """Who spoke 1:1 in the newest messages from below an id on, who spoke last first; and where to go on, if anywhere.

    Who spoke before that as well comes again further on.
    """
    mine = scope.merchant.id
    newest: Any = (
        select(col(JournalEntry.id), col(JournalEntry.contact_id), col(JournalEntry.account_id), col(JournalEntry.at))
        .where(
            col(JournalEntry.merchant_id) == mine,
            col(JournalEntry.type) == "message",
            col(JournalEntry.group_id).is_(None),
            col(JournalEntry.contact_id).is_not(None),
            col(JournalEntry.account_id).in_(scope.accounts),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(_LOOKED_AT)
    )
    if before is not None:
        newest = newest.where(col(JournalEntry.id) < before)
    latest: dict[int, Any] = {}
    rows = connection.execute(newest).all()
    looked_at = 0
    for row in rows:
        if len(latest) == _PEOPLE and row.contact_id not in latest:
            break
        latest.setdefault(row.contact_id, row)
        looked_at += 1
    names = _named(connection, mine, list(latest))
    found = [Talk(*names[one], row.account_id, row.at) for one, row in latest.items() if one in names]
    return found, rows[looked_at - 1].id if looked_at < len(rows) or len(rows) == _LOOKED_AT else None


def _named(connection: Connection, mine: str, contacts: list[int]) -> dict[int, tuple[str, str]]:
    asked = (
        select(col(Contact.id), col(Contact.wire_id), col(Contact.name))
        # Everybody has a person. An outer join, so that SQLite begins with these contacts and not with all persons.
        .outerjoin(Person, and_(col(Person.merchant_id) == mine, col(Person.id) == col(Contact.person_id)))
        .where(col(Contact.merchant_id) == mine, col(Contact.id).in_(contacts), col(Person.erased_at).is_(None))
    )
    return {identity: (contact, name) for identity, contact, name in connection.execute(asked)}


def accounts_of(connection: Connection, scope: Scope, contact: str) -> list[str]:
    """The accounts of the scope whose friend somebody is, the one that they added last first."""
    asked = (
        _friends(scope)
        .where(col(Contact.wire_id) == contact, col(Friendship.state) == FriendshipState.FRIEND)
        .order_by(col(Friendship.added_at).desc().nulls_last(), col(Friendship.account_id))
    )
    return [row.account_id for row in connection.execute(asked)]


def name_of(connection: Connection, scope: Scope, contact: str) -> str:
    """What somebody is called, else their id."""
    asked = select(col(Contact.name)).where(
        col(Contact.merchant_id) == scope.merchant.id, col(Contact.wire_id) == contact
    )
    return connection.execute(asked).scalar() or contact


def waits(connection: Connection, scope: Scope, now: datetime, proceed: Proceed = at_once) -> list[Wait]:
    """Hand-overs 1:1 and questions in groups that nobody answered, who waits longest first. It reads what was said in
    groups lately, and may be stopped by `proceed`."""
    mine = scope.merchant.id
    tickets = connection.execute(
        select(col(Contact.wire_id), col(Contact.name), col(Ticket.opened_at), col(Ticket.text))
        .join(
            Contact,
            and_(col(Contact.merchant_id) == col(Ticket.merchant_id), col(Contact.id) == col(Ticket.contact_id)),
        )
        .where(col(Ticket.merchant_id) == mine, col(Ticket.account_id).in_(scope.accounts), text("closed_at IS NULL"))
    )
    found = [Wait(contact, name, "", at, said) for contact, name, at, said in tickets]
    rooms: dict[str, str] = dict(
        connection.execute(
            select(col(ChatGroup.wire_id), col(ChatGroup.topic)).where(
                col(ChatGroup.merchant_id) == mine, col(ChatGroup.account_id).in_(scope.accounts)
            )
        ).all()
    )
    since = now - _ASKED_WITHIN
    asked = [row for row in question_rows(connection, scope.merchant, since, rooms, proceed) if row["state"] == "open"]
    names: dict[str, str] = dict(
        connection.execute(
            select(col(Contact.wire_id), col(Contact.name)).where(
                col(Contact.merchant_id) == mine, col(Contact.wire_id).in_({row["asked_by"] for row in asked})
            )
        ).all()
    )
    found += [
        Wait(
            row["asked_by"],
            names.get(row["asked_by"], ""),
            rooms[row["group"]] or row["group"],
            datetime.fromisoformat(row["at"]),
            row["text"],
            row["group"],
        )
        for row in asked
    ]
    return sorted(found, key=lambda one: one.since)


def _friends(scope: Scope) -> Any:
    mine = col(Friendship.merchant_id)
    return (
        select(
            col(Contact.wire_id),
            col(Contact.name),
            col(Friendship.account_id),
        )
        .join(Contact, and_(col(Contact.merchant_id) == mine, col(Contact.id) == col(Friendship.contact_id)))
        .join(Person, and_(col(Person.merchant_id) == mine, col(Person.id) == col(Contact.person_id)))
        .where(
            mine == scope.merchant.id,
            col(Friendship.account_id).in_(scope.accounts),
            col(Person.erased_at).is_(None),
        )
    )
