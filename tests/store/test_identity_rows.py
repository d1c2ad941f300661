"""Persons become one and two again, on both databases: nothing is lost, and who wants to be left alone is."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.store.accounts import load_accounts
from bot.store.people import load_people
from bot.store.places import load_places
from bot.store.status import load_status
from models import effects as fx
from models.context import PersonView, PlaceView
from models.deliveries import Delivery, DeliveryKind, Lane
from models.effects import Effect
from models.groups import ChatGroup, Waiting
from models.identity import Merge
from models.orders import BindGroupOrder
from models.people import Answer, Contact, Friendship, Person, Survey, Tag
from tests.store.stage import START, Shop, merchant, nothing, post, said, shop
from tests.store.test_outbox import drain

CAPPED = merchant(accounts=("main", "second"), caps={"person_per_day": 1})


def persons(stage: Shop) -> dict[str, int]:
    return {row.wire_id: row.person_id for row in stage.rows(Contact)}


def ids(stage: Shop) -> dict[str, int]:
    return {row.wire_id: row.id for row in stage.rows(Contact)}


def view(stage: Shop, contact: str) -> PersonView:
    """What a decision would know of them."""
    known, contact_id = stage.merchants["m1"], ids(stage)[contact]
    with stage.store.writing() as writing:
        return load_people(writing, known, load_accounts(writing, known), [contact_id])[contact_id]


def merge(stage: Shop, kept: str = "wx1", gone: str = "wx2", *, survey_of: str = "") -> int:
    """Merge two people; returns the merge's id."""
    one, other, survey = (persons(stage)[contact] for contact in (kept, gone, survey_of or kept))
    stage.bring_about(fx.MergePersons(kept_id=one, gone_id=other, survey_of=survey, by="operator"))
    return int(stage.rows(Merge)[-1].id)


def unmerge(stage: Shop, merge_id: int) -> None:
    stage.bring_about(fx.UnmergePersons(merge_id=merge_id, by="operator"))


def everything(stage: Shop) -> list[list[Any]]:
    """All rows that belong to persons."""
    return [stage.rows(table) for table in (Person, Contact, Answer, Tag, Survey, Friendship)]


def answer(person_id: int, key: str, value: Any, state: str = "answered") -> fx.PutAnswer:
    return fx.PutAnswer(person_id=person_id, key=key, value=value, state=state)


def progress(contact_id: int, state: str = "open") -> fx.SurveyProgress:
    return fx.SurveyProgress(
        contact_id=contact_id, account="main", revision="r1", state=state, question="tea", started_at=START
    )


def two_people(stage: Shop) -> dict[str, int]:
    """wx1 and wx2, who both told us something; returns their persons."""
    stage.befriend("wx1", "wx2")
    person, contact = persons(stage), ids(stage)
    stage.bring_about(
        answer(person["wx1"], "call", "林"),
        answer(person["wx1"], "tea", None, "later"),
        answer(person["wx1"], "age", None, "declined"),
        answer(person["wx2"], "call", "小林"),
        answer(person["wx2"], "tea", "rock"),
        answer(person["wx2"], "age", 30),
        answer(person["wx2"], "city", ["浙江", "杭州"]),
        fx.PutTags(person_id=person["wx1"], add=("老客", "茶友"), origin="wx-boss"),
        fx.PutTags(person_id=person["wx2"], add=("茶友", "大客户"), origin="platform"),
        fx.PutSurvey(person_id=person["wx1"], survey=progress(contact["wx1"])),
        fx.PutSurvey(person_id=person["wx2"], survey=progress(contact["wx2"], "finished")),
    )
    return person


def test_what_both_told_us_is_known_of_one_and_put_back(database_url: str) -> None:
    with shop(database_url) as stage:
        two_people(stage)
        before = everything(stage)
        stage.later(minutes=5)
        merge_id = merge(stage, survey_of="wx2")
        for contact in ("wx1", "wx2"):
            known = view(stage, contact)
            assert {key: one.value for key, one in known.answers.items()} == {
                "call": "林",
                "tea": "rock",  # 回头再说 is no answer
                "age": None,  # not wanting to say is one
                "city": ["浙江", "杭州"],
            }
            assert known.tags == {"老客", "茶友", "大客户"}
            assert known.survey is not None
            assert known.survey.state == "finished"
        assert len(set(persons(stage).values())) == 2  # wx-somebody is the other
        stage.later(minutes=5)
        unmerge(stage, merge_id)
        assert everything(stage) == before


