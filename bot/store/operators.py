"""Who may sign in, and who is: written here and not by events, since a journal must not hold what opens a door.

Who is invited and who is removed goes through orders like everything else (`handlers.operators`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update
from sqlmodel import col

from bot.store import Store, Writing
from bot.store.applying_commands import audit
from models.columns import table_of
from models.context import MerchantView
from models.effects import Audit
from models.events import Event
from models.operations import Role
from models.operators import Operator, OperatorSession


class Known(NamedTuple):
    """An operator of a shop."""

    merchant: str
    name: str
    role: Role
    account: str
    password: str


class Session(NamedTuple):
    """A session that was found: whose it is, at which shop; `agent` and `address` are the browser's."""

    merchant: str
    name: str
    created_at: datetime
    expires_at: datetime
    token: str = ""
    agent: str = ""
    address: str = ""


LONGEST_AGENT = 300


_KNOWN = select(
    col(Operator.merchant_id), col(Operator.name), col(Operator.role), col(Operator.account_id), col(Operator.password)
)


def has_operators(connection: Connection) -> bool:
    """Whether anybody can sign in: if not, the first link is still to be followed."""
    return (
        connection.execute(select(col(Operator.name)).where(col(Operator.password) != "").limit(1)).first() is not None
    )


def operators_named(connection: Connection, name: str) -> list[Known]:
    """Who has this name, in every shop; those who were only invited are absent."""
    rows = connection.execute(_KNOWN.where(col(Operator.name) == name, col(Operator.password) != ""))
    return [Known(merchant, name, Role(role), account, password) for merchant, name, role, account, password in rows]


def all_operators(connection: Connection, merchant: str) -> list[Known]:
    """Who may sign in to a shop's console; whoever was only invited has no password yet."""
    rows = connection.execute(_KNOWN.where(col(Operator.merchant_id) == merchant).order_by(col(Operator.name)))
    return [Known(merchant, name, Role(role), account, password) for merchant, name, role, account, password in rows]


def invited(connection: Connection, invitation: str, at: datetime) -> list[Known]:
    """Whom a one-time link is for, if it still holds."""
    rows = connection.execute(_KNOWN.where(col(Operator.invitation) == invitation, col(Operator.invited_until) > at))
    return [Known(merchant, name, Role(role), account, password) for merchant, name, role, account, password in rows]


def found_shop(store: Store, merchants: Sequence[MerchantView], name: str, password: str, at: datetime) -> bool:
    """Make the first operator, the owner of all shops; `False` when there is one already."""
    with store.writing() as writing:
        if has_operators(writing.connection):
            return False
        writing.upsert(
            Operator,
            [
                {
                    "merchant_id": merchant.id,
                    "name": name,
                    "role": Role.OWNER,
                    "account_id": "",
                    "password": password,
                    "invitation": "",
                    "created_at": at,
                    "created_by": "setup",
                }
                for merchant in merchants
            ],
        )
        _note(writing, merchants, name, "operator.setup", at)
        return True


def accept_invitation(
    store: Store, merchants: Mapping[str, MerchantView], invitation: str, password: str, at: datetime
) -> list[Known]:
    """Use a one-time link up: whoever it is for has this password now, and no session of before."""
    with store.writing() as writing:
        people = [one for one in invited(writing.connection, invitation, at) if one.merchant in merchants]
        for one in people:
            this = (col(Operator.merchant_id) == one.merchant, col(Operator.name) == one.name)
            writing.connection.execute(
                update(Operator).where(*this).values(password=password, invitation="", invited_until=None)
            )
            drop_sessions(writing.connection, one.merchant, one.name)
            _note(writing, [merchants[one.merchant]], one.name, "operator.join", at)
        return [one._replace(password=password) for one in people]


