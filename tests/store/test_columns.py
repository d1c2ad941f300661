"""Times are aware and UTC, whatever the database thinks of zones; ids grow whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from bot.store.ids import Ids
from models import effects as fx
from models.events import GroupJoined, Who
from models.groups import GroupChange
from models.journal import JournalEntry
from models.operations import AuditEntry, Timer
from models.people import Contact
from tests.store.stage import NAIVE, START, nothing, said, shop


def test_a_time_without_a_zone_is_refused(database_url: str) -> None:
    row = {"merchant_id": "m1", "kind": "k", "subject": "s", "account_id": "", "at": NAIVE}
    with shop(database_url) as stage:
        with (
            pytest.raises((ValueError, StatementError), match="without a zone"),
            stage.store.writing() as writing,
        ):
            writing.upsert(Timer, [row])
        assert stage.rows(Timer) == []


def test_a_time_of_any_zone_comes_back_as_utc(database_url: str) -> None:
    shanghai = datetime(2026, 11, 23, 9, 0, 0, 123456, ZoneInfo("Asia/Shanghai"))
    with shop(database_url) as stage:
        stage.bring_about(fx.PutTimer(kind="nudge", subject="wx1", at=shanghai))
        (row,) = stage.rows(Timer)
        assert row.at == shanghai
        assert row.at.tzinfo is UTC


def test_ids_go_on_when_the_clock_goes_back(database_url: str) -> None:
    with shop(database_url) as stage:
        for day in (0, 3, -700):
            stage.at = START + timedelta(days=day)
            stage.apply(said("wx1", wire_id=f"e{day}"), decide=nothing)
        entries = stage.rows(JournalEntry)
        assert [entry.wire_id for entry in entries] == ["e0", "e3", "e-700"]


def test_ids_go_on_when_the_clock_goes_back_while_the_program_is_down(database_url: str) -> None:
    """The audit's ids are younger than the journal's, and must not be given again."""
    audits = [fx.Audit(actor="wx1", action="look") for _ in range(50)]
    with shop(database_url) as stage:
        stage.bring_about(*audits)
    with shop(database_url) as stage:
        stage.at = START - timedelta(days=30)
        (outcome,) = stage.apply(said("wx1", wire_id="x"), decide=lambda _event, _context: audits[:5])
        assert not outcome.error
        assert len(stage.rows(AuditEntry)) == 55
        assert len(stage.rows(Contact)) == 2


def test_of_no_table_an_id_is_given_again_when_the_clock_goes_back_while_the_program_is_down(database_url: str) -> None:
    """What is written of who comes into a group has younger ids than the event, and nothing else was written after."""

    def come_in(group: str) -> GroupJoined:
        members = tuple(map(Who, ("wx1", "wx2", "wx3")))
        return GroupJoined(merchant="m1", account="main", at=START, group=group, members=members)

    with shop(database_url) as stage:
        stage.apply(come_in("g1@chatroom"))
    with shop(database_url) as stage:
        stage.at = START - timedelta(hours=1)
        (outcome,) = stage.apply(come_in("g2@chatroom"))
        assert not outcome.error
        assert len(stage.rows(GroupChange)) == 6


@given(st.lists(st.tuples(st.integers(-10_000, 10_000), st.integers(1, 50)), max_size=30))
def test_ids_never_repeat(steps: list[tuple[int, int]]) -> None:
    ids, last = Ids(), 0
    for seconds, count in steps:
        first = ids.take(START + timedelta(seconds=seconds), count)
        assert first > last
        last = first + count - 1


def test_an_id_tells_its_millisecond() -> None:
    first = Ids().take(START, 1000)
    assert Ids.floor(START) <= first < Ids.floor(START + timedelta(milliseconds=1))
    assert Ids.floor(datetime(2302, 1, 1, tzinfo=UTC)) < 2**63
