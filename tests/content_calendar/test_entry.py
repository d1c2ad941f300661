"""An entry keeps its content exactly, and its revision names that content."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest

from content_calendar.entry import Entry, expires_at, from_json, to_json

ENTRY = Entry(
    key="a-1",
    kind="album",
    content_kind="story",
    date=dt.date(2026, 11, 25),
    time=dt.time(9),
    tiers=("分院", "茶桌"),
    text="早，{name}。",
    media=("a.jpg", "b.jpg"),
    not_after=dt.datetime.combine(dt.date(2026, 11, 25), dt.time(20)),
    catch_up="within 2h",
)


def test_json_comes_back_as_the_same_entry() -> None:
    assert from_json(to_json(ENTRY)) == ENTRY


def test_equal_entries_have_equal_revisions_and_every_change_has_its_own() -> None:
    assert ENTRY.revision == from_json(to_json(ENTRY)).revision
    changes = ({"text": "晚上好"}, {"tiers": ("分院",)}, {"priority": 4}, {"time": dt.time(10)}, {"optional": True})
    assert len({msgspec.structs.replace(ENTRY, **change).revision for change in changes} | {ENTRY.revision}) == 6


def test_the_revision_does_not_change_between_versions_of_the_program() -> None:
    assert Entry(key="a", text="早").revision == "2e6e17439c3c"


def test_it_expires_by_the_wall_clock_of_the_merchant() -> None:
    assert expires_at(ENTRY, ZoneInfo("Asia/Shanghai")) == dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    assert expires_at(Entry(key="a"), dt.UTC) is None


@pytest.mark.parametrize("data", ['{"key": "a", "priority": 10}', '{"key": "a", "kind": "poem"}', "{}"])
def test_json_that_is_no_entry_is_refused(data: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json(data)
