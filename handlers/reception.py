"""First reception: accept, greet, begin the survey. Nobody is skipped, and nobody is greeted twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers import survey
from models import effects as fx
from models import timers
from models.chance import choose
from models.context import Context, DeliveryView, FriendshipView, PersonView
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from models.effects import Effect
from models.events import FriendAdded, FriendRemoved, FriendRequested, SendAnswered, TimerDue
from models.people import FriendshipState

# The first friend list is fetched at login; who became a friend about then is new, whichever is heard of first.
_FIRST_LIST_WITHIN = timedelta(minutes=1)
# Puppets differ in whether they say that an accepted friendship exists; after so long we look for ourselves. From there
# a greeting may take half of what the playbook promises (`bot.pace`), so that of ten seconds some are left.
_CONFIRMED_WITHIN = timedelta(seconds=3)
# A greeting in such a state never arrived, and will not by itself.
_NEVER_ARRIVED = (DeliveryState.SKIPPED, DeliveryState.CANCELLED, DeliveryState.EXPIRED, DeliveryState.FAILED)
# When many come at once, all are accepted and greeted before the first is asked anything.
_FIRST = 1


def requested(event: FriendRequested, context: Context) -> list[Effect]:
    """Somebody wants to be our friend: the playbook's first matching rule decides, else a human does."""
    person = _person(context)
    before = person.friendships.get(event.account)
    rules = context.merchant.playbook.reception
    source = rules.source_of(event.hello, event.source)
    group_id, inviter = _brought_from(person, before)
    effects: list[Effect] = [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.REQUESTED,
            old=_was_old(before),
            hello=event.hello,
            source=_first_source(before, source),
            request=event.request,
            from_group_id=group_id,
            inviter=inviter,
        )
    ]
    if not rules.accepts(event.hello, source):
        return effects
    effects.append(
        fx.Send(
            key=_accept_key(event, before),
            account=event.account,
            kind=DeliveryKind.FRIEND_ACCEPT,
            lane=Lane.REPLY,
            cause=Cause.GREETING,
            priority=_FIRST,
            contact_id=person.contact_id,
            request=event.request,
        )
    )
    return effects


def added(event: FriendAdded, context: Context) -> list[Effect]:
    """The friendship exists: greet, and begin the survey. Twice said is done once."""
    person = _person(context)
    before = person.friendships.get(event.account)
    effects: list[Effect] = [
        fx.ConfirmByFact(account=event.account, contact_id=person.contact_id, kind=DeliveryKind.FRIEND_ACCEPT)
    ]
    if before is not None and before.state == FriendshipState.FRIEND and not _overtaken(event, before):
        return effects
    group_id, inviter = _brought_from(person, before)
    effects += [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.FRIEND,
            old=person.is_ours,
            source=_first_source(before, event.source),
            from_group_id=group_id,
            inviter=inviter,
        ),
        fx.DropTimer(kind=timers.BEFRIEND, subject=person.wire_id),
    ]
    if person.is_ours:  # our accounts may be friends of each other
        return effects
    if before is None or not _is_new_friend(before):
        effects += _greet(event.account, context, person)
    elif (greeting := context.delivery) is not None:
        effects += _greet_again(event, context, person, greeting)
    return [*effects, *survey.begin(event.at, context, person, event.account)]


def removed(event: FriendRemoved, context: Context) -> list[Effect]:
    """They are gone; history stays, and what was on its way to them is taken back."""
    person = _person(context)
    return [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.REMOVED,
            old=_was_old(person.friendships.get(event.account)),
        ),
        *survey.interrupt(person, event.account),
    ]


def accepted(event: SendAnswered, context: Context) -> list[Effect]:
    """The platform took our acceptance; if it does not say soon that the friendship exists, we look for ourselves."""
    person = _person(context)
    known = person.friendships.get(event.account)
    if known is not None and known.state == FriendshipState.FRIEND:
        return []
    return [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.ACCEPTED,
            old=_was_old(known),
        ),
        look_soon(event.at, person, event.account),
    ]


