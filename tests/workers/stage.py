"""One merchant with four accounts, each on a real gateway of its own, and as many workers as a test wants.

The same story is told to any of them: friends come and answer the survey, and posts of the calendar fall due. What the
gateways record is what really reached the platform.
"""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlmodel import col

from bot.command_line import main
from bot.database_urls import sqlite_path
from bot.store.engine import reader_engine
from models.deliveries import OPEN_STATES, Delivery, DeliveryChange, DeliveryKind, DeliveryState
from models.groups import ChatGroup
from models.people import Contact
from models.workers import Lease
from tests.gateway.bot_process import PATIENCE, PLAYBOOK, QUESTIONS, ROOT, ZONE, until
from tests.transports.gateway_process import GatewayProcess

ACCOUNTS = ("a1", "a2", "a3", "a4")
ANSWERS = ("我叫小明", "1", "1和2", "三百", "8月15", "想去茶山看看")
FRIENDS = 5  # of each account, one after the other
POSTS = 3
REPLAYED = 50
# A send that is uncertain for so long is looked up at the platform, as a human would.
TOLD = (DeliveryKind.TEXT, DeliveryKind.INVITE)  # of these the platform tells that they have arrived
_MOMENT = re.compile(r":(\d{4}-\d\d-\d\d|\d{8}T\d+)(?=:|$)")
LOOKED_UP_AFTER = timedelta(seconds=6)
_CHANGES = select(func.count()).select_from(DeliveryChange)

_CONFIG = """
[database]
url = "{url}"
[workers]
heartbeat_seconds = 0.5
lease_seconds = 2.5
[console]
enabled = false
[[merchants]]
id = "m1"
name = "半山茶社"
playbook = "playbook.toml"
"""
_ACCOUNT = """
[[accounts]]
id = "{id}"
merchant = "m1"
transport = "wechaty"
endpoint = "{endpoint}"
token_env = "SHOP_TOKEN"
"""

Row = tuple[str, int, str, str, str]


