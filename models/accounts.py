"""Accounts: the persona's WeChat accounts, as the configuration names them and the platform knows them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime


class AccountState(StrEnum):
    """What we know about an account's link to the platform."""

    OFFLINE = "offline"
    ONLINE = "online"
    DEAF = "deaf"  # connected, but nothing is heard
    TAKEN = "taken"  # another program listens to it at the gateway
    SCAN = "scan"  # the gateway waits for its QR code to be scanned


class Account(SQLModel, table=True):
    """One account. `id` is the configuration's; `self_id` the platform's, which may change at a re-login."""

    __tablename__ = "account"

    merchant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str = ""
    self_id: str = ""
    state: str = AccountState.OFFLINE
    state_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # What the QR code says that the gateway wants scanned, while it does.
    scan_code: str = Field(default="", sa_column_kwargs={"server_default": ""})
    capabilities: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    rostered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # friends found before this are old ones
    first_login_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the warm-up counts from here
    slow_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the platform asked us to slow down
    replaced_by: str | None = None  # the account that took its lane over
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # sends that failed, one after the other
