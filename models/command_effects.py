"""Effects of slash-commands. See `models.effects` for all of them."""

from __future__ import annotations

from datetime import datetime

from models.deliveries import DeliveryState
from models.delivery_effects import Effect


class PutPending(Effect, frozen=True, kw_only=True):
    """These commands wait for a code, or one of them for its number, from this admin in this place, until then."""

    actor: str
    place: str  # as in `PendingView`
    code: str = ""
    kind: str = ""  # see `PendingView`; of `list` and `text` there is one an admin and place
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


class OpenTicket(Effect, frozen=True, kw_only=True):
    """A member waits for one of us; who does already goes on waiting, with what they say now."""

    contact_id: int
    account: str
    text: str


class ClaimTicket(Effect, frozen=True, kw_only=True):
    """我来跟: this wire id takes care of what the member waits for."""

    contact_id: int
    by: str


class CloseTicket(Effect, frozen=True, kw_only=True):
    """Nobody need see to this member any more."""

    contact_id: int
    by: str = ""


class CloseQuestion(Effect, frozen=True, kw_only=True):
    """A question in a group is settled, because somebody says so; `id` is that of its journal row."""

    id: int
    by: str


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
