"""`report groups`: what is not in order in the tree of groups, one row a fault, recomputable from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot import reading
from bot.store.prepared import unindexed
from models.accounts import Account
from models.context import MerchantView
from models.groups import ChatGroup, GroupMember, Seat, Waiting
from models.operations import RoleGrant
from models.people import Contact, Friendship, FriendshipState, Person

Row = dict[str, Any]

CODES = {
    "head_without_branch": "总舵成员没开分舵",
    "hall_without_owner": "没有堂主",
    "member_in_no_group": "不在任何群",
    "over_capacity": "超员",
    "orphan_group": "没有上级",
}
NO_BRANCH = "{who} 在「{tier}」，还没有自己的「{below}」"
NO_OWNER = "「{group}」没有堂主：group bind {room} --tier {tier} --owner 谁"
NO_GROUP = "{who} 不在任何绑定的群{because}"
OVER = "「{group}」{count} 人（含给人留的 {reserved} 个位子），上限 {capacity}"
NO_TIER = "「{group}」绑定的层级「{tier}」方案里没有了"
NO_PARENT = "「{group}」没有上级「{above}」的群：group bind {room} --tier {tier} --parent 上级群号"
INVITED, WAITS = "，请过了还没进", "，在排「{tier}」"


def group_rows(connection: Connection, merchant: MerchantView) -> list[Row]:
    """The faults: by code in the order of `CODES`, within it as groups fill and people were met."""
    bound = [row for row in reading.groups(connection, merchant) if row["tier"]]
    return [
        *_heads_without_branch(connection, merchant, bound),
        *_halls_without_owner(merchant, bound),
        *(_members_in_no_group(connection, merchant) if merchant.playbook.tiers else ()),
        *_over_capacity(bound),
        *_orphans(merchant, bound),
    ]


def _heads_without_branch(connection: Connection, merchant: MerchantView, bound: list[Row]) -> Iterator[Row]:
    """Whoever is in a group of a top tier founds a branch: a group, of a tier right under it, that they own."""
    playbook = merchant.playbook
    owners: dict[str, set[int]] = {}
    for tier, person_id in connection.execute(
        select(col(ChatGroup.tier), col(Contact.person_id))
        .join(Contact, _same(Contact, ChatGroup) & (col(Contact.id) == col(ChatGroup.owner_contact_id)))
        .where(col(ChatGroup.merchant_id) == merchant.id, col(ChatGroup.tier).is_not(None))
    ):
        owners.setdefault(str(tier), set()).add(person_id)
    for head in playbook.tiers:
        below = [tier for tier in playbook.children(head.name) if tier.owner_role == "branch"]
        if head.parent or not below:
            continue
        founders = set[int]().union(*(owners.get(tier.name, set()) for tier in below))
        rooms = [row["group"] for row in bound if row["tier"] == head.name]
        for room, contact, name, person_id in connection.execute(
            select(col(ChatGroup.wire_id), col(Contact.wire_id), col(Contact.name), col(Contact.person_id))
            .join(GroupMember, _same(GroupMember, ChatGroup) & (col(GroupMember.group_id) == col(ChatGroup.id)))
            .join(Contact, _same(Contact, GroupMember) & (col(Contact.id) == col(GroupMember.contact_id)))
            .where(
                col(ChatGroup.merchant_id) == merchant.id,
                col(ChatGroup.wire_id).in_(rooms),
                col(GroupMember.left_at).is_(None),
                col(Contact.wire_id).not_in(_our_ids(merchant)),
            )
            .order_by(col(ChatGroup.bound_at), col(ChatGroup.id), col(Contact.id))
        ):
            if person_id not in founders:
                told = NO_BRANCH.format(who=name or contact, tier=head.name, below=below[0].name)
                yield _row("head_without_branch", room, contact, head.name, told)


def _halls_without_owner(merchant: MerchantView, bound: list[Row]) -> Iterator[Row]:
    halls = {tier.name for tier in merchant.playbook.tiers if tier.owner_role == "hall"}
    for row in bound:
        if row["tier"] in halls and row["owner"] is None:
            told = NO_OWNER.format(group=_called(row), room=row["group"], tier=row["tier"])
            yield _row("hall_without_owner", row["group"], None, row["tier"], told)


def _members_in_no_group(connection: Connection, merchant: MerchantView) -> Iterator[Row]:
    """Friends in no bound group, whatever they were met as; but for the staff, and who wants nothing from us."""
    staff = {wire_id for _account, wire_id, _role in merchant.admins}
    staff.update(
        connection.execute(select(col(RoleGrant.wire_id)).where(col(RoleGrant.merchant_id) == merchant.id)).scalars()
    )
    met = Contact.__table__.alias("met")  # type: ignore[attr-defined]
    # Both are asked once and not of each person.
    those_in = (
        select(met.c.person_id)
        .select_from(met)
        .join(
            GroupMember,
            (col(GroupMember.merchant_id) == met.c.merchant_id) & (col(GroupMember.contact_id) == met.c.id),
        )
        .join(ChatGroup, _same(ChatGroup, GroupMember) & (col(ChatGroup.id) == col(GroupMember.group_id)))
        .where(
            met.c.merchant_id == merchant.id,
            col(GroupMember.left_at).is_(None),
            col(ChatGroup.tier).is_not(None),
        )
    )
    friends = select(col(Friendship.contact_id)).where(
        unindexed(col(Friendship.merchant_id)) == merchant.id, col(Friendship.state) == FriendshipState.FRIEND
    )
    waits = dict(
        connection.execute(
            select(col(Waiting.contact_id), col(Waiting.tier)).where(col(Waiting.merchant_id) == merchant.id)
        ).all()
    )
    invited = set(
        connection.execute(select(col(Seat.contact_id)).where(col(Seat.merchant_id) == merchant.id)).scalars()
    )
    seen: set[int] = set()
    for identity, person_id, contact, name in connection.execute(
        select(col(Contact.id), col(Contact.person_id), col(Contact.wire_id), col(Contact.name))
        .join(Person, _same(Person, Contact) & (col(Person.id) == col(Contact.person_id)))
        .where(
            col(Contact.merchant_id) == merchant.id,
            col(Person.erased_at).is_(None),
            col(Person.opted_out_at).is_(None),
            col(Contact.wire_id).not_in(_our_ids(merchant)),
            col(Contact.id).in_(friends),
            col(Contact.person_id).not_in(those_in),
        )
        .order_by(col(Contact.id))
    ):
        if contact in staff or person_id in seen:
            continue
        seen.add(person_id)
        tier = waits.get(identity)
        because = INVITED if identity in invited else WAITS.format(tier=tier) if tier else ""
        yield _row("member_in_no_group", None, contact, tier, NO_GROUP.format(who=name or contact, because=because))


def _over_capacity(bound: list[Row]) -> Iterator[Row]:
    for row in bound:
        count = row["members"] + row["reserved"]
        if row["capacity"] is not None and count > row["capacity"]:
            told = OVER.format(group=_called(row), count=count, reserved=row["reserved"], capacity=row["capacity"])
            yield _row("over_capacity", row["group"], None, row["tier"], told)


def _orphans(merchant: MerchantView, bound: list[Row]) -> Iterator[Row]:
    """A group whose tier is no more, or that stands under no group of the tier above."""
    tiers = {row["group"]: row["tier"] for row in bound}
    for row in bound:
        tier = merchant.playbook.tier(row["tier"])
        if tier is None:
            yield _row(
                "orphan_group", row["group"], None, row["tier"], NO_TIER.format(group=_called(row), **_names(row))
            )
        elif tier.parent and tiers.get(row["parent"]) != tier.parent:
            told = NO_PARENT.format(group=_called(row), above=tier.parent, **_names(row))
            yield _row("orphan_group", row["group"], None, row["tier"], told)


def _names(row: Row) -> dict[str, str]:
    return {"room": row["group"], "tier": row["tier"]}


def _called(row: Row) -> str:
    return str(row["topic"] or row["group"])


def _row(code: str, group: str | None, contact: str | None, tier: str | None, text: str) -> Row:
    return {"code": code, "group": group, "contact": contact, "tier": tier, "text": text}


def _our_ids(merchant: MerchantView) -> Any:
    """The wire ids of our own accounts."""
    return select(func.coalesce(col(Account.self_id), "")).where(col(Account.merchant_id) == merchant.id)


def _same(one: Any, other: Any) -> Any:
    return col(one.merchant_id) == col(other.merchant_id)
