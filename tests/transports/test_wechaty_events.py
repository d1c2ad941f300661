"""What only a Wechaty gateway can say, and how it is heard: against the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.events import (
    FriendRequested,
    GroupJoined,
    LoggedIn,
    Media,
    Message,
    MessageRecalled,
    ScanWanted,
    Unreadable,
)
from tests.transports.driver import HALL, listening
from tests.transports.gateway_process import GatewayProcess
from tests.transports.wechaty_driver import Relay, WechatyDriver


async def test_five_hundred_messages_at_once_keep_their_order(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("flood", **{"from": "wx-alice"}, room=HALL, count=500, text="第")
        messages = await listener.heard(Message, 500)
        assert [message.text for message in messages] == [f"第{number}" for number in range(500)]


async def test_slow_payloads_are_asked_for_side_by_side(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("settings", latency=100)
        started = datetime.now(UTC)
        wechaty.gateway.drive("flood", **{"from": "wx-alice"}, count=30, text="")
        messages = await listener.heard(Message, 30)
        assert [message.text for message in messages] == [str(number) for number in range(30)]
        assert datetime.now(UTC) - started < timedelta(seconds=2)  # one after the other it would take 3 s


@pytest.mark.parametrize(
    ("fields", "kind", "media"),
    [
        (
            {
                "type": 14,
                "link": {
                    "title": "酒单",
                    "url": "https://example.com/1",
                    "description": "本周",
                    "thumbnailUrl": "t.png",
                },
            },
            "link",
            Media(name="酒单", url="https://example.com/1", description="本周", thumbnail="t.png"),
        ),
        (
            {"type": 9, "miniProgram": {"title": "小店", "appid": "wxapp", "pagePath": "pages/index?id=1"}},
            "mini_program",
            Media(name="小店", url="wxapp/pages/index?id=1"),
        ),
        ({"type": 3, "card": "wx-bob"}, "card", Media(name="Bob", url="wx-bob")),
        (
            {
                "type": 8,
                "location": {"name": "半山", "address": "半山路 8 号", "latitude": 30, "longitude": 120, "accuracy": 1},
            },
            "location",
            Media(name="半山", description="半山路 8 号"),
        ),
        ({"type": 6, "filename": "a.png"}, "image", Media(name="a.png")),
        ({"type": 5, "filename": "smile.gif"}, "emoticon", Media(name="smile.gif")),
        ({"type": 14, "text": "a link that the gateway cannot read"}, "link", Media()),
        ({"type": 4, "text": "forwarded"}, "other", None),
        ({"type": 12, "text": "red envelope"}, "other", None),
        ({"type": 99, "text": "of the future"}, "other", None),
    ],
)
async def test_kinds(wechaty: WechatyDriver, fields: dict[str, Any], kind: str, media: Media | None) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("say", **{"from": "wx-alice"}, **fields)
        [message] = await listener.heard(Message)
        assert (message.kind, message.media, message.text) == (kind, media, fields.get("text", ""))


@pytest.mark.parametrize("unit", [1, 1000])
async def test_times_come_in_seconds_or_milliseconds(wechaty: WechatyDriver, unit: int) -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    async with listening(wechaty.transport(now=lambda: at + timedelta(minutes=1))) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("say", **{"from": "wx-alice"}, text="", timestamp=int(at.timestamp()) * unit)
        wechaty.gateway.drive("join", room=HALL, members=["wx-carol"], timestamp=int(at.timestamp()) * unit)
        assert [message.at for message in await listener.heard(Message)] == [at]
        assert [joined.at for joined in await listener.heard(GroupJoined)] == [at]


@pytest.mark.parametrize("timestamp", [0, 12345, 4_000_000_000, 9e15])
async def test_an_absurd_time_is_the_time_of_hearing(wechaty: WechatyDriver, timestamp: float) -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    async with listening(wechaty.transport(now=lambda: now)) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("say", **{"from": "wx-alice"}, text="", timestamp=timestamp)
        wechaty.gateway.drive("join", room=HALL, members=["wx-carol"], timestamp=None)
        assert [message.at for message in await listener.heard(Message)] == [now]
        assert [joined.at for joined in await listener.heard(GroupJoined)] == [now]


async def test_what_the_gateway_does_not_know_costs_nothing_else(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("emit", event="message", payload={"messageId": "unheard-of"})
        wechaty.gateway.drive("emit", event="friendship", payload={"friendshipId": "unheard-of"})
        wechaty.gateway.drive("say", **{"from": "wx-ghost"}, text="有人吗", room=HALL)
        wechaty.gateway.drive("join", room=HALL, members=["wx-ghost", "wx-carol"], by="wx-ghost")
        wechaty.gateway.drive("join", room="unheard-of@chatroom", members=["wx-carol"])
        first, second = await listener.heard(GroupJoined, 2)
        lost, _ = listener.of(Unreadable)
        assert "unheard-of" in lost.payload
        assert lost.wire_id == "unreadable:unheard-of"
        [message] = listener.of(Message)
        assert (message.contact.contact, message.contact.name, message.text) == ("wx-ghost", "", "有人吗")
        assert [(who.contact, who.name) for who in first.members] == [("wx-ghost", ""), ("wx-carol", "Carol")]
        assert second.group == "unheard-of@chatroom"


async def test_what_has_no_meaning_for_us_is_kept(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.gateway.drive("emit", event="error", payload={"gerror": "WebSocket closed"})
        wechaty.gateway.drive("emit", event="post", payload={"postId": "moment-1"})
        wechaty.gateway.drive("emit", event="room-invite", payload={"roomInvitationId": "invitation-1"})
        wechaty.gateway.drive("emit", event="message")
        wechaty.gateway.drive("emit", event="room-join", payload={"inviteeIdList": "wx-carol", "roomId": 5})
        wechaty.gateway.drive("verify", contact="wx-carol")
        wechaty.gateway.drive("say", **{"from": "wx-alice"}, type=13, text="你撤回了一条消息")
        kept = await listener.heard(Unreadable, 7)
        assert "WebSocket closed" in kept[0].payload
        assert "moment-1" in kept[1].payload
        assert "an invitation" in kept[2].payload
        assert not listener.of(Message)


async def test_signs_of_life_are_no_events(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        for event, payload in {
            "heartbeat": {"data": "1"},
            "dong": {"data": "1"},
            "ready": {"data": "1"},
            "dirty": {"payloadType": 6, "payloadId": "x"},
        }.items():
            wechaty.gateway.drive("emit", event=event, payload=payload)
        wechaty.says("wx-alice", "在")
        await listener.heard(Message)
        assert [type(event) for event in listener.events] == [LoggedIn, Message]


async def test_a_huge_text_is_heard_whole(wechaty: WechatyDriver) -> None:
    huge = "酒" * 350_000 + "\0" + "完"
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.says("wx-alice", huge)
        [message] = await listener.heard(Message)
        assert message.text == huge.replace("\0", "\ufffd")


async def test_names_are_remembered_until_the_gateway_says_otherwise(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.says("wx-alice", "1")
        await listener.heard(Message)
        wechaty.gateway.drive("person", id="wx-alice", name="Alice Liu", alias="贵客")
        wechaty.says("wx-alice", "2")
        await listener.heard(Message, 2)
        wechaty.gateway.drive("emit", event="dirty", payload={"payloadType": 2, "payloadId": "wx-alice"})
        wechaty.says("wx-alice", "3")
        messages = await listener.heard(Message, 3)
        assert [message.contact.name for message in messages] == ["Alice", "Alice", "Alice Liu"]
        assert messages[2].contact.remark == "贵客"


async def test_names_grow_old(wechaty: WechatyDriver) -> None:
    now = datetime.now(UTC)
    async with listening(wechaty.transport(now=lambda: now)) as listener:
        await listener.heard(LoggedIn)
        wechaty.says("wx-alice", "1")
        await listener.heard(Message)
        wechaty.gateway.drive("person", id="wx-alice", name="Alice Liu")
        now += timedelta(hours=2)
        wechaty.says("wx-alice", "2")
        messages = await listener.heard(Message, 2)
        assert [message.contact.name for message in messages] == ["Alice", "Alice Liu"]


async def test_we_are_meant_when_our_name_is_written(wechaty: WechatyDriver) -> None:
    wechaty.gateway.drive("room", id=HALL, topic="一堂", members=["bot", "wx-alice"], aliases={"bot": "酒保"})
    said = {
        "@掌柜 在吗": True,
        "找@酒保\u2005 有事": True,
        "@掌柜的 在吗": False,
        "写信给 a@掌柜": False,
        "掌柜在吗": False,
    }
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        for text in said:
            wechaty.says("wx-alice", text, group=HALL)
        messages = await listener.heard(Message, len(said))
        assert {message.text: message.mentions == ("bot",) for message in messages} == said


async def test_a_quote_is_told_from_what_is_said_about_it(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.says("wx-alice", "「掌柜：您平时喝什么酒？\n回数字就行」\n- - - - - - - - - - - - - - -\n2")
        [message] = await listener.heard(Message)
        assert (message.quote, message.text) == ("掌柜：您平时喝什么酒？\n回数字就行", "2")


async def test_a_recall_in_the_words_of_the_platform(wechaty: WechatyDriver) -> None:
    xml = "<sysmsg type='revokemsg'><revokemsg><newmsgid>7788</newmsgid></revokemsg></sysmsg>"
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        wechaty.recalls(xml)
        [recalled] = await listener.heard(MessageRecalled)
        assert recalled.message == "7788"


async def test_a_friend_request_says_where_it_came_from(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        for _ in range(2):
            wechaty.gateway.drive("friend_request", contact="wx-dora", name="Dora", hello="你好", scene=30, id="f-1")
        first, again = await listener.heard(FriendRequested, 2)
        assert (first.source, first.request) == ("qr_code", "f-1")
        assert first.wire_id == again.wire_id


async def test_equal_joins_at_different_times_are_different(wechaty: WechatyDriver) -> None:
    async with listening(wechaty.transport()) as listener:
        await listener.heard(LoggedIn)
        for timestamp in (1_790_000_000_000, 1_790_000_000_000, 1_790_000_060_000):
            wechaty.gateway.drive("join", room=HALL, members=["wx-carol"], by="wx-alice", timestamp=timestamp)
        first, twice, later = await listener.heard(GroupJoined, 3)
        assert first.wire_id == twice.wire_id != later.wire_id


async def test_a_gateway_that_waits_for_its_code_to_be_scanned(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path, start_logged_in=False)
    gateway.start()
    try:
        async with Relay(gateway.port) as relay:
            driver = WechatyDriver(gateway, relay, logged_in=False)
            gateway.drive("emit", event="scan", payload={"qrcode": "https://example.com/qr", "status": 2})
            async with listening(driver.transport()) as listener:
                await listener.heard(ScanWanted)
                gateway.drive("emit", event="scan", payload={"status": 3})
                gateway.drive("login")
                await listener.heard(LoggedIn)
                assert [scan.code for scan in listener.of(ScanWanted)] == ["https://example.com/qr"]
    finally:
        gateway.stop()


async def test_the_roster_leaves_out_what_is_nobody(wechaty: WechatyDriver) -> None:
    wechaty.gateway.drive("extra_ids", contacts=["wx-unknown"], rooms=["unknown@chatroom"])
    wechaty.gateway.drive("person", id="gh_paper", name="酒报", friend=True, type=2)
    wechaty.gateway.drive("person", id="filehelper", name="文件传输助手", friend=True)
    wechaty.gateway.drive("room", id="empty@chatroom", topic="", members=[])
    wechaty.gateway.drive("room", id="ghosts@chatroom", topic="鬼", members=["bot", "wx-ghost"])
    transport = wechaty.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        roster = await transport.roster()
        assert [who.contact for who in roster.friends or ()] == ["wx-alice", "wx-bob"]
        members = {state.group: [who.contact for who in state.members] for state in roster.groups or ()}
        assert "unknown@chatroom" not in members
        assert members["empty@chatroom"] == []
        assert members["ghosts@chatroom"] == ["bot", "wx-ghost"]


async def test_a_big_roster(wechaty: WechatyDriver) -> None:
    people = [f"wx-many-{number}" for number in range(500)]
    for contact in people[:50]:
        wechaty.gateway.drive("person", id=contact, name=contact.upper(), friend=True)
    wechaty.gateway.drive("room", id="huge@chatroom", topic="大群", members=["bot", *people])
    transport = wechaty.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        roster = await transport.roster()
        assert len(roster.friends or ()) == 52
        [huge] = [state for state in roster.groups or () if state.group == "huge@chatroom"]
        assert [who.contact for who in huge.members] == ["bot", *people]
        assert (huge.members[1].name, huge.members[60].name) == ("WX-MANY-0", "")
