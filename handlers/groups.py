"""Groups: who comes and goes, and which tier a group is bound to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers import staff, welcomes
from handlers.placement import seats_freed
from models import effects as fx
from models import timers
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, DeliveryKind
from models.effects import Effect
from models.events import GroupJoined, GroupLeft, GroupRenamed, Roster
from models.orders import BindGroupOrder, BindGroupsOrder, HandoverOrder, UnbindGroupOrder

BOUND_MANY = "绑定了 {count} 个群。"
WE_ARE_OUT = "账号「{account}」不在「{topic}」里了，那里发不了。请把它拉回去；这个群不要了就发 /解绑 {group}。"
NOT_SEEN = "（账号还没见过这个群：群号没写错的话，进群后生效）"


def joined(event: GroupJoined, context: Context) -> list[Effect]:
    """People came in: they are members now, and the tier's welcome is said once to each."""
    group = _group(context)
    ours = _is_of_its_account(event, context, group)
    effects: list[Effect] = [fx.PutMembers(group_id=group.id, joined=event.members, by=event.by, ours=ours)]
    people = [context.people[who.contact] for who in event.members if who.contact in context.people]
    if not people or any(person.is_ours for person in people):
        effects.append(fx.Refresh(account=event.account))  # only the platform's list says who is in it
    if group.tier is None:
        return effects
    return [*effects, *_found(group, people), *_came_in(event.at, context, group, people)]


def found_in_lists(event: Roster, context: Context) -> list[Effect]:
    """Who came into a bound group while nobody told us is found by its next list, and is as welcome.

    The first list since our account came in names who was there before it. Nor is anybody new where the list names
    nobody of those who were there: then the platform calls them all by other ids.
    """
    namesakes = {one.name for one in context.missing if one.name}
    effects: list[Effect] = []
    for state in event.groups or ():
        group = context.groups.get(state.group)
        if group is None or group.tier is None or not group.listed:
            continue
        people = {who.contact: context.people[who.contact] for who in state.members}.values()
        others = group.members - max(1, sum(person.is_ours for person in people))
        if others > 0 and not any(group.id in person.groups and not person.is_ours for person in people):
            continue
        new = [person for person in people if group.id not in person.groups and person.name not in namesakes]
        effects += _came_in(event.at, context, group, new)
    return effects


def claims(event: Roster, context: Context) -> list[Effect]:
    """Who is listed in an owned group and was not in it is its owner's, unless they have one."""
    return [
        effect
        for state in event.groups or ()
        if (group := context.groups.get(state.group)) is not None
        for effect in _found(group, [context.people[who.contact] for who in state.members])
    ]


def _found(group: GroupView, people: Sequence[PersonView]) -> list[Effect]:
    new = tuple(one.contact_id for one in people if not one.is_ours and group.id not in one.groups)
    if group.owner_contact_id is None or group.tier is None or not new:
        return []
    return [fx.ClaimMembers(group_id=group.id, contact_ids=new)]


def _came_in(at: datetime, context: Context, group: GroupView, people: Sequence[PersonView]) -> list[Effect]:
    """Their invitations arrived, and who was never there before is welcome."""
    effects: list[Effect] = []
    for person in people:
        if person.is_ours:
            continue
        effects += [
            fx.DropTimer(kind=timers.SEAT_TIMER, subject=timers.seat_subject(person.wire_id, group.wire_id)),
            fx.ConfirmByFact(contact_id=person.contact_id, kind=DeliveryKind.INVITE, group_id=group.id),
        ]
    return [*effects, *welcomes.wanted(at, context, group, people)]


def _is_of_its_account(event: GroupJoined | GroupLeft, context: Context, group: GroupView) -> bool:
    """Whether the account that posts in the group came or went itself."""
    account = context.account
    return event.account == group.account and account.self_id in {who.contact for who in event.members}


def left(event: GroupLeft, context: Context) -> list[Effect]:
    """People are gone; their seats are for who waits."""
    group = _group(context)
    ours = _is_of_its_account(event, context, group)
    effects: list[Effect] = [fx.PutMembers(group_id=group.id, left=event.members, by=event.by, ours=ours)]
    if not event.members:
        effects.append(fx.Refresh(account=event.account))
    if group.tier:
        effects.append(seats_freed(context, group.tier, event.at))
    if group.tier and ours:  # what is planned for it would fail, one post after the other
        name, topic = context.account.name or event.account, group.topic or group.wire_id
        told = WE_ARE_OUT.format(account=name, topic=topic, group=group.wire_id)
        key = f"out:{group.wire_id}:{event.at:%Y%m%dT%H%M%S}"
        effects += staff.notes(context, event.account, key, told, Cause.GROUP)
    return effects


