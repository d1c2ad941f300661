"""The Wechaty wire as data: its numbers, its payloads, and how texts and times on it are read.

Three things differ from the generated stubs, which are of 2022, as the gateways in use were measured:

- Texts are read as bytes. A nickname cut through an emoji is no valid UTF-8, and one such name must not end a stream.
- Message kinds are numbered as in `wechaty-puppet`, not as in the protobuf enumeration that carries them.
- Times come in seconds or in milliseconds, or not at all.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import betterproto
import msgspec

from models.events import MessageKind

T = TypeVar("T")
M = TypeVar("M", bound=betterproto.Message)

# --- numbers -------------------------------------------------------------------------------------------------------

HEARTBEAT, MESSAGE, DONG = 1, 2, 3
ERROR, FRIENDSHIP, ROOM_INVITE, ROOM_JOIN, ROOM_LEAVE, ROOM_TOPIC = 16, 17, 18, 19, 20, 21
SCAN, READY, RESET, LOGIN, LOGOUT, DIRTY = 22, 23, 24, 25, 26, 27

NAMES_SOMETHING = frozenset({MESSAGE, FRIENDSHIP, ROOM_INVITE, ROOM_JOIN, ROOM_LEAVE, ROOM_TOPIC})
"""Events that happened once and are not told again; the others describe the present."""

KINDS: dict[int, MessageKind] = {
    1: "file",
    2: "voice",
    3: "card",
    5: "emoticon",
    6: "image",
    7: "text",
    8: "location",
    9: "mini_program",
    14: "link",
    15: "video",
}
"""What is not listed (forwarded histories, transfers, red envelopes, channel posts …) is kept as `other`."""

RECALLED = 13

CONFIRMED, RECEIVED, VERIFY = 1, 2, 3
"""Kinds of friendship events."""

SOURCES = {
    1: "qq",
    2: "email",
    3: "wechat_id",
    12: "qq",
    14: "group",
    15: "phone",
    17: "card",
    18: "nearby",
    25: "bottle",
    29: "shake",
    30: "qr_code",
}
"""Where a friend request came from, as far as the gateway says."""

OFFICIAL_ACCOUNT = 2
SYSTEM_CONTACTS = frozenset({"weixin", "filehelper", "fmessage", "medianote", "newsapp", "notifymessage"})
"""WeChat's own pseudo contacts, which gateways list among the friends."""

DIRTY_CONTACT, DIRTY_ROOM, DIRTY_ROOM_MEMBER = 2, 3, 4
SCAN_WANTED = frozenset({0, 2, 5})  # unknown, waiting, timed out; the others say that somebody is scanning


# --- payloads ------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class EventFrame(betterproto.Message):
    """One event of the stream: what kind, and a JSON object."""

    type: int = betterproto.int32_field(1)
    payload: bytes = betterproto.bytes_field(2)


@dataclass(eq=False)
class MessagePayload(betterproto.Message):
    """A message. Files are named here, never carried."""

    id: bytes = betterproto.bytes_field(1)
    filename: bytes = betterproto.bytes_field(2)
    text: bytes = betterproto.bytes_field(3)
    timestamp: int = betterproto.uint64_field(4)
    type: int = betterproto.int32_field(5)
    talker: bytes = betterproto.bytes_field(6)
    room: bytes = betterproto.bytes_field(7)
    listener: bytes = betterproto.bytes_field(8)
    mentions: list[bytes] = betterproto.bytes_field(9)  # noqa: RUF009


@dataclass(eq=False)
class ContactPayload(betterproto.Message):
    """What the gateway knows of a person; `alias` is our remark."""

    id: bytes = betterproto.bytes_field(1)
    type: int = betterproto.int32_field(3)
    name: bytes = betterproto.bytes_field(4)
    alias: bytes = betterproto.bytes_field(7)
    friend: bool = betterproto.bool_field(9)


@dataclass(eq=False)
class RoomPayload(betterproto.Message):
    """A group."""

    id: bytes = betterproto.bytes_field(1)
    topic: bytes = betterproto.bytes_field(2)
    owner: bytes = betterproto.bytes_field(4)
    members: list[bytes] = betterproto.bytes_field(6)  # noqa: RUF009


@dataclass(eq=False)
class RoomMemberPayload(betterproto.Message):
    """A person as called in one group."""

    alias: bytes = betterproto.bytes_field(2)
    name: bytes = betterproto.bytes_field(5)


@dataclass(eq=False)
class FriendshipPayload(betterproto.Message):
    """A friend request, or its end."""

    id: bytes = betterproto.bytes_field(1)
    contact: bytes = betterproto.bytes_field(2)
    hello: bytes = betterproto.bytes_field(3)
    type: int = betterproto.int32_field(4)
    scene: int = betterproto.int32_field(7)


@dataclass(eq=False)
class CardPayload(betterproto.Message):
    """Whose card somebody sent."""

    contact: bytes = betterproto.bytes_field(1)


