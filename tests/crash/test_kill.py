"""kill -9 at random moments of the whole program: nothing is lost, and nothing leaves twice.

`make crash` kills a thousand times. The environment sets how often and by which seed: CRASH_KILLS, CRASH_SEED.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from bot.database_urls import sqlite_path
from models.deliveries import ARRIVED_STATES, Delivery, DeliveryState
from models.groups import ChatGroup
from models.journal import JournalEntry
from models.operations import AuditEntry
from models.people import Contact, Survey
from tests.crash.killing import FRIENDSHIPS, Killing, killing
from tests.gateway.bot_process import BOSS, HALL, QUESTIONS, ZONE

KILLS = int(os.environ.get("CRASH_KILLS", "20"))
SEED = int(os.environ.get("CRASH_SEED") or time.time_ns() % 1_000_000)
FEWER = 5  # on PostgreSQL so many times fewer: the program is the same, and its commits are somebody else's
LIFE = timedelta(seconds=0.7)  # about how long a life takes, for the calendar to have enough in it


def test_kill_9_at_random_moments(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kills = KILLS if sqlite_path(database_url) else -(-KILLS // FEWER)
    chance = random.Random(SEED)
    began = time.monotonic()
    _say(capsys, f"CRASH_SEED={SEED}, {kills} kills on {database_url.partition(':')[0]}")
    with killing(tmp_path, database_url) as world:
        world.furnish(timedelta(seconds=10) + LIFE * kills)
        for _ in range(kills):
            world.live_and_die(chance)
        world.live_in_peace()
        _check(world)
        told = world.tell()
    _say(capsys, f"{told}; {time.monotonic() - began:.0f} s")


def _say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Past pytest's capture: a seed is needed most when the run is cut off."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}")
        sys.stdout.flush()


def _check(world: Killing) -> None:
    """Everything that a kill must not break."""
    _check_journal(world)
    _check_deliveries(world)
    _check_wire(world)
    if sqlite_path(world.url):
        assert world.rows(text("PRAGMA integrity_check")) == [("ok",)]
        assert world.rows(text("PRAGMA foreign_key_check")) == []


def _befriended(world: Killing) -> set[str]:
    """Who is a friend: all but those whose acceptance never left, which must then be a listed unknown."""
    accepted = {one["contact"] for one in world.shop.gateway.sent if one["kind"] == "friend_accept"}
    requested = {contact for contact in world.friends if f"friend_request {contact}" in world.said}
    lost = requested - accepted
    unknown = select(col(Contact.wire_id)).join(Delivery, col(Delivery.contact_id) == col(Contact.id))
    listed = world.rows(unknown.where(col(Delivery.kind) == "friend_accept", col(Delivery.state) == "unknown"))
    assert lost <= {contact for (contact,) in listed}
    return world.friends.keys() - lost


def _check_journal(world: Killing) -> None:
    """Every event was journalled once and decided once."""
    assert world.acknowledged == world.said
    journal = Counter(
        wire_id for (wire_id,) in world.rows(select(col(JournalEntry.wire_id)).where(col(JournalEntry.wire_id) != ""))
    )
    friendships = Counter(f"{kind} {contact}" for kind, contact in world.rows(FRIENDSHIPS))
    assert world.said <= journal.keys() | friendships.keys()
    assert {what: count for what, count in (journal + friendships).items() if count > 1} == {}
    assert world.rows(select(col(JournalEntry.error)).where(col(JournalEntry.error).is_not(None))) == []
    audited = select(func.count()).where(col(AuditEntry.actor) == BOSS, col(AuditEntry.action) == "whoami")
    assert world.rows(audited) == [(world.commands,)]
    assert world.rows(select(func.count()).select_from(Survey)) == [(len(_befriended(world)),)]


def _check_deliveries(world: Killing) -> None:
    """Every effect was enqueued once; what is uncertain is listed, at most one for each kill; the rest is over."""
    keys = Counter(key for (key,) in world.rows(select(col(Delivery.key)).where(col(Delivery.part) == 1)))
    assert set(keys.values()) == {1}
    due = {
        f"entry:p{number}:{at.astimezone(ZONE):%Y-%m-%d}:{HALL}"
        for number, at in enumerate(world.posts)
        if at <= datetime.now(UTC) - timedelta(seconds=3)
    }
    assert due <= keys.keys()
    for contact in _befriended(world):
        answered = world.friends[contact]
        assert f"greet:{contact}" in keys
        assert {f"ask:{contact}:{number + 1}" for number in range(min(answered + 1, len(QUESTIONS)))} <= keys.keys()
    assert max(world.crashes_per_kill) <= 1
    over = Counter(state for (state,) in world.rows(select(col(Delivery.state)).where(col(Delivery.key).in_(due))))
    assert set(over) <= {DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.UNKNOWN}
    assert world.left_to_do() == []


def _check_wire(world: Killing) -> None:
    """Nothing reached the platform twice, and nothing that is said to have reached it did not."""
    wire: Counter[tuple[object, ...]] = Counter()
    for one in world.shop.gateway.sent:
        contact, words = one.get("contact"), one.get("text")
        wire[(one["kind"], one.get("to") or contact, contact if one["kind"] == "invite" else words)] += 1
    certain: Counter[tuple[object, ...]] = Counter()
    possible: Counter[tuple[object, ...]] = Counter()
    statement = (
        select(
            col(Delivery.kind),
            col(Delivery.state),
            col(Delivery.text),
            col(Contact.wire_id),
            col(ChatGroup.wire_id),
        )
        .outerjoin(Contact, col(Contact.id) == col(Delivery.contact_id))
        .outerjoin(ChatGroup, col(ChatGroup.id) == col(Delivery.group_id))
    )
    for kind, state, words, contact, group in world.rows(statement):
        what = (kind, group or contact, contact if kind == "invite" else words or None)
        certain[what] += state in ARRIVED_STATES
        possible[what] += state in (*ARRIVED_STATES, DeliveryState.UNKNOWN)
    assert {what: count for what, count in wire.items() if count > possible[what]} == {}
    assert {what: count for what, count in certain.items() if count > wire[what]} == {}
