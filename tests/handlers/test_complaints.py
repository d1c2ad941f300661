"""What counts as a complaint, and what is done about one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import decide
from handlers.understanding import first_look
from models import effects as fx
from models.context import GroupView
from tests.handlers.builders import AT, boss, context, friendship, of, person, says

GROUP = GroupView(id=3, wire_id="room-1@chatroom", account="main", topic="{酒}群", tier="分院")
ANGRY = "你们卖的是假货，骗子！"


@pytest.mark.parametrize("text", [ANGRY, "等了三天还没发货，没人管吗！", "什么垃圾东西，退钱！"])
def test_blame_is_a_complaint(text: str) -> None:
    assert first_look(text).complains


@pytest.mark.parametrize(
    "text", ["会不会是假货呀", "垃圾袋有吗", "叫我小林", "好的谢谢", "", "多少钱一斤", "好" * 600 + ANGRY]
)
def test_other_things_are_none(text: str) -> None:
    assert not first_look(text).complains


def test_it_is_opened_and_the_staff_told_once_a_day() -> None:
    known = context(person=person(), staff=(boss(),))
    first, again = (decide(says(ANGRY, at=AT + timedelta(minutes=n), wire_id=f"e{n}"), known) for n in (0, 5))
    assert of(fx.OpenComplaint, first) == [fx.OpenComplaint(person_id=1)]
    notes = [[send.key for send in of(fx.Send, effects) if send.contact_id == 19] for effects in (first, again)]
    assert "complaint:wx1:2026-11-23:wx-boss" in notes[0]
    assert "complaint:wx1:2026-11-23:wx-boss" in notes[1]


def test_where_a_human_is_talking_it_is_only_kept() -> None:
    talking = person(friendships=friendship(human_until=AT + timedelta(minutes=5)))
    assert decide(says(ANGRY), context(person=talking, staff=(boss(),))) == [fx.OpenComplaint(person_id=1)]


def test_who_was_told_of_the_message_is_not_told_twice() -> None:
    effects = decide(says("找真人！" + ANGRY), context(person=person(), staff=(boss(),)))
    assert of(fx.OpenComplaint, effects) == [fx.OpenComplaint(person_id=1)]
    assert [send.key.split(":")[0] for send in of(fx.Send, effects)] == ["chat", "handoff"]


def test_by_the_staff_and_among_members_it_is_none() -> None:
    assert decide(says(ANGRY), context(person=boss())) == []
    for text in ("今天地铁太差了，气死", "这破天气真差劲", "我去投诉一下物业", "别被骗子骗了"):
        assert decide(says(text, group="room-1@chatroom"), context(person=person(), group=GROUP)) == []


def test_before_a_whole_group_the_staff_hears_of_it_and_nothing_is_answered_there() -> None:
    effects = decide(says(ANGRY, group="room-1@chatroom"), context(person=person(), group=GROUP, staff=(boss(),)))
    assert of(fx.OpenComplaint, effects) == [fx.OpenComplaint(person_id=1)]
    assert [(send.contact_id, send.group_id) for send in of(fx.Send, effects)] == [(19, None)]
    assert "在「{酒}群」说：你们卖的是假货" in str(of(fx.Send, effects)[0].text)
