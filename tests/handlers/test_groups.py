"""Who comes and goes, and a seat for everybody who finished the survey."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from models import effects as fx
from models import timers
from models.context import GroupView, PersonView
from models.deliveries import Cause, DeliveryKind, DeliveryState, Lane
from models.effects import Effect
from models.events import GroupJoined, GroupLeft, GroupRenamed, GroupState, Roster, Who
from models.orders import SeatsChanged, SurveyFinished
from models.playbook import Playbook
from tests.handlers.builders import (
    AT,
    CALL,
    ROOM,
    account,
    answered,
    answers,
    boss,
    context,
    delivery,
    friendship,
    group,
    hours,
    minutes,
    of,
    person,
    playbook,
    rings,
    sends,
    texts,
)

HEAD = {"name": "总院"}
BRANCH = {"name": "分院", "parent": "总院", "capacity": 3, "join": {"tags": ["高价位"]}, "reserve_hours": 24}
TABLE = {"name": "茶桌", "parent": "分院", "capacity": 2, "welcome": "欢迎{name}来{group}。"}
BOOK = playbook(tiers=[HEAD, BRANCH, TABLE])
FINISHED = SurveyFinished(merchant="m1", account="main", at=AT, contact="wx1")
WX1, WX2, SELF = Who("wx1", "林间"), Who("wx2", "小王"), Who("self", "小山")


def seats_changed(tier: str) -> Effect:
    return fx.Follow(event=SeatsChanged(merchant="m1", at=AT, tier=tier))


def placed(rooms: list[GroupView], book: Playbook = BOOK, /, **who: Any) -> list[Effect]:
    return decide(FINISHED, context(book, person=person(**who), groups=rooms, staff=(boss(),)))


def where(effects: list[Effect]) -> list[int | None]:
    return [send.group_id for send in sends(effects) if send.kind == DeliveryKind.INVITE]


def test_a_seat_and_the_invitation_come_together() -> None:
    assert placed([group(1, "分院", members=0)], tags=frozenset({"高价位"})) == [
        fx.PutPlace(person_id=1, tier="分院"),
        fx.Reserve(contact_id=11, group_id=21, until=AT + hours(24)),
        fx.Send(
            key="invite:wx1:room-1@chatroom",
            account="main",
            kind=DeliveryKind.INVITE,
            lane=Lane.REPLY,
            cause=Cause.GROUP,
            contact_id=11,
            group_id=21,
        ),
        fx.PutTimer(kind="seat", subject="wx1 room-1@chatroom", at=AT + hours(24), account="main"),
    ]


def test_without_a_join_condition_that_holds_the_lowest_tier_is_the_place() -> None:
    rooms = [group(1, "总院"), group(2, "分院"), group(3, "茶桌")]
    effects = placed(rooms)
    assert where(effects) == [23]
    assert of(fx.PutTimer, effects) == []  # without reserve_hours a seat is kept until it is taken
    assert where(placed(rooms, tags=frozenset({"高价位"}))) == [22]


def test_answers_of_a_closed_branch_open_no_tier() -> None:
    budget = {"key": "budget", "type": "number", "texts": ["?"], "when": {"adult": True}}
    adult = {"key": "adult", "type": "yesno", "texts": ["?"]}
    rich = {"name": "分院", "join": {"budget": {"min": 500}}}
    book = playbook(survey={"questions": [adult, budget]}, tiers=[rich, {"name": "茶桌"}])
    rooms = [group(1, "分院"), group(2, "茶桌")]
    assert where(placed(rooms, book, answers=answers(adult=True, budget=800))) == [21]
    assert where(placed(rooms, book, answers=answers(adult=False, budget=800))) == [22]


def test_groups_fill_in_the_order_in_which_they_were_bound() -> None:
    earlier, later = group(2, "茶桌", bound_at=AT), group(1, "茶桌", bound_at=AT + hours(1))
    assert where(placed([earlier, later])) == [22]
    full = group(2, "茶桌", bound_at=AT, members=1, reserved=1)  # our own account and a reserved seat
    assert where(placed([full, later])) == [21]


def test_where_all_are_full_they_wait_and_the_staff_is_told() -> None:
    effects = placed([group(1, "茶桌", members=2)])
    assert effects == [
        fx.PutPlace(person_id=1, tier="茶桌"),
        fx.WaitForSeat(contact_id=11, tier="茶桌"),
        fx.Send(
            key="no_seat:main:茶桌:20261123T0100:wx-boss",
            account="main",
            lane=Lane.SERVICE,
            cause=Cause.GROUP,
            contact_id=19,
            text="「茶桌」的群都满了，林间（wx1）在排队。请开一个新群并绑定。",
        ),
        fx.PutTimer(kind=timers.NO_SEAT, subject="main 茶桌", at=AT.replace(minute=10), account="main"),
    ]


def test_where_there_is_no_group_yet_the_staff_is_told_to_bind_one() -> None:
    effects = placed([])
    assert of(fx.WaitForSeat, effects) == [fx.WaitForSeat(contact_id=11, tier="茶桌")]
    assert texts(effects) == ["「茶桌」还没有群，林间（wx1）在等。请建一个群，在群里发 /绑定 茶桌。"]


def test_only_an_account_that_knows_them_can_invite() -> None:
    rooms = [group(1, "茶桌")]
    assert where(placed(rooms, friendships=friendship(account="second"))) == []
    assert where(placed(rooms, friendships=friendship("removed"))) == []


@pytest.mark.parametrize("who", [{"opted_out": True}, {"groups": frozenset({21})}])
def test_who_wants_nothing_or_is_there_already_is_not_invited(who: dict[str, Any]) -> None:
    assert sends(placed([group(1, "茶桌")], **who)) == []


def test_without_tiers_nobody_is_placed() -> None:
    assert placed([group()], playbook()) == []
    assert decide(FINISHED, context(BOOK)) == []


def test_freed_seats_go_first_come_first_served() -> None:
    waiting = (person("wx1", 1), person("wx2", 2), person("wx3", 3))
    rooms = [group(1, "茶桌", members=1), group(2, "茶桌", members=1, bound_at=AT + hours(1))]
    event = SeatsChanged(merchant="m1", at=AT, tier="茶桌")
    effects = decide(event, context(BOOK, waiting=waiting, groups=rooms))
    assert [(one.contact_id, one.group_id) for one in of(fx.Reserve, effects)] == [(11, 21), (12, 22)]
    assert decide(event, context(playbook(), waiting=waiting, groups=rooms)) == []


def test_who_found_a_place_by_themselves_or_left_us_needs_no_seat() -> None:
    waiting = (person("wx1", 1, groups=frozenset({22})), person("wx2", 2, opted_out=True), person("wx3", 3))
    rooms = [group(1, "茶桌"), group(2, "茶桌", members=2)]
    effects = decide(SeatsChanged(merchant="m1", at=AT, tier="茶桌"), context(BOOK, waiting=waiting, groups=rooms))
    assert [one.contact_id for one in of(fx.Reserve, effects)] == [13]


SEAT = rings("seat", "wx1 room-1@chatroom")


def test_an_invitation_that_was_not_taken_up_frees_the_seat() -> None:
    known = context(BOOK, person=person(), group=group(1, "分院"))
    assert decide(SEAT, known) == [
        fx.Cancel(contact_id=11, causes=(Cause.GROUP,)),
        fx.Release(contact_id=11, group_id=21),
        seats_changed("分院"),
    ]
    there = context(BOOK, person=person(groups=frozenset({21})), group=group(1, "分院"))
    assert decide(SEAT, there) == []


def test_an_invitation_that_the_platform_refused_frees_the_seat() -> None:
    invitation = delivery(kind="invite", cause="group", group_id=21)
    known = context(BOOK, person=person(), delivery=invitation, groups=[group(1, "分院")])
    assert decide(answered("refused"), known) == [
        fx.Settle(delivery_id=31, state=DeliveryState.FAILED, reason="refused"),
        fx.Release(contact_id=11, group_id=21),
        seats_changed("分院"),
        fx.CountFailures(account="main", failures=1),
    ]
    unbound = context(BOOK, person=person(), delivery=invitation)
    assert decide(answered("unsupported"), unbound) == [
        fx.Settle(delivery_id=31, state=DeliveryState.SKIPPED, reason="unreachable"),
        fx.Release(contact_id=11, group_id=21),
    ]


def joined(*members: Who) -> GroupJoined:
    return GroupJoined(merchant="m1", account="second", at=AT, group=ROOM, members=members, by="wx-boss")


def test_who_comes_in_is_a_member_their_invitation_is_confirmed_and_they_are_welcome() -> None:
    book = playbook(survey={"questions": [CALL]}, tiers=[TABLE])
    known = context(book, group=group(1, "茶桌"), people=[person(answers=answers(call="老林"))])
    assert decide(joined(WX1), known) == [
        fx.PutMembers(group_id=21, joined=(WX1,), by="wx-boss"),
        fx.DropTimer(kind="seat", subject="wx1 room-1@chatroom"),
        fx.ConfirmByFact(contact_id=11, kind=DeliveryKind.INVITE, group_id=21),
        fx.PutNewcomers(group_id=21, contact_ids=(11,)),
        fx.PutTimer(kind="welcome", subject=ROOM, at=AT + minutes(1), account="main", unless_set=True),
    ]


def after_a_minute(book: Playbook, *people: PersonView) -> list[Effect]:
    """What comes of those who came in, when their minute is over."""
    return decide(rings("welcome", ROOM), context(book, group=group(1, "茶桌"), newcomers=people))


def newcomer(number: int = 1, **more: Any) -> PersonView:
    return person(f"wx{number}", number, groups=frozenset({21}), **more)


def test_who_came_alone_is_welcome_alone_and_many_are_welcome_together() -> None:
    book = playbook(survey={"questions": [CALL]}, tiers=[TABLE])
    assert after_a_minute(book, newcomer(answers=answers(call="老林"))) == [
        fx.DropNewcomers(group_id=21),
        fx.Send(
            key="welcome:room-1@chatroom:wx1",
            account="main",
            lane=Lane.SERVICE,
            cause=Cause.GROUP,
            group_id=21,
            text="欢迎老林来茶桌1。",
            template="欢迎{name}来{group}。",
        ),
    ]
    many = [newcomer(number, name=f"茶友{number}") for number in range(1, 4)]
    (send,) = sends(after_a_minute(book, *many))
    assert (send.key, send.text) == ("welcome:room-1@chatroom:wx1", "欢迎茶友1、茶友2、茶友3来茶桌1。")
    crowd = [newcomer(number, name=f"友{number}") for number in range(1, 31)]
    (send,) = sends(after_a_minute(book, *crowd))
    assert send.text is not None
    assert send.text.endswith("、友20 等 30 位来茶桌1。")


def test_what_is_only_theirs_is_said_to_each_and_who_left_again_is_not_welcomed() -> None:
    theirs = playbook(tiers=[{**TABLE, "welcome": "欢迎{tag}！"}])
    two = (newcomer(1, tags=frozenset({"老客"})), newcomer(2, tags=frozenset({"新客"})))
    assert [send.text for send in sends(after_a_minute(theirs, *two))] == ["欢迎老客！", "欢迎新客！"]
    gone = (person("wx1", 1), newcomer(2, opted_out=True), newcomer(3, erased=True))
    assert after_a_minute(theirs, *gone) == [fx.DropNewcomers(group_id=21)]


def welcomes(tier: dict[str, Any], **who: Any) -> list[str | None]:
    known = context(playbook(tiers=[tier]), group=group(1, tier["name"]), people=[person(**who)])
    if not any(isinstance(one, fx.PutNewcomers) for one in decide(joined(WX1), known)):
        return []
    return [send.text for send in sends(after_a_minute(playbook(tiers=[tier]), newcomer(**who)))]


def test_whose_form_of_address_is_not_known_is_welcome_by_nickname_whatever_is_in_it() -> None:
    assert welcomes(TABLE, name="{tag}林") == ["欢迎{tag}林来茶桌1。"]


def test_a_welcome_with_an_unknown_field_is_left_to_the_gate() -> None:
    assert welcomes({**TABLE, "welcome": "欢迎{tag}！"}) == [None]
    assert welcomes({**TABLE, "welcome": "欢迎{tag|朋友}！"}) == ["欢迎朋友！"]


@pytest.mark.parametrize(
    "who",
    [{"groups": frozenset({21})}, {"left_groups": frozenset({21})}, {"opted_out": True}, {"is_ours": True}],
)
def test_not_everybody_is_welcome_twice_or_at_all(who: dict[str, Any]) -> None:
    assert welcomes(TABLE, **who) == []


def test_an_unbound_group_is_only_written_down() -> None:
    known = context(BOOK, group=group(), people=[person()])
    assert decide(joined(WX1), known) == [fx.PutMembers(group_id=21, joined=(WX1,), by="wx-boss")]


@pytest.mark.parametrize("members", [(), (SELF,)])
def test_where_it_is_not_said_who_came_the_platforms_list_is_asked_for(members: tuple[Who, ...]) -> None:
    ours = person("self", 8, is_ours=True)
    effects = decide(joined(*members), context(BOOK, group=group(1, "茶桌"), people=[ours]))
    assert effects == [
        fx.PutMembers(group_id=21, joined=members, by="wx-boss"),
        fx.Refresh(account="second"),
    ]


def found(*, boss_is_there: bool = True, listed: bool = True, **more: Any) -> list[Effect]:
    """What comes of a list of 茶桌1 with us, the boss, who was there before, and wx1."""
    there = person("wx-boss", 9, groups=frozenset({21} if boss_is_there else ()))
    us = person("self", 8, is_ours=True, groups=frozenset({21}))
    room = group(1, "茶桌", members=2, listed=listed)
    state = GroupState(ROOM, "茶桌1", members=(SELF, Who("wx-boss", "老板"), WX1))
    event = Roster(merchant="m1", account="main", at=AT, groups=(state,))
    known = {"people": [us, there, person()], "groups": [room], "account": account(rostered_at=AT), **more}
    return decide(event, context(playbook(tiers=[TABLE]), **known))


def welcomed(effects: list[Effect]) -> list[tuple[int, ...]]:
    return [one.contact_ids for one in effects if isinstance(one, fx.PutNewcomers)]


def test_who_came_in_unseen_is_found_by_the_next_list_and_is_as_welcome() -> None:
    effects = found()
    assert effects[:2] == [
        fx.DropTimer(kind="seat", subject="wx1 room-1@chatroom"),
        fx.ConfirmByFact(contact_id=11, kind=DeliveryKind.INVITE, group_id=21),
    ]
    assert welcomed(effects) == [(11,)]


def test_a_first_list_names_who_was_there_before_us() -> None:
    assert welcomed(found(listed=False)) == []


def test_a_list_of_nobody_whom_we_knew_there_makes_nobody_new() -> None:
    assert welcomed(found(boss_is_there=False)) == []


def test_who_may_be_a_missing_friend_under_another_id_is_not_welcomed_as_new() -> None:
    assert welcomed(found(missing=(person("wx-before", 7, name="林间"),))) == []


@pytest.mark.parametrize("who", [{"left_groups": frozenset({21})}, {"opted_out": True}, {"is_ours": True}])
def test_not_everybody_who_is_found_is_welcome(who: dict[str, Any]) -> None:
    there = person("wx-boss", 9, groups=frozenset({21}))
    us = person("self", 8, is_ours=True, groups=frozenset({21}))
    assert welcomed(found(people=[us, there, person(**who)])) == []


def test_nobody_is_new_in_a_list_that_shows_that_ids_have_changed() -> None:
    known = {"self": person("self", 8, is_ours=True, groups=frozenset({21}))}
    known |= {"wx-boss": person("wx-boss", 9, groups=frozenset({21})), "wx1": person()}
    known["new-2"] = person("new-2", 2, name="小王", friendships={})
    former = person("wx2", 3, name="小王", friendships=friendship(remark="客二"))
    room = group(1, "茶桌", members=2, listed=True)
    event = Roster(
        merchant="m1",
        account="main",
        at=AT,
        friends=(Who("new-2", "小王", remark="客二"),),
        groups=(GroupState(ROOM, "茶桌1", members=(SELF, Who("wx-boss"), WX1)),),
    )
    book = playbook(tiers=[TABLE])
    effects = decide(
        event, context(book, people=known, groups=[room], missing=(former,), account=account(rostered_at=AT))
    )
    assert of(fx.Rebind, effects)
    assert welcomed(effects) == []


def test_where_our_account_comes_or_goes_itself_who_is_there_is_unknown_again() -> None:
    ours = person("self", 8, is_ours=True)
    known = context(BOOK, group=group(1, "茶桌"), people=[ours])
    came = GroupJoined(merchant="m1", account="main", at=AT, group=ROOM, members=(SELF,))
    assert of(fx.PutMembers, decide(came, known)) == [fx.PutMembers(group_id=21, joined=(SELF,), ours=True)]
    went = GroupLeft(merchant="m1", account="main", at=AT, group=ROOM, members=(SELF,))
    assert of(fx.PutMembers, decide(went, known)) == [fx.PutMembers(group_id=21, left=(SELF,), ours=True)]


def test_who_leaves_frees_a_seat_in_a_bound_group() -> None:
    event = GroupLeft(merchant="m1", account="main", at=AT, group=ROOM, members=(WX1, WX2), by="wx-boss")
    gone = fx.PutMembers(group_id=21, left=(WX1, WX2), by="wx-boss")
    assert decide(event, context(BOOK, group=group(1, "茶桌"))) == [gone, seats_changed("茶桌")]
    assert decide(event, context(BOOK, group=group())) == [gone]
    nobody = GroupLeft(merchant="m1", account="main", at=AT, group=ROOM)
    assert fx.Refresh(account="main") in decide(nobody, context(BOOK, group=group()))


def test_a_binding_goes_by_id_so_a_new_topic_changes_nothing_else() -> None:
    event = GroupRenamed(merchant="m1", account="main", at=AT, group=ROOM, topic="新名字")
    assert decide(event, context(BOOK, group=group(1, "茶桌"))) == [fx.RenameGroup(group_id=21, topic="新名字")]


def test_a_group_event_without_its_group_is_a_bug() -> None:
    event = GroupRenamed(merchant="m1", account="main", at=AT, group=ROOM, topic="新名字")
    with pytest.raises(ValueError, match="without the group"):
        decide(event, context(BOOK, account=account()))


def test_nothing_about_groups_says_more_than_it_must() -> None:
    assert texts(decide(joined(WX1, WX2), context(BOOK, group=group(), people=[person(), person("wx2", 2)]))) == []
