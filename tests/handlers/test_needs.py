"""What a decision must know; most group talk needs nothing."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.needs import Needs, needs
from models import orders
from models.events import (
    Event,
    FriendAdded,
    GroupJoined,
    LoggedIn,
    MessageRecalled,
    Roster,
    SelfMessage,
    Who,
)
from tests.handlers.builders import AT, ROOM, answered, playbook, rings, says

BOOK = playbook(words={"opt_out": ["别烦我了"]})
HERE: dict[str, Any] = {"merchant": "m1", "account": "main", "at": AT}
COMMAND = Needs.PEOPLE | Needs.STATUS | Needs.BOUND_GROUPS


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (says("今天天气不错", group=ROOM), Needs.NOTHING),
        (says("/状态", group=ROOM), COMMAND),
        (says("状态", group=ROOM), COMMAND),
        (says("退订", group=ROOM), Needs.PEOPLE),
        (says("别烦我了", group=ROOM), Needs.PEOPLE),
        (says("在吗", group=ROOM, mentions=("self",)), Needs.PEOPLE),
        (says("我姓林"), Needs.PEOPLE | Needs.STAFF),
        (says("状态"), COMMAND | Needs.STAFF),
        (SelfMessage(**HERE, to_contact="wx1"), Needs.DELIVERY | Needs.PEOPLE),
        (answered("sent"), Needs.DELIVERY | Needs.PEOPLE),
        (answered("refused"), Needs.DELIVERY | Needs.PEOPLE | Needs.BOUND_GROUPS),
        (FriendAdded(**HERE, contact=Who("wx1")), Needs.PEOPLE),
        (GroupJoined(**HERE, group=ROOM), Needs.PEOPLE),
        (Roster(**HERE), Needs.PEOPLE | Needs.MISSING | Needs.STAFF),
        (LoggedIn(**HERE, self_id="self"), Needs.NOTHING),
        (MessageRecalled(**HERE, message="e1"), Needs.NOTHING),
        (rings("entry", "a-1"), Needs.ENTRIES),
        (rings("nudge"), Needs.PEOPLE | Needs.STAFF),
        (orders.SurveyFinished(**HERE, contact="wx1"), Needs.PEOPLE | Needs.BOUND_GROUPS | Needs.STAFF),
        (orders.SeatsChanged(**HERE, tier="茶桌"), Needs.BOUND_GROUPS | Needs.WAITING),
        (orders.BindGroupOrder(**HERE, group=ROOM, tier="茶桌"), Needs.PEOPLE | Needs.BOUND_GROUPS),
        (orders.ApproveEntryOrder(**HERE, key="a-1"), Needs.ENTRIES),
        (orders.SettleDeliveryOrder(**HERE, delivery=31, outcome="sent"), Needs.DELIVERY | Needs.PEOPLE),
        (orders.GrantRoleOrder(**HERE, contact="wx1", role="hall"), Needs.PEOPLE),
    ],
)
def test_what_must_be_known(event: Event, wanted: Needs) -> None:
    assert needs(event, BOOK) == wanted
