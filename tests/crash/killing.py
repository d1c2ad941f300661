"""A shop on a real gateway whose bot is killed again and again, and what must be true of it all the same.

The bot is the whole program, `bot.program.run_program`, forked from a warm process. The gateway says its last 50 events
again to whoever attaches, and keeps a record of what really reached the platform.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlmodel import col

from bot.store.engine import reader_engine
from models.deliveries import OPEN_STATES, Delivery, DeliveryChange, DeliveryState
from models.journal import JournalEntry
from models.operations import Timer
from models.people import Contact
from tests.gateway.bot_process import BOSS, HALL, PATIENCE, QUESTIONS, ROOT, ZONE, BotProcess, Shop, until
from tests.transports.gateway_process import GatewayProcess

REPLAYED = 50  # how many of its last events the gateway says again after a reconnect
MOST_LEFT = 20  # with more than that to send, nobody says anything new: a short life sends little
POST_EVERY = timedelta(seconds=2)
ANSWERS = ("我叫小{}", "1", "1和2", "三百", "8月15", "想去茶山看看")

FRIENDSHIPS = (
    select(col(JournalEntry.type), col(Contact.wire_id))
    .join(Contact, col(Contact.id) == col(JournalEntry.contact_id))
    .where(col(JournalEntry.type).in_(("friend_request", "friend_added")), col(JournalEntry.wire_id) != "")
)
"""What the wire said of friends; a list of friends may have shown them before, which is an event of its own."""


@dataclass
class Killing:
    """The shop, what was said to it, and what its database must therefore hold."""

    shop: Shop
    url: str
    worker: subprocess.Popen[str]
    engine: Engine
    pid: int = 0
    kills: int = 0
    said: set[str] = field(default_factory=set)  # what happened at the gateway: ids of messages, or kind and contact
    pending: set[str] = field(default_factory=set)  # those that were not seen in the database yet
    acknowledged: set[str] = field(default_factory=set)
    commands: int = 0
    friends: dict[str, int] = field(default_factory=dict)  # how many questions each has answered
    posts: list[datetime] = field(default_factory=list)
    crashes_per_kill: list[int] = field(default_factory=list)
    looked_at: datetime | None = None  # when everything was seen to be over: the calendar goes on

    # --- its lives ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        assert self.worker.stdin is not None
        bot = self.shop.bot
        self.worker.stdin.write(f"{bot.config}\t{self.url}\t{bot.log_file}\n")
        self.worker.stdin.flush()
        self.pid = int(self._answer("started"))

    def end(self, how: signal.Signals) -> int:
        """Send the signal and wait; returns the exit status, of a signal its negative number."""
        os.kill(self.pid, how)
        status = int(self._answer("gone"))
        self.pid = 0
        return status

    def live_and_die(self, chance: random.Random) -> None:
        """One life, from its start to kill -9 at a moment of chance."""
        before = self._crashes()
        self.start()
        if chance.random() < 0.2:  # while it opens its database, attaches, and recovers from the last kill
            time.sleep(chance.uniform(0, 0.2))
        else:
            self.until("what was said earlier", lambda: not self._look())
            if len(left := self.left_to_do()) > MOST_LEFT:
                self.until("something to leave", lambda: self.left_to_do() != left)
            else:
                for _ in range(chance.randint(1, 5)):
                    self._happen(chance)
                    time.sleep(chance.choice((0, 0, 0.01)))
            # A life leaves nothing before its account was heard out (bot/links.py), so a short one would claim nothing.
            time.sleep(chance.uniform(0, 0.05 + 0.15))
            self._look()
        assert self.end(signal.SIGKILL) == -signal.SIGKILL, "it ended by itself"
        self.kills += 1
        self.crashes_per_kill.append(self._crashes() - before)

    def live_in_peace(self) -> None:
        """One life that ends when everything has come to its end; then SIGTERM."""
        before = self._crashes()
        self.start()
        # Only who is up hears it: a signal to a program that has just begun to start would end it as any other.
        self._said(self.shop.says("wx-alice", "今天就聊到这里", room=HALL))
        self.until("all events and everything due", lambda: not self._look() and not self._left_in_peace())
        self.crashes_per_kill.append(self._crashes() - before)
        assert self.end(signal.SIGTERM) == 0

    # --- what happens to it ------------------------------------------------------------------------------------------

    def _happen(self, chance: random.Random) -> None:
        shop = self.shop
        contact = f"wx-{len(self.friends)}"
        match chance.choice(("request", "befriend", "answer", "answer", "answer", "chatter", "command")):
            case "request":
                shop.asks_friendship(contact, f"友{contact}")
                self._said(f"friend_request {contact}")
                self.friends[contact] = 0
            case "befriend":
                shop.befriends(contact, f"友{contact}")
                self._said(f"friend_added {contact}")
                self.friends[contact] = 0
            case "answer":
                self._answer_question(chance)
            case "chatter":
                self._said(shop.says("wx-alice", f"第{len(self.said)}句", room=HALL))
            case "command":
                self._said(shop.says(BOSS, "/whoami"))
                self.commands += 1

    def _answer_question(self, chance: random.Random) -> None:
        """Somebody who sees a question answers it."""
        seen = Counter(one["to"] for one in self.shop.gateway.sent if one.get("text") in QUESTIONS)
        asked = [contact for contact, answered in self.friends.items() if seen[contact] > answered]
        if asked:
            contact = chance.choice(asked)
            answer = ANSWERS[self.friends[contact]].format(contact)
            self.friends[contact] += 1
            self._said(self.shop.says(contact, answer))

    def _said(self, what: str) -> None:
        self.said.add(what)
        self.pending.add(what)

    def furnish(self, lasting: timedelta) -> None:
        """Bind the group, and put a calendar in force that has something due all the time."""
        bot = self.shop.bot
        bind = bot.command("group", "bind", HALL, "--tier", "茶桌", "--db", self.url)
        assert bind.returncode == 0, bind.stderr
        first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
        self.posts = [first + number * POST_EVERY for number in range(lasting // POST_EVERY)]
        lines = [
            f"p{number},{due.astimezone(ZONE):%Y-%m-%d,%H:%M:%S},茶桌,第{number}篇,within 1h"
            for number, due in enumerate(self.posts)
        ]
        file = bot.folder / "calendar.csv"
        file.write_text("\n".join(["key,date,time,tiers,text,catch_up", *lines]), encoding="utf-8")
        done = bot.command("calendar", "import", str(file), "--db", self.url)
        assert done.returncode == 0, done.stdout + done.stderr

    # --- what is known of it -----------------------------------------------------------------------------------------

    def until(self, what: str, look: object) -> None:
        try:
            until(what, look, within=2 * PATIENCE)  # type: ignore[arg-type]
        except AssertionError as error:
            log = "\n".join(str(line) for line in self.shop.bot.log()[-25:])
            raise AssertionError(f"{error}; left: {self.left_to_do()}, {self.pending}; the log:\n{log}") from None

    def rows(self, statement: object) -> list[tuple[object, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]  # type: ignore[call-overload]

    def _look(self) -> set[str]:
        """What is pending, when what another process sees in the database counts as acknowledged."""
        if self.pending:
            messages = select(col(JournalEntry.wire_id)).where(col(JournalEntry.wire_id).in_(self.pending))
            there = {str(wire_id) for (wire_id,) in self.rows(messages)}
            friends = FRIENDSHIPS.where(col(Contact.wire_id).in_([one.partition(" ")[2] for one in self.pending]))
            there |= self.pending & {f"{kind} {contact}" for kind, contact in self.rows(friends)}
            self.acknowledged |= there
            self.pending -= there
        return self.pending

    def _left_in_peace(self) -> list[tuple[object, ...]]:
        self.looked_at = datetime.now(UTC)
        return self.left_to_do()

    def left_to_do(self) -> list[tuple[object, ...]]:
        """What was due when the last life was asked to end; during a life what is due now."""
        now = self.looked_at or datetime.now(UTC)
        open_now = select(col(Delivery.key), col(Delivery.state), col(Delivery.reason)).where(
            col(Delivery.state).in_((*OPEN_STATES, DeliveryState.CLAIMED)), col(Delivery.next_at) <= now
        )
        due = select(col(Timer.kind), col(Timer.subject), col(Timer.at)).where(col(Timer.at) <= now)
        return self.rows(open_now) + self.rows(due)

    def leave_nothing(self) -> None:
        """End a bot that an assertion left alive."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _crashes(self) -> int:
        counted = select(func.count()).where(col(DeliveryChange.reason) == "crash")
        return int(str(self.rows(counted)[0][0]))

    def _answer(self, wanted: str) -> str:
        assert self.worker.stdout is not None
        word, _, rest = self.worker.stdout.readline().strip().partition(" ")
        assert word == wanted, (word, rest)
        return rest

    def tell(self) -> str:
        """What happened, in a line."""
        states = Counter(str(state) for (state,) in self.rows(select(col(Delivery.state))))
        return (
            f"{self.kills} kills, {len(self.said)} events, {len(self.shop.gateway.sent)} sends, "
            f"{sum(self.crashes_per_kill)} found uncertain; " + ", ".join(f"{n} {s}" for s, n in sorted(states.items()))
        )


@contextlib.contextmanager
def killing(folder: Path, url: str) -> Iterator[Killing]:
    """A shop whose bot does not run yet."""
    with contextlib.ExitStack() as closing:
        gateway = GatewayProcess(folder)
        gateway.start()
        closing.callback(gateway.stop)
        gateway.drive("settings", replay=REPLAYED, sending=3)
        shop = Shop(gateway, BotProcess(folder, gateway, send_timeout=5))
        shop.furnish()
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"SHOP_TOKEN": gateway.token},
        )
        closing.enter_context(worker)
        closing.callback(worker.kill)
        engine = reader_engine(url)
        closing.callback(engine.dispose)
        opened = Killing(shop, url, worker, engine)
        opened._answer("warm")
        closing.callback(opened.leave_nothing)
        yield opened
