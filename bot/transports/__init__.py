"""The port to the outside world: one `Transport` is one account on one platform.

A transport turns the wire into events and sends what the dispatcher hands it. It knows nothing of people, surveys or
calendars. What it cannot do it says in its `Capabilities`, which planner and gate read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from models.capabilities import Capabilities
from models.events import Event, Media, Roster


class Outgoing(msgspec.Struct, frozen=True):
    """One thing to send. People and groups are wire ids; `kind` is a delivery kind of `models.deliveries`.

    `request` is the platform's handle of a friend request (for `friend_accept`). An `invite` names both `contact`
    and `group`. `text` also carries a remark, topic or announcement; for a `recall`, `message` names what to recall.
    """

    key: str
    part: int
    kind: str
    contact: str = ""
    group: str = ""
    text: str = ""
    mentions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    request: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform said yes. `awaiting_tap` means that it only made a task for a human."""

    message: str = ""
    awaiting_tap: bool = False


class SendError(Exception):
    """A send that did not get a plain yes. The subclass says what is known about the message."""


class Refused(SendError):
    """The platform refused: nothing arrived, and the same send would be refused again."""


class TooFrequent(SendError):
    """The platform says that we are too fast: nothing arrived, and the whole account must slow down."""


class NotConnected(SendError):
    """The send never left this machine; it can be tried again."""


class Unsupported(SendError):
    """This transport cannot do that kind of send."""


class Uncertain(SendError):
    """The gateway failed in a way that does not prove refusal: the message may have arrived."""


class LinkLost(Exception):
    """The connection to the gateway ended or went deaf; attach again after a pause."""


class AccountTaken(LinkLost):
    """Another program already listens to this account at the gateway."""


class Transport(Protocol):
    """One account on one platform."""

    account: str
    capabilities: Capabilities

    def events(self) -> AsyncIterator[Event]:
        """Attach and yield what happens, `LoggedIn` first, until the link is lost.

        Raises `LinkLost` (or `AccountTaken`) when the link ends. Calling it again attaches again.
        """
        ...

    async def send(self, outgoing: Outgoing) -> Receipt:
        """Send one thing. Raises a `SendError` whose class says what is known; any other exception is a bug."""
        ...

    async def roster(self) -> Roster:
        """List friends and groups with their members as they are now. Raises `LinkLost`."""
        ...

    async def close(self) -> None:
        """Let go of the link; the platform's session goes on."""
        ...


@runtime_checkable
class HasPulse(Protocol):
    """A transport that knows when its platform last gave a sign of life."""

    @property
    def heard_at(self) -> datetime | None:
        """When that was; None: not yet, or the link is down."""
        ...


__all__ = [
    "AccountTaken",
    "Capabilities",
    "HasPulse",
    "LinkLost",
    "NotConnected",
    "Outgoing",
    "Receipt",
    "Refused",
    "SendError",
    "TooFrequent",
    "Transport",
    "Uncertain",
    "Unsupported",
]
