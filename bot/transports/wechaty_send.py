"""Sending over the Wechaty wire: what each kind of delivery is there, and what an error proves.

A gateway reports most failures as `UNKNOWN` with the text of whatever was thrown inside it, stack trace and all, and
it may throw after the message went out. So the first line decides, and only words that prove a refusal do: all else
is `Uncertain`, for a human or an echo to settle.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional  # Optional: the one spelling that betterproto knows
from urllib.parse import unquote_to_bytes

import betterproto
from grpclib.const import Cardinality, Status
from grpclib.exceptions import GRPCError, StreamTerminatedError
from msgspec.structs import replace
from wechaty_grpc.wechaty import puppet

from bot.transports import (
    LinkLost,
    NotConnected,
    Outgoing,
    Receipt,
    Refused,
    SendError,
    TooFrequent,
    Uncertain,
    Unsupported,
)
from bot.transports.wechaty_link import Link
from bot.transports.wechaty_wire import clean
from models.events import Media

# --- requests ------------------------------------------------------------------------------------------------------

LARGEST_IN_ONE_REQUEST = 3_000_000
"""Bytes of a file that go along as text with the message; a gateway takes no request over 4 MiB."""

CHUNK = 256 * 1024
BASE64_BOX, URL_BOX, UPLOADED_BOX = 1, 2, 7


@dataclass(eq=False)
class Piece(betterproto.Message):
    """A piece of a file on its way to the gateway. The RPC is younger than the generated stubs."""

    chunk: bytes = betterproto.bytes_field(1)


@dataclass(eq=False)
class Uploaded(betterproto.Message):
    """The name under which the gateway keeps a file."""

    id: str = betterproto.string_field(1)


@dataclass(eq=False)
class Sent(betterproto.Message):
    """The answer to all sends: the message's id, in its old place and in its new one."""

    old: Optional[str] = betterproto.message_field(1, wraps=betterproto.TYPE_STRING)  # noqa: UP045
    new: str = betterproto.string_field(2)


