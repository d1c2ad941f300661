"""How the simulated platform takes a send: it objects, answers as a story wants it to, or lets the thing happen."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING, cast

from bot.transports import NotConnected, Outgoing, Receipt, Refused, TooFrequent, Uncertain, Unsupported
from bot.transports.simulator_state import (
    DIRECT_INVITE_LIMIT,
    MESSAGE_KINDS,
    Account,
    Delivered,
    Friendship,
)
from models import events

if TYPE_CHECKING:
    from bot.transports.simulator_world import World

_ECHO_KINDS: dict[str, events.MessageKind] = {"album": "image", "announcement": "text"}


def send(world: World, account: Account, outgoing: Outgoing) -> Receipt | None:
    """Send as an account. Raises a `SendError`; `None` means that the platform never answers."""
    if not account.online:
        raise NotConnected(f"account {account.id!r} is signed out")
    if unable := _unable(account, outgoing):
        raise Unsupported(unable)
    answer = _armed_answer(account, outgoing.kind)
    if answer == "timeout":
        return None
    if answer == "too_frequent":
        raise TooFrequent("操作过于频繁，请稍后再试")
    objection = "the platform refuses" if answer == "refused" else _objection(world, account, outgoing)
    if objection:
        raise Refused(objection)
    message = wire_id(account, outgoing) if outgoing.kind in MESSAGE_KINDS or outgoing.kind == "announcement" else ""
    needs_tap = account.capabilities.needs_tap and _is_mass_post(outgoing)
    if answer == "accepted_then_lost":
        return Receipt(message, awaiting_tap=needs_tap)
    if needs_tap:
        account.tasks.append(outgoing)
    elif _within_window(account, outgoing, world.now()):
        _let_happen(world, account, outgoing, echo=answer != "accepted_then_error")
    if answer == "accepted_then_error":
        raise Uncertain("the platform failed after it took the send")
    return Receipt(message, awaiting_tap=needs_tap)


def confirm(world: World, account: Account, delivery: str, at: datetime) -> None:
    """Let a human tap the tasks whose delivery key is `delivery`, in which `*` stands for anything."""
    tapped = [task for task in account.tasks if _is_meant(task.key, delivery)]
    account.tasks = [task for task in account.tasks if task not in tapped]
    for key in dict.fromkeys(task.key for task in tapped):
        world.tell(account, events.Tapped(account=account.id, at=at, delivery=key))
    for task in tapped:
        _let_happen(world, account, task, echo=True)


def _is_meant(key: str, wanted: str) -> bool:
    """Whether a key fits one in which `*` stands for anything. (A pattern of many stars could try for ever.)"""
    first, *others = wanted.split("*")
    if not others:
        return key == wanted
    if not key.startswith(first) or not key.endswith(others[-1]):
        return False
    place, end = len(first), len(key) - len(others[-1])
    for piece in others[:-1]:
        place = key.find(piece, place, end) + len(piece)
        if place < len(piece):
            return False
    return place <= end


def wire_id(account: Account, outgoing: Outgoing) -> str:
    """The wire id that one of our own messages gets: its delivery's key, and with a number where that is taken, by a
    message that was sent again, or to somebody who was forgotten and is a stranger since."""
    named = f"sim:{outgoing.key}" if outgoing.part == 1 else f"sim:{outgoing.key}:{outgoing.part}"
    again = (f"{named}#{number}" for number in count(2))
    return next(one for one in chain((named,), again) if one not in account.own_messages)


def _unable(account: Account, outgoing: Outgoing) -> str:
    able = account.capabilities
    if outgoing.group and not able.groups:
        return f"account {account.id!r} has no groups"
    supported = outgoing.kind in able.kinds if outgoing.kind in MESSAGE_KINDS else getattr(able, outgoing.kind, False)
    return "" if supported else f"account {account.id!r} cannot send {outgoing.kind!r}"


def _armed_answer(account: Account, kind: str) -> str:
    for armed in account.answers:
        if armed.on in {"*", kind}:
            armed.times -= 1
            if not armed.times:
                account.answers.remove(armed)
            return armed.answer
    return "ok"


def _objection(world: World, account: Account, outgoing: Outgoing) -> str:
    contact, group = outgoing.contact, outgoing.group
    if not account.capabilities.people:
        return ""
    if outgoing.kind == "friend_accept":
        pending = contact in account.requests or contact in account.friends
        return "" if pending else f"{contact} does not ask to be a friend"
    if outgoing.kind == "recall":
        return "" if outgoing.message in account.own_messages else f"message {outgoing.message!r} is not ours"
    if group and (group not in world.rooms or account.id not in world.rooms[group].accounts):
        return f"the account is not in group {group}"
    if outgoing.kind == "invite":
        return _objection_to_invite(world, account, contact, group)
    if outgoing.kind == "remark":
        return "" if contact in account.friends else f"{contact} is not a friend"
    if not group and contact not in account.friends and contact not in account.heard_from:
        return f"{contact} is not a friend"
    return ""


def _objection_to_invite(world: World, account: Account, contact: str, group: str) -> str:
    room = world.rooms.get(group)
    if room is None:
        return "no group to invite into"
    if contact not in account.friends:
        return f"{contact} is not a friend"
    if contact in room.members:
        return f"{contact} is in group {group} already"
    if len(room.members) >= room.capacity:
        return f"group {group} is full"
    return ""


def _is_mass_post(outgoing: Outgoing) -> bool:
    """Whether staff must confirm it: anything said to a group, and what the calendar says to many one by one."""
    said = outgoing.kind in MESSAGE_KINDS or outgoing.kind == "announcement"
    return said and (bool(outgoing.group) or outgoing.key.startswith("entry:"))


def _within_window(account: Account, outgoing: Outgoing, now: datetime) -> bool:
    """Whether a message still arrives on a channel that only answers; it counts in the member's window if so."""
    able = account.capabilities
    if able.window_hours is None or outgoing.kind not in MESSAGE_KINDS:
        return True
    conversation = account.heard_from.get(outgoing.contact)
    if conversation is None or now - conversation.heard_at >= timedelta(hours=able.window_hours):
        return False
    if able.quota is not None and conversation.sent >= able.quota:
        return False
    conversation.sent += 1
    return True


