"""Effects on groups, members and seats become rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, delete, func, select, text, update
from sqlmodel import col

from bot.store import Writing
from bot.store.identify import chunks
from bot.store.known import Known
from bot.store.prepared import each
from models.columns import table_of
from models.context import MerchantView
from models.events import Event, Who
from models.groups import ChatGroup, GroupChange, GroupMember, Seat, Waiting
from models.operations import Pause, RoleGrant, Timer
from models.people import Contact, Person
from models.timers import SEAT_TIMER, seat_subject

Pairs = list[tuple[Event, Any]]


def put_groups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Make the member lists those of the platform, in statements per list and not per member."""
    for event, effect in pairs:
        ids = _ids(writing, merchant, [group.group for group in effect.groups])
        listed_before = _listed(writing, merchant, ids.values())
        for group in effect.groups:
            identity = ids[group.group]
            values = {"topic": group.topic, "platform_owner": group.owner}
            if known := {name: value for name, value in values.items() if value}:
                _update_group(writing, merchant, identity, known)
            if not group.members:  # a list that failed to load is no proof that everybody left
                continue
            # Whatever its id was before: what is listed is a group.
            _update_group(writing, merchant, identity, {"listed": True, "became": None})
            listed = {known.contact_id for known in _known(writing, merchant, group.members).values()}
            present = set(
                writing.connection.execute(
                    select(col(GroupMember.contact_id)).where(
                        col(GroupMember.merchant_id) == merchant.id,
                        col(GroupMember.group_id) == identity,
                        col(GroupMember.left_at).is_(None),
                    )
                ).scalars()
            )
            came = sorted(listed - present)
            _join(writing, merchant, identity, came, event.at, "")
            if identity in listed_before:  # by the first list nobody came: they were there
                _keep_change(writing, merchant, identity, came, event.at, came=True)
            _leave(writing, merchant, identity, sorted(present - listed), event.at)


def rebind_groups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    """Swap the ids of the group and of the row that was made for its new id, by way of one that no platform gives."""
    writing.acquaintances.forget()
    for _event, effect in pairs:
        stranger = _ids(writing, merchant, [effect.wire_id]).get(effect.wire_id)
        if stranger is not None:
            _update_group(writing, merchant, stranger, {"wire_id": f"\x01{stranger}"})
        _update_group(writing, merchant, effect.group_id, {"wire_id": effect.wire_id})
        _follow(writing, merchant, effect.former_wire_id, effect.wire_id)
        if stranger is not None:
            former = {"wire_id": effect.former_wire_id, "became": effect.group_id}
            _update_group(writing, merchant, stranger, former)


def _follow(writing: Writing, merchant: MerchantView, former: str, wire_id: str) -> None:
    """What names the group by its wire id: roles in it, its pause, and the timers of seats."""
    for table, column, where in (
        (RoleGrant, "group_wire_id", ()),
        (Pause, "subject", (col(Pause.scope) == "group",)),
    ):
        theirs = (col(table.merchant_id) == merchant.id, col(getattr(table, column)) == former, *where)
        rows = writing.connection.execute(select(table_of(table)).where(*theirs)).all()
        writing.insert_new(table, [{**row._mapping, column: wire_id} for row in rows])
        writing.connection.execute(delete(table).where(*theirs))
    seats = [col(Timer.merchant_id) == merchant.id, col(Timer.kind) == SEAT_TIMER]
    ending = f" {former}"
    for subject in writing.connection.execute(
        select(col(Timer.subject)).where(*seats, col(Timer.subject).endswith(ending, autoescape=True))
    ).scalars():
        renamed = seat_subject(subject.removesuffix(ending), wire_id)
        writing.connection.execute(update(Timer).where(*seats, col(Timer.subject) == subject).values(subject=renamed))


