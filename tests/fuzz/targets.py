"""What is attacked, and what each must hold to: nothing is raised but the documented fault, said in one line."""

from __future__ import annotations

import asyncio
import atexit
import datetime as dt
import io
import shutil
import tempfile
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import betterproto
import msgspec
import structlog
from grpclib.const import Status
from grpclib.exceptions import GRPCError

from bot.cli.mistakes import told
from bot.config import load_config
from bot.faults import ConfigFaults
from bot.playbook_files import load_playbook
from bot.story import read_lines
from bot.story_faults import StoryFault
from bot.story_lines import Platform, WireFact, WorldLine, WorldSpec
from bot.terminal import harmless
from bot.transports.simulator import UnknownAccount, World
from bot.transports.wechaty_events import Reading
from bot.transports.wechaty_link import Link
from bot.transports.wechaty_names import Names
from bot.transports.wechaty_reading import read_frame
from bot.transports.wechaty_wire import EventFrame, sound
from content_calendar.workbook import read_calendar, write_calendar
from handlers import decide
from handlers.needs import needs_under
from handlers.understanding import Prior, first_look, meaning_unasked, understand, understand_business
from models.context import RoleView
from models.events import Event
from models.playbook import Playbook
from tests.fuzz import examples
from tests.fuzz.engine import Find, Target, execute
from tests.handlers import builders
from tests.handlers.understanding.questions import ASKED_ON, QUESTIONS

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def check_storable(value: Any) -> None:
    """What goes into the journal can be kept by every database: no NUL, no half of a character."""
    match value:
        case str():
            assert "\0" not in value
            value.encode()
        case dict():
            for key, one in value.items():
                check_storable(key)
                check_storable(one)
        case list() | tuple():
            for one in value:
                check_storable(one)


def check_told(faults: list[str], count: int = 1) -> None:
    """There are so many sentences, at least one, and each is one line that a terminal shows as it is."""
    assert len(faults) == count > 0
    for fault in faults:
        assert fault == harmless(fault)
        assert 0 < len(fault) < 5_000, len(fault)


# --- gateway -------------------------------------------------------------------------------------------------------


class _Gateway(Link):
    """A line to a gateway that gives the answers it was told, in bytes, whatever they are worth."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self._answers = answers

    async def call(self, route: str, request: betterproto.Message, answer: type[Any], seconds: float = 0) -> Any:
        assert bytes(request) is not None  # it could be sent
        try:
            return sound(answer().parse(self._answers[route]))
        except Exception as error:
            raise GRPCError(Status.DATA_LOSS, repr(error)) from error


def _no_surprise(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Reading ends in `Unreadable` whatever happens; but here an exception that nobody thought of is a find."""
    if event.get("exc_info"):
        raise AssertionError(f"nobody thought of this: {event['event']}")
    raise structlog.DropEvent


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def gateway(content: bytes) -> None:
    """A frame of the stream and all that is asked for it become an event that can be kept."""
    head, *answers = content.split(examples.PART)
    kind, _, payload = head.partition(b" ")
    number = int(kind) if kind.isdigit() and len(kind) < 9 else 2
    answered = {route.decode(errors="replace"): body for route, _, body in (one.partition(b" ") for one in answers)}
    reading = Reading("main", "wx-self", AT)
    with structlog.testing.capture_logs(processors=[_no_surprise]):
        frame = EventFrame(type=number, payload=payload)
        event = _loop().run_until_complete(read_frame(frame, _Gateway(answered), Names(lambda: AT), reading))
    if event is not None:
        assert isinstance(event, Event)
        check_storable(msgspec.to_builtins(event))
        assert msgspec.json.decode(msgspec.json.encode(event))
        assert event.at.tzinfo is not None


# --- what people write ---------------------------------------------------------------------------------------------


def _readable(content: bytes) -> str:
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


@cache
def _shipped() -> Playbook:
    return load_playbook(examples.PLAYBOOK)


@cache
def _speakers() -> tuple[Any, ...]:
    open_survey = builders.progress(_shipped().survey.questions[0].key)
    return (
        builders.person(friendships={}),
        builders.person(survey=open_survey),
        builders.person(roles=(RoleView(role="hall", group=builders.ROOM),)),
        builders.boss(),
        builders.person(opted_out=True),
    )


def commands(content: bytes) -> None:
    """Whatever is said, by whomever and wherever, is decided."""
    text = _readable(content)
    for person in _speakers():
        for group in ("", builders.ROOM):
            event = builders.says(
                text, contact=msgspec.structs.replace(builders.says("").contact, contact=person.wire_id), group=group
            )
            needs_under(_shipped())(event)
            context = builders.context(
                _shipped(),
                person=person,
                group=builders.group() if group else None,
                people=[person],
                staff=(builders.boss(),),
            )
            decide(event, context)


