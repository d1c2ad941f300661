"""Accounts come and go; at each login the platform's lists say who is a friend and who is in which group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set

import msgspec

from handlers import alerts, digest, groups, identity, old_friends, placement, staff
from models import effects as fx
from models import timers
from models.accounts import AccountState
from models.alerts import AlertKind
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, DeliveryKind
from models.effects import Effect
from models.events import (
    Event,
    FriendAdded,
    GroupState,
    LoggedIn,
    LoggedOut,
    Roster,
    ScanWanted,
    Taken,
    TimerDue,
    WentDeaf,
    Who,
)
from models.identity import DoubtKind
from models.orders import ReplaceAccountOrder
from models.people import FriendshipState

# Of the people of a group so many must be in the one that is taken for it. The contract's number.
_SAME_PEOPLE = 0.8
NO_ACCOUNT = "没有账号「{account}」，现有：{known}"
SAME_ACCOUNT = "「{account}」不能顶替自己"
NEVER_THERE = "账号「{account}」还没登录过，它有哪些好友和群还不知道。先让它登录一次。"
REPLACED = "账号「{old}」的事由「{new}」接手。"
UNSURE_GROUP = "群 {room} 可能就是原来的「{former}」，认不准，先不发。是的话用 group bind {room} 重新绑定。"
AMBIGUOUS = "账号「{name}」有老朋友换了编号，认不准谁是谁，请到电脑上看 people ambiguous。"


def logged_in(event: LoggedIn, _context: Context) -> list[Effect]:
    """On line; the lists of friends and groups are asked for."""
    return [
        fx.PutAccount(account=event.account, state=AccountState.ONLINE, self_id=event.self_id, name=event.name),
        fx.Refresh(account=event.account),
        fx.EndAlert(kinds=(AlertKind.DEAF, AlertKind.LOGGED_OUT, AlertKind.TAKEN), subject=event.account),
    ]


def unreachable(event: LoggedOut | ScanWanted | WentDeaf | Taken, context: Context) -> list[Effect]:
    """Off line, waiting for a scan, silent for too long, or in another program's hands: a human must know."""
    state, kind, text = _UNREACHABLE[type(event)]
    said = text.format(name=context.account.name or event.account)
    return [
        fx.PutAccount(
            account=event.account, state=state, scan_code=event.code if isinstance(event, ScanWanted) else ""
        ),
        *alerts.raised(event.at, context, kind, event.account, said, account=event.account, staff=True),
    ]


_UNREACHABLE: dict[type[Event], tuple[AccountState, AlertKind, str]] = {
    LoggedOut: (AccountState.OFFLINE, AlertKind.LOGGED_OUT, "账号「{name}」退出登录了，请在手机上重新登录。"),
    ScanWanted: (AccountState.SCAN, AlertKind.LOGGED_OUT, "账号「{name}」要扫码才能登录，请拿手机扫一下。"),
    WentDeaf: (AccountState.DEAF, AlertKind.DEAF, "账号「{name}」没动静了，收不到消息，请看看网关和手机是不是断了。"),
    Taken: (AccountState.TAKEN, AlertKind.TAKEN, "账号「{name}」被别的程序占着，请把那一个停掉。"),
}


def replaced(order: ReplaceAccountOrder, context: Context) -> list[Effect]:
    """A stand-by account takes over the lane of one that is banned or dead."""
    new = context.accounts.get(order.new)
    why = ""
    if order.new not in context.merchant.accounts or new is None:
        why = NO_ACCOUNT.format(account=order.new, known="、".join(context.merchant.accounts))
    elif order.old not in context.accounts:
        why = NO_ACCOUNT.format(account=order.old, known="、".join(sorted(context.accounts)))
    elif order.old == order.new:
        why = SAME_ACCOUNT.format(account=order.new)
    elif not new.self_id or new.rostered_at is None:
        why = NEVER_THERE.format(account=order.new)
    if why:
        return [
            fx.Audit(
                actor=order.actor, action="account.replace", target=order.old[:64], result="refused", reason=why[:200]
            ),
            fx.Answered(refused=why),
        ]
    grants = [
        fx.PutRole(wire_id=wire_id, role=role, account=order.new, granted_by="replace")
        for account, wire_id, role in context.merchant.admins
        if account == order.old
    ]
    return [
        fx.ReplaceAccount(old=order.old, new=order.new),
        *grants,
        fx.Audit(actor=order.actor, action="account.replace", target=order.old, reason=order.new),
        *(placement.seats_freed(context, tier.name, order.at) for tier in context.merchant.playbook.tiers),
        fx.PutTimer(kind=timers.LISTS, subject=order.new, at=order.at, account=order.new),
        fx.Answered(text=REPLACED.format(old=order.old, new=order.new)),
    ]


