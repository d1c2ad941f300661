"""What a decision must know; most group talk needs nothing."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.needs import Needs, needs_under
from models import orders
from models.events import (
    Event,
    FriendAdded,
    GroupJoined,
    GroupState,
    LoggedIn,
    LoggedOut,
    MessageRecalled,
    Roster,
    SelfMessage,
    TroubleBegan,
    TroubleEnded,
    Who,
)
from tests.handlers.builders import AT, ROOM, answered, playbook, rings, says

BOOK = playbook(words={"opt_out": ["别烦我了"]})
HERE: dict[str, Any] = {"merchant": "m1", "account": "main", "at": AT}
CONSENTING = playbook(consent={"required": True}, survey={"settle_seconds": 4})
SETTLING = playbook(survey={"settle_seconds": 4})
TELLING = Needs.ALERTS | Needs.STAFF
KNOWN = Needs.PEOPLE | Needs.STAFF | Needs.OWNER
COMMANDS = Needs.SPEAKER | Needs.COMMANDS | Needs.STAFF


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (says("今天天气不错", group=ROOM), Needs.NOTHING),
        (says("/状态", group=ROOM), COMMANDS | Needs.STATUS),
        (says("／STATUS", group=ROOM), COMMANDS | Needs.STATUS),
        (says("/帮助\n/状态", group=ROOM), COMMANDS | Needs.STATUS),
        (says("/帮助\n/恢复 全部", group=ROOM), COMMANDS),
        (says("/帮助", group=ROOM), COMMANDS),
        (says("状态", group=ROOM), COMMANDS | Needs.STATUS),
        (says("４８２１", group=ROOM), COMMANDS),
        (says("@小山\u20052", group=ROOM), COMMANDS),
        (says("482", group=ROOM), Needs.NOTHING),
        (says("退订", group=ROOM), Needs.SPEAKER),
        (says("别烦我了", group=ROOM), Needs.SPEAKER),
        (says("在吗", group=ROOM, mentions=("self",)), Needs.SPEAKER),
        (says("我姓林"), KNOWN | Needs.UNLESS_IDLE),
        (says("几点开门"), KNOWN),
        (says("转人工"), KNOWN),
        (says("不要再发了"), KNOWN),
        (says("状态"), COMMANDS | Needs.STATUS | KNOWN),
        (SelfMessage(**HERE, to_contact="wx1"), Needs.DELIVERY | Needs.PEOPLE),
        (answered("sent"), Needs.DELIVERY | Needs.PEOPLE),
        (answered("refused"), Needs.DELIVERY | Needs.PEOPLE | Needs.BOUND_GROUPS | TELLING),
        (answered("timeout"), Needs.DELIVERY | Needs.PEOPLE | TELLING),
        (answered("network"), Needs.DELIVERY | Needs.PEOPLE),
        (LoggedOut(**HERE), TELLING),
        (TroubleBegan(**HERE, kind="disk_full"), TELLING),
        (TroubleEnded(**HERE, kind="disk_full"), Needs.NOTHING),
        (rings("alert_over", "budget main"), Needs.NOTHING),
        (FriendAdded(**HERE, contact=Who("wx1")), Needs.PEOPLE | Needs.DELIVERY),
        (GroupJoined(**HERE, group=ROOM), Needs.PEOPLE),
        (Roster(**HERE), Needs.PEOPLE | Needs.MISSING | Needs.STAFF | Needs.ALERTS),
        (
            Roster(**HERE, groups=(GroupState(ROOM),)),
            Needs.PEOPLE | Needs.MISSING | Needs.STAFF | Needs.BOUND_GROUPS | Needs.ALERTS,
        ),
        (LoggedIn(**HERE, self_id="self"), Needs.NOTHING),
        (MessageRecalled(**HERE, message="e1"), Needs.NOTHING),
        (rings("entry", "a-1"), Needs.ENTRIES),
        (rings("nudge"), KNOWN),
        (orders.SurveyFinished(**HERE, contact="wx1"), Needs.PEOPLE | Needs.ROOMS | Needs.STAFF | Needs.PLACES),
        (orders.SeatsChanged(**HERE, tier="茶桌"), Needs.BOUND_GROUPS | Needs.WAITING | Needs.PLACES | Needs.STAFF),
        (orders.BindGroupOrder(**HERE, group=ROOM, tier="茶桌"), Needs.PEOPLE | Needs.BOUND_GROUPS),
        (orders.ApproveEntryOrder(**HERE, key="a-1"), Needs.ENTRIES),
        (orders.SettleDeliveryOrder(**HERE, delivery=31, outcome="sent"), Needs.DELIVERY | Needs.PEOPLE),
        (orders.MergeOrder(**HERE, kept="wx1", other="wx2"), Needs.PEOPLE | Needs.DOUBTS),
        (orders.UnmergeOrder(**HERE, contact="wx1"), Needs.PEOPLE | Needs.MERGES),
        (orders.SettleDoubtOrder(**HERE, contact="wx1"), Needs.PEOPLE | Needs.DOUBTS),
        (orders.PersonChanged(**HERE, contact="wx1"), Needs.PEOPLE | Needs.STAFF),
        (orders.GrantRoleOrder(**HERE, contact="wx1", role="hall"), Needs.PEOPLE),
    ],
)
def test_what_must_be_known(event: Event, wanted: Needs) -> None:
    assert needs_under(BOOK)(event) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("我姓林", Needs.SPEAKER | Needs.UNLESS_IDLE),
        ("哈哈", Needs.SPEAKER | Needs.UNLESS_IDLE),
        ("退订", Needs.SPEAKER),
        ("/帮助", COMMANDS),
        ("多少钱一斤？", KNOWN),
        ("我找人工", KNOWN),
        ("你是机器人吗", KNOWN),
        ("刚才说错了，我姓王", KNOWN),
    ],
)
def test_what_they_told_us_matters_where_something_follows_from_it_at_once(text: str, wanted: Needs) -> None:
    assert needs_under(SETTLING)(says(text)) == wanted


def test_who_says_something_about_consent_is_looked_at_even_if_idle() -> None:
    assert needs_under(CONSENTING)(says("同意")) == Needs.SPEAKER
    assert (
        needs_under(CONSENTING)(says("我姓林"))
        == needs_under(SETTLING)(says("同意"))
        == Needs.SPEAKER | Needs.UNLESS_IDLE
    )
    assert needs_under(playbook(consent={"required": True}))(says("同意")) == KNOWN