_PRIOR = (
    Prior(QUESTIONS["call"], "老林"),
    Prior(QUESTIONS["budget"], [300, 500]),
    Prior(QUESTIONS["city"], "浙江省杭州市"),
    Prior(QUESTIONS["tea"], ["rock"]),
)
_ASKED = tuple(QUESTIONS.values())


def understanding(content: bytes) -> None:
    """Whatever a member writes means something, and always the same."""
    text = _readable(content)
    question = _ASKED[sum(content[:64]) % len(_ASKED)]
    others = tuple(one for one in _ASKED if one is not question)
    first_look(text)
    understand_business(text, "group")
    meaning_unasked(text, prior=_PRIOR, asked_on=ASKED_ON)
    meant = understand(question, text, prior=_PRIOR, others=others, asked_on=ASKED_ON)
    assert (meant.act == "correct") == (meant.corrects is not None)


# --- files ---------------------------------------------------------------------------------------------------------


def stories(content: bytes) -> None:
    """A story is read, or refused in a line; what was read can happen in a simulated world."""
    world = World(WorldSpec(), lambda: AT)
    try:
        for _, line in read_lines(io.BytesIO(content), "story.jsonl"):
            match line:
                case WorldLine():
                    world = World(line.world, lambda: AT)
                case WireFact() | Platform() if line.account in world.accounts:
                    world.apply(line)
    except (StoryFault, UnknownAccount) as fault:
        check_told([told(fault)])
    for account in world.accounts.values():
        for event in (*account.outbox, *account.held, world.logged_in(account)):
            check_storable(msgspec.to_builtins(event))


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "playbook.toml").write_text(examples.SMALL_PLAYBOOK, encoding="utf-8")
    return folder


def config(content: bytes) -> None:
    """A configuration and its environment load, or are refused in a line for each fault."""
    file, _, variables = content.partition(examples.PART)
    pairs = (line.partition("=") for line in variables.decode("utf-8", "surrogateescape").split("\n"))
    environ = {name: value.replace("\0", "") for name, _, value in pairs if name and "\0" not in name}
    path = _folder() / "config.toml"
    path.write_bytes(file)
    try:
        load_config(path, environ)
    except ConfigFaults as refusal:
        check_told(str(refusal).split("\n"), len(refusal.faults))


def playbook(content: bytes) -> None:
    """A playbook loads and reads back as it is, or is refused in a line for each fault."""
    path = _folder() / "other.toml"
    path.write_bytes(content)
    try:
        loaded = load_playbook(path)
    except ConfigFaults as refusal:
        check_told(str(refusal).split("\n"), len(refusal.faults))
        return
    assert Playbook.from_json(loaded.to_json()).fingerprint == loaded.fingerprint


def calendar(content: bytes) -> None:
    """A calendar is read, or each fault has its place; what was read can be written, and reads back the same."""
    if content.startswith(b"PK"):
        name = "calendar.xlsx"
    else:
        name = "calendar.toml" if b"[entries" in content else "calendar.csv"
    known = (dt.date(2026, 11, 23), ZONE, ("分院", "茶桌"), ("room-1@chatroom",))
    read = read_calendar(content, name, *known)
    for fault in read.faults:
        msgspec.json.encode(fault)
    entries = tuple(sorted(read.entries, key=lambda entry: entry.key))
    if sum(content[-8:]) % 16 == 0:  # each one has a description of the time zone, which takes long
        write_calendar(entries, "calendar.ics", ZONE)
    if entries:
        again = read_calendar(write_calendar(entries, "calendar.csv", ZONE), "calendar.csv", *known)
        assert not again.faults, again.faults
        assert again.entries == entries


TARGETS: tuple[Target, ...] = (
    Target("gateway", examples.GATEWAY, gateway),
    Target("commands", examples.COMMANDS, commands),
    Target("understanding", examples.REPLIES, understanding),
    Target("stories", examples.STORIES, stories),
    Target("config", examples.CONFIGS, config),
    Target("playbook", examples.PLAYBOOKS, playbook),
    Target("calendar", examples.CALENDARS, calendar),
)

BY_NAME = {target.name: target for target in TARGETS}


def run_some(work: tuple[str, int, range]) -> tuple[int, str]:
    """Do some executions; how many were done, and what was found."""
    name, seed, numbers = work
    for done, number in enumerate(numbers):
        try:
            execute(BY_NAME[name], seed, number)
        except Find as find:
            return done, str(find)
    return len(numbers), ""
