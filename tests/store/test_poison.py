"""An event that cannot be decided or written is kept with its traceback, and its neighbours go on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.store.due import due_timers
from bot.store.journal import Outcome
from bot.store.outbox import claim
from bot.store.under_way import found_claimed
from handlers import decide
from models import effects as fx
from models.context import Context
from models.deliveries import Delivery
from models.effects import Effect
from models.events import Event, Message, SelfMessage, SendAnswered, TimerDue, Who
from models.groups import GroupMember
from models.journal import Body, JournalEntry
from models.operations import AuditEntry, Timer
from models.people import Contact
from tests.store.stage import NAIVE, START, Shop, nothing, post, reply, said, shop

AUDIT = fx.Audit(actor="wx1", action="seen")


def raises(event: Event, _context: Context) -> list[Effect]:
    if isinstance(event, Message) and event.text != "毒":
        return [AUDIT]
    raise ZeroDivisionError("no such luck")


def refused_by_the_database(event: Event, context: Context) -> list[Effect]:
    """A member of a group that does not exist breaks a foreign key; a delivery without an account a constraint."""
    if isinstance(event, Message) and event.text != "毒":
        return [AUDIT]
    return [AUDIT, fx.PutMembers(group_id=404, joined=(Who("wx1"),))]


def refused_by_the_driver(event: Event, _context: Context) -> list[Effect]:
    if isinstance(event, Message) and event.text != "毒":
        return [AUDIT]
    return [AUDIT, fx.PutTimer(kind="nudge", subject="wx1", at=NAIVE)]


@pytest.mark.parametrize("decide", [raises, refused_by_the_database, refused_by_the_driver])
def test_neighbours_go_on(database_url: str, decide: Callable[[Event, Context], list[Effect]]) -> None:
    events = [said("wx1", wire_id="a"), said("wx1", "毒", wire_id="b"), said("wx1", wire_id="c")]
    with shop(database_url) as stage:
        outcomes = stage.apply(*events, decide=decide)
        assert [bool(one.error) for one in outcomes] == [False, True, False]
        journal = stage.rows(JournalEntry)
        assert [row.wire_id for row in journal] == ["a", "b", "c"]
        assert [bool(row.error) for row in journal] == [False, True, False]
        assert "Traceback" in journal[1].error
        assert [row.text for row in stage.rows(Body)] == ["你好", "毒", "你好"]
        assert len(stage.rows(AuditEntry)) == 2
        assert stage.rows(GroupMember) == []
        assert all(one.duplicate for one in stage.apply(*events, decide=decide))


def test_the_traceback_quotes_no_member(database_url: str) -> None:
    with shop(database_url) as stage:
        poison = Message(merchant="m1", account="main", at=START, contact=Who("wx1", "天天妈"), text="毒")
        stage.apply(poison, decide=refused_by_the_database)
        (entry,) = stage.rows(JournalEntry)
        assert "毒" not in entry.error
        assert "天天妈" not in entry.error


UNSTORABLE = [
    pytest.param(said("wx1", wire_id="a", at=NAIVE), id="a time without a zone"),
    pytest.param(said("wx\ud800", "半个字\udfff", wire_id="a\ud800"), id="half a surrogate pair"),
    pytest.param(said("wx\0", wire_id="a\0b"), id="NUL in ids"),
]


@pytest.mark.parametrize("event", UNSTORABLE)
def test_what_no_database_takes_is_a_dead_letter(database_url: str, event: Message) -> None:
    with shop(database_url) as stage:
        outcomes = stage.apply(said("wx1", wire_id="x"), event, said("wx2", wire_id="y"), decide=nothing)
        assert not outcomes[0].error
        assert not outcomes[2].error
        journal = stage.rows(JournalEntry)
        assert len(journal) == 3
        if outcomes[1].error:  # SQLite keeps a NUL as it is
            (entry,) = [row for row in journal if row.error]
            assert "Traceback" in entry.error
            assert stage.rows(Body, Body.id == entry.body_id)[0].text


def test_what_no_index_of_the_database_takes_is_not_tried_for_ever(database_url: str) -> None:
    """PostgreSQL says of a key that is too long what it says of a full disk: that it cannot at the moment."""
    chance = random.Random(7)
    endless = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(5_000))
    events = [said("wx1", wire_id="a"), said("wx1", wire_id=endless), said("wx1", wire_id="c")]
    with shop(database_url) as stage:
        outcomes = stage.apply(*events, decide=nothing)
        assert [bool(one.error) for one in outcomes] == [False, database_url.startswith("postgresql"), False]
        assert [row.wire_id for row in stage.rows(JournalEntry)] == ["a", endless, "c"]


def test_an_event_of_a_merchant_that_is_gone(database_url: str) -> None:
    with shop(database_url) as stage:
        outcomes = stage.apply(said("wx1", wire_id="a", merchant="gone"), said("wx1", wire_id="b"), decide=nothing)
        assert [bool(one.error) for one in outcomes] == [True, False]
        assert len(stage.rows(JournalEntry)) == 2


def test_one_poison_event_does_not_make_every_other_stand_alone(database_url: str) -> None:
    """Halves are tried, not each event by itself: of 64 events, a dozen transactions or so."""
    with shop(database_url) as stage:
        commits: list[int] = []
        stage.store.listeners.append(lambda _writing: commits.append(1))
        crowd = [said("wx1", "毒" if number == 40 else "早", wire_id=f"m{number}") for number in range(64)]
        outcomes = stage.apply(*crowd, decide=refused_by_the_database)
        assert [bool(outcome.error) for outcome in outcomes] == [number == 40 for number in range(64)]
        assert [entry.wire_id for entry in stage.rows(JournalEntry)] == [event.wire_id for event in crowd]
        assert len(commits) <= 8


# timers


@pytest.mark.parametrize("decide", [raises, refused_by_the_database])
def test_a_poison_timer_rings_once(database_url: str, decide: Callable[[Event, Context], list[Effect]]) -> None:
    with shop(database_url) as stage:
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START))
        rung, following = due_timers(stage.store, stage.merchants)
        assert [one.subject for one in rung] == ["wx1"]
        assert following is None
        (outcome,) = stage.apply(*rung, decide=decide)
        assert outcome.error
        assert stage.rows(Timer) == []
        assert due_timers(stage.store, stage.merchants) == ([], None)


def test_a_timer_rings_once_however_often_it_is_fired(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START))
        rung, _ = due_timers(stage.store, stage.merchants)
        first = stage.apply(*rung, *rung, decide=lambda _e, _c: [AUDIT])
        then = stage.apply(*rung, decide=lambda _e, _c: [AUDIT])
        assert [one.duplicate for one in [*first, *then]] == [False, True, True]
        assert len(stage.rows(AuditEntry)) == 1


def test_a_timer_that_was_moved_meanwhile_does_not_ring(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START))
        rung, _ = due_timers(stage.store, stage.merchants)
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START + timedelta(hours=1)))
        assert stage.apply(*rung, decide=lambda _e, _c: [AUDIT])[0].duplicate
        assert len(stage.rows(Timer)) == 1


def test_timers_that_fell_due_while_the_program_was_down(database_url: str) -> None:
    with shop(database_url) as stage:
        timers = [
            fx.PutTimer(kind="nudge", subject=f"wx{hours}", at=START + timedelta(hours=hours)) for hours in (5, 1, 3)
        ]
        stage.bring_about(*timers)
    with shop(database_url) as stage:
        stage.at = START + timedelta(hours=4)
        rung, following = due_timers(stage.store, stage.merchants)
        assert [one.subject for one in rung] == ["wx1", "wx3"]
        assert [one.due for one in rung] == [START + timedelta(hours=1), START + timedelta(hours=3)]
        assert following == START + timedelta(hours=5)
        stage.apply(*rung, decide=nothing)
        assert due_timers(stage.store, stage.merchants) == ([], following)


def test_timers_of_another_merchant_stay(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=START))
        assert due_timers(stage.store, {}) == ([], None)
        foreign = TimerDue(merchant="m2", at=START, kind="nudge", subject="wx1", due=START)
        stage.apply(foreign, decide=nothing)
        assert len(stage.rows(Timer)) == 1


# answers to sends


def answered(stage: Shop, key: str, answer: str = "sent") -> SendAnswered:
    row = stage.delivery(key)
    return SendAnswered(
        merchant="m1",
        account="main",
        at=stage.at,
        delivery=row.id,
        key=key,
        answer=answer,  # type: ignore[arg-type]
    )


def sent_off(stage: Shop) -> SendAnswered:
    contact = stage.befriend("wx1")["wx1"]
    stage.bring_about(reply("r1", contact))
    (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
    assert one.outgoing.contact == "wx1"
    return answered(stage, "r1")


@pytest.mark.parametrize("decide", [raises, refused_by_the_database])
def test_a_poison_answer_leaves_an_unknown_delivery(
    database_url: str, decide: Callable[[Event, Context], list[Effect]]
) -> None:
    with shop(database_url) as stage:
        event = sent_off(stage)
        (outcome,) = stage.apply(event, decide=decide)
        assert outcome.error
        assert stage.history("r1") == ["planned", "claimed", "unknown error"]
        assert found_claimed(stage.store) == []
        assert stage.rows(JournalEntry)[-1].type == "send_answered"


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize(("poison", "ends"), [(SelfMessage, ["sent"]), (SendAnswered, ["sent", "confirmed"])])
def test_of_an_echo_and_its_answer_a_poison_one_leaves_the_other_its_word(
    database_url: str, poison: type[Event], ends: list[str], is_first: bool
) -> None:
    def decide_but_for_it(event: Event, context: Context) -> Sequence[Effect]:
        return raises(event, context) if isinstance(event, poison) else decide(event, context)

    with shop(database_url) as stage:
        answer = replace(sent_off(stage), message="e")
        echo = SelfMessage(merchant="m1", account="main", at=stage.at, wire_id="e", to_contact="wx1", text="r1")
        both = (echo, answer) if is_first else (answer, echo)
        outcomes = stage.apply(*both, decide=decide_but_for_it)
        assert [bool(one.error) for one in outcomes] == [isinstance(one, poison) for one in both]
        assert stage.history("r1") == ["planned", "claimed", *ends]
        assert found_claimed(stage.store) == []


def test_an_answer_is_no_row_of_the_journal(database_url: str) -> None:
    with shop(database_url) as stage:
        event = sent_off(stage)
        before = len(stage.rows(JournalEntry))
        stage.apply(event)
        assert stage.history("r1") == ["planned", "claimed", "sent"]
        assert len(stage.rows(JournalEntry)) == before


def test_a_claimed_delivery_of_a_merchant_that_is_gone_is_unknown(database_url: str) -> None:
    with shop(database_url) as stage:
        sent_off(stage)
        (crashed,) = found_claimed(stage.store)
        stage.merchants = {}
        (outcome,) = stage.apply(crashed)
        assert isinstance(outcome, Outcome)
        assert outcome.error
        assert stage.history("r1") == ["planned", "claimed", "unknown error"]


def test_a_poison_decision_writes_nothing_of_itself(database_url: str) -> None:
    def half(event: Event, context: Context) -> list[Effect]:
        assert context.person is not None
        if isinstance(event, Message) and event.text == "毒":
            return [post("p1", contact_id=context.person.contact_id), *refused_by_the_database(event, context)]
        return [post("p2", contact_id=context.person.contact_id)]

    with shop(database_url) as stage:
        stage.apply(said("wx1", "毒", wire_id="a"), said("wx2", wire_id="b"), decide=half)
        assert [row.key for row in stage.rows(Delivery)] == ["p2"]
        assert len(stage.rows(Contact)) == 2
