"""What a frame of the stream means: asks the gateway for what the frame only names, and makes the event."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TypeVar

import betterproto
import structlog
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet

from bot.transports import LinkLost
from bot.transports import wechaty_wire as wire
from bot.transports.wechaty_events import (
    Reading,
    friendship_event,
    link_media,
    location_media,
    message_event,
    mini_program_media,
    people_of,
    room_event,
    unreadable,
)
from bot.transports.wechaty_link import COURTESY_SECONDS, Link
from bot.transports.wechaty_names import Names
from bot.transports.wechaty_wire import WireError, clean, read_json
from models.events import Event, LoggedIn, LoggedOut, Media, ScanWanted, Who

log = structlog.get_logger(__name__)

Found = TypeVar("Found", bound=betterproto.Message)

NOTHING_TO_TELL = frozenset({wire.HEARTBEAT, wire.DONG, wire.READY, wire.RESET, wire.DIRTY})


async def read_frame(frame: wire.EventFrame, link: Link, names: Names, reading: Reading) -> Event | None:
    """The event of a frame; `None` for signs of life. What cannot be read becomes `Unreadable`.

    Raises `LinkLost` when the link broke before everything was asked for: the frame can be read again on another.
    """
    try:
        return await _read(frame, link, names, reading)
    except LinkLost:
        raise
    except (WireError, GRPCError, TimeoutError) as error:
        log.warning("wechaty.unreadable", account=reading.account, frame=frame.type, error=_first_line(error))
        what = f"event {frame.type}: {_first_line(error)}"
    except Exception as error:  # one event that we have no answer to must not cost the others
        log.exception("wechaty.unreadable", account=reading.account, frame=frame.type)
        what = f"event {frame.type}: {error!r}"
    return unreadable(reading, what, frame.payload, _id_of(frame))


async def _read(frame: wire.EventFrame, link: Link, names: Names, reading: Reading) -> Event | None:
    payload = frame.payload
    match frame.type:
        case kind if kind in NOTHING_TO_TELL:
            return None
        case wire.MESSAGE:
            return await _message(read_json(payload, wire.MessageNote).message_id, link, names, reading)
        case wire.FRIENDSHIP:
            return await _friendship(read_json(payload, wire.FriendshipNote).friendship_id, link, names, reading)
        case wire.ROOM_JOIN:
            return await _room(read_json(payload, wire.JoinNote), link, names, reading)
        case wire.ROOM_LEAVE:
            return await _room(read_json(payload, wire.LeaveNote), link, names, reading)
        case wire.ROOM_TOPIC:
            return await _room(read_json(payload, wire.TopicNote), link, names, reading)
        case wire.ROOM_INVITE:
            return await _invitation(read_json(payload, wire.InvitationNote).room_invitation_id, link, reading)
        case wire.LOGIN:
            self_id = read_json(payload, wire.LoginNote).contact_id
            who = await names.who(link, self_id)
            return LoggedIn(**reading.stamp(), self_id=self_id, name=who.name)
        case wire.LOGOUT:
            return LoggedOut(**reading.stamp(), reason=read_json(payload, wire.LoginNote).data or "")
        case wire.SCAN:
            scan = read_json(payload, wire.ScanNote)
            return ScanWanted(**reading.stamp(), code=scan.qrcode or "") if scan.status in wire.SCAN_WANTED else None
        case wire.ERROR:
            return unreadable(reading, "the gateway reports an error", payload)
    return unreadable(reading, f"an event of the unknown kind {frame.type}", payload)


async def _message(message: str, link: Link, names: Names, reading: Reading) -> Event:
    if not reading.self_id:
        raise WireError("a message before the login: it could be our own")
    payload = await _fetch(link, "MessagePayload", puppet.MessagePayloadRequest(id=message), wire.MessagePayload)
    payload.id = payload.id or message.encode()
    talker, group = clean(payload.talker), clean(payload.room)
    if talker == reading.self_id:
        return message_event(payload, reading, Who(talker))
    asked_by_name = group and b"@" in payload.text and reading.self_id.encode() not in payload.mentions
    our_names = await names.our_names(link, group, reading.self_id) if asked_by_name else ()
    sender = await names.who(link, talker)
    return message_event(payload, reading, sender, our_names, await _media(payload, message, link, names))


async def _media(payload: wire.MessagePayload, message: str, link: Link, names: Names) -> Media | None:
    """What a gateway knows of a medium without fetching it; its name alone, when it does not say more."""
    kind = wire.KINDS.get(payload.type, "other")
    if kind in {"text", "other"}:
        return None
    bare_id = puppet.MessageContactRequest(id=message)  # the same on the wire for all four; location has no stub
    try:
        match kind:
            case "link":
                return link_media((await link.call("MessageUrl", bare_id, wire.JsonPayload, COURTESY_SECONDS)).body)
            case "mini_program":
                program = await link.call("MessageMiniProgram", bare_id, wire.JsonPayload, COURTESY_SECONDS)
                return mini_program_media(program.body)
            case "card":
                card = await link.call("MessageContact", bare_id, wire.CardPayload, COURTESY_SECONDS)
                who = await names.who(link, clean(card.contact))
                return Media(name=who.name, url=who.contact)
            case "location":
                return location_media(
                    await link.call("MessageLocation", bare_id, wire.LocationPayload, COURTESY_SECONDS)
                )
    except (WireError, GRPCError, TimeoutError) as error:
        log.info("wechaty.media_unknown", kind=kind, error=_first_line(error))
    return Media(name=clean(payload.filename))


async def _friendship(friendship: str, link: Link, names: Names, reading: Reading) -> Event:
    request = puppet.FriendshipPayloadRequest(id=friendship)
    payload = await _fetch(link, "FriendshipPayload", request, wire.FriendshipPayload)
    payload.id = payload.id or friendship.encode()
    contact = clean(payload.contact)
    names.forget_contact(contact)  # a friend has a remark and more of a name than a stranger
    return friendship_event(payload, reading, await names.who(link, contact))


async def _room(
    note: wire.JoinNote | wire.LeaveNote | wire.TopicNote, link: Link, names: Names, reading: Reading
) -> Event:
    people = await asyncio.gather(*(names.who(link, contact) for contact in people_of(note)))
    return room_event(note, reading, {who.contact: who for who in people})


async def _invitation(invitation: str, link: Link, reading: Reading) -> Event:
    request = puppet.RoomInvitationPayloadRequest(id=invitation)
    payload = await _fetch(link, "RoomInvitationPayload", request, wire.InvitationPayload)
    note = f"{clean(payload.inviter)} invites us into 「{clean(payload.topic)}」 ({invitation})"
    return unreadable(reading, "an invitation into a group", note, invitation)


async def _fetch(link: Link, route: str, request: betterproto.Message, answer: type[Found]) -> Found:
    """Ask for a payload, a second time if the gateway was too slow: a member's words depend on it."""
    try:
        return await link.call(route, request, answer)
    except TimeoutError:
        return await link.call(route, request, answer)


def _id_of(frame: wire.EventFrame) -> str:
    """The id in a frame, if it can be read, so that the same trouble is kept once."""
    with contextlib.suppress(WireError):
        match frame.type:
            case wire.MESSAGE:
                return read_json(frame.payload, wire.MessageNote).message_id
            case wire.FRIENDSHIP:
                return read_json(frame.payload, wire.FriendshipNote).friendship_id
    return ""


def _first_line(error: Exception) -> str:
    """Gateways send their stack traces along."""
    text = error.message if isinstance(error, GRPCError) else str(error)
    return clean(text or type(error).__name__).split("\n", 1)[0]
