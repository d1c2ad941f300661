"""The platform of a replay: people do what they did, the platform answers as it answered, and nothing leaves.

Who became a friend because we accepted them, or came into a group because we invited them, does so when we do it again;
who was not accepted this time says nothing 1:1. Whoever came when invited comes into another group as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec

from bot.transports import LinkLost, Outgoing, Receipt, Refused, Uncertain
from models import events as ev
from models.capabilities import Capabilities
from models.deliveries import DeliveryKind, DeliveryState
from models.events import Event, LoggedIn, Roster, Who


class Answered(NamedTuple):
    """What became of a delivery then, and the platform's id of the message."""

    state: str
    reason: str | None
    message: str


@dataclass(slots=True)
class Past:
    """What depended on us: by account and wire id who was accepted, by group and wire id who was invited, who became a
    friend or came; and by key and part what the platform answered."""

    accepted: set[tuple[str, str]] = field(default_factory=set)
    invited: set[tuple[str, str]] = field(default_factory=set)
    befriended: set[tuple[str, str]] = field(default_factory=set)
    came: set[tuple[str, str]] = field(default_factory=set)
    answers: dict[tuple[str, int], Answered] = field(default_factory=dict)

    @property
    def willing(self) -> set[str]:
        """Who came into a group when they were invited."""
        return {contact for _, contact in self.invited & self.came}

    def joined(self, events: Iterable[ev.FriendAdded | ev.GroupJoined]) -> None:
        """Know who became a friend, and who came."""
        for event in events:
            if isinstance(event, ev.FriendAdded):
                self.befriended.add((event.account, event.contact.contact))
            else:
                self.came |= {(event.group, who.contact) for who in event.members}


class Replaying:
    """One account. `strangers` counts what was said 1:1 by people whom we did not accept this time."""

    def __init__(
        self, account: str, self_id: str, capabilities: Capabilities, past: Past, now: Callable[[], datetime]
    ) -> None:
        self.account = account
        self.capabilities = capabilities
        self.strangers = 0
        self._self_id = self_id
        self._past = past
        self._now = now
        self._willing = past.willing
        self._heard: asyncio.Queue[Event | None] = asyncio.Queue()
        self._held: dict[tuple[str, str], Event] = {}
        self._done: set[tuple[str, str]] = set()  # accepted or invited by now, as in `Past`

    async def events(self) -> AsyncGenerator[Event, None]:
        """On line, then what happens. Raises `LinkLost` at the end."""
        yield LoggedIn(account=self.account, at=self._now(), received_at=self._now(), self_id=self._self_id)
        while (event := await self._heard.get()) is not None:
            yield event
        raise LinkLost("closed by ourselves")

    def happen(self, event: Event) -> None:
        """It happens again, unless it depends on something that we have not done."""
        match event:
            case ev.FriendAdded(contact=who) if self._depends(self._past.accepted, (self.account, who.contact)):
                self._held[self.account, who.contact] = event
            case ev.Message(contact=who, group="") if self._depends(self._past.accepted, (self.account, who.contact)):
                self.strangers += 1
            case ev.GroupJoined(group=group, members=members) if members:
                there = tuple(who for who in members if not self._depends(self._past.invited, (group, who.contact)))
                for who in members:
                    if who not in there:
                        self._held[group, who.contact] = msgspec.structs.replace(event, members=(who,))
                if there:
                    self._heard.put_nowait(msgspec.structs.replace(event, members=there))
            case _:
                self._heard.put_nowait(event)

    async def send(self, outgoing: Outgoing) -> Receipt:
        """As it was answered then, else a yes. Raises a `SendError`."""
        then = self._past.answers.get((outgoing.key, outgoing.part))
        if then is not None and then.state == DeliveryState.FAILED and then.reason == "refused":
            raise Refused("the platform refused it then")
        if then is not None and then.state == DeliveryState.UNKNOWN:
            raise Uncertain("nobody knows whether it arrived then")
        if outgoing.kind == DeliveryKind.FRIEND_ACCEPT:
            self._follow((self.account, outgoing.contact), self._past.befriended, lambda: self._befriended(outgoing))
        elif outgoing.kind == DeliveryKind.INVITE and outgoing.contact in self._willing:
            self._follow((outgoing.group, outgoing.contact), self._past.came, lambda: self._came(outgoing))
        message = then.message if then is not None else ""
        return Receipt(message=message or f"replay:{outgoing.key}:{outgoing.part}")

    async def roster(self) -> Roster:
        """Lists were not kept."""
        return Roster(account=self.account, at=self._now(), received_at=self._now())

    async def close(self) -> None:
        """The end."""
        self._heard.put_nowait(None)

    def _depends(self, then: set[tuple[str, str]], name: tuple[str, str]) -> bool:
        return name in then and name not in self._done

    def _follow(self, name: tuple[str, str], by_themselves: set[tuple[str, str]], new: Callable[[], Event]) -> None:
        """What was held back happens now; what never happened then does, and what is still to come comes."""
        self._done.add(name)
        if (held := self._held.pop(name, None)) is not None:
            self._heard.put_nowait(msgspec.structs.replace(held, at=self._now()))
        elif name not in by_themselves:
            self._heard.put_nowait(new())

    def _befriended(self, outgoing: Outgoing) -> Event:
        who = Who(outgoing.contact)
        return ev.FriendAdded(account=self.account, at=self._now(), wire_id=f"replay:{outgoing.key}", contact=who)

    def _came(self, outgoing: Outgoing) -> Event:
        return ev.GroupJoined(
            account=self.account,
            at=self._now(),
            wire_id=f"replay:{outgoing.key}",
            group=outgoing.group,
            members=(Who(outgoing.contact),),
            by=self._self_id,
        )


def strangers(wires: Mapping[str, Replaying]) -> int:
    """How much was said by people whom no account accepted this time."""
    return sum(wire.strangers for wire in wires.values())
