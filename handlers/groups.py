"""Groups: who comes and goes, which tier a group is bound to, and a seat for everybody who finished the survey."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from models import effects as fx
from models import timers
from models.conditions import Facts
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import GroupJoined, GroupLeft, GroupRenamed, TimerDue
from models.orders import BindGroupOrder, SeatsChanged, SurveyFinished, UnbindGroupOrder
from models.people import FriendshipState
from models.playbook import Tier

NOT_SEEN = "（账号还没见过这个群：群号没写错的话，进群后生效）"
NO_SEAT = "「{tier}」的群都满了，{who}在排队。请开一个新群并绑定。"


def joined(event: GroupJoined, context: Context) -> list[Effect]:
    """People came in: they are members now, and the tier's welcome is said once to each."""
    group = _group(context)
    effects: list[Effect] = [fx.PutMembers(group_id=group.id, joined=event.members, by=event.by)]
    tier = context.merchant.playbook.tier(group.tier)
    for who in event.members:
        person = context.people.get(who.contact)
        if person is None or person.is_ours:
            continue
        effects.append(fx.DropTimer(kind=timers.SEAT_TIMER, subject=timers.seat_subject(who.contact, group.wire_id)))
        if tier is not None and tier.welcome and group.id not in person.groups:
            effects.append(_welcome(tier.welcome, event.account, group, person))
    return effects


def left(event: GroupLeft, context: Context) -> list[Effect]:
    """People are gone; their seats are for who waits."""
    group = _group(context)
    effects: list[Effect] = [fx.PutMembers(group_id=group.id, left=event.members, by=event.by)]
    if group.tier:
        effects.append(_seats_changed(context, group.tier, event.at))
    return effects


def renamed(event: GroupRenamed, context: Context) -> list[Effect]:
    """A new topic. A binding goes by id, so it stays."""
    return [fx.RenameGroup(group_id=_group(context).id, topic=event.topic)]


def bound(context: Context, group: GroupView, tier: str, *, at: datetime) -> list[Effect]:
    """Bind a group to a tier, and fill it with who waits."""
    return [
        fx.BindGroup(
            group_id=group.id, tier=tier, parent_id=group.parent_id, owner_contact_id=group.owner_contact_id
        ),
        _seats_changed(context, tier, at),
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
        fx.BindGroup(
            group_id=group.id,
            tier=order.tier,
            parent_id=parent.id if parent else None,
            owner_contact_id=owner.contact_id if owner else None,
            account=order.account or None,
        ),
        fx.Audit(actor=order.actor, action="group.bind", target=order.group, reason=order.tier),
        _seats_changed(context, order.tier, order.at),
        fx.Answered(text=f"{order.group} 已绑定为「{order.tier}」{'' if group.topic else NOT_SEEN}"),
    ]


def unbind(order: UnbindGroupOrder, context: Context) -> list[Effect]:
    """An operator's order: the group is logged and no longer posted to."""
    group = context.group
    if group is None or group.tier is None:
        return _refuse(order, "group.unbind", f"群 {order.group} 没有绑定")
    return [
        fx.BindGroup(group_id=group.id, tier=None),
        fx.Audit(actor=order.actor, action="group.unbind", target=order.group),
        fx.Answered(text=f"{order.group} 已解绑"),
    ]


def place(event: SurveyFinished, context: Context) -> list[Effect]:
    """Who finished the survey belongs somewhere: the first group of their tier with room, else the waiting list."""
    person = context.person
    if person is None or person.opted_out:
        return []
    facts = Facts(
        tags=person.tags,
        answers=person.answered(),
        source=person.source,
        tiers=frozenset(group.tier for group in context.groups.values() if group.tier and group.id in person.groups),
    )
    tier = context.merchant.playbook.tier_for(facts)
    if tier is None or tier.name in facts.tiers:
        return []
    for group in _with_room(tier, context.groups.values(), {}):
        if _is_friend(person, group.account):
            return _invite(event.at, tier, group, person)
    waits = fx.WaitForSeat(contact_id=person.contact_id, tier=tier.name)
    return [waits, *_tell_staff(context, tier.name, person)]


