"""Nothing of a day's work costs more the longer the shop exists, nor the more people it knows: no statement reads all
of them, not even while SQLite has no statistics to choose by."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects import sqlite

from bench.inbound import run_seconds
from bench.inbound_mix import QUESTIONS, wire_batches
from bench.inbound_world import load_world, make_crowd
from bot.command_line import main
from bot.store import Store, budgets, commanding
from bot.store.engine import sqlite_driver
from bot.store.prepared import prepared
from tests.store.stage import START

EXAMPLE = Path(__file__).parents[1] / "flows" / "example"
# What grows with every day, every customer, every word or every edit; of everything else a shop has some hundreds.
GROWS = (
    "answer", "audit", "body", "contact", "delivery", "delivery_change", "entry_revision", "friendship", "group_change",
    "group_member", "journal", "person", "role_grant", "seen_event", "survey", "tag",
)  # fmt: skip
_READS_ALL = re.compile(rf"SCAN ({'|'.join(GROWS)})\b|SEARCH ({'|'.join(GROWS)})\b.*\(merchant_id=\?\)$")
_READS_ALL_OR_ALL_GROUPS = re.compile(
    rf"{_READS_ALL.pattern}|SCAN chat_group\b|SEARCH chat_group\b.*\((?:merchant_id=\?|merchant_id=\? AND tier>\?)\)$"
)
# These read an index of what is unfinished or in force, or the first row of an order; an entry for all asks all.
_FEW = re.compile(
    r"_unfinished|delivery_open|entry_in_force|delivery_in_flight|audit_skips|LIMIT 1\b|INSERT INTO delivery(_target)? "
)
# The rehearsal's own work, before and after the shop's.
_AROUND = ("alembic", "bot.continued", "bot.rehearsal_output")
# What an operator looks at, not what the shop does.
_REPORTS = ("report", "audit", "deliveries", "who", "groups list", "lint", "explain")


@contextmanager
def traced() -> Iterator[set[str]]:
    """What SQLite is asked meanwhile, on whichever connection, with its values."""
    asked: set[str] = set()

    def heard(text: str) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame and not frame.f_globals["__name__"].startswith(_AROUND):
            frame = frame.f_back
        if frame is None:
            asked.add(text)

    def connected(connection: Any, _record: Any) -> None:
        connection.set_trace_callback(heard)

    event.listen(Engine, "connect", connected)
    try:
        yield asked
    finally:
        event.remove(Engine, "connect", connected)


def play(folder: Path, until: str) -> None:
    where = ["--config", str(folder / "config.toml"), "--db", str(folder / "shop.db"), "--to", until]
    assert main(["rehearse", str(folder / "story.jsonl"), *where, "--json"]) == 0


def test_no_day_reads_all_that_there_ever_was(tmp_path: Path, capsys: Any) -> None:
    for path in EXAMPLE.iterdir():
        shutil.copy(path, tmp_path)
    story = [json.loads(line) for line in (EXAMPLE / "story.jsonl").read_text("utf-8").splitlines()]
    work = [line for line in story if not line.get("run", "").startswith(_REPORTS)]
    here = {"account": "main", "group": "tea-1@chatroom"}
    more: list[dict[str, Any]] = [
        {"type": "text", "id": "e90", "contact": "wx-lin", "text": "岩茶还有货吗", **here},
        {"type": "text", "id": "e91", "contact": "wx-lin", "text": "转人工"},
        {"type": "group_left", "id": "e92", "members": [{"contact": "wx-lin"}], **here},
    ]
    work += [{"at": f"2026-11-25T{10 + hour}:00:00+08:00", "account": "main", **one} for hour, one in enumerate(more)]
    (tmp_path / "story.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in work), "utf-8")
    with traced() as asked:
        play(tmp_path, "2026-11-27T09:00:00+08:00")
    capsys.readouterr()
    assert len(asked) > 200
    assert_none_reads_all(tmp_path / "shop.db", asked, _READS_ALL)


def assert_none_reads_all(file: Path, asked: Iterable[str], reads_all: re.Pattern[str]) -> None:
    faults = {}
    with closing(sqlite_driver().connect(file)) as database:
        for text in asked:
            if "CREATE TEMPORARY TABLE IF NOT EXISTS" in text:
                database.execute(text)
        for text in asked:
            if text.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
                steps = [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {text}")]
                bad = [step for step in steps if reads_all.search(step)]
                if bad and not _FEW.search(f"{bad} {text}"):
                    faults[text[:300]] = bad
    assert not faults, "\n".join(f"{steps}: {text}" for text, steps in faults.items())


def test_what_is_said_all_day_reads_all_groups_no_more_than_all_people(tmp_path: Path) -> None:
    """停发 by anybody read them once: of a shop with 100,000 that is a second, and as much as 4,096 messages take."""
    file, crowd = tmp_path / "shop.db", make_crowd(1_000, 40, len(QUESTIONS))
    load_world(f"sqlite:///{file}", crowd, QUESTIONS)
    said = wire_batches(crowd, 3, 400)
    line = json.loads(said[0][0])
    for nth, (one, text) in enumerate(zip(crowd.staff, ("/停发", "/恢复", "/暂停 本群", "/恢复 推广"), strict=False)):
        ordered = {"contact": {"contact": one.wire_id, "name": one.name}, "group": one.group, "text": text}
        said[-1].append(json.dumps(line | ordered | {"wire_id": f"ordered-{nth}"}).encode())
    with traced() as asked:
        run_seconds(file, said)
    assert len(asked) > 200
    assert_none_reads_all(file, asked, _READS_ALL_OR_ALL_GROUPS)


@pytest.mark.parametrize("statement", [budgets._ADDED, budgets._TAKEN])
def test_todays_new_friends_are_not_looked_for_among_all_friends(sqlite_url: str, statement: Any) -> None:
    text = str(statement.compile(dialect=sqlite.dialect()))
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (None,) * text.count("?")).all()
    ((*_, step),) = plan
    assert re.search(r"friendship_(added|accepted) \(merchant_id=\? AND \w+>\?\)", step), step


def test_the_groups_of_an_owner_are_not_looked_for_among_all_that_have_a_tier(sqlite_url: str) -> None:
    text = prepared("sqlite", commanding._OWNED).text
    with closing(Store(sqlite_url, lambda: START)) as store, store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("m1", "[1, 2]")).all()
    assert any("USING INDEX chat_group_owner (" in step for *_, step in plan), plan
