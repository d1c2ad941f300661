"""A program of its own: the stock `wechaty` SDK as a client, printing each event that it sees as a line of JSON.

Endpoint and token come from the environment, as the SDK wants them.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.transports import wechaty_compat  # noqa: F401  # first, else the SDK cannot be imported

from wechaty import Wechaty  # isort: skip


def tell(*facts: Any) -> None:
    """Print one event."""
    print(json.dumps(facts), flush=True)  # noqa: T201


class Client(Wechaty):  # type: ignore[misc]  # the SDK has no types
    """Prints what happens."""

    async def on_login(self, contact: Any) -> None:
        tell("login", contact.contact_id)

    async def on_message(self, message: Any) -> None:
        room = message.room()
        tell("message", message.message_id, message.talker().contact_id, room.room_id if room else "", message.text())

    async def on_friendship(self, friendship: Any) -> None:
        tell("friendship", friendship.contact().contact_id, friendship.hello())

    async def on_room_join(self, room: Any, invitees: Any, inviter: Any, date: Any) -> None:
        tell("join", room.room_id, [one.contact_id for one in invitees], inviter.contact_id)

    async def on_room_leave(self, room: Any, leavers: Any, remover: Any, date: Any) -> None:
        tell("leave", room.room_id, [one.contact_id for one in leavers], remover.contact_id)

    async def on_room_topic(self, room: Any, new: str, old: str, changer: Any, date: Any) -> None:
        tell("topic", room.room_id, new, changer.contact_id)


if __name__ == "__main__":
    asyncio.run(Client().start())
