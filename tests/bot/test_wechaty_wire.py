"""The pure part of the Wechaty transport: texts, times and payloads of any shape, and what errors prove."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from grpclib.const import Status
from grpclib.exceptions import GRPCError
from hypothesis import given
from hypothesis import strategies as st

from bot.transports import NotConnected, Outgoing, Refused, SendError, TooFrequent, Uncertain, Unsupported
from bot.transports.wechaty_events import (
    Reading,
    friendship_event,
    link_media,
    mentions_name,
    message_event,
    mini_program_media,
    room_event,
    stable_id,
    unreadable,
)
from bot.transports.wechaty_send import REQUESTS, Sent, Setting, judge
from bot.transports.wechaty_wire import (
    DirtyNote,
    EventFrame,
    FriendshipPayload,
    JoinNote,
    LeaveNote,
    LoginNote,
    MessageNote,
    MessagePayload,
    ScanNote,
    TopicNote,
    WireError,
    clean,
    moment,
    read_json,
)
from models.events import (
    FriendAdded,
    FriendRequested,
    GroupJoined,
    GroupLeft,
    GroupRenamed,
    Media,
    Message,
    MessageRecalled,
    SelfMessage,
    Unreadable,
    Who,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
READING = Reading(account="main", self_id="bot", received_at=NOW)
ALICE = Who("wx-alice", "Alice", "老客")

NOTES = [DirtyNote, JoinNote, LeaveNote, LoginNote, MessageNote, ScanNote, TopicNote]


def message(**fields: Any) -> MessagePayload:
    """A payload of Alice's, with these fields changed."""
    usual: dict[str, Any] = {
        "id": b"m-1",
        "type": 7,
        "talker": b"wx-alice",
        "text": "你好".encode(),
        "timestamp": 1_790_000_000,
    }
    return MessagePayload(**usual | fields)


# --- texts ---------------------------------------------------------------------------------------------------------


@given(st.binary() | st.text(st.characters()))
def test_any_text_becomes_one_that_a_database_keeps(value: bytes | str) -> None:
    found = clean(value)
    assert "\0" not in found
    assert found.encode().decode() == found


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_sound_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == clean(text.encode()) == text


def test_half_an_emoji_is_marked() -> None:
    assert clean("老客\ud83d") == "老客\ufffd"
    assert clean("😀".encode()[:3] + "客".encode()) == "\ufffd客"


# --- times ---------------------------------------------------------------------------------------------------------

BELIEVABLE = st.datetimes(datetime(2011, 1, 2), datetime(2026, 11, 23), timezones=st.just(UTC))  # noqa: DTZ001


@given(BELIEVABLE)
def test_a_time_is_read_in_any_unit(at: datetime) -> None:
    at = at.replace(microsecond=0)
    seconds = int(at.timestamp())
    for wire_time in (seconds, seconds * 1000, seconds * 1_000_000, str(seconds), float(seconds)):
        assert moment(wire_time, NOW) == at


@given(st.none() | st.booleans() | st.text() | st.floats() | st.integers() | st.lists(st.integers()))
def test_whatever_is_no_time_is_the_time_of_hearing(value: object) -> None:
    found = moment(value, NOW)
    assert found.tzinfo is UTC
    assert datetime(2011, 1, 1, tzinfo=UTC) <= found <= NOW + timedelta(days=1)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    assert moment((NOW + timedelta(minutes=5)).timestamp(), NOW) == NOW + timedelta(minutes=5)
    assert moment((NOW + timedelta(days=2)).timestamp(), NOW) == NOW


# --- notes ---------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.sampled_from(NOTES))
def test_any_payload_is_read_or_refused(payload: bytes, shape: type[object]) -> None:
    with contextlib.suppress(WireError):
        assert isinstance(read_json(payload, shape), shape)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WireError):
        read_json(b"[" * 100_000, MessageNote)


def test_a_note_keeps_what_is_sound_of_a_broken_name() -> None:
    note = read_json(b'{"roomId": "r@chatroom", "newTopic": "\\ud83d\\u0000x"}', TopicNote)
    assert note.new_topic == "\ufffd\ufffdx"


# --- messages ------------------------------------------------------------------------------------------------------


def test_a_message() -> None:
    found = message_event(message(room=b"r@chatroom", mentions=[b"bot"]), READING, ALICE)
    assert found == Message(
        account="main",
        at=datetime.fromtimestamp(1_790_000_000, UTC),
        received_at=NOW,
        wire_id="m-1",
        contact=ALICE,
        group="r@chatroom",
        text="你好",
        mentions=("bot",),
    )


