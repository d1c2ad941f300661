"""What groups answered to a question of the calendar that has options: each person's last choice, and no other talk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from bot.store.spoken import spoken
from content_calendar.ballot import chosen, options_of
from models.context import MerchantView
from models.deliveries import ARRIVED_STATES, Delivery
from models.erasure import is_nameless
from models.groups import ChatGroup
from models.people import Contact

Row = dict[str, Any]

# A choice is made for so long, or until the same question is asked again there.
_OPEN = timedelta(days=7)


def choices(connection: Connection, merchant: MerchantView, key: str) -> list[Row]:
    """One row an option of each occurrence: how many chose it, and who."""
    posts = connection.execute(
        select(
            col(Delivery.group_id),
            col(Delivery.occurrence),
            col(Delivery.left_at),
            col(Delivery.text),
        )
        .join(
            ChatGroup,
            (col(ChatGroup.merchant_id) == col(Delivery.merchant_id)) & (col(ChatGroup.id) == col(Delivery.group_id)),
        )
        .where(
            col(Delivery.merchant_id) == merchant.id,
            col(Delivery.entry) == key,
            col(Delivery.contact_id).is_(None),
            col(Delivery.part) == 1,
            col(Delivery.state).in_(ARRIVED_STATES),
            col(Delivery.left_at).is_not(None),
        )
        .order_by(col(Delivery.left_at))
    ).all()
    people = {
        wire_id: (person_id, name)
        for wire_id, person_id, name in connection.execute(
            select(col(Contact.wire_id), col(Contact.person_id), col(Contact.name)).where(
                col(Contact.merchant_id) == merchant.id
            )
        )
    }
    asked: dict[str, dict[str, str]] = defaultdict(dict)  # the options by occurrence: their labels by their marks
    votes: dict[str, dict[int, tuple[tuple[str, ...], str]]] = defaultdict(dict)
    for place, post in enumerate(posts):
        again = (one.left_at for one in posts[place + 1 :] if one.group_id == post.group_id)
        end = min(post.left_at + _OPEN, next(again, post.left_at + _OPEN))
        options = options_of(post.text or "")
        asked[post.occurrence] |= {one.mark: one.label for one in options}
        for said in spoken(connection, merchant, post.left_at, end, col(ChatGroup.id) == post.group_id):
            if said.contact in people and not is_nameless(said.contact) and (marks := chosen(options, said.text)):
                person, name = people[said.contact]
                votes[post.occurrence][person] = marks, name or said.contact
    return [row for occurrence, options in sorted(asked.items()) for row in _told(key, occurrence, options, votes)]


def _told(
    key: str, occurrence: str, options: dict[str, str], votes: dict[str, dict[int, tuple[tuple[str, ...], str]]]
) -> Iterator[Row]:
    theirs = list(votes[occurrence].values())
    counts = Counter(mark for marks, _ in theirs for mark in marks)
    for mark, label in options.items():
        yield {
            "entry": key,
            "occurrence": occurrence,
            "option": mark,
            "label": label,
            "count": counts[mark],
            "people": [name for marks, name in theirs if mark in marks],
        }
