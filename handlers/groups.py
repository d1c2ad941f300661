"""Groups: who comes and goes, which tier a group is bound to, and a seat for everybody who finished the survey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from content_calendar.render import render
from handlers import staff
from handlers.learning import learned
from handlers.values import address, values_for
from models import effects as fx
from models import timers
from models.conditions import Facts
from models.context import Context, GroupView, PersonView, PlaceView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import GroupJoined, GroupLeft, GroupRenamed, Roster, TimerDue
from models.orders import BindGroupOrder, SeatsChanged, SurveyFinished, UnbindGroupOrder
from models.people import FriendshipState
from models.playbook import Tier

NOT_SEEN = "（账号还没见过这个群：群号没写错的话，进群后生效）"
NO_SEAT = "「{tier}」的群都满了，{who}在排队。请开一个新群并绑定。"
# Where another account has a group, perhaps with seats, which is of no use to who is no friend of that account.
OWN_FULL = "账号「{account}」的「{tier}」群都满了，别的账号的群它拉不了人，{who}在排队。请用它开一个新群并绑定。"
NONE_OF_OURS = (
    "账号「{account}」还没有「{tier}」的群，别的账号的群它拉不了人，{who}在排队。"
    "请用它建一个群，在群里发 /绑定 {tier}。"
)
NO_GROUP = "「{tier}」还没有群，{who}在等。请建一个群，在群里发 /绑定 {tier}。"
# What the first of them is named in is followed by one note on all who came after, not by a note for each.
MANY_WAIT = "「{tier}」还没有位子：这 {minutes} 分钟里来了 {came} 人排队，一共 {count} 人在等。"
_NOTED_EVERY = timedelta(minutes=10)


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
    return [*effects, *_came_in(context, group, people)]


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
        effects += _came_in(context, group, new)
    return effects


def _came_in(context: Context, group: GroupView, people: Sequence[PersonView]) -> list[Effect]:
    """Their invitations arrived, and who was never there before is welcome."""
    tier = context.merchant.playbook.tier(group.tier or "")
    effects: list[Effect] = []
    for person in people:
        if person.is_ours:
            continue
        effects += [
            fx.DropTimer(kind=timers.SEAT_TIMER, subject=timers.seat_subject(person.wire_id, group.wire_id)),
            fx.ConfirmByFact(
                account=group.account, contact_id=person.contact_id, kind=DeliveryKind.INVITE, group_id=group.id
            ),
        ]
        was_there = group.id in person.groups or group.id in person.left_groups
        if tier is not None and tier.welcome and not was_there and not person.opted_out and not person.erased:
            effects.append(_welcome(tier.welcome, context, group, person))
    return effects


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
    return [
        fx.BindGroup(
            group_id=group.id,
            tier=tier,
            bound_at=group.bound_at if group.tier == tier and group.bound_at else at,
            parent_id=parent.id if parent else group.parent_id,
            owner_contact_id=owner.contact_id if owner else group.owner_contact_id,
            account=account or (None if group.account else first),
        ),
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
        fx.Answered(text=f"{order.group} 已绑定为「{order.tier}」{'' if group.topic or group.members else NOT_SEEN}"),
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
    place = context.places.get(person.person_id, PlaceView())
    if event.corrected and (place.tiers or not place.waiting_for):
        return []
    playbook = context.merchant.playbook
    tiers = _tiers_of(person, context)
    answers = learned(playbook, person).given
    facts = Facts(tags=person.tags, answers=answers, source=person.source, tiers=tiers)
    claim = _claim(event, context, person)
    wanted = context.groups.get(event.group)
    tier = playbook.tier(wanted.tier if wanted else event.tier) or playbook.tier_for(facts)
    if tier is None or tier.name in tiers | place.tiers:
        return [*claim, *([fx.WaitForSeat(contact_id=person.contact_id, tier=None)] if place.waiting_for else [])]
    if group := _with_room(tier, context, person, {}, wanted):
        return [*claim, *_invite(event.at, tier, group, person)]
    told = _no_seat(tier, context, person).format(
        tier=tier.name, who=address(playbook, person) or person.wire_id, account=context.account.name or event.account
    )
    waits = [*claim, fx.WaitForSeat(contact_id=person.contact_id, tier=tier.name)]
    if tier.name in place.waiting_for:
        return waits
    began = _noted_since(event.at)
    key = f"no_seat:{event.account}:{tier.name}:{began:%Y%m%dT%H%M}"
    return [
        *waits,
        *staff.notes(context, event.account, key, told, Cause.GROUP, person),
        fx.PutTimer(
            kind=timers.NO_SEAT,
            subject=timers.no_seat_subject(event.account, tier.name),
            at=began + _NOTED_EVERY,
            account=event.account,
        ),
    ]


def _noted_since(at: datetime) -> datetime:
    """When the stretch of time began that the staff reads of at most twice: of the first in it, and how many more."""
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % _NOTED_EVERY


def many_wait(event: TimerDue, context: Context) -> list[Effect]:
    """Others began to wait after the one that the staff read of: all of them in one note."""
    tier = timers.tier_of_no_seat(event.subject)
    since = _noted_since(event.due - _NOTED_EVERY)
    surveys = [one.survey for one in context.waiting if one.survey and one.survey.account == event.account]
    came = sum(one.finished_at is not None and since <= one.finished_at < event.due for one in surveys)
    if came < 2:
        return []
    text = MANY_WAIT.format(tier=tier, minutes=_NOTED_EVERY // timedelta(minutes=1), came=came, count=len(surveys))
    key = f"many_wait:{event.account}:{tier}:{event.due:%Y%m%dT%H%M}"
    return staff.notes(context, event.account, key, text, Cause.GROUP, None)


def _no_seat(tier: Tier, context: Context, person: PersonView) -> str:
    """What to tell the staff, who can do something about it."""
    groups = [group for group in context.groups.values() if group.tier == tier.name]
    if not groups:
        return NO_GROUP
    if not any(_is_friend(person, group.account) for group in groups):
        return NONE_OF_OURS
    return OWN_FULL if any(_has_seats(tier, group) for group in groups) else NO_SEAT


def _claim(event: SurveyFinished, context: Context, person: PersonView) -> list[Effect]:
    """Who looks after them, where the playbook says so; nobody looks after themselves."""
    owner = context.people.get(event.owner)
    if owner is None or owner.person_id == person.person_id:
        return []
    return [fx.Claim(person_id=person.person_id, owner_contact_id=owner.contact_id)]


def seats_changed(event: SeatsChanged, context: Context) -> list[Effect]:
    """Seats of a tier may be free: those who waited longest come first."""
    tier = context.merchant.playbook.tier(event.tier)
    if tier is None:
        return []
    taken: dict[int, int] = {}
    effects: list[Effect] = []
    invited: set[int] = set()  # a person may wait under two ids
    for person in context.waiting:
        place = context.places.get(person.person_id, PlaceView())
        if person.opted_out or person.person_id in invited or tier.name in _tiers_of(person, context) | place.tiers:
            continue
        if group := _with_room(tier, context, person, taken):
            invited.add(person.person_id)
            taken[group.id] = taken.get(group.id, 0) + 1
            effects += _invite(event.at, tier, group, person)
    return effects


def seat_expired(event: TimerDue, context: Context) -> list[Effect]:
    """The invitation was not taken up in time: the seat goes to the next."""
    person, group = context.person, _group(context)
    if person is None or group.id in person.groups or group.tier is None:
        return []
    return [
        fx.Cancel(contact_id=person.contact_id, causes=(Cause.GROUP,)),
        fx.Release(contact_id=person.contact_id, group_id=group.id),
        seats_freed(context, group.tier, event.at),
    ]


def invitation_failed(at: datetime, context: Context, contact_id: int, group_id: int) -> list[Effect]:
    """The invitation will not arrive: the seat is free, and it is the next one's turn."""
    effects: list[Effect] = [fx.Release(contact_id=contact_id, group_id=group_id)]
    group = next((one for one in context.groups.values() if one.id == group_id), None)
    if group is not None and group.tier:
        effects.append(seats_freed(context, group.tier, at))
    return effects


