"""The links to the platforms: one task an account attaches, listens, and attaches again after a pause."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.clock import Alarm
from bot.dispatch import Dispatcher
from bot.intake import Intake
from bot.transports import AccountTaken, LinkLost, Transport
from models.events import Event, LoggedIn, LoggedOut, Taken, Unreadable, WentDeaf

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0  # seconds between attempts to attach
# Another bot holds the account: knocking every few seconds would only fill its log. The first knocks are quick all the
# same: after a crash or a cut line the other listener may be ourselves, not yet missed by the gateway.
TAKEN_PAUSE = 30.0
# A gateway that could not be held on to for so long is a human's business. Until then it may be a line that was cut, or
# ourselves before a crash, not yet missed by the gateway.
GONE = timedelta(seconds=60)
# While a gateway stays away the same reason is warned of again after so long; every try would fill the log.
SAID_AGAIN = timedelta(hours=1)
# At a stop, how long what was heard may take to be read.
HEARD_SECONDS = 3.0
# After a login the platform tells at once what was said meanwhile. When it has been silent for so long it has told all
# of it; an account that never falls silent is not waited for longer than the second.
QUIET_SECONDS, LONGEST_TOLD = 0.05, 3.0
# After a login its lists tell which friends and groups have other ids by now: what left before they are compared would
# go to ids that are nobody's. A platform that takes longer to list them is not waited for.
LONGEST_LISTED = 5.0
# After a sleep of the machine a link may look as if it stood. So long it may take to fail, or to tell what was said.
WAKING_SECONDS = 10.0
# A list that could not be fetched is asked for again after so long.
ROSTER_RETRY = timedelta(seconds=10)

log = structlog.get_logger("link")


class Links:
    """Attaches transports, passes on what they hear, and asks for their lists of friends and groups."""

    def __init__(self, intake: Intake, dispatcher: Dispatcher, now: Callable[[], datetime]) -> None:
        self._intake = intake
        self._dispatcher = dispatcher
        self._now = now
        self._alarms: dict[str, Alarm] = {}
        self._endings: dict[str, asyncio.Event] = {}  # of accounts that are kept, set when they are to be let go of
        self._gone_since: dict[str, datetime] = {}
        self._said: dict[str, dict[str, datetime]] = {}  # of each, why it is gone and when that was warned of
        self._missed: set[str] = set()  # accounts of which it is known that they are gone
        self._heard = 0  # events, of all accounts
        self._arriving: dict[str, asyncio.Task[None]] = {}
        self._listed: dict[str, asyncio.Event] = {}  # since the last login its lists were fetched, or could not be
        self._unheard: set[str] = set()
        self.listeners: list[Callable[[], None]] = []  # hear when an account was heard out, or is kept no longer

    def refresh(self, account: str) -> None:
        """The lists of that account are wanted soon."""
        if alarm := self._alarms.get(account):
            alarm.wake()

    @property
    def unheard(self) -> Collection[str]:
        """Accounts that are kept and not on line, or only just, and may have much to tell of the time before: nobody
        knows that nobody said anything."""
        return self._unheard

    def expect(self, account: str) -> None:
        """An account is about to be kept; what is done because nobody says anything waits for what it has to tell."""
        self._unheard.add(account)

    def _heard_out(self, account: str) -> None:
        if account in self._unheard:
            self._unheard.remove(account)
            for listener in self.listeners:
                listener()

    def hear_out(self, accounts: Iterable[str]) -> None:
        """Nothing leaves these accounts for a while but what is under way: what was said to them may be so too."""
        for account in accounts:
            if account not in self._unheard:
                self._leaves(account)
                self._arriving[account] = asyncio.create_task(self._arrive(account, after=WAKING_SECONDS))

    async def keep(self, transport: Transport) -> None:
        """Stay attached to one account, until `end`."""
        ending = self._endings[transport.account] = asyncio.Event()
        pause = FIRST_PAUSE
        while not ending.is_set():
            began = self._now()
            longest = LONGEST_PAUSE
            try:
                await self._listen(transport)
            except AccountTaken as error:
                if self._is_news(transport.account, str(error)):
                    log.error("account.taken", account=transport.account, cure=str(error))
                longest = TAKEN_PAUSE
                await self._miss(transport.account, Taken)
            except LinkLost as error:
                if ending.is_set():
                    return
                tell = log.warning if self._is_news(transport.account, str(error)) else log.debug
                tell("link.lost", account=transport.account, reason=str(error))
                await self._miss(transport.account, WentDeaf)
            finally:
                self._leaves(transport.account)
            if self._now() - began > timedelta(seconds=LONGEST_PAUSE):
                pause = FIRST_PAUSE
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await ending.wait()
            pause = min(pause * 2, longest)

    async def end(self, kept: Mapping[Transport, asyncio.Task[None]]) -> None:
        """Let go of the accounts that these tasks keep, and pass on what was heard: gateways do not say it again."""
        for transport in kept:
            if (ending := self._endings.get(transport.account)) is not None:
                ending.set()
            await transport.close()
        if kept:
            _, late = await asyncio.wait(kept.values(), timeout=HEARD_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.wait(kept.values())
        for transport in kept:
            self._alarms.pop(transport.account, None)
            self._heard_out(transport.account)

    def _is_news(self, account: str, reason: str) -> bool:
        """Whether it has not been said for a while, nor since the link stood last, why it does not stand."""
        now = self._now()
        if account not in self._gone_since:
            self._said[account] = {}
        said = self._said[account]
        is_news = reason not in said or now - said[reason] >= SAID_AGAIN
        if is_news:
            said[reason] = now
        return is_news

    async def _miss(self, account: str, kind: type[Taken | WentDeaf]) -> None:
        """The link does not stand. Once that has been so for a while it is an event; each try would be too many."""
        now = self._now()
        since = self._gone_since.setdefault(account, now)
        if account not in self._missed and now - since >= GONE:
            await self._take(kind(account=account, at=now))

    async def _listen(self, transport: Transport) -> None:
        async for event in transport.events():
            self._gone_since.pop(transport.account, None)
            self._heard += 1
            match event:
                case LoggedIn():
                    self._missed.discard(event.account)
                    log.info("account.online", account=event.account, self_id=event.self_id)
                    self._leaves(event.account)
                    listed = self._listed[event.account] = asyncio.Event()
                    self._arriving[event.account] = asyncio.create_task(self._arrive(event.account, listed))
                case LoggedOut() | WentDeaf():
                    log.warning("account.offline", account=event.account, reason=type(event).__name__)
                    self._leaves(event.account)
                case Unreadable():
                    log.warning("gateway.unreadable", account=event.account, what=event.what)
            await self._take(event)

    async def _arrive(self, account: str, listed: asyncio.Event | None = None, after: float = 0.0) -> None:
        """Nothing leaves an account before what waited for it was heard and decided: there may be a 退订 among it."""
        await asyncio.sleep(after)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_TOLD):
                heard = -1
                while heard != self._heard:
                    heard = self._heard
                    await asyncio.sleep(QUIET_SECONDS)
                await self._intake.worked_off()
        self._heard_out(account)
        if listed is not None and account in self._alarms:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_LISTED):
                    await listed.wait()
                    await self._intake.worked_off()
        self._dispatcher.online(account)

    def _leaves(self, account: str) -> None:
        """Nothing leaves an account that is not attached, or has not been heard out."""
        if arriving := self._arriving.pop(account, None):
            arriving.cancel()
        self._unheard.add(account)
        self._dispatcher.offline(account)

    async def watch_lists(self, transport: Transport, every: timedelta) -> None:
        """Ask for friends and groups when it is wanted, and every so often, since join events get lost.

        A list that is the same as the last one, and that nobody asked for, has nothing to tell.
        """
        alarm = self._alarms[transport.account] = Alarm(self._now)
        next_at: datetime | None = None  # not before the account is on line: a login wakes us
        last: tuple[object, object] | None = None
        is_missing = False
        while True:
            await alarm.wait(next_at)
            by_itself = next_at is not None and self._now() >= next_at
            listed = self._listed.get(transport.account)
            try:
                roster = await transport.roster()
            except LinkLost as error:
                tell = log.debug if is_missing else log.warning  # once, not with every try
                tell("roster.unavailable", account=transport.account, reason=str(error))
                is_missing = True
                next_at = self._now() + ROSTER_RETRY
                if listed is not None:
                    listed.set()
                continue
            is_missing = False
            if not by_itself or last != (roster.friends, roster.groups):
                await self._take(roster)
            if listed is not None:
                listed.set()
            last = (roster.friends, roster.groups)
            next_at = self._now() + every

    async def _take(self, event: Event) -> None:
        """Hand an event to the intake, even if we are stopped meanwhile: the gateway will not say it again."""
        if isinstance(event, LoggedOut | WentDeaf | Taken):
            self._missed.add(event.account)
        taking = asyncio.ensure_future(self._intake.put(event))
        try:
            await asyncio.shield(taking)
        except asyncio.CancelledError:
            await taking
            raise
