"""Accounts come and go; at each login the platform's lists say who is a friend and who is in which group."""

from __future__ import annotations

from handlers import groups
from models import effects as fx
from models.accounts import AccountState
from models.context import Context, PersonView
from models.deliveries import DeliveryKind
from models.effects import Effect
from models.events import Event, FriendAdded, LoggedIn, LoggedOut, Roster, ScanWanted, WentDeaf, Who
from models.people import FriendshipState


def logged_in(event: LoggedIn, _context: Context) -> list[Effect]:
    """On line; the lists of friends and groups are asked for."""
    return [
        fx.PutAccount(account=event.account, state=AccountState.ONLINE, self_id=event.self_id, name=event.name),
        fx.Refresh(account=event.account),
    ]


def unreachable(event: LoggedOut | ScanWanted | WentDeaf, _context: Context) -> list[Effect]:
    """Off line, waiting for a scan, or silent for too long."""
    states: dict[type[Event], AccountState] = {
        LoggedOut: AccountState.OFFLINE,
        ScanWanted: AccountState.SCAN,
        WentDeaf: AccountState.DEAF,
    }
    return [fx.PutAccount(account=event.account, state=states[type(event)])]


def roster(event: Roster, context: Context) -> list[Effect]:
    """The first list of an account is the world as we found it: old friends, neither greeted nor surveyed.

    Whoever is new on a later list was missed while we were away, and is received now.
    """
    effects: list[Effect] = []
    first = context.account.rostered_at is None
    for who in event.friends or ():
        person = context.people[who.contact]
        known = person.friendships.get(event.account)
        if known is not None and known.state == FriendshipState.FRIEND:
            if who.remark and who.remark != known.remark:
                effects += _remarked(event, person, who.remark)
            continue
        if first and known is None:
            effects += _old_friend(event, context, who)
        else:
            source = known.source if known else ""
            added = FriendAdded(merchant=event.merchant, account=event.account, at=event.at, contact=who, source=source)
            effects.append(fx.Follow(event=added))
    if event.groups:
        effects.append(fx.PutGroups(account=event.account, groups=event.groups))
        # Whoever is missing from a list has left without a word: their seats are for who waits.
        tiers = sorted({group.tier for group in context.groups.values() if group.tier})
        effects += [groups.seats_freed(context, tier, event.at) for tier in tiers]
    if event.friends is not None:
        effects.append(fx.PutAccount(account=event.account, state=AccountState.ONLINE, rostered=True))
    return effects


def _remarked(event: Roster, person: PersonView, remark: str) -> list[Effect]:
    """A human has changed it, or we have and never heard so."""
    account, contact_id = event.account, person.contact_id
    return [
        fx.PutFriendship(account=account, contact_id=contact_id, person_id=person.person_id, remark=remark),
        fx.ConfirmByFact(account=account, contact_id=contact_id, kind=DeliveryKind.REMARK, text=remark),
    ]


def _old_friend(event: Roster, context: Context, who: Who) -> list[Effect]:
    person = context.people[who.contact]
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
