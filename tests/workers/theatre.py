"""Stories told by actors: each does the next thing when what they wait for has happened on the platform, so that a play
comes to the same end however often its workers die.

A play says which accounts and merchants there are, and what its people do.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlmodel import col

from bot.store.engine import reader_engine
from models.deliveries import OPEN_STATES, DeliveryState
from models.journal import JournalEntry
from models.operations import Timer
from models.people import Contact
from models.timers import SETTLE
from tests.gateway.bot_process import ZONE
from tests.workers.stage import LOOKED_UP_AFTER, REPLAYED, TOLD, Chain, nursery, on_gateways, place

Condition = Callable[[], bool]
Actor = Generator[Condition, None, None]

# In keys, which hold moments, days and ids; and in texts, which tell the time, and codes that are drawn.
_MOMENT = re.compile(r"\d{8}T\d{2,12}(?:\.\d+)?|\d{4}-\d\d-\d\d|\d{15,}")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?|\d\d-\d\d|(?<=回 )\d{4}(?!\d)")
# The staff hears once in a while of what is uncertain, of whom no seat was found for, of what waits: how often is a
# matter of the clock.
_OF_THE_CLOCK = ("alert:", "no_seat:", "many_wait:")
_TELLS_TROUBLE = re.compile("不确定|在排队|排队，一共|没动静|被别的")

_CONFIG = """
[database]
url = "{url}"
[workers]
heartbeat_seconds = 0.5
lease_seconds = 2.5
[console]
enabled = false
"""
_MERCHANT = """
[[merchants]]
id = "{id}"
name = "{name}"
playbook = "{id}.toml"
[[merchants.admins]]
account = "{account}"
contact = "wx-boss"
role = "owner"
"""
_ACCOUNT = """
[[accounts]]
id = "{id}"
merchant = "{merchant}"
transport = "wechaty"
endpoint = "{endpoint}"
token_env = "SHOP_TOKEN"
"""


class Play(Protocol):
    """What is played."""

    accounts: Mapping[str, str]  # with their merchants
    merchants: Mapping[str, tuple[str, str]]  # their name, and the account whom their owner knows
    playbooks: Mapping[str, str]  # files
    groups: int  # that the accounts are in
    endless: Sequence[str]  # kinds of timers that go on for ever
    waits_long: Sequence[str]  # reasons to wait that the end of the play does not wait for

    def furnish(self, shop: Theatre) -> None:
        """Who and what is there at the beginning."""

    def prepare(self, shop: Theatre) -> None:
        """What the operators do first."""

    def actors(self, shop: Theatre) -> Mapping[str, Actor]:
        """What everybody does, by a name that others can wait for."""


@dataclass
class Theatre(Chain):
    """The shops of a play. `sent` and `known` are what the platform and the database had at the last look."""

    play: Play = field(kw_only=True)
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    known: list[Any] = field(default_factory=list)
    cast: dict[str, tuple[Actor, Condition]] = field(default_factory=dict)
    said: Counter[tuple[str, str]] = field(default_factory=Counter)

    # --- what actors do, and wait for -------------------------------------------------------------------------------

    def say(self, account: str, who: str, text: str, **more: Any) -> str:
        """Somebody says something, 1:1 or in a `room`; returns the id of the message."""
        self.said[account, who] += 1
        id = f"{account}-{who}-{self.said[account, who]}"
        self.gateways[account].drive("say", **{"from": who}, text=text, id=id, **more)
        return id

    def texts(self, account: str, to: str) -> list[str]:
        return [str(one.get("text", "")) for one in self.sent[account] if (one["kind"], place(one)) == ("text", to)]

    def told(self, account: str, to: str, part: str) -> Condition:
        return lambda: any(part in text for text in self.texts(account, to))

    def did(self, account: str, kind: str, **wanted: str) -> Condition:
        return lambda: any(
            one["kind"] == kind and all(one.get(name) == value for name, value in wanted.items())
            for one in self.sent[account]
        )

    def state(self, key: str, *states: str, times: int = 1) -> Condition:
        """So many deliveries whose keys, without moments, match are in one of these states."""
        return lambda: (
            sum(row.state in states and bool(re.fullmatch(key, _plain(row.key))) for row in self.known) >= times
        )

    def held(self, key: str, reason: str, times: int = 1) -> Condition:
        """So many of them wait, or have ended, for this reason."""
        return lambda: (
            sum(row.reason == reason and bool(re.fullmatch(key, _plain(row.key))) for row in self.known) >= times
        )

    def settled(self, account: str, who: str) -> Condition:
        """All that they said there is heard and judged, and nothing is on its way to them."""

        def look() -> bool:
            said = {f"{account}-{who}-{n + 1}" for n in range(self.said[account, who])}
            heard = select(func.count()).where(
                col(JournalEntry.account_id) == account, col(JournalEntry.wire_id).in_(said)
            )
            judging = select(col(Timer.subject)).where(col(Timer.kind) == SETTLE, col(Timer.subject) == who)
            if self.rows(heard) != [(len(said),)] or self.rows(judging):
                return False
            theirs = select(col(Contact.id)).where(col(Contact.wire_id) == who)
            ids, now = {id for (id,) in self.rows(theirs)}, datetime.now(UTC)
            return not any(row.contact_id in ids and _is_leaving(row, now) for row in self.deliveries())

        return look

    def talk(self, account: str, who: str, *texts: str) -> Actor:
        """Somebody says one thing after the other."""
        for text in texts:
            self.say(account, who, text)
            yield self.settled(account, who)

    def over(self, name: str) -> Condition:
        return lambda: name not in self.cast

    def calendar(self, merchant: str, name: str, *lines: str) -> None:
        file = self.folder / f"{name}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.command("--merchant", merchant, "calendar", "import", str(file))

    @staticmethod
    def soon(seconds: float) -> str:
        """Date and time of an entry."""
        return f"{datetime.now(ZONE) + timedelta(seconds=seconds):%Y-%m-%d,%H:%M:%S}"

    # --- how it goes on ---------------------------------------------------------------------------------------------

    def furnish(self) -> None:
        for gateway in self.gateways.values():
            gateway.drive("settings", replay=REPLAYED)
            gateway.drive("login")
        self.play.furnish(self)

    def begin(self) -> None:
        """All actors come on."""
        self.until("the groups", lambda: len(self._groups()) == self.play.groups)
        self.play.prepare(self)
        self._look()
        self.cast = {name: (actor, lambda: True) for name, actor in self.play.actors(self).items()}

    def step(self) -> bool:
        """Who has got what they waited for goes on; whether all have done."""
        self._look()
        for name, (actor, waited_for) in list(self.cast.items()):
            if not waited_for():
                continue
            try:
                self.cast[name] = actor, next(actor)
            except StopIteration:
                del self.cast[name]
        return not self.cast

    def _look(self) -> None:
        self.sent = {account: gateway.sent for account, gateway in self.gateways.items()}
        self.known = self.deliveries()

    def look_up(self) -> None:
        """What is uncertain is looked up: it is there if the platform has more of the kind than are known to be."""
        now = datetime.now(UTC)
        rows = self.deliveries()
        for one in rows:
            if one.state != DeliveryState.UNKNOWN or now - one.left_at < LOOKED_UP_AFTER:
                continue
            known = sum(
                other.id != one.id
                and _looks(other) == _looks(one)
                and other.state in (DeliveryState.SENT, DeliveryState.CONFIRMED, DeliveryState.CLAIMED)
                for other in rows
            )
            outcome = "sent" if self._there(one) > known else "resend"
            status, said = self.tried("--merchant", one.merchant_id, "deliveries", "settle", str(one.id), outcome)
            assert status == 0 or "不需要核对" in said, said  # its echo was quicker

    def _there(self, row: Any) -> int:
        """How many such the platform has; whoever was forgotten has no name here, and only the words tell."""
        where = self.target(row)
        is_nameless = any(one.startswith("erased:") for one in where)
        return sum(
            got["kind"] == row.kind
            and (is_nameless or place(got) in where or got.get("contact") in where)
            and (row.kind not in ("text", "remark") or got.get("text", "") == (row.text or ""))
            for got in self.gateways[row.account_id].sent
        )

    def is_over(self) -> bool:
        """Whether everybody has done, and nothing is about to happen."""
        said = self.step()
        self.look_up()
        soon = datetime.now(UTC) + timedelta(minutes=2)
        due = select(col(Timer.kind)).where(col(Timer.at) < soon, col(Timer.kind).not_in(self.play.endless))
        open_now = [
            row
            for row in self.deliveries()
            if row.state in (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
            or (row.state == DeliveryState.SENT and row.kind in TOLD)
            or (row.state in OPEN_STATES and row.next_at < soon and row.reason not in self.play.waits_long)
        ]
        return said and not open_now and not self.rows(due)

    def logs(self) -> str:
        return f"still on stage: {', '.join(self.cast)}\n{super().logs()}"

    # --- what came of it --------------------------------------------------------------------------------------------

    def outcome(self) -> Counter[tuple[str, ...]]:
        """(merchant, account, key, part, target, text, state, reason) of everything, without moments."""
        people, groups = self._people(), self._groups()
        found: Counter[tuple[str, ...]] = Counter()
        for row in self.deliveries():
            if not row.key.startswith(_OF_THE_CLOCK):
                target = " ".join(filter(None, (people.get(row.contact_id), groups.get(row.group_id))))
                text = _TIME.sub("#", row.text or "")
                whose = row.merchant_id, row.account_id, _plain(row.key), str(row.part)
                found[(*whose, _plain(target), text, row.state, row.reason or "")] += 1
        return found

    def heard(self) -> Counter[tuple[str, str]]:
        """(account, id) of what people said and asked, as often as it was decided."""
        said = select(col(JournalEntry.account_id), col(JournalEntry.wire_id)).where(
            col(JournalEntry.type).in_(("message", "friend_requested"))
        )
        return Counter((account, _plain(id)) for account, id in self.rows(said))

    def arrived(self) -> Counter[tuple[str, str, str, str]]:
        found: Counter[tuple[str, str, str, str]] = Counter()
        for (account, kind, to, text), count in super().arrived().items():
            if not _TELLS_TROUBLE.search(text):
                found[account, kind, to, _TIME.sub("#", text)] += count
        return found


def after(seconds: float) -> Condition:
    """So long from now."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() > ends