def renamed(event: GroupRenamed, context: Context) -> list[Effect]:
    """A new topic. A binding goes by id, so it stays."""
    return [fx.RenameGroup(group_id=_group(context).id, topic=event.topic)]


def bound(
    context: Context,
    group: GroupView,
    tier: str,
    *,
    at: datetime,
    parent: GroupView | None = None,
    owner: PersonView | None = None,
    account: str = "",
) -> list[Effect]:
    """Bind a group to a tier, and fill it with who waits. What is not named stays as it is.

    Bound to the same tier again it keeps its place in the order in which groups fill.
    """
    first = next(iter(context.merchant.accounts), None)
    changes = owner is not None and group.owner_contact_id not in (None, owner.contact_id)
    if owner is not None and changes:  # another owner takes the customers over, too
        handover = HandoverOrder(merchant=context.merchant.id, at=at, source=group.wire_id, to=owner.wire_id)
        owner = None
    return [
        fx.BindGroup(
            group_id=group.id,
            tier=tier,
            bound_at=group.bound_at if group.tier == tier and group.bound_at else at,
            parent_id=parent.id if parent else group.parent_id,
            owner_contact_id=owner.contact_id if owner else group.owner_contact_id,
            account=account or (None if group.account else first),
        ),
        *([fx.ClaimMembers(group_id=group.id)] if owner else []),
        *([fx.Follow(event=handover)] if changes else []),
        seats_freed(context, tier, at),
    ]


def bind(order: BindGroupOrder, context: Context) -> list[Effect]:
    """An operator's order. A room that no account has seen may be bound all the same: it may be seen later."""
    tiers = [tier.name for tier in context.merchant.playbook.tiers]
    if order.tier not in tiers:
        return _refuse(order, "group.bind", f"没有层级「{order.tier}」，现有：{'、'.join(tiers) or '无'}")
    group = _group(context)
    parent = context.groups.get(order.parent)
    if order.parent and parent is None:
        return _refuse(order, "group.bind", f"上级群 {order.parent} 还没有绑定")
    owner = context.people.get(order.owner)
    return [
        *bound(context, group, order.tier, at=order.at, parent=parent, owner=owner, account=order.account),
        fx.Audit(actor=order.actor, action="group.bind", target=order.group, reason=order.tier),
        fx.Answered(text=f"{_called(group)} 已绑定为「{order.tier}」{_seen(group)}"),
    ]


def bind_many(order: BindGroupsOrder, context: Context) -> list[Effect]:
    """One after the other, those first that others stand under. They fill in the order in which they are named."""
    depth = {tier.name: len(context.merchant.playbook.ancestors(tier.name)) for tier in context.merchant.playbook.tiers}
    count = len(order.bindings)
    bindings = [
        BindGroupOrder(
            merchant=order.merchant,
            account=account,
            at=order.at - timedelta(microseconds=count - place),
            actor=order.actor,
            group=group,
            tier=tier,
            parent=parent,
            owner=owner,
        )
        for place, (group, tier, parent, owner, account) in enumerate(order.bindings)
    ]
    bindings.sort(key=lambda one: (depth.get(one.tier, 0), one.at))
    return [*(fx.Follow(event=one) for one in bindings), fx.Answered(text=BOUND_MANY.format(count=count))]


def unbind(order: UnbindGroupOrder, context: Context) -> list[Effect]:
    """An operator's order: the group is logged and no longer posted to."""
    group = context.group
    if group is None or group.tier is None:
        return _refuse(order, "group.unbind", f"群 {order.group} 没有绑定")
    return [
        # Whose it is stays with it, for the day on which it is bound again.
        fx.BindGroup(group_id=group.id, tier=None, parent_id=group.parent_id, owner_contact_id=group.owner_contact_id),
        fx.Audit(actor=order.actor, action="group.unbind", target=order.group),
        fx.Answered(text=f"{_called(group)} 已解绑"),
    ]


def _refuse(order: BindGroupOrder | UnbindGroupOrder, action: str, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=order.group, result="refused", reason=why),
        fx.Answered(refused=why),
    ]


def _seen(group: GroupView) -> str:
    return "" if group.topic or group.members else NOT_SEEN


def _called(group: GroupView) -> str:
    return f"「{group.topic}」" if group.topic else group.wire_id


def _group(context: Context) -> GroupView:
    if context.group is None:
        raise ValueError("an event of a group without the group")
    return context.group
