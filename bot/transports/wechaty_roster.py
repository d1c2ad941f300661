"""Friends and groups as a Wechaty gateway lists them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import betterproto
import structlog
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet

from bot.transports import LinkLost
from bot.transports.wechaty_link import Link
from bot.transports.wechaty_names import Names
from bot.transports.wechaty_wire import OFFICIAL_ACCOUNT, SYSTEM_CONTACTS, ContactPayload, IdList, RoomPayload, clean
from models.events import GroupState, Who
from models.turning import unturned

log = structlog.get_logger(__name__)

Item = TypeVar("Item")
Found = TypeVar("Found", bound=betterproto.Message)

AT_ONCE = 16
"""Questions under way at one time: big lists must not keep the gateway from its messages."""


async def friends(link: Link, names: Names, self_id: str) -> tuple[Who, ...] | None:
    """Our friends, without official accounts and ourselves; `None` if the gateway lists nobody at all.

    Who is on the list and unknown to the gateway is left out. Raises `LinkLost`.
    """

    async def friend(contact: str) -> Who | None:
        payload = await _ask(link, "ContactPayload", puppet.ContactPayloadRequest(id=contact), ContactPayload)
        if payload is None:
            return None
        who = names.learn(contact, payload)
        return who if payload.friend and payload.type != OFFICIAL_ACCOUNT else None

    listed = await _ask(link, "ContactList", puppet.ContactListRequest(), IdList)
    if listed is None:
        return None
    ours = SYSTEM_CONTACTS | {self_id, ""}
    contacts = dict.fromkeys(contact for contact in map(clean, listed.ids) if contact not in ours)
    return tuple(who for who in await _each(friend, contacts) if who)


async def groups(link: Link, names: Names) -> tuple[GroupState, ...] | None:
    """All groups with their members; `None` if the gateway lists no groups at all.

    A group that cannot be read is left out, so its absence proves nothing. Raises `LinkLost`.
    """
    listed = await _ask(link, "RoomList", puppet.RoomListRequest(), IdList)
    if listed is None:
        return None
    found = []
    for group in dict.fromkeys(filter(None, map(clean, listed.ids))):
        payload = await _ask(link, "RoomPayload", puppet.RoomPayloadRequest(id=group), RoomPayload)
        if payload is None:
            continue
        members = payload.members
        if not members:  # some puppets keep the members out of the payload
            members = await _ask_members(link, group)
        people = await _each(lambda contact: names.who(link, contact), dict.fromkeys(filter(None, map(clean, members))))
        topic = unturned(clean(payload.topic))
        found.append(GroupState(group, topic=topic, owner=clean(payload.owner), members=tuple(people)))
    return tuple(found)


async def _ask_members(link: Link, group: str) -> list[bytes]:
    listed = await _ask(link, "RoomMemberList", puppet.RoomMemberListRequest(id=group), IdList)
    return listed.ids if listed else []


async def _ask(link: Link, route: str, request: betterproto.Message, answer: type[Found]) -> Found | None:
    """Ask, twice if the gateway is slow; `None` when it does not know. Raises `LinkLost`."""
    for _ in range(2):
        try:
            return await link.call(route, request, answer)
        except TimeoutError:
            continue
        except GRPCError as error:
            log.info("wechaty.not_in_roster", route=route, error=(error.message or "").split("\n", 1)[0])
            return None
    log.warning("wechaty.roster_timeout", route=route)
    return None


async def _each(ask: Callable[[str], Awaitable[Item]], ids: Iterable[str]) -> list[Item]:
    """Ask for each id, a few at a time; the answers are in the order of the ids. Raises `LinkLost`."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(contact: str) -> Item:
        async with places:
            return await ask(contact)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(contact)) for contact in ids]
    except* LinkLost as lost:
        raise LinkLost(str(lost.exceptions[0])) from lost
    return [task.result() for task in tasks]
