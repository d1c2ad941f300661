"""What each wire fact of a story does to the simulated world, and which event it sends to the program.

Messages and friendships carry a wire id, as on real gateways; what happens in a group carries one only where the
story gives it. Events have the story's true time, whatever the program's clock reads.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot import story_lines as facts
from bot.transports.simulator_renumber import renumber
from bot.transports.simulator_sends import confirm
from bot.transports.simulator_state import Account, Conversation, Friendship
from models import events
from models.turning import unturned

if TYPE_CHECKING:
    from bot.transports.simulator_world import World


def apply_fact(world: World, account: Account, line: facts.WireFact) -> None:
    """Let a wire fact happen to an account."""
    _APPLY[type(line)](world, account, line)


def _utc(line: facts.Line) -> datetime:
    return line.at.astimezone(UTC)


def _friend_request(world: World, account: Account, line: facts.FriendRequest) -> None:
    account.requests[line.contact] = line.source
    world.tell(
        account,
        events.FriendRequested(
            account=account.id,
            at=_utc(line),
            wire_id=world.event_id(line.id),
            contact=world.who(line.contact, line.name),
            hello=line.hello,
            source=line.source,
            request=f"request:{line.contact}",
        ),
    )


def _friend_added(world: World, account: Account, line: facts.FriendAdded) -> None:
    account.requests.pop(line.contact, None)
    account.friends.setdefault(line.contact, Friendship())
    world.tell(
        account,
        events.FriendAdded(
            account=account.id,
            at=_utc(line),
            wire_id=world.event_id(line.id),
            contact=world.who(line.contact, line.name),
            source=line.source,
        ),
    )


def _friend_removed(world: World, account: Account, line: facts.FriendRemoved) -> None:
    account.friends.pop(line.contact, None)
    account.heard_from.pop(line.contact, None)
    who = world.who(line.contact, line.name)
    world.tell(account, events.FriendRemoved(account=account.id, at=_utc(line), wire_id=line.id, contact=who))


def _heard(world: World, account: Account, line: facts.Text | facts.MediaSent) -> None:
    if line.group:
        world.room_of(account, line.group, [line.contact])
    else:
        account.heard_from[line.contact] = Conversation(_utc(line))


def _text(world: World, account: Account, line: facts.Text) -> None:
    _heard(world, account, line)
    world.tell(
        account,
        events.Message(
            account=account.id,
            at=_utc(line),
            wire_id=world.event_id(line.id),
            contact=world.who(line.contact),
            group=line.group,
            text=line.text,
            mentions=line.mentions,
            quote=line.quote,
        ),
    )


def _media(world: World, account: Account, line: facts.MediaSent) -> None:
    _heard(world, account, line)
    world.tell(
        account,
        events.Message(
            account=account.id,
            at=_utc(line),
            wire_id=world.event_id(line.id),
            contact=world.who(line.contact),
            group=line.group,
            kind=line.kind,
            media=events.Media(name=line.name, url=line.url),
        ),
    )


def _self_text(world: World, account: Account, line: facts.SelfText) -> None:
    is_group = line.to in world.rooms or line.to.endswith("@chatroom")
    wire_id = world.event_id(line.id)
    account.own_messages.add(wire_id)
    world.tell(
        account,
        events.SelfMessage(
            account=account.id,
            at=_utc(line),
            wire_id=wire_id,
            to_contact="" if is_group else line.to,
            to_group=line.to if is_group else "",
            text=line.text,
        ),
    )


def _recalled(world: World, account: Account, line: facts.Recalled) -> None:
    world.tell(
        account, events.MessageRecalled(account=account.id, at=_utc(line), wire_id=line.id, message=line.message)
    )


def _group_joined(world: World, account: Account, line: facts.GroupJoined) -> None:
    people = tuple(world.who(one.contact, one.name) for one in line.members)
    world.room_of(account, line.group, [one.contact for one in people])
    world.tell(
        account,
        events.GroupJoined(
            account=account.id, at=_utc(line), wire_id=line.id, group=line.group, members=people, by=line.by
        ),
    )


def _group_left(world: World, account: Account, line: facts.GroupLeft) -> None:
    people = tuple(world.who(one.contact, one.name) for one in line.members)
    room = world.room_of(account, line.group)
    gone = {one.contact for one in people}
    room.members = {contact: None for contact in room.members if contact not in gone}
    room.accounts -= {ours.id for ours in world.accounts.values() if ours.self_id in gone}
    world.tell(
        account,
        events.GroupLeft(
            account=account.id, at=_utc(line), wire_id=line.id, group=line.group, members=people, by=line.by
        ),
    )


def _group_renamed(world: World, account: Account, line: facts.GroupRenamed) -> None:
    world.room_of(account, line.group).topic = line.topic
    world.tell(
        account,
        events.GroupRenamed(
            account=account.id, at=_utc(line), wire_id=line.id, group=line.group, topic=unturned(line.topic), by=line.by
        ),
    )


def _members(world: World, account: Account, line: facts.Members) -> None:
    people = [world.who(one.contact, one.name) for one in line.members]
    world.room_of(account, line.group).members = {one.contact: None for one in people}


def _login(world: World, account: Account, line: facts.Login) -> None:
    account.online, account.deaf_since = True, None
    if account.link is not None:  # who attaches later is told then
        world.tell(account, world.logged_in(account))
    account.outbox.extend(account.held)
    account.held.clear()


def _logout(world: World, account: Account, line: facts.Logout) -> None:
    if account.link is not None and account.speaking:
        world.tell(account, events.LoggedOut(account=account.id, at=_utc(line), wire_id=line.id))
    account.online = False


def _deaf(world: World, account: Account, line: facts.Deaf) -> None:
    account.deaf_since = account.deaf_since or _utc(line)
    if account.link is not None:  # who listens begins to wait for the heartbeat
        account.link.arrived.set()


def _tapped(world: World, account: Account, line: facts.Tapped) -> None:
    confirm(world, account, line.delivery, _utc(line))


def _renumbered(world: World, account: Account, line: facts.Renumbered) -> None:
    renumber(world, line.ids)
    for ours in world.accounts.values():  # ids change at a re-login only, and all accounts see the same people
        if ours.link is not None and ours.speaking:
            world.tell(ours, world.logged_in(ours))


_APPLY: dict[type, Callable[[World, Account, Any], None]] = {
    facts.FriendRequest: _friend_request,
    facts.FriendAdded: _friend_added,
    facts.FriendRemoved: _friend_removed,
    facts.Text: _text,
    facts.MediaSent: _media,
    facts.SelfText: _self_text,
    facts.Recalled: _recalled,
    facts.GroupJoined: _group_joined,
    facts.GroupLeft: _group_left,
    facts.GroupRenamed: _group_renamed,
    facts.Members: _members,
    facts.Renumbered: _renumbered,
    facts.Login: _login,
    facts.Logout: _logout,
    facts.Deaf: _deaf,
    facts.Tapped: _tapped,
}