@dataclass(eq=False)
class Setting(betterproto.Message):
    """Sets a remark, topic or announcement; the value goes into the field of old gateways and into that of new ones."""

    id: str = betterproto.string_field(1)
    old: Optional[str] = betterproto.message_field(2, wraps=betterproto.TYPE_STRING)  # noqa: UP045
    new: str = betterproto.string_field(3)

    def SerializeToString(self) -> bytes:  # noqa: N802  # the name that gRPC calls
        """betterproto leaves out an empty text, and without field 3 the gateway takes a setting for a question."""
        return bytes(self) + (b"" if self.new else b"\x1a\x00")


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its RPC, its message, and the type of its answer."""

    route: str
    request: betterproto.Message
    answer: type[betterproto.Message] = Sent


def _text(outgoing: Outgoing) -> Call:
    return Call(
        "MessageSendText",
        puppet.MessageSendTextRequest(
            conversation_id=_place(outgoing), text=clean(outgoing.text), mentonal_ids=list(outgoing.mentions)
        ),
    )


def _link(outgoing: Outgoing) -> Call:
    media = _medium(outgoing)
    link = {"title": media.name, "url": media.url, "description": media.description, "thumbnailUrl": media.thumbnail}
    request = puppet.MessageSendUrlRequest(conversation_id=_place(outgoing), url_link=_json(link))
    return Call("MessageSendUrl", request)


def _mini_program(outgoing: Outgoing) -> Call:
    media = _medium(outgoing)
    app_id, _, page_path = media.url.partition("/")
    program = {
        "appid": app_id,
        "pagePath": page_path,
        "title": media.name,
        "description": media.description,
        "thumbUrl": media.thumbnail,
    }
    request = puppet.MessageSendMiniProgramRequest(conversation_id=_place(outgoing), mini_program=_json(program))
    return Call("MessageSendMiniProgram", request)


def _card(outgoing: Outgoing) -> Call:
    request = puppet.MessageSendContactRequest(conversation_id=_place(outgoing), contact_id=_medium(outgoing).url)
    return Call("MessageSendContact", request)


def _friend_accept(outgoing: Outgoing) -> Call:
    request = puppet.FriendshipAcceptRequest(id=outgoing.request)
    return Call("FriendshipAccept", request, puppet.FriendshipAcceptResponse)


def _invite(outgoing: Outgoing) -> Call:
    request = puppet.RoomAddRequest(id=outgoing.group, contact_id=outgoing.contact)
    return Call("RoomAdd", request, puppet.RoomAddResponse)


def _recall(outgoing: Outgoing) -> Call:
    return Call("MessageRecall", puppet.MessageRecallRequest(id=outgoing.message), puppet.MessageRecallResponse)


def _setting(route: str, subject: str, text: str) -> Call:
    value = clean(text)
    return Call(route, Setting(id=subject, old=value, new=value))


REQUESTS: dict[str, Callable[[Outgoing], Call]] = {
    "text": _text,
    "link": _link,
    "mini_program": _mini_program,
    "card": _card,
    "friend_accept": _friend_accept,
    "invite": _invite,
    "recall": _recall,
    "remark": lambda outgoing: _setting("ContactAlias", outgoing.contact, outgoing.text),
    "topic": lambda outgoing: _setting("RoomTopic", outgoing.group, outgoing.text),
    "announcement": lambda outgoing: _setting("RoomAnnounce", outgoing.group, outgoing.text),
}
"""Everything but files, by delivery kind."""

NEEDED: dict[str, tuple[str, ...]] = {
    "friend_accept": ("request",),
    "invite": ("contact", "group"),
    "recall": ("message",),
    "remark": ("contact",),
    "topic": ("group",),
    "announcement": ("group",),
}
"""What a delivery has to name; all others a contact or a group."""

FILES = frozenset({"image", "video", "file"})

INLINE = "data:"
"""How the URL of a file begins that was never on a disk (RFC 2397), such as the list that an admin asked for."""

WITH_WORDS = FILES | {"album", "link", "mini_program", "card"}
"""What may come with words, which are a message of their own on this platform; an album is its pictures one by one."""


def _place(outgoing: Outgoing) -> str:
    return outgoing.group or outgoing.contact


def _medium(outgoing: Outgoing) -> Media:
    if not outgoing.media or not outgoing.media[0].url:
        raise Refused(f"a delivery of kind {outgoing.kind} needs media with a url, and {outgoing.key} has none")
    return outgoing.media[0]


def _json(fields: dict[str, str]) -> str:
    return json.dumps({key: clean(value) for key, value in fields.items() if value}, ensure_ascii=False)


# --- sending -------------------------------------------------------------------------------------------------------


async def deliver(link: Link, outgoing: Outgoing, seconds: float, folder: Path = Path()) -> Receipt:
    """Send one thing, once. Raises `SendError`; `seconds` is how long the gateway may take to answer each message.

    Files are named by their path in `folder`. When something has arrived and the rest has not, the whole is uncertain.
    """
    first, *rest = _messages(outgoing)
    receipt = await _deliver(link, first, seconds, folder)
    for number, one in enumerate(rest, start=2):
        try:
            await _deliver(link, one, seconds, folder)
        except SendError as error:
            raise Uncertain(f"message {number} of {1 + len(rest)} of {outgoing.key} did not leave: {error}") from error
    return receipt


def _messages(outgoing: Outgoing) -> list[Outgoing]:
    """Each picture or file by itself, and the words behind them; the title of a card is in it already."""
    if outgoing.kind not in WITH_WORDS:
        return [outgoing]
    kind = "image" if outgoing.kind == "album" else outgoing.kind
    found = [replace(outgoing, kind=kind, text="", media=(one,)) for one in outgoing.media]
    if outgoing.text and all(outgoing.text != one.name for one in outgoing.media):
        found.append(replace(outgoing, kind="text", media=()))
    return found if outgoing.media else [replace(outgoing, kind=kind)]


async def _deliver(link: Link, outgoing: Outgoing, seconds: float, folder: Path) -> Receipt:
    if outgoing.kind not in FILES and outgoing.kind not in REQUESTS:
        raise Unsupported(f"a Wechaty gateway has no way to send {outgoing.kind}")
    for name in NEEDED.get(outgoing.kind, ("group" if outgoing.group else "contact",)):
        if not getattr(outgoing, name):
            raise Refused(f"a delivery of kind {outgoing.kind} needs a {name}, and {outgoing.key} has none")
    if outgoing.kind not in FILES:
        return await _ask(link, REQUESTS[outgoing.kind](outgoing), seconds)
    media = _medium(outgoing)
    if media.url.startswith(INLINE):
        content = unquote_to_bytes(media.url.partition(",")[2])
        return await _send_content(link, outgoing, media.name, content, seconds)
    if "://" in media.url:
        name = _file_name(media, media.url.partition("?")[0].rsplit("/", 1)[-1])
        return await _ask(link, _file(outgoing, {"type": URL_BOX, "name": name, "url": media.url}), seconds)
    path = folder / media.url
    try:
        content = await asyncio.to_thread(_content, path, folder)
    except (OSError, ValueError) as error:  # ValueError: a path that cannot exist
        raise Refused(f"the file {path} of {outgoing.key} cannot be read: {error}") from error
    return await _send_content(link, outgoing, _file_name(media, path.name), content, seconds)


async def _send_content(link: Link, outgoing: Outgoing, name: str, content: bytes, seconds: float) -> Receipt:
    box: dict[str, Any] = {"name": name}
    if len(content) > LARGEST_IN_ONE_REQUEST:
        box |= {"type": UPLOADED_BOX, "uuid": await _upload(link, content, seconds)}
    else:
        box |= {"type": BASE64_BOX, "base64": base64.b64encode(content).decode()}
    return await _ask(link, _file(outgoing, box), seconds)


def _content(path: Path, folder: Path) -> bytes:
    """Raises `ValueError` for a path that leads out of the folder, by itself or by a symbolic link."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError("it is not in the media folder")
    return path.read_bytes()


