"""Accept, greet, begin the survey: once for everybody, whatever the platform says, twice or not at all."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from handlers import decide, outcomes
from models import effects as fx
from models.context import FriendshipView
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from models.events import FriendAdded, FriendRemoved, FriendRequested, Who
from tests.handlers.builders import (
    AT,
    CALL,
    answered,
    answers,
    context,
    delivery,
    friendship,
    hours,
    of,
    person,
    playbook,
    progress,
    rings,
    says,
    sends,
    surveying,
    texts,
)

WX1 = Who("wx1", "林间")
REQUESTED = FriendRequested(
    merchant="m1", account="main", at=AT, wire_id="e1", contact=WX1, hello="想喝茶", source="海报3", request="r-1"
)
ADDED = FriendAdded(merchant="m1", account="main", at=AT, wire_id="e2", contact=WX1, source="海报3")
REMOVED = FriendRemoved(merchant="m1", account="main", at=AT, wire_id="e3", contact=WX1)
GREETING = playbook(reception={"greetings": ["你好呀。"]})
CONFIRMED = fx.ConfirmByFact(account="main", contact_id=11, kind=DeliveryKind.FRIEND_ACCEPT)
GREET = fx.Send(
    key="greet:wx1",
    account="main",
    lane=Lane.REPLY,
    cause=Cause.GREETING,
    priority=1,
    contact_id=11,
    template="你好呀。",
)


def friend(state: str, source: str = "海报3", *, old: bool = False) -> fx.PutFriendship:
    return fx.PutFriendship(account="main", contact_id=11, person_id=1, state=state, source=source, old=old)


@pytest.mark.parametrize(
    ("rules", "accepted"),
    [
        ([], False),
        ([{"accept": True}], True),
        ([{"hello": "喝茶", "accept": True}], True),
        ([{"hello": "喝酒", "accept": True}], False),
        ([{"source": "海报3", "accept": True}], True),
        ([{"hello": "喝茶", "source": "海报4", "accept": True}], False),
        ([{"hello": "喝茶", "accept": False}, {"accept": True}], False),
    ],
)
def test_the_first_matching_rule_decides_and_none_leaves_it_to_a_human(
    rules: list[dict[str, object]], accepted: bool
) -> None:
    effects = decide(REQUESTED, context(playbook(reception={"accept": rules}), person=person(friendships={})))
    requested = fx.PutFriendship(
        account="main", contact_id=11, person_id=1, state="requested", hello="想喝茶", source="海报3", request="r-1"
    )
    acceptance = fx.Send(
        key="accept:main:wx1:r-1",
        account="main",
        kind=DeliveryKind.FRIEND_ACCEPT,
        lane=Lane.REPLY,
        cause=Cause.GREETING,
        priority=1,
        contact_id=11,
        request="r-1",
    )
    assert effects == ([requested, acceptance] if accepted else [requested])


@pytest.mark.parametrize(("hello", "source"), [("我是 a12 来的", "海报5"), ("想喝茶", "海报3"), ("B7", "门店")])
def test_a_channel_code_in_the_verification_text_is_the_source_and_decides(hello: str, source: str) -> None:
    channels = [{"hello": "A12", "source": "海报5"}, {"hello": "b7", "source": "门店"}]
    book = playbook(reception={"channels": channels, "accept": [{"source": source, "accept": True}]})
    request = msgspec.structs.replace(REQUESTED, hello=hello)
    effects = decide(request, context(book, person=person(friendships={})))
    assert of(fx.PutFriendship, effects)[0].source == source
    assert len(sends(effects)) == 1


def test_the_group_that_they_come_from_and_who_brought_them_there_are_kept_once() -> None:
    from_group: dict[str, Any] = {"groups": frozenset({21, 22}), "brought_by": {22: "wx-boss", 21: ""}}
    stranger = person(friendships={}, **from_group)
    for event in (REQUESTED, ADDED):
        (kept,) = of(fx.PutFriendship, decide(event, context(person=stranger)))
        assert (kept.from_group_id, kept.inviter) == (22, "wx-boss")
    known = person(friendships=friendship("removed"), **from_group)
    (kept,) = of(fx.PutFriendship, decide(REQUESTED, context(person=known)))
    assert (kept.from_group_id, kept.inviter) == (None, "")


@pytest.mark.parametrize(
    ("state", "attempts", "key", "again"),
    [
        ("skipped", 0, "greet:wx1:main:20261123T010000", False),
        ("failed", 4, "greet:wx1:main:20261123T010000", False),
        ("waiting", 2, None, True),
        ("waiting", 0, None, False),  # for another reason, and it goes when that is over
        ("unknown", 1, None, False),
        ("confirmed", 1, None, False),
    ],
)
def test_who_comes_back_before_the_greeting_reached_them_hears_it(
    state: str, attempts: int, key: str | None, *, again: bool
) -> None:
    known = person(friendships=friendship("removed", added_at=AT))
    greeting = delivery(state, attempts=attempts)
    effects = decide(ADDED, context(GREETING, person=known, delivery=greeting))
    assert [send.key for send in sends(effects)] == ([key] if key else [])
    assert of(fx.SendAgain, effects) == ([fx.SendAgain(delivery_id=31, at=AT, reason="refused")] if again else [])


@pytest.mark.parametrize(
    ("state", "key"),
    [
        ("requested", "accept:main:wx1:r-1"),
        ("accepted", "accept:main:wx1:r-1"),
        ("removed", "accept:main:wx1:r-1:20261123T010000"),
        ("friend", "accept:main:wx1:r-1:20261123T010000"),
    ],
)
def test_a_request_told_twice_is_accepted_once_and_a_new_one_again(state: str, key: str) -> None:
    book = playbook(reception={"accept": [{"accept": True}]})
    known = person(friendships=friendship(state, source="海报1", old=True))
    effects = decide(REQUESTED, context(book, person=known))
    assert [send.key for send in sends(effects)] == [key]
    kept = of(fx.PutFriendship, effects)[0]
    assert (kept.source, kept.old) == ("", True)  # where they came from first stays


def test_a_new_friend_is_greeted_and_asked() -> None:
    book = playbook(reception={"greetings": ["你好呀。"]}, survey={"questions": [CALL], "nudges_hours": [24]})
    assert decide(ADDED, context(book, person=person(friendships={}))) == [
        CONFIRMED,
        friend("friend"),
        fx.DropTimer(kind="befriend", subject="wx1"),
        GREET,
        fx.PutSurvey(person_id=1, survey=progress()),
        fx.Cancel(contact_id=11, causes=(Cause.SURVEY,)),
        fx.Send(
            key="ask:wx1:1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=11,
            template="怎么称呼？",
            revision="r1",
        ),
        fx.DropTimer(kind="ask_again", subject="wx1"),
        fx.PutTimer(kind="nudge", subject="wx1", at=AT + hours(24), account="main"),
    ]


def test_a_friend_event_that_comes_twice_does_nothing_more() -> None:
    assert decide(ADDED, context(GREETING, person=person())) == [CONFIRMED]


def test_a_friendship_keeps_its_first_source() -> None:
    known = person(friendships=friendship("accepted", source="海报1"))
    assert friend("friend", source="") in decide(ADDED, context(GREETING, person=known))


def test_a_second_account_greets_for_itself_and_does_not_ask_again() -> None:
    elsewhere = friendship("friend", "second", added_at=AT)
    known = person(friendships=elsewhere, survey=progress(state="finished"))
    book = playbook(reception={"greetings": ["你好呀。"]}, survey={"questions": [CALL]})
    effects = decide(ADDED, context(book, person=known))
    assert [send.key for send in sends(effects)] == ["greet:wx1:main"]


def test_an_account_that_was_left_counts_as_having_greeted() -> None:
    known = person(friendships=friendship("removed", "second", added_at=AT))
    assert [send.key for send in sends(decide(ADDED, context(GREETING, person=known)))] == ["greet:wx1:main"]


def test_an_old_friend_of_another_account_was_not_greeted_there() -> None:
    known = person(friendships=friendship("friend", "second", added_at=AT, old=True))
    assert [send.key for send in sends(decide(ADDED, context(GREETING, person=known)))] == ["greet:wx1"]


def test_the_same_account_greets_once_however_often_they_come_back() -> None:
    both = friendship("removed", added_at=AT) | friendship("friend", "second", added_at=AT)
    assert sends(decide(ADDED, context(GREETING, person=person(friendships=both)))) == []


def test_who_comes_back_in_the_middle_of_the_survey_is_asked_the_open_question() -> None:
    known = person(friendships=friendship("removed", added_at=AT), survey=progress(state="resting", asked=3))
    effects = decide(ADDED, context(surveying(CALL), person=known))
    assert [(send.key, send.template) for send in sends(effects)] == [("ask:wx1:4", "怎么称呼？")]


def test_what_is_known_is_not_asked_and_knowing_all_finishes_the_survey() -> None:
    known = person(friendships={}, answers=answers(call="老林"))
    effects = decide(ADDED, context(surveying(CALL, thanks=["都记下啦。"]), person=known))
    assert texts(effects) == ["都记下啦。"]
    assert of(fx.PutSurvey, effects)[0].survey.state == "finished"


def test_without_greetings_and_questions_nothing_is_said() -> None:
    assert sends(decide(ADDED, context(person=person(friendships={})))) == []


def test_our_own_accounts_are_no_customers() -> None:
    ours = person(friendships={}, is_ours=True)
    assert decide(ADDED, context(GREETING, person=ours)) == [
        CONFIRMED,
        friend("friend", old=True),
        fx.DropTimer(kind="befriend", subject="wx1"),
    ]


def test_where_consent_is_required_the_greeting_says_what_is_kept() -> None:
    consent = {"required": True, "text": "回「忘记我」就删掉。"}
    book = playbook(reception={"greetings": ["你好呀。"]}, consent=consent)
    assert texts(decide(ADDED, context(book, person=person(friendships={})))) == ["你好呀。\n回「忘记我」就删掉。"]
    given = person(friendships={}, consent="given")
    assert texts(decide(ADDED, context(book, person=given))) == ["你好呀。"]


def test_who_leaves_is_not_asked_any_more() -> None:
    known = person(friendships=friendship(old=True), survey=progress())
    assert decide(REMOVED, context(person=known)) == [
        friend("removed", source="", old=True),
        fx.Cancel(contact_id=11, causes=(Cause.SURVEY,), state=DeliveryState.SKIPPED, reason="unreachable"),
        fx.DropTimer(kind="nudge", subject="wx1"),
        fx.DropTimer(kind="settle", subject="wx1"),
        fx.DropTimer(kind="ask_again", subject="wx1"),
    ]
    assert decide(REMOVED, context(person=person())) == [friend("removed", source="")]


@pytest.mark.parametrize("state", ["requested", "accepted"])
def test_who_writes_before_the_friendship_is_confirmed_is_a_friend(state: str) -> None:
    known = person(friendships=friendship(state, source="海报3"))
    added = FriendAdded(merchant="m1", account="main", at=AT, contact=WX1, source="海报3")
    assert decide(says("你好"), context(surveying(CALL), person=known)) == [fx.Follow(event=added)]


@pytest.mark.parametrize("friendships", [{}, friendship("removed")])
def test_of_a_stranger_who_writes_the_friend_list_knows_more(friendships: dict[str, FriendshipView]) -> None:
    known = person(friendships=friendships)
    assert decide(says("你好"), context(person=known)) == [fx.Refresh(account="main")]


ACCEPTANCE = delivery(kind="friend_accept", key="accept:main:wx1:r-1")
LOOK = fx.PutTimer(kind="befriend", subject="wx1", at=AT.replace(second=3), account="main")


def test_an_acceptance_that_left_is_followed_by_a_look_at_the_friend_list() -> None:
    known = person(friendships=friendship("requested"))
    assert decide(answered("sent"), context(person=known, delivery=ACCEPTANCE)) == [
        fx.Settle(delivery_id=31, state=DeliveryState.SENT),
        friend("accepted", source=""),
        LOOK,
    ]


def test_the_friendship_may_be_quicker_than_the_answer() -> None:
    confirmed = delivery("confirmed", kind="friend_accept")
    assert decide(answered("sent"), context(person=person(), delivery=confirmed)) == []


def test_an_acceptance_that_may_have_arrived_is_looked_after() -> None:
    known = person(friendships=friendship("requested"))
    assert outcomes.answered(answered("timeout"), context(person=known, delivery=ACCEPTANCE)) == [
        fx.Settle(delivery_id=31, state=DeliveryState.UNKNOWN, reason="timeout"),
        LOOK,
    ]


def test_a_refused_acceptance_ends_the_request() -> None:
    refused = fx.Settle(delivery_id=31, state=DeliveryState.FAILED, reason="refused")
    known = person(friendships=friendship("requested"))
    effects = outcomes.answered(answered("refused"), context(person=known, delivery=ACCEPTANCE))
    assert effects == [refused, friend("removed", source="")]
    assert outcomes.answered(answered("refused"), context(person=person(), delivery=ACCEPTANCE)) == [refused]


@pytest.mark.parametrize(("state", "looks"), [("accepted", True), ("requested", True), ("friend", False)])
def test_a_friendship_that_nobody_confirmed_is_looked_for(state: str, looks: bool) -> None:
    known = person(friendships=friendship(state))
    assert decide(rings("befriend"), context(person=known)) == ([fx.Refresh(account="main")] if looks else [])


def test_a_friendship_without_a_person_is_a_bug() -> None:
    with pytest.raises(ValueError, match="without a person"):
        decide(ADDED, context())
