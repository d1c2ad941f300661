"""What the report of promises reads of the calendar, on both databases."""

from __future__ import annotations

from contextlib import closing

from bot.promise_report import posted_entries
from content_calendar.entry import Entry, to_json
from models import effects as fx
from tests.store.stage import Shop, shop


def put(stage: Shop, text: str) -> tuple[str, str]:
    entry = Entry(key="e1", text=text)
    stage.later(minutes=1)
    stage.bring_about(fx.PutEntries(entries=((entry.key, entry.revision, to_json(entry).decode()),)))
    return entry.key, entry.revision


def test_a_post_is_what_it_was_and_no_other_revision_is_read(database_url: str) -> None:
    with shop(database_url) as stage:
        named = [put(stage, f"第 {number} 版") for number in range(60)]
        asked = {named[7], named[41], ("gone", "")}
        with stage.store.reading() as connection:
            entries = posted_entries(connection, stage.merchants["m1"], asked)
            every = posted_entries(connection, stage.merchants["m1"], named * 20)
        assert {key: entry.text for key, entry in entries.items()} == {named[7]: "第 7 版", named[41]: "第 41 版"}
        assert len(every) == 60


def test_they_are_looked_up_by_their_keys(sqlite_url: str) -> None:
    with shop(sqlite_url) as stage:
        named = put(stage, "早上好")
        asked: list[str] = []
        with stage.store.reading() as connection, closing(connection.connection.cursor()) as cursor:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.set_trace_callback(asked.append)
            posted_entries(connection, stage.merchants["m1"], [named])
            driver.set_trace_callback(None)
            (text,) = [one for one in asked if "entry_revision" in one]
            plan = [row[-1] for row in cursor.execute(f"EXPLAIN QUERY PLAN {text}").fetchall()]
    assert any("(merchant_id=? AND key=? AND revision=?)" in step for step in plan), plan
