"""What is being typed is not loaded a second time, unless something has changed meanwhile."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store.migrating import upgrade
from bot.store.outbox import Claims, claim
from bot.store.typed import Typed
from models import effects as fx
from models.deliveries import Delivery, Lane
from models.events import Answer, SelfMessage
from tests.store.stage import Shop, merchant, post, reply, shop
from tests.store.test_outbox import answer

MAIN = [("m1", "main")]
SLOW: dict[str, Any] = {"pace": {"typing_chars_per_second": 1, "jitter": 0}}
# As long as the text of what is planned first, after an earlier send.
SECONDS = 6


def looked(stage: Shop, typed: Typed | None = None) -> Claims:
    return claim(stage.store, stage.merchants, MAIN, typed)


def keys(found: Claims) -> list[str]:
    return [one.outgoing.key for one in found.claims]


def begin(stage: Shop) -> Typed | None:
    """One has left, so that the next has to be typed; it was looked at."""
    people = stage.befriend("wx1", "wx2")
    stage.bring_about(post("first", contact_id=people["wx1"]))
    assert keys(looked(stage)) == ["first"]
    answer(stage, "first", message="sim:first")
    stage.bring_about(post("second", contact_id=people["wx2"], text="好茶到了！！"))
    found = looked(stage)
    assert (found.claims, found.next_at) == ([], stage.at + timedelta(seconds=SECONDS))
    return found.typed


def is_known(stage: Shop, typed: Typed | None) -> bool:
    return typed is not None and typed.facts_at(stage.store, MAIN, stage.at) is not None


def test_what_was_typed_leaves_as_it_was_found(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        typed = begin(stage)
        stage.later(seconds=SECONDS - 1)
        assert looked(stage, typed).claims == []
        stage.later(seconds=1)
        assert is_known(stage, typed) is stage.store.is_alone
        found = looked(stage, typed)
        assert (keys(found), found.claims[0].outgoing.contact) == (["second"], "wx2")
        assert stage.history("second") == ["planned", "claimed"]
        assert looked(stage, typed).claims == []  # never twice


@pytest.mark.parametrize("change", ["pause", "more", "friend"])
def test_what_happens_meanwhile_counts(database_url: str, change: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        typed = begin(stage)
        match change:
            case "pause":
                stage.bring_about(fx.PutPause(scope="all", by="boss", reason=""))
            case "more":
                stage.bring_about(post("better", contact_id=stage.befriend("wx1")["wx1"], lane=Lane.CARE, text=""))
            case _:
                stage.befriend("wx9")
        stage.later(seconds=SECONDS)
        assert not is_known(stage, typed)
        assert keys(looked(stage, typed)) == {"pause": [], "more": ["better"], "friend": ["second"]}[change]


def test_what_falls_due_meanwhile_counts(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        care: dict[str, Any] = {"contact_id": stage.befriend("wx1")["wx1"], "lane": Lane.CARE, "text": ""}
        stage.bring_about(post("better", due=stage.at + timedelta(seconds=SECONDS), **care))
        typed = begin(stage)
        stage.later(seconds=SECONDS)
        assert not is_known(stage, typed)
        assert keys(looked(stage, typed)) == ["better"]


def test_that_a_send_arrived_changes_nothing(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        typed = begin(stage)
        stage.apply(
            SelfMessage(merchant="m1", account="main", at=stage.at, wire_id="sim:first", to_contact="wx1", text="first")
        )
        assert stage.history("first") == ["planned", "claimed", "sent", "confirmed"]
        assert is_known(stage, typed) is stage.store.is_alone


def test_at_midnight_caps_are_counted_anew(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW, caps={"person_per_day": 1})) as stage:
        stage.later(hours=13, minutes=59, seconds=58)
        typed = begin(stage)
        stage.later(seconds=SECONDS)
        assert not is_known(stage, typed)
        assert keys(looked(stage, typed)) == ["second"]


def test_a_clock_that_was_set_back_is_not_believed(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        typed = begin(stage)
        stage.later(seconds=-1)
        assert not is_known(stage, typed)


def test_what_may_not_leave_any_more_waits(database_url: str) -> None:
    quiet = [{"from": "10:00", "to": "11:00"}]
    with shop(database_url, merchant(**SLOW, quiet_hours=quiet)) as stage:
        stage.later(seconds=-2)
        typed = begin(stage)
        stage.later(seconds=SECONDS)
        assert looked(stage, typed).claims == []
        assert stage.history("second") == ["planned", "waiting quiet_hours"]


def test_an_answer_is_typed_after_it_was_asked_for(database_url: str) -> None:
    with shop(database_url, merchant(**SLOW)) as stage:
        stage.bring_about(reply("answer", stage.befriend("wx1")["wx1"], text="在的"))
        found = looked(stage)
        assert found.claims == []
        stage.later(seconds=2)
        assert keys(looked(stage, found.typed)) == ["answer"]


def begin_three(stage: Shop) -> Typed | None:
    """Of three posts for three people, the first has left, and the second was typed for nobody's sake but theirs."""
    people = stage.befriend("wx1", "wx2", "wx3", "wx4")
    stage.bring_about(
        *(post(f"post {one}", contact_id=people[f"wx{one}"], text="好茶到了！！") for one in (1, 2, 3, 4))
    )
    assert keys(looked(stage)) == ["post 1"]
    answer(stage, "post 1", message="sim:1")
    typed = looked(stage).typed
    stage.later(seconds=SECONDS)
    found = looked(stage, typed)
    assert keys(found) == ["post 2"]
    answer(stage, "post 2", message="sim:2")
    return looked(stage, found.typed).typed


