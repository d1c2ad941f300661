"""When a delivery leaves: typed at a human's pace, and never more of them than the playbook's budget allows."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pace import leaves_at, typing_time
from bot.store.outbox import claim
from models.accounts import Account
from models.deliveries import Cause, Delivery, DeliveryChange, Lane
from models.events import LoggedIn, SendAnswered
from tests.store.databases import migrated_sqlite
from tests.store.stage import START, Shop, merchant, reply, shop

ZONE = ZoneInfo("Asia/Shanghai")


def leave(
    lane: Lane = Lane.REPLY,
    *,
    characters: int = 30,
    last_left: datetime | None = None,
    gaps: float = 1,
    **pace: Any,
) -> datetime:
    playbook = merchant(pace={"typing_chars_per_second": 3} | pace).playbook
    return leaves_at(
        playbook,
        7,
        key="k",
        lane=lane,
        cause=Cause.CHAT,
        characters=characters,
        due=START,
        last_left=last_left,
        gaps=gaps,
    )


def test_a_reply_is_typed_after_it_was_asked_for() -> None:
    assert leave() == START + timedelta(seconds=10)
    assert leave(last_left=START - timedelta(hours=1)) == START + timedelta(seconds=10)
    assert leave(last_left=START + timedelta(seconds=5)) == START + timedelta(seconds=15)
    assert leave(last_left=START + timedelta(seconds=5), gaps=2) == START + timedelta(seconds=25)


def test_what_was_planned_is_typed_beforehand() -> None:
    assert leave(Lane.CONTENT) == START
    assert leave(Lane.CONTENT, last_left=START) == START + timedelta(seconds=10)
    assert leave(Lane.CARE, characters=0, last_left=START) == START


def test_without_a_typing_rate_nothing_is_delayed() -> None:
    assert leave(typing_chars_per_second=None, last_left=START) == START


@given(st.integers(0, 5000), st.floats(0, 1), st.integers(0, 2**32), st.text(max_size=20))
def test_jitter_is_a_share_of_the_gap_and_repeats(characters: int, jitter: float, seed: int, key: str) -> None:
    playbook = merchant(pace={"typing_chars_per_second": 4, "jitter": jitter}).playbook
    typing = typing_time(playbook, seed, key, characters)
    plain, slack = characters / 4, 0.001
    assert plain * (1 - jitter) - slack <= typing.total_seconds() <= plain * (1 + jitter) + slack
    assert typing == typing_time(playbook, seed, key, characters)


def test_a_greeting_is_typed_faster_where_it_must() -> None:
    playbook = merchant(pace={"typing_chars_per_second": 1}, reception={"first_reply_seconds": 10}).playbook
    said = {"key": "k", "lane": Lane.REPLY, "characters": 500, "due": START, "last_left": None}
    assert leaves_at(playbook, 0, cause=Cause.GREETING, **said) == START + timedelta(seconds=5)  # type: ignore[arg-type]
    assert leaves_at(playbook, 0, cause=Cause.SURVEY, **said) == START + timedelta(seconds=500)  # type: ignore[arg-type]
    rush = said | {"last_left": START + timedelta(seconds=4)}
    assert leaves_at(playbook, 0, cause=Cause.GREETING, **rush) == START + timedelta(seconds=5)  # type: ignore[arg-type]


# the budget, on a database


def left(stage: Shop) -> list[datetime]:
    return sorted(row.left_at for row in stage.rows(Delivery) if row.left_at)


def run(stage: Shop, until: datetime) -> None:
    """Send whatever may leave, from one due moment to the next."""
    while stage.at <= until:
        found = claim(stage.store, stage.merchants, [("m1", "main")])
        if found.claims:
            answers = [
                SendAnswered(
                    merchant="m1",
                    account="main",
                    at=stage.at,
                    delivery=one.delivery_id,
                    key=one.outgoing.key,
                    answer="sent",
                )
                for one in found.claims
            ]
            stage.apply(*answers)
            continue
        if found.next_at is None:
            return
        assert found.next_at > stage.at, "it would look again for ever"
        stage.at = found.next_at


def told_first(stage: Shop) -> dict[int, datetime | None]:
    """Until when each that had to wait was to wait, as it was told when it began to."""
    told: dict[int, datetime | None] = {}
    for change in sorted(stage.rows(DeliveryChange), key=lambda one: one.id):
        if change.state == "waiting":
            told.setdefault(change.delivery_id, change.until)
    return told


def most_within(moments: list[datetime], window: timedelta) -> int:
    return max((sum(first <= one < first + window for one in moments) for first in moments), default=0)


@settings(max_examples=15, deadline=None)
@given(
    per_minute=st.none() | st.integers(1, 6),
    per_hour=st.none() | st.integers(1, 12),
    per_day=st.none() | st.integers(1, 20),
    arrivals=st.lists(st.integers(0, 20 * 3600), min_size=5, max_size=30),
)
def test_never_more_than_the_budget_in_any_window(
    per_minute: int | None, per_hour: int | None, per_day: int | None, arrivals: list[int]
) -> None:
    pace = {"per_minute": per_minute, "per_hour": per_hour, "per_day": per_day}
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(migrated_sqlite(), Path(folder) / "pace.db")
        view = merchant(pace={name: most for name, most in pace.items() if most})
        with shop(f"sqlite:///{path}", view) as stage:
            to = stage.befriend("wx1")["wx1"]
            stage.bring_about(
                *(reply(f"r{n}", to, due=START + timedelta(seconds=after)) for n, after in enumerate(arrivals))
            )
            run(stage, START + timedelta(days=4))
            moments = left(stage)
            days = [moment.astimezone(ZONE).date() for moment in moments]
            if per_minute:
                assert most_within(moments, timedelta(minutes=1)) <= per_minute
            if per_hour:
                assert most_within(moments, timedelta(hours=1)) <= per_hour
            if per_day:
                assert max(days.count(day) for day in days) <= per_day
            if not per_day or per_day * 4 >= len(arrivals):
                assert len(moments) == len(arrivals)  # late, but all of them


def test_the_day_of_the_budget_is_the_merchants(database_url: str) -> None:
    """At midnight in Shanghai there is room again, and exactly as much as for a day."""
    with shop(database_url, merchant(pace={"per_day": 2})) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(reply(f"r{n}", to) for n in range(5)))
        run(stage, START + timedelta(days=3))
        midnight = START + timedelta(hours=14)
        assert left(stage) == [START, START, midnight, midnight, midnight + timedelta(days=1)]
        assert stage.history("r2") == ["planned", "waiting account_budget", "claimed", "sent"]


def test_a_young_account_gets_its_share(database_url: str) -> None:
    view = merchant(pace={"per_day": 10, "warm_up": [{"day": 1, "share": 0.2}, {"day": 3, "share": 0.5}]})
    with shop(database_url, view) as stage:
        stage.apply(LoggedIn(merchant="m1", account="main", at=START, self_id="me"))
        assert stage.rows(Account)[0].first_login_at == START
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(reply(f"r{n}", to) for n in range(12)))
        run(stage, START + timedelta(days=3, hours=1))
        days = [(moment.astimezone(ZONE).date() - START.date()).days for moment in left(stage)]
        assert [days.count(day) for day in range(4)] == [2, 2, 5, 3]
        assert told_first(stage).items() <= {row.id: row.left_at for row in stage.rows(Delivery)}.items()
        assert len(told_first(stage)) >= 3


def test_who_waits_for_a_young_account_is_told_the_hour_in_which_it_has_grown(database_url: str) -> None:
    view = merchant(pace={"per_hour": 4, "warm_up": [{"day": 1, "share": 0.25}, {"day": 2, "share": 1.0}]})
    with shop(database_url, view) as stage:
        stage.apply(LoggedIn(merchant="m1", account="main", at=START, self_id="me"))
        to = stage.befriend("wx1")["wx1"]
        stage.at = evening = START + timedelta(hours=12, minutes=30)
        stage.bring_about(*(reply(f"r{n}", to, due=evening) for n in range(8)))
        run(stage, START + timedelta(days=1))
        midnight = START + timedelta(hours=14)
        assert left(stage) == [
            *(evening, evening + timedelta(hours=1)),
            *[midnight] * 3,
            evening + timedelta(hours=2),
            *[midnight + timedelta(hours=1)] * 2,
        ]
        assert told_first(stage).items() <= {row.id: row.left_at for row in stage.rows(Delivery)}.items()
        assert len(told_first(stage)) >= 3


@pytest.mark.parametrize("budget", ["per_minute", "per_hour", "per_day"])
def test_a_clock_that_is_set_back_does_not_silence_the_account(database_url: str, budget: str) -> None:
    with shop(database_url, merchant(pace={budget: 1, "typing_chars_per_second": 5})) as stage:
        to = stage.befriend("wx1")["wx1"]
        stage.bring_about(reply("r1", to))
        run(stage, START + timedelta(minutes=1))
        stage.at = START - timedelta(days=400)
        stage.bring_about(reply("r2", to))
        run(stage, stage.at + timedelta(minutes=1))
        assert stage.history("r2")[-1] == "sent"
