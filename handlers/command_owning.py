"""Commands about who looks after whom and who belongs where. What they ask for is carried out as an order, which knows
the people that a word can mean, and which answers where the command was given."""

from __future__ import annotations

from typing import Any

from handlers import command_open
from handlers.command_call import HERE, Call, Refusal, group_named, unlimited
from models import effects as fx
from models.effects import Effect
from models.orders import HandoffOrder, HandoverOrder, MoveOrder, OwnerOrder

WHO = "请写上是哪位：编号、名字，或 @ 他。"
TWO = "请写两样：{what}。"
NO_TIERS = "方案里没有层级。"
SEATS = "{tier}：{groups} 个群，{members} 人，留着 {reserved} 个位子，{free}"
FREE, OPEN = "还空 {count} 个", "不限人数"


def owner(call: Call) -> tuple[str, list[Effect]]:
    words = _words(call)
    if not words:
        raise Refusal(WHO)
    return "", [_order(call, OwnerOrder, person=words[0], owner=words[1] if len(words) > 1 else "")]


def claim(call: Call) -> tuple[str, list[Effect]]:
    """我来跟: the customer is mine from now on, and so is what they wait for. A number is one of the list."""
    words = _words(call)
    if not words:
        raise Refusal(WHO)
    waits = command_open.find(call, words[0])
    person = waits.contact if waits else words[0]
    mine = [fx.ClaimTicket(contact_id=waits.contact_id, by=call.person.wire_id)] if waits and waits.contact_id else []
    return "", [*mine, _order(call, OwnerOrder, person=person, owner=call.person.wire_id)]


def handoff(call: Call) -> tuple[str, list[Effect]]:
    return "", [_order(call, HandoffOrder, person=call.who.person.wire_id)]


def handover(call: Call) -> tuple[str, list[Effect]]:
    words = _words(call)
    if len(words) < 2:
        raise Refusal(TWO.format(what="谁的（同事、客人、群编号或本群），以后谁来跟"))
    return "", [_order(call, HandoverOrder, source=_room(call, words[0]), to=words[1], confirmed=call.confirmed)]


def move(call: Call) -> tuple[str, list[Effect]]:
    words = _words(call)
    if len(words) < 2:
        raise Refusal(TWO.format(what="哪位，到哪个层级或群编号"))
    to = words[1] if call.context.merchant.playbook.tier(words[1]) else _room(call, words[1])
    return "", [_order(call, MoveOrder, person=words[0], to=to)]


def capacity(call: Call) -> tuple[str, list[Effect]]:
    tiers = call.context.merchant.playbook.tiers
    if not tiers:
        raise Refusal(NO_TIERS)
    lines = []
    for tier in tiers:
        groups = [group for group in call.groups if group.tier == tier.name]
        if not groups and not unlimited(call.person, call.event.account):
            continue
        free = OPEN
        if tier.capacity is not None:
            count = sum(max(0, tier.capacity - group.members - group.reserved) for group in groups)
            free = FREE.format(count=count)
        lines.append(
            SEATS.format(
                tier=tier.name,
                groups=len(groups),
                members=sum(group.members for group in groups),
                reserved=sum(group.reserved for group in groups),
                free=free,
            )
        )
    return "\n".join(lines), []


def _order(call: Call, kind: type[OwnerOrder | HandoverOrder | MoveOrder | HandoffOrder], **what: Any) -> Effect:
    event = call.event
    order = kind(
        merchant=event.merchant,
        account=event.account,
        at=event.at,
        actor=call.person.wire_id,
        room=event.group,
        aside=call.aside,
        said=f"{call.stamp}:{' '.join(one for one in what.values() if isinstance(one, str))}",
        **what,
    )
    return fx.Follow(event=order)


def _room(call: Call, word: str) -> str:
    """The id of a bound group that is named by its topic, which only one of them has; else the word as it is."""
    group = group_named(call, word)
    return group.wire_id if group is not None and group.tier else word


def _words(call: Call) -> list[str]:
    """The arguments; a mention is the stable id of who is mentioned, in their order, the bot itself left out."""
    mentioned = [one for one in call.event.mentions if one != call.context.account.self_id]
    words = []
    for word in call.arguments:
        if word.startswith("@") and mentioned:
            words.append(mentioned.pop(0))
        elif word in HERE and call.event.group:
            words.append(call.event.group)
        else:
            words.append(word)
    return words