def test_what_is_learnt_after_the_merge_stays_with_the_survivor(database_url: str) -> None:
    with shop(database_url) as stage:
        person = two_people(stage)
        merge_id = merge(stage)
        stage.later(minutes=5)
        stage.bring_about(
            answer(person["wx1"], "city", ["上海"]),
            answer(person["wx1"], "budget", 300),
            fx.PutTags(person_id=person["wx1"], add=("新品",), remove=("大客户",), origin="wx-boss"),
        )
        unmerge(stage, merge_id)
        one, two = view(stage, "wx1"), view(stage, "wx2")
        assert {key: known.value for key, known in one.answers.items()} == {
            "call": "林",
            "tea": None,
            "age": None,
            "city": ["上海"],
            "budget": 300,
        }
        assert [set(known.tags) for known in (one, two)] == [{"老客", "茶友", "新品"}, {"茶友", "大客户"}]
        assert {key: known.value for key, known in two.answers.items()} == {
            "call": "小林",
            "tea": "rock",
            "age": 30,
            "city": ["浙江", "杭州"],
        }


def test_a_survey_that_went_on_goes_back_as_far_as_it_came(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1", "wx2")
        person, contact = persons(stage), ids(stage)
        stage.bring_about(fx.PutSurvey(person_id=person["wx2"], survey=progress(contact["wx2"])))
        merge_id = merge(stage, survey_of="wx2")
        stage.bring_about(fx.PutSurvey(person_id=person["wx1"], survey=progress(contact["wx2"], "finished")))
        unmerge(stage, merge_id)
        assert [(row.person_id, row.state) for row in stage.rows(Survey)] == [(person["wx2"], "finished")]


def test_opting_out_as_one_is_opting_out_as_both(database_url: str) -> None:
    with shop(database_url) as stage:
        person = two_people(stage)
        stage.bring_about(
            fx.OptOut(person_id=person["wx2"]),
            fx.OpenComplaint(person_id=person["wx2"]),
            fx.PutConsent(person_id=person["wx1"], consent="given"),
            fx.PutConsent(person_id=person["wx2"], consent="refused"),
        )
        before = everything(stage)
        merge_id = merge(stage)
        for contact in ("wx1", "wx2"):
            assert (view(stage, contact).opted_out, view(stage, contact).consent) == (True, "refused")
        known = stage.merchants["m1"]
        with stage.store.writing() as writing:
            status = load_status(writing, known, tuple(load_accounts(writing, known).values()))
        assert status.complaints == ("wx1",)
        unmerge(stage, merge_id)
        assert everything(stage) == before


def test_who_opts_out_again_after_the_merge_stays_out_after_it(database_url: str) -> None:
    with shop(database_url) as stage:
        person = two_people(stage)
        stage.bring_about(fx.OptOut(person_id=person["wx2"]))
        merge_id = merge(stage)
        stage.later(minutes=5)
        stage.apply(said("wx1", "退订", at=stage.at))
        unmerge(stage, merge_id)
        assert (view(stage, "wx1").opted_out, view(stage, "wx2").opted_out) == (True, True)


def test_an_opt_out_after_the_merge_holds_for_both(database_url: str) -> None:
    with shop(database_url) as stage:
        two_people(stage)
        merge_id = merge(stage)
        stage.later(minutes=5)
        stage.apply(said("wx2", "退订", at=stage.at))
        unmerge(stage, merge_id)
        assert (view(stage, "wx1").opted_out, view(stage, "wx2").opted_out) == (True, True)


def test_caps_and_posts_are_for_the_person(database_url: str) -> None:
    with shop(database_url, CAPPED) as stage:
        stage.befriend("wx1")
        to = stage.befriend("wx2", account="second")
        person = persons(stage)
        stage.bring_about(
            fx.PutTags(person_id=person["wx1"], add=("茶友",), origin="x"),
            fx.PutTags(person_id=person["wx2"], add=("茶友",), origin="x"),
        )
        expand = fx.Expand(
            entry="tea",
            revision="r1",
            occurrence="2026-11-23",
            due=stage.at,
            kind=DeliveryKind.TEXT,
            lane=Lane.CONTENT,
            template="喝茶",
            tags=("茶友",),
        )
        stage.bring_about(expand)
        merge(stage)
        assert stage.history("entry:tea:2026-11-23:wx2") == ["planned", "cancelled"]
        assert drain(stage) == ["entry:tea:2026-11-23:wx1"]
        stage.bring_about(post("cake", contact_id=to["wx2"], account="second"))
        assert drain(stage) == []
        assert stage.history("cake") == ["planned", "waiting person_cap"]
        # The next post is planned for one of their contacts, the first.
        stage.bring_about(replace(expand, entry="b"))
        assert [row.key for row in stage.rows(Delivery) if row.entry == "b"] == ["entry:b:2026-11-23:wx1"]


KNOWN = st.fixed_dictionaries(
    {
        "answers": st.dictionaries(
            st.sampled_from(["call", "tea", "city"]),
            st.tuples(st.sampled_from([None, "林", 3, ["浙江"]]), st.sampled_from(["answered", "later", "declined"])),
        ),
        "tags": st.sets(st.sampled_from(["老客", "茶友", "大客户"])),
        "survey": st.sampled_from([None, "open", "resting", "finished", "stopped"]),
        "consent": st.sampled_from([None, "given", "refused"]),
        "opted_out": st.booleans(),
        "complains": st.booleans(),
    }
)


def learns(stage: Shop, contact: str, known: dict[str, Any]) -> None:
    """Everything that is known of somebody."""
    person, contact_id = persons(stage)[contact], ids(stage)[contact]
    effects: list[Effect] = [answer(person, key, *told) for key, told in known["answers"].items()]
    effects.append(fx.PutTags(person_id=person, add=tuple(sorted(known["tags"])), origin="platform"))
    if known["survey"]:
        effects.append(fx.PutSurvey(person_id=person, survey=progress(contact_id, known["survey"])))
    if known["consent"]:
        effects.append(fx.PutConsent(person_id=person, consent=known["consent"]))
    effects += [fx.OptOut(person_id=person)] if known["opted_out"] else []
    effects += [fx.OpenComplaint(person_id=person)] if known["complains"] else []
    stage.bring_about(*effects)


def test_whatever_was_known_is_put_back(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:

        @settings(max_examples=60, deadline=None)
        @given(KNOWN, KNOWN, st.booleans())
        def merged_and_unmerged(one: dict[str, Any], other: dict[str, Any], others_survey: bool) -> None:
            a, b = stage.fresh(), stage.fresh()
            stage.befriend(a, b)
            learns(stage, a, one)
            stage.later(minutes=1)
            learns(stage, b, other)
            stage.later(minutes=1)
            before = everything(stage)
            merge_id = merge(stage, a, b, survey_of=b if others_survey and other["survey"] else a)
            known = view(stage, b)
            assert known.opted_out == (one["opted_out"] or other["opted_out"])
            assert ("refused" in (one["consent"], other["consent"])) == (known.consent == "refused")
            assert known.tags == one["tags"] | other["tags"]
            assert known.answers.keys() == one["answers"].keys() | other["answers"].keys()
            stage.later(minutes=1)
            unmerge(stage, merge_id)
            assert everything(stage) == before

        merged_and_unmerged()


def test_whose_friend_a_contact_is_goes_by_the_contact(database_url: str) -> None:
    with shop(database_url, CAPPED) as stage:
        stage.befriend("wx1")
        stage.befriend("wx2", account="second")
        stage.apply(said("wx2", wire_id="a"), decide=nothing)
        merge(stage)
        assert set(view(stage, "wx1").friendships) == {"main"}
        assert set(view(stage, "wx2").friendships) == {"second"}


def test_a_person_has_one_place_and_waits_again_when_they_are_two(database_url: str) -> None:
    book = merchant(accounts=("main", "second"), tiers=[{"name": "茶桌"}, {"name": "分院"}])
    with shop(database_url, book) as stage:
        stage.befriend("wx1", "wx2")
        stage.apply(BindGroupOrder(merchant="m1", account="main", at=START, group="r@chatroom", tier="茶桌"))
        one, two = ids(stage)["wx1"], ids(stage)["wx2"]
        (room,) = stage.rows(ChatGroup)
        stage.bring_about(
            fx.Reserve(contact_id=one, group_id=room.id, until=None), fx.WaitForSeat(contact_id=two, tier="茶桌")
        )
        merged = merge(stage)
        assert stage.rows(Waiting) == []
        with stage.store.writing() as writing:
            (place,) = load_places(writing, "m1", persons(stage).values()).values()
        assert place == PlaceView(tiers=frozenset({"茶桌"}))
        stage.bring_about(fx.WaitForSeat(contact_id=two, tier="分院"))
        unmerge(stage, merged)
        assert [(row.contact_id, row.tier) for row in stage.rows(Waiting)] == [(two, "分院")]
        stage.bring_about(fx.WaitForSeat(contact_id=two, tier="茶桌"))
        assert [(row.contact_id, row.tier) for row in stage.rows(Waiting)] == [(two, "茶桌")]
        stage.bring_about(fx.WaitForSeat(contact_id=two, tier=None))
        assert stage.rows(Waiting) == []
