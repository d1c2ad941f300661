"""What must be heard at once, in a group and 1:1: 退订, 人工, 你是机器人吗; and everything that needs no answer."""

from __future__ import annotations

import msgspec
import pytest

from handlers import decide
from handlers.chat import I_AM_A_BOT
from handlers.handoff import TO_MEMBER
from handlers.optout import ACKNOWLEDGEMENT
from models import effects as fx
from models.capabilities import Capabilities
from models.context import RoleView
from models.deliveries import Cause, DeliveryState, Lane
from models.events import FriendAdded, MessageRecalled, Unreadable, Who
from tests.handlers.builders import (
    AT,
    BUDGET,
    CALL,
    ROOM,
    STAMP,
    TEA,
    account,
    answers,
    boss,
    context,
    friendship,
    group,
    minutes,
    person,
    playbook,
    progress,
    says,
    sends,
    surveying,
    texts,
)

STOPPED = [
    fx.OptOut(person_id=1),
    fx.Cancel(
        contact_id=11,
        causes=(Cause.GREETING, Cause.SURVEY, Cause.CHAT, Cause.CALENDAR, Cause.CARE, Cause.GROUP),
        state=DeliveryState.SKIPPED,
        reason="opted_out",
    ),
    fx.DropTimer(kind="nudge", subject="wx1"),
    fx.DropTimer(kind="settle", subject="wx1"),
    fx.DropTimer(kind="ask_again", subject="wx1"),
    fx.Audit(actor="wx1", action="opt_out", target="wx1", place="main"),
]
ACKNOWLEDGED = fx.Send(
    key=f"optout:wx1:{STAMP}",
    account="main",
    lane=Lane.REPLY,
    cause=Cause.CHAT,
    contact_id=11,
    text=ACKNOWLEDGEMENT,
    about_consent=True,
)


@pytest.mark.parametrize("text", ["退订", "TD", "ｔｄ", "别再给我发消息了", "别烦我了"])
def test_opting_out_works_at_once_1_to_1(text: str) -> None:
    book = playbook(words={"opt_out": ["别烦我了"]})
    assert decide(says(text), context(book, person=person())) == [*STOPPED, ACKNOWLEDGED]


@pytest.mark.parametrize("text", ["退订", "ＴＤ", "退订。", "别烦我了"])
def test_opting_out_works_in_a_group_by_the_plain_word(text: str) -> None:
    book = playbook(words={"opt_out": ["别烦我了"]})
    assert decide(says(text, group=ROOM), context(book, person=person(), group=group())) == [*STOPPED, ACKNOWLEDGED]


@pytest.mark.parametrize("text", ["别发了", "拉黑他", "stop", "那单退订了"])
def test_what_is_said_to_others_in_a_group_is_no_opting_out(text: str) -> None:
    assert decide(says(text, group=ROOM), context(person=person(), group=group())) == []


def test_a_member_who_is_no_friend_opts_out_without_a_word_from_us() -> None:
    stranger = person(friendships={})
    assert decide(says("退订", group=ROOM), context(person=stranger, group=group())) == STOPPED


def test_opting_out_twice_is_acknowledged_once() -> None:
    gone = person(opted_out=True)
    on_record = fx.Audit(actor="wx1", action="opt_out", target="wx1", place="main")
    assert decide(says("退订"), context(person=gone)) == [on_record]
    assert decide(says("TD", group=ROOM), context(person=gone, group=group())) == [on_record]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我姓林", []),
        ("有什么新酒吗", [(19, False)]),
        ("你是机器人吗", [(11, True)]),
        ("人工", [(11, True), (19, False)]),
    ],
)
def test_who_opted_out_gets_what_they_ask_for_by_name(text: str, told: list[tuple[int, bool]]) -> None:
    gone = person(opted_out=True, survey=progress(state="stopped"))
    effects = decide(says(text), context(surveying(CALL), person=gone, staff=(boss(),)))
    assert [(send.contact_id, send.about_consent) for send in sends(effects)] == told
    talking = person(opted_out=True, friendships=friendship(human_until=AT + minutes(5)))
    assert decide(says(text), context(surveying(CALL), person=talking, staff=(boss(),))) == []


@pytest.mark.parametrize("text", ["人工", "转人工", "找掌柜"])
def test_who_asks_for_a_human_gets_one(text: str) -> None:
    book = playbook(words={"human": ["找掌柜"]}, keywords=[{"words": ["人工", "掌柜"], "answer": "……"}])
    known = person(answers=answers(call="老林"))
    assert decide(says(text), context(book, person=known, staff=(boss(),))) == [
        fx.Send(
            key=f"chat:wx1:{STAMP}", account="main", lane=Lane.REPLY, cause=Cause.CHAT, contact_id=11, text=TO_MEMBER
        ),
        fx.OpenTicket(contact_id=11, account="main", text=text),
        fx.Send(
            key=f"handoff:wx1:{STAMP}:wx-boss",
            account="main",
            lane=Lane.SERVICE,
            cause=Cause.HANDOFF,
            contact_id=19,
            text=f"【转人工】林间（wx1）说：{text}",
        ),
    ]


def test_the_staff_reads_the_form_of_address() -> None:
    known = person(answers=answers(call="老林"), survey=progress(state="finished"))
    effects = decide(says("人工"), context(surveying(CALL), person=known, staff=(boss(),)))
    assert texts(effects)[1] == "【转人工】老林（wx1）说：人工"


def test_the_staff_is_told_through_an_account_that_knows_them_and_never_about_themselves() -> None:
    elsewhere = person("wx-2", 2, friendships=friendship(account="second"))
    stranger = person("wx-3", 3, friendships=friendship("removed"))
    effects = decide(says("人工"), context(person=person(), staff=(person(), elsewhere, stranger)))
    assert [(send.account, send.contact_id) for send in sends(effects)] == [("main", 11), ("second", 12)]


