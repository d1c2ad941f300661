"""Accounts come and go, and the platform's lists say who is a friend."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from handlers import decide
from models import effects as fx
from models.alerts import AlertKind
from models.context import AlertView, Context, PersonView
from models.deliveries import DeliveryKind
from models.effects import Effect
from models.events import Event, FriendAdded, GroupState, LoggedIn, LoggedOut, Roster, ScanWanted, Taken, WentDeaf, Who
from models.orders import SeatsChanged
from tests.handlers.builders import AT, account, context, friendship, group, minutes, person, rings

WX1 = Who("wx1", "林间", remark="老林", tags=("老客",))
HERE: dict[str, Any] = {"merchant": "m1", "account": "main", "at": AT}
ROSTERED = fx.PutAccount(account="main", state="online", rostered=True)


def test_at_login_the_lists_are_asked_for() -> None:
    assert decide(LoggedIn(**HERE, self_id="self", name="小山"), context()) == [
        fx.PutAccount(account="main", state="online", self_id="self", name="小山"),
        fx.Refresh(account="main"),
        fx.EndAlert(kinds=(AlertKind.DEAF, AlertKind.LOGGED_OUT, AlertKind.TAKEN), subject="main"),
    ]


@pytest.mark.parametrize(
    ("event", "state", "kind", "text"),
    [
        (LoggedOut(**HERE), "offline", "logged_out", "账号「小山」退出登录了，请在手机上重新登录。"),
        (ScanWanted(**HERE), "scan", "logged_out", "账号「小山」要扫码才能登录，请拿手机扫一下。"),
        (WentDeaf(**HERE), "deaf", "deaf", "账号「小山」没动静了，收不到消息，请看看网关和手机是不是断了。"),
        (Taken(**HERE), "taken", "taken", "账号「小山」被别的程序占着，请把那一个停掉。"),
    ],
)
def test_why_an_account_cannot_send_is_known_and_told(event: Event, state: str, kind: AlertKind, text: str) -> None:
    alert = fx.RaiseAlert(kind=kind, subject="main", began_at=AT, account="main", text=text)
    assert decide(event, context()) == [fx.PutAccount(account="main", state=state), alert]
    known = AlertView(kind=kind, subject="main", began_at=AT - minutes(5))
    assert decide(event, context(alerts=(known,))) == [fx.PutAccount(account="main", state=state)]


def test_what_an_order_wants_of_an_account_is_asked_for_by_whoever_keeps_it() -> None:
    assert decide(rings("lists", "main"), context()) == [fx.Refresh(account="main")]


def test_the_first_list_is_the_world_as_we_found_it() -> None:
    known = context(people=[person(friendships={})])
    assert decide(Roster(**HERE, friends=(WX1,)), known) == [
        fx.PutFriendship(account="main", contact_id=11, person_id=1, state="friend", old=True, remark="老林"),
        fx.PutTags(person_id=1, add=("老客",), origin="platform"),
        ROSTERED,
    ]


def test_who_asked_before_the_first_list_is_new() -> None:
    known = context(people=[person(friendships=friendship("requested", source="海报3"))])
    added = FriendAdded(**HERE, contact=WX1, source="海报3")
    assert decide(Roster(**HERE, friends=(WX1,)), known) == [fx.Follow(event=added), ROSTERED]


@pytest.mark.parametrize("friendships", [{}, friendship("accepted"), friendship("removed")])
def test_who_is_new_on_a_later_list_was_missed_and_is_received(friendships: Any) -> None:
    known = context(account=account(rostered_at=AT), people=[person(friendships=friendships)])
    effects = decide(Roster(**HERE, friends=(WX1,)), known)
    assert effects == [fx.Follow(event=FriendAdded(**HERE, contact=WX1)), ROSTERED]


def test_a_friend_whom_we_know_is_nothing_new() -> None:
    known = person(friendships=friendship(remark="老林"))
    assert decide(Roster(**HERE, friends=(WX1,)), context(people=[known])) == [ROSTERED]


def test_the_list_knows_the_remark_better_than_we_do() -> None:
    other = context(people=[person(friendships=friendship(remark="林间"))])
    assert decide(Roster(**HERE, friends=(WX1,)), other) == [
        fx.PutFriendship(account="main", contact_id=11, person_id=1, remark="老林"),
        fx.ConfirmByFact(account="main", contact_id=11, kind=DeliveryKind.REMARK, text="老林"),
        ROSTERED,
    ]


def test_member_lists_are_taken_over_and_may_have_freed_seats() -> None:
    listed = GroupState("room-1@chatroom", "茶桌1", members=(WX1,))
    known = context(people=[person()], groups=[group(1, "茶桌"), group(2)])
    assert decide(Roster(**HERE, groups=(listed,)), known) == [
        fx.PutGroups(account="main", groups=(listed,)),
        fx.Follow(event=SeatsChanged(merchant="m1", at=AT, tier="茶桌")),
    ]


def test_a_list_that_was_not_asked_for_proves_nothing() -> None:
    assert decide(Roster(**HERE), context()) == []


def old_friend(wire_id: str, *, name: str = "", remark: str = "") -> PersonView:
    """A friend whom the list no longer names: contact 99."""
    return person(wire_id, 89, name=name, friendships=friendship(remark=remark))


def test_a_unique_remark_proves_that_a_missing_friend_has_another_id() -> None:
    known = msgspec.structs.replace(
        context(people=[person(friendships={})], account=account(rostered_at=AT)),
        missing=(old_friend("wx-before", remark="老林"),),
    )
    effects = decide(Roster(**HERE, friends=(WX1,)), known)
    assert effects[0] == fx.Rebind(contact_id=99, wire_id="wx1", stranger_id=11, former_wire_id="wx-before")
    assert not [effect for effect in effects if isinstance(effect, fx.Follow)]


def doubts(effects: list[Effect]) -> list[tuple[int, tuple[str, ...]]]:
    """Whom a human is asked about: the missing one, and what speaks for it."""
    return [(one.other_id, one.evidence) for one in effects if isinstance(one, fx.PutDoubt)]


def unsure(*missing: PersonView, **more: Any) -> Context:
    """wx1 is new on a later list, and these are missing."""
    known = context(people=[person(friendships={})], account=account(rostered_at=AT), **more)
    return msgspec.structs.replace(known, missing=missing)


def test_a_nickname_alone_proves_nothing_and_greets_nobody() -> None:
    effects = decide(Roster(**HERE, friends=(WX1,)), unsure(old_friend("wx-before", name="林间")))
    assert [effect.result for effect in effects if isinstance(effect, fx.Audit)] == ["refused"]
    assert not [effect for effect in effects if isinstance(effect, fx.Follow | fx.Rebind)]
    assert doubts(effects) == [(99, ("name",))]
    (alert,) = [effect for effect in effects if isinstance(effect, fx.RaiseAlert)]
    assert (alert.kind, alert.subject) == (AlertKind.AMBIGUOUS, "main")


def test_a_remark_that_two_had_is_no_proof_but_says_who_it_may_be() -> None:
    first = old_friend("wx-before", name="林间", remark="老林")
    other = msgspec.structs.replace(old_friend("wx-other", remark="老林"), contact_id=98)
    namesake = msgspec.structs.replace(old_friend("wx-namesake", name="林间"), contact_id=97)
    effects = decide(Roster(**HERE, friends=(WX1,)), unsure(first, other, namesake))
    assert doubts(effects) == [(99, ("name", "remark")), (98, ("remark",))]
    assert not [effect for effect in effects if isinstance(effect, fx.Follow | fx.Rebind)]


def test_a_group_in_common_speaks_for_it() -> None:
    listed = GroupState("room-1@chatroom", "茶桌1", members=(WX1,))
    missing = msgspec.structs.replace(old_friend("wx-before", name="林间"), groups=frozenset({21}))
    known = unsure(missing, groups=[group(1, "茶桌")])
    assert doubts(decide(Roster(**HERE, friends=(WX1,), groups=(listed,)), known)) == [(99, ("name", "groups"))]