@dataclass(eq=False)
class InvitationPayload(betterproto.Message):
    """An invitation for ourselves."""

    inviter: bytes = betterproto.bytes_field(2)
    topic: bytes = betterproto.bytes_field(3)


@dataclass(eq=False)
class IdList(betterproto.Message):
    """Ids of contacts, groups or members, as all lists answer."""

    ids: list[bytes] = betterproto.bytes_field(1)  # noqa: RUF009


@dataclass(eq=False)
class JsonPayload(betterproto.Message):
    """The JSON text that links and mini-programs are wrapped in."""

    body: bytes = betterproto.bytes_field(1)


@dataclass(eq=False)
class Place(betterproto.Message):
    """A place on the map."""

    address: bytes = betterproto.bytes_field(2)
    name: bytes = betterproto.bytes_field(5)


@dataclass(eq=False)
class LocationPayload(betterproto.Message):
    """A place that somebody sent. The RPC is younger than the generated stubs."""

    location: Place = betterproto.message_field(1)  # noqa: RUF009


class WireError(ValueError):
    """The gateway said something that has not the shape it should have."""


class LoginNote(msgspec.Struct, rename="camel"):
    """Who signed in or out. `data` is the reason of a logout, where one is given."""

    contact_id: str
    data: str | None = None


class FriendshipNote(msgspec.Struct, rename="camel"):
    """Something happened to this friendship."""

    friendship_id: str


class MessageNote(msgspec.Struct, rename="camel"):
    """There is a message."""

    message_id: str


class InvitationNote(msgspec.Struct, rename="camel"):
    """We are invited into a group."""

    room_invitation_id: str


class ScanNote(msgspec.Struct):
    """How far the signing in by QR code has come."""

    status: int = 0
    qrcode: str | None = None


class DirtyNote(msgspec.Struct, rename="camel"):
    """What we know of this contact or group is out of date."""

    payload_type: int
    payload_id: str


class JoinNote(msgspec.Struct, rename="camel"):
    """People came into a group. Gateways leave out what they do not know."""

    room_id: str
    invitee_id_list: list[str] | None = None
    inviter_id: str | None = None
    timestamp: Any = None


class LeaveNote(msgspec.Struct, rename="camel"):
    """People left a group, or were removed."""

    room_id: str
    removee_id_list: list[str] | None = None
    remover_id: str | None = None
    timestamp: Any = None


class TopicNote(msgspec.Struct, rename="camel"):
    """A group was renamed."""

    room_id: str
    new_topic: str
    changer_id: str | None = None
    timestamp: Any = None


UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


def clean(value: bytes | str) -> str:
    """Text as every database can keep it: NUL, halves of characters and broken UTF-8 become U+FFFD."""
    text = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
    return UNKEEPABLE.sub("\ufffd", text)


_SHAPES: dict[str, type] = {
    "bytes": bytes,
    "string": str,
    "bool": bool,
    "int32": int,
    "uint64": int,
    "enum": int,
    "message": betterproto.Message,
}


def sound(message: M) -> M:
    """The message, if each field holds what it should. Raises `WireError`: the decoder keeps what has another shape."""
    blank = type(message)()
    for field in dataclasses.fields(message):  # type: ignore[arg-type]  # each of them is a dataclass
        meta = field.metadata["betterproto"]
        shape = object if meta.wraps else _SHAPES.get(meta.proto_type, object)  # a wrapped value may be absent
        value = getattr(message, field.name)
        for one in value if isinstance(getattr(blank, field.name), list) else [value]:
            if not isinstance(one, shape):
                raise WireError(f"no {shape.__name__} in the field {field.name}")
            if isinstance(one, betterproto.Message):
                sound(one)
    return message


def cleaned(value: Any) -> Any:
    """Decoded JSON with all its texts and keys clean."""
    match value:
        case str():
            return clean(value)
        case list():
            return [cleaned(item) for item in value]
        case dict():
            return {clean(key): cleaned(item) for key, item in value.items()}
    return value


def read_json(payload: bytes, shape: type[T]) -> T:
    """Read the JSON object of an event. Raises `WireError`."""
    try:
        return msgspec.convert(cleaned(json.loads(payload or b"{}")), shape)
    except (ValueError, RecursionError) as error:  # msgspec's ValidationError is a ValueError
        raise WireError(str(error)) from None


EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)
"""WeChat is not older than this; what claims to be has no time."""

LATEST_AHEAD = timedelta(days=1)
"""A clock that is further ahead of ours is no clock."""


def moment(value: object, received_at: datetime) -> datetime:
    """Read a wire time: seconds, milliseconds or microseconds since 1970. Without a believable one, when we heard."""
    try:
        seconds = float(value)  # type: ignore[arg-type]  # anything may be here; what is no number raises
        for _ in ("milliseconds", "microseconds"):
            if seconds > 1e11:  # in seconds, that would be the year 5138
                seconds /= 1000
        at = datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return received_at
    return at if EARLIEST <= at <= received_at + LATEST_AHEAD else received_at
