"""Operators: who may sign in to the console, and the sessions of those who did."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class Operator(SQLModel, table=True):
    """Somebody who works in a shop's console; who works in several has a row with the same `password` in each.

    `password` is an argon2 hash, empty until a one-time link was followed; `invitation` is the SHA-256 of that link's
    secret, empty once it was used. `account_id` narrows what they see and do to one account's pool.
    """

    __tablename__ = "operator"

    merchant_id: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    role: str
    account_id: str = ""
    password: str = ""
    invitation: str = ""
    invited_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = ""


class OperatorSession(SQLModel, table=True):
    """Somebody who is signed in, at the shop that they look at. `token` is the SHA-256 of what their browser holds;
    `agent` and `address` are what it said of itself and where it was, for whoever looks through their sessions."""

    __tablename__ = "operator_session"

    token: str = Field(primary_key=True)
    merchant_id: str
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    agent: str = Field(default="", sa_column_kwargs={"server_default": ""})
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})
