"""忘记我 and 我的数据: which words mean it, what they bring about, and what they never do."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from handlers.forgetting import ASKED, FAREWELL, KEPT, OF_THE_STAFF, ONLY_IN_PRIVATE, TOO_LATE, is_about_it, is_wished
from handlers.my_data import ONLY_IN_PRIVATE as DATA_ONLY_IN_PRIVATE
from handlers.my_data import is_asked_for
from handlers.needs import Needs, needs_under
from models import effects as fx
from models.context import AnswerView, Kept, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import FriendAdded, FriendRequested, Message, SendAnswered, TimerDue, Who
from models.orders import ErasePersonOrder, SurveyFinished
from tests.handlers.builders import (
    AT,
    CALL,
    ROOM,
    TEA,
    answers,
    boss,
    context,
    delivery,
    friendship,
    group,
    hours,
    minutes,
    person,
    playbook,
    progress,
    says,
    surveying,
)

WAITING: dict[str, Any] = {"forget_asked_at": AT - minutes(10), "forget_asked_on": "main"}
NOBODY = "erased:11"


def sent(effects: list[Effect]) -> list[str | None]:
    return [effect.text for effect in effects if isinstance(effect, fx.Send)]


def does(text: str, who: PersonView, **more: Any) -> list[Effect]:
    return decide(says(text), context(person=who, **more))


@pytest.mark.parametrize(
    "text",
    ["忘记我", "请忘记我。", "忘了我吧", "把我的资料都删掉", "删除我的数据！", "@小山 忘记我", "我要删掉我的聊天记录"],
)
def test_these_ask_to_be_forgotten(text: str) -> None:
    assert is_wished(text)


@pytest.mark.parametrize(
    "text",
    [
        "别忘了我",
        "忘了我说的话",
        "我忘了",
        "你会不会忘记我",
        "不要忘记我",
        "我的数据",
        "删了",
        "忘记我的生日没关系",
        "",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not is_wished(text)


@pytest.mark.parametrize(
    "text", ["我的数据", "我的数据？", "查看一下我的个人信息", "你们存了我哪些数据", "导出我的资料", "@小山 我的数据"]
)
def test_these_ask_what_is_kept(text: str) -> None:
    assert is_asked_for(text)


@pytest.mark.parametrize("text", ["我的数据流量用完了", "他的数据", "数据", "你的资料", "我的信息你没回", ""])
def test_these_do_not_ask(text: str) -> None:
    assert not is_asked_for(text)


def test_it_is_asked_back_and_kept_that_it_was() -> None:
    asked = [
        fx.AskToForget(person_id=1, account="main"),
        fx.Send(
            key="forget:wx1:e1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=11,
            text=ASKED,
            about_consent=True,
        ),
    ]
    assert does("忘记我", person()) == asked
    assert does("忘记我", person(opted_out=True)) == asked
    assert does("忘记我", person(survey=progress())) == asked


@pytest.mark.parametrize("yes", ["确认", "是", "是的", "确认吧。"])
def test_who_confirms_in_time_is_erased_and_nothing_names_them(yes: str) -> None:
    book = playbook(tiers=[{"name": "分院", "capacity": 5}, {"name": "总院"}])
    effects = does(yes, person(survey=progress(), **WAITING), merchant=context(book).merchant)
    assert effects[0] == fx.Erase(person_id=1, farewell=f"farewell:{NOBODY}")
    (send,) = [effect for effect in effects if isinstance(effect, fx.Send)]
    assert (send.key, send.text, send.request, send.not_after) == (f"farewell:{NOBODY}", FAREWELL, "wx1", AT + hours(1))
    (timer,) = [effect for effect in effects if isinstance(effect, fx.PutTimer)]
    assert (timer.kind, timer.subject, timer.at) == ("farewell", NOBODY, AT + hours(1))
    (follow,) = [effect for effect in effects if isinstance(effect, fx.Follow)]
    assert getattr(follow.event, "tier", "") == "分院"
    (audit,) = [effect for effect in effects if isinstance(effect, fx.Audit)]
    assert (audit.actor, audit.action, audit.target) == (NOBODY, "erase", NOBODY)
    assert len(effects) == 5


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("好", {}),
        ("确认一下时间", {}),
        ("我是", {}),
        ("确认", {"forget_asked_on": "second"}),
        ("是", {"forget_asked_at": None}),
        ("确认", {"forget_asked_at": AT + minutes(1)}),  # what they said before they asked, and comes late
        ("确认", {"forget_asked_at": AT - minutes(10) - minutes(0.001)}),
    ],
)
def test_nothing_else_erases(text: str, more: dict[str, Any]) -> None:
    effects = does(text, person(**{**WAITING, **more}))
    assert not any(isinstance(effect, fx.Erase) for effect in effects)


def test_who_thinks_again_or_is_late_is_told_so() -> None:
    late = {**WAITING, "forget_asked_at": AT - minutes(11)}
    assert sent(does("算了", person(**WAITING))) == [KEPT]
    assert does("算了", person(**WAITING))[0] == fx.AskToForget(person_id=1)
    assert sent(does("确认", person(**late))) == [TOO_LATE]
    assert does("确认", person(**late))[0] == fx.AskToForget(person_id=1)
    assert sent(does("算了", person(**late))) == []
    assert TOO_LATE not in sent(
        does("是", person(survey=progress(), **late), merchant=context(surveying(CALL)).merchant)
    )
    assert sent(does("确认", person(**{**WAITING, "forget_asked_at": AT - hours(25)}))) == []


def test_an_answer_to_the_survey_ends_the_wait() -> None:
    book = context(surveying(CALL, TEA)).merchant
    effects = does("叫我老林", person(survey=progress(), **WAITING), merchant=book)
    assert effects[0] == fx.AskToForget(person_id=1)
    assert fx.PutAnswer(person_id=1, key="call", value="老林", state="answered", revision="r1") in effects


@pytest.mark.parametrize("kind", ["settle", "nudge", "ask_again"])
def test_while_it_waits_no_question_comes(kind: str) -> None:
    book = context(surveying(CALL, nudges_hours=[1])).merchant
    waiting = {**WAITING, "forget_asked_at": AT - minutes(2)}
    who = person(survey=progress(pending=("老林",) if kind == "settle" else ()), **waiting)
    ring = TimerDue(merchant="m1", account="main", at=AT, kind=kind, subject="wx1", due=AT)
    (later,) = decide(ring, context(person=who, merchant=book))
    assert isinstance(later, fx.PutTimer)
    assert (later.kind, later.subject, later.account) == (kind, "wx1", "main")
    assert AT + minutes(8) < later.at < AT + minutes(9)


def test_after_thinking_again_the_question_goes_on() -> None:
    for pending, kind in (((), "ask_again"), (("老林",), "settle")):
        effects = does("不删了", person(survey=progress(pending=pending), **WAITING))
        assert effects[-1] == fx.PutTimer(kind=kind, subject="wx1", at=AT + minutes(1), account="main")


def test_the_staff_is_not_forgotten_by_a_slip() -> None:
    assert sent(decide(says("忘记我"), context(person=boss()))) == [OF_THE_STAFF]
    order = ErasePersonOrder(merchant="m1", at=AT, contact="wx-boss")
    for who in (boss(), person(is_ours=True)):
        effects = decide(order, context(person=who))
        assert any(isinstance(effect, fx.Answered) and effect.refused for effect in effects)
        assert not any(isinstance(effect, fx.Erase) for effect in effects)


def test_an_order_erases_without_a_word_and_is_audited_without_a_name() -> None:
    order = ErasePersonOrder(merchant="m1", at=AT, contact="wx1")
    effects = decide(order, context(person=person()))
    assert effects[0] == fx.Erase(person_id=1, farewell=f"farewell:{NOBODY}")
    assert effects[1] == fx.Audit(actor="operator", action="erase", target=NOBODY)
    assert sent(effects) == []
    again = decide(order, context(person=person(NOBODY, erased=True)))
    assert [effect.refused for effect in again if isinstance(effect, fx.Answered)] == ["这个人的资料已经删过了"]


def test_in_a_group_nothing_is_told_and_nothing_is_done() -> None:
    stranger = person(friendships={})
    for text, answer in (("我的数据", DATA_ONLY_IN_PRIVATE), ("忘记我", ONLY_IN_PRIVATE)):
        assert decide(says(text, group=ROOM), context(person=stranger, group=group())) == []
        mentioned = says(text, group=ROOM, mentions=("self",))
        (send,) = decide(mentioned, context(person=stranger, group=group()))
        assert isinstance(send, fx.Send)
        assert (send.text, send.group_id, send.contact_id) == (answer, 21, None)
    assert decide(says("确认", group=ROOM), context(person=person(**WAITING), group=group())) == []


def test_of_who_is_erased_nothing_is_wanted_any_more() -> None:
    who = person(NOBODY, erased=True)
    known = context(surveying(CALL), person=who, people=[who])
    events = (
        says("你好"),
        FriendRequested(merchant="m1", account="main", at=AT, contact=Who(NOBODY)),
        FriendAdded(merchant="m1", account="main", at=AT, contact=Who(NOBODY)),
        SurveyFinished(merchant="m1", account="main", at=AT, contact=NOBODY),
        TimerDue(merchant="m1", account="main", at=AT, kind="nudge", subject=NOBODY, due=AT),
    )
    for event in events:
        assert decide(event, known) == []
    over = TimerDue(merchant="m1", account="main", at=AT, kind="farewell", subject=NOBODY, due=AT)
    assert decide(over, known) == [fx.ForgetAddress(contact_id=11)]


@pytest.mark.parametrize(
    ("answer", "forgets"),
    [("sent", True), ("timeout", True), ("refused", True), ("network", False), ("too_frequent", False)],
)
def test_when_the_farewell_is_out_nobody_knows_where_it_went(answer: Any, forgets: bool) -> None:
    known = delivery(key=f"farewell:{NOBODY}", contact_id=11)
    event = SendAnswered(merchant="m1", account="main", at=AT, delivery=known.id, key=known.key, answer=answer)
    effects = decide(event, context(person=person(NOBODY, erased=True), delivery=known))
    assert (fx.ForgetAddress(contact_id=11, delivery_id=known.id) in effects) is forgets


def test_what_staff_wrote_for_each_other_is_not_told() -> None:
    who = person(
        source="门店",
        tags=frozenset({"茶友"}),
        answers={**answers(tea="rock", old="旧答"), "call": AnswerView(value=None, state="declined")},
        opted_out=True,
        friendships=friendship(remark="林间-岩茶"),
        survey=progress(state="finished", coupon="新人券"),
    )
    kept = Kept(since=AT - hours(48), groups=("茶桌",), hellos=("王姐介绍",), said=3, oldest_at=AT - hours(24), sent=2)
    book = surveying({**CALL, "texts": ["{name|您}好，怎么称呼？回一个字也行"]}, TEA)
    (send, audit) = decide(says("我的数据"), context(book, person=who, kept=kept))
    assert isinstance(send, fx.Send)
    assert (send.contact_id, send.about_consent, send.lane) == (11, True, Lane.REPLY)
    assert audit == fx.Audit(actor="wx1", action="my_data", target="wx1", place="main")
    assert (send.text or "").splitlines()[1:-1] == [
        "· 认识你：2026年11月21日起，来自「门店」",
        "· 加好友时你写的：王姐介绍",
        "· 微信昵称：林间",
        "· 给你的备注：林间-岩茶",
        "· 你告诉我的：",
        "  林间好，怎么称呼？ 你没说",
        "  喝岩茶还是红茶？ 岩茶",
        "  old 旧答",
        "· 标签：茶友",
        "· 给你的券：新人券",
        "· 一起在的群：茶桌",
        "· 你退订了，我们不会主动找你",
        "· 聊天记录：你发的 3 条（最早 2026年11月22日），没有设自动删除的期限",
        "· 我们发给你的：2 条",
    ]


def test_only_who_may_mean_it_costs_more() -> None:
    def wanted(text: str, **more: Any) -> Needs:
        message: Message = says(text, **more)
        return needs_under(playbook())(message)

    assert Needs.KEPT in wanted("我的数据")
    assert Needs.KEPT in wanted("我的数据", group=ROOM)
    assert Needs.UNLESS_IDLE not in wanted("确认")
    assert Needs.UNLESS_IDLE in wanted("好的")
    assert wanted("忘记我", group=ROOM) == Needs.SPEAKER
    assert wanted("确认", group=ROOM) == Needs.NOTHING
    assert is_about_it("是")