def seats_changed(event: SeatsChanged, context: Context) -> list[Effect]:
    """Seats of a tier may be free: those who waited longest come first."""
    tier = context.merchant.playbook.tier(event.tier)
    if tier is None:
        return []
    taken: dict[int, int] = {}
    effects: list[Effect] = []
    for person in context.waiting:
        for group in _with_room(tier, context.groups.values(), taken):
            if _is_friend(person, group.account):
                taken[group.id] = taken.get(group.id, 0) + 1
                effects += _invite(event.at, tier, group, person)
                break
    return effects


def seat_expired(event: TimerDue, context: Context) -> list[Effect]:
    """The invitation was not taken up in time: the seat goes to the next."""
    person, group = context.person, _group(context)
    if person is None or group.id in person.groups or group.tier is None:
        return []
    return [
        fx.Release(contact_id=person.contact_id, group_id=group.id),
        _seats_changed(context, group.tier, event.at),
    ]


def invitation_failed(at: datetime, context: Context, contact_id: int, group_id: int) -> list[Effect]:
    """The invitation will not arrive: the seat is free, and it is the next one's turn."""
    effects: list[Effect] = [fx.Release(contact_id=contact_id, group_id=group_id)]
    group = next((one for one in context.groups.values() if one.id == group_id), None)
    if group is not None and group.tier:
        effects.append(_seats_changed(context, group.tier, at))
    return effects


def _invite(at: datetime, tier: Tier, group: GroupView, person: PersonView) -> list[Effect]:
    """A seat and the invitation, in one transaction."""
    until = at + timedelta(hours=tier.reserve_hours) if tier.reserve_hours else None
    effects: list[Effect] = [
        fx.Reserve(contact_id=person.contact_id, group_id=group.id, until=until),
        fx.Send(
            key=f"invite:{person.wire_id}:{group.wire_id}",
            account=group.account,
            kind=DeliveryKind.INVITE,
            lane=Lane.REPLY,
            cause=Cause.GROUP,
            contact_id=person.contact_id,
            group_id=group.id,
        ),
    ]
    if until is not None:
        subject = timers.seat_subject(person.wire_id, group.wire_id)
        effects.append(fx.PutTimer(kind=timers.SEAT_TIMER, subject=subject, at=until, account=group.account))
    return effects


def _with_room(tier: Tier, groups: Iterable[GroupView], taken: dict[int, int]) -> list[GroupView]:
    """Groups of the tier with a free seat, in the order in which they were bound."""
    of_tier = sorted((group for group in groups if group.tier == tier.name), key=lambda one: (one.bound_at, one.id))
    return [
        group
        for group in of_tier
        if tier.capacity is None or group.members + group.reserved + taken.get(group.id, 0) < tier.capacity
    ]


def _welcome(template: str, account: str, group: GroupView, person: PersonView) -> Effect:
    return fx.Send(
        key=f"welcome:{group.wire_id}:{person.wire_id}",
        account=account,
        lane=Lane.SERVICE,
        cause=Cause.GROUP,
        group_id=group.id,
        template=template.replace("{name}", _safe(person.name)),
    )


def _safe(name: str) -> str:
    """A member's name inside a template must not be taken for a field."""
    return name.replace("{", "").replace("}", "")


def _tell_staff(context: Context, tier: str, person: PersonView) -> list[Effect]:
    account = context.account.id
    return [
        fx.Send(
            key=f"no_seat:{tier}:{person.wire_id}:{member.wire_id}",
            account=account,
            lane=Lane.SERVICE,
            cause=Cause.GROUP,
            contact_id=member.contact_id,
            text=NO_SEAT.format(tier=tier, who=person.name or person.wire_id),
        )
        for member in context.staff
        if account in member.friendships
    ]


def _is_friend(person: PersonView, account: str) -> bool:
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.state == FriendshipState.FRIEND


def _seats_changed(context: Context, tier: str, at: datetime) -> Effect:
    return fx.Follow(event=SeatsChanged(merchant=context.merchant.id, at=at, tier=tier))


def _refuse(order: BindGroupOrder | UnbindGroupOrder, action: str, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=order.group, result="refused", reason=why),
        fx.Answered(refused=why),
    ]


def _group(context: Context) -> GroupView:
    if context.group is None:
        raise ValueError("an event of a group without the group")
    return context.group
