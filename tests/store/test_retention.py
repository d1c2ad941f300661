"""What is too old goes, page by page; what is not stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.store.retention import LOOKED_AT, PAGE, SEEN_FOR, Retention
from models import effects as fx
from models.deliveries import DeliveryChange
from models.journal import Body, JournalEntry, SeenEvent
from models.operations import Ticket
from tests.store.stage import START, Shop, merchant, nothing, reply, said, shop

KEPT = 90


def prune(stage: Shop) -> list[int]:
    """One day's round; returns how many rows each page took."""
    return [step() for step in Retention(stage.store, stage.merchants).steps()]


def talk(stage: Shop, *wire_ids: str, merchant: str = "m1", account: str = "main") -> None:
    stage.apply(
        *(said(f"wx-{one}", wire_id=one, at=stage.at, merchant=merchant, account=account) for one in wire_ids),
        decide=nothing,
    )


def wire_ids(stage: Shop, table: type[JournalEntry] | type[SeenEvent] = JournalEntry) -> Sequence[str]:
    return sorted(row.wire_id for row in stage.rows(table))


def test_the_log_is_kept_for_as_long_as_the_playbook_says(database_url: str) -> None:
    with shop(database_url, merchant(retention_days=KEPT)) as stage:
        talk(stage, "a")
        stage.later(days=KEPT - 1)
        talk(stage, "b")
        assert prune(stage)[:-1] == []  # only the key of `a` is old enough to go
        assert wire_ids(stage) == ["a", "b"]
        stage.later(days=1, seconds=1)
        prune(stage)
        assert wire_ids(stage) == ["b"]
        assert [row.id for row in stage.rows(Body)] == [row.id for row in stage.rows(JournalEntry)]


def test_without_retention_days_it_is_kept_for_ever(database_url: str) -> None:
    with shop(database_url) as stage:
        talk(stage, "a")
        stage.later(days=10_000)
        prune(stage)
        assert wire_ids(stage) == ["a"]


def test_each_merchant_has_its_own_time(database_url: str) -> None:
    views = [merchant(retention_days=KEPT), merchant("m2", ["second"], retention_days=10 * KEPT)]
    with shop(database_url, *views) as stage:
        for number in range(4):
            talk(stage, f"a{number}")
            talk(stage, f"b{number}", merchant="m2", account="second")
            stage.later(days=1)
        stage.later(days=KEPT)
        prune(stage)
        assert wire_ids(stage) == ["b0", "b1", "b2", "b3"]


def test_it_goes_in_pages_and_a_round_begins_where_the_last_one_ended(database_url: str) -> None:
    many = 2 * PAGE + 7
    with shop(database_url, merchant(retention_days=KEPT)) as stage:
        talk(stage, *(f"a{number}" for number in range(many)))
        stage.later(days=KEPT, seconds=1)
        retention = Retention(stage.store, stage.merchants)
        steps = retention.steps()
        assert [next(steps)() for _ in range(3)] == [PAGE, PAGE, 7]
        assert stage.rows(JournalEntry) == []
        talk(stage, "new")
        stage.later(days=KEPT, seconds=1)
        assert next(retention.steps())() == 1
        assert stage.rows(JournalEntry) == []


def test_a_page_that_could_not_be_removed_is_removed_the_next_time(database_url: str) -> None:
    with shop(database_url, merchant(retention_days=KEPT)) as stage:
        talk(stage, "a")
        stage.later(days=KEPT, seconds=1)
        retention = Retention(stage.store, stage.merchants)
        next(retention.steps())  # and the database fails
        assert next(retention.steps())() == 1
        assert stage.rows(JournalEntry) == []


def test_of_what_deliveries_went_through_the_last_state_stays(database_url: str) -> None:
    with shop(database_url, merchant(retention_days=KEPT)) as stage:
        contact = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", contact))
        stage.later(days=1)
        with stage.store.writing() as writing:
            (first,) = stage.rows(DeliveryChange)
            row = {"merchant_id": "m1", "delivery_id": first.delivery_id, "reason": None, "until": None, "at": stage.at}
            writing.insert(DeliveryChange, [row | {"id": writing.ids.take(stage.at), "state": "claimed"}])
            writing.insert(DeliveryChange, [row | {"id": writing.ids.take(stage.at), "state": "sent"}])
        stage.later(days=KEPT - 1, seconds=1)
        prune(stage)
        assert stage.history("r1") == ["claimed", "sent"]
        stage.later(days=10 * KEPT)
        prune(stage)
        assert stage.history("r1") == ["sent"]


def test_who_was_answered_is_forgotten_and_of_who_waits_the_words(database_url: str) -> None:
    with shop(database_url, merchant(retention_days=KEPT)) as stage:
        ids = stage.befriend("answered", "waits", "talks")
        for contact_id in ids.values():
            stage.bring_about(fx.OpenTicket(contact_id=contact_id, account="main", text="发票怎么开"))
        stage.bring_about(fx.CloseTicket(contact_id=ids["answered"]))
        stage.later(days=KEPT)
        stage.bring_about(fx.OpenTicket(contact_id=ids["talks"], account="main", text="还在吗"))
        prune(stage)
        assert len(stage.rows(Ticket)) == 3
        stage.later(seconds=1)
        prune(stage)
        assert {row.contact_id: row.text for row in stage.rows(Ticket)} == {ids["waits"]: "", ids["talks"]: "还在吗"}
        stage.later(days=KEPT)
        prune(stage)
        assert {row.text for row in stage.rows(Ticket)} == {""}


def test_keys_that_spot_duplicates_expire(database_url: str) -> None:
    with shop(database_url) as stage:
        talk(stage, "a", "c")
        stage.later(days=1)
        talk(stage, "b", "d")
        stage.at = START + SEEN_FOR
        assert all(
            one.duplicate
            for one in stage.apply(said("wx-a", wire_id="a", at=START), said("wx-b", wire_id="b", at=START))
        )
        stage.later(seconds=1)
        prune(stage)
        assert wire_ids(stage, SeenEvent) == ["b", "d"]
        assert wire_ids(stage) == ["a", "b", "c", "d"]


def test_more_keys_than_are_looked_at_in_one_go(database_url: str) -> None:
    with shop(database_url) as stage:
        with stage.store.writing() as writing:
            old, new = writing.ids.floor(START - SEEN_FOR - timedelta(days=1)), writing.ids.floor(START)
            writing.insert(
                SeenEvent,
                [
                    {
                        "merchant_id": f"m{number % 3}",
                        "account_id": f"account {number % 7}",
                        "wire_id": str(number),
                        "journal_id": old if number % 2 else new,
                    }
                    for number in range(2 * LOOKED_AT + 11)
                ],
            )
        assert sum(prune(stage)) == LOOKED_AT + 5
        assert {row.journal_id for row in stage.rows(SeenEvent)} == {new}
        assert prune(stage) == []
