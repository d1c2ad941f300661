"""The intake survey: what a reply means, what comes next, and that nothing breaks it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from handlers import decide
from handlers.correcting import correct
from handlers.survey import judge
from handlers.understanding import Understanding
from models import effects as fx
from models.context import PersonView
from models.deliveries import Cause, DeliveryKind, Lane
from models.events import FriendAdded, Who
from models.orders import SurveyFinished
from tests.handlers.builders import (
    AT,
    BUDGET,
    CALL,
    STAMP,
    TEA,
    answers,
    boss,
    context,
    friendship,
    hours,
    minutes,
    of,
    person,
    playbook,
    progress,
    rings,
    says,
    sends,
    survey_after,
    surveying,
    texts,
)

STALE = fx.Cancel(contact_id=11, causes=(Cause.SURVEY,))
AGAIN_SOON = fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(1), account="main")


def open_at(question: str, **more: Any) -> PersonView:
    """A friend who was asked this."""
    return person(survey=progress(question), **more)


def told(key: str, value: Any, state: str = "answered") -> fx.PutAnswer:
    return fx.PutAnswer(person_id=1, key=key, value=value, state=state, revision="r1")


def test_an_answer_is_kept_and_the_next_question_comes() -> None:
    assert decide(says("叫我老林"), context(surveying(CALL, TEA), person=open_at("call"))) == [
        told("call", "老林"),
        fx.PutSurvey(person_id=1, survey=progress("tea", asked=2)),
        STALE,
        fx.Send(
            key="ask:wx1:2",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=11,
            template="喝岩茶还是红茶？",
            revision="r1",
        ),
        fx.DropTimer(kind="ask_again", subject="wx1"),
    ]


def test_the_last_answer_brings_thanks_the_remark_and_a_seat() -> None:
    book = playbook(survey={"questions": [CALL], "thanks": ["谢谢{name}。"]}, reception={"remark": "茶友-{call}"})
    assert decide(says("叫我老林"), context(book, person=open_at("call"))) == [
        told("call", "老林"),
        fx.PutSurvey(person_id=1, survey=progress("", state="finished", finished_at=AT)),
        STALE,
        fx.DropTimer(kind="nudge", subject="wx1"),
        fx.DropTimer(kind="ask_again", subject="wx1"),
        fx.Send(
            key="thanks:wx1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=11,
            template="谢谢{name}。",
            revision="r1",
        ),
        fx.Send(
            key=f"remark:wx1:main:{STAMP}",
            account="main",
            kind=DeliveryKind.REMARK,
            lane=Lane.REPLY,
            cause=Cause.SURVEY,
            contact_id=11,
            template="茶友-{call}",
            revision="r1",
        ),
        fx.Follow(event=SurveyFinished(merchant="m1", account="main", at=AT, contact="wx1")),
    ]


def test_several_facts_in_one_message_are_never_asked_again() -> None:
    effects = decide(says("岩茶，一斤八百吧"), context(surveying(TEA, BUDGET, CALL), person=open_at("tea")))
    assert of(fx.PutAnswer, effects) == [told("budget", 800), told("tea", "rock")]
    assert texts(effects) == ["怎么称呼？"]


@pytest.mark.parametrize(("tea", "asked"), [("岩茶", "一斤多少钱合适？"), ("红茶", "怎么称呼？")])
def test_a_question_is_asked_only_where_it_applies(tea: str, asked: str) -> None:
    book = surveying(TEA, {**BUDGET, "when": {"tea": "rock"}}, CALL)
    assert texts(decide(says(tea), context(book, person=open_at("tea")))) == [asked]


def test_a_question_may_depend_on_a_tag_that_the_answer_has_just_brought() -> None:
    book = surveying(TEA, {**BUDGET, "when": {"tags": ["懂茶"]}}, tags=[{"when": {"tea": "rock"}, "add": ["懂茶"]}])
    effects = decide(says("岩茶"), context(book, person=open_at("tea")))
    assert fx.PutTags(person_id=1, add=("懂茶",), origin="survey") in effects
    assert texts(effects) == ["一斤多少钱合适？"]


def test_what_is_not_understood_is_explained_each_way_once_then_put_aside() -> None:
    book, known = surveying(CALL, TEA, BUDGET), open_at("tea")
    said: list[str] = []
    for _ in range(2):
        effects = decide(says("asdf"), context(book, person=known))
        assert of(fx.PutAnswer, effects) == []
        said += texts(effects)
        known = msgspec.structs.replace(known, survey=survey_after(effects))
    assert said == ["回 1 岩茶 或 2 红茶。", "怎么称呼？"]
    assert known.survey is not None
    assert (known.survey.aside, known.survey.tries) == (("tea",), 0)


def test_another_fact_than_the_one_asked_for_is_kept_and_counts_as_no_failure() -> None:
    effects = decide(says("一斤八百以内"), context(surveying(TEA, BUDGET), person=open_at("tea")))
    assert of(fx.PutAnswer, effects) == [told("budget", [0, 800])]
    assert texts(effects) == ["喝岩茶还是红茶？"]
    assert survey_after(effects).tries == 0


def test_without_retry_texts_it_is_put_aside_at_once_and_the_survey_may_end_so() -> None:
    effects = decide(says("asdf"), context(surveying({**TEA, "retry": []}, thanks=["好。"]), person=open_at("tea")))
    assert texts(effects) == ["好。"]
    assert survey_after(effects).aside == ("tea",)


def test_bubbles_are_judged_together_when_no_further_one_comes() -> None:
    book = surveying(CALL, TEA, settle_seconds=5)
    first = decide(says("叫我"), context(book, person=open_at("call")))
    assert first == [
        fx.PutSurvey(person_id=1, survey=progress(pending=("叫我",))),
        fx.PutTimer(kind="settle", subject="wx1", at=AT.replace(second=5), account="main"),
    ]
    second = decide(says("老林"), context(book, person=person(survey=survey_after(first))))
    assert survey_after(second).pending == ("叫我", "老林")
    judged = decide(rings("settle"), context(book, person=person(survey=survey_after(second))))
    assert of(fx.PutAnswer, judged) == [told("call", "老林")]
    assert survey_after(judged).pending == ()


def test_a_settling_timer_with_nothing_pending_does_nothing() -> None:
    book = surveying(CALL, settle_seconds=5)
    assert decide(rings("settle"), context(book, person=open_at("call"))) == []
    assert decide(rings("settle"), context(book, person=person())) == []


def test_a_question_with_a_standing_answer_is_answered_and_ours_comes_again() -> None:
    book = playbook(survey={"questions": [CALL, TEA]}, keywords=[{"words": ["在哪"], "answer": "半山路 8 号。"}])
    assert decide(says("你们店在哪"), context(book, person=open_at("tea"), staff=(boss(),))) == [
        fx.Send(
            key=f"chat:wx1:{STAMP}",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=11,
            text="半山路 8 号。",
        ),
        fx.PutSurvey(person_id=1, survey=progress("tea")),
        AGAIN_SOON,
    ]


def test_any_other_question_goes_to_a_human_and_ours_comes_again() -> None:
    effects = decide(says("你们店在哪"), context(surveying(CALL, TEA), person=open_at("tea"), staff=(boss(),)))
    assert [(send.key, send.lane, send.contact_id) for send in sends(effects)] == [
        (f"chat:wx1:{STAMP}", Lane.REPLY, 11),
        (f"handoff:wx1:{STAMP}:wx-boss", Lane.SERVICE, 19),
    ]
    assert texts(effects)[1] == "【转人工】林间（wx1）说：你们店在哪"
    assert effects[-1] == AGAIN_SOON


def test_an_answer_with_a_question_is_kept_and_the_question_handed_over() -> None:
    effects = decide(says("岩茶，你们几点开门"), context(surveying(TEA, CALL), person=open_at("tea"), staff=(boss(),)))
    assert of(fx.PutAnswer, effects) == [told("tea", "rock")]
    assert [send.cause for send in sends(effects)] == [Cause.CHAT, Cause.HANDOFF, Cause.SURVEY]


def test_opting_out_may_be_broken_over_bubbles() -> None:
    known = person(survey=progress(pending=("退", "订")))
    effects = decide(rings("settle"), context(surveying(CALL, settle_seconds=5), person=known))
    assert effects[0] == fx.OptOut(person_id=1)


def test_who_opted_out_is_not_surveyed_when_they_come_back() -> None:
    known = person(friendships=friendship("removed", added_at=AT), opted_out=True)
    added = FriendAdded(merchant="m1", account="main", at=AT, contact=Who("wx1"))
    assert sends(decide(added, context(surveying(CALL), person=known))) == []


def test_the_open_question_comes_again_where_it_was() -> None:
    effects = decide(rings("ask_again"), context(surveying(CALL, TEA), person=open_at("tea")))
    assert texts(effects) == ["喝岩茶还是红茶？"]
    assert survey_after(effects) == progress("tea", asked=2)


def test_it_does_not_come_again_when_it_has_no_place_any_more() -> None:
    book = surveying(CALL)
    nobody: list[PersonView | None] = [
        None,
        person(),
        open_at("call", opted_out=True),
        person(survey=progress(state="finished")),
    ]
    assert [decide(rings("ask_again"), context(book, person=one)) for one in nobody] == [[]] * 4


def test_it_does_not_come_again_while_they_are_writing() -> None:
    writing = person(survey=progress(pending=("叫我",)))
    assert decide(rings("ask_again"), context(surveying(CALL), person=writing)) == [AGAIN_SOON]


def test_a_question_that_is_gone_is_passed_over() -> None:
    assert texts(decide(rings("ask_again"), context(surveying(TEA), person=open_at("call")))) == ["喝岩茶还是红茶？"]
    assert texts(decide(says("老林"), context(surveying(TEA), person=open_at("call")))) == ["喝岩茶还是红茶？"]


def test_a_survey_finishes_under_the_playbook_that_it_was_begun_under() -> None:
    known = context(surveying(BUDGET), person=open_at("call"), survey_playbook=surveying(CALL, TEA))
    assert texts(decide(says("叫我老林"), known)) == ["喝岩茶还是红茶？"]


BIRTHDAY = {"key": "birthday", "type": "date", "texts": ["生日哪天？"]}


def test_a_correction_in_the_middle_changes_the_answer_and_ours_comes_again() -> None:
    known = open_at("tea", answers=answers(birthday="--08-15"))
    book = surveying(BIRTHDAY, TEA, acknowledgements=["好嘞，"])
    effects = decide(says("刚才生日说错了，是8月16"), context(book, person=known))
    assert of(fx.PutAnswer, effects) == [told("birthday", "--08-16")]
    assert texts(effects) == ["好嘞，喝岩茶还是红茶？"]


def test_a_correction_that_says_only_what_is_wrong_is_asked_about() -> None:
    known = open_at("tea", answers=answers(birthday="--08-15"))
    effects = decide(says("我生日记错了"), context(surveying(BIRTHDAY, TEA), person=known))
    assert of(fx.PutAnswer, effects) == [told("birthday", None, "later")]
    assert texts(effects) == ["生日哪天？"]
    assert survey_after(effects).question == "birthday"


FINISHED = progress("", state="finished", finished_at=AT)


def test_a_correction_days_later_changes_the_answer_the_tags_and_the_remark() -> None:
    rule = {"when": {"birthday": "--08-15"}, "add": ["中秋生"]}
    book = playbook(survey={"questions": [BIRTHDAY], "tags": [rule]}, reception={"remark": "茶友-{birthday}"})
    known = person(survey=FINISHED, answers=answers(birthday="--08-15"), tags=frozenset({"中秋生"}))
    effects = decide(says("我生日记错了，是8月16"), context(book, person=known))
    assert effects[:2] == [told("birthday", "--08-16"), fx.PutTags(person_id=1, remove=("中秋生",), origin="survey")]
    assert [(send.key, send.kind) for send in sends(effects)] == [
        ("ask:wx1:2", DeliveryKind.TEXT),
        (f"remark:wx1:main:{STAMP}", DeliveryKind.REMARK),
    ]
    assert texts(effects)[0] == "好嘞，改过来了。"
    assert survey_after(effects).state == "finished"


def test_a_correction_without_the_new_answer_opens_that_question_again() -> None:
    known = person(survey=FINISHED, answers=answers(birthday="--08-15"))
    effects = decide(says("我生日记错了"), context(surveying(BIRTHDAY), person=known))
    assert texts(effects) == ["生日哪天？"]
    assert (survey_after(effects).state, survey_after(effects).question) == ("open", "birthday")


def test_opting_out_in_the_middle_stops_it() -> None:
    effects = decide(
        says("别再给我发消息了"), context(surveying(CALL), person=person(survey=progress(pending=("嗯",))))
    )
    assert survey_after(effects) == progress(state="stopped")
    assert effects[0] == fx.OptOut(person_id=1)
    assert [(send.key, send.about_consent) for send in sends(effects)] == [(f"optout:wx1:{STAMP}", True)]


def test_an_answer_sets_the_nudges_back() -> None:
    known = person(survey=progress(nudges=1))
    effects = decide(says("叫我老林"), context(surveying(CALL, TEA, nudges_hours=[24]), person=known))
    assert survey_after(effects).nudges == 0
    assert fx.PutTimer(kind="nudge", subject="wx1", at=AT + hours(24), account="main") in effects


def test_who_comes_back_goes_on_where_it_was() -> None:
    resting = person(survey=progress("tea", state="resting", nudges=2))
    assert texts(decide(says("岩茶"), context(surveying(TEA, CALL), person=resting))) == ["怎么称呼？"]
    assert decide(says("在吗"), context(surveying(TEA), person=resting))[-1] == AGAIN_SOON
    assert decide(says("", kind="image"), context(surveying(TEA), person=resting))[-1] == AGAIN_SOON


def test_the_survey_stays_on_its_account() -> None:
    both = friendship() | friendship(account="second")
    elsewhere = msgspec.structs.replace(progress(), account="second")
    known = person(friendships=both, survey=elsewhere)
    assert decide(says("叫我老林"), context(surveying(CALL), person=known)) == []


def human_here(minutes_more: float, **more: Any) -> PersonView:
    return person(friendships=friendship(human_until=AT + minutes(minutes_more)), **more)


def test_while_a_human_talks_answers_count_and_nothing_else_is_said() -> None:
    book = surveying(CALL, TEA)
    answering = decide(says("叫我老林"), context(book, person=human_here(20, survey=progress())))
    assert of(fx.PutAnswer, answering) == [told("call", "老林")]
    for text in ("有什么好茶推荐吗", "在吗", "asdf", "你是机器人吗"):
        known = human_here(20, survey=progress("tea"))
        effects = decide(says(text), context(book, person=known, staff=(boss(),)))
        assert sends(effects) == []
        assert effects[-1] == fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(20), account="main")


def test_the_open_question_waits_for_the_human_to_have_done() -> None:
    effects = decide(rings("ask_again"), context(surveying(CALL), person=human_here(20, survey=progress())))
    assert effects[1:] == [fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(20), account="main")]
    done = decide(rings("ask_again"), context(surveying(CALL), person=human_here(-1, survey=progress())))
    assert texts(done) == ["怎么称呼？"]


def test_an_acknowledgement_stands_before_the_next_question_and_nowhere_else() -> None:
    book = surveying(CALL, TEA, acknowledgements=["好嘞，"], thanks=["谢谢。"])
    assert texts(decide(says("叫我老林"), context(book, person=open_at("call")))) == ["好嘞，喝岩茶还是红茶？"]
    assert texts(decide(says("不想说"), context(book, person=open_at("call")))) == ["喝岩茶还是红茶？"]
    known = open_at("tea", answers=answers(call="老林"))
    assert texts(decide(says("岩茶"), context(book, person=known))) == ["谢谢。"]


def test_a_correction_of_a_question_that_is_gone_changes_nothing() -> None:
    meant = Understanding("correct", "--08-16", "birthday")
    assert correct(AT, context(surveying(CALL)), person(survey=FINISHED), meant) == []


def test_judging_without_a_survey_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no survey"):
        judge(AT, context(surveying(CALL)), person(), "老林")
