"""Placement: who belongs in which tier is a rule; a seat comes with its invitation, who finds none waits, and who does
otherwise than before moves up or down the ladder."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from handlers import staff
from handlers.completion import completed
from handlers.learning import learned
from handlers.values import address
from models import effects as fx
from models import timers
from models.conditions import Facts, holds
from models.context import Context, GroupView, PersonView, PlaceView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import Roster, TimerDue
from models.orders import SeatsChanged, SurveyFinished
from models.people import FriendshipState, SurveyState
from models.playbook import Playbook, Tier

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
NEARLY_FULL = "「{tier}」快满了，只剩 {free} 个位子。请早点开一个新群，在群里发 /绑定 {tier}。"
NOT_INVITED = (
    "没能把{who}（{contact}）请进「{group}」，平台拒了，位子先让给别人了。"
    "等一会儿发 /邀请 {contact} {tier} 再试，或用手机拉一下。这一小时里再有这样的不另外提醒。"
)
MOVED = "跟你说一声，你现在归到「{tier}」了，进群邀请随后就到。"
MOVED_AND_THERE = "跟你说一声，你现在归到「{tier}」了，以后我们在这个群里见。"
MOVED_AND_WAITS = "跟你说一声，你现在归到「{tier}」了，群里暂时没位子，有空位马上请你进来。"


def place(event: SurveyFinished, context: Context) -> list[Effect]:
    """Who finished the survey belongs somewhere: the first group of their tier with room, else the waiting list.

    With `corrected` they have a place, or wait for one, and another may be theirs by what is known now.
    """
    person = context.person
    if person is None or person.opted_out:
        return []
    place = context.places.get(person.person_id, PlaceView())
    playbook = context.merchant.playbook
    claim = _claim(event, context, person)
    wanted = context.groups.get(event.group)
    tiers = tiers_of(person, context)
    facts = Facts(tags=person.tags, answers=learned(playbook, person).given, source=person.source, tiers=tiers)
    tier = playbook.tier(wanted.tier if wanted else event.tier) or playbook.tier_for(facts)
    if event.corrected and (place.tiers or not place.waiting_for):
        return _moved(event.at, context, person, place, tier, wanted, facts)
    if tier is None or tier.name in tiers | place.tiers:
        waits = [fx.WaitForSeat(contact_id=person.contact_id, tier=None)] if place.waiting_for else []
        return [*claim, *waits, *(_belongs(person, tier) if tier else ())]
    if event.corrected and tier.name in place.waiting_for and not _with_room(tier, context, person, {}, wanted):
        return []  # they wait for it already, and the staff knows
    return [*claim, *seated(event.at, tier, context, person, wanted)[0]]


def look_again(at: datetime, context: Context, person: PersonView, account: str) -> list[Effect]:
    """What is known of somebody has changed: where they belong may have, too."""
    facts = learned(context.merchant.playbook, person).facts
    earned = completed(context.merchant.playbook, facts)
    finished = SurveyFinished(
        merchant=context.merchant.id,
        account=account,
        at=at,
        contact=person.wire_id,
        tier=earned.tier,
        group=earned.group,
        corrected=True,
    )
    return [fx.Follow(event=finished)]


def follows(playbook: Playbook, tags: Iterable[str]) -> bool:
    """Whether who belongs where may depend on these tags."""
    joins = [tier.join for tier in playbook.tiers] + [rule.when for rule in playbook.survey.completion]
    wanted = [*joins, *(rule.when for rule in playbook.survey.tags)]
    return bool(playbook.tiers) and any(one and set(tags) & {*one.tags, *one.without} for one in wanted)


def cooled_down(event: TimerDue, context: Context) -> list[Effect]:
    """So long after a move they may be moved again."""
    return look_again(event.at, context, context.person, event.account) if context.person else []


def _moved(
    at: datetime,
    context: Context,
    person: PersonView,
    place: PlaceView,
    tier: Tier | None,
    wanted: GroupView | None,
    facts: Facts,
) -> list[Effect]:
    """Up or down the ladder, with a word to the member, unless the last move was only just.

    Who was there before us, and was never placed, is not put down for what they never told.
    """
    there = place.tiers | facts.tiers
    belongs = place.belongs or next((one.name for one in context.merchant.playbook.tiers if one.name in there), None)
    finished = person.survey is not None and person.survey.state == SurveyState.FINISHED
    if tier is None or tier.name == belongs:
        return []
    if belongs is None:  # no tier was theirs when they finished the survey
        return seated(at, tier, context, person, wanted)[0] if finished else []
    has_told = place.belongs is not None or finished
    if not has_told and (tier.join is None or not holds(tier.join, facts)):
        return []
    current = context.merchant.playbook.tier(belongs)
    days = max((one.cool_down_days or 0 for one in (tier, current) if one), default=0)
    if place.moved_at is not None and at < (until := place.moved_at + timedelta(days=days)):
        account = next(iter(person.friendships), "")
        return [fx.PutTimer(kind=timers.COOLED_DOWN, subject=person.wire_id, at=until, account=account)]
    if tier.name in there:
        told = _word(at, context, person, MOVED_AND_THERE.format(tier=tier.name))
        waits = [fx.WaitForSeat(contact_id=person.contact_id, tier=None)] if place.waiting_for else []
        return [*_belongs(person, tier, moved=True), *waits, *_audited(person, tier, belongs), *told]
    effects, _group = seated(at, tier, context, person, wanted, moved=True)
    return [*effects, *_audited(person, tier, belongs), seats_freed(context, belongs, at)]


def _audited(person: PersonView, tier: Tier, belonged: str) -> list[Effect]:
    return [fx.Audit(actor="bot", action="move", target=person.wire_id, reason=f"{belonged} → {tier.name}")]


def seated(
    at: datetime,
    tier: Tier,
    context: Context,
    person: PersonView,
    wanted: GroupView | None = None,
    *,
    moved: bool = False,
) -> tuple[list[Effect], GroupView | None]:
    """A seat in the tier and where it is, or a place in its waiting list; the staff is told what it needs to do."""
    effects: list[Effect] = list(_belongs(person, tier, moved=moved))
    account = context.account.id
    if group := _with_room(tier, context, person, {}, wanted):
        word = _word(at, context, person, MOVED.format(tier=tier.name)) if moved else []
        warning = _nearly_full(tier, context, context.groups.values(), {group.id: 1})
        # Who belongs somewhere was invited before, perhaps there.
        again = moved or context.places.get(person.person_id, PlaceView()).belongs is not None
        return [*effects, *word, *_invite(at, tier, group, person, again=again), *warning], group
    told = _no_seat(tier, context, person).format(
        tier=tier.name,
        who=f"{address(context.merchant.playbook, person) or person.name}（{person.wire_id}）",
        account=context.account.name or account,
    )
    effects += _word(at, context, person, MOVED_AND_WAITS.format(tier=tier.name)) if moved else []
    effects.append(fx.WaitForSeat(contact_id=person.contact_id, tier=tier.name))
    place = context.places.get(person.person_id, PlaceView())
    if tier.name in place.waiting_for:
        return effects, None
    began = _noted_since(at)
    key = f"no_seat:{account}:{tier.name}:{began:%Y%m%dT%H%M}"
    return [
        *effects,
        *staff.notes(context, account, key, told, Cause.GROUP, person),
        fx.PutTimer(
            kind=timers.NO_SEAT,
            subject=timers.no_seat_subject(account, tier.name),
            at=began + _NOTED_EVERY,
            account=account,
        ),
    ], None


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
    return staff.notes(context, event.account, key, text, Cause.GROUP)


def _belongs(person: PersonView, tier: Tier, *, moved: bool = False) -> list[Effect]:
    return [fx.PutPlace(person_id=person.person_id, tier=tier.name, moved=moved)]


def _word(at: datetime, context: Context, person: PersonView, text: str) -> list[Effect]:
    """To the member, who ought to know why they are somewhere else."""
    friends = sorted(name for name, one in person.friendships.items() if one.state == FriendshipState.FRIEND)
    if not friends:
        return []
    return [
        fx.Send(
            key=f"moved:{person.wire_id}:{at:%Y%m%dT%H%M%S%f}",
            account=context.account.id if context.account.id in friends else friends[0],
            lane=Lane.SERVICE,
            cause=Cause.GROUP,
            contact_id=person.contact_id,
            text=text,
        )
    ]


def listed(event: Roster, context: Context) -> list[Effect]:
    """Groups fill without us, too: what the platform's lists say of how full they are."""
    counts = {state.group: len(state.members) for state in event.groups or () if state.members}
    groups = [
        msgspec.structs.replace(group, members=counts.get(group.wire_id, group.members))
        for group in context.groups.values()
    ]
    grown = {
        group.tier
        for group in context.groups.values()
        if group.listed and counts.get(group.wire_id, 0) > group.members  # what we find full is no news
    }
    tiers = [tier for tier in context.merchant.playbook.tiers if tier.name in grown]
    return [effect for tier in tiers for effect in _nearly_full(tier, context, groups, {})]


