"""All tables at once, for whoever needs their metadata."""

from __future__ import annotations

from sqlmodel import SQLModel

from models import (
    accounts,
    alerts,
    commands,
    deliveries,
    erasure,
    groups,
    identity,
    journal,
    operations,
    operators,
    people,
    questions,
    workers,
)

__all__ = [
    "METADATA",
    "accounts",
    "alerts",
    "commands",
    "deliveries",
    "erasure",
    "groups",
    "identity",
    "journal",
    "operations",
    "operators",
    "people",
    "questions",
    "workers",
]

METADATA = SQLModel.metadata
