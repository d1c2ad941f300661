"""The simulator's world, driven."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot import story_lines as facts
from bot.transports.simulator import Delivered, SimulatorTransport, World
from tests.transports.driver import ACCOUNT, BIG_HALL, BIG_HALL_MEMBERS, HALL, HALL_MEMBERS, Arrived, Fault


def _now() -> datetime:
    return datetime.now(UTC)


def _spec() -> facts.WorldSpec:
    return facts.WorldSpec(
        accounts=(facts.AccountSpec(id=ACCOUNT, name="掌柜"),),
        contacts=(
            facts.ContactSpec(id="wx-alice", name="Alice", friend_of=(ACCOUNT,), remark="老客"),
            facts.ContactSpec(id="wx-bob", name="Bob", friend_of=(ACCOUNT,)),
        ),
        groups=(
            facts.GroupSpec(id=HALL, topic="一堂", owner=ACCOUNT, members=(ACCOUNT, *HALL_MEMBERS)),
            facts.GroupSpec(id=BIG_HALL, topic="二堂", owner=ACCOUNT, members=(ACCOUNT, *BIG_HALL_MEMBERS)),
        ),
    )


class SimulatorDriver:
    """A `Driver` over the simulator."""

    self_id = ACCOUNT

    def __init__(self) -> None:
        self.world = World(_spec(), _now)
        self._arrived: list[Arrived] = []
        self.world.on_delivered(self._note)

    def _note(self, delivered: Delivered) -> None:
        self._arrived.append(Arrived(delivered.kind, delivered.contact, delivered.group, delivered.text))

    def _happens(self, fact: type[facts.WireFact], **fields: Any) -> None:
        self.world.apply(fact(at=_now(), account=ACCOUNT, **fields))

    def transport(self, *, media: Path = Path()) -> SimulatorTransport:
        """The simulator takes the names of files for files, wherever they are."""
        return SimulatorTransport(self.world, ACCOUNT)

    def says(self, contact: str, text: str, *, group: str = "", mentions: tuple[str, ...] = (), id: str = "") -> None:
        self._happens(facts.Text, contact=contact, text=text, group=group, mentions=mentions, id=id)

    def shows(self, contact: str, kind: str, name: str, *, group: str = "") -> None:
        self._happens(facts.MediaSent, contact=contact, kind=cast(facts.MediaKind, kind), name=name, group=group)

    def own_phone_types(self, to: str, text: str) -> None:
        self._happens(facts.SelfText, to=to, text=text)

    def recalls(self, message: str) -> None:
        self._happens(facts.Recalled, message=message)

    def asks_friendship(self, contact: str, name: str, hello: str) -> None:
        self._happens(facts.FriendRequest, contact=contact, name=name, hello=hello)

    def befriends(self, contact: str, name: str) -> None:
        self._happens(facts.FriendAdded, contact=contact, name=name)

    def joins(self, group: str, contact: str, by: str) -> None:
        self._happens(facts.GroupJoined, group=group, members=(facts.Person(contact=contact),), by=by)

    def joins_unnamed(self, group: str) -> None:
        self._happens(facts.GroupJoined, group=group)

    def leaves(self, group: str, contact: str, by: str) -> None:
        self._happens(facts.GroupLeft, group=group, members=(facts.Person(contact=contact),), by=by)

    def renames(self, group: str, topic: str, by: str) -> None:
        self._happens(facts.GroupRenamed, group=group, topic=topic, by=by)

    def signs_out(self) -> None:
        self._happens(facts.Logout)

    def answer_next(self, kind: str, fault: Fault) -> None:
        self.world.apply(facts.Platform(at=_now(), account=ACCOUNT, on=cast(facts.DeliveryKind, kind), answer=fault))

    async def drop_link(self) -> None:
        self.world.cut_link(ACCOUNT)

    def arrived(self) -> list[Arrived]:
        return list(self._arrived)
