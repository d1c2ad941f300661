"""The whole program as a process of its own, with a small shop's configuration, playbook and database in a folder.

So a test reads:

    shop.befriends("wx-lin", "林间")         # at the gateway
    shop.sees("wx-lin", GREETING, QUESTIONS[0])
    shop.bot.run("group", "bind", HALL, "--tier", "茶桌")
    shop.bot.rows("select key, state from delivery")
    shop.bot.stop()                          # SIGTERM; returns the exit status
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.client import hand_over
from tests.transports.gateway_process import GatewayProcess

T = TypeVar("T")
Row = dict[str, Any]

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds after which what should have happened has not, on a machine that has other things to do."""

CONFIG = """
[database]
url = "sqlite:///data/shop.db"
[console]
enabled = false
[log]
level = "INFO"
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
timezone = "Asia/Shanghai"
[[merchants.admins]]
account = "main"
contact = "wx-boss"
role = "owner"
[[accounts]]
id = "main"
name = "小山"
merchant = "m1"
transport = "wechaty"
endpoint = "{endpoint}"
token_env = "SHOP_TOKEN"
"""

PLAYBOOK = """
name = "半山茶社"
human_hold_minutes = 30
send_timeout_seconds = {send_timeout}
[persona]
name = "小山"
[reception]
accept = [{{ hello = "加粉", accept = false }}, {{ accept = true }}]
greetings = ["你好呀，我是{{shop}}的{{persona}}，店里的机器人助手。"]
first_reply_seconds = 10
remark = "茶友-{{call|新朋友}}-{{budget|未知}}"
[survey]
thanks = ["都记下啦，谢谢{{name}}。"]
tags = [
  {{ when = {{ budget = {{ min = 500 }} }}, add = ["高价位"] }},
  {{ when = {{ tea = "rock" }}, add = ["爱岩茶"] }},
]
[[survey.questions]]
key = "call"
type = "name"
required = true
texts = ["怎么称呼你呢？"]
[[survey.questions]]
key = "kind"
type = "choice"
texts = ["自己喝还是送人？1自己喝 2送人"]
options = [{{ value = "self", label = "自己喝" }}, {{ value = "gift", label = "送人" }}]
retry = ["回 1 或 2 就行。"]
[[survey.questions]]
key = "tea"
type = "multi"
texts = ["平时爱喝哪几类？1岩茶 2红茶 3白茶"]
options = [
  {{ value = "rock", label = "岩茶" }}, {{ value = "black", label = "红茶" }}, {{ value = "white", label = "白茶" }},
]
[[survey.questions]]
key = "budget"
type = "number"
texts = ["一斤大概想控制在多少钱？"]
[[survey.questions]]
key = "birthday"
type = "date"
texts = ["生日是哪天？"]
[[survey.questions]]
key = "wish"
type = "freetext"
texts = ["还有什么想让我们知道的？"]
[[tiers]]
name = "分院"
capacity = 200
join = {{ budget = {{ min = 500 }} }}
[[tiers]]
name = "茶桌"
parent = "分院"
capacity = 30
"""

HALL, STRANGERS = "hall@chatroom", "strangers@chatroom"
BOSS = "wx-boss"
GREETING = "你好呀，我是半山茶社的小山，店里的机器人助手。"
QUESTIONS = (
    "怎么称呼你呢？",
    "自己喝还是送人？1自己喝 2送人",
    "平时爱喝哪几类？1岩茶 2红茶 3白茶",
    "一斤大概想控制在多少钱？",
    "生日是哪天？",
    "还有什么想让我们知道的？",
)


def until(what: str, look: Callable[[], T], *, within: float = PATIENCE) -> T:
    """Look again and again until there is something to see, and return it."""
    ends = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > ends:
            raise AssertionError(f"waited {within:g} s for {what}")
        time.sleep(0.03)
    return found


_DUE = "select 1 from delivery where state in ('planned', 'claimed') and next_at <= datetime('now')"


