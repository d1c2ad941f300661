"""Whoever looks after one account sees the calendar, the people and the tags of that account, and none of another's."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

from bot.console.reading import calendar
from bot.console.reading.calendar import Wanted
from bot.console.reading.calendar_faults import checked
from bot.console.reading.calendar_moves import change_of
from bot.console.reading.called import titles_of
from bot.console.reading.entries import entry_of
from bot.console.reading.entry_history import history_of, version_of
from bot.console.reading.entry_writing import choices_of
from bot.console.reading.people import tags_and_sources
from bot.console.reading.today import what_waits
from bot.console.visit import Scope
from content_calendar.entry import Entry, to_json
from models.events import GroupJoined, Who
from models.orders import BindGroupOrder, DescribePersonOrder, ImportEntriesOrder
from tests.store.stage import START, Shop, merchant, shop

MONDAY = date(2026, 11, 30)
NOWHERE = Path("/nowhere")


def read(stage: Shop, question: Any, *args: Any, pool: str = "main") -> Any:
    with stage.store.reading() as connection:
        return question(connection, Scope(stage.merchants["m1"], pool), *args)


def two_pools(stage: Shop) -> None:
    """A group, a friend with a tag and an entry of each account; one entry for both, one for the tier."""
    here: dict[str, Any] = {"merchant": "m1", "at": START}
    for account in ("main", "second"):
        who = Who(f"wx-{account}")
        stage.apply(GroupJoined(**here, account=account, group=f"room-{account}", members=(who,)))
        stage.apply(BindGroupOrder(**here, account=account, group=f"room-{account}", tier="堂口"))
        stage.befriend(who.contact, account=account)
        stage.apply(DescribePersonOrder(**here, contact=who.contact, add=(f"标签 {account}",)))
    day: dict[str, Any] = {"date": MONDAY, "text": "早"}
    entries = [
        Entry(key="ours", time=time(9), groups=("room-main",), theme="我们的", **day),
        Entry(key="theirs", time=time(9, 10), groups=("room-second",), theme="他们的", **day),
        Entry(key="both", time=time(15), groups=("room-main", "room-second"), **day),
        Entry(key="tier", time=time(20), tiers=("堂口",), **day),
    ]
    rows = tuple((one.key, one.revision, to_json(one).decode()) for one in entries)
    stage.apply(ImportEntriesOrder(**here, entries=rows, author="wx-writer"))


def test_the_calendar_of_one_account_has_nothing_of_another(database_url: str) -> None:
    with shop(database_url, merchant("m1", ("main", "second"), tiers=[{"name": "堂口"}])) as stage:
        two_pools(stage)
        wanted = Wanted(day=f"{MONDAY}")
        turns = read(stage, calendar.days_of, wanted).turns[MONDAY]
        assert [(one.key, one.to) for one in turns] == [
            ("ours", "room-main"),
            ("both", "room-main"),
            ("tier", "堂口"),
        ]
        assert len(read(stage, calendar.days_of, wanted, pool="").turns[MONDAY]) == 4
        assert read(stage, calendar.undated, wanted).entries == 3
        assert "theirs" not in str(read(stage, checked, START, NOWHERE, wanted))
        assert "room-second" not in str(read(stage, checked, START, NOWHERE, wanted))
        revision = read(stage, entry_of, START, "theirs", pool="").revision
        assert read(stage, entry_of, START, "theirs") is None
        assert read(stage, entry_of, START, "both").to == "room-main"
        assert read(stage, history_of, "theirs") == []
        assert read(stage, version_of, "theirs", revision) is None
        assert read(stage, change_of, START, NOWHERE, "theirs", revision, MONDAY, MONDAY).refused
        assert set(read(stage, titles_of, ["ours", "theirs", "both"])) == {"ours", "both"}
        (to_review, *_) = read(stage, what_waits).counts
        assert to_review.number == 3


def test_what_one_may_choose_is_of_the_account(database_url: str) -> None:
    with shop(database_url, merchant("m1", ("main", "second"), tiers=[{"name": "堂口"}])) as stage:
        two_pools(stage)
        choices = read(stage, choices_of, START, NOWHERE)
        assert (choices.tags, choices.themes, list(choices.rooms)) == (["标签 main"], ["我们的"], ["room-main"])
        assert read(stage, tags_and_sources) == (["标签 main"], [])
        assert read(stage, tags_and_sources, pool="")[0] == ["标签 main", "标签 second"]