def put_members(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for event, effect in pairs:
        joined = [known.contact_id for known in _known(writing, merchant, effect.joined).values()]
        left = [known.contact_id for known in _known(writing, merchant, effect.left).values()]
        there = _present(writing, merchant, effect.group_id, joined)
        new = [one for one in joined if one not in there]
        _keep_change(writing, merchant, effect.group_id, new, event.at, came=True)
        _join(writing, merchant, effect.group_id, joined, event.at, effect.by)
        _leave(writing, merchant, effect.group_id, left, event.at)
        if effect.ours:
            _update_group(writing, merchant, effect.group_id, {"listed": False})


def rename_groups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _update_group(writing, merchant, effect.group_id, {"topic": effect.topic})


def bind_groups(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        values = {
            "tier": effect.tier,
            "parent_id": effect.parent_id,
            "owner_contact_id": effect.owner_contact_id,
            "bound_at": effect.bound_at,
        }
        if effect.tier:
            values["became"] = None  # an operator means the group that has this id now
        if effect.account:
            values["account_id"] = effect.account
        _update_group(writing, merchant, effect.group_id, values)


def reserve(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    writing.upsert(
        Seat,
        [
            {
                "merchant_id": merchant.id,
                "contact_id": effect.contact_id,
                "group_id": effect.group_id,
                "until": effect.until,
            }
            for _event, effect in pairs
        ],
    )
    _wait_no_longer(writing, merchant, [effect.contact_id for _event, effect in pairs])


def put_places(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    mine = and_(col(Person.merchant_id) == merchant.id, col(Person.id) == bindparam("person"))
    writing.connection.execute(
        update(Person).where(mine).values(placed_tier=bindparam("tier")),
        [{"person": effect.person_id, "tier": effect.tier} for _, effect in pairs],
    )
    for event, effect in pairs:
        if effect.moved:
            writing.connection.execute(
                update(Person).where(mine).values(moved_at=event.at), {"person": effect.person_id}
            )
            here = col(ChatGroup.merchant_id) == merchant.id
            theirs = select(col(Contact.id)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.person_id) == effect.person_id
            )
            writing.connection.execute(
                delete(Seat).where(
                    col(Seat.merchant_id) == merchant.id,
                    col(Seat.contact_id).in_(theirs),
                    col(Seat.group_id).in_(select(col(ChatGroup.id)).where(here, col(ChatGroup.tier) != effect.tier)),
                )
            )


def release(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        _free_seats(writing, merchant, effect.group_id, [effect.contact_id])


def wait_for_seat(writing: Writing, merchant: MerchantView, pairs: Pairs) -> None:
    for _event, effect in pairs:
        others = [col(Waiting.tier) != effect.tier] if effect.tier else []
        _wait_no_longer(writing, merchant, [effect.contact_id], *others)
    writing.insert_new(
        Waiting,
        [
            {
                "merchant_id": merchant.id,
                "contact_id": effect.contact_id,
                "tier": effect.tier,
                "since": event.at,
            }
            for event, effect in pairs
            if effect.tier
        ],
    )


def _ids(writing: Writing, merchant: MerchantView, wire_ids: list[str]) -> dict[str, int]:
    """Our ids of groups by the platform's."""
    return {
        wire_id: identity
        for chunk in chunks(wire_ids)
        for wire_id, identity in writing.connection.execute(
            select(col(ChatGroup.wire_id), col(ChatGroup.id)).where(
                col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.wire_id).in_(chunk)
            )
        )
    }


def _known(writing: Writing, merchant: MerchantView, people: Iterable[Who]) -> dict[str, Known]:
    """Our ids of people who were identified before the decision."""
    return {
        wire_id: Known(contact_id, person_id, name)
        for chunk in chunks([who.contact for who in people])
        for wire_id, contact_id, person_id, name in writing.connection.execute(
            select(col(Contact.wire_id), col(Contact.id), col(Contact.person_id), col(Contact.name)).where(
                col(Contact.merchant_id) == merchant.id, col(Contact.wire_id).in_(chunk)
            )
        )
    }


def _listed(writing: Writing, merchant: MerchantView, group_ids: Iterable[int]) -> set[int]:
    """Those of which the platform has listed the members before."""
    return {
        identity
        for chunk in chunks(list(group_ids))
        for identity in writing.connection.execute(
            select(col(ChatGroup.id)).where(
                col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id).in_(chunk), col(ChatGroup.listed)
            )
        ).scalars()
    }


def _present(writing: Writing, merchant: MerchantView, group_id: int, contact_ids: list[int]) -> set[int]:
    """Those who are in the group now."""
    return {
        identity
        for chunk in chunks(contact_ids)
        for identity in writing.connection.execute(
            select(col(GroupMember.contact_id)).where(
                col(GroupMember.merchant_id) == merchant.id,
                col(GroupMember.group_id) == group_id,
                col(GroupMember.contact_id).in_(chunk),
                col(GroupMember.left_at).is_(None),
            )
        ).scalars()
    }


def _keep_change(
    writing: Writing, merchant: MerchantView, group_id: int, contact_ids: list[int], at: datetime, *, came: bool
) -> None:
    first = writing.ids.take(writing.now, len(contact_ids)) if contact_ids else 0
    writing.put(
        GroupChange,
        ("id", "merchant_id", "group_id", "contact_id", "at", "came"),
        [(identity, merchant.id, group_id, one, at, came) for identity, one in enumerate(contact_ids, first)],
    )


def _join(
    writing: Writing, merchant: MerchantView, group_id: int, contact_ids: list[int], at: datetime, by: str
) -> None:
    writing.upsert(
        GroupMember,
        [
            {
                "merchant_id": merchant.id,
                "group_id": group_id,
                "contact_id": contact_id,
                "joined_at": at,
                "left_at": None,
                "invited_by": by,
            }
            for contact_id in contact_ids
        ],
    )
    _free_seats(writing, merchant, group_id, contact_ids)
    _count(writing, merchant, group_id, contact_ids)
    tier = select(col(ChatGroup.tier)).where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id) == group_id)
    _wait_no_longer(writing, merchant, contact_ids, col(Waiting.tier) == tier.scalar_subquery())


