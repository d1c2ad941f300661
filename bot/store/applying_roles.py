"""Roles given and taken, and who did or tried to do what, become rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from bot.store import Writing
from models.context import MerchantView
from models.events import Event
from models.operations import AuditEntry, RoleGrant

Pairs = list[tuple[Event, Any]]


def put_roles(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        row = {
            "merchant_id": merchant.id,
            "wire_id": effect.wire_id,
            "role": effect.role,
            "account_id": effect.account,
            "group_wire_id": effect.group,
        }
        if effect.revoked:
            same = [col(getattr(RoleGrant, name)) == value for name, value in row.items()]
            writing.connection.execute(delete(RoleGrant).where(*same))
        else:
            writing.upsert(RoleGrant, [row | {"granted_by": effect.granted_by, "at": event.at}])


def audit(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    first = writing.ids.take(writing.now, len(pairs))
    writing.put(
        AuditEntry,
        ("id", "merchant_id", "at", "actor", "action", "target", "place", "result", "reason"),
        [
            (identity, merchant.id, event.at, one.actor, one.action, one.target, one.place, one.result, one.reason)
            for identity, (event, one) in enumerate(pairs, first)
        ],
    )
