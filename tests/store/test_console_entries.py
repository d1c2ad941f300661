"""What the console's page of an entry shows, on both databases."""

from __future__ import annotations

from bot.console.reading.entries import entry_of, happened, outlook_of, would_get
from bot.console.visit import Scope
from models.orders import RejectEntryOrder, SkipEntryOrder
from tests.store.stage import START, shop
from tests.store.test_calendar_rows import open_groups
from tests.store.test_console_calendar import MONDAY, NOWHERE, entry, put, read


def test_an_entry_is_sent_back_and_its_occurrence_skipped(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", other="堂口")
        one = entry("tea", text="喝茶")
        put(stage, one, author="wx-writer")
        scope = Scope(stage.merchants["m1"])
        shown = read(stage, entry_of, "tea")
        assert (shown.state, shown.to, shown.author) == ("review", "堂口", "wx-writer")
        outlook = outlook_of(stage.store, scope, shown, NOWHERE)
        assert (outlook.total, outlook.moment) == (2, shown.rings)
        assert {target.text for target in outlook.targets} == {"喝茶"}
        assert [target.id for target in would_get(stage.store, scope, one, "hall")] == ["hall"]
        assert would_get(stage.store, scope, one, "%") == []
        stage.apply(RejectEntryOrder(merchant="m1", at=START, key="tea", revision=one.revision, why="太短"))
        stage.apply(SkipEntryOrder(merchant="m1", at=START, key="tea", day=MONDAY))
        shown = read(stage, entry_of, "tea")
        assert (shown.state, shown.sent_back, shown.rings) == ("draft", "太短", None)
        assert read(stage, happened, START, "tea") == []
        assert read(stage, entry_of, "none") is None
