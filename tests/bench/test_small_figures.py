"""Every benchmark runs at a small size, measures what it says, and leaves what its figure can be worked out from."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench import expand, inbound_large, memory, open_loop, pace, recover, send, year
from bench.figures import Figure, NotReady
from bench.inbound_mix import messages_of
from bench.large_world import filled_world, large_crowd, member_of
from bench.shop_of_accounts import load_shop
from tests.bench.recomputing import added, follows, logged

MEMBERS, GROUPS, ROWS = 400, 20, 1_000


def quietly(_done: int, _total: int) -> None:
    """Nobody watches."""


def test_the_crowd_in_python_is_the_one_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "world.db"
    filled_world(file, quietly, MEMBERS, GROUPS, ROWS)
    crowd = large_crowd(MEMBERS, GROUPS)
    with closing(sqlite3.connect(file)) as connection:
        homes = dict(
            connection.execute(
                "SELECT contact.wire_id, coalesce(chat_group.wire_id, '') FROM contact"
                " LEFT JOIN group_member ON group_member.contact_id = contact.id"
                " LEFT JOIN chat_group ON chat_group.id = group_member.group_id"
            )
        )
        asked = dict(
            connection.execute(
                "SELECT contact.wire_id, survey.asked - 1 FROM survey JOIN contact USING (person_id)"
                " WHERE survey.state = 'open'"
            )
        )
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT count(*), count(DISTINCT id) FROM journal").fetchone() == (ROWS, ROWS)
        assert connection.execute("SELECT count(*) FROM seen_event").fetchone()[0] > 0
    assert homes == {member.wire_id: member.group for member in crowd.members}
    assert asked == {member.wire_id: begins for member, begins in crowd.surveyed}


def test_one_message_after_the_other() -> None:
    member = member_of(MEMBERS, GROUPS)
    assert len({*messages_of(member, MEMBERS, 50)}) == 50
    assert [*messages_of(member, MEMBERS, 50)] == [*messages_of(member, MEMBERS, 50)]


def test_expand() -> None:
    (figure,) = expand.measure(quietly, friends=400, rounds=1)
    # All but one in eight of the fifth that is in the middle of the survey have the tag.
    assert "390 deliveries" in figure.detail
    assert follows("expand", figure.figure)
    assert added("expand", "run", "delivery") == added("expand", "limit", "delivery") == 390


def test_send(tmp_path: Path) -> None:
    (figure,) = send.measure(quietly, accounts=5, friends=3, rounds=1)
    assert "15 sends of 5 accounts" in figure.detail
    assert follows("send", figure.figure)
    load_shop(f"sqlite:///{tmp_path / 'shop.db'}", 5, 3)
    assert send.send_seconds(tmp_path / "shop.db", 5, 15) > 0
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection:
        states = connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
        changes = connection.execute("SELECT state, count(*) FROM delivery_change GROUP BY state").fetchall()
    assert states == [("sent", 15)]
    assert changes == [("claimed", 15), ("planned", 15), ("sent", 15)]


def test_pace() -> None:
    (figure,) = pace.measure(quietly, accounts=20, seconds=0.5)
    assert follows("pace", figure.figure)


def test_memory() -> None:
    (figure,) = memory.measure(quietly, members=MEMBERS, groups=GROUPS, rows=ROWS, accounts=3, messages=50)
    assert follows("memory", figure.figure)
    assert logged("memory") > 50


def test_recover() -> None:
    (figure,) = recover.measure(quietly, wal_bytes=1_000_000, rounds=1, members=500)
    assert follows("recover", figure.figure)
    assert "with a log of" in figure.detail


def test_year() -> None:
    (figure,) = year.measure(quietly, days=2, groups=3, members=5, rounds=2)
    assert "sends to 3 groups of 5" in figure.detail
    assert follows("year", figure.figure)


def test_inbound_large() -> None:
    (figure,) = inbound_large.measure(quietly, members=MEMBERS, groups=GROUPS, rows=ROWS, batches=2, size=100, rounds=2)
    assert follows("inbound_large", figure.figure)
    assert 0 < figure.figure < 2
    assert logged("inbound_large") > 3 * 200 * 0.9  # three rounds, one of which warms up; some come twice


def test_the_curve_where_no_other_has_been_measured_yet() -> None:
    (figure,) = inbound_large.curve(quietly, sizes=(100, 1_000), members=MEMBERS, size=50, rounds=2)
    assert follows("curve", figure.figure)
    assert "1,000: " in figure.detail


def test_open_loop() -> None:
    rate, delay = open_loop.measure(quietly, members=MEMBERS, groups=GROUPS, rows=ROWS, rate=200, seconds=2)
    assert isinstance(rate, Figure)
    assert 0 < rate.figure <= 1.1
    assert follows("open_loop", rate.figure)
    assert logged("open_loop") > 400 * 0.9
    assert delay.name == "open_loop_delay"


def test_where_there_is_no_room_it_says_how_much_is_wanted() -> None:
    with pytest.raises(NotReady, match=r"data needs room for \d+ GB more and has \d+ GB: make room"):
        memory.measure(quietly, rows=10**15)