def seats_freed(context: Context, tier: str, at: datetime) -> Effect:
    """Look at the tier's waiting list, once this is written."""
    return fx.Follow(event=SeatsChanged(merchant=context.merchant.id, at=at, tier=tier))


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


def _with_room(
    tier: Tier, context: Context, person: PersonView, taken: dict[int, int], wanted: GroupView | None = None
) -> GroupView | None:
    """The group that is wanted, else the one of the tier that was bound first, of those with a free seat where the
    person can be invited."""
    groups: Iterable[GroupView] = context.groups.values()
    for group in (wanted, *groups) if wanted else groups:
        if (
            group.tier == tier.name
            and _has_seats(tier, group, taken.get(group.id, 0))
            and _is_friend(person, group.account)
        ):
            return group
    return None


def _has_seats(tier: Tier, group: GroupView, taken: int = 0) -> bool:
    return tier.capacity is None or group.members + group.reserved + taken < tier.capacity


def _welcome(template: str, context: Context, group: GroupView, person: PersonView) -> Effect:
    """Said to the group about one person, so it is rendered here; with an unknown field the gate will skip it."""
    rendered = render(template, values_for(context.merchant, person, group, {}, group.account))
    return fx.Send(
        key=f"welcome:{group.wire_id}:{person.wire_id}",
        account=group.account,
        lane=Lane.SERVICE,
        cause=Cause.GROUP,
        group_id=group.id,
        text=None if rendered.missing else rendered.text,
        template=template,
    )


def _tiers_of(person: PersonView, context: Context) -> frozenset[str]:
    if not person.groups:
        return frozenset()
    return frozenset(group.tier for group in context.groups.values() if group.tier and group.id in person.groups)


def _is_friend(person: PersonView, account: str) -> bool:
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.state == FriendshipState.FRIEND


def _refuse(order: BindGroupOrder | UnbindGroupOrder, action: str, why: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=order.group, result="refused", reason=why),
        fx.Answered(refused=why),
    ]


def _group(context: Context) -> GroupView:
    if context.group is None:
        raise ValueError("an event of a group without the group")
    return context.group
