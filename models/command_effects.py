"""Effects of slash-commands. See `models.effects` for all of them."""

from __future__ import annotations

from datetime import datetime

from models.deliveries import DeliveryState
from models.delivery_effects import Effect


class PutPending(Effect, frozen=True, kw_only=True):
    """These commands wait for a code, or one of them for its number, from this admin in this place, until then."""

    actor: str
    place: str
    code: str = ""
    lines: tuple[str, ...]
    quote: str = ""
    until: datetime


class DropPending(Effect, frozen=True, kw_only=True):
    """What waited was confirmed, or answered; a code is good once."""

    id: int


class TakeBack(Effect, frozen=True, kw_only=True):
    """Cancel these deliveries, those of them that have not left."""

    ids: tuple[int, ...]


class EndWaiting(Effect, frozen=True, kw_only=True):
    """What of an entry waits for a word does not get it; with an occurrence, all that has not left of that one ends."""

    entry: str
    occurrence: str = ""
    state: DeliveryState
    reason: str | None = None


class PutNote(Effect, frozen=True, kw_only=True):
    """记一笔: what the staff keeps of a person, as a whole."""

    person_id: int
    note: str


class PutScript(Effect, frozen=True, kw_only=True):
    """存话术: keep a good answer under a name, with who it is of; an empty text drops it."""

    name: str
    text: str
    author: str
    author_name: str = ""


class PutFewer(Effect, frozen=True, kw_only=True):
    """少发点: a cap of their own, or none any more."""

    person_id: int
    fewer: bool


class PutOperator(Effect, frozen=True, kw_only=True):
    """Somebody may sign in to the console in this role once they followed the link whose secret has this SHA-256."""

    name: str
    role: str
    account: str = ""
    invitation: str
    until: datetime
    by: str


class DropOperator(Effect, frozen=True, kw_only=True):
    """Somebody may not sign in any longer."""

    name: str
