"""Leases: who keeps an account, how they change hands, and that who lost one writes nothing about it any more."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col

from bot.store import Store
from bot.store.batch import apply
from bot.store.late import drop_late, late_events, leave_late
from bot.store.leases import LeaseLost, Leases
from bot.store.outbox import claim
from bot.store.under_way import found_claimed
from handlers import decide
from models.deliveries import Delivery
from models.events import SendAnswered, TimerDue
from models.journal import JournalEntry
from models.workers import Worker
from tests.store.stage import START, Shop, merchant, reply, said, shop

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
FOUR = ("a", "b", "c", "d")
PAIRS = [("m1", account) for account in FOUR]


@contextlib.contextmanager
def workers(url: str, count: int, pairs: list[tuple[str, str]] = PAIRS) -> Iterator[list[Leases]]:
    with contextlib.ExitStack() as closing:
        yield [closing.enter_context(contextlib.closing(Leases(url, pairs))) for _ in range(count)]


def dies(stage: Shop, one: Leases) -> None:
    """It has not been seen for longer than a lease."""
    with stage.store.writing() as writing:
        writing.connection.execute(update(Worker).where(col(Worker.id) == one.worker).values(seen_at=LONG_AGO))


def test_who_is_alone_has_all_and_gives_some_back_when_another_joins(postgresql_url: str) -> None:
    with workers(postgresql_url, 2) as (first, second):
        assert first.beat().taken == list(FOUR)
        assert first.beat().taken == []
        joined = second.beat()
        assert (joined.taken, joined.is_short) == ([], True)
        assert first.beat().surplus == ["c", "d"]
        first.release(["c", "d"])
        assert second.beat().taken == ["c", "d"]
        assert first.beat().surplus == []
        assert (sorted(first.tokens), sorted(second.tokens)) == (["a", "b"], ["c", "d"])


def test_shares_differ_by_one_at_most_and_leave_nobody_out(postgresql_url: str) -> None:
    with workers(postgresql_url, 3) as all_three:
        for _ in range(4):
            for one in all_three:
                one.release(one.beat().surplus)
        assert sorted(len(one.tokens) for one in all_three) == [1, 1, 2]
        assert sorted(account for one in all_three for account in one.tokens) == list(FOUR)


def test_the_accounts_of_the_dead_are_taken_over_under_a_new_token(postgresql_url: str) -> None:
    with shop(postgresql_url) as stage, workers(postgresql_url, 2) as (first, second):
        first.beat()
        before = dict(first.tokens)
        assert second.beat().taken == []
        dies(stage, first)
        assert second.beat().taken == list(FOUR)
        assert all(second.tokens[account] > before[account] for account in FOUR)
        back = first.beat()  # it had only slept
        assert back.lost == list(FOUR)
        assert first.tokens == {}


def test_each_is_missed_after_its_own_lease_not_after_that_of_who_looks(postgresql_url: str) -> None:
    """Somebody with a shorter lease would take everything from the living between two of their heartbeats."""
    long, short = timedelta(seconds=30), timedelta(seconds=0.2)
    with (
        contextlib.closing(Leases(postgresql_url, PAIRS, lease=long)) as first,
        contextlib.closing(Leases(postgresql_url, PAIRS, lease=short)) as second,
    ):
        assert first.beat().taken == list(FOUR)
        second.beat()
        time.sleep(0.3)
        joined = second.beat()
        assert (joined.taken, joined.workers) == ([], 2)
        assert first.beat().surplus == ["c", "d"]
        first.release(["c", "d"])
        assert second.beat().taken == ["c", "d"]
        time.sleep(0.3)
        assert first.beat().taken == ["c", "d"]  # which promised to be back sooner


def settled(all_of_them: list[Leases]) -> list[list[str]]:
    """What each keeps after a few heartbeats."""
    for _ in range(4):
        for one in all_of_them:
            one.release(one.beat().surplus)
    return [sorted(one.tokens) for one in all_of_them]


def test_an_account_that_not_all_know_is_kept_by_who_knows_it(postgresql_url: str) -> None:
    """Who cannot keep an account must not count in the share of it: nobody would keep it while all live."""
    with (
        workers(postgresql_url, 2) as usual,
        workers(postgresql_url, 1, [("m1", "a")]) as (narrow,),
        workers(postgresql_url, 1, [("m1", name) for name in ("a", "b", "c", "z")]) as (other,),
    ):
        assert settled([narrow, *usual]) == [["a"], ["b", "c"], ["d"]]
        usual[1].leave()
        assert settled([narrow, usual[0]]) == [["a"], ["b", "c", "d"]]
        assert settled([narrow, usual[0], other]) == [["a"], ["b", "d"], ["c", "z"]]


def test_an_account_is_added_by_restarting_one_worker_after_the_other(postgresql_url: str) -> None:
    more = [*PAIRS, ("m1", "e")]
    with workers(postgresql_url, 2) as old, workers(postgresql_url, 2, more) as new:
        settled(old)
        old[0].leave()
        assert sorted(account for kept in settled([old[1], new[0]]) for account in kept) == [*FOUR, "e"]
        assert "e" in new[0].tokens
        (difference,) = new[0].beat().differences
        assert (difference.only_there, difference.only_here) == ([], ["m1/e"])
        assert difference.worker == old[1].worker
        (difference,) = old[1].beat().differences
        assert (difference.only_there, difference.only_here) == (["m1/e"], [])
        old[1].leave()
        assert sorted(map(len, settled(new))) == [2, 3]
        assert new[0].beat().differences == []


def test_an_account_that_went_to_another_merchant_is_kept_by_one_and_not_lost_again(postgresql_url: str) -> None:
    """It has a lease under each of the two, of which the older has changed hands more often."""
    with (
        shop(postgresql_url) as stage,
        workers(postgresql_url, 1, [("m1", "a")]) as (before,),
        workers(postgresql_url, 1, [("m2", "a")]) as (after,),
    ):
        for _ in range(3):
            before.beat()
            dies(stage, before)
        assert after.beat().taken == ["a"]
        again = after.beat()
        assert (again.taken, again.lost) == ([], [])
        with stage.store.writing([]) as writing:
            after.check(writing.connection, ["a"])
        assert before.beat().lost == ["a"]  # one of before that is still there does not take it back
        assert before.beat().taken == []
        assert after.beat().lost == []


def test_who_leaves_in_good_order_is_succeeded_at_once(postgresql_url: str) -> None:
    with workers(postgresql_url, 2) as (first, second):
        first.beat()
        first.leave()
        assert second.beat().taken == list(FOUR)


def test_who_slept_longer_than_a_lease_takes_nothing_for_its_own_before_it_has_asked(postgresql_url: str) -> None:
    with contextlib.closing(Leases(postgresql_url, PAIRS, lease=timedelta(seconds=0.2))) as one:
        assert one.have_run_out  # it never had any
        one.beat()
        token = one.tokens["a"]
        assert one.still_has("a", token)
        assert not one.still_has("a", token - 1)
        assert not one.still_has("a", None)
        time.sleep(0.3)
        assert one.have_run_out
        assert not one.still_has("a", token)
        one.beat()  # nobody else had come
        assert one.still_has("a", token)


def test_what_could_not_be_given_back_is_taken_again(postgresql_url: str) -> None:
    with workers(postgresql_url, 1) as (one,):
        one.beat()
        del one.tokens["b"]  # as it stands when the database was away in the middle of it
        assert one.beat().taken == ["b"]


def test_what_was_let_go_of_and_is_beyond_our_share_by_now_is_left_to_others(postgresql_url: str) -> None:
    with shop(postgresql_url) as stage, workers(postgresql_url, 5) as everybody:
        for _ in range(5):
            for one in everybody:
                one.release(one.beat().surplus)
        first, *others = everybody
        dies(stage, first)
        others[0].beat()  # finds it dead, and has its share
        first.tokens = {}  # as when a heartbeat was not answered for the length of a lease
        first.beat()  # back before whoever has no account yet has looked
        assert settled(everybody) == [[], ["b"], ["c"], ["d"], ["a"]]


def test_who_lost_an_account_neither_claims_nor_settles_nor_decides(postgresql_url: str) -> None:
    view = merchant()
    with shop(postgresql_url, view) as stage, workers(postgresql_url, 2, [("m1", "main")]) as (first, second):
        contact = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("one", contact), reply("two", contact))
        stage.store.leases = first
        first.beat()
        (mine,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        dies(stage, first)
        second.beat()

        answered = SendAnswered(
            merchant="m1", account="main", at=START, delivery=mine.delivery_id, key="one", answer="sent"
        )
        logged = len(stage.rows(JournalEntry))
        for event in (said("wx1"), answered):
            with pytest.raises(LeaseLost, match="main"):
                stage.apply(event)
        assert len(stage.rows(JournalEntry)) == logged
        assert stage.delivery("one").state == "claimed"

        with contextlib.closing(Store(postgresql_url, lambda: START, leases=second)) as theirs:
            apply(theirs, stage.merchants, found_claimed(theirs, ["main"]), decide)
            assert stage.delivery("one").state == "unknown"
            (next_one,) = claim(theirs, stage.merchants, [("m1", "main")]).claims
            assert next_one.outgoing.key == "two"
        with pytest.raises(LeaseLost):
            stage.bring_about(reply("three", contact))
        assert {row.key for row in stage.rows(Delivery)} == {"one", "two"}


def test_what_concerns_no_link_is_written_by_whoever_is_there(postgresql_url: str) -> None:
    with shop(postgresql_url) as stage, workers(postgresql_url, 1, [("m1", "main")]) as (other,):
        stage.store.leases = other  # which keeps nothing yet
        (outcome,) = stage.apply(TimerDue(merchant="m1", account="main", at=START, kind="x", subject="y", due=START))
        assert outcome.duplicate  # there is no such timer, which was looked for


def test_a_claim_in_flight_is_uncertain_only_where_the_account_was_taken_over(postgresql_url: str) -> None:
    view = merchant(accounts=("main", "second"))
    with shop(postgresql_url, view) as stage:
        contacts = stage.befriend("wx1"), stage.befriend("wx2", account="second")
        stage.bring_about(reply("one", contacts[0]["wx1"]), reply("two", contacts[1]["wx2"], account="second"))
        pairs = [("m1", "main"), ("m1", "second")]
        assert len(claim(stage.store, stage.merchants, pairs).claims) == 2
        assert [found.key for found in found_claimed(stage.store, ["second"])] == ["two"]


def test_what_was_heard_too_late_is_left_to_who_keeps_the_account(postgresql_url: str) -> None:
    with shop(postgresql_url) as stage:
        heard = [said("wx1", "在吗", "w1"), said("wx1", "人呢", "w2")]
        answered = SendAnswered(merchant="m1", account="main", at=START, delivery=1, key="k", answer="sent")
        assert leave_late(stage.store, [*heard, answered]) == 2
        assert late_events(stage.store, ["other"]) == []
        late = late_events(stage.store, ["main"])
        assert [event for _, event in late] == heard
        drop_late(stage.store, [number for number, _ in late])
        assert late_events(stage.store, ["main"]) == []


def test_the_owner_waits_for_a_writer_who_still_holds_the_lease(postgresql_url: str) -> None:
    with shop(postgresql_url) as stage, workers(postgresql_url, 2, [("m1", "main")]) as (first, second):
        stage.store.leases = first
        first.beat()
        with stage.store.writing(["m1"], ["main"]):
            with contextlib.closing(Store(postgresql_url, lambda: START)) as other, other.writing([]) as writing:
                writing.connection.execute(update(Worker).values(seen_at=LONG_AGO))
            assert second.beat().taken == []
        assert second.beat().taken == ["main"]


def test_the_transactions_of_a_merchant_come_one_after_the_other_those_of_others_do_not_wait(
    postgresql_url: str,
) -> None:
    happened: list[str] = []
    with (
        contextlib.closing(Store(postgresql_url, lambda: START)) as one,
        contextlib.closing(Store(postgresql_url, lambda: START)) as other,
    ):

        def write(merchants: list[str] | None, name: str) -> None:
            with other.writing(merchants):
                happened.append(name)

        with one.writing(["m1"]):
            write(["m2"], "another merchant's")
            waiting = threading.Thread(target=write, args=(["m1"], "the same merchant's"))
            waiting.start()
            time.sleep(0.2)
            happened.append("mine")
        waiting.join(timeout=10)
        with one.writing(["m1"]):
            waiting = threading.Thread(target=write, args=(None, "everybody's"))
            waiting.start()
            time.sleep(0.2)
            happened.append("mine")
        waiting.join(timeout=10)
    assert happened == ["another merchant's", "mine", "the same merchant's", "mine", "everybody's"]


def test_two_programs_never_give_the_same_id_and_later_transactions_give_later_ones(postgresql_url: str) -> None:
    with (
        contextlib.closing(Store(postgresql_url, lambda: START)) as one,
        contextlib.closing(Store(postgresql_url, lambda: START)) as other,
    ):
        given: list[int] = []
        for store, count in ((one, 1), (other, 5_000), (one, 3), (other, 1), (one, 100_000), (other, 1)):
            with store.writing([]) as writing:
                first = writing.ids.take(START, count)
                given += [first, first + count - 1]
                given.append(writing.ids.take(START))
        assert given == sorted(given)
        assert len(set(given)) >= len(given) - 4  # ranges of one begin and end with the same id
