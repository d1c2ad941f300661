"""First reception: accept, greet, begin the survey. Nobody is skipped, and nobody is greeted twice."""

from __future__ import annotations

from datetime import timedelta

from handlers import survey
from models import effects as fx
from models import timers
from models.chance import choose
from models.context import Context, PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.events import FriendAdded, FriendRemoved, FriendRequested, SendAnswered, TimerDue
from models.people import FriendshipState

# Puppets differ in whether they say that an accepted friendship exists; after so long we look for ourselves.
_CONFIRMED_WITHIN = timedelta(seconds=5)


def requested(event: FriendRequested, context: Context) -> list[Effect]:
    """Somebody wants to be our friend: the playbook's first matching rule decides, else a human does."""
    person = _person(context)
    effects: list[Effect] = [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.REQUESTED,
            hello=event.hello,
            source=event.source,
            request=event.request,
        )
    ]
    if not context.merchant.playbook.reception.accepts(event.hello, event.source):
        return effects
    effects.append(
        fx.Send(
            key=f"accept:{person.wire_id}:{event.request or event.wire_id or event.at.isoformat()}",
            account=event.account,
            kind=DeliveryKind.FRIEND_ACCEPT,
            lane=Lane.REPLY,
            cause=Cause.GREETING,
            contact_id=person.contact_id,
            request=event.request,
        )
    )
    return effects


def added(event: FriendAdded, context: Context) -> list[Effect]:
    """The friendship exists: greet, and begin the survey. Twice said is done once, since keys are unique."""
    person = _person(context)
    before = person.friendships.get(event.account)
    if before is not None and before.state == FriendshipState.FRIEND:
        return []
    return [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.FRIEND,
            source=event.source,
        ),
        fx.DropTimer(kind=timers.BEFRIEND, subject=person.wire_id),
        *_greet(event.account, context, person),
        *survey.begin(event.at, context, person, event.account),
    ]


def removed(event: FriendRemoved, context: Context) -> list[Effect]:
    """They are gone; history stays."""
    person = _person(context)
    return [
        fx.PutFriendship(
            account=event.account,
            contact_id=person.contact_id,
            person_id=person.person_id,
            state=FriendshipState.REMOVED,
        ),
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
        ),
        fx.PutTimer(
            kind=timers.BEFRIEND, subject=person.wire_id, at=event.at + _CONFIRMED_WITHIN, account=event.account
        ),
    ]


def unconfirmed(event: TimerDue, context: Context) -> list[Effect]:
    """We accepted and heard no more: the friend list knows."""
    person = _person(context)
    known = person.friendships.get(event.account)
    if known is None or known.state != FriendshipState.ACCEPTED:
        return []
    return [fx.Refresh(account=event.account)]


def _greet(account: str, context: Context, person: PersonView) -> list[Effect]:
    greetings = context.merchant.playbook.reception.greetings
    if not greetings:
        return []
    greeted_elsewhere = any(
        friendship.state == FriendshipState.FRIEND and not friendship.old
        for name, friendship in person.friendships.items()
        if name != account
    )
    key = f"greet:{person.wire_id}:{account}" if greeted_elsewhere else f"greet:{person.wire_id}"
    return [
        fx.Send(
            key=key,
            account=account,
            lane=Lane.REPLY,
            cause=Cause.GREETING,
            contact_id=person.contact_id,
            template=choose(context.merchant.seed, key, greetings),
        )
    ]


def _person(context: Context) -> PersonView:
    if context.person is None:
        raise ValueError("a friendship without a person")
    return context.person