def test_what_comes_next_is_known_with_what_is_typed(sqlite_url: str) -> None:
    with shop(sqlite_url, merchant(**SLOW)) as stage:
        typed = begin_three(stage)
        assert typed is not None
        assert [row.key for row in typed.rest] == ["post 4"]
        stage.later(seconds=SECONDS)
        found = looked(stage, typed)
        assert keys(found) == ["post 3"]
        answer(stage, "post 3")
        with refusing_to_write(stage):
            following = looked(stage, found.typed)
        assert following.next_at == stage.at + timedelta(seconds=SECONDS)
        stage.later(seconds=SECONDS)
        assert keys(looked(stage, following.typed)) == ["post 4"]


def test_who_was_written_to_meanwhile_is_looked_at_anew(sqlite_url: str) -> None:
    with shop(sqlite_url, merchant(**SLOW, caps={"person_per_day": 1})) as stage:
        typed = begin_three(stage)
        again = post("again", contact_id=stage.befriend("wx3")["wx3"], lane=Lane.CARE, text="")
        stage.later(seconds=SECONDS)
        found = looked(stage, typed)
        assert keys(found) == ["post 3"]
        stage.bring_about(again)
        answer(stage, "post 3")
        found = looked(stage, found.typed)
        assert stage.history("again") == ["planned", "waiting person_cap"]


def test_what_failed_to_leave_is_no_receipt(sqlite_url: str) -> None:
    with shop(sqlite_url, merchant(**SLOW)) as stage:
        typed = begin_three(stage)
        stage.later(seconds=SECONDS)
        found = looked(stage, typed)
        assert is_known(stage, found.typed)
        answer(stage, "post 3", "too_frequent")
        assert not is_known(stage, found.typed)


WHOM = ("wx1", "wx2", "wx3")


@given(
    posts=st.lists(
        st.tuples(
            st.sampled_from(WHOM),
            st.sampled_from([Lane.CARE, Lane.CONTENT, Lane.PROMOTION]),
            st.integers(0, 12),  # characters
            st.sampled_from([0, 0, 0, 20]),  # due so many seconds later
        ),
        min_size=4,
        max_size=9,
    ),
    answers=st.lists(st.sampled_from(["sent", "sent", "sent", "refused"]), min_size=9, max_size=9),
    per_minute=st.sampled_from([3, 30]),
    person_per_day=st.integers(1, 3),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_leaves_at_the_same_moments_as_if_all_were_loaded_anew(
    tmp_path: Path, posts: Any, answers: list[Answer], per_minute: int, person_per_day: int
) -> None:
    rules = SLOW["pace"] | {"per_minute": per_minute}
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        left: list[list[tuple[str, datetime | None, str, str | None]]] = []
        for remembers in (True, False):
            url = f"sqlite:///{folder}/{remembers}.db"
            upgrade(url)
            with shop(url, merchant(pace=rules, caps={"person_per_day": person_per_day})) as stage:
                to = stage.befriend(*WHOM)
                stage.bring_about(
                    *(
                        post(f"{place}", contact_id=to[who], lane=lane, text="好" * characters, due=due_in(stage, due))
                        for place, (who, lane, characters, due) in enumerate(posts)
                    )
                )
                go_on(stage, list(answers), remembers=remembers)
                left.append([(row.key, row.left_at, row.state, row.reason) for row in stage.rows(Delivery)])
    assert left[0] == left[1]


def due_in(stage: Shop, seconds: int) -> datetime:
    return stage.at + timedelta(seconds=seconds)


def go_on(stage: Shop, answers: list[Answer], *, remembers: bool) -> None:
    """An hour of claims and answers."""
    typed: Typed | None = None
    end = stage.at + timedelta(hours=1)
    while stage.at < end:
        found = looked(stage, typed if remembers else None)
        typed = found.typed
        if found.claims:
            answer(stage, found.claims[0].outgoing.key, answers.pop(), message=f"sim:{len(answers)}")
        else:
            stage.at = min(found.next_at or end, end)


@contextmanager
def refusing_to_write(stage: Shop) -> Iterator[None]:
    """No transaction begins meanwhile, and the database is not asked for anything."""
    before = stage.store.revision
    asked: list[str] = []
    database: Any = stage.store._connection.connection.driver_connection
    database.set_trace_callback(asked.append)
    yield
    database.set_trace_callback(None)
    assert (stage.store.revision, asked) == (before, [])