def _nearly_full(tier: Tier, context: Context, rooms: Iterable[GroupView], taken: Mapping[int, int]) -> list[Effect]:
    """In good time before the last seat is gone: a new group takes a while. Told once for each group that was the last
    to be bound."""
    if tier.capacity is None:
        return []
    spare = seats_to_spare(tier, tier.capacity)
    free, last = 0, None
    for group in rooms:
        if group.tier == tier.name:
            last = group
            free += max(0, tier.capacity - group.members - group.reserved - taken.get(group.id, 0))
            if free > spare:  # of thousands of groups the first few tell
                return []
    if last is None or not free:  # that it is full whoever waits brings up
        return []
    told = NEARLY_FULL.format(tier=tier.name, free=free)
    return staff.notes(context, last.account, f"nearly_full:{tier.name}:{last.wire_id}", told, Cause.GROUP)


def seats_to_spare(tier: Tier, capacity: int) -> int:
    """With so many free seats or fewer a tier is nearly full."""
    return max(1, math.floor(capacity * (1 - tier.warn_share) + 1e-9))


def _no_seat(tier: Tier, context: Context, person: PersonView) -> str:
    """What to tell the staff, who can do something about it."""
    groups = [group for group in context.groups.values() if group.tier == tier.name]
    if not groups:
        return NO_GROUP
    if not any(_host(group, person) for group in groups):
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
        if tier.name in tiers_of(person, context):  # they were in a group that has become one of the tier
            effects.append(fx.WaitForSeat(contact_id=person.contact_id, tier=None))
            continue
        if person.opted_out or person.person_id in invited or tier.name in place.tiers:
            continue
        if group := _with_room(tier, context, person, taken):
            invited.add(person.person_id)
            taken[group.id] = taken.get(group.id, 0) + 1
            effects += _invite(event.at, tier, group, person, again=place.belongs is not None)
    return [*effects, *(_nearly_full(tier, context, context.groups.values(), taken) if taken else ())]