@dataclass
class Chain:
    """The shop. `pids` are its workers, the dead ones too; `nursery` makes new ones."""

    folder: Path
    url: str
    reader: Engine
    gateways: dict[str, GatewayProcess]
    nursery: subprocess.Popen[str]
    pids: list[int] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=dict)

    # --- the workers -------------------------------------------------------------------------------------------------

    def start(self, count: int = 1) -> None:
        """`run --worker`, so many times; on SQLite the one process that it has."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        role = "worker" if sqlite_path(self.url) is None else "alone"
        for _ in range(count):
            self.nursery.stdin.write(f"{self.config}\t{self.folder}/worker-{len(self.pids)}.log\t{role}\n")
            self.nursery.stdin.flush()
            self.pids.append(int(self.nursery.stdout.readline()))

    def alive(self) -> list[int]:
        return [pid for pid in self.pids if is_alive(pid)]

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        until("its death", lambda: not is_alive(pid))

    def stop(self, *pids: int) -> None:
        """SIGTERM to these (none: to all); each ends in good order."""
        for pid in (leaving := list(pids) or self.alive()):
            until("its start", lambda pid=pid: '"started"' in self._log(pid))  # type: ignore[misc]
            os.kill(pid, signal.SIGTERM)
        for pid in leaving:
            until("its end", lambda pid=pid: not is_alive(pid))  # type: ignore[misc]
            assert self._log(pid).splitlines()[-1] == "exit 0", self.logs()

    def _log(self, pid: int) -> str:
        return (self.folder / f"worker-{self.pids.index(pid)}.log").read_text(errors="replace")

    def leave_nobody(self) -> None:
        """End who is still there when a test has failed."""
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)

    def keepers(self) -> dict[str, str]:
        """Who keeps each account, by the number of the process."""
        rows = self.rows(select(col(Lease.account_id), col(Lease.worker_id)).where(col(Lease.worker_id).is_not(None)))
        return {account: worker.split(":")[1] for account, worker in rows}

    def shares(self) -> list[int]:
        """How many accounts each living worker keeps."""
        kept = Counter(self.keepers().values())
        return sorted(kept[str(pid)] for pid in self.alive())

    def logs(self) -> str:
        return "\n".join(
            line
            for file in sorted(self.folder.glob("worker-*.log"))
            for line in [f"--- {file.name}", *file.read_text(errors="replace").splitlines()[-15:]]
        )

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def command(self, *argv: str) -> None:
        """A command line, in this process: SQLite hands it to the worker, PostgreSQL does not need one."""
        status, said = self.tried(*argv)
        if status:  # no `assert`, which would look as if something had not happened yet
            raise RuntimeError(said)

    def tried(self, *argv: str) -> tuple[int, str]:
        """The exit status of a command line, and what it says."""
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(said):
            return main([*argv, "--config", str(self.config)]), said.getvalue()

    # --- the story ---------------------------------------------------------------------------------------------------

    def furnish(self) -> None:
        """A bound group on each account."""
        for account in ACCOUNTS:
            gateway = self.gateways[account]
            gateway.drive("settings", replay=REPLAYED)
            gateway.drive("login")
            gateway.drive("person", id=f"wx-alice-{account}", name="Alice", friend=True)
            members = [f"bot-{account}", f"wx-alice-{account}"]
            gateway.drive("room", id=f"{account}@chatroom", topic=f"{account} 茶桌", members=members)

    def bind(self) -> None:
        for account in ACCOUNTS:
            self.command("group", "bind", f"{account}@chatroom", "--tier", "茶桌", "--account", account)

    def post(self, after: float = 6.0) -> None:
        """Posts for all groups, all accounts at the same instant."""
        first = datetime.now(ZONE).replace(microsecond=0) + timedelta(seconds=after)
        lines = [
            f"p{n},{first + timedelta(seconds=2 * n):%Y-%m-%d,%H:%M:%S},茶桌,第{n}篇,within 1h" for n in range(POSTS)
        ]
        file = self.folder / "calendar.csv"
        file.write_text("\n".join(["key,date,time,tiers,text,catch_up", *lines]), encoding="utf-8")
        self.command("calendar", "import", str(file))

    def step(self) -> bool:
        """Whoever has been asked something answers, one friend of each account after the other; whether all is said."""
        over = True
        for account, gateway in self.gateways.items():
            sent = gateway.sent
            for n in range(FRIENDS):
                friend = f"wx-{account}-{n}"
                if friend not in self.answered:
                    self.answered[friend] = 0
                    gateway.drive("confirm", contact=friend, name=f"友{n}")
                asked = sum(one.get("text") in QUESTIONS for one in sent if place(one) == friend)
                if asked > (done := self.answered[friend]) and done < len(ANSWERS):
                    gateway.drive("say", **{"from": friend}, text=ANSWERS[done])
                    self.answered[friend] += 1
                if self.answered[friend] < len(ANSWERS):
                    over = False
                    break
        return over

    def look_up(self) -> None:
        """What is uncertain is looked up at the platform, and sent anew if it is not there."""
        now = datetime.now(UTC)
        for one in self.deliveries():
            if one.state == DeliveryState.UNKNOWN and now - one.left_at > LOOKED_UP_AFTER:
                arrived = [
                    sent
                    for sent in self.gateways[one.account_id].sent
                    if (sent["kind"], sent.get("text")) == (one.kind, one.text) and place(sent) in self.target(one)
                ]
                status, said = self.tried("deliveries", "settle", str(one.id), "sent" if arrived else "resend")
                assert status == 0 or "不需要核对" in said, said  # its echo was quicker

    def is_over(self) -> bool:
        """Whether everything has been said and sent."""
        said = self.step()
        self.look_up()
        rows = self.deliveries()
        posts = sum(row.key.startswith("entry:") for row in rows)
        soon = datetime.now(UTC) + timedelta(minutes=1)
        open_now = [
            row
            for row in rows
            if row.state in (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
            or (row.state == DeliveryState.SENT and row.kind in TOLD)  # its echo, or who has come in, is on its way
            or (row.state in OPEN_STATES and row.next_at < soon)
        ]
        thanked = sum(str(row.text).startswith("都记下啦") for row in rows)
        return said and posts == POSTS * len(ACCOUNTS) and thanked == FRIENDS * len(ACCOUNTS) and not open_now

    def until(self, what: str, look: Callable[[], bool]) -> None:
        """Wait for it while the shop goes on with its work: on a busy machine leases run out and accounts wander."""
        before: list[Any] = []
        while True:
            try:
                until(what, look, within=2 * PATIENCE)
            except AssertionError as error:
                if (now := self.rows(_CHANGES)) == before:
                    raise AssertionError(f"{error}; {self.result()}\n{self.logs()}") from None
                before = now
            else:
                return

    # --- what is known of it -----------------------------------------------------------------------------------------

    def rows(self, statement: Any) -> list[Any]:
        with self.reader.connect() as connection:
            return list(connection.execute(statement))

    def deliveries(self) -> list[Any]:
        return self.rows(select(Delivery.__table__).order_by(col(Delivery.id)))  # type: ignore[attr-defined]

    def target(self, row: Any) -> set[str]:
        return {self._people()[row.contact_id]} if row.contact_id else {self._groups()[row.group_id]}

    def result(self) -> set[Row]:
        """(key, part, target, text, final state) of everything; moments and dates are left out of the keys."""
        people, groups = self._people(), self._groups()
        found = set()
        for row in self.deliveries():
            key = _MOMENT.sub("", row.key)
            target = people[row.contact_id] if row.contact_id else groups[row.group_id]
            found.add((key, row.part, target, row.text or "", row.state))
        return found

    def arrived(self) -> Counter[tuple[str, str, str, str]]:
        """What reached the platform, and how often."""
        return Counter(
            (
                account,
                one["kind"],
                " ".join(filter(None, (one.get("to"), one.get("contact")))),
                str(one.get("text", "")),
            )
            for account, gateway in self.gateways.items()
            for one in gateway.sent
        )

    def _people(self) -> dict[int, str]:
        return {row.id: row.wire_id for row in self.rows(select(col(Contact.id), col(Contact.wire_id)))}

    def _groups(self) -> dict[int, str]:
        return {row.id: row.wire_id for row in self.rows(select(col(ChatGroup.id), col(ChatGroup.wire_id)))}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def place(sent: dict[str, Any]) -> str:
    """Where something arrived."""
    return str(sent.get("to") or sent.get("contact") or sent.get("room") or "")


@contextmanager
def on_gateways(folder: Path, accounts: Collection[str]) -> Iterator[dict[str, GatewayProcess]]:
    """A gateway for each account."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as leaving:
        gateways = {account: GatewayProcess(folder, login=f"bot-{account}") for account in accounts}
        for gateway in gateways.values():
            leaving.callback(gateway.stop)
        with ThreadPoolExecutor(len(gateways)) as threads:
            list(threads.map(GatewayProcess.start, gateways.values()))
        yield gateways


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    """Where workers are born."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.workers.nursery"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"SHOP_TOKEN": "a-token"},
    ) as born:
        try:
            yield born
        finally:
            born.kill()


@contextmanager
def chain(folder: Path, url: str) -> Iterator[Chain]:
    """The shop with its gateways; nobody works in it yet."""
    with ExitStack() as leaving:
        gateways = leaving.enter_context(on_gateways(folder, ACCOUNTS))
        told = _CONFIG.format(url=url)
        told += "".join(_ACCOUNT.format(id=id, endpoint=gateway.endpoint) for id, gateway in gateways.items())
        (folder / "config.toml").write_text(told, encoding="utf-8")
        (folder / "playbook.toml").write_text(PLAYBOOK.format(send_timeout=5), encoding="utf-8")
        reader = reader_engine(url)
        leaving.callback(reader.dispose)
        opened = Chain(folder, url, reader, gateways, leaving.enter_context(nursery()))
        leaving.callback(opened.leave_nobody)
        opened.furnish()
        yield opened
