"""Timers by their names, in one statement however many there are."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from bot.store.prepared import is_one_of
from models.operations import Timer

_NAMED = (
    col(Timer.merchant_id) == bindparam("merchant"),
    col(Timer.kind) == bindparam("kind"),
    is_one_of(col(Timer.subject), "subjects"),
)
THESE_TIMERS = select(col(Timer.subject), col(Timer.at)).where(*_NAMED)
DROP_TIMERS = delete(Timer).where(*_NAMED)