def open_session(
    store: Store,
    token: str,
    merchant: MerchantView,
    name: str,
    at: datetime,
    until: datetime,
    agent: str = "",
    address: str = "",
) -> None:
    """Somebody has signed in; sessions that are over go."""
    with store.writing() as writing:
        writing.connection.execute(delete(OperatorSession).where(col(OperatorSession.expires_at) < at))
        writing.insert(
            OperatorSession,
            [
                {
                    "token": token,
                    "merchant_id": merchant.id,
                    "name": name,
                    "created_at": at,
                    "expires_at": until,
                    "agent": agent[:LONGEST_AGENT],
                    "address": address[:LONGEST_AGENT],
                }
            ],
        )
        _note(writing, [merchant], name, "operator.sign_in", at)


def session_of(connection: Connection, token: str) -> Session | None:
    """The session of a token, over or not."""
    row = connection.execute(select(table_of(OperatorSession)).where(col(OperatorSession.token) == token)).first()
    return Session(row.merchant_id, row.name, row.created_at, row.expires_at) if row else None


def sessions_of(connection: Connection, merchants: Collection[str], name: str, at: datetime) -> list[Session]:
    """The sessions of somebody that are not over, at these shops, the last one first."""
    rows = connection.execute(
        select(table_of(OperatorSession))
        .where(
            col(OperatorSession.merchant_id).in_(merchants),
            col(OperatorSession.name) == name,
            col(OperatorSession.expires_at) > at,
        )
        .order_by(col(OperatorSession.created_at).desc(), col(OperatorSession.token))
    )
    return [
        Session(row.merchant_id, row.name, row.created_at, row.expires_at, row.token, row.agent, row.address)
        for row in rows
    ]


def change_password(
    store: Store, merchants: Sequence[MerchantView], name: str, password: str, at: datetime, keep: str
) -> None:
    """Somebody has another password at their shops from now on; whoever else is signed in as them is not any more."""
    ids = [one.id for one in merchants]
    with store.writing() as writing:
        this = (col(Operator.merchant_id).in_(ids), col(Operator.name) == name)
        writing.connection.execute(update(Operator).where(*this).values(password=password))
        _drop_other_sessions(writing.connection, ids, name, keep)
        _note(writing, merchants, name, "operator.password", at)


def end_sessions(store: Store, merchants: Sequence[MerchantView], name: str, at: datetime, keep: str = "") -> None:
    """Somebody signs out everywhere, but for the session with the token to keep, if any."""
    with store.writing() as writing:
        _drop_other_sessions(writing.connection, [one.id for one in merchants], name, keep)
        _note(writing, merchants, name, "operator.sign_out", at)


def _drop_other_sessions(connection: Connection, merchants: Sequence[str], name: str, keep: str) -> None:
    connection.execute(
        delete(OperatorSession).where(
            col(OperatorSession.merchant_id).in_(merchants),
            col(OperatorSession.name) == name,
            col(OperatorSession.token) != keep,
        )
    )


def change_session(store: Store, token: str, *, merchant: str, until: datetime) -> None:
    """The session goes on until then, at this shop."""
    with store.writing() as writing:
        writing.connection.execute(
            update(OperatorSession)
            .where(col(OperatorSession.token) == token)
            .values(merchant_id=merchant, expires_at=until)
        )


def end_session(store: Store, token: str) -> None:
    """Somebody has signed out."""
    with store.writing() as writing:
        writing.connection.execute(delete(OperatorSession).where(col(OperatorSession.token) == token))


def drop_sessions(connection: Connection, merchant: str, name: str) -> None:
    """Whoever they were is signed out everywhere."""
    connection.execute(
        delete(OperatorSession).where(col(OperatorSession.merchant_id) == merchant, col(OperatorSession.name) == name)
    )


def note_failure(store: Store, merchants: Sequence[MerchantView], name: str, at: datetime) -> None:
    """Somebody tried a password of this name that was wrong."""
    with store.writing() as writing:
        _note(writing, merchants, name, "operator.sign_in", at, refused="password")


def _note(
    writing: Writing, merchants: Sequence[MerchantView], name: str, action: str, at: datetime, refused: str = ""
) -> None:
    result = "refused" if refused else "ok"
    effect = Audit(actor=f"console:{name}", action=action, target=name, result=result, reason=refused)
    for merchant in merchants:
        audit(writing, merchant, [(Event(at=at), effect)])
