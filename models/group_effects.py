"""Effects on groups: who is in them, whose they are, who has or wants a place. `models.effects` has all of them."""

from __future__ import annotations

from datetime import datetime

from models.delivery_effects import Effect
from models.events import GroupState, Who


class RebindGroup(Effect, frozen=True, kw_only=True):
    """The platform calls a group by another id now; its binding and history stay with it."""

    group_id: int
    wire_id: str
    former_wire_id: str


class PutGroups(Effect, frozen=True, kw_only=True):
    """Groups as the platform lists them now. Who is listed is a member, who is not has left."""

    account: str
    groups: tuple[GroupState, ...]


class PutMembers(Effect, frozen=True, kw_only=True):
    """People came into a group or left it. Whoever comes in needs no seat any longer.

    `ours`: the account that posts there is among them, so whoever the next list names may have been there before it.
    """

    group_id: int
    joined: tuple[Who, ...] = ()
    left: tuple[Who, ...] = ()
    by: str = ""
    ours: bool = False


class PutNewcomers(Effect, frozen=True, kw_only=True):
    """These came into the group for the first time, and are to be welcomed."""

    group_id: int
    contact_ids: tuple[int, ...]


class DropNewcomers(Effect, frozen=True, kw_only=True):
    """Whoever was to be welcomed there has been."""

    group_id: int


class RenameGroup(Effect, frozen=True, kw_only=True):
    """A group has a new topic. Its binding is by id and stays."""

    group_id: int
    topic: str


class BindGroup(Effect, frozen=True, kw_only=True):
    """A group belongs to a tier from now on, or, without a tier, to none.

    `bound_at` is its place in the order in which groups fill; `account` is who posts there, None for who does already.
    """

    group_id: int
    tier: str | None
    bound_at: datetime | None = None
    parent_id: int | None = None
    owner_contact_id: int | None = None
    account: str | None = None


class ReplaceAccount(Effect, frozen=True, kw_only=True):
    """The groups that `new` is in, and what is under way with people who are its friends, are `new`'s from now on."""

    old: str
    new: str


class Claim(Effect, frozen=True, kw_only=True):
    """This contact looks after the person from now on, unless somebody does already."""

    person_id: int
    owner_contact_id: int


class ClaimMembers(Effect, frozen=True, kw_only=True):
    """Who is found in an owned group is its owner's, unless another owned group was first; such a second claim is
    refused and audited. `contact_ids` None: everybody who is in it now."""

    group_id: int
    contact_ids: tuple[int, ...] | None = None


class HandOver(Effect, frozen=True, kw_only=True):
    """These persons, and these groups, are this contact's from now on."""

    owner_contact_id: int
    person_ids: tuple[int, ...] = ()
    group_ids: tuple[int, ...] = ()


class PutPlace(Effect, frozen=True, kw_only=True):
    """Where a person belongs. `moved`: they belonged elsewhere before, and need no seat there any longer."""

    person_id: int
    tier: str
    moved: bool = False


class Reserve(Effect, frozen=True, kw_only=True):
    """Keep a seat in a group for somebody who is being invited; they wait no longer."""

    contact_id: int
    group_id: int
    until: datetime | None


class Release(Effect, frozen=True, kw_only=True):
    """The seat is free again."""

    contact_id: int
    group_id: int


class WaitForSeat(Effect, frozen=True, kw_only=True):
    """No group of the tier has room: wait for it and for no other, first come, first served; without a tier for none.

    Who waits for it already keeps their place.
    """

    contact_id: int
    tier: str | None
