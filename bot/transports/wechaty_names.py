"""What the gateway calls people, remembered for a while: most events are about somebody we just heard of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet

from bot.transports.wechaty_link import COURTESY_SECONDS, Link
from bot.transports.wechaty_wire import ContactPayload, RoomMemberPayload, clean
from models.events import Who
from models.turning import unturned

KNOWN_FOR = timedelta(hours=1)
UNKNOWN_FOR = timedelta(minutes=1)
MOST_NAMES = 50_000
"""Gateways forget to say when a name changes, so names grow old; failures are tried again sooner."""


class Names:
    """People's names and remarks, and what we ourselves are called in groups."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._people: dict[str, tuple[datetime, Who]] = {}
        self._ours: dict[str, tuple[datetime, str]] = {}

    async def who(self, link: Link, contact: str) -> Who:
        """The person behind an id; only the id, when the gateway knows no more. Raises `LinkLost`."""
        known = self._people.get(contact)
        if known and known[0] > self._now():
            return known[1]
        if not contact:
            return Who("")
        try:
            payload = await link.call(
                "ContactPayload", puppet.ContactPayloadRequest(id=contact), ContactPayload, COURTESY_SECONDS
            )
        except (GRPCError, TimeoutError):
            self._remember(contact, known[1] if known else Who(contact), UNKNOWN_FOR)
        else:
            self.learn(contact, payload)
        return self._people[contact][1]

    def learn(self, contact: str, payload: ContactPayload) -> Who:
        """Take over what a payload says."""
        who = Who(contact, name=unturned(clean(payload.name)), remark=clean(payload.alias))
        self._remember(contact, who, KNOWN_FOR)
        return who

    async def our_names(self, link: Link, group: str, self_id: str) -> tuple[str, ...]:
        """What we are called in a group: the nickname, and the name given to us there. Raises `LinkLost`."""
        nickname = (await self.who(link, self_id)).name
        known = self._ours.get(group)
        if known is None or known[0] <= self._now():
            request = puppet.RoomMemberPayloadRequest(id=group, member_id=self_id)
            try:
                payload = await link.call("RoomMemberPayload", request, RoomMemberPayload, COURTESY_SECONDS)
            except (GRPCError, TimeoutError):
                known = (self._now() + UNKNOWN_FOR, known[1] if known else "")
            else:
                known = (self._now() + KNOWN_FOR, clean(payload.alias))
            self._ours[group] = known
        return (nickname, known[1])

    def forget_contact(self, contact: str) -> None:
        """The gateway says that a person has changed."""
        self._people.pop(contact, None)

    def forget_group_names(self) -> None:
        """The gateway says that a group or somebody in it has changed."""
        self._ours.clear()

    def _remember(self, contact: str, who: Who, span: timedelta) -> None:
        self._people.pop(contact, None)  # to the end of the line, where the oldest leave first
        self._people[contact] = (self._now() + span, who)
        if len(self._people) > MOST_NAMES:
            del self._people[next(iter(self._people))]