def _is_leaving(row: Any, now: datetime) -> bool:
    return (
        row.state in (DeliveryState.CLAIMED, DeliveryState.UNKNOWN)
        or (row.state == DeliveryState.SENT and row.kind in TOLD)
        or (row.state in OPEN_STATES and row.next_at < now + timedelta(seconds=20))
    )


def _plain(key: str) -> str:
    return _MOMENT.sub("#", key)


def _looks(row: Any) -> tuple[Any, ...]:
    """What a delivery looks like to who looks it up."""
    return row.account_id, row.kind, row.text or "", row.contact_id, row.group_id


@contextmanager
def theatre(folder: Path, url: str, play: Play) -> Iterator[Theatre]:
    """The shops with their gateways; nobody works in them yet."""
    with ExitStack() as leaving:
        gateways = leaving.enter_context(on_gateways(folder, play.accounts))
        told = _CONFIG.format(url=url)
        for id, (name, account) in play.merchants.items():
            told += _MERCHANT.format(id=id, name=name, account=account)
        for id, merchant in play.accounts.items():
            told += _ACCOUNT.format(id=id, merchant=merchant, endpoint=gateways[id].endpoint)
        (folder / "config.toml").write_text(told, encoding="utf-8")
        for file, text in play.playbooks.items():
            (folder / file).write_text(text, encoding="utf-8")
        reader = reader_engine(url)
        leaving.callback(reader.dispose)
        opened = Theatre(folder, url, reader, gateways, leaving.enter_context(nursery()), play=play)
        leaving.callback(opened.leave_nobody)
        opened.furnish()
        yield opened