class BotProcess:
    """`python -m bot run --quiet` on the account of a gateway. `endpoint` leads to it by another way."""

    def __init__(
        self,
        folder: Path,
        gateway: GatewayProcess,
        *,
        endpoint: str = "",
        token: str = "",
        send_timeout: float = 20,
        further: str = "",
    ) -> None:
        self.folder = folder
        self.gateway = gateway
        self.log_file = folder / "bot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | {"SHOP_TOKEN": token or gateway.token}
        self.config = folder / "config.toml"
        self.url = f"sqlite:///{folder}/data/shop.db"
        self.config.write_text(CONFIG.format(endpoint=endpoint or gateway.endpoint), encoding="utf-8")
        playbook = PLAYBOOK.format(send_timeout=send_timeout) + further
        (folder / "playbook.toml").write_text(playbook, encoding="utf-8")

    # --- its life ----------------------------------------------------------------------------------------------------

    def start(self, *, wait: str = "lists") -> None:
        """Start it, and wait until it has compared its lists of friends (`lists`), or for some other line of its log.

        With an empty `wait`, for nothing.
        """
        before = len(self.log())
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--config", str(self.config), "--quiet"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait == "lists":
            rosters = self._count("roster") if (self.folder / "data" / "shop.db").exists() else 0
            self.until("the lists of friends", lambda: self._count("roster") > rosters)
        elif wait:
            self.logged(wait, after=before)

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=PATIENCE)

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def end(self) -> None:
        """Leave nothing behind."""
        if self.runs:
            self.kill()

    def until(self, what: str, look: Callable[[], T], *, within: float = PATIENCE) -> T:
        """Wait for something, and say what the bot logged if it does not happen."""
        try:
            return until(what, look, within=within)
        except AssertionError as error:
            raise AssertionError(f"{error}; the end of the log:\n{self._end_of_log()}") from None

    def logged(self, event: str, *, after: int = 0) -> Row:
        """Wait for a line of the log with that event, behind so many lines; returns it."""
        found = self.until(
            f"{event!r} in the log", lambda: [line for line in self.log()[after:] if line.get("event") == event]
        )
        return found[0]

    def log(self) -> list[Row]:
        """The lines of the log so far, of all runs. What is no JSON is under `text`."""
        if not self.log_file.exists():
            return []
        lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        return [_read(line) for line in lines if line.endswith("\n")]

    # --- its command line --------------------------------------------------------------------------------------------

    def run(self, *argv: str, status: int = 0) -> str:
        """A command line in the running bot, over its socket; returns what it prints."""
        answer = hand_over(self.url, [*argv, "--config", str(self.config)], self.folder)
        assert answer is not None, "no bot runs"
        said, ended = answer
        assert ended == status, said
        return said

    def command(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """A command line as a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *argv, "--config", str(self.config)],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def who(self, contact: str) -> Row:
        """`who CONTACT --json`."""
        found: Row = json.loads(self.run("who", contact, "--json"))
        return found

    def deliveries(self, **wanted: str) -> list[Row]:
        """`deliveries list --json`, those that fit."""
        rows = [json.loads(line) for line in self.run("deliveries", "list", "--json").splitlines()]
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def post(self, key: str, text: str, *, after: float, tiers: str = "", groups: str = "") -> datetime:
        """Put a calendar entry in force that is due so many seconds from now; returns that moment."""
        due = (datetime.now(ZONE) + timedelta(seconds=after)).replace(microsecond=0)
        rows = (
            "key,date,time,tiers,groups,text,catch_up\n"
            + f"{key},{due:%Y-%m-%d,%H:%M:%S},{tiers},{groups},{text},within 1h\n"
        )
        (self.folder / "calendar.csv").write_text(rows, encoding="utf-8")
        self.run("calendar", "import", "calendar.csv", "--json")
        return due

    # --- its tables --------------------------------------------------------------------------------------------------

    def rows(self, statement: str, *values: object) -> list[Any]:
        """What a query finds in the database."""
        with closing(sqlite3.connect(self.folder / "data" / "shop.db", timeout=10)) as connection:
            connection.execute("pragma query_only=on")
            return connection.execute(statement, values).fetchall()

    def texts(self, kind: str = "message") -> list[str]:
        """The words of all events of a kind, in the order in which they came."""
        found = self.rows(
            "select text from journal join body on body.id = body_id where type = ? order by journal.id", kind
        )
        return [text for (text,) in found]

    def delivery(self, key: str) -> tuple[str, str | None]:
        """State and reason of a delivery; ("", None) if there is none."""
        found = self.rows("select state, reason from delivery where key = ?", key)
        return (found[0][0], found[0][1]) if found else ("", None)

    def _count(self, kind: str) -> int:
        try:
            return int(self.rows("select count(*) from journal where type = ?", kind)[0][0])
        except sqlite3.OperationalError:  # the tables are not there yet
            return 0

    def _end_of_log(self) -> str:
        return "\n".join(str(line) for line in self.log()[-25:])


@dataclass(frozen=True)
class Shop:
    """A gateway with people and groups on it, and the bot."""

    gateway: GatewayProcess
    bot: BotProcess

    def furnish(self) -> None:
        """The boss and old Alice are friends; a hall of ours, and a strangers' group of the same name."""
        self.gateway.drive("login")
        self.gateway.drive("person", id=BOSS, name="老板", friend=True)
        self.gateway.drive("person", id="wx-alice", name="Alice", friend=True)
        self.gateway.drive("room", id=HALL, topic="茶桌一", members=["bot", BOSS, "wx-alice"])
        self.gateway.drive("room", id=STRANGERS, topic="茶桌一", owner="wx-carol", members=["bot", BOSS, "wx-carol"])

    # --- what people do ----------------------------------------------------------------------------------------------

    def asks_friendship(self, contact: str, name: str = "", hello: str = "你好", **more: Any) -> str:
        """Somebody adds the persona; returns the id of the request."""
        request: str = self.gateway.drive("friend_request", contact=contact, name=name or contact, hello=hello, **more)
        return request

    def befriends(self, contact: str, name: str = "", **more: Any) -> None:
        """Somebody is a friend now, and the gateway says so."""
        self.gateway.drive("confirm", contact=contact, name=name or contact, **more)

    def says(self, contact: str, text: str, **more: Any) -> str:
        """Somebody says something, 1:1 or in a `room`; returns the id of the message."""
        message: str = self.gateway.drive("say", **{"from": contact}, text=text, **more)
        return message

    def talks(self, contact: str, *texts: str) -> None:
        """Somebody says one thing after the other, each when the last one was replied to."""
        for text in texts:
            before = len(self.texts_to(contact))
            self.says(contact, text)
            self.bot.until(f"a reply to {text}", lambda before=before: len(self.texts_to(contact)) > before)  # type: ignore[misc]

    def types_on_phone(self, text: str, **where: str) -> None:
        """A human types on the account's own phone."""
        self.gateway.drive("say", **{"from": "bot"}, text=text, **where)

    def answers_next(self, on: str, answer: str, times: int = 1) -> None:
        """How the platform answers the next sends of a kind."""
        self.gateway.drive("answer_next", on=on, answer=answer, times=times)

    # --- what they see -----------------------------------------------------------------------------------------------

    def texts_to(self, place: str) -> list[str]:
        """The texts that arrived at a contact or in a room."""
        return [one["text"] for one in self.arrived("text") if one["to"] == place]

    def arrived(self, kind: str, **wanted: str) -> list[Row]:
        """What arrived of a kind, as the gateway recorded it."""
        sent = [one for one in self.gateway.sent if one["kind"] == kind]
        return [one for one in sent if all(one.get(name) == value for name, value in wanted.items())]

    def sees(self, place: str, *texts: str) -> None:
        """Wait until so many texts arrived at a contact or in a room, and compare them with these, in order."""
        self.bot.until(
            f"{len(texts)} texts to {place}, who has {self.texts_to(place)}",
            lambda: len(self.texts_to(place)) >= len(texts),
        )
        if (found := self.texts_to(place)) != list(texts):
            raise AssertionError(f"{place} has {found}, not {list(texts)}")

    def settled(self) -> None:
        """Wait until everything said so far is committed and everything due has left, so that absence proves something.

        A message of the boss goes through the same stream, intake and dispatcher behind it all; its answer comes last.
        """
        before = len(self.texts_to(BOSS))
        self.says(BOSS, "/whoami")
        self.bot.until("the answer to the boss", lambda: len(self.texts_to(BOSS)) > before)
        self.bot.until("nothing on its way", lambda: not self.bot.rows(_DUE))


def _read(line: str) -> Row:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"text": line.rstrip("\n")}
