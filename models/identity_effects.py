"""Effects on who is who. See `models.effects` for all of them."""

from __future__ import annotations

from models.delivery_effects import Effect
from models.identity import DoubtKind, DoubtState


class Rebind(Effect, frozen=True, kw_only=True):
    """The platform calls a contact by another id now. The row that was made for the new id takes the old one."""

    contact_id: int
    wire_id: str
    stranger_id: int
    former_wire_id: str


class PutDoubt(Effect, frozen=True, kw_only=True):
    """Two contacts may be one person: a human is to say. A pair that was asked about once is not asked about again."""

    kind: DoubtKind
    contact_id: int
    other_id: int
    account: str = ""
    evidence: tuple[str, ...] = ()


class DoubtByAnswer(Effect, frozen=True, kw_only=True):
    """They told us what few people share: whoever told us the same before may be the same person."""

    person_id: int
    contact_id: int
    identity: str


class SettleDoubt(Effect, frozen=True, kw_only=True):
    """A human has said whether two contacts are one person."""

    kind: DoubtKind
    contact_id: int
    other_id: int
    state: DoubtState
    by: str


class MergePersons(Effect, frozen=True, kw_only=True):
    """Two persons are one from now on, the kept one: contacts, answers, tags and survey of the other become theirs.

    Where both answered, the kept one's answer stands; who opted out, complained or refused consent as either of them
    did so as one. `survey_of` is whose survey goes on. `rebound` are the contacts that change their ids with it, as in
    `Rebind`: who had the id before, and who was made for the new one.
    """

    kept_id: int
    gone_id: int
    survey_of: int
    by: str
    rebound: tuple[int, int] | None = None


class UnmergePersons(Effect, frozen=True, kw_only=True):
    """They were two after all: what the merge changed is put back, what was learnt since stays with the kept one."""

    merge_id: int
    by: str
