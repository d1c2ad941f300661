"""`analysis`: what it costs to understand what is said, half of it meant to cost much, against 5 ms of CPU.

A message is looked at and decided, and then judged as the answer to an open question when the timer rings that ends
the wait for further bubbles, as the program does it: `handlers.needs` and `handlers.decide` for each of the two.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.evidence import Evidence
from bench.figures import Figure, Progress
from bench.inbound_mix import QUESTIONS, START, ordinary_text
from bench.inbound_world import ACCOUNT, MERCHANT, open_world
from bot.store import Store
from bot.store.migrating import upgrade
from handlers import decide
from handlers.needs import needs_under
from models.context import AccountView, Context, FriendshipView, MerchantView, PersonView
from models.effects import SurveyProgress
from models.events import Event, Message, TimerDue, Who
from models.people import FriendshipState, SurveyState
from models.timers import SETTLE

# The most CPU that 99 of a hundred events may cost.
LIMIT_SECONDS = 0.005
MESSAGES = 4_000
_WIRE_ID = "wx-1"
_PIECES = (
    "别", "不要", "再发", "不是我,", "把我", "天天发", "多少钱", "改成", "1 ", "[微笑]", "👨\u200d👩\u200d👧",
    "／状态\n", "@a\u2005", "ﷺ", "１，", "錯了，", "不对", "退", "\ud800",
)  # fmt: skip


def measure(progress: Progress, *, messages: int = MESSAGES) -> list[Figure]:
    """How many times the 99th percentile fits into the limit."""
    chance = random.Random(1)
    evidence = Evidence("analysis")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        upgrade(url)
        with closing(Store(url, lambda: START)) as store:
            merchant = open_world(store)[MERCHANT]
    rows: list[dict[str, Any]] = []
    for done in range(messages):
        if done % 100 == 0:
            progress(done, messages)
        is_hostile = done % 2 == 0
        text = chance.choice(_HOSTILE)(chance) if is_hostile else ordinary_text(chance)
        for event, cost in zip(("message", "timer"), _seconds(merchant, text, chance.choice(QUESTIONS)), strict=True):
            rows.append({"event": event, "hostile": is_hostile, "cpu_seconds": cost})
    evidence.table("costs", rows)
    costs = sorted(row["cpu_seconds"] for row in rows)
    ordinary, slow, worst = (costs[int(len(costs) * share)] * 1000 for share in (0.25, 0.99, 0.9999))
    return [
        Figure(
            name="analysis",
            figure=round(LIMIT_SECONDS * 1000 / slow, 3),
            unit="times within 5 ms",
            floor=1.0,
            detail=f"CPU an event, half of them hostile: p25 {ordinary:.2f} ms, p99 {slow:.2f} ms, "
            f"p99.99 {worst:.2f} ms",
        )
    ]


def _seconds(merchant: MerchantView, text: str, question: str) -> Iterator[float]:
    """What the message costs, and what the timer."""
    said = Message(merchant=MERCHANT, account=ACCOUNT, at=START, contact=Who(_WIRE_ID), text=text)
    rings = TimerDue(merchant=MERCHANT, account=ACCOUNT, at=START, kind=SETTLE, subject=_WIRE_ID, due=START)
    events: tuple[tuple[Event, Context], ...] = (
        (said, _context(merchant, question, ())),
        (rings, _context(merchant, question, (text,))),
    )
    for event, context in events:
        began = time.process_time()
        needs_under(merchant.playbook)(event)
        decide(event, context)
        yield time.process_time() - began


def _context(merchant: MerchantView, question: str, pending: tuple[str, ...]) -> Context:
    progress = SurveyProgress(
        contact_id=2,
        account=ACCOUNT,
        revision=merchant.revision,
        state=SurveyState.OPEN,
        question=question,
        asked=1,
        pending=pending,
        started_at=START,
    )
    friendship = FriendshipView(account=ACCOUNT, state=FriendshipState.FRIEND)
    person = PersonView(person_id=1, contact_id=2, wire_id=_WIRE_ID, friendships={ACCOUNT: friendship}, survey=progress)
    return Context(merchant=merchant, account=AccountView(id=ACCOUNT), person=person, people={_WIRE_ID: person})


def _repeated(chance: random.Random) -> str:
    return chance.choice(_PIECES) * chance.randrange(1, 5_000)


def _letter(chance: random.Random) -> str:
    return "".join(ordinary_text(chance) + chance.choice("，。 \n") for _ in range(chance.randrange(1, 400)))


def _signs(chance: random.Random) -> str:
    kinds = (range(32, 127), range(0x4E00, 0x9FFF), range(0x1F300, 0x1F6FF))
    return "".join(chr(chance.choice(chance.choice(kinds))) for _ in range(chance.randrange(1, 6_000)))


def _scraps(chance: random.Random) -> str:
    return "".join(f"{chance.randrange(10**6)}{ordinary_text(chance)[:3]}," for _ in range(chance.randrange(1, 1_500)))


_HOSTILE: tuple[Callable[[random.Random], str], ...] = (_repeated, _letter, _signs, _scraps)
