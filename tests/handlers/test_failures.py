"""An account whose sends fail one after the other stops itself, once, and says so."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from handlers import decide
from models import effects as fx
from models.alerts import AlertKind
from models.context import AlertView
from models.deliveries import DeliveryState
from models.effects import Effect
from models.events import SelfMessage
from tests.handlers.builders import (
    AT,
    STAMP,
    account,
    answered,
    boss,
    context,
    delivery,
    friendship,
    of,
    person,
    playbook,
    sends,
)

BOOK = playbook(pause_after_failures=3)


def after(answer: str, failures: int, *, state: str = "claimed", cause: str = "calendar", **more: Any) -> list[Effect]:
    """What follows from this answer when so many sends failed before it."""
    under_way = delivery(state, cause=cause)
    known = context(BOOK, account=account(failures=failures), person=person(), delivery=under_way, **more)
    return decide(answered(answer), known)


def counts(effects: list[Effect]) -> list[int]:
    return [one.failures for one in of(fx.CountFailures, effects)]


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ("refused", [2]),
        ("timeout", [2]),
        ("error", [2]),
        ("sent", [0]),
        ("awaiting_tap", [0]),
        ("crash", []),
        ("network", []),
        ("too_frequent", []),
        ("unsupported", []),
    ],
)
def test_what_counts_as_a_failure(answer: str, count: list[int]) -> None:
    effects = after(answer, 1)
    assert counts(effects) == count
    assert of(fx.PutPause, effects) == []


def test_a_success_has_nothing_to_set_back_where_nothing_failed() -> None:
    assert counts(after("sent", 0)) == []


def test_a_greeting_that_is_tried_again_has_not_failed_yet() -> None:
    known = person(friendships=friendship(accepted_at=AT))
    effects = decide(answered("refused"), context(BOOK, person=known, delivery=delivery()))
    assert len(of(fx.SendAgain, effects)) == 1
    assert counts(effects) == []


def test_an_answer_that_an_echo_was_quicker_than_is_no_failure() -> None:
    assert after("timeout", 1, state="confirmed") == []
    assert counts(after("sent", 1, state="confirmed")) == [0]


@pytest.mark.parametrize(("state", "count"), [("unknown", [0]), ("claimed", [0]), ("sent", [])])
def test_an_echo_of_what_was_uncertain_is_a_success(state: str, count: list[int]) -> None:
    echo = SelfMessage(merchant="m1", account="main", at=AT, to_contact="wx1", wire_id="w1")
    known = context(BOOK, account=account(failures=2), person=person(), delivery=delivery(state))
    assert counts(decide(echo, known)) == count


@pytest.mark.parametrize("answer", ["refused", "timeout"])
def test_the_last_of_so_many_in_a_row_stops_the_account(answer: str) -> None:
    effects = after(answer, 2)
    assert of(fx.PutPause, effects) == [
        fx.PutPause(scope="account", subject="main", by="bot", reason="3 failures in a row")
    ]
    assert of(fx.Audit, effects) == [fx.Audit(actor="bot", action="pause", target="main", reason="3 failures in a row")]
    assert counts(effects) == [0]
    assert of(fx.RaiseAlert, effects)[-1] == fx.RaiseAlert(
        kind=AlertKind.PAUSED,
        subject="main",
        began_at=AT,
        account="main",
        text="账号「小山」连着 3 次没发成，已经自己停发。查清原因后发 /恢复 继续。",
    )


def test_staff_reads_it_even_through_the_account_that_stopped() -> None:
    effects = after("refused", 2, staff=(boss(),), accounts={"main": account()})
    (note,) = sends(effects)
    assert (note.key, note.account, note.contact_id) == (f"alert:paused:main:{STAMP}:wx-boss", "main", 19)
    assert (note.lane, note.cause) == ("service", "command")


def test_an_account_that_has_stopped_says_so_once() -> None:
    told = AlertView(kind="paused", subject="main", began_at=AT)
    effects = after("refused", 2, alerts=(told,), staff=(boss(),), accounts={"main": account()})
    assert effects == [
        fx.Settle(delivery_id=31, state=DeliveryState.FAILED, reason="refused"),
        fx.CountFailures(account="main", failures=0),
    ]


@pytest.mark.parametrize("answer", ["timeout", "error", "crash"])
def test_what_is_uncertain_is_told_of_by_its_key(answer: str) -> None:
    (alert,) = of(fx.RaiseAlert, after(answer, 0))
    assert (alert.kind, alert.subject, alert.delivery_id) == ("unknown", "greet:wx1", 31)
    known = context(person=person(), delivery=msgspec.structs.replace(delivery(cause="calendar"), part=2))
    (alert,) = of(fx.RaiseAlert, decide(answered(answer), known))
    assert alert.subject == "greet:wx1:2"


@pytest.mark.parametrize("answer", ["refused", "timeout", "error", "crash"])
def test_an_alert_that_fails_raises_none_and_counts_for_nothing(answer: str) -> None:
    effects = after(answer, 2, cause="alert")
    assert [type(one) for one in effects] == [fx.Settle]
