"""What the staff must be told: a note to each owner and admin who is a friend of one of our accounts, and what is about
a member to their 堂主 as well."""

from __future__ import annotations

from collections.abc import Iterable

from models import effects as fx
from models.context import Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.people import FriendshipState


def notes(
    context: Context, account: str, key: str, text: str, cause: Cause, about: PersonView | None = None
) -> list[Effect]:
    """The note, from the account at hand where it can, else from one that knows them; never to whom it is about."""
    return notes_to(context.staff, account, key, text, cause, about)


def notes_about(context: Context, account: str, key: str, text: str, cause: Cause, person: PersonView) -> list[Effect]:
    """A note on a member to who looks after them first, and to the owners and admins."""
    owner = context.owners.get(person.person_id)
    chiefs = [one for one in context.staff if owner is None or one.contact_id != owner.contact_id]
    return notes_to((*([owner] if owner else ()), *chiefs), account, key, text, cause, person)


def notes_to(
    people: Iterable[PersonView], account: str, key: str, text: str, cause: Cause, about: PersonView | None
) -> list[Effect]:
    """The same to these people, each by who knows them."""
    return [
        fx.Send(
            key=f"{key}:{member.wire_id}",
            account=through,
            lane=Lane.SERVICE,
            cause=cause,
            contact_id=member.contact_id,
            text=text,
        )
        for member in people
        if (about is None or member.contact_id != about.contact_id) and (through := account_for(member, account))
    ]


def account_for(member: PersonView, account: str) -> str | None:
    """The account that can speak to one of the staff: the one at hand, else one that knows them."""
    here = member.friendships.get(account)
    if here is not None and here.state == FriendshipState.FRIEND:
        return account
    return min(
        (name for name, friendship in member.friendships.items() if friendship.state == FriendshipState.FRIEND),
        default=None,
    )
