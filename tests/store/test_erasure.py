"""忘记我 on both databases: no word and no id of who was erased is left in any row, and counts stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from bot.store.outbox import claim
from models import effects as fx
from models.context import Context
from models.deliveries import Delivery, DeliveryState
from models.effects import Effect
from models.erasure import Tombstone
from models.events import (
    Event,
    FriendAdded,
    FriendRequested,
    GroupJoined,
    GroupState,
    Message,
    Roster,
    SelfMessage,
    SendAnswered,
    Who,
)
from models.groups import ChatGroup, GroupMember
from models.journal import Body, JournalEntry
from models.operations import Timer
from models.orders import BindGroupOrder, ErasePersonOrder, MergeOrder
from models.people import Contact, Friendship, Person
from models.tables import METADATA
from tests.store.stage import Shop, merchant, nothing, post, reply, said, shop
from tests.store.test_outbox import answer, claimed, drain

LIN, NAMESAKE, BOSS = "wxid_lin", "wxid_lin2", "wx-boss"
ROOM = "9@chatroom"
WORDS = ("林间", "青石巷", "花生过敏", "铁观音")
BOOK: dict[str, Any] = {
    "retention_days": 365,
    "human_hold_minutes": 30,
    "reception": {"accept": [{"accept": True}], "greetings": ["{name}你好"], "remark": "客-{call}"},
    "survey": {
        "questions": [
            {"key": "call", "type": "name", "texts": ["怎么称呼？"]},
            {"key": "tea", "type": "freetext", "texts": ["爱喝什么？"]},
            {"key": "more", "type": "freetext", "texts": ["还有呢？"]},
        ],
        "nudges_hours": [24],
    },
    "tiers": [{"name": "分院", "capacity": 5, "welcome": "欢迎{name}"}],
}


def dump(stage: Shop) -> str:
    """Every row of every table, as it is stored."""
    with stage.store.reading() as connection:
        return "\n".join(
            f"{table.name} {tuple(row)}"
            for table in METADATA.sorted_tables
            for row in connection.execute(select(table))
        )


def left_of(stage: Shop, *words: str) -> list[str]:
    return [line for line in dump(stage).splitlines() if any(word in line.replace(NAMESAKE, "") for word in words)]


def lived(stage: Shop) -> None:
    """They asked for us, answered, joined, complained, were talked about, and broke something."""
    boss = merchant_with_boss(stage)
    at, who, other = stage.at, Who(LIN, "林间"), Who(NAMESAKE, "小周")

    def event(kind: Any, **more: Any) -> Event:
        made: Event = kind(merchant="m1", account="main", at=at, wire_id=stage.fresh(), **more)
        return made

    def breaks(_event: Event, _context: Context) -> Sequence[Effect]:
        raise ValueError("我住青石巷")

    stage.apply(
        event(Roster, friends=(Who(BOSS, "老板"),), groups=(GroupState(ROOM, "分院", LIN, (Who(BOSS, "老板"),)),)),
        BindGroupOrder(merchant="m1", at=at, account="main", group=ROOM, tier="分院"),
        event(FriendRequested, contact=who, hello="我在青石巷", source="门店扫码", request=f"ask-{LIN}"),
        event(FriendAdded, contact=who),
        event(FriendAdded, contact=other),
    )
    drain(stage)
    for text in ("叫我林间", "铁观音", "我花生过敏，能喝吗？", "你们骗人，我要投诉你们"):
        stage.later(seconds=10)
        stage.apply(said(LIN, text, stage.fresh(), stage.at))
        drain(stage)
    stage.apply(
        event(GroupJoined, group=ROOM, members=(other, who), by=BOSS),
        event(GroupJoined, group=ROOM, members=(Who("wx-late", "晚到"),), by=LIN),
        said(LIN, "大家好，我是林间", stage.fresh(), stage.at, group=ROOM),
        said(NAMESAKE, "欢迎", stage.fresh(), stage.at, group=ROOM, mentions=(LIN,)),
        said(BOSS, f"/了结 {LIN}", stage.fresh(), stage.at),
        event(SelfMessage, to_contact=LIN, text="林间，青石巷那家店见"),
    )
    stage.apply(said(LIN, "我住青石巷", stage.fresh(), stage.at), decide=breaks)
    drain(stage)
    stage.bring_about(
        fx.PutTags(person_id=person_of(stage, LIN), add=("铁观音",), origin=boss),
        fx.PutFriendship(
            account="main", contact_id=contact_of(stage, LIN), person_id=person_of(stage, LIN), remark="客-林间"
        ),
        reply(f"ask:{LIN}:77", contact_of(stage, LIN), text="林间你好", about_consent=True),
        post(f"entry:tea:2026-11-23:{LIN}", contact_id=contact_of(stage, LIN), text="林间，铁观音到了"),
        fx.PutTimer(kind="seat", subject=f"{LIN} {ROOM}", at=stage.at, account="main"),
        fx.PutTimer(kind="nudge", subject=NAMESAKE, at=stage.at, account="main"),
        fx.Audit(actor=boss, action="tag", target=LIN, reason="林间 铁观音"),
        fx.Audit(actor="bot", action="rebind", target="wx9", result="refused", reason=f"may be {LIN}, {NAMESAKE}"),
    )
    (lost,) = claimed(stage)[:1]
    answer(stage, lost, "timeout")


def merchant_with_boss(stage: Shop) -> str:
    stage.befriend(BOSS)
    stage.bring_about(fx.PutRole(wire_id=BOSS, role="owner"))
    return BOSS


def contact_of(stage: Shop, wire_id: str) -> int:
    return int(stage.rows(Contact, Contact.wire_id == wire_id)[0].id)


def person_of(stage: Shop, wire_id: str) -> int:
    return int(stage.rows(Contact, Contact.wire_id == wire_id)[0].person_id)


def erase(stage: Shop, *wire_ids: str) -> None:
    for wire_id in wire_ids:
        outcome = stage.apply(ErasePersonOrder(merchant="m1", at=stage.at, contact=wire_id))[0]
        assert not outcome.error


def counts(stage: Shop) -> dict[str, int]:
    return {table.__tablename__: len(stage.rows(table)) for table in (JournalEntry, Delivery, Person, GroupMember)}


def test_no_word_and_no_id_of_theirs_is_left_and_counts_stay(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        lived(stage)
        assert all(left_of(stage, word) for word in (LIN, *WORDS))
        before, others = counts(stage), [row for row in stage.rows(Delivery) if NAMESAKE in row.key]
        kept = len([row for row in stage.rows(Body) if row.text == "欢迎"])
        erase(stage, LIN)
        (address,) = left_of(stage, LIN, *WORDS)
        assert "farewell:" in address  # whose remark the platform is to clear
        assert [key.partition(":")[0] for key in drain(stage)] == ["farewell"]
        assert left_of(stage, LIN, *WORDS) == []
        # The order, a look at free seats, and what cleared the remark.
        assert counts(stage) == before | {"journal": before["journal"] + 2, "delivery": before["delivery"] + 1}
        assert [row for row in stage.rows(Delivery) if NAMESAKE in row.key] == others
        assert len([row for row in stage.rows(Body) if row.text == "欢迎"]) == kept == 1
        assert not stage.rows(Timer, Timer.kind == "seat")
        assert stage.rows(Timer, Timer.subject == NAMESAKE)
        assert {row.state for row in stage.rows(Delivery)} & {"planned", "waiting"} == set()
        (group,) = stage.rows(ChatGroup, ChatGroup.wire_id == ROOM)
        assert group.members == 4
        assert [row.source for row in stage.rows(Friendship) if row.source] == ["门店扫码"]  # of nobody: a count


def test_who_was_merged_is_forgotten_under_both_ids(database_url: str) -> None:
    """How both were before stands in a snapshot, and the row of the one who is gone keeps what was noted of them."""
    second = "wx-second"
    with shop(database_url, merchant(**BOOK)) as stage:
        lived(stage)
        stage.apply(said(second, "我是林间，换了号", stage.fresh(), stage.at))
        stage.bring_about(fx.PutTags(person_id=person_of(stage, second), add=("花生过敏",), origin=BOSS))
        merged = stage.apply(MergeOrder(merchant="m1", at=stage.at, kept=second, other=LIN, actor=BOSS))[0]
        assert not merged.error
        erase(stage, second)
        assert left_of(stage, LIN, second, *WORDS) == []


def test_what_is_queued_is_cancelled_and_says_so(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        to = stage.befriend(LIN, NAMESAKE)
        stage.bring_about(
            post("one", contact_id=to[LIN]), reply("two", to[LIN]), post("three", contact_id=to[NAMESAKE])
        )
        erase(stage, LIN)
        assert stage.history("one") == stage.history("two") == ["planned", "cancelled erased"]
        assert drain(stage) == ["three"]
        stage.bring_about(post("late", contact_id=to[LIN]))
        assert drain(stage) == []
        assert stage.history("late") == ["planned", "cancelled erased"]


def confirmed(stage: Shop) -> None:
    stage.apply(said(LIN, "忘记我", "a", stage.at))
    drain(stage)
    stage.apply(said(LIN, "确认", "b", stage.at))


def farewell(stage: Shop) -> Any:
    (row,) = [row for row in stage.rows(Delivery) if row.key.startswith("farewell")]
    return row


def test_the_farewell_finds_its_way_and_then_nobody_knows_it(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend(LIN)
        confirmed(stage)
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        assert one.outgoing.contact == LIN
        stage.apply(sent(stage, "network"))
        stage.later(minutes=1)
        (one,) = claim(stage.store, stage.merchants, [("m1", "main")]).claims
        assert one.outgoing.contact == LIN
        stage.apply(sent(stage, "sent"))
        assert farewell(stage).state == DeliveryState.SENT
        assert left_of(stage, LIN) == []
        echo = SelfMessage(merchant="m1", account="main", at=stage.at, to_contact=LIN, text=one.outgoing.text)
        stage.apply(echo)
        assert farewell(stage).state == DeliveryState.CONFIRMED
        assert left_of(stage, LIN) == []


def sent(stage: Shop, how: Any) -> SendAnswered:
    row = farewell(stage)
    return SendAnswered(merchant="m1", account="main", at=stage.at, delivery=row.id, key=row.key, answer=how)


def test_a_farewell_that_cannot_leave_does_not_keep_the_address(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend(LIN)
        stage.bring_about(fx.PutPause(scope="all", by="boss"))
        confirmed(stage)
        assert drain(stage) == []
        assert farewell(stage).reason == "paused"
        (timer,) = stage.rows(Timer, Timer.kind == "farewell")
        stage.at = timer.at
        ring(stage)
        assert left_of(stage, LIN) == []
        stage.bring_about(fx.PutPause(scope="all", by="boss", resumed=True))
        assert drain(stage) == []
        assert farewell(stage).state == DeliveryState.CANCELLED


def ring(stage: Shop) -> None:
    from bot.store.due import due_timers

    stage.apply(*due_timers(stage.store, stage.merchants)[0])


def test_what_lists_and_echoes_say_is_said_of_nobody(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend(LIN, NAMESAKE)
        members = (Who(LIN, "林间"), Who(NAMESAKE))
        state = GroupState(ROOM, "分院", LIN, members)
        friends = (Who(LIN, "林间", "客-林间", ("铁观音",)), Who(NAMESAKE))
        hears(stage, Roster, friends=friends, groups=(state,))
        erase(stage, LIN)
        drain(stage)
        people = counts(stage)["person"]
        hears(stage, Roster, friends=friends, groups=(state,))
        hears(stage, FriendAdded, contact=Who(LIN, "林间"))  # as some gateways say again
        hears(stage, GroupJoined, group="8@chatroom", members=(Who(LIN, "林间"),), by=LIN)
        hears(stage, SelfMessage, to_contact=LIN, text="林间在吗")
        hears(stage, Message, contact=Who(NAMESAKE), text="@某人", group=ROOM, mentions=(LIN,))
        erase(stage, LIN)  # refused: it is done
        assert left_of(stage, LIN, "林间", "铁观音") == []
        assert counts(stage)["person"] == people
        assert stage.rows(ChatGroup, ChatGroup.wire_id == ROOM)[0].members == 2
        assert drain(stage) == []


def hears(stage: Shop, kind: Any, **more: Any) -> None:
    stage.later(seconds=1)
    outcome = stage.apply(kind(merchant="m1", account="main", at=stage.at, wire_id=stage.fresh(), **more))[0]
    assert not outcome.error


@pytest.mark.parametrize("account", ["main", "second"])
def test_who_writes_again_is_a_stranger_and_an_old_friend(database_url: str, account: str) -> None:
    with shop(database_url, merchant(accounts=("main", "second"), **BOOK)) as stage:
        former = stage.befriend(LIN)[LIN]
        hears(stage, Roster, friends=(Who(LIN, "林间", "客-林间"),), groups=(GroupState(ROOM, "院", "", (Who(LIN),)),))
        erase(stage, LIN)
        assert len(drain(stage)) == 1  # the remark is cleared
        stage.apply(said(LIN, "上次那泡茶不错", "new", stage.at, account=account))
        (contact,) = stage.rows(Contact, Contact.wire_id == LIN)
        assert contact.id != former
        assert [row.contact_id for row in stage.rows(Tombstone)] == [None]
        (friendship,) = stage.rows(Friendship, Friendship.contact_id == contact.id)
        assert (friendship.account_id, friendship.old, friendship.remark) == ("main", True, "")
        hears(stage, Roster, friends=(Who(LIN, "林间", "客-林间", ("铁观音",)),), groups=None)
        assert left_of(stage, "客-林间", "铁观音") == []
        assert [row.contact_id for row in stage.rows(GroupMember)] == [contact.id]
        assert drain(stage) == []
        erase(stage, LIN)
        assert left_of(stage, LIN) == []


def test_who_adds_us_again_is_greeted(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend(LIN)
        erase(stage, LIN)
        hears(stage, FriendRequested, contact=Who(LIN, "阿林"), request="r2")
        hears(stage, FriendAdded, contact=Who(LIN, "阿林"))
        assert f"greet:{LIN}" in drain(stage)


def test_former_ids_of_the_platform_go_as_well(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        to = stage.befriend("wxid_before", LIN)
        stage.bring_about(
            fx.Rebind(contact_id=to["wxid_before"], wire_id=LIN, stranger_id=to[LIN], former_wire_id="wxid_before"),
            fx.Audit(actor="bot", action="rebind", target=LIN, place="main", reason="wxid_before"),
        )
        erase(stage, LIN)
        assert left_of(stage, LIN, "wxid_before") == []


def test_of_a_batch_what_came_after_it_is_no_longer_theirs(database_url: str) -> None:
    with shop(database_url, merchant(**BOOK)) as stage:
        stage.befriend(LIN)
        stage.apply(said(LIN, "忘记我", "a", stage.at))
        drain(stage)
        stage.apply(said(LIN, "确认", "b", stage.at), said(LIN, "我住青石巷", "c", stage.at))
        assert left_of(stage, "青石巷") == []
        assert [key.partition(":")[0] for key in drain(stage)] == ["farewell"]


def test_other_merchants_keep_what_is_theirs(database_url: str) -> None:
    views = [merchant(**BOOK), merchant("m2", ["other"])]
    with shop(database_url, *views) as stage:
        stage.befriend(LIN)
        stage.apply(said(LIN, "我住青石巷", "a", stage.at, merchant="m2", account="other"), decide=nothing)
        erase(stage, LIN)
        assert [row.merchant_id for row in stage.rows(Contact, Contact.wire_id == LIN)] == ["m2"]
        assert [row.text for row in stage.rows(Body)] == ["我住青石巷"]
        assert stage.rows(Person, Person.merchant_id == "m2")[0].erased_at is None


def test_marks_tell_nobody_who_it_was_and_differ_between_merchants(database_url: str) -> None:
    views = [merchant(), merchant("m2", ["other"])]
    with shop(database_url, *views) as stage:
        for view in views:
            stage.apply(said(LIN, "hi", view.id, stage.at, merchant=view.id, account=view.accounts[0]), decide=nothing)
            stage.apply(ErasePersonOrder(merchant=view.id, at=stage.at, contact=LIN))
        marks = [row.mark for row in stage.rows(Tombstone)]
        assert len(set(marks)) == 2
        assert {len(mark) for mark in marks} == {64}


def test_what_was_ordered_about_somebody_is_found_together_however_much_it_was(database_url: str) -> None:
    """One order after the other was looked up once, with all that who gave it had ever said."""
    asked = []
    with shop(database_url, merchant(**BOOK)) as stage:
        merchant_with_boss(stage)
        stage.apply(said(BOSS, "/记一笔 没有这个人 花生过敏", stage.fresh(), stage.at))
        for who, orders in ((LIN, 2), (NAMESAKE, 9)):
            stage.befriend(who)
            for _ in range(orders):
                stage.later(minutes=5)
                stage.apply(said(BOSS, f"/记一笔 {who} 爱喝铁观音", stage.fresh(), stage.at))
                drain(stage)
            stage.later(minutes=5)
            assert len([row for row in stage.rows(Body) if "铁观音" in row.text]) == orders
            with counted() as statements:
                erase(stage, who)
            asked.append(len(statements))
            drain(stage)
            assert left_of(stage, "铁观音") == []
        assert [row.text for row in stage.rows(Body)] == ["/记一笔 没有这个人 花生过敏"]
    assert asked[0] == asked[1]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    heard: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", executed)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", executed)