def test_our_own_message() -> None:
    found = message_event(message(talker=b"bot", listener=b"wx-alice"), READING, Who("bot"))
    assert isinstance(found, SelfMessage)
    assert (found.to_contact, found.to_group, found.wire_id) == ("wx-alice", "", "m-1")
    found = message_event(message(talker=b"bot", listener=b"wx-alice", room=b"r@chatroom"), READING, Who("bot"))
    assert isinstance(found, SelfMessage)
    assert (found.to_contact, found.to_group) == ("", "r@chatroom")


def test_a_message_of_nobody_is_refused() -> None:
    with pytest.raises(WireError):
        message_event(message(talker=b""), READING, Who(""))


@pytest.mark.parametrize("text", ["m-7", " m-7\n", "<sysmsg><revokemsg><newmsgid>m-7</newmsgid></revokemsg></sysmsg>"])
def test_a_recall(text: str) -> None:
    found = message_event(message(type=13, text=text.encode()), READING, ALICE)
    assert isinstance(found, MessageRecalled)
    assert found.message == "m-7"


@pytest.mark.parametrize("text", ["", "Alice 撤回了一条消息", "你撤回了一条消息", "<sysmsg></sysmsg>"])
def test_a_recall_that_does_not_say_of_what_is_refused(text: str) -> None:
    with pytest.raises(WireError):
        message_event(message(type=13, text=text.encode()), READING, ALICE)


def test_a_mention_by_name_counts_once() -> None:
    payload = message(room=b"r@chatroom", text="@掌柜 在吗".encode(), mentions=[b"bot", b""])
    found = message_event(payload, READING, ALICE, ("掌柜",))
    assert isinstance(found, Message)
    assert found.mentions == ("bot",)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@小王", True),
        ("喂@小王\u2005在吗", True),
        ("@小王，在吗", True),
        ("@小王子", False),
        ("me@小王", False),
        ("小王", False),
        ("@", False),
    ],
)
def test_a_name_is_mentioned_or_not(text: str, meant: bool) -> None:
    assert mentions_name(text, ("小王", "")) is meant


@given(st.text(), st.text())
def test_any_name_is_found_before_a_blank(name: str, rest: str) -> None:
    assert mentions_name(f"@{name} {rest}", (name,)) is bool(name)


def test_a_text_that_only_looks_like_a_quote_stays_whole() -> None:
    for text in ("「酒」好喝", "「Alice：酒」\n好喝", "「a」\n- - -\n"):
        found = message_event(message(text=text.encode()), READING, ALICE)
        assert isinstance(found, Message)
        assert (found.quote, found.text) == ("", text)


# --- friendships and groups ----------------------------------------------------------------------------------------


def test_a_friend_request_and_a_friendship_are_different() -> None:
    asked = friendship_event(FriendshipPayload(id=b"f-1", hello="酒".encode(), type=2, scene=14), READING, ALICE)
    added = friendship_event(FriendshipPayload(id=b"f-1", type=1), READING, ALICE)
    assert isinstance(asked, FriendRequested)
    assert isinstance(added, FriendAdded)
    assert (asked.request, asked.hello, asked.source, asked.contact) == ("f-1", "酒", "group", ALICE)
    assert asked.wire_id != added.wire_id


@pytest.mark.parametrize(("type", "contact"), [(3, ALICE), (0, ALICE), (2, Who(""))])
def test_other_friendships_are_refused(type: int, contact: Who) -> None:
    with pytest.raises(WireError):
        friendship_event(FriendshipPayload(id=b"f-1", type=type), READING, contact)


def test_who_came_is_named_as_far_as_known() -> None:
    note = JoinNote("r@chatroom", invitee_id_list=["wx-alice", "wx-bob", "wx-alice", ""], inviter_id="wx-boss")
    found = room_event(note, READING, {"wx-alice": ALICE})
    assert isinstance(found, GroupJoined)
    assert (found.members, found.by, found.at) == ((ALICE, Who("wx-bob")), "wx-boss", NOW)


def test_nobody_may_have_come_or_gone() -> None:
    joined, left = room_event(JoinNote("r"), READING, {}), room_event(LeaveNote("r"), READING, {})
    assert isinstance(joined, GroupJoined)
    assert isinstance(left, GroupLeft)
    assert joined.members == left.members == ()
    assert joined.wire_id != left.wire_id


