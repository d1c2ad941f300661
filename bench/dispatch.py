"""`dispatch_vs_…`: a message is decoded and routed to one of 100 commands, against what a user would pick instead.

Here as there, a message of a group goes from its JSON bytes to a handler that does nothing, and every message has an
argument that nobody wrote before. Here it is decoded, looked at (`handlers.needs`) and decided (`handlers.decide`)
for one of the staff who is known already, with its audit; the hundred are added to the commands that there are. The
ratio is one of CPU times, since nothing else is done by either, and other programs on the machine then matter less.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from bench.evidence import Evidence
from bench.figures import Figure, Progress, ratios_of, spread
from bench.inbound_world import CONFIG
from bench.peer_process import Peer, peer
from bot.config import load_config
from handlers import commands, decide
from handlers.command_call import EVERYBODY, Argument, Call, Command
from handlers.needs import needs_under
from models.context import AccountView, Context, GroupView, MerchantView, PersonView, RoleView
from models.effects import Effect
from models.events import Message, Who
from models.operations import Role

ROUNDS = 5
# Events of ours in a round; a peer takes as many as keep it busy for about as long.
EVENTS = 20_000
_NAMES = tuple(f"cmd{number}" for number in range(100))
_AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_GROUP = "10000000007@chatroom"


def vs_aiogram(progress: Progress, *, events: int = EVENTS, rounds: int = ROUNDS) -> list[Figure]:
    """Against aiogram, which decodes by pydantic and asks each filter."""
    return [_against("aiogram", 20.0, progress, events=events, rounds=rounds, slower=20)]


def vs_ptb(progress: Progress, *, events: int = EVENTS, rounds: int = ROUNDS) -> list[Figure]:
    """Against python-telegram-bot, which asks each handler."""
    return [_against("ptb", 6.0, progress, events=events, rounds=rounds, slower=6)]


def vs_nonebot(progress: Progress, *, events: int = EVENTS, rounds: int = ROUNDS) -> list[Figure]:
    """Against nonebot2, which starts some tasks for each matcher."""
    return [_against("nonebot", 800.0, progress, events=events, rounds=rounds, slower=800)]


def _against(name: str, floor: float, progress: Progress, *, events: int, rounds: int, slower: int) -> Figure:
    theirs = max(4, events // slower)
    evidence = Evidence(f"dispatch_vs_{name}")
    with hundred_commands() as handled, peer(name) as other:
        other.take(theirs)  # everything is warm after it
        cpu_seconds(events, 0)
        limits = [_mean_of_two(other, theirs)]
        runs: list[float] = []
        for done in range(rounds):
            progress(done, rounds)
            handled.clear()
            runs.append(cpu_seconds(events, done + 1) / events)
            if len(handled) != events:
                raise RuntimeError(f"{len(handled)} of {events} commands were run")
            limits.append(_mean_of_two(other, theirs))
    ratios = ratios_of(limits, runs)
    evidence.table(
        "rounds",
        [
            {
                "round": nth,
                "events": events,
                "cpu_seconds_an_event": ours,
                "peer_events": 2 * theirs,
                "peer_cpu_seconds_an_event_before": before,
                "peer_cpu_seconds_an_event_after": after,
            }
            for nth, (ours, before, after) in enumerate(zip(runs, limits[:-1], limits[1:], strict=True), 1)
        ],
    )
    return Figure(
        name=f"dispatch_vs_{name}",
        figure=round(statistics.median(ratios), 2),
        unit="times as fast",
        floor=floor,
        detail=f"ratio {spread(ratios, 1)} in {rounds} rounds; events a second of CPU "
        f"{spread([1 / seconds for seconds in runs])}; {name} {spread([1 / seconds for seconds in limits])}",
    )


def _mean_of_two(other: Peer, events: int) -> float:
    return statistics.mean(other.take(events).cpu for _ in range(2))


@contextmanager
def hundred_commands() -> Iterator[list[Call]]:
    """A hundred commands more, each of which does nothing but to note that it was called."""
    handled: list[Call] = []

    def run(call: Call) -> tuple[str, list[Effect]]:
        handled.append(call)
        return "", []

    commands.command_in.cache_clear()
    for name in _NAMES:
        commands.BY_NAME[name] = Command(name, name, EVERYBODY, "nothing", run, (Argument("number"),))
    try:
        yield handled
    finally:
        commands.command_in.cache_clear()
        for name in _NAMES:
            del commands.BY_NAME[name]


def cpu_seconds(events: int, nth: int) -> float:
    """Seconds of CPU from the first line to the last decision."""
    lines = _lines(events, nth)
    context = _context()
    wanted = needs_under(context.merchant.playbook)
    decoder = msgspec.json.Decoder(Message)
    gc.collect()
    began = time.process_time()
    for line in lines:
        event = decoder.decode(line)
        wanted(event)
        decide(event, context)
    return time.process_time() - began


def _lines(events: int, nth: int) -> list[bytes]:
    encode = msgspec.json.Encoder().encode
    return [
        encode(
            Message(
                account="main",
                merchant="m1",
                at=_AT,
                received_at=_AT,
                wire_id=f"{nth}-{number}",
                contact=Who("wx-boss", "老板"),
                group=_GROUP,
                text=f"/{_NAMES[number * 37 % len(_NAMES)]} {nth * events + number}",
            )
        )
        for number in range(events)
    ]


def _context() -> Context:
    merchant = MerchantView(
        id="m1",
        name="临江酒社",
        zone=ZoneInfo("Asia/Shanghai"),
        playbook=load_config(CONFIG, {}).playbooks["m1"],
        revision="r1",
        accounts=("main",),
    )
    person = PersonView(person_id=1, contact_id=2, wire_id="wx-boss", roles=(RoleView(role=Role.OWNER),))
    group = GroupView(id=3, wire_id=_GROUP, account="main")
    return Context(
        merchant=merchant, account=AccountView(id="main"), person=person, people={"wx-boss": person}, group=group
    )
