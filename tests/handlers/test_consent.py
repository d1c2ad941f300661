"""同意, 不同意, 撤回同意: kept at once where the playbook asks for consent, and never taken for an answer."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import decide
from handlers.consent import ACKNOWLEDGED, REFUSED, wish_of
from models import effects as fx
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.events import FriendAdded, Who
from models.people import SurveyState
from models.playbook import Playbook
from tests.handlers.builders import (
    AT,
    CALL,
    ROOM,
    context,
    friendship,
    group,
    minutes,
    of,
    person,
    playbook,
    progress,
    says,
    survey_after,
)

ASKING = {"required": True, "text": "我会记下你告诉我的，行吗？"}
ADULT = {"key": "adult", "type": "yesno", "texts": ["满 18 岁了吧？"]}
ASK_AGAIN = fx.PutTimer(kind="ask_again", subject="wx1", at=AT + minutes(1), account="main")


def book(*questions: dict[str, Any], **survey: Any) -> Playbook:
    return playbook(consent=ASKING, survey={"questions": list(questions), **survey})


def kept(consent: str, action: str, text: str) -> list[Effect]:
    return [
        fx.PutConsent(person_id=1, consent=consent),
        fx.Audit(actor="wx1", action=f"consent.{action}", target="wx1", place="main"),
        fx.Send(
            key="consent:wx1:e1",
            account="main",
            lane=Lane.REPLY,
            cause=Cause.CHAT,
            contact_id=11,
            text=text,
            about_consent=True,
        ),
    ]


GIVEN = kept("given", "given", ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        *((text, "given") for text in ("同意", "我同意", "好的，同意", "同意的", "同意！", "嗯嗯同意哈", "同意👌")),
        *((text, "refused") for text in ("不同意", "我不同意", "拒绝", "我拒绝。", "不同意的")),
        *((text, "withdrawn") for text in ("撤回同意", "我要撤回同意", "收回我的同意")),
        *((text, None) for text in ("同意吗？", "同意?", "好的", "拒绝推销", "我同意你的看法", "小林", "同意" * 20)),
    ],
)  # fmt: skip
def test_what_is_said_about_consent(text: str, wish: str | None) -> None:
    assert wish_of(book(), text) == wish


def test_where_nobody_asks_for_consent_it_is_a_word_like_any_other() -> None:
    assert wish_of(playbook(), "同意") is None
    assert decide(says("同意"), context(playbook(), person=person())) == []


def test_consent_is_kept_at_once_and_acknowledged() -> None:
    assert decide(says("好的，同意"), context(book(), person=person())) == GIVEN


def test_a_refusal_too_and_who_gave_consent_may_take_it_back() -> None:
    assert decide(says("不同意"), context(book(), person=person())) == kept("refused", "refused", REFUSED)
    given = person(consent="given")
    assert decide(says("撤回同意"), context(book(), person=given)) == kept("refused", "withdrawn", REFUSED)
    refused = person(consent="refused")
    assert decide(says("同意"), context(book(), person=refused)) == GIVEN


def test_said_twice_it_is_kept_once() -> None:
    assert decide(says("我同意"), context(book(), person=person(consent="given"))) == []
    on_record = fx.Audit(actor="wx1", action="consent.refused", target="wx1", place="main")
    assert decide(says("拒绝"), context(book(), person=person(consent="refused"))) == [on_record]


def test_who_opted_out_may_still_decide_about_consent() -> None:
    assert decide(says("同意"), context(book(), person=person(opted_out=True))) == GIVEN


@pytest.mark.parametrize("settle_seconds", [0, 5])
def test_it_is_no_answer_to_an_open_question_which_comes_again(settle_seconds: int) -> None:
    known = context(book(CALL, settle_seconds=settle_seconds), person=person(survey=progress()))
    assert decide(says("同意"), known) == [*GIVEN, ASK_AGAIN]
    again = context(book(CALL), person=person(survey=progress(), consent="given"))
    assert decide(says("同意"), again) == [ASK_AGAIN]


def test_who_refuses_is_not_asked_again() -> None:
    known = context(book(CALL), person=person(survey=progress()))
    effects = decide(says("拒绝"), known)
    assert effects[:3] == kept("refused", "refused", REFUSED)
    assert survey_after(effects) == progress(state=SurveyState.RESTING)
    assert {effect.kind for effect in of(fx.DropTimer, effects)} == {"nudge", "ask_again", "settle"}


@pytest.mark.parametrize("text", ["叫我老林", "我满 18 岁了", "在吗"])
def test_what_who_has_refused_says_is_not_written_down(text: str) -> None:
    asked = person(survey=progress("call", state=SurveyState.RESTING), consent="refused")
    effects = decide(says(text), context(book(CALL, ADULT), person=asked))
    assert not of(fx.PutAnswer, effects)
    assert not of(fx.PutSurvey, effects)


def test_once_it_is_decided_it_may_answer_a_question_of_yes_or_no() -> None:
    asked = progress("adult")
    undecided = context(book(ADULT), person=person(survey=asked))
    assert decide(says("同意"), undecided) == [*GIVEN, ASK_AGAIN]
    decided = context(book(ADULT), person=person(survey=asked, consent="given"))
    answer = fx.PutAnswer(person_id=1, key="adult", value=True, state="answered", revision="r1")
    assert decide(says("同意"), decided)[0] == answer
    assert decide(says("撤回同意"), decided)[:3] == kept("refused", "withdrawn", REFUSED)
    refused = context(book(ADULT), person=person(survey=asked, consent="refused"))
    assert decide(says("同意"), refused) == [*GIVEN, ASK_AGAIN]


def test_before_the_friendship_is_confirmed_it_counts_too() -> None:
    added = fx.Follow(event=FriendAdded(merchant="m1", account="main", at=AT, contact=Who("wx1", "林间")))
    known = person(friendships=friendship("accepted"))
    assert decide(says("同意"), context(book(), person=known)) == [added, *GIVEN]


def test_in_a_group_it_is_small_talk() -> None:
    assert decide(says("同意", group=ROOM), context(book(), person=person(), group=group())) == []
