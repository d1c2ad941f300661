"""How many friends there are: as many as the list of them has, in a third of the time.

The list asks its conditions of each person and stops after a page; here all are counted, so the friendships lead.
"""

from __future__ import annotations

from sqlalchemy import Connection, and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.console.reading import people
from bot.console.visit import Scope
from bot.store.prepared import unindexed
from models.accounts import Account
from models.people import Contact, Friendship, FriendshipState, Person


def count_of_friends(connection: Connection, scope: Scope) -> int:
    """How many people are somebody's friend now."""
    if scope.pool:
        return people.count_of(connection, scope, people.Search(only="friends"))
    mine = scope.merchant.id
    ours = select(col(Account.self_id)).where(col(Account.merchant_id) == mine, col(Account.self_id).is_not(None))
    nobody = select(col(Person.id)).where(
        unindexed(col(Person.merchant_id)) == mine, col(Person.erased_at).is_not(None)
    )
    first, earlier = aliased(Contact), aliased(Contact)
    of_ours = select(col(first.person_id)).where(
        col(first.merchant_id) == mine,
        col(first.wire_id).in_(ours),
        ~exists().where(
            col(earlier.merchant_id) == mine,
            col(earlier.person_id) == col(first.person_id),
            col(earlier.id) < col(first.id),
        ),
    )
    asked = (
        select(func.count(col(Contact.person_id).distinct()))
        .join(
            Friendship,
            and_(
                col(Friendship.merchant_id) == col(Contact.merchant_id), col(Friendship.contact_id) == col(Contact.id)
            ),
        )
        .where(
            col(Contact.merchant_id) == mine,
            col(Friendship.account_id).in_(scope.accounts),
            col(Friendship.state) == FriendshipState.FRIEND,
            col(Contact.person_id).not_in(nobody),
            col(Contact.person_id).not_in(of_ours),
        )
    )
    return int(connection.execute(asked).scalar_one())