def _file_name(media: Media, name: str) -> str:
    """Gateways tell a picture from a paper by the ending, and a title has none."""
    return clean(media.name if Path(media.name).suffix or not Path(name).suffix else name) or name


def _file(outgoing: Outgoing, box: dict[str, Any]) -> Call:
    filebox = json.dumps(box, ensure_ascii=False)
    return Call("MessageSendFile", puppet.MessageSendFileRequest(conversation_id=_place(outgoing), filebox=filebox))


async def _ask(link: Link, call: Call, seconds: float) -> Receipt:
    async with _outcome(link, seconds):
        answer = await link.call(call.route, call.request, call.answer, seconds)
        if isinstance(answer, puppet.MessageRecallResponse) and not answer.success:
            raise Refused("the platform did not take the message back")
        return Receipt(message=(answer.old or answer.new) if isinstance(answer, Sent) else "")


async def _upload(link: Link, content: bytes, seconds: float) -> str:
    """Give the gateway a large file to keep. Whatever goes wrong here, nothing was sent yet."""
    try:
        await link.connect()
        async with link.request("Upload", Cardinality.STREAM_UNARY, Piece, Uploaded, seconds) as stream:
            for start in range(0, len(content), CHUNK):
                await stream.send_message(Piece(content[start : start + CHUNK]))
            await stream.end()
            answer = await stream.recv_message()
    except GRPCError as error:
        kind = Unsupported if error.status is Status.UNIMPLEMENTED else Refused
        raise kind(f"the gateway does not take a file of {len(content)} bytes: {judge(error)}") from error
    except (LinkLost, OSError, StreamTerminatedError) as error:
        raise NotConnected(f"the line broke while a file was uploaded: {error}") from error
    if answer is None:
        raise Refused("the gateway did not say where it keeps the file")
    return answer.id


@asynccontextmanager
async def _outcome(link: Link, seconds: float) -> AsyncIterator[None]:
    """Turn whatever goes wrong inside into what is known about the message."""
    try:
        await link.connect()
    except LinkLost as error:
        raise NotConnected(str(error)) from error
    try:
        yield
    except SendError:
        raise
    except TimeoutError as error:
        raise Uncertain(f"no answer from the gateway within {seconds:g} s") from error
    except GRPCError as error:
        raise judge(error) from error
    except Exception as error:  # once the request may have left, nothing that happens here proves a no
        raise Uncertain(f"the gateway's answer was lost: {error}") from error


# --- what an error proves ------------------------------------------------------------------------------------------

VERDICTS: tuple[tuple[type[SendError], re.Pattern[str]], ...] = tuple(
    (verdict, re.compile(words, re.IGNORECASE))
    for verdict, words in (
        (TooFrequent, r"rate.?limit|too (frequent|fast|many|often)|frequency|频繁|频率|过快|too_frequent"),
        (NotConnected, r"not logged ?in|not login|logged out|未登录|已掉线|请先登录"),
        (Unsupported, r"unsupported|not supported|not implemented|unimplemented|is not a function"),
        (Uncertain, r"connection refused|econnrefused|timed? ?out"),
        (
            Refused,
            r"refuse|reject|denied|forbidden|not allowed|no permission|blocked|not (your |a )?friend"
            r"|拒绝|拒收|朋友验证|好友验证|不是.{0,6}(好友|朋友)|无权|没有权限|不在.{0,4}群|已被移出|已封|违规"
            r"|(contact|room|friend|user|member|conversation).{0,120} (does )?not (exist|found)",
        ),
    )
)
"""Read in this order. An upstream connection that was refused proves nothing about the message."""

LONGEST_LINE = 400
"""So much of what a gateway says is read and kept: it may quote the whole message."""

STATUSES: dict[Status, type[SendError]] = {
    Status.UNAUTHENTICATED: NotConnected,  # the token is checked before anything is done
    Status.UNIMPLEMENTED: Unsupported,
    Status.INVALID_ARGUMENT: Refused,
    Status.NOT_FOUND: Refused,
    Status.PERMISSION_DENIED: Refused,
    Status.FAILED_PRECONDITION: Refused,
    Status.OUT_OF_RANGE: Refused,
}


def judge(error: GRPCError) -> SendError:
    """What an error of the gateway says about the message; `Uncertain` unless it proves more."""
    # Below the first line stands a stack trace, whose paths and function names mean nothing.
    line = clean(error.message or error.status.name).split("\n", 1)[0].strip()[:LONGEST_LINE]
    if error.status is Status.RESOURCE_EXHAUSTED and "larger than max" in line:
        return Refused(line)
    for verdict, words in VERDICTS:
        if words.search(line):
            return verdict(line)
    return STATUSES.get(error.status, Uncertain)(line)