def lists_wanted(event: TimerDue, context: Context) -> list[Effect]:
    """An order wanted the lists of an account, and it is we who keep that."""
    return [fx.Refresh(account=event.account)]


def roster(event: Roster, context: Context) -> list[Effect]:
    """The first list of an account is the world as we found it: old friends, neither greeted nor surveyed.

    Whoever is new on a later list was missed while we were away, and is received now.
    """
    effects: list[Effect] = []
    rooms = _rooms_of(event)
    first = context.account.rostered_at is None
    for who in event.friends or ():
        person = context.people[who.contact]
        known = person.friendships.get(event.account)
        if known is not None and known.state == FriendshipState.FRIEND:
            if who.remark and who.remark != known.remark:
                effects += _remarked(event, person, who.remark)
            continue
        if person.erased:  # the platform goes on listing them; nobody is greeted
            effects += _old_friend(event, person, who)
            continue
        if known is None:
            effects += _old_friend(event, person, who) if first else _unknown(event, context, person, who, rooms)
        else:
            effects.append(_added(event, who, known.source))
    if any(isinstance(effect, fx.PutDoubt) for effect in effects):
        text = AMBIGUOUS.format(name=context.account.name or event.account)
        effects += alerts.raised(event.at, context, AlertKind.AMBIGUOUS, event.account, text, account=event.account)
    if event.groups:
        if not any(isinstance(effect, fx.Rebind) for effect in effects):
            # Where ids have changed, who looks new in a group may have been there all along.
            effects += groups.found_in_lists(event, context)
        effects = _with_roles_there(effects, _regrouped(event, context, effects))
        effects.append(fx.PutGroups(account=event.account, groups=event.groups))
        effects += [*groups.claims(event, context), *placement.listed(event, context)]
        # Whoever is missing from a list has left without a word: their seats are for who waits.
        tiers = sorted({group.tier for group in context.groups.values() if group.tier})
        effects += [placement.seats_freed(context, tier, event.at) for tier in tiers]
    if event.friends is not None:
        effects += old_friends.look_tomorrow(event.at, context, event.account)
        merchant = context.merchant
        effects += digest.look_next_morning(event.at, merchant.playbook, merchant.zone, event.account, unless_set=True)
        effects.append(fx.PutAccount(account=event.account, state=AccountState.ONLINE, rostered=True))
    return effects


def _remarked(event: Roster, person: PersonView, remark: str) -> list[Effect]:
    """A human has changed it, or we have and never heard so."""
    account, contact_id = event.account, person.contact_id
    return [
        fx.PutFriendship(account=account, contact_id=contact_id, person_id=person.person_id, remark=remark),
        fx.ConfirmByFact(account=account, contact_id=contact_id, kind=DeliveryKind.REMARK, text=remark),
    ]


def _regrouped(event: Roster, context: Context, so_far: list[Effect]) -> list[Effect]:
    """A bound group that is not on the list, and one that we do not know with the same people in it, are one group.

    Never by the topic: anybody can call a group what ours is called.
    """
    people = {**context.people}
    former = {person.contact_id: person for person in context.missing}
    rebound = [effect for effect in so_far if isinstance(effect, fx.Rebind)]
    for effect in rebound:
        people[effect.wire_id] = former[effect.contact_id]
    listed = {group.group for group in event.groups or ()}
    gone = [
        group for group in context.groups.values() if group.account == event.account and group.wire_id not in listed
    ]
    pairs = [
        (alike, group, one)
        for group in event.groups or ()
        if gone and group.group not in context.groups
        for one in gone
        if (alike := _alike(one, group, people, renumbered=bool(rebound)))
    ]
    effects: list[Effect] = []
    while pairs:
        best = max(alike for alike, _, _ in pairs)
        alike, group, one = next(pair for pair in pairs if pair[0] == best)
        rivals = [pair for pair in pairs if pair[0] == best and (pair[1] is group) != (pair[2] is one)]
        unclear = [group.group, *(rival.group for _, rival, _ in rivals)] if rivals else []
        settled = {one.id, *(rival.id for _, _, rival in rivals)}
        pairs = [pair for pair in pairs if pair[1].group not in {group.group, *unclear} and pair[2].id not in settled]
        for room in dict.fromkeys(unclear):
            effects += _unsure(event, context, room, one)
        if unclear:
            continue
        effects.append(fx.RebindGroup(group_id=one.id, wire_id=group.group, former_wire_id=one.wire_id))
        effects.append(
            fx.Audit(actor="bot", action="rebind", target=group.group, place=event.account, reason=one.wire_id)
        )
    return effects


