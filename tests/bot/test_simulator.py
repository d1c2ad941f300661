"""The simulated WeChat as the program hears it: events, links, logins, silence, lists and new numbers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.story_lines import (
    Deaf,
    FriendAdded,
    FriendRemoved,
    FriendRequest,
    GroupJoined,
    GroupLeft,
    GroupRenamed,
    Login,
    Logout,
    MediaSent,
    Members,
    Person,
    Recalled,
    Renumbered,
    SelfText,
    Text,
)
from bot.transports import (
    AccountTaken,
    LinkLost,
    NotConnected,
    Outgoing,
    Receipt,
    Refused,
)
from bot.transports.simulator import SimulatorTransport, UnknownAccount
from models import events
from models.events import GroupState, Media, Roster, Who
from tests.bot.simulator_stage import GROUP, LATER, START, Stage, let_go, play, post, text_to


def test_logged_in_comes_first_then_what_waited_with_its_own_time() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Text(at=START, account="main", id="e1", contact="wx1", text="在吗"))
        await stage.clock.sleep_until(LATER)
        assert await stage.hear(2) == [
            events.LoggedIn(account="main", at=LATER, self_id="main", name="掌柜", received_at=LATER),
            events.Message(
                account="main",
                at=START,
                wire_id="e1",
                contact=Who("wx1", "天天妈"),
                text="在吗",
                received_at=LATER,
            ),
        ]

    play(scene)


def test_every_wire_fact_becomes_its_event() -> None:
    async def scene(stage: Stage) -> None:
        base: dict[str, Any] = {"at": START, "account": "main"}
        for fact in [
            FriendRequest(**base, id="1", contact="wx3", name="新人", hello="想喝酒", source="海报"),
            FriendAdded(**base, id="2", contact="wx3", name="新人", source="海报"),
            FriendRemoved(**base, id="3", contact="wx3"),
            Text(**base, id="4", contact="wx1", group=GROUP, text="早", mentions=("main",), quote="q"),
            MediaSent(**base, id="5", contact="wx1", kind="link", name="文章", url="https://example.com"),
            SelfText(**base, id="6", to="wx1", text="我来"),
            SelfText(**base, id="7", to=GROUP, text="大家好"),
            Recalled(**base, id="8", message="4"),
            GroupJoined(**base, id="9", group=GROUP, members=(Person("wx4", "小四"),), by="wx1"),
            GroupLeft(**base, id="10", group=GROUP, members=(Person("wx4"),)),
            GroupRenamed(**base, id="11", group=GROUP, topic="新名", by="wx1"),
        ]:
            stage.world.apply(fact)
        assert stage.waiting() == [
            events.FriendRequested(
                **base, wire_id="1", contact=Who("wx3", "新人"), hello="想喝酒", source="海报", request="request:wx3"
            ),
            events.FriendAdded(**base, wire_id="2", contact=Who("wx3", "新人"), source="海报"),
            events.FriendRemoved(**base, wire_id="3", contact=Who("wx3", "新人")),
            events.Message(
                **base, wire_id="4", contact=Who("wx1", "天天妈"), group=GROUP, text="早", mentions=("main",), quote="q"
            ),
            events.Message(
                **base,
                wire_id="5",
                contact=Who("wx1", "天天妈"),
                kind="link",
                media=Media(name="文章", url="https://example.com"),
            ),
            events.SelfMessage(**base, wire_id="6", to_contact="wx1", text="我来"),
            events.SelfMessage(**base, wire_id="7", to_group=GROUP, text="大家好"),
            events.MessageRecalled(**base, wire_id="8", message="4"),
            events.GroupJoined(**base, wire_id="9", group=GROUP, members=(Who("wx4", "小四"),), by="wx1"),
            events.GroupLeft(**base, wire_id="10", group=GROUP, members=(Who("wx4", "小四"),)),
            events.GroupRenamed(**base, wire_id="11", group=GROUP, topic="新名", by="wx1"),
        ]

    play(scene)


def test_messages_without_an_id_get_one_of_their_own_and_group_events_none() -> None:
    async def scene(stage: Stage) -> None:
        for _ in range(2):
            stage.world.apply(Text(at=START, account="main", contact="wx1", text="在吗"))
        stage.world.apply(GroupJoined(at=START, account="main", group=GROUP, members=(Person("wx4"),)))
        moment = int(START.timestamp() * 1000)
        assert [event.wire_id for event in stage.waiting()] == [f"sim-event-{moment}-1", f"sim-event-{moment}-2", ""]

    play(scene)


def test_signed_out_nothing_is_sent_and_what_happens_waits_for_the_login() -> None:
    async def scene(stage: Stage) -> None:
        listening = stage.transport.events()
        await anext(listening)
        stage.world.apply(Text(at=START, account="main", id="e1", contact="wx1", text="前"))
        stage.world.apply(Logout(at=START, account="main"))
        stage.world.apply(Text(at=START, account="main", id="e2", contact="wx1", text="中"))
        assert await stage.try_send(text_to("wx1")) is NotConnected
        with pytest.raises(LinkLost, match="signed out"):
            await stage.transport.roster()
        await stage.clock.sleep_until(LATER)
        stage.world.apply(Login(at=LATER, account="main"))
        heard = [await anext(listening) for _ in range(4)]
        assert [type(event).__name__ for event in heard] == ["Message", "LoggedOut", "LoggedIn", "Message"]
        assert (heard[3].wire_id, heard[3].at, heard[3].received_at) == ("e2", START, LATER)
        assert await stage.try_send(text_to("wx1")) == Receipt("sim:k")
        await let_go(listening)

    play(scene)


def test_who_attaches_to_a_signed_out_account_hears_the_login_first() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Text(at=START, account="main", id="e1", contact="wx1", text="前"))
        stage.world.apply(Logout(at=START, account="main"))
        stage.world.apply(Text(at=START, account="main", id="e2", contact="wx1", text="后"))
        link = stage.world.attach("main")
        assert stage.waiting() == []
        stage.world.apply(Login(at=START, account="main"))
        assert [event.wire_id for event in stage.waiting()] == ["", "e1", "e2"]
        stage.world.cut_link("main", link)
        assert [event.wire_id for event in await stage.hear(3)] == ["", "e1", "e2"]

    play(scene)


def test_a_deaf_account_takes_sends_and_tells_nothing_until_its_login() -> None:
    async def scene(stage: Stage) -> None:
        listening = stage.transport.events()
        await anext(listening)
        await stage.clock.sleep_until(LATER)
        stage.world.apply(Deaf(at=LATER, account="main"))
        assert await stage.transport.send(text_to("wx1")) == Receipt("sim:k")
        noticed = LATER + timedelta(seconds=60)
        assert await anext(listening) == events.WentDeaf(
            account="main", at=noticed, received_at=noticed, silent_seconds=60
        )
        with pytest.raises(LinkLost, match="nothing heard for 60 seconds"):
            await anext(listening)
        again = stage.transport.events()
        assert (await anext(again)).at == noticed + timedelta(seconds=60)  # attached anew, and nothing heard again
        with pytest.raises(LinkLost):
            await anext(again)
        stage.world.attach("main")
        stage.world.apply(Login(at=LATER, account="main"))
        assert [type(event).__name__ for event in stage.waiting()] == ["LoggedIn", "SelfMessage"]

    play(scene)


def test_who_is_deaf_for_a_moment_is_not_noticed() -> None:
    async def scene(stage: Stage) -> None:
        listening = stage.transport.events()
        await anext(listening)
        stage.world.apply(Deaf(at=START, account="main"))
        asyncio.get_running_loop().call_later(59, stage.world.apply, Login(at=START, account="main"))
        assert isinstance(await anext(listening), events.LoggedIn)
        stage.world.apply(Text(at=START, account="main", id="e1", contact="wx1", text="在吗"))
        assert (await anext(listening)).wire_id == "e1"
        await let_go(listening)

    play(scene)


def test_two_programs_cannot_hold_one_account() -> None:
    async def scene(stage: Stage) -> None:
        listening = stage.transport.events()
        await anext(listening)
        with pytest.raises(AccountTaken):
            await anext(SimulatorTransport(stage.world, "main").events())
        stage.world.cut_link("main")
        assert [type(event).__name__ for event in await stage.hear(1)] == ["LoggedIn"]
        with pytest.raises(LinkLost):
            await anext(listening)

    play(scene)


def test_the_echo_of_a_send_whose_sender_vanished_waits_for_the_next_attach() -> None:
    async def scene(stage: Stage) -> None:
        listening = stage.transport.events()
        await anext(listening)
        stage.world.cut_link("main")
        stage.world.send("main", text_to("wx1"))
        await let_go(listening)
        await stage.clock.sleep_until(LATER)
        assert [(event.wire_id, event.at) for event in await stage.hear(2)] == [("", LATER), ("sim:k", START)]

    play(scene)


def test_the_roster_lists_friends_and_our_groups() -> None:
    async def scene(stage: Stage) -> None:
        assert await stage.transport.roster() == Roster(
            account="main",
            at=START,
            friends=(Who("wx1", "天天妈", "妈妈-天天", ("老客",)), Who("wx2", "林间")),
            groups=(GroupState(GROUP, "酱酒一堂", "main", (Who("main", "掌柜"), Who("wx1", "天天妈", "妈妈-天天"))),),
        )

    play(scene)


def test_a_silent_change_of_members_is_seen_in_the_roster_only() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(
            Members(at=START, account="main", group=GROUP, members=(Person("main"), Person("wx5", "小五")))
        )
        groups = (await stage.transport.roster()).groups
        assert groups is not None
        assert groups[0].members == (Who("main", "掌柜"), Who("wx5", "小五"))
        assert stage.waiting() == []

    play(scene)


def test_new_numbers_are_everywhere_and_old_ones_reach_nobody() -> None:
    async def scene(stage: Stage) -> None:
        stage.world.apply(Text(at=START, account="main", id="e1", contact="wx1", group=GROUP, text="早"))
        stage.world.apply(FriendRequest(at=START, account="main", id="e2", contact="wx3"))
        stage.world.apply(
            Renumbered(at=START, account="main", ids={"wx1": "wx2", "wx2": "wx1", GROUP: "new@chatroom", "wx3": "wx4"})
        )
        me = Who("main", "掌柜")
        assert await stage.transport.roster() == Roster(
            account="main",
            at=START,
            friends=(Who("wx2", "天天妈", "妈妈-天天", ("老客",)), Who("wx1", "林间")),
            groups=(GroupState("new@chatroom", "酱酒一堂", "main", (me, Who("wx2", "天天妈", "妈妈-天天"))),),
        )
        message, request = stage.waiting()
        assert message == events.Message(
            account="main", at=START, wire_id="e1", contact=Who("wx2", "天天妈"), group="new@chatroom", text="早"
        )
        assert isinstance(request, events.FriendRequested)
        assert request.contact.contact == "wx4"
        assert await stage.try_send(post()) is Refused
        assert await stage.try_send(Outgoing("a", 1, "friend_accept", contact="wx4")) == Receipt()
        await stage.hear(1)
        link = stage.world.attach("main")
        stage.world.apply(Renumbered(at=START, account="main", ids={"wx2": "wx8"}))
        assert [type(event).__name__ for event in stage.waiting()].count("LoggedIn") == 2  # attached, and again
        stage.world.cut_link("main", link)

    play(scene)


def test_unknown_accounts_are_named() -> None:
    async def scene(stage: Stage) -> None:
        with pytest.raises(UnknownAccount, match="没有账号 'mian'，这个世界里的账号：'main'"):
            stage.world.apply(Login(at=START, account="mian"))
        with pytest.raises(UnknownAccount):
            SimulatorTransport(stage.world, "mian")

    play(scene)