def seat_expired(event: TimerDue, context: Context) -> list[Effect]:
    """The invitation was not taken up in time: the seat goes to the next."""
    person, group = context.person, context.group
    if person is None or group is None or group.id in person.groups or group.tier is None:
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
    if group is None or not group.tier:
        return effects
    effects.append(seats_freed(context, group.tier, at))
    if context.person is None:
        return effects
    told = NOT_INVITED.format(
        who=address(context.merchant.playbook, context.person) or context.person.wire_id,
        contact=context.person.wire_id,
        group=group.topic or group.wire_id,
        tier=group.tier,
    )
    key = f"not_invited:{group.wire_id}:{at:%Y%m%dT%H}"
    return [*effects, *staff.notes(context, group.account, key, told, Cause.GROUP, context.person)]


def seats_freed(context: Context, tier: str, at: datetime) -> Effect:
    """Look at the tier's waiting list, once this is written."""
    return fx.Follow(event=SeatsChanged(merchant=context.merchant.id, at=at, tier=tier))


def _invite(at: datetime, tier: Tier, group: GroupView, person: PersonView, *, again: bool = False) -> list[Effect]:
    """A seat and the invitation, in one transaction; `again`: they may have been invited there before."""
    until = at + timedelta(hours=tier.reserve_hours) if tier.reserve_hours else None
    effects: list[Effect] = [
        fx.Reserve(contact_id=person.contact_id, group_id=group.id, until=until),
        fx.Send(
            key=f"invite:{person.wire_id}:{group.wire_id}" + (f":{at:%Y%m%dT%H%M%S%f}" if again else ""),
            account=_host(group, person) or group.account,
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
        if group.tier == tier.name and _has_seats(tier, group, taken.get(group.id, 0)) and _host(group, person):
            return group
    return None


def _has_seats(tier: Tier, group: GroupView, taken: int = 0) -> bool:
    return tier.capacity is None or group.members + group.reserved + taken < tier.capacity


def tiers_of(person: PersonView, context: Context) -> frozenset[str]:
    """The tiers of the groups they are in."""
    if not person.groups:
        return frozenset()
    return frozenset(group.tier for group in context.groups.values() if group.tier and group.id in person.groups)


def _host(group: GroupView, person: PersonView) -> str | None:
    """The account that can invite somebody: the one that posts in the group, else another of ours that is in it."""
    return next((one for one in (group.account, *group.inside) if _is_friend(person, one)), None)


def friends_of(person: PersonView) -> Iterable[str]:
    """The accounts that can invite somebody into groups that they are in."""
    return (account for account in person.friendships if _is_friend(person, account))


def _is_friend(person: PersonView, account: str) -> bool:
    friendship = person.friendships.get(account)
    return friendship is not None and friendship.state == FriendshipState.FRIEND
