"""Sends into the simulated WeChat: what arrives at people, what is echoed, and what the platform refuses."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.story_lines import (
    Answer,
    FriendAdded,
    FriendRemoved,
    FriendRequest,
    GroupJoined,
    GroupLeft,
    Person,
    Platform,
    Renumbered,
    Tapped,
    Text,
)
from bot.transports import (
    Outgoing,
    Receipt,
    Refused,
    SendError,
    TooFrequent,
    Uncertain,
    Unsupported,
)
from bot.transports.simulator import Delivered
from models import events
from models.events import Who
from tests.bot.simulator_stage import GROUP, LATER, START, Stage, play, post, spec, text_to


def test_an_accepted_friend_is_added_and_can_be_written_to() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(Outgoing("a", 1, "friend_accept", contact="wx3", request="request:wx3")) is Refused
        stage.world.apply(FriendRequest(at=START, account="main", id="e1", contact="wx3", name="新人", source="海报"))
        assert await stage.try_send(text_to("wx3")) is Refused
        assert await stage.try_send(Outgoing("a", 1, "friend_accept", contact="wx3")) == Receipt()
        assert await stage.try_send(text_to("wx3")) == Receipt("sim:k")
        assert await stage.try_send(Outgoing("r", 1, "remark", contact="wx3", text="酒友-新人")) == Receipt()
        assert stage.waiting()[1:] == [
            events.FriendAdded(
                account="main",
                at=START,
                wire_id=f"sim-event-{int(START.timestamp() * 1000)}-1",
                contact=Who("wx3", "新人"),
                source="海报",
            ),
            events.SelfMessage(account="main", at=START, wire_id="sim:k", to_contact="wx3", text="你好"),
        ]
        assert stage.arrived() == [
            ("wx3", "", "friend_accept", ""),
            ("wx3", "", "text", "你好"),
            ("wx3", "", "remark", "酒友-新人"),
        ]
        stage.world.apply(FriendRemoved(at=START, account="main", contact="wx3"))
        assert await stage.try_send(text_to("wx3")) is Refused

    play(scene)


def test_who_wrote_can_be_answered_without_being_listed_as_a_friend() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(text_to("stranger")) is Refused
        stage.world.apply(Text(at=START, account="main", contact="stranger", text="/status"))
        assert await stage.try_send(text_to("stranger")) == Receipt("sim:k")
        friends = (await stage.transport.roster()).friends
        assert friends is not None
        assert [who.contact for who in friends] == ["wx1", "wx2"]

    play(scene)


def test_echoes_carry_key_and_part() -> None:
    async def scene(stage: Stage) -> None:
        for part in (1, 2):
            await stage.transport.send(text_to("wx1", f"第{part}条", "greet:wx1", part))
        await stage.transport.send(post("公告", "n", "announcement"))
        await stage.transport.send(post("", "a", "album"))
        base: dict[str, Any] = {"account": "main", "at": START}
        assert stage.waiting() == [
            events.SelfMessage(**base, wire_id="sim:greet:wx1", to_contact="wx1", text="第1条"),
            events.SelfMessage(**base, wire_id="sim:greet:wx1:2", to_contact="wx1", text="第2条"),
            events.SelfMessage(**base, wire_id="sim:n", to_group=GROUP, text="公告"),
            events.SelfMessage(**base, wire_id="sim:a", to_group=GROUP, kind="image"),
        ]
        assert stage.delivered[1] == Delivered(START, "main", "wx1", "", "text", "第2条", "greet:wx1", 2)

    play(scene)


def test_an_invitation_into_a_small_group_is_a_joining() -> None:
    async def scene(stage: Stage) -> None:
        invitation = Outgoing("i", 1, "invite", contact="wx2", group=GROUP)
        assert await stage.try_send(invitation) == Receipt()
        assert stage.waiting() == [
            events.GroupJoined(account="main", at=START, group=GROUP, members=(Who("wx2", "林间"),), by="main")
        ]
        assert stage.arrived() == [("wx2", GROUP, "invite", "")]
        assert await stage.try_send(invitation) is Refused  # is in it already
        assert await stage.try_send(Outgoing("i", 1, "invite", contact="wx7", group=GROUP)) is Refused  # no friend
        assert await stage.try_send(Outgoing("i", 1, "invite", contact="wx2", group="other@chatroom")) is Refused
        assert await stage.try_send(Outgoing("i", 1, "invite", contact="wx2", group="none@chatroom")) is Refused

    play(scene)


@pytest.mark.parametrize(("size", "joins"), [(40, True), (41, False)])
def test_above_forty_members_an_invitation_waits_to_be_accepted(size: int, joins: bool) -> None:
    async def scene(stage: Stage) -> None:
        await stage.transport.send(Outgoing("i", 1, "invite", contact="wx2", group=GROUP))
        assert ("wx2" in stage.world.rooms[GROUP].members) is joins
        assert len(stage.waiting()) == joins
        assert stage.arrived() == [("wx2", GROUP, "invite", "")]
        stage.world.apply(GroupJoined(at=START, account="main", group=GROUP, members=(Person("wx2"),)))
        assert "wx2" in stage.world.rooms[GROUP].members

    play(scene, spec(members=["main", *(f"m{n}" for n in range(size - 1))]))


def test_a_full_group_takes_nobody() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.rooms[GROUP].capacity = 3
        assert await stage.try_send(Outgoing("i", 1, "invite", contact="wx2", group=GROUP)) == Receipt()
        stage.world.apply(FriendAdded(at=START, account="main", contact="wx3"))
        assert await stage.try_send(Outgoing("i", 2, "invite", contact="wx3", group=GROUP)) is Refused

    play(scene)


def test_a_group_that_we_left_is_closed_to_us() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(post()) == Receipt("sim:p")
        stage.world.apply(GroupLeft(at=START, account="main", group=GROUP, members=(Person("main"),)))
        assert await stage.try_send(post()) is Refused
        assert (await stage.transport.roster()).groups == ()

    play(scene)


def test_topics_and_recalls() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(Outgoing("t", 1, "topic", group=GROUP, text="新堂")) == Receipt()
        assert await stage.try_send(Outgoing("r", 1, "recall", group=GROUP, message="sim:p")) is Refused
        await stage.transport.send(post())
        assert await stage.try_send(Outgoing("r", 1, "recall", group=GROUP, message="sim:p")) == Receipt()
        assert stage.waiting()[0] == events.GroupRenamed(account="main", at=START, group=GROUP, topic="新堂", by="main")
        assert [kind for _, _, kind, _ in stage.arrived()] == ["topic", "text", "recall"]

    play(scene)


@pytest.mark.parametrize(
    ("answer", "outcome", "arrives", "echoes"),
    [
        ("ok", Receipt("sim:k"), 1, 1),
        ("refused", Refused, 0, 0),
        ("too_frequent", TooFrequent, 0, 0),
        ("accepted_then_lost", Receipt("sim:k"), 0, 0),
        ("accepted_then_error", Uncertain, 1, 0),
    ],
)
def test_the_platform_answers_as_it_was_told_to(
    answer: Answer, outcome: Receipt | type[SendError], arrives: int, echoes: int
) -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Platform(at=START, account="main", on="text", answer=answer, times=2))
        await stage.transport.send(Outgoing("r", 1, "remark", contact="wx2", text="林"))  # another kind: not meant
        assert await stage.try_send(text_to("wx1")) == outcome
        assert (len(stage.delivered) - 1, len(stage.waiting())) == (arrives, echoes)
        await stage.try_send(text_to("wx1", key="another"))
        assert await stage.try_send(text_to("wx1", key="after")) == Receipt("sim:after")

    play(scene)


def test_what_is_sent_again_is_another_message() -> None:
    async def scene(stage: Stage) -> None:
        assert [await stage.try_send(text_to("wx1")) for _ in range(3)] == [
            Receipt("sim:k"),
            Receipt("sim:k#2"),
            Receipt("sim:k#3"),
        ]
        echoes = [one for one in stage.waiting() if isinstance(one, events.SelfMessage)]
        assert [one.wire_id for one in echoes] == ["sim:k", "sim:k#2", "sim:k#3"]

    play(scene)


def test_a_platform_that_never_answers_delivers_nothing() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Platform(at=START, account="main", on="*", answer="timeout"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(20):
                await stage.transport.send(text_to("wx1"))
        assert stage.clock.true_now() == START + timedelta(seconds=20)
        assert (stage.delivered, stage.waiting()) == ([], [])

    play(scene)


def test_answers_are_given_in_the_order_they_were_told() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Platform(at=START, account="main", on="text", answer="ok"))
        stage.world.apply(Platform(at=START, account="main", on="*", answer="refused"))
        assert await stage.try_send(text_to("wx1")) == Receipt("sim:k")
        assert await stage.try_send(text_to("wx1")) is Refused

    play(scene)


def test_without_auto_only_the_story_speaks_for_the_platform() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(FriendRequest(at=START, account="main", contact="wx3"))
        await stage.transport.send(Outgoing("a", 1, "friend_accept", contact="wx3"))
        await stage.transport.send(Outgoing("i", 1, "invite", contact="wx2", group=GROUP))
        await stage.transport.send(Outgoing("t", 1, "topic", group=GROUP, text="新堂"))
        await stage.transport.send(text_to("wx1"))
        assert [type(event) for event in stage.waiting()] == [events.FriendRequested]
        assert len(stage.delivered) == 4

    play(scene, spec(auto=False))


def test_a_window_closes_after_ten_messages_or_a_day_and_says_nothing_of_it() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(text_to("wx1")) == Receipt("sim:k")  # nobody wrote to us yet
        assert stage.delivered == []
        stage.world.apply(Text(at=START, account="main", contact="wx1", text="在吗"))
        for _ in range(11):
            await stage.transport.send(text_to("wx1"))
        assert len(stage.delivered) == 10
        stage.world.apply(Text(at=START, account="main", contact="wx1", text="还在吗"))
        await stage.clock.sleep_until(START + timedelta(hours=24, seconds=-1))
        await stage.transport.send(text_to("wx1"))
        await stage.clock.sleep(1)
        await stage.transport.send(text_to("wx1"))
        assert len(stage.delivered) == 11
        assert await stage.try_send(post()) is Unsupported
        assert await stage.try_send(Outgoing("i", 1, "invite", contact="wx2", group=GROUP)) is Unsupported

    play(scene, spec("window"))


def test_on_a_tap_channel_posts_wait_for_a_human() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.try_send(text_to("wx1")) == Receipt("sim:k")  # a reply is no task
        entry = text_to("wx1", "会员日", "entry:p-1:2026-11-25:wx1")
        assert await stage.try_send(entry) == Receipt("sim:entry:p-1:2026-11-25:wx1", awaiting_tap=True)
        assert await stage.try_send(post(key="entry:m-1:2026-11-24:room-1@chatroom")) == Receipt(
            "sim:entry:m-1:2026-11-24:room-1@chatroom", awaiting_tap=True
        )
        assert (len(stage.delivered), len(stage.waiting())) == (1, 1)
        stage.world.apply(Tapped(at=LATER, account="main", delivery="entry:p-1:*"))
        stage.world.apply(Tapped(at=LATER, account="main", delivery="entry:p-1:*"))  # nothing left to tap
        assert stage.waiting()[1:] == [
            events.Tapped(account="main", at=LATER, delivery="entry:p-1:2026-11-25:wx1"),
            events.SelfMessage(
                account="main", at=START, wire_id="sim:entry:p-1:2026-11-25:wx1", to_contact="wx1", text="会员日"
            ),
        ]
        stage.world.apply(Renumbered(at=LATER, account="main", ids={GROUP: "room-new@chatroom"}))
        stage.world.apply(Tapped(at=LATER, account="main", delivery="*"))
        assert [one.text for one in stage.delivered] == ["你好", "会员日", "早"]
        assert stage.delivered[-1].group == "room-new@chatroom"

    play(scene, spec("tap"))
