"""What the console's page of an entry shows, on both databases."""

from __future__ import annotations

from datetime import time, timedelta

from sqlmodel import col

from bot.console.reading.entries import entry_of, happened, outlook_of, would_get
from bot.console.reading.entry_history import history_of, version_of
from bot.console.reading.entry_writing import choices_of, weighed, who_gets
from bot.console.reading.newcomers import posting
from bot.console.visit import Scope
from content_calendar.entry import to_json
from models.deliveries import Delivery
from models.events import TimerDue
from models.operations import Role, Timer
from models.orders import ApproveEntryOrder, RejectEntryOrder, SkipEntryOrder, WriteEntryOrder
from tests.store.stage import START, shop
from tests.store.test_calendar_rows import open_groups
from tests.store.test_console_calendar import DAY, MONDAY, NOWHERE, entry, put, read


def test_an_entry_is_sent_back_and_its_occurrence_skipped(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", other="堂口")
        one = entry("tea", text="喝茶")
        put(stage, one, author="wx-writer")
        scope = Scope(stage.merchants["m1"])
        shown = read(stage, entry_of, START, "tea")
        assert (shown.state, shown.to, shown.author) == ("review", "堂口", "wx-writer")
        outlook = outlook_of(stage.store, scope, shown, NOWHERE)
        assert (outlook.total, outlook.moment) == (2, shown.rings)
        assert {target.text for target in outlook.targets} == {"喝茶"}
        assert [target.id for target in would_get(stage.store, scope, one, "hall")] == ["hall"]
        assert would_get(stage.store, scope, one, "%") == []
        stage.apply(RejectEntryOrder(merchant="m1", at=START, key="tea", revision=one.revision, why="太短"))
        stage.apply(SkipEntryOrder(merchant="m1", at=START, key="tea", day=MONDAY))
        shown = read(stage, entry_of, START, "tea")
        assert (shown.state, shown.sent_back, shown.rings) == ("draft", "太短", None)
        assert read(stage, happened, START, "tea") == []
        assert read(stage, entry_of, START, "none") is None


def test_what_an_entry_would_do_is_known_before_it_is_in_force(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口", other="堂口")
        new = entry("tea", text="喝茶{name|朋友}\n【层级 堂口】\n堂口喝茶", rule="weekly mon")
        found = read(stage, weighed, START, NOWHERE, new)
        assert (found.groups, [one.local_date for one in found.days[:2]]) == (2, [MONDAY, MONDAY + 7 * DAY])
        assert {one.text for one in who_gets(stage.store, Scope(stage.merchants["m1"]), new)} == {"堂口喝茶"}
        choices = read(stage, choices_of, START, NOWHERE)
        assert set(choices.rooms) == {"hall", "other"}
        nobody = read(stage, weighed, START, NOWHERE, entry("x", tiers=(), tags=("没人",)))
        assert (nobody.groups, nobody.people) == (0, 0)
        assert read(stage, weighed, START, NOWHERE, entry("old", day=MONDAY - 30 * DAY)).days == []


def test_a_history_has_each_version_also_one_that_came_back(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口")
        first, second = entry("tea", text="一"), entry("tea", text="二")
        put(stage, first)
        base = first.revision
        for minutes, one in ((1, second), (2, first), (3, second)):
            stage.at = START + timedelta(minutes=minutes)
            stage.apply(
                WriteEntryOrder(
                    merchant="m1",
                    at=stage.at,
                    actor="console:店主",
                    body=to_json(one).decode(),
                    base=base,
                )
            )
            base = one.revision
        steps = read(stage, history_of, "tea")
        assert [(one.who, one.entry.text if one.entry else "") for one in steps] == [
            ("console:店主", "二"),
            ("console:店主", "一"),
            ("console:店主", "二"),
            ("", "一"),
        ]
        assert [one.before.text if one.before else "" for one in steps] == ["一", "二", "一", ""]
        assert read(stage, version_of, "tea", first.revision) == first
        assert read(stage, version_of, "tea", "none") is None
        assert read(stage, history_of, "none") == []


def test_what_an_author_wrote_goes_out_with_its_picture_once_a_chief_lets_it(database_url: str) -> None:
    with shop(database_url) as stage:
        open_groups(stage, hall="堂口")
        today = START.astimezone(stage.merchants["m1"].zone).date()
        new = entry("hand", day=today, at=time(11), kind="image", media=("海报-1.png",), text="来喝茶")
        body = to_json(new).decode()
        stage.apply(WriteEntryOrder(merchant="m1", at=START, body=body, actor="console:小笔", rights=Role.AUTHOR))
        (timer,) = stage.rows(Timer, col(Timer.kind) == "entry")
        assert not read(stage, posting, START)
        assert read(stage, posting, timer.at)  # it is to be planned
        stage.at = timer.at
        stage.apply(
            TimerDue(merchant="m1", at=timer.at, kind="entry", subject="hand", due=timer.at, wire_id=stage.fresh())
        )
        (waiting,) = stage.rows(Delivery)
        assert (waiting.state, waiting.reason) == ("waiting", "not_approved")
        stage.apply(ApproveEntryOrder(merchant="m1", at=timer.at, key="hand", revision=new.revision))
        (planned,) = stage.rows(Delivery)
        assert (planned.state, planned.kind, planned.media[0]["url"]) == ("planned", "image", "海报-1.png")
        assert not read(stage, posting, timer.at - timedelta(seconds=1))
        assert read(stage, posting, timer.at)
