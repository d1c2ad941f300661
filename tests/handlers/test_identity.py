"""A human says who is who: what is merged, what goes on, and what is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from handlers import decide
from models import effects as fx
from models.context import DoubtView, MergeView, PersonView, RoleView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.orders import MergeOrder, PersonChanged, SettleDoubtOrder, UnmergeOrder
from tests.handlers.builders import (
    AT,
    CALL,
    TEA,
    answers,
    context,
    friendship,
    of,
    person,
    progress,
    says,
    sends,
    survey_after,
    surveying,
)

HERE: dict[str, Any] = {"merchant": "m1", "at": AT}
MERGE = MergeOrder(**HERE, kept="wx1", other="wx2")
BOOK = surveying(CALL, TEA, nudges_hours=[24])


def second(**more: Any) -> PersonView:
    """wx2, person 2, a friend of the second account."""
    return person("wx2", 2, **({"friendships": friendship(account="second")} | more))


def asked(question: str = "call", number: int = 1, **more: Any) -> fx.SurveyProgress:
    return msgspec.structs.replace(progress(question, **more), contact_id=10 + number)


def refused(effects: list[Effect]) -> str:
    audit, told = effects
    assert isinstance(audit, fx.Audit)
    assert audit.result == "refused"
    assert isinstance(told, fx.Answered)
    return told.refused


def test_two_contacts_are_one_person_because_a_human_says_so() -> None:
    effects = decide(MERGE, context(people=[person(), second()]))
    assert effects == [
        fx.MergePersons(kept_id=1, gone_id=2, survey_of=1, by="operator"),
        fx.Follow(event=PersonChanged(**HERE, contact="wx1")),
        fx.Follow(event=PersonChanged(**HERE, contact="wx2")),
        fx.Audit(actor="operator", action="merge", target="wx2", reason="wx1"),
        fx.Answered(
            text="「林间（wx2）」和「林间（wx1）」现在是同一个人，说法不一样的以「林间（wx1）」为准。"
            "弄错了撤销合并：unmerge wx2"
        ),
    ]


def test_on_the_page_a_button_takes_a_merger_back_and_no_command() -> None:
    order = msgspec.structs.replace(MERGE, actor="console:店主")
    told = decide(order, context(people=[person(), second()]))[-1]
    assert isinstance(told, fx.Answered)
    assert told.text.endswith("弄错了点「撤销合并」。")


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ([person(), person("wx2")], "已经是同一个人"),
        ([person(), second(is_ours=True)], "wx2 是我们自己的账号"),
        ([person()], "没有这个人：wx2"),
        ([second()], "没有这个人：wx1"),
    ],
)
def test_who_cannot_be_merged(people: list[PersonView], why: str) -> None:
    assert why in refused(decide(MERGE, context(people=people)))


@pytest.mark.parametrize(
    ("kept", "other", "goes_on", "taken_back"),
    [
        (None, None, 1, None),
        (asked(), None, 1, None),
        (None, asked(number=2), 2, None),
        (asked(), asked(number=2), 1, 12),
        (asked(state="resting"), asked(number=2), 1, 12),
        (asked(), asked(number=2, state="finished"), 2, 11),
        (asked(state="finished"), asked(number=2), 1, 12),
        (asked(state="finished"), asked(number=2, state="finished"), 1, None),
        (asked(state="stopped"), asked(number=2, state="finished"), 2, None),
    ],
)
def test_whose_survey_goes_on(
    kept: fx.SurveyProgress | None, other: fx.SurveyProgress | None, goes_on: int, taken_back: int | None
) -> None:
    effects = decide(MERGE, context(BOOK, people=[person(survey=kept), second(survey=other)]))
    assert of(fx.MergePersons, effects)[0].survey_of == goes_on
    cancelled = [fx.Cancel(contact_id=taken_back, causes=(Cause.SURVEY,))] if taken_back else []
    assert of(fx.Cancel, effects) == cancelled
    assert {drop.subject for drop in of(fx.DropTimer, effects)} == ({f"wx{taken_back - 10}"} if taken_back else set())


def test_what_is_known_already_is_not_asked_and_the_next_question_may_wait_for_the_morning() -> None:
    knowing = person(survey=asked(), answers=answers(call="林"))
    effects = decide(PersonChanged(**HERE, contact="wx1"), context(BOOK, person=knowing))
    assert [(one.key, one.template, one.lane) for one in sends(effects)] == [
        ("ask:wx1:2", "喝岩茶还是红茶？", Lane.SERVICE)
    ]


@pytest.mark.parametrize(
    "known",
    [
        person(),
        person(survey=asked()),  # their question is as open as it was
        person(survey=asked(state="resting"), answers=answers(call="林")),
        person(survey=asked(number=2), answers=answers(call="林")),  # asked through another contact
        person(survey=asked(state="finished"), answers=answers(call="林")),
    ],
)
def test_nothing_follows_where_nothing_has_changed(known: PersonView) -> None:
    assert decide(PersonChanged(**HERE, contact="wx1"), context(BOOK, person=known)) == []


def test_who_opted_out_as_the_other_is_asked_nothing_more() -> None:
    effects = decide(PersonChanged(**HERE, contact="wx1"), context(BOOK, person=person(survey=asked(), opted_out=True)))
    assert survey_after(effects).state == "stopped"
    assert of(fx.Cancel, effects)
    assert sends(effects) == []


def test_tags_follow_what_both_have_answered() -> None:
    book = surveying(CALL, TEA, tags=[{"when": {"tea": "rock"}, "add": ["岩茶"]}])
    effects = decide(PersonChanged(**HERE, contact="wx1"), context(book, person=person(answers=answers(tea="rock"))))
    assert effects == [fx.PutTags(person_id=1, add=("岩茶",), origin="survey")]


def test_the_last_merge_is_undone_first() -> None:
    first, last = (
        MergeView(id=7, contacts=("wx2",), others=("wx1",)),
        MergeView(id=8, contacts=("wx3",), others=("wx1", "wx2"), asked="wx3"),
    )
    both = context(person=person(), merges=(last, first))
    assert "要先 unmerge wx3" in refused(decide(UnmergeOrder(**HERE, contact="wx2"), both))
    for contact in ("wx1", "wx3"):
        effects = decide(UnmergeOrder(**HERE, contact=contact), both)
        assert effects[0] == fx.UnmergePersons(merge_id=8, by="operator")
        assert [(one.event.contact, one.event.ask) for one in of(fx.Follow, effects)] == [  # type: ignore[attr-defined]
            ("wx3", True),
            ("wx1", False),
            ("wx2", False),
        ]
    assert "没有合并过" in refused(decide(UnmergeOrder(**HERE, contact="wx1"), context(person=person())))


def test_a_question_that_was_taken_back_comes_again() -> None:
    event = PersonChanged(**HERE, contact="wx1", ask=True)
    effects = decide(event, context(BOOK, person=person(survey=asked())))
    assert [(one.key, one.template) for one in sends(effects)] == [("ask:wx1:2", "怎么称呼？")]


def doubt(other: str, number: int, kind: str = "rebind") -> DoubtView:
    return DoubtView(kind=kind, contact="wx1", other=other, contact_id=11, other_id=10 + number)


def test_a_missing_friend_is_found_and_goes_on_under_the_new_id() -> None:
    former = person("old", 2, friendships=friendship(remark="老林"), roles=(RoleView(role="hall"),))
    known = context(people=[person(), former], doubts=(doubt("old", 2), doubt("older", 3)))
    effects = decide(SettleDoubtOrder(**HERE, contact="wx1", other="old", same=True), known)
    assert effects[0] == fx.MergePersons(kept_id=2, gone_id=1, survey_of=2, by="operator", rebound=(12, 11))
    assert of(fx.Rebind, effects) == [fx.Rebind(contact_id=12, wire_id="wx1", stranger_id=11, former_wire_id="old")]
    assert of(fx.PutRole, effects) == [fx.PutRole(wire_id="wx1", role="hall", granted_by="rebind")]
    assert [(one.contact_id, one.state) for one in of(fx.PutFriendship, effects)] == [(12, None), (11, "removed")]
    assert [(one.other_id, one.state) for one in of(fx.SettleDoubt, effects)] == [(12, "same"), (13, "different")]
    assert fx.PutTimer(kind="lists", subject="main", at=AT, account="main") in effects


def test_the_same_number_makes_them_one_person_and_changes_no_id() -> None:
    known = context(people=[person(), second()], doubts=(doubt("wx2", 2, "merge"), doubt("wx3", 3, "merge")))
    effects = decide(SettleDoubtOrder(**HERE, contact="wx1", other="wx2", same=True), known)
    assert effects[0] == fx.MergePersons(kept_id=2, gone_id=1, survey_of=2, by="operator")
    assert of(fx.Rebind, effects) == []
    assert [(one.other_id, one.state) for one in of(fx.SettleDoubt, effects)] == [(12, "same")]


@pytest.mark.parametrize(("other", "settled"), [("", [12, 13]), ("wx3", [13])])
def test_they_are_somebody_else(other: str, settled: list[int]) -> None:
    known = context(people=[person(), second()], doubts=(doubt("wx2", 2), doubt("wx3", 3)))
    effects = decide(SettleDoubtOrder(**HERE, contact="wx1", other=other), known)
    assert [(one.other_id, one.state) for one in of(fx.SettleDoubt, effects)] == [(n, "different") for n in settled]
    assert of(fx.MergePersons, effects) == []


def test_what_nobody_asked_is_refused() -> None:
    known = context(people=[person(), second()])
    for same in (True, False):
        order = SettleDoubtOrder(**HERE, contact="wx1", other="wx2", same=same)
        assert "没有等着认的" in refused(decide(order, known))


def test_a_mobile_number_may_tell_who_somebody_is() -> None:
    book = surveying({"key": "mobile", "type": "phone", "texts": ["手机号？"]}, CALL)
    effects = decide(says("13812345678"), context(book, person=person(survey=asked("mobile"))))
    assert of(fx.PutAnswer, effects)[0].identity == "13812345678"
    assert of(fx.DoubtByAnswer, effects) == [fx.DoubtByAnswer(person_id=1, contact_id=11, identity="13812345678")]
