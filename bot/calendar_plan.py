"""What the lint of the calendar looks at, from the database: groups, entries in force, what accounts can do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import permutations
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from bot.entries_in_force import entries_in_force
from bot.store import Writing
from bot.store.accounts import load_accounts
from bot.store.groups import load_groups
from bot.store.rotating import had_so_far
from content_calendar.lint import LintGroup, Plan
from content_calendar.rotation import is_spare
from models.context import AccountView, GroupView, MerchantView
from models.groups import GroupMember
from models.operations import RoleGrant
from models.people import Contact

# Where pictures and files of calendar entries lie, beside the configuration.
MEDIA_FOLDER = "media"


def load_plan(looking: Writing, merchant: MerchantView, first: date, last: date, media: Path | None = None) -> Plan:
    """The calendar of the days from `first` to `last`, both included. Groups come in the order they were bound.

    Without a folder `media` nobody looks whether files are there.
    """
    accounts = load_accounts(looking, merchant)
    found = load_groups(looking, merchant.id, (), bound=True).values()
    groups = sorted((group for group in found if group.bound_at), key=lambda one: (one.bound_at, one.id))
    entries = list(entries_in_force(looking.connection, merchant))
    spares = [one.entry.key for one in entries if is_spare(one.entry)]
    had = had_so_far(looking.connection, merchant, spares)
    alongside = _alongside(looking, merchant, groups, accounts.values())
    return Plan(
        playbook=merchant.playbook,
        groups=[
            LintGroup(
                room=group.wire_id,
                tier=group.tier or "",
                alongside=alongside.get(group.wire_id, ()),
                had=tuple(had.get(group.id, ())),
                capabilities=accounts.get(group.account, AccountView(id=group.account)).capabilities,
            )
            for group in groups
        ],
        entries=entries,
        first=first,
        last=last,
        zone=merchant.zone,
        media=media_in(media) if media else None,
        accounts=[accounts[name].capabilities for name in merchant.accounts if name in accounts],
    )


def _alongside(
    looking: Writing, merchant: MerchantView, groups: Sequence[GroupView], accounts: Iterable[AccountView]
) -> dict[str, tuple[str, ...]]:
    """By room the other bound rooms in which more than half of its members are; accounts and staff are no members."""
    granted = select(col(RoleGrant.wire_id)).where(col(RoleGrant.merchant_id) == merchant.id)
    staff = {contact for _, contact, _ in merchant.admins}
    staff |= {account.self_id for account in accounts}
    staff |= set(looking.connection.execute(granted).scalars())
    owners = {group.owner_contact_id for group in groups}
    rooms = {group.id: group.wire_id for group in groups}
    members = looking.connection.execute(
        select(col(GroupMember.group_id), col(Contact.id), col(Contact.person_id), col(Contact.wire_id))
        .join(
            Contact,
            (col(Contact.merchant_id) == col(GroupMember.merchant_id))
            & (col(Contact.id) == col(GroupMember.contact_id)),
        )
        .where(col(GroupMember.merchant_id) == merchant.id, col(GroupMember.left_at).is_(None))
    )
    rooms_of: dict[int, set[str]] = defaultdict(set)
    for group_id, contact_id, person_id, wire_id in members:
        if group_id in rooms and contact_id not in owners and wire_id not in staff:
            rooms_of[person_id].add(rooms[group_id])
    size = Counter(room for theirs in rooms_of.values() for room in theirs)
    shared = Counter(pair for theirs in rooms_of.values() for pair in permutations(sorted(theirs), 2))
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for (room, other), count in shared.items():
        if 2 * count > size[room]:
            found[room] += (other,)
    return found


def media_in(folder: Path) -> dict[str, int] | None:
    """The sizes in bytes of the files in a folder, those in folders of its own by their path in it; None if it is not
    there."""
    if not folder.is_dir():
        return None
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
