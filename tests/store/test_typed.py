"""What is being typed is not loaded a second time, unless something has changed meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.store.outbox import Claims, claim
from bot.store.typed import Typed
from models import effects as fx
from models.deliveries import Lane
from models.events import SelfMessage
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
