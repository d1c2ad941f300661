"""What every transport does alike: the contract of `bot.transports.Transport`, on each platform in turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.transports import (
    AccountTaken,
    Outgoing,
    Refused,
    SendError,
    TooFrequent,
    Uncertain,
    Unsupported,
)
from models.events import (
    FriendAdded,
    FriendRequested,
    GroupJoined,
    GroupLeft,
    GroupRenamed,
    LoggedIn,
    LoggedOut,
    Media,
    Message,
    MessageRecalled,
    SelfMessage,
)
from tests.transports.driver import ACCOUNT, BIG_HALL, BIG_HALL_MEMBERS, HALL, Arrived, Driver, Fault, listening


def text(contact: str = "", words: str = "你好", *, group: str = "", mentions: tuple[str, ...] = ()) -> Outgoing:
    """A text to send."""
    return Outgoing("chat:1", 1, "text", contact=contact, group=group, text=words, mentions=mentions)


async def test_login_comes_first(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        first = listener.events[0]
        assert isinstance(first, LoggedIn)
        assert (first.account, first.self_id, first.name) == (ACCOUNT, driver.self_id, "掌柜")


async def test_events_carry_both_times_in_utc(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.says("wx-alice", "几点了")
        [message] = await listener.heard(Message)
        assert message.received_at is not None
        for time in (message.at, message.received_at):
            assert time.tzinfo is UTC
            assert abs(datetime.now(UTC) - time) < timedelta(seconds=30)


async def test_a_message_in_private(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.says("wx-alice", "有酒吗\n[微笑] 🍶")
        [message] = await listener.heard(Message)
        assert (message.contact.contact, message.contact.name) == ("wx-alice", "Alice")
        assert (message.group, message.kind, message.text) == ("", "text", "有酒吗\n[微笑] 🍶")
        assert message.wire_id


async def test_a_message_in_a_group_with_a_mention(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.says("wx-bob", "@掌柜 今天有活动吗", group=HALL, mentions=(driver.self_id,))
        [message] = await listener.heard(Message)
        assert (message.contact.contact, message.group) == ("wx-bob", HALL)
        assert message.mentions == (driver.self_id,)


async def test_a_message_delivered_twice_has_one_id(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.says("wx-alice", "在吗", id="m-1")
        driver.says("wx-alice", "在吗", id="m-1")
        first, second = await listener.heard(Message, 2)
        assert first.wire_id == second.wire_id == "m-1"


async def test_messages_keep_their_order(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        for number in range(50):
            driver.says("wx-alice" if number % 2 else "wx-bob", str(number), group=HALL if number % 3 else "")
        messages = await listener.heard(Message, 50)
        assert [message.text for message in messages] == [str(number) for number in range(50)]


@pytest.mark.parametrize("kind", ["image", "video", "file", "link", "mini_program", "location", "voice"])
async def test_media_are_named_by_kind(driver: Driver, kind: str) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.shows("wx-alice", kind, "货单.bin", group=HALL)
        [message] = await listener.heard(Message)
        assert (message.kind, message.group) == (kind, HALL)
        assert message.media is not None
        assert message.media.name == "货单.bin"


async def test_a_message_taken_back(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.recalls("m-7")
        [recalled] = await listener.heard(MessageRecalled)
        assert recalled.message == "m-7"


async def test_what_a_human_types_on_the_phone(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.own_phone_types("wx-alice", "我来处理")
        driver.own_phone_types(HALL, "大家好")
        private, group = await listener.heard(SelfMessage, 2)
        assert (private.to_contact, private.to_group, private.text) == ("wx-alice", "", "我来处理")
        assert (group.to_contact, group.to_group, group.text) == ("", HALL, "大家好")
        assert not listener.of(Message)


async def test_a_friend_request_is_accepted(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        driver.asks_friendship("wx-dora", "Dora", "想买酒")
        [asked] = await listener.heard(FriendRequested)
        assert (asked.contact.contact, asked.contact.name, asked.hello) == ("wx-dora", "Dora", "想买酒")
        await transport.send(Outgoing("accept:1", 1, "friend_accept", contact="wx-dora", request=asked.request))
        [added] = await listener.heard(FriendAdded)
        assert added.contact.contact == "wx-dora"
        assert driver.arrived() == [Arrived("friend_accept", contact="wx-dora")]


async def test_a_friendship_from_nowhere(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.befriends("wx-dora", "Dora")
        [added] = await listener.heard(FriendAdded)
        assert (added.contact.contact, added.contact.name) == ("wx-dora", "Dora")


async def test_a_name_turns_no_line_around_it(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.befriends("wx-dora", "\u202e多拉\u2066 Dora")
        driver.renames(HALL, "\u202e一堂", by="wx-alice")
        [added], [renamed] = await listener.heard(FriendAdded), await listener.heard(GroupRenamed)
        assert (added.contact.name, renamed.topic) == ("多拉 Dora", "一堂")


async def test_groups_come_go_and_are_renamed(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.joins(HALL, "wx-carol", by="wx-alice")
        driver.leaves(HALL, "wx-bob", by=driver.self_id)
        driver.renames(HALL, "一堂（老友）", by="wx-alice")
        [joined], [left] = await listener.heard(GroupJoined), await listener.heard(GroupLeft)
        [renamed] = await listener.heard(GroupRenamed)
        assert (joined.group, [who.contact for who in joined.members], joined.by) == (HALL, ["wx-carol"], "wx-alice")
        assert (left.group, [who.contact for who in left.members], left.by) == (HALL, ["wx-bob"], driver.self_id)
        assert (renamed.group, renamed.topic, renamed.by) == (HALL, "一堂（老友）", "wx-alice")


async def test_a_join_that_does_not_say_who(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.joins_unnamed(HALL)
        [joined] = await listener.heard(GroupJoined)
        assert (joined.group, joined.members) == (HALL, ())


async def test_a_logout(driver: Driver) -> None:
    async with listening(driver.transport()) as listener:
        await listener.heard(LoggedIn)
        driver.signs_out()
        await listener.heard(LoggedOut)


async def test_a_text_and_its_echo(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        receipt = await transport.send(text("wx-alice", "您好 😀\n第二行"))
        [echo] = await listener.heard(SelfMessage)
        assert (echo.wire_id, echo.to_contact, echo.text) == (receipt.message, "wx-alice", "您好 😀\n第二行")
        assert driver.arrived() == [Arrived("text", contact="wx-alice", text="您好 😀\n第二行")]


async def test_a_post_to_a_group_with_a_mention(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        receipt = await transport.send(text(group=HALL, words="@Bob 到货了", mentions=("wx-bob",)))
        [echo] = await listener.heard(SelfMessage)
        assert (echo.wire_id, echo.to_group, echo.to_contact) == (receipt.message, HALL, "")
        assert driver.arrived() == [Arrived("text", group=HALL, text="@Bob 到货了")]


async def test_every_medium_can_be_sent(driver: Driver, tmp_path: Path) -> None:
    for name in ("酒.png", "酒.mp4", "价目.pdf"):
        (tmp_path / name).write_bytes(b"content")
    sends = {
        "image": Media(url="酒.png"),
        "video": Media(url="酒.mp4"),
        "file": Media(url="价目.pdf"),
        "link": Media(name="本周酒单", url="https://example.com/wine"),
        "mini_program": Media(name="小店", url="wxapp/pages/index"),
        "card": Media(url="wx-bob"),
    }
    transport = driver.transport(media=tmp_path)
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        for kind, media in sends.items():
            assert kind in transport.capabilities.kinds
            receipt = await transport.send(Outgoing(f"post:{kind}", 1, kind, group=HALL, media=(media,)))
            assert receipt.message
        assert [(sent.kind, sent.group) for sent in driver.arrived()] == [(kind, HALL) for kind in sends]
        assert [echo.kind for echo in await listener.heard(SelfMessage, len(sends))] == list(sends)


async def test_a_remark_shows_in_the_roster(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        await transport.send(Outgoing("remark:1", 1, "remark", contact="wx-bob", text="酱酒-Bob"))
        friends = (await transport.roster()).friends
        assert friends is not None
        assert {who.contact: who.remark for who in friends} == {"wx-alice": "老客", "wx-bob": "酱酒-Bob"}


async def test_a_topic_and_an_announcement(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        await transport.send(Outgoing("topic:1", 1, "topic", group=HALL, text="一堂·冬"))
        await transport.send(Outgoing("announce:1", 1, "announcement", group=HALL, text="周六品鉴"))
        [renamed] = await listener.heard(GroupRenamed)
        assert (renamed.group, renamed.topic) == (HALL, "一堂·冬")
        assert driver.arrived() == [
            Arrived("topic", group=HALL, text="一堂·冬"),
            Arrived("announcement", group=HALL, text="周六品鉴"),
        ]


async def test_an_invitation_into_a_small_group_is_a_join(driver: Driver) -> None:
    driver.befriends("wx-dora", "Dora")
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        await transport.send(Outgoing("invite:1", 1, "invite", contact="wx-dora", group=HALL))
        [joined] = await listener.heard(GroupJoined)
        assert (joined.group, [who.contact for who in joined.members]) == (HALL, ["wx-dora"])


async def test_an_invitation_into_a_big_group_waits_to_be_accepted(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        limit = transport.capabilities.direct_invite_limit
        assert limit is not None
        assert limit < len(BIG_HALL_MEMBERS)
        await transport.send(Outgoing("invite:1", 1, "invite", contact="wx-alice", group=BIG_HALL))
        assert driver.arrived() == [Arrived("invite", contact="wx-alice", group=BIG_HALL)]
        await asyncio.sleep(0.1)
        assert not listener.of(GroupJoined)


async def test_our_own_message_can_be_taken_back_and_no_other(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        receipt = await transport.send(text("wx-alice"))
        await listener.heard(SelfMessage)
        await transport.send(Outgoing("recall:1", 1, "recall", message=receipt.message))
        with pytest.raises(Refused):
            await transport.send(Outgoing("recall:2", 1, "recall", message="unheard-of"))


async def test_the_roster(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        roster = await transport.roster()
        assert roster.account == ACCOUNT
        assert roster.friends is not None
        assert {(who.contact, who.name, who.remark) for who in roster.friends} == {
            ("wx-alice", "Alice", "老客"),
            ("wx-bob", "Bob", ""),
        }
        assert roster.groups is not None
        halls = {state.group: state for state in roster.groups}
        assert (halls[HALL].topic, halls[HALL].owner) == ("一堂", driver.self_id)
        assert [(who.contact, who.name) for who in halls[HALL].members][1:] == [
            ("wx-alice", "Alice"),
            ("wx-bob", "Bob"),
        ]
        assert len(halls[BIG_HALL].members) == 1 + len(BIG_HALL_MEMBERS)


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        ("refused", Refused, False),
        ("too_frequent", TooFrequent, False),
        ("accepted_then_error", Uncertain, True),
    ],
)
async def test_a_send_that_fails(driver: Driver, fault: Fault, error: type[SendError], arrives: bool) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        driver.answer_next("text", fault)
        with pytest.raises(error):
            await transport.send(text("wx-alice"))
        assert bool(driver.arrived()) is arrives
        await transport.send(text("wx-alice", "再来"))
        assert driver.arrived()[-1].text == "再来"


async def test_a_send_that_is_never_answered_proves_nothing(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        driver.answer_next("text", "timeout")
        with pytest.raises((Uncertain, TimeoutError)):  # by the transport's own limit, or by its caller's
            await asyncio.wait_for(transport.send(text("wx-alice")), 1)
        assert (await transport.send(text("wx-alice"))).message


async def test_a_send_that_is_accepted_and_lost_looks_well(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        driver.answer_next("text", "accepted_then_lost")
        assert (await transport.send(text("wx-alice"))).message
        assert not driver.arrived()


async def test_an_answer_is_armed_for_one_kind(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        driver.answer_next("remark", "refused")
        await transport.send(text("wx-alice"))
        with pytest.raises(Refused):
            await transport.send(Outgoing("remark:1", 1, "remark", contact="wx-alice", text="新客"))


async def test_a_kind_that_nobody_can_send(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        with pytest.raises(Unsupported):
            await transport.send(Outgoing("x:1", 1, "hologram", contact="wx-alice"))


async def test_a_second_listener_is_told_that_the_account_is_taken(driver: Driver) -> None:
    async with listening(driver.transport()) as first:
        await first.heard(LoggedIn)
        async with listening(driver.transport()) as second:
            assert isinstance(await second.end(), AccountTaken)
            assert "listen" in str(second.lost)
        driver.says("wx-alice", "还在吗")
        assert await first.heard(Message)


async def test_a_line_that_was_cut_is_attached_again(driver: Driver) -> None:
    transport = driver.transport()
    async with listening(transport) as listener:
        await listener.heard(LoggedIn)
        await driver.drop_link()
        assert not isinstance(await listener.end(), AccountTaken)
    for attempt in range(20):
        async with listening(transport) as listener:
            try:
                await listener.heard(LoggedIn)
            except AssertionError:
                assert isinstance(listener.lost, AccountTaken), attempt  # the platform has not seen the cut yet
                continue
            driver.says("wx-alice", "回来了吗")
            assert [message.text for message in await listener.heard(Message)] == ["回来了吗"]
            return
    pytest.fail("never attached again")


async def test_closing_ends_the_events_and_lets_the_next_one_in(driver: Driver) -> None:
    first = driver.transport()
    async with listening(first) as listener:
        await listener.heard(LoggedIn)
        await first.close()
        await listener.end()
    async with listening(driver.transport()) as second:
        assert await second.heard(LoggedIn)
