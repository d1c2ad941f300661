"""`deliveries list`: each with the moment of its present state, and the last of them where only those are wanted."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

from bot.config import load_config
from bot.reading_deliveries import deliveries, history
from bot.rehearsal import closed_desk
from bot.store import Store
from tests.flows.playing import Stage, asks_to_be_friends, says


def test_deliveries_are_listed_with_the_moment_of_their_present_state(stage: Stage, database_url: str) -> None:
    met = [asks_to_be_friends(f"09:1{number}", f"wx{number}") for number in range(4)]
    to = ("--to", "2026-11-23T09:13:02+08:00")  # the last one is under way
    assert stage.play([*met, says("09:13", "wx1", "叫我小林")], "--db", database_url, *to).exit == 0
    with closing(Store(database_url, lambda: datetime.now(UTC))) as store:
        desk = closed_desk(load_config(stage.folder / "config.toml", {}), store, store.now, stage.folder)
        with store.reading() as connection:
            rows = deliveries(connection, desk.merchant, "")
            assert [row["delivery"] for row in rows] == sorted(row["delivery"] for row in rows)
            assert len(rows) > 8
            for row in rows:
                found = history(connection, desk.merchant, str(row["delivery"]))
                assert found is not None
                assert (row["at"], row["state"]) == (found[1][-1]["at"], found[1][-1]["state"])
            assert deliveries(connection, desk.merchant, "", 3) == rows[-3:]
            confirmed = [row for row in rows if row["state"] == "confirmed"]
            assert 3 < len(confirmed) < len(rows)
            assert deliveries(connection, desk.merchant, "confirmed") == confirmed
            assert deliveries(connection, desk.merchant, "confirmed", 3) == confirmed[-3:]
