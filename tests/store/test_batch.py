"""One transaction a batch: duplicates dropped, events journalled once, conversations in order."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.batch import answered_with_echo, conversations, waves
from bot.store.journal import Outcome
from models import effects as fx
from models.context import Context
from models.deliveries import Delivery
from models.effects import Effect
from models.events import (
    Event,
    FriendAdded,
    GroupJoined,
    GroupLeft,
    LoggedIn,
    Media,
    Message,
    MessageRecalled,
    SelfMessage,
    SendAnswered,
    TimerDue,
    Who,
)
from models.groups import ChatGroup
from models.journal import Body, JournalEntry, SeenEvent
from models.orders import SeatsChanged
from models.people import Contact, Person, Tag
from models.timers import seat_subject
from tests.store.stage import START, merchant, nothing, said, shop

# duplicates


def test_duplicates_within_a_batch_and_across_batches(database_url: str) -> None:
    first, second = said("wx1", wire_id="a"), said("wx1", wire_id="b")
    with shop(database_url) as stage:
        outcomes = stage.apply(first, first, second, decide=nothing)
        assert [one.duplicate for one in outcomes] == [False, True, False]
        again = stage.apply(second, said("wx2", wire_id="c"), first, decide=nothing)
        assert [one.duplicate for one in again] == [True, False, True]
        assert [row.wire_id for row in stage.rows(JournalEntry)] == ["a", "b", "c"]


def test_duplicates_are_spotted_after_a_restart(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", wire_id="a"), decide=nothing)
    with shop(database_url) as stage:
        assert stage.apply(said("wx1", wire_id="a"), decide=nothing)[0].duplicate


def test_the_same_id_of_another_account_or_merchant_is_no_duplicate(database_url: str) -> None:
    with shop(database_url, merchant("m1", ["main", "second"]), merchant("m2", ["third"])) as stage:
        events = [
            said("wx1", wire_id="a", account="main"),
            said("wx1", wire_id="a", account="second"),
            said("wx1", wire_id="a", account="third", merchant="m2"),
        ]
        assert not any(one.duplicate for one in stage.apply(*events, decide=nothing))
        assert all(one.duplicate for one in stage.apply(*events, decide=nothing))
        people = stage.rows(Person)
        assert sorted(person.merchant_id for person in people) == ["m1", "m2"]


def test_without_a_transport_id_the_content_counts(database_url: str) -> None:
    event = said("wx1", "在吗")
    with shop(database_url) as stage:
        outcomes = stage.apply(
            event,
            msgspec.structs.replace(event, received_at=START + timedelta(minutes=1)),  # the gateway said it again
            msgspec.structs.replace(event, at=START + timedelta(seconds=1)),
            said("wx1", "在吗？"),
            said("wx2", "在吗"),
            decide=nothing,
        )
        assert [one.duplicate for one in outcomes] == [False, True, False, False, False]
        assert stage.apply(event, decide=nothing)[0].duplicate


def test_orders_have_no_duplicates(database_url: str) -> None:
    with shop(database_url) as stage:
        order = SeatsChanged(merchant="m1", at=START, tier="堂口")
        assert not any(one.duplicate for one in stage.apply(order, order, decide=nothing))


def test_a_key_leads_to_the_row_of_its_event(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", wire_id="a"), said("wx2", wire_id="b"), decide=nothing)
        journal = {row.wire_id: row.id for row in stage.rows(JournalEntry)}
        assert {row.wire_id: row.journal_id for row in stage.rows(SeenEvent)} == journal


# the journal


def test_words_are_kept_apart_from_the_journal(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", "我住在静安区", wire_id="a", group="room-1"), decide=nothing)
        (entry,) = stage.rows(JournalEntry)
        (body,) = stage.rows(Body)
        assert body.id == entry.body_id
        assert body.text == "我住在静安区"
        assert "静安" not in entry.data
        assert entry.contact_id == stage.rows(Contact)[0].id
        assert entry.group_id == stage.rows(ChatGroup)[0].id


def test_a_line_of_the_journal_has_what_its_columns_have_not(database_url: str) -> None:
    whole = Message(
        account="main",
        merchant="m1",
        at=START,
        wire_id="a",
        received_at=START,
        contact=Who("wx1", "老林", "林总", ("茶",)),
        group="room-1",
        kind="image",
        text="看",
        mentions=("wx2",),
        quote="b",
        media=Media(name="图", url="file:///图.jpg", description="一张", thumbnail="小"),
    )
    with shop(database_url) as stage:
        stage.apply(whole, decide=nothing)
        (entry,) = stage.rows(JournalEntry)
    kept = msgspec.json.decode(entry.data)
    assert set(kept) - {"type"} == set(Message.__struct_fields__) - {
        "account", "merchant", "wire_id", "received_at", "kind", "text",
    }  # fmt: skip
    assert msgspec.convert({**kept, "kind": "image", "text": "看"}, Message) == msgspec.structs.replace(
        whole, account="", merchant="", wire_id="", received_at=None
    )


def test_what_members_type_is_kept_whatever_it_is(database_url: str) -> None:
    texts = [
        "a\0b",
        "\u202e退订\u202c",
        "👨‍👩‍👧",
        "／help",
        "长" * 300_000,
        "'; DROP TABLE person; --",
        "%s %(text)s :text",
    ]
    with shop(database_url) as stage:
        outcomes = stage.apply(*(said("wx1", text, wire_id=f"e{n}") for n, text in enumerate(texts)), decide=nothing)
        assert not any(one.error for one in outcomes)
        kept = [row.text for row in stage.rows(Body)]
        assert kept[1:] == texts[1:]
        assert kept[0] in ("a\0b", "a�b")  # PostgreSQL has no NUL


def test_names_follow_the_platform_and_ids_stay(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(said("wx1", wire_id="a"), decide=nothing)
        (before,) = stage.rows(Contact)
        renamed = Message(merchant="m1", account="main", at=START, wire_id="b", contact=Who("wx1", "天天妈"), text="嗯")
        stage.apply(renamed, decide=nothing)
        (after,) = stage.rows(Contact)
        assert (after.id, after.name) == (before.id, "天天妈")


# waves


def test_two_events_of_one_conversation_see_each_other(database_url: str) -> None:
    def tag(event: Event, context: Context) -> list[Effect]:
        assert isinstance(event, Message)
        assert context.person is not None
        seen = ",".join(sorted(context.person.tags))
        return [fx.PutTags(person_id=context.person.person_id, add=(f"{event.text}<{seen}>",), origin="test")]

    with shop(database_url) as stage:
        stage.apply(said("wx1", "1", "a"), said("wx2", "1", "b"), said("wx1", "2", "c"), decide=tag)
        person = {row.wire_id: row.person_id for row in stage.rows(Contact)}
        tags = defaultdict(set)
        for row in stage.rows(Tag):
            tags[row.person_id].add(row.tag)
        assert tags[person["wx1"]] == {"1<>", "2<1<>>"}
        assert tags[person["wx2"]] == {"1<>"}


def test_a_follower_is_decided_on_what_its_cause_wrote(database_url: str) -> None:
    def decide(event: Event, context: Context) -> list[Effect]:
        if isinstance(event, Message):
            assert context.person is not None
            follower = SelfMessage(merchant="m1", account="main", at=START, to_contact=event.contact.contact)
            return [
                fx.PutTags(person_id=context.person.person_id, add=("新",), origin="test"),
                fx.Follow(event=follower),
            ]
        assert context.person is not None
        assert context.person.tags == {"新"}
        return [fx.Audit(actor="test", action="followed")]

    with shop(database_url) as stage:
        (outcome,) = stage.apply(said("wx1", wire_id="a"), decide=decide)
        assert not outcome.error
        assert [row.type for row in stage.rows(JournalEntry)] == ["message", "self_message"]


def test_events_that_raise_each_other_for_ever_are_a_poison(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.batch.MOST_WAVES", 50)

    def again(_event: Event, _context: Context) -> list[Effect]:
        return [fx.Follow(event=SeatsChanged(merchant="m1", at=START, tier="x"))]

    with shop(sqlite_url) as stage:
        (outcome,) = stage.apply(said("wx1", wire_id="a"), decide=again)
        assert "keep raising" in outcome.error
        assert len(stage.rows(JournalEntry)) == 1


EVENTS = st.one_of(
    st.builds(said, st.sampled_from(["wx1", "wx2", "wx3"]), group=st.sampled_from(["", "room-1"])),
    st.builds(
        lambda group, members: GroupJoined(at=START, group=group, members=tuple(map(Who, members))),
        st.sampled_from(["room-1", "room-2"]),
        st.lists(st.sampled_from(["wx1", "wx2", "wx4"]), unique=True),
    ),
    st.builds(
        lambda subject: TimerDue(at=START, kind="seat", subject=subject, due=START),
        st.builds(seat_subject, st.sampled_from(["wx1", "wx4"]), st.sampled_from(["room-1", "room-2"])),
    ),
    st.builds(lambda who: TimerDue(at=START, kind="nudge", subject=who, due=START), st.sampled_from(["wx1", "wx2"])),
    st.just(LoggedIn(at=START, self_id="me")),
    st.just(MessageRecalled(at=START, message="x")),
)


@given(st.lists(EVENTS, max_size=40))
def test_waves_keep_conversations_apart_and_in_order(events: list[Event]) -> None:
    outcomes = [Outcome(event) for event in events]
    split = waves(outcomes)
    place = {id(outcome): number for number, wave in enumerate(split) for outcome in wave}
    assert sorted(place) == sorted(id(outcome) for outcome in outcomes)  # each exactly once
    assert all(split)
    for later, outcome in enumerate(outcomes):
        for earlier in outcomes[:later]:
            mine, theirs = conversations(outcome.event), conversations(earlier.event)
            if mine is None or theirs is None or set(mine) & set(theirs):
                assert place[id(earlier)] < place[id(outcome)]


def test_what_touches_one_person_is_one_conversation() -> None:
    timer = TimerDue(at=START, kind="seat", subject=seat_subject("wx1", "room-1"), due=START)
    joined = GroupJoined(at=START, group="room-1", members=(Who("wx1"),), by="wx9")
    left = GroupLeft(at=START, group="room-2", members=(Who("wx1"),))
    for first, second in ((timer, joined), (joined, timer), (timer, said("wx1")), (left, said("wx1"))):
        assert len(waves([Outcome(first), Outcome(second)])) == 2


def test_answers_of_the_platform_are_decided_by_themselves_in_their_place() -> None:
    answer = SendAnswered(account="a", at=START, delivery=1, key="accept:a:wx1", answer="sent")
    for other in (
        SelfMessage(account="a", at=START, to_contact="wx1"),
        FriendAdded(account="a", at=START, contact=Who("wx1")),
        GroupJoined(account="b", at=START, group="room-1", members=(Who("wx1"),)),
        said("wx2"),
    ):
        for pair in ([other, answer], [answer, other]):
            assert [[one.event for one in wave] for wave in waves([*map(Outcome, pair)])] == [[one] for one in pair]


def test_an_answer_that_comes_with_its_own_echo_is_decided_with_it() -> None:
    here: dict[str, Any] = {"account": "a", "at": START}
    echo = Outcome(SelfMessage(**here, to_contact="wx1", wire_id="e"))
    answer = Outcome(SendAnswered(**here, delivery=1, key="r1", answer="sent", message="e"))
    another = Outcome(SendAnswered(**here, delivery=2, key="r2", answer="sent", message="f"))
    both = [(echo, answer)]
    assert answered_with_echo([echo, answer, another]) == answered_with_echo([answer, echo]) == both
    assert answered_with_echo([answer, another]) == []
    assert waves([echo, answer, another]) == [[echo, answer], [another]]
    assert waves([another, answer, echo]) == [[another], [echo, answer]]
    words = Outcome(said("wx1"))
    assert waves([answer, words, echo]) == [[echo, answer], [words]]
    assert waves([words, echo, answer]) == [[words], [echo, answer]]


def test_a_batch_of_strangers_is_one_wave() -> None:
    assert len(waves([Outcome(said(f"wx{n}")) for n in range(1000)])) == 1


# effects that must survive a large batch


def test_a_thousand_effects_of_a_kind_in_one_wave(database_url: str) -> None:
    """More removals than SQLite takes terms in an expression, more timers than it takes parameters."""

    def decide(_event: Event, context: Context) -> list[Effect]:
        assert context.person is not None
        person = context.person
        return [
            fx.PutTags(person_id=person.person_id, add=("新",), remove=("a", "b", "c"), origin="survey"),
            *(fx.DropTimer(kind="nudge", subject=f"{person.wire_id}-{n}") for n in range(20)),
        ]

    with shop(database_url) as stage:
        outcomes = stage.apply(*(said(f"wx{n}", wire_id=f"e{n}") for n in range(1024)), decide=decide)
        assert not any(one.error for one in outcomes)
        assert len(stage.rows(Tag)) == 1024
        assert stage.rows(Delivery) == []


def test_what_a_human_tagged_the_survey_leaves(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        person = stage.rows(Person)[0].id
        stage.bring_about(
            fx.PutTags(person_id=person, add=("常客",), origin="wx-boss"),
            fx.PutTags(person_id=person, add=("宝妈",), origin="survey"),
        )
        stage.bring_about(fx.PutTags(person_id=person, remove=("常客", "宝妈"), origin="survey"))
        assert [row.tag for row in stage.rows(Tag)] == ["常客"]
        stage.bring_about(fx.PutTags(person_id=person, remove=("常客",), origin="wx-boss"))
        assert stage.rows(Tag) == []


def test_groups_come_in_the_order_in_which_they_were_bound(database_url: str) -> None:
    seen: list[list[str]] = []

    def place(_event: Event, context: Context) -> list[Effect]:
        seen.append(list(context.groups))
        return []

    with shop(database_url) as stage:
        stage.apply(*(said("wx1", group=room) for room in ("room-1", "room-2", "room-3")), decide=nothing)
        ids = {row.wire_id: row.id for row in stage.rows(ChatGroup)}
        for room in ("room-3", "room-1", "room-2"):
            stage.later(minutes=1)
            stage.bring_about(fx.BindGroup(group_id=ids[room], tier="堂口", bound_at=stage.at))
        stage.apply(SeatsChanged(merchant="m1", at=stage.at, tier="堂口"), decide=place)
    assert seen == [["room-3", "room-1", "room-2"]]


def test_an_answer_and_the_news_that_its_question_left_are_not_decided_on_the_same_context() -> None:
    left = SendAnswered(at=START, account="main", delivery=1, key="ask:wx1:1", answer="sent")
    assert len(waves([Outcome(said("wx1")), Outcome(left)])) == 2
