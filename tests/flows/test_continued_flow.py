"""A rehearsal that continues a database: whom its accounts knew they still reach."""

from __future__ import annotations

from tests.flows.playing import Stage, asks_to_be_friends, operator

CALENDAR = "key,rule,time,tiers,text\nc1,daily,12:00,分院,每天一句\n"


def test_a_continued_database_reaches_whom_it_knew(stage: Stage) -> None:
    stage.write("calendar.csv", CALENDAR)
    database = f"sqlite:///{stage.folder / 'kept.db'}"
    first = [
        operator("08:00:00", "group bind room-1@chatroom --tier 分院"),
        operator("08:00:01", "calendar import calendar.csv"),
        asks_to_be_friends("09:00:00", "wx-1"),
    ]
    stage.play(first, "--db", database, "--to", "2026-11-23T20:00:00+08:00")
    later = operator("2026-11-24T09:00:00+08:00", "group list")
    played = stage.play([later], "--db", database, "--to", "2026-11-24T20:00:00+08:00", world=None)
    assert [line["text"] for line in played.arrived(to="room-1@chatroom")] == ["每天一句"]
    assert [line["text"] for line in played.arrived(to="wx-1")] == ["怎么称呼你呢？"]  # the first nudge
    assert not [line for line in played.lines if line.get("state") == "failed"]
