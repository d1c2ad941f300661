"""What a stand-by account can take over from another, and what it cannot: recomputable from the rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from bot.store.applying_lanes import friends_of, groups_of
from models.context import MerchantView
from models.deliveries import OPEN_STATES, Delivery
from models.groups import ChatGroup
from models.people import Survey, SurveyState

Row = dict[str, Any]


def carried(connection: Connection, merchant: MerchantView, old: str, new: str) -> list[Row]:
    """One row a thing: `what`, how many are `carried`, and which or how many are `left`."""
    rooms = connection.execute(
        select(col(ChatGroup.wire_id), col(ChatGroup.topic), col(ChatGroup.id).in_(groups_of(merchant, new)))
        .where(
            col(ChatGroup.merchant_id) == merchant.id,
            col(ChatGroup.account_id) == old,
            col(ChatGroup.became).is_(None),
        )
        .order_by(col(ChatGroup.id))
    ).all()
    left_rooms = [wire_id for wire_id, _topic, is_in in rooms if not is_in]

    def counts(where: list[Any], column: Any, reach: Any) -> tuple[int, int]:
        every = connection.execute(select(func.count()).where(*where)).scalar_one()
        both = connection.execute(select(func.count()).where(*where, column.in_(reach))).scalar_one()
        return both, every - both

    olds = friends_of(merchant, old).subquery()
    people = counts([olds.c.contact_id.is_not(None)], olds.c.contact_id, friends_of(merchant, new))
    surveys = counts(
        [
            col(Survey.merchant_id) == merchant.id,
            col(Survey.account_id) == old,
            col(Survey.state).in_((SurveyState.OPEN, SurveyState.RESTING)),
        ],
        col(Survey.contact_id),
        friends_of(merchant, new),
    )
    waiting = [
        col(Delivery.merchant_id) == merchant.id,
        col(Delivery.account_id) == old,
        col(Delivery.state).in_(OPEN_STATES),
    ]
    talks = counts(
        [*waiting, col(Delivery.contact_id).is_not(None)], col(Delivery.contact_id), friends_of(merchant, new)
    )
    posts = counts([*waiting, col(Delivery.contact_id).is_(None)], col(Delivery.group_id), groups_of(merchant, new))
    return [
        {"what": "groups", "carried": len(rooms) - len(left_rooms), "left": len(left_rooms), "which": left_rooms},
        {"what": "friends", "carried": people[0], "left": people[1], "which": []},
        {"what": "surveys", "carried": surveys[0], "left": surveys[1], "which": []},
        {"what": "deliveries", "carried": talks[0] + posts[0], "left": talks[1] + posts[1], "which": []},
    ]