def not_accepted(event: SendAnswered, context: Context) -> list[Effect]:
    """The platform refused: this request is void, and the next one is looked at anew."""
    person = _person(context)
    known = person.friendships.get(event.account)
    if known is None or known.state != FriendshipState.REQUESTED:
        return []
    return [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.REMOVED,
            old=known.old,
        )
    ]


def look_soon(at: datetime, person: PersonView, account: str) -> Effect:
    """Look at the friend list in a while."""
    return fx.PutTimer(kind=timers.BEFRIEND, subject=person.wire_id, at=at + _CONFIRMED_WITHIN, account=account)


def unconfirmed(event: TimerDue, context: Context) -> list[Effect]:
    """We accepted and heard no more: the friend list knows."""
    known = _person(context).friendships.get(event.account)
    if known is None or known.state not in (FriendshipState.REQUESTED, FriendshipState.ACCEPTED):
        return []
    return [fx.Refresh(account=event.account)]


def _greet_again(event: FriendAdded, context: Context, person: PersonView, greeting: DeliveryView) -> list[Effect]:
    """Who left before the greeting reached them, and is back, hears it now."""
    if greeting.state in _NEVER_ARRIVED:
        return _greet(event.account, context, person, again=f"{event.at:%Y%m%dT%H%M%S}")
    if greeting.state == DeliveryState.WAITING and greeting.attempts:  # refused while they were no friend
        return [fx.SendAgain(delivery_id=greeting.id, at=event.at, reason="refused")]
    return []


def _greet(account: str, context: Context, person: PersonView, again: str = "") -> list[Effect]:
    """Each account greets once; the first of them to do so has the short key. `again`: the first never arrived."""
    playbook = context.merchant.playbook
    if not playbook.reception.greetings:
        return []
    elsewhere = any(_is_new_friend(known) for name, known in person.friendships.items() if name != account)
    key = f"greet:{person.wire_id}:{account}" if elsewhere or again else f"greet:{person.wire_id}"
    if again:
        key = f"{key}:{again}"
    greeting = choose(context.merchant.seed, key, playbook.reception.greetings)
    consent = playbook.consent.text if playbook.consent.required and person.consent is None else None
    return [
        fx.Send(
            key=key,
            account=account,
            lane=Lane.REPLY,
            cause=Cause.GREETING,
            priority=_FIRST,
            contact_id=person.contact_id,
            template=f"{greeting}\n{consent}" if consent else greeting,
        )
    ]


def _is_new_friend(friendship: FriendshipView) -> bool:
    """Whether they became a friend of this account under our eyes, and were greeted then."""
    return friendship.added_at is not None and not friendship.old


def _overtaken(event: FriendAdded, friendship: FriendshipView) -> bool:
    """Whether the first friend list, on which everybody counts as old, was quicker than the news of this friendship.

    News from after the list is what some gateways say again of old friends at each start.
    """
    listed_at = friendship.added_at
    return friendship.old and listed_at is not None and timedelta() <= listed_at - event.at <= _FIRST_LIST_WITHIN


def _was_old(friendship: FriendshipView | None) -> bool:
    return friendship is not None and friendship.old


def _first_source(friendship: FriendshipView | None, source: str) -> str:
    """Where they came from is kept for ever; an empty text changes nothing."""
    return "" if friendship is not None and friendship.source else source


def _brought_from(person: PersonView, friendship: FriendshipView | None) -> tuple[int | None, str]:
    """The first of our groups that they were in before we met 1:1, and who had brought them there."""
    if friendship is not None:
        return None, ""  # where they came from is on record
    return next(iter(person.brought_by.items()), (None, ""))


def _accept_key(event: FriendRequested, before: FriendshipView | None) -> str:
    """A request that is told twice is accepted once; asking again after the end of a friendship is another request,
    though some gateways give it the same handle."""
    key = f"accept:{event.account}:{_of(event)}"
    ended = before is not None and before.state in (FriendshipState.FRIEND, FriendshipState.REMOVED)
    return f"{key}:{event.at:%Y%m%dT%H%M%S}" if ended else key


def _of(event: FriendRequested) -> str:
    return f"{event.contact.contact}:{event.request or event.wire_id or event.at.isoformat()}"


def _person(context: Context) -> PersonView:
    if context.person is None:
        raise ValueError("a friendship without a person")
    return context.person
