"""Silence during the survey, and whole conversations: nudges, rest, no loops."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import decide
from models import effects as fx
from models.context import AnswerView, Context, PersonView
from models.deliveries import Cause, Lane
from models.effects import SurveyProgress
from models.events import FriendAdded, Who
from models.playbook import Playbook
from tests.handlers.builders import (
    AT,
    BUDGET,
    CALL,
    TEA,
    context,
    friendship,
    hours,
    of,
    person,
    progress,
    rings,
    says,
    survey_after,
    surveying,
    texts,
)

STALE = fx.Cancel(contact_id=11, causes=(Cause.SURVEY,))


NUDGED = surveying({**CALL, "texts": ["怎么称呼？", "咋称呼您？"]}, nudges_hours=[24, 72])


def test_silence_is_nudged_at_the_hours_counted_from_the_question() -> None:
    later = rings("nudge", at=AT + hours(24))
    assert decide(later, context(NUDGED, person=person(survey=progress()))) == [
        fx.PutSurvey(person_id=1, survey=progress(nudges=1, asked=2)),
        STALE,
        fx.Send(
            key="ask:wx1:2",
            account="main",
            lane=Lane.SERVICE,
            cause=Cause.SURVEY,
            contact_id=11,
            template="怎么称呼？",
            revision="r1",
        ),
        fx.PutTimer(kind="nudge", subject="wx1", at=AT + hours(72), account="main"),
    ]


def test_after_the_last_nudge_it_rests() -> None:
    known = person(survey=progress(nudges=1, asked=2))
    effects = decide(rings("nudge", at=AT + hours(72)), context(NUDGED, person=known))
    assert survey_after(effects) == progress(nudges=2, asked=3, state="resting")
    assert of(fx.PutTimer, effects) == []


@pytest.mark.parametrize(
    "survey",
    [
        None,
        progress(nudges=2),
        progress(state="resting"),
        progress(state="finished"),
        progress(pending=("等下",)),
        progress("gone"),
    ],
)
def test_nobody_is_nudged_who_need_not_be(survey: SurveyProgress | None) -> None:
    assert decide(rings("nudge"), context(NUDGED, person=person(survey=survey))) == []


def play(book: Playbook, replies: list[str]) -> tuple[PersonView, list[str]]:
    """A whole conversation: every effect on the person is taken over before the next message."""
    known = person(friendships={})
    effects = decide(FriendAdded(merchant="m1", account="main", at=AT, contact=Who("wx1")), context(book, person=known))
    said: list[str] = []
    for text in [*replies, ""]:
        said += texts(effects)
        kept = {put.key: AnswerView(value=put.value, state=put.state) for put in of(fx.PutAnswer, effects)}
        survey = survey_after(effects) if of(fx.PutSurvey, effects) else known.survey
        known = msgspec.structs.replace(
            known, survey=survey, answers={**known.answers, **kept}, friendships=friendship(added_at=AT)
        )
        if of(fx.OptOut, effects):
            known = msgspec.structs.replace(known, opted_out=True)
        waits = of(fx.PutTimer, effects)
        ctx: Context = context(book, person=known)
        effects = decide(rings("ask_again"), ctx) if any(timer.kind == "ask_again" for timer in waits) else []
        said += texts(effects)
        if of(fx.PutSurvey, effects):
            known = msgspec.structs.replace(known, survey=survey_after(effects))
        effects = decide(says(text), context(book, person=known)) if text else []
    return known, said


REPLIES = [
    "叫我老林",
    "岩茶",
    "八百",
    "在吗",
    "不想说",
    "asdf",
    "等会儿",
    "1",
    "你们几点开门",
    "我生日记错了",
    "退订",
    "TD",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(REPLIES), max_size=14))
def test_no_conversation_loops_or_asks_what_is_known(replies: list[str]) -> None:
    known, said = play(surveying(CALL, TEA, BUDGET, thanks=["谢谢。"]), replies)
    assert said.count("谢谢。") <= 1
    assert said.count("回 1 岩茶 或 2 红茶。") <= 1
    assert known.survey is not None
    assert known.survey.state in ("open", "finished", "stopped")
    if known.survey.state == "open":
        answer = known.answers.get(known.survey.question)
        assert answer is None or answer.state == "later"
    # every message of theirs brings at most one question of ours, and one when it comes again
    assert known.survey.asked <= 2 * len(replies) + 1


def test_nobody_is_nudged_more_than_twice_however_many_times_a_playbook_names() -> None:
    book = surveying(CALL, nudges_hours=[1, 2, 3, 4])
    effects = decide(rings("nudge", at=AT + hours(2)), context(book, person=person(survey=progress(nudges=1, asked=2))))
    assert survey_after(effects).state == "resting"
    assert not of(fx.PutTimer, effects)
