"""What a host does between two answers: waits for who is busy, puts it otherwise, never insists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import decide
from handlers.asking import ANY_NAME
from models import effects as fx
from models.context import AnswerView, PersonView
from models.deliveries import Lane
from tests.handlers.builders import (
    AT,
    CALL,
    TEA,
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

AGAIN_SOON = fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(1), account="main")


def open_at(question: str, **more: Any) -> PersonView:
    """A friend who was asked this."""
    return person(survey=progress(question), **more)


def told(key: str, value: Any, state: str = "answered") -> fx.PutAnswer:
    return fx.PutAnswer(person_id=1, key=key, value=value, state=state, revision="r1")


def human_here(minutes_more: float, **more: Any) -> PersonView:
    return person(friendships=friendship(human_until=AT + minutes(minutes_more)), **more)


def test_declining_an_optional_question_is_kept_as_such() -> None:
    effects = decide(says("不想说"), context(surveying(CALL, TEA), person=open_at("call")))
    assert of(fx.PutAnswer, effects) == [told("call", None, "declined")]
    assert texts(effects) == ["喝岩茶还是红茶？"]


def test_a_required_question_that_is_declined_is_put_in_other_words_once() -> None:
    book = surveying({**CALL, "required": True}, TEA)
    first = decide(says("不想说"), context(book, person=open_at("call")))
    assert of(fx.PutAnswer, first) == [told("call", None, "declined")]
    assert texts(first) == [ANY_NAME]
    again = person(survey=survey_after(first))
    assert texts(decide(says("就不说"), context(book, person=again))) == ["喝岩茶还是红茶？"]


def test_a_child_without_a_name_is_not_asked_for_another_name_than_its_real_one() -> None:
    baby = {**CALL, "key": "baby", "texts": ["宝宝叫什么呀？"], "required": True}
    effects = decide(says("还没生呢"), context(surveying(baby, TEA), person=open_at("baby")))
    assert texts(effects) == ["喝岩茶还是红茶？"]


def test_later_sets_a_time_and_the_question_comes_then() -> None:
    book = surveying(CALL, TEA, nudges_hours=[24])
    effects = decide(says("在忙，晚上再说"), context(book, person=open_at("call")))
    assert of(fx.PutAnswer, effects) == [told("call", None, "later")]
    tonight = AT + hours(11)  # eight in the evening
    assert survey_after(effects) == progress(put_off_until=tonight)
    assert fx.PutTimer(kind="ask_again", subject="wx1", at=tonight, account="main") in effects
    assert fx.DropTimer(kind="nudge", subject="wx1") in effects
    assert ["晚上" in text for text in texts(effects)] == [True]
    waiting = person(survey=survey_after(effects), answers={"call": AnswerView(value=None, state="later")})
    assert texts(decide(rings("nudge"), context(book, person=waiting))) == []
    assert sends(decide(says("好的"), context(book, person=waiting))) == []
    (asked,) = sends(decide(rings("ask_again", at=tonight), context(book, person=waiting)))
    assert (asked.template, asked.lane) == ("怎么称呼？", Lane.SERVICE)
    assert texts(decide(says("叫我老林"), context(book, person=waiting))) == ["喝岩茶还是红茶？"]


def test_later_is_never_in_the_quiet_hours() -> None:
    book = playbook(survey={"questions": [CALL]}, quiet_hours=[{"from": "19:00", "to": "09:30"}])
    effects = decide(says("晚上再说"), context(book, person=open_at("call")))
    assert survey_after(effects).put_off_until == AT + hours(24.5)


@pytest.mark.parametrize(
    ("small_talk", "answer"), [("在吗", "在呢。"), ("谢谢", "不客气呀，应该的。"), ("[微笑]", None)]
)
def test_small_talk_is_no_answer(small_talk: str, answer: str | None) -> None:
    book = playbook(survey={"questions": [CALL]}, reactions={"call": ["在呢。"]})
    effects = decide(says(small_talk), context(book, person=open_at("call")))
    assert effects[-2:] == [fx.PutSurvey(person_id=1, survey=progress(repeats=1)), AGAIN_SOON]
    assert bool(texts(effects)) == (answer is not None)


@pytest.mark.parametrize(("known", "small_talk"), [(person(), "在吗"), (open_at("call"), "谢谢")])
def test_which_of_several_wordings_is_said_does_not_go_by_the_instant(known: PersonView, small_talk: str) -> None:
    """A reply that is judged a moment later, since the program was killed in between, is answered the same."""

    def answered(after: timedelta) -> str:
        return texts(decide(says(small_talk, at=AT + after), context(surveying(CALL), person=known)))[0]

    assert len({answered(timedelta(seconds=late)) for late in range(8)}) == 1
    assert len({answered(timedelta(days=day)) for day in range(8)}) == 2


def test_small_talk_brings_a_question_again_twice_and_no_more() -> None:
    known = person(survey=progress(repeats=2))
    effects = decide(says("嗯嗯"), context(surveying(CALL), person=known))
    assert effects == [fx.PutSurvey(person_id=1, survey=progress(repeats=2))]


def test_asked_again_it_is_put_in_other_words() -> None:
    book = surveying({**CALL, "texts": ["怎么称呼？", "咋称呼您？"]})
    asked = [
        texts(decide(rings("ask_again"), context(book, person=person(survey=progress(asked=count)))))[0]
        for count in (1, 2, 3)
    ]
    assert asked[0] == asked[2] != asked[1]


@pytest.mark.parametrize("text", ["你问这个干嘛？", "为什么要问这个", "填这些有什么用？"])
def test_who_wants_to_know_why_we_ask_is_told_so(text: str) -> None:
    book = playbook(survey={"questions": [CALL]}, reactions={"why": ["好给你推荐合适的。"]})
    effects = decide(says(text), context(book, person=open_at("call"), staff=(boss(),)))
    assert texts(effects)[0] == "好给你推荐合适的。"
    assert [send.contact_id for send in sends(effects) if send.contact_id == 19] == []


def test_who_declines_and_asks_gets_the_answer_first() -> None:
    book = surveying({**CALL, "required": True})
    effects = decide(says("能不能别问了，直接发价格表"), context(book, person=open_at("call"), staff=(boss(),)))
    assert [send.contact_id for send in sends(effects)] == [11, 19]
    assert effects[-1] == AGAIN_SOON


def test_an_answer_beside_a_wish_for_a_human_is_kept() -> None:
    known = open_at("tea")
    effects = decide(says("岩茶，你是机器人吗"), context(surveying(TEA, CALL), person=known))
    assert of(fx.PutAnswer, effects) == [told("tea", "rock")]
    assert ["机器人" in text for text in texts(effects)] == [True, False]


@pytest.mark.parametrize("text", ["转人工", "说实话，你是真人吗", "真的假的，你是不是机器人"])
def test_who_asks_for_a_human_or_about_us_is_not_called_so(text: str) -> None:
    asked = decide(says(text), context(surveying(CALL), person=open_at("call"), staff=(boss(),)))
    assert of(fx.PutAnswer, asked) == []
    assert asked[-1] == AGAIN_SOON


@pytest.mark.parametrize(("kind", "word"), [("voice", "语音"), ("image", "文字"), ("location", "文字"), ("other", "")])
def test_what_we_cannot_read_is_said_so(kind: str, word: str) -> None:
    said = texts(decide(says("", kind=kind), context(surveying(CALL), person=open_at("call"))))
    assert [word in text for text in said] == ([True] if word else [])


def test_what_we_cannot_read_is_said_twice_at_most_and_never_to_who_talks_with_a_human() -> None:
    often = person(survey=progress(repeats=2))
    assert decide(says("", kind="voice"), context(surveying(CALL), person=often)) == []
    assert decide(says("", kind="voice"), context(surveying(CALL), person=human_here(20, survey=progress()))) == []