def test_the_open_question_comes_again_after_a_human_was_asked_for() -> None:
    known = person(survey=progress())
    for text in ("人工", "你是机器人吗"):
        effects = decide(says(text), context(surveying(CALL), person=known))
        assert effects[-1] == fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(1), account="main")


def test_asked_whether_it_is_a_robot_it_says_so_and_offers_a_human() -> None:
    effects = decide(says("你是机器人吗"), context(playbook(persona={"name": "小山"}), person=person()))
    assert effects == [
        fx.Send(
            key="chat:wx1:e1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=11,
            text=I_AM_A_BOT.format(persona="小山", shop="半山茶社"),
        )
    ]
    assert "人工" in I_AM_A_BOT


def test_in_a_group_it_says_so_to_who_asked_it() -> None:
    asked = says("@小山\u2005你是机器人吗", group=ROOM, mentions=("self",))
    (answer,) = sends(decide(asked, context(person=person(), group=group())))
    assert (answer.group_id, answer.contact_id, "机器人" in (answer.text or "")) == (21, None, True)
    other = says("@老王\u2005你是机器人吗", group=ROOM, mentions=("wx2",))
    assert decide(other, context(person=person(), group=group())) == []


def test_group_talk_needs_no_answer() -> None:
    assert decide(says("今天天气不错", group=ROOM), context(group=group())) == []


def test_our_own_accounts_are_not_talked_to() -> None:
    assert decide(says("退订"), context(person=person(is_ours=True))) == []


def test_a_standing_answer_comes_first_for_friends_and_staff() -> None:
    book = playbook(keywords=[{"words": ["地址"], "answer": "半山路 8 号。"}])
    assert texts(decide(says("地址发我一下"), context(book, person=person()))) == ["半山路 8 号。"]
    assert texts(decide(says("地址发我一下"), context(book, person=boss()))) == ["半山路 8 号。"]


def test_a_question_after_the_survey_goes_to_a_human_but_not_the_staffs_own() -> None:
    staff = (boss(),)
    assert len(sends(decide(says("多少钱一瓶"), context(person=person(), staff=staff)))) == 2
    assert decide(says("多少钱一瓶"), context(person=boss(), staff=staff)) == []


@pytest.mark.parametrize("text", ["谢谢", "好的", " ", ""])
def test_small_talk_without_a_survey_needs_no_answer(text: str) -> None:
    assert decide(says(text), context(person=person())) == []


def test_what_wechat_says_by_itself_is_nobodys_word() -> None:
    line = says("我通过了你的朋友验证请求，现在我们可以开始聊天了")
    assert decide(line, context(surveying(CALL), person=person(survey=progress()))) == []


def test_a_question_before_the_friendship_is_confirmed_is_heard_too() -> None:
    known = person(friendships=friendship("accepted"))
    added = fx.Follow(event=FriendAdded(merchant="m1", account="main", at=AT, contact=Who("wx1", "林间")))
    effects = decide(says("人工"), context(person=known, staff=(boss(),)))
    assert effects[0] == added
    assert len(sends(effects)) == 2
    opted = decide(says("退订"), context(person=known))
    assert opted[0] == added
    assert sends(opted) == [ACKNOWLEDGED]


def test_roles_of_another_place_make_nobody_staff() -> None:
    hall = person(roles=(RoleView(role="hall", group=ROOM),))
    assert len(sends(decide(says("多少钱一瓶"), context(person=hall, staff=(boss(),))))) == 2


def test_recalls_and_what_could_not_be_read_are_only_journalled() -> None:
    assert decide(MessageRecalled(merchant="m1", account="main", at=AT, message="e1"), context()) == []
    assert decide(Unreadable(merchant="m1", account="main", at=AT, what="odd"), context()) == []


@pytest.mark.parametrize("kind", ["text", "image"])
def test_on_a_channel_with_a_window_every_message_opens_it(kind: str) -> None:
    window = account(capabilities=Capabilities(window_hours=24))
    effects = decide(says("好的", kind=kind), context(person=person(), account=window))
    assert effects == [fx.Heard(account="main", contact_id=11)]


LEFT = {**friendship("removed"), **friendship(account="second")}


@pytest.mark.parametrize(
    ("text", "asked", "said"), [("红茶", "budget", ["一斤多少钱合适？"]), ("你们几点开门", "tea", [TO_MEMBER])]
)
def test_who_left_an_account_in_the_survey_goes_on_with_it_on_another(text: str, asked: str, said: list[str]) -> None:
    book = surveying(TEA, BUDGET)
    known = person(friendships=LEFT, survey=progress("tea"))
    effects = decide(msgspec.structs.replace(says(text), account="second"), context(book, person=known))
    (*_, kept) = [effect.survey for effect in effects if isinstance(effect, fx.PutSurvey)]
    assert (kept.account, kept.question) == ("second", asked)
    assert {send.account for send in sends(effects)} == {"second"}
    assert texts(effects) == said


def test_the_open_question_stays_on_an_account_that_they_have_not_left() -> None:
    known = person(friendships={**friendship(), **friendship(account="second")}, survey=progress("tea"))
    event = msgspec.structs.replace(says("红茶"), account="second")
    assert decide(event, context(surveying(TEA, BUDGET), person=known)) == []


def test_who_left_an_account_in_the_survey_is_asked_on_by_the_next_that_they_add() -> None:
    known = person(friendships=friendship("removed"), survey=progress("tea"))
    event = FriendAdded(merchant="m1", account="second", at=AT, contact=Who("wx1", "林间"))
    assert texts(decide(event, context(surveying(TEA, BUDGET), person=known))) == ["喝岩茶还是红茶？"]
