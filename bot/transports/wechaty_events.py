"""From Wechaty payloads to events: pure functions, given what was fetched."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

import msgspec

from bot.transports.wechaty_wire import (
    CONFIRMED,
    KINDS,
    RECALLED,
    RECEIVED,
    SOURCES,
    FriendshipPayload,
    JoinNote,
    LeaveNote,
    LocationPayload,
    MessagePayload,
    TopicNote,
    WireError,
    clean,
    moment,
)
from models.events import (
    Event,
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
from models.turning import unturned

# A quote is part of the text on this wire: 「Alice：what she said」, a line of dashes, what is said about it.
QUOTE = re.compile(r"「(?P<quote>.*?)」\n(?:- ?){4,}\n(?P<text>.*)", re.DOTALL)

# A recall names its message by id, bare or inside WeChat's own XML; some gateways only give the sentence of the phone.
BARE_ID = re.compile(r"[!-;=-~]+")
XML_ID = re.compile(r"<newmsgid>\s*([!-;=-~]+?)\s*</newmsgid>", re.IGNORECASE)


class Stamp(TypedDict):
    """What every event has."""

    account: str
    at: datetime
    received_at: datetime
    wire_id: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an event is read against: our account, who we are on the wire, and when it reached us."""

    account: str
    self_id: str
    received_at: datetime

    def stamp(self, wire_id: str = "", wire_time: object = None) -> Stamp:
        """What every event has. Without a believable wire time it happened when we heard of it."""
        at = moment(wire_time, self.received_at)
        return Stamp(account=self.account, at=at, received_at=self.received_at, wire_id=wire_id)


def stable_id(*parts: object) -> str:
    """An id for what the wire gives none: the same for the same facts, in this run and in the next."""
    return hashlib.blake2b(json.dumps(parts, default=str).encode(), digest_size=16).hexdigest()


def unreadable(reading: Reading, what: str, payload: str | bytes, wire_id: str = "") -> Unreadable:
    """Keep what could not be read. `wire_id` is that of the thing itself, which may still be read later."""
    stamp = reading.stamp(f"unreadable:{wire_id}" if wire_id else "")
    return Unreadable(**stamp, what=what, payload=clean(payload))


def mentions_name(text: str, names: Iterable[str]) -> bool:
    """Whether `@name` stands in the text for one of these names, not as the beginning of a longer name or address."""
    return any(re.search(rf"(?<![A-Za-z0-9_.])@{re.escape(name)}(?!\w)", text) for name in names if name)


def message_event(
    payload: MessagePayload,
    reading: Reading,
    sender: Who,
    our_names: Iterable[str] = (),
    media: Media | None = None,
) -> Event:
    """A message, an echo of our own, or a recall. Raises `WireError` when nobody sent it or nothing says what it is."""
    stamp = reading.stamp(clean(payload.id), payload.timestamp)
    text, talker, group = clean(payload.text), clean(payload.talker), clean(payload.room)
    if payload.type == RECALLED:
        return MessageRecalled(**stamp, message=_recalled(text))
    if not talker:
        raise WireError("a message without a sender")
    kind = KINDS.get(payload.type, "other")
    if talker == reading.self_id:
        to_contact = "" if group else clean(payload.listener)
        return SelfMessage(**stamp, to_contact=to_contact, to_group=group, kind=kind, text=text)
    mentions = tuple(clean(mention) for mention in payload.mentions if mention)
    if group and reading.self_id not in mentions and mentions_name(text, our_names):
        mentions += (reading.self_id,)
    found = QUOTE.fullmatch(text) if kind == "text" else None
    return Message(
        **stamp,
        contact=sender,
        group=group,
        kind=kind,
        text=found["text"] if found else text,
        mentions=mentions,
        quote=found["quote"] if found else "",
        media=media,
    )


def _recalled(text: str) -> str:
    if BARE_ID.fullmatch(text.strip()):
        return text.strip()
    if found := XML_ID.search(text):
        return found[1]
    raise WireError("a recall that does not say of which message")


def friendship_event(payload: FriendshipPayload, reading: Reading, contact: Who) -> Event:
    """A friend request or a friendship. Raises `WireError` for the other kinds, which ask nothing of us."""
    request, source = clean(payload.id), SOURCES.get(payload.scene, "")
    if not contact.contact:
        raise WireError("a friendship with nobody")
    if payload.type == RECEIVED:
        stamp = reading.stamp(stable_id(reading.account, "friend_request", request, contact.contact))
        return FriendRequested(**stamp, contact=contact, hello=clean(payload.hello), source=source, request=request)
    if payload.type == CONFIRMED:
        stamp = reading.stamp(stable_id(reading.account, "friend_added", request, contact.contact))
        return FriendAdded(**stamp, contact=contact, source=source)
    raise WireError(f"a friendship of kind {payload.type}, which asks nothing of us")


def room_event(note: JoinNote | LeaveNote | TopicNote, reading: Reading, people: Mapping[str, Who]) -> Event:
    """A join, a leave or a new topic. Without a wire time each one counts as new. Raises `WireError`."""
    if not note.room_id:
        raise WireError("a group without an id")
    facts = msgspec.to_builtins(note) | {"timestamp": note.timestamp or reading.received_at}
    stamp = reading.stamp(stable_id(reading.account, type(note).__name__, facts), note.timestamp)
    members = tuple(people.get(contact, Who(contact)) for contact in people_of(note))
    match note:
        case JoinNote():
            return GroupJoined(**stamp, group=note.room_id, members=members, by=note.inviter_id or "")
        case LeaveNote():
            return GroupLeft(**stamp, group=note.room_id, members=members, by=note.remover_id or "")
        case TopicNote():
            return GroupRenamed(**stamp, group=note.room_id, topic=unturned(note.new_topic), by=note.changer_id or "")


def people_of(note: JoinNote | LeaveNote | TopicNote) -> tuple[str, ...]:
    """Everybody who came or went, once each, in the order of the wire; nobody, where the gateway forgot to say."""
    match note:
        case JoinNote(invitee_id_list=[*contacts]) | LeaveNote(removee_id_list=[*contacts]):
            return tuple(dict.fromkeys(filter(None, contacts)))
    return ()


def link_media(body: bytes) -> Media:
    """Read the JSON of a link card. Raises `WireError`."""
    found = _json_object(body)
    return Media(
        name=found.get("title", ""),
        url=found.get("url", ""),
        description=found.get("description", ""),
        thumbnail=found.get("thumbnailUrl", ""),
    )


def mini_program_media(body: bytes) -> Media:
    """Read the JSON of a mini-program. Its `url` is `<app id>/<page path>`, as for sending. Raises `WireError`."""
    found = _json_object(body)
    return Media(
        name=found.get("title", ""),
        url=f"{found.get('appid', '')}/{found.get('pagePath', '')}".strip("/"),
        description=found.get("description", ""),
        thumbnail=found.get("thumbUrl", "") or found.get("iconUrl", ""),
    )


def location_media(payload: LocationPayload) -> Media:
    """A place: its name and its address."""
    return Media(name=clean(payload.location.name), description=clean(payload.location.address))


def _json_object(body: bytes) -> dict[str, str]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise WireError(str(error)) from None
    if not isinstance(found, dict):
        raise WireError("no JSON object")
    return {key: clean(value) for key, value in found.items() if isinstance(value, str)}
