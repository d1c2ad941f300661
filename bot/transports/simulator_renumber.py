"""A platform that renumbers: ids of contacts and groups change everywhere at once, as some puppets do at a re-login."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from bot.transports.simulator_state import Account
from models.events import Event, Who

if TYPE_CHECKING:
    from bot.transports.simulator_world import World

T = TypeVar("T")

_ID_FIELDS = ("contact", "members", "mentions", "group", "by", "to_contact", "to_group", "self_id", "request")


def renumber(world: World, ids: Mapping[str, str]) -> None:
    """Give contacts and groups new ids (old to new), also in events that were not taken yet."""
    world.names = _renamed_keys(world.names, ids)
    for room in world.rooms.values():
        room.id, room.owner = ids.get(room.id, room.id), ids.get(room.owner, room.owner)
        room.members = _renamed_keys(room.members, ids)
    world.rooms = {room.id: room for room in world.rooms.values()}
    for account in world.accounts.values():
        _renumber_account(account, ids)


def _renumber_account(account: Account, ids: Mapping[str, str]) -> None:
    account.self_id = ids.get(account.self_id, account.self_id)
    account.friends = _renamed_keys(account.friends, ids)
    account.heard_from = _renamed_keys(account.heard_from, ids)
    account.requests = _renamed_keys(account.requests, ids)
    account.tasks = [
        msgspec.structs.replace(
            task, contact=ids.get(task.contact, task.contact), group=ids.get(task.group, task.group)
        )
        for task in account.tasks
    ]
    account.outbox = deque(_renamed_event(event, ids) for event in account.outbox)
    account.held = deque(_renamed_event(event, ids) for event in account.held)


def _renamed_keys(table: dict[str, T], ids: Mapping[str, str]) -> dict[str, T]:
    return {ids.get(key, key): value for key, value in table.items()}


def _renamed_event(event: Event, ids: Mapping[str, str]) -> Event:
    changes = {name: _renamed(getattr(event, name), ids) for name in _ID_FIELDS if name in event.__struct_fields__}
    return msgspec.structs.replace(event, **changes)


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    match value:
        case str():
            return ids.get(value, value)
        case Who():
            return msgspec.structs.replace(value, contact=ids.get(value.contact, value.contact))
        case tuple():
            return tuple(_renamed(one, ids) for one in value)
    return value