def _let_happen(world: World, account: Account, outgoing: Outgoing, *, echo: bool) -> None:
    now = world.now()
    contact, group = outgoing.contact, outgoing.group
    world.report(Delivered(now, account.id, contact, group, outgoing.kind, outgoing.text, outgoing.key, outgoing.part))
    match outgoing.kind:
        case "friend_accept":
            _accept(world, account, contact, now)
        case "remark":
            account.friends[contact].remark = outgoing.text
        case "invite":
            _invite(world, account, contact, group, now)
        case "topic":
            _rename(world, account, group, outgoing.text, now)
        case "recall":
            account.own_messages.discard(outgoing.message)
        case kind:
            message = wire_id(account, outgoing)
            account.own_messages.add(message)
            if echo and world.auto and account.capabilities.echo:
                world.tell(
                    account,
                    events.SelfMessage(
                        account=account.id,
                        at=now,
                        wire_id=message,
                        to_contact="" if group else contact,
                        to_group=group,
                        kind=_ECHO_KINDS.get(kind, cast(events.MessageKind, kind)),
                        text=outgoing.text,
                    ),
                )


def _accept(world: World, account: Account, contact: str, now: datetime) -> None:
    if contact in account.friends or not world.auto:  # without `auto` the friendship is the story's to tell
        return
    account.friends[contact] = Friendship()
    source = account.requests.pop(contact)
    world.tell(
        account,
        events.FriendAdded(
            account=account.id, at=now, wire_id=world.event_id(), contact=world.who(contact), source=source
        ),
    )


def _rename(world: World, account: Account, group: str, topic: str, now: datetime) -> None:
    world.rooms[group].topic = topic
    if world.auto:
        world.tell(
            account, events.GroupRenamed(account=account.id, at=now, group=group, topic=topic, by=account.self_id)
        )


def _invite(world: World, account: Account, contact: str, group: str, now: datetime) -> None:
    room = world.rooms[group]
    if not world.auto or len(room.members) > DIRECT_INVITE_LIMIT:
        return
    room.members[contact] = None
    world.tell(
        account,
        events.GroupJoined(account=account.id, at=now, group=group, members=(world.who(contact),), by=account.self_id),
    )
