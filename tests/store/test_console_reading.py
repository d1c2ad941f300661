"""What the console shows, counted against plain SQL on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from bot.console.pages.person import EVENT_NAMES
from bot.console.reading import accounts, deliveries, insight, insight_rows, messages, newcomers, people, today
from bot.console.reading.deliveries import Filter
from bot.console.visit import Scope
from bot.store.identify import people_of
from content_calendar.entry import Entry, to_json
from handlers.reason_names import HEARD_NAMES
from models import effects as fx
from models.deliveries import DeliveryState
from models.events import Event, FriendAdded, GroupRenamed, LoggedIn, MessageKind, Roster, ScanWanted, Who
from models.orders import (
    BindGroupOrder,
    CancelDeliveryOrder,
    ErasePersonOrder,
    GrantRoleOrder,
    MoveOrder,
    PauseOrder,
    SettleDoubtOrder,
)
from tests.store.stage import START, Shop, merchant, reply, said, shop

LATER = START + timedelta(days=3)


def scope_of(stage: Shop, pool: str = "") -> Scope:
    return Scope(stage.merchants["m1"], pool)


def read(stage: Shop, question: Any, *args: Any, pool: str = "") -> Any:
    with stage.store.reading() as connection:
        return question(connection, scope_of(stage, pool), *args)


def sql(stage: Shop, statement: str) -> Any:
    with stage.store.reading() as connection:
        return connection.execute(text(statement)).scalar_one()


def test_folds_days_and_pages(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PAGE", 3)
    with shop(database_url, merchant("m1"), merchant("m2", accounts=("second",))) as stage:
        wx1 = stage.befriend("wx1")["wx1"]
        other = stage.befriend("wx9", account="second", merchant="m2")["wx9"]
        stage.bring_about(*(reply(f"k{number}", wx1) for number in range(8)))
        stage.bring_about(reply("theirs", other, account="second"), merchant="m2")
        first, second, *_ = read(stage, deliveries.page_of, Filter())
        stage.bring_about(
            fx.Settle(delivery_id=first.id, state=DeliveryState.SKIPPED, reason="opted_out"),
            fx.Settle(delivery_id=second.id, state=DeliveryState.UNKNOWN, reason="crash"),
        )
        day = f"{START.astimezone(stage.merchants['m1'].zone):%Y-%m-%d}"
        counts = {
            fold: read(stage, deliveries.count_of, Filter(fold=fold)) for fold in ("待发", "已发", "没发", "请核对")
        }
        assert counts == {"待发": 6, "已发": 0, "没发": 1, "请核对": 1}
        assert sum(counts.values()) == sql(stage, "SELECT count(*) FROM delivery WHERE merchant_id = 'm1'")
        assert read(stage, deliveries.count_of, Filter(fold="没发", day=day)) == 1
        assert read(stage, deliveries.count_of, Filter(fold="没发", day="2031-01-01")) == 0
        assert read(stage, deliveries.count_of, Filter(fold="待发", day=day)) == 6
        assert [one.reason for one in read(stage, deliveries.page_of, Filter(state="skipped"))] == ["opted_out"]
        seen: list[int] = []
        while page := read(stage, deliveries.page_of, Filter(), seen[-1] if seen else None):
            assert len(page) <= 3
            seen += [one.id for one in page]
        assert len(seen) == 8
        assert seen == sorted(seen, reverse=True)
        assert [one.state for one in read(stage, deliveries.changes_of, second.id)] == ["planned", "unknown"]
        theirs = sql(stage, "SELECT id FROM delivery WHERE key = 'theirs'")
        assert read(stage, deliveries.one_of, theirs) is None
        assert read(stage, deliveries.changes_of, theirs) == []
        assert len(read(stage, deliveries.coming)) == 6


def test_what_failed_can_go_again_the_oldest_first(database_url: str) -> None:
    with shop(database_url) as stage:
        wx1 = stage.befriend("wx1")["wx1"]
        stage.bring_about(*(reply(f"k{number}", wx1) for number in range(4)))
        oldest, *_, newest = sorted(one.id for one in read(stage, deliveries.page_of, Filter()))
        stage.bring_about(
            *(fx.Settle(delivery_id=one, state=DeliveryState.FAILED, reason="refused") for one in (newest, oldest))
        )
        assert read(stage, deliveries.failed_of, Filter(state="failed"), 9) == [oldest, newest]
        assert read(stage, deliveries.failed_of, Filter(state="failed"), 1) == [oldest]
        assert read(stage, deliveries.failed_of, Filter(fold="待发"), 9) == []


def test_a_chat_leaves_out_what_was_said_in_groups(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        stage.apply(said("wx1", "单独说的"), said("wx1", "群里说的", wire_id="g1", group="room@chatroom"))
        with stage.store.reading() as connection:
            told = people.timeline(connection, scope_of(stage), "wx1")
            alone = people.timeline(connection, scope_of(stage), "wx1", alone=True)
        assert {"单独说的", "群里说的"} <= {one.text for one in told}
        assert [one for one in told if not one.group] == alone


def test_a_list_of_friends_is_nothing_that_the_first_on_it_did(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.befriend("wx1")
        stage.apply(
            LoggedIn(account="main", at=START, self_id="wx-me", name="小满"),
            Roster(account="main", at=START, friends=(Who("wx1"),), groups=()),
        )
        assert sql(stage, "SELECT count(*) FROM journal WHERE type = 'roster' AND contact_id IS NOT NULL") == 1
        told = [*read(stage, people.timeline, "wx1"), *read(stage, people.timeline, "wx-me")]
        assert {one.type for one in told} <= {"friend_request", "friend_added", "message"}


@pytest.mark.parametrize(
    "event",
    [
        BindGroupOrder(merchant="m1", at=START, group="room@chatroom", tier="hall", owner="wx1"),
        ErasePersonOrder(merchant="m1", at=START, contact="wx1"),
        GrantRoleOrder(merchant="m1", at=START, contact="wx1", role="admin"),
        GroupRenamed(account="main", at=START, group="room@chatroom", topic="新名", by="wx1"),
        MoveOrder(merchant="m1", at=START, person="wx2", to="hall", actor="wx1", said="/调群"),
        SettleDoubtOrder(merchant="m1", at=START, contact="wx1"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_names_a_person_has_a_name_on_their_page(event: Event) -> None:
    assert next(people_of(event)).contact == "wx1"
    assert not EVENT_NAMES[str(type(event).__struct_config__.tag)].isascii()


def test_whatever_is_heard_has_a_chinese_name() -> None:
    assert [kind for kind in get_args(MessageKind) if HEARD_NAMES[kind].isascii()] == []


def test_what_has_not_left_can_be_taken_back(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.bring_about(reply("k1", stage.befriend("wx1")["wx1"]))
        identity = stage.delivery("k1").id
        (outcome,) = stage.apply(CancelDeliveryOrder(merchant="m1", at=START, delivery=identity))
        assert not outcome.error
        assert stage.history("k1")[-1] == "cancelled"
        (again,) = stage.apply(CancelDeliveryOrder(merchant="m1", at=START, delivery=identity, wire_id="2"))
        assert any(isinstance(one, fx.Answered) and one.refused for one in again.effects)


def test_a_filter_is_read_from_an_address_that_anybody_may_have_written() -> None:
    hostile = {"fold": "'; DROP TABLE delivery; --", "state": "x", "day": "2026-13-40", "entry": "a" * 5_000}
    assert Filter.read(hostile) == Filter(entry="a" * 100)
    wanted = Filter(fold="没发", day="2026-11-26", reason="words")
    assert wanted.address == "/deliveries?fold=%E6%B2%A1%E5%8F%91&day=2026-11-26&reason=words"


def test_the_pool_and_who_came(database_url: str) -> None:
    with shop(database_url) as stage:
        stage.apply(Roster(account="main", merchant="m1", at=START, friends=(Who("wx1"),), wire_id="r1"))
        new = Who("wx2", "新<b>来</b>")
        stage.apply(FriendAdded(account="main", merchant="m1", at=START, contact=new, source="海报3", wire_id="f1"))
        now = START + timedelta(minutes=1)
        friends, today_new, week_new, *_ = read(stage, today.health, now)
        assert friends.number == sql(stage, "SELECT count(*) FROM friendship WHERE state = 'friend'")
        assert (today_new.number, week_new.number) == (1, 1)
        assert read(stage, today.health, LATER)[1].number == 0
        for one in (friends, today_new, week_new):  # a number opens as many rows
            assert len(rows_behind(stage, one.address, now)) == one.number
        assert [(one.name, one.source) for one in read(stage, newcomers.newcomers)] == [("新<b>来</b>", "海报3")]
        assert read(stage, newcomers.fills) == []
        waits = read(stage, today.what_waits)
        assert ([one.number for one in waits.counts], waits.paused, waits.alerts) == ([0] * 4, [], [])
        assert [one.number for one in read(stage, today.what_was_said, now)] == [0, 0]
        for key, draft in (("a", False), ("b", True)):  # an unfinished one waits for its author alone
            body = to_json(Entry(key=key)).decode()
            stage.bring_about(fx.PutEntries(entries=((key, "v1", body),), author="wx3", approved=False, draft=draft))
        assert read(stage, today.what_waits).counts[0].number == 1
        (account,) = read(stage, accounts.accounts_now, now)
        assert (account.id, account.sent_today, account.paused, account.scan_code) == ("main", 0, False, "")
        stage.apply(ScanWanted(account="main", merchant="m1", at=now, code="http://weixin.qq.com/x/1", wire_id="s1"))
        (pause,) = stage.apply(PauseOrder(merchant="m1", account="main", at=now, scope="account", subject="main"))
        assert not pause.error
        (account,) = read(stage, accounts.accounts_now, now)
        assert (account.state, account.paused, account.scan_code) == ("scan", True, "http://weixin.qq.com/x/1")
        assert read(stage, today.what_waits).paused == [today.Paused("account", "main", "")]
        stage.apply(LoggedIn(account="main", merchant="m1", at=now, self_id="wx-us", wire_id="l1"))
        stage.apply(PauseOrder(merchant="m1", at=now, scope="account", subject="main", resumed=True))
        (account,) = read(stage, accounts.accounts_now, now)
        assert (account.state, account.paused, account.scan_code) == ("online", False, "")


def test_talks_come_a_page_of_people_at_a_time(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_PEOPLE", 2)
    with shop(database_url) as stage:
        for number, who in enumerate(("wx1", "wx2", "wx1", "wx3", "wx3", "wx1")):
            stage.apply(said(who, f"第 {number} 句", f"m{number}"))
        found, before = read(stage, messages.talks)
        assert [one.contact for one in found] == ["wx1", "wx3"]
        found, before = read(stage, messages.talks, before)
        assert [one.contact for one in found] == ["wx2", "wx1"]  # wx1 spoke before that as well
        assert before is None


def rows_behind(stage: Shop, address: str, now: datetime) -> list[Any]:
    """The rows of the page that a number links to."""
    parts = urlsplit(address)
    at = dict(parse_qsl(parts.query))
    if parts.path == "/people":
        return list(read(stage, people.people_of, people.Search.read(at)))
    figure = parts.path.removeprefix("/insight/")
    wanted = insight.Wanted.read(at, now.date())
    return list(read(stage, insight_rows.rows_of, wanted, figure, now))


def test_accounts_that_are_called_the_same_are_told_apart(database_url: str) -> None:
    with shop(database_url, merchant("m1", accounts=("a", "b", "c"))) as stage:
        for account, name in (("a", "小满"), ("b", "小满"), ("c", "大满")):
            login = LoggedIn(merchant="m1", account=account, at=START, wire_id=f"in-{account}", self_id="me", name=name)
            stage.apply(login)
        assert [one.name for one in read(stage, accounts.accounts_now, LATER)] == ["小满（a）", "小满（b）", "大满"]