def _wait_no_longer(writing: Writing, merchant: MerchantView, contact_ids: list[int], *which: Any) -> None:
    """A person has one place, so whatever they were met as waits no longer."""
    theirs = [contact for (contact,) in writing.rows(_SAME_PERSONS, merchant=merchant.id, contacts=contact_ids)]
    for chunk in chunks(theirs):
        writing.connection.execute(
            delete(Waiting).where(col(Waiting.merchant_id) == merchant.id, col(Waiting.contact_id).in_(chunk), *which)
        )


_ASKED = each("contacts", BigInteger)
_ALSO = table_of(Contact).alias("also")
# Outer joins, so that SQLite begins with those who are asked for and not with all contacts.
_SAME_PERSONS = select(_ALSO.c.id).select_from(
    _ASKED.outerjoin(
        Contact, and_(col(Contact.merchant_id) == bindparam("merchant"), col(Contact.id) == _ASKED.c.value)
    ).outerjoin(
        _ALSO, and_(_ALSO.c.merchant_id == col(Contact.merchant_id), _ALSO.c.person_id == col(Contact.person_id))
    )
)


def _leave(writing: Writing, merchant: MerchantView, group_id: int, contact_ids: list[int], at: datetime) -> None:
    gone = sorted(_present(writing, merchant, group_id, contact_ids))
    _keep_change(writing, merchant, group_id, gone, at, came=False)
    for chunk in chunks(gone):
        writing.connection.execute(
            update(GroupMember)
            .where(
                col(GroupMember.merchant_id) == merchant.id,
                col(GroupMember.group_id) == group_id,
                col(GroupMember.contact_id).in_(chunk),
            )
            .values(left_at=at)
        )
    _count(writing, merchant, group_id, contact_ids)


def _count(writing: Writing, merchant: MerchantView, group_id: int, moved: list[int]) -> None:
    """Keep with the group how many are in it: counted anew, so that it cannot drift from the rows."""
    present = (
        select(func.count())
        .select_from(GroupMember)
        .where(
            col(GroupMember.merchant_id) == merchant.id,
            col(GroupMember.group_id) == group_id,
            text("left_at IS NULL"),  # in the words of the index, which leaves out who was here long ago
        )
    )
    if moved:
        _update_group(writing, merchant, group_id, {"members": present.scalar_subquery()})


def _free_seats(writing: Writing, merchant: MerchantView, group_id: int, contact_ids: list[int]) -> None:
    for chunk in chunks(contact_ids):
        writing.connection.execute(
            delete(Seat).where(
                col(Seat.merchant_id) == merchant.id,
                col(Seat.group_id) == group_id,
                col(Seat.contact_id).in_(chunk),
            )
        )


def _update_group(writing: Writing, merchant: MerchantView, group_id: int, values: dict[str, Any]) -> None:
    writing.connection.execute(
        update(ChatGroup).where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.id) == group_id).values(values)
    )