def _alike(
    one: GroupView, group: GroupState, people: Mapping[str, PersonView], *, renumbered: bool
) -> tuple[float, bool] | None:
    """How much speaks for it that the listed group is the one that is gone: the share of the people that both have, and
    between two of ours with the same people, the topic. None: not enough.

    Of strangers in a group no remark tells who they are under new ids. Where friends have new ids, those of its people
    whom we know now are enough, if the groups are of one size.
    """
    members = [people[who.contact] for who in group.members if not people[who.contact].is_ours]
    others = max(1, one.members - 1)  # without our account, whose id may be new as well
    shared = sum(one.id in person.groups for person in members)
    known = len({person.contact_id for person in people.values() if one.id in person.groups and not person.is_ours})
    is_one_size = min(others, len(members)) >= _SAME_PEOPLE * max(others, len(members))
    by_friends = renumbered and is_one_size and shared > 1 and shared >= _SAME_PEOPLE * known
    if shared < _SAME_PEOPLE * others and not by_friends:
        return None
    return shared / max(others, len(members)), bool(one.topic) and one.topic == group.topic


def _unsure(event: Roster, context: Context, room: str, one: GroupView) -> list[Effect]:
    """Several groups with the same people: a human must say which is which, by binding them."""
    told = UNSURE_GROUP.format(room=room, former=one.topic or one.wire_id)
    refused = fx.Audit(
        actor="bot",
        action="rebind",
        target=room,
        place=event.account,
        result="refused",
        reason=f"may be {one.wire_id}; a human must say",
    )
    return [refused, *staff.notes(context, event.account, f"regroup:{room}", told, Cause.GROUP)]


def _with_roles_there(effects: list[Effect], regrouped: list[Effect]) -> list[Effect]:
    """Roles that follow a person to a new id are for the group under its new id."""
    now = {one.former_wire_id: one.wire_id for one in regrouped if isinstance(one, fx.RebindGroup)}
    return [
        msgspec.structs.replace(one, group=now.get(one.group, one.group)) if isinstance(one, fx.PutRole) else one
        for one in (*effects, *regrouped)
    ]


def _unknown(
    event: Roster, context: Context, person: PersonView, who: Who, rooms: Mapping[str, Set[str]]
) -> list[Effect]:
    """Somebody on a later list whom we do not know: missed while we were away, or known under another id.

    Platforms renumber people at a re-login. A remark that only one of the missing friends has, and only one of the
    list, is proof. The same nickname, or a remark that several have, is none, but reason enough not to greet an old
    friend as a stranger: a human is asked.
    """
    alike = [one for one in context.missing if who.remark and one.friendships[event.account].remark == who.remark]
    if len(alike) == 1 and sum(one.remark == who.remark for one in event.friends or ()) == 1:
        former = alike[0]
        return [
            fx.Rebind(
                contact_id=former.contact_id,
                wire_id=who.contact,
                stranger_id=person.contact_id,
                former_wire_id=former.wire_id,
            ),
            *identity.rebound_roles(who.contact, former),  # the remark is ours, so nobody can claim it
            fx.Audit(actor="bot", action="rebind", target=who.contact, place=event.account, reason=former.wire_id),
        ]
    candidates = alike or [one for one in context.missing if who.name and one.name == who.name]
    if not candidates:
        return [_added(event, who, "")]
    return [
        *_old_friend(event, person, who),
        *(
            fx.PutDoubt(
                kind=DoubtKind.REBIND,
                contact_id=person.contact_id,
                other_id=one.contact_id,
                account=event.account,
                evidence=_evidence(context, one, who, rooms, alike),
            )
            for one in candidates
        ),
        fx.Audit(
            actor="bot",
            action="rebind",
            target=who.contact,
            place=event.account,
            result="refused",
            reason=f"may be {', '.join(one.wire_id for one in candidates)}; a human must say",
        ),
    ]


def _evidence(
    context: Context, missing: PersonView, who: Who, rooms: Mapping[str, Set[str]], alike: Sequence[PersonView]
) -> tuple[str, ...]:
    """What speaks for it that somebody new is the missing friend: keys of `EVIDENCE`, the weakest first."""
    found = {
        "name": bool(who.name) and who.name == missing.name,
        "groups": any(
            context.groups[room].id in missing.groups for room in rooms.get(who.contact, ()) if room in context.groups
        ),
        "remark": missing in alike,
    }
    return tuple(key for key, is_so in found.items() if is_so)


def _rooms_of(event: Roster) -> dict[str, set[str]]:
    """The groups in which the list names each contact."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for group in event.groups or ():
        for who in group.members:
            rooms[who.contact].add(group.group)
    return rooms


def _added(event: Roster, who: Who, source: str) -> Effect:
    added = FriendAdded(merchant=event.merchant, account=event.account, at=event.at, contact=who, source=source)
    return fx.Follow(event=added)


def _old_friend(event: Roster, person: PersonView, who: Who) -> list[Effect]:
    effects: list[Effect] = [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.FRIEND,
            old=True,
            remark=who.remark or None,
        )
    ]
    if who.tags:
        effects.append(fx.PutTags(person_id=person.person_id, add=who.tags, origin="platform"))
    return effects
