"""One person looking at one page: what the page may read, and the way in which its buttons act."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from nicegui import ui
from sqlalchemy import Connection

from bot.article_titles import title_of
from bot.cli import execute
from bot.console.patience import Patience, Stopped
from bot.console.site import Site
from bot.desk import Answer, Desk, Refused
from models.context import MerchantView
from models.operations import Role
from models.orders import Order

if TYPE_CHECKING:
    from bot.console.myself import Myself

T = TypeVar("T")
P = ParamSpec("P")

_LOOK_UP_SECONDS = 0.5  # while something takes long: whether anybody is there still
_GONE_SECONDS = 4.0  # who has left is gone by then; else they stayed, since a file was all that they asked for
LOOK_AGAIN_SECONDS = 1.0
# A page rests so many times as long as its last look took: what a large shop answers slowly is asked for less often.
_REST = 15
_LONGEST_REST_SECONDS = 10.0  # but nobody waits for longer, however busy the machine is


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be read: one merchant's, and with `pool` only those of that account. Every query takes one."""

    merchant: MerchantView
    pool: str = ""

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts whose rows may be read."""
        return (self.pool,) if self.pool else self.merchant.accounts


@dataclass
class Visit:
    """Who looks, at whose shop, at which address (`at`: what stands in the route and behind the `?`).

    `merchants` are all shops of this person, of which `choose` takes another.
    """

    site: Site
    name: str
    role: Role
    merchant_id: str
    pool: str
    at: Mapping[str, str]
    merchants: Sequence[str]
    is_valid: Callable[[], Awaitable[bool]]
    choose: Callable[[str], Awaitable[None]]
    myself: Myself
    _leaves_until: float = 0.0
    _asks: set[Patience] = field(default_factory=set)

    @property
    def scope(self) -> Scope:
        """Whose rows may be read."""
        return Scope(self.site.merchants[self.merchant_id], self.pool)

    @property
    def merchant(self) -> MerchantView:
        """The merchant with the playbook in force."""
        return self.site.merchants[self.merchant_id]

    def local(self, moment: datetime) -> datetime:
        """A moment as the shop's clock shows it."""
        return moment.astimezone(self.merchant.zone)

    async def read(
        self, question: Callable[Concatenate[Connection, Scope, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask a question of the database, in a thread, on a connection that cannot write."""
        return await self.wait_for(Patience(), question, *args, **kwargs)

    async def wait_for(
        self,
        patience: Patience,
        question: Callable[Concatenate[Connection, Scope, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The same, which takes its time and may be stopped; it is when the page was left. Raises `Stopped`."""
        client = ui.context.client

        def work() -> T:
            with self.site.store.reading() as connection:
                return patience.ask(connection, lambda: question(connection, self.scope, *args, **kwargs))

        def is_gone() -> bool:
            return client.is_deleted

        while True:
            while self._leaves() and not is_gone():
                await asyncio.sleep(_LOOK_UP_SECONDS)
                patience.begin_again()
            if is_gone():
                raise asyncio.CancelledError
            self._asks.add(patience)
            asked = asyncio.ensure_future(self.site.in_thread(work))
            try:
                while not (await asyncio.wait([asked], timeout=_LOOK_UP_SECONDS))[0]:
                    if is_gone():
                        patience.stop()
            finally:
                self._asks.discard(patience)
            if not isinstance(asked.exception(), Stopped) or not (self._leaves() or is_gone()):
                return asked.result()

    def leave(self) -> None:
        """The browser asks for another page: what this one has asked is stopped, so that it keeps nobody waiting. It is
        asked again if they stay."""
        self._leaves_until = time.monotonic() + _GONE_SECONDS
        for patience in self._asks:
            patience.stop()

    def _leaves(self) -> bool:
        return time.monotonic() < self._leaves_until

    async def order(self, kind: type[Order], *, done: str = "", **what: Any) -> bool:
        """Give an order as this person: it is decided, permitted or refused, and audited like a slash-command.

        Says on the screen what was answered, or that it is `done`; returns whether it was carried out.
        """
        client = ui.context.client  # what was clicked may be gone when there is an answer
        if not await self._still_here():
            return False
        desk = self._desk()
        event = kind(merchant=self.merchant_id, at=self.site.now(), **what)
        try:
            told = await desk.order(event)
        except Refused as refusal:
            with client:
                ui.notify(str(refusal), type="negative", multi_line=True)
            return False
        with client:
            ui.notify(done or told or "好了", type="positive", multi_line=True)
        return True

    async def orders(self, kind: type[Order], each: Iterable[Mapping[str, Any]]) -> tuple[int, list[str]]:
        """Give an order for each of several; nothing is shown. Returns how many were done, and why others not."""
        done, refused = 0, list[str]()
        if not await self._still_here():
            return done, refused
        desk = self._desk()
        for what in each:
            try:
                await desk.order(kind(merchant=self.merchant_id, at=self.site.now(), **what))
                done += 1
            except Refused as refusal:
                refused.append(str(refusal))
        return done, refused

    async def command(self, argv: Sequence[str]) -> Answer:
        """Have a command line dealt with as this person, for what has no order of its own; nothing is shown.

        `argv` is made by the page: what people typed goes behind an option or a `--`, never in place of one.
        """
        if not await self._still_here():
            return Answer("请重新登录。", exit=2)
        return await execute(["--merchant", self.merchant_id, *argv], self._desk())

    def live(
        self,
        look: Callable[[], Awaitable[None]],
        seconds: float = LOOK_AGAIN_SECONDS,
        longest_rest: float = _LONGEST_REST_SECONDS,
    ) -> None:
        """Call `look` again whenever something was committed, at most once in so many seconds, and the more rarely the
        longer it takes."""
        seen, rests_until = self.site.version, 0.0

        async def again() -> None:
            nonlocal seen, rests_until
            began = time.monotonic()
            if seen == self.site.version or began < rests_until:
                return
            seen = self.site.version
            if await self._still_here():
                await look()
            ended = time.monotonic()
            rests_until = ended + min(_REST * (ended - began), longest_rest)

        ui.timer(seconds, again, immediate=False)

    async def _still_here(self) -> bool:
        """Whether the session still holds; a page that stayed open for longer is sent to the entrance."""
        if await self.is_valid():
            return True
        ui.navigate.to("/sign-in")
        return False

    def _desk(self) -> Desk:
        site = self.site
        desk = Desk(site.config, site.store, site.merchants, site.app.ask, site.now, site.folder)
        return dataclasses.replace(
            desk,
            chosen=self.merchant_id,
            actor=f"console:{self.name}",
            rights=self.role,
            within=self.pool,
            title_of=title_of,
            reading=asyncio.to_thread,
        )