def test_a_topic_may_be_empty() -> None:
    found = room_event(TopicNote("r", new_topic=""), READING, {})
    assert isinstance(found, GroupRenamed)
    with pytest.raises(WireError):
        room_event(TopicNote("", new_topic="x"), READING, {})


def test_without_a_wire_time_equal_events_are_told_apart_by_when_they_were_heard() -> None:
    later = Reading("main", "bot", NOW + timedelta(seconds=1))
    note = LeaveNote("r", removee_id_list=["wx-bob"])
    assert room_event(note, READING, {}).wire_id != room_event(note, later, {}).wire_id
    timed = LeaveNote("r", removee_id_list=["wx-bob"], timestamp=1_790_000_000)
    assert room_event(timed, READING, {}).wire_id == room_event(timed, later, {}).wire_id


def test_stable_ids_do_not_change_between_runs() -> None:
    assert stable_id("main", "joined", ["a"]) == "feca9c5a2e22d76adb7c87335a5555cd"


def test_what_cannot_be_read_is_kept() -> None:
    found = unreadable(READING, "broken", b"\xff{", "m-1")
    assert found == Unreadable(
        account="main", at=NOW, received_at=NOW, wire_id="unreadable:m-1", what="broken", payload="\ufffd{"
    )
    assert unreadable(READING, "broken", "").wire_id == ""


# --- media ---------------------------------------------------------------------------------------------------------


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_link_is_read_or_refused(body: bytes) -> None:
    for read in (link_media, mini_program_media):
        with contextlib.suppress(WireError):
            assert isinstance(read(body), Media)


# --- sending -------------------------------------------------------------------------------------------------------


def test_settings_fill_the_old_and_the_new_field() -> None:
    assert Setting("x", "名", "名").SerializeToString() == b"\n\x01x\x12\x05\n\x03\xe5\x90\x8d\x1a\x03\xe5\x90\x8d"
    assert Setting("x", "", "").SerializeToString() == b"\n\x01x\x12\x00\x1a\x00"


def test_message_ids_are_found_in_both_places() -> None:
    assert Sent().parse(b"\n\x05\n\x03abc").old == "abc"
    assert Sent().parse(b"\x12\x03abc").new == "abc"


@pytest.mark.parametrize("kind", sorted(REQUESTS))
def test_every_request_can_be_written(kind: str) -> None:
    media = (Media(name="名\ud83d", url="wx/page"),)
    call = REQUESTS[kind](
        Outgoing("k:1", 1, kind, contact="c", group="g", text="半\ud83d", media=media, request="r", message="m")
    )
    assert call.request.SerializeToString()


def test_a_frame_of_the_stream() -> None:
    frame = EventFrame().parse(b'\x08\x02\x12\x0c{"a": "\xff"}\n')
    assert frame.type == 2


@pytest.mark.parametrize(
    ("status", "words", "verdict"),
    [
        (Status.UNKNOWN, "Error: WECHAT_RATE_LIMITED", TooFrequent),
        (Status.RESOURCE_EXHAUSTED, "too many requests", TooFrequent),
        (Status.RESOURCE_EXHAUSTED, "Received message larger than max (5 vs. 4)", Refused),
        (Status.RESOURCE_EXHAUSTED, "out of memory", Uncertain),
        (Status.UNKNOWN, "Error: WECHAT_REFUSED", Refused),
        (Status.UNKNOWN, "Error: MockContact.load(): wx-1 not exist.", Refused),
        (Status.UNKNOWN, "Error: MockMessage.load(): m-1 not exist.", Uncertain),
        (Status.UNKNOWN, "Error: no payload found for id m-1", Uncertain),
        (Status.INVALID_ARGUMENT, "what?", Refused),
        (Status.UNIMPLEMENTED, "", Unsupported),
        (Status.UNAUTHENTICATED, 'Invalid Wechaty TOKEN "x"', NotConnected),
        (Status.UNAVAILABLE, "Connection dropped", Uncertain),
        (Status.INTERNAL, "", Uncertain),
        (Status.DEADLINE_EXCEEDED, "", Uncertain),
        (Status.UNKNOWN, "Error: boom\n    at rejectAll (/opt/unsupported/refused.js)", Uncertain),
    ],
)
def test_what_an_error_proves(status: Status, words: str, verdict: type[SendError]) -> None:
    assert type(judge(GRPCError(status, words))) is verdict
