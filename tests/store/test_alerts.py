"""Alerts as rows: open until they end, and an account's failures counted from one start of the program to the next."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.store.alerting import all_alerts, is_open
from bot.store.departed import end_departed
from bot.store.due import due_timers
from bot.store.leases import Leases
from bot.store.outbox import claim
from bot.store.under_way import found_claimed
from handlers import decide
from models import effects as fx
from models.accounts import Account
from models.alerts import Alert, AlertKind
from models.context import Context
from models.deliveries import Delivery
from models.events import Event, LoggedIn, SelfMessage, SendAnswered, TroubleBegan, TroubleEnded, WentDeaf
from models.operations import AuditEntry, Pause
from models.orders import SettleDeliveryOrder
from tests.store.stage import START, Shop, merchant, reply, said, shop

HERE: dict[str, Any] = {"merchant": "m1", "account": "main"}


def deaf(stage: Shop) -> None:
    stage.apply(WentDeaf(**HERE, at=stage.at))


def answer(stage: Shop, key: str, answer: Any, contact_id: int) -> None:
    """Send it, and let the platform answer so."""
    stage.bring_about(reply(key, contact_id))
    (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
    assert one.outgoing.key == key
    stage.apply(SendAnswered(**HERE, at=stage.at, delivery=one.delivery_id, key=key, answer=answer))
    stage.later(minutes=1)


def spans(stage: Shop) -> list[tuple[str, str, bool]]:
    """Each alert: its kind, its subject, and whether it is open."""
    return [(row.kind, row.subject, row.ended_at is None) for row in stage.rows(Alert)]


def test_an_alert_is_one_row_from_its_beginning_to_its_end(database_url: str) -> None:
    with shop(database_url) as stage:
        for _ in range(3):
            deaf(stage)
            stage.later(minutes=1)
        (row,) = stage.rows(Alert)
        assert (row.kind, row.subject, row.account_id, row.began_at) == ("deaf", "main", "main", START)
        stage.apply(LoggedIn(**HERE, at=stage.at, self_id="self"))
        assert [row.ended_at for row in stage.rows(Alert)] == [stage.at]
        stage.later(minutes=59)
        deaf(stage)  # it comes back: the same one is open again
        assert spans(stage) == [("deaf", "main", True)]
        stage.apply(LoggedIn(**HERE, at=stage.at, self_id="self"))
        stage.later(hours=1)
        deaf(stage)
        assert spans(stage) == [("deaf", "main", False), ("deaf", "main", True)]


def test_whoever_listens_hears_of_beginning_and_end(database_url: str) -> None:
    heard: list[tuple[str, str, str, bool]] = []
    with shop(database_url) as stage:
        stage.store.listeners.append(lambda writing: heard.extend(writing.alerts))
        deaf(stage)
        deaf(stage)
        stage.apply(LoggedIn(**HERE, at=stage.at, self_id="self"))
        stage.apply(LoggedIn(**HERE, at=stage.at, self_id="self", wire_id="another"))
    assert heard == [("m1", "deaf", "main", True), ("m1", "deaf", "main", False)]


def test_alerts_of_one_merchant_are_none_of_another_one(database_url: str) -> None:
    with shop(database_url, merchant(), merchant("m2", ("other",))) as stage:
        for of in ("m1", "m2"):
            stage.apply(TroubleBegan(merchant=of, at=START, kind="disk_full"))
        stage.apply(TroubleEnded(merchant="m1", at=START, kind="disk_full"))
        assert [(row.merchant_id, row.ended_at is None) for row in stage.rows(Alert)] == [("m1", False), ("m2", True)]
        with stage.store.writing() as writing:
            assert not is_open(writing, "m1", AlertKind.DISK_FULL, "")
            assert is_open(writing, "m2", AlertKind.DISK_FULL, "")
        with stage.store.reading() as connection:
            assert all_alerts(connection, stage.merchants["m1"], over=False) == []
            assert len(all_alerts(connection, stage.merchants["m1"], over=True)) == 1


# uncertain deliveries


def uncertain(stage: Shop) -> tuple[int, Any]:
    to = stage.befriend("wx1")["wx1"]
    answer(stage, "r1", "timeout", to)
    assert spans(stage) == [("unknown", "r1", True)]
    return to, stage.delivery("r1")


@pytest.mark.parametrize("outcome", ["sent", "failed", "resend"])
def test_what_a_human_settled_is_uncertain_no_longer(database_url: str, outcome: str) -> None:
    with shop(database_url) as stage:
        _to, row = uncertain(stage)
        stage.apply(SettleDeliveryOrder(merchant="m1", at=stage.at, delivery=row.id, outcome=outcome))
        assert spans(stage) == [("unknown", "r1", False)]


def test_what_an_echo_confirms_is_uncertain_no_longer_and_no_failure(database_url: str) -> None:
    with shop(database_url) as stage:
        to, _row = uncertain(stage)
        assert stage.rows(Account)[0].failures == 1
        answer(stage, "r2", "timeout", to)
        stage.apply(SelfMessage(**HERE, at=stage.at, to_contact="wx1", text="r1"))
        assert spans(stage) == [("unknown", "r1", False), ("unknown", "r2", True)]
        assert stage.rows(Account)[0].failures == 0


def test_what_a_fact_confirms_is_uncertain_no_longer(database_url: str) -> None:
    with shop(database_url) as stage:
        to, _row = uncertain(stage)
        stage.bring_about(fx.ConfirmByFact(account="main", contact_id=to, kind="text"))  # type: ignore[arg-type]
        assert spans(stage) == [("unknown", "r1", False)]


def test_what_was_under_way_at_a_crash_is_told_of_and_is_no_failure(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(reply("r1", stage.befriend("wx1")["wx1"]))
        claim(stage.store, stage.merchants, [("m1", "main")])
        stage.apply(*found_claimed(stage.store))
        assert spans(stage) == [("unknown", "r1", True)]
        assert stage.rows(Account)[0].failures == 0


# an account that stops itself


def test_failures_are_counted_across_starts_and_a_success_sets_them_back(database_url: str) -> None:
    book = merchant(pause_after_failures=3)
    with shop(database_url, book) as stage:
        to = stage.befriend("wx1")["wx1"]
        answer(stage, "before 1", "refused", to)
        answer(stage, "before 2", "timeout", to)
    with shop(database_url, book) as stage:
        stage.later(hours=1)
        for _ in range(2):
            stage.fresh()  # the names of events that the database has seen
        assert stage.rows(Account)[0].failures == 2
        answer(stage, "arrives", "sent", to)
        assert stage.rows(Account)[0].failures == 0
        answer(stage, "r1", "refused", to)
        answer(stage, "r2", "error", to)
        assert stage.rows(Pause) == []
        answer(stage, "r3", "refused", to)
        (row,) = stage.rows(Pause)
        assert (row.scope, row.subject, row.by, row.reason) == ("account", "main", "bot", "3 failures in a row")
        assert [(one.actor, one.action, one.target) for one in stage.rows(AuditEntry)] == [("bot", "pause", "main")]
        assert ("paused", "main", True) in spans(stage)
        assert stage.rows(Account)[0].failures == 0  # whoever resumes it lets it begin anew
        stage.bring_about(reply("r4", to))
        assert claim(stage.store, stage.merchants, [("m1", "main")]).claims == []
        assert stage.history("r4") == ["planned", "waiting paused"]


# budgets


def noticed(stage: Shop) -> list[tuple[str, str, datetime | None]]:
    found = claim(stage.store, stage.merchants, [("m1", "main")]).noticed
    stage.apply(*found)
    return [(one.kind, one.subject, one.until) for one in found if isinstance(one, TroubleBegan)]


def test_the_budget_of_the_day_is_told_of_once_and_over_at_midnight(database_url: str) -> None:
    midnight = datetime(2026, 11, 23, 16, tzinfo=UTC)  # in Shanghai
    with shop(database_url, merchant(pace={"per_day": 1})) as stage:
        to = stage.befriend("wx1")["wx1"]
        answer(stage, "r1", "sent", to)
        stage.bring_about(*(reply(f"r{n}", to) for n in range(2, 6)))
        assert noticed(stage) == [("budget", "main", midnight)]
        stage.later(minutes=5)
        assert noticed(stage) == []
        assert spans(stage) == [("budget", "main", True)]
        stage.at = midnight
        rung, _ = due_timers(stage.store, stage.merchants)
        stage.apply(*rung)
        assert spans(stage) == [("budget", "main", False)]


@pytest.mark.parametrize("pace", [{"per_minute": 1}, {"per_hour": 1}])
def test_budgets_that_are_soon_free_again_are_nobodys_business(sqlite_url: str, pace: dict[str, int]) -> None:
    with shop(sqlite_url, merchant(pace=pace)) as stage:
        to = stage.befriend("wx1", "wx2")
        stage.bring_about(reply("r1", to["wx1"]), reply("r2", to["wx2"]))
        assert len(claim(stage.store, stage.merchants, [("m1", "main")]).claims) == 1
        assert noticed(stage) == []
        assert stage.history("r2") == ["planned", "waiting account_budget"]


def test_a_delivery_that_cannot_be_judged_is_told_of_once(database_url: str) -> None:
    with shop(database_url) as stage:
        to = stage.befriend("wx1")["wx1"]
        for n in range(2):
            stage.bring_about(reply(f"r{n}", to, kind="no such kind"))
            found = claim(stage.store, stage.merchants, [("m1", "main")])
            stage.apply(*found.noticed)
            assert (stage.history(f"r{n}"), len(found.noticed)) == (["planned", "failed error"], 1 - n)
        assert spans(stage) == [("poison", "delivery", True)]


# channels


def test_what_a_channel_takes_passes_the_gate_whatever_holds_others_back(database_url: str) -> None:
    book = merchant(
        quiet_hours=[{"from": "00:00", "to": "24:00"}],
        pace={"per_day": 1, "per_hour": 1, "per_minute": 1},
        consent={"required": True, "text": "可以吗？"},
        caps={"person_per_day": 1, "group_per_day": 1},
    )
    book = msgspec.structs.replace(book, channels=("ops",))
    with shop(database_url, book) as stage:
        stage.bring_about(fx.PutPause(scope="all", by="wx-boss"))
        deaf(stage)
        stage.apply(TroubleBegan(merchant="m1", at=stage.at, kind="disk_full"))
        keys = [row.key for row in stage.rows(Delivery)]
        assert keys == ["alert:deaf:main:20261123T020000000000:ops", "alert:disk_full::20261123T020000000000:ops"]
        for key in keys:
            (one,) = claim(stage.store, stage.merchants, [("m1", "ops")]).claims
            assert (one.outgoing.key, one.outgoing.contact, one.outgoing.group) == (key, "", "")
            stage.apply(
                SendAnswered(
                    merchant="m1", account="ops", at=stage.at, delivery=one.delivery_id, key=key, answer="sent"
                )
            )
            assert stage.history(key) == ["planned", "claimed", "sent"]
            stage.later(minutes=1)


def test_status_knows_what_is_open(database_url: str) -> None:
    seen: list[Context] = []

    def look(event: Event, context: Context) -> list[fx.Effect]:
        seen.append(context)
        return list(decide(event, context))

    with shop(database_url) as stage:
        deaf(stage)
        stage.apply(said("wx-boss", "/状态"), decide=look)
    assert seen[0].status is not None
    assert [(one.kind, one.subject) for one in seen[0].status.alerts] == [("deaf", "main")]


# accounts that left the configuration


def test_an_account_that_no_configuration_has_is_missed_by_nobody(database_url: str) -> None:
    with shop(database_url, merchant("m1", ("main", "old")), merchant("m2", ("other",))) as stage:
        for of, account in (("m1", "main"), ("m1", "old"), ("m2", "other")):
            stage.apply(WentDeaf(merchant=of, account=account, at=START))
        stage.apply(TroubleBegan(merchant="m1", account="old", at=START, kind="poison", subject="old"))
        end_departed(stage.store, stage.merchants.values())
        assert all(is_open_now for *_, is_open_now in spans(stage))
        end_departed(stage.store, [merchant("m1", ("main",))])  # m2 is another program's business
        assert sorted(spans(stage)) == [
            ("deaf", "main", True),
            ("deaf", "old", False),
            ("deaf", "other", True),
            ("poison", "old", True),
        ]


def test_an_account_that_a_living_worker_knows_is_still_missed(postgresql_url: str) -> None:
    with shop(postgresql_url, merchant("m1", ("main", "old"))) as stage:
        stage.apply(WentDeaf(merchant="m1", account="old", at=START))
        with closing(Leases(postgresql_url, [("m1", "main"), ("m1", "old")])) as other:
            other.beat()
            end_departed(stage.store, [merchant("m1", ("main",))])
            assert spans(stage) == [("deaf", "old", True)]
            other.leave()
        end_departed(stage.store, [merchant("m1", ("main",))])
        assert spans(stage) == [("deaf", "old", False)]
