"""堂主: who looks after whom. A member has one owner; a second claim is refused, a hand-over (客户交接) moves them."""

from __future__ import annotations

from datetime import timedelta

from handlers import placement, staff
from handlers.command_call import CODE
from models import effects as fx
from models.chance import chance
from models.context import Context, GroupView, PersonView
from models.deliveries import Cause, Lane
from models.effects import Effect
from models.orders import HandoffOrder, HandoverOrder, MoveOrder, OwnerOrder, StaffOrder
from models.people import FriendshipState

NOBODY = "没有「{word}」这个人。写编号，或在群里 @ 他。"
SEVERAL = "叫「{word}」的有 {count} 位：{ids}。请写编号。"
NOT_A_MEMBER = "{who} 是我们自己的账号。"
OWNED = "{who} 归 {owner} 跟。"
FREE = "{who} 还没有人跟。发 /我来跟 {contact} 就归你。"
CLAIMED = "好，{who} 归 {owner} 跟了。"
TAKEN = "{who} 已经归 {owner} 跟，没有改。要换人用 /客户交接 {contact} {to}。"
SAME = "从 {who} 交给 {who}，等于没交。"
NOTHING = "{who} 名下没有客户，也没有人跟 {who}。要指定用 /归属 {contact} {to}。"
HANDED = "好，{what}交给 {to}：{people} 位客人，{groups} 个群。"
WILL_HAND = "会把{what}交给 {to}：{people} 位客人，{groups} 个群。{told} 位会收到一句话（是我们好友、没退订的）。"
TO_MEMBER = "跟你说一声，以后由{owner}来照顾你，之前聊过的都交接好了，有事照常找我就行。"
TO_OWNER = "【客户交接】{what}交给你了：{people} 位客人，{groups} 个群。"
HANDED_OFF = "（同事请你去回 TA）"
TO_HUMAN = "【转人工】请你亲自回一下 {who}（{contact}）。"
WAITS_FOR_HUMAN = "我请店里的同事来回你，稍等一下哈。"
WILL_ANSWER = "好，{who} 转人工了，在 /没人回 里，回过就了结。"
NO_SUCH_TIER = "没有「{to}」这个层级或绑定的群。层级有：{tiers}。"
NOT_OURS = "还不是我们账号的好友，拉不了。"
OPTED_OUT = "{who} 退订了，不打扰。"
THERE = "{who} 已经在「{tier}」了。"
INVITED = "好，{who} 归到「{tier}」，已请进「{group}」。"
FULL = "好，{who} 归到「{tier}」，现在没有空位，先排队。"


_CODES = 10_000


class _Unclear(Exception):
    """Why an order could not be carried out."""


def owner(order: OwnerOrder, context: Context) -> list[Effect]:
    """Say who looks after somebody, or claim them: the first claim holds."""
    action = "claim" if order.owner else "owner"
    try:
        person = _one(context, order.person)
        now = context.owners.get(person.person_id)
        if not order.owner:
            told = OWNED.format(who=_called(person), owner=_called(now)) if now else FREE.format(**_about(person))
            return _done(order, context, action, person.wire_id, "", told)
        new = _one(context, order.owner)
        if now is not None and now.person_id != new.person_id:
            raise _Unclear(TAKEN.format(owner=_called(now), to=new.wire_id, **_about(person)))
        if new.person_id == person.person_id:
            raise _Unclear(SAME.format(who=_called(person)))
    except _Unclear as why:
        known = {one.wire_id for one in context.named.get(order.person, ())}
        target = known.pop() if len(known) == 1 else order.person
        return _refuse(order, context, action, target, str(why))
    return [
        fx.Claim(person_id=person.person_id, owner_contact_id=new.contact_id),
        *_done(
            order, context, action, person.wire_id, new.wire_id, CLAIMED.format(who=_called(person), owner=_called(new))
        ),
    ]


def handover(order: HandoverOrder, context: Context) -> list[Effect]:
    """A group with its owner's customers in it, an owner's whole book, or one member. Open surveys, timers and seats
    belong to the member and go on; the member is told once."""
    try:
        new = _one(context, order.to)
        customers, rooms, what = _handed(order, context, new)
    except _Unclear as why:
        return _refuse(order, context, "handover", order.source, str(why))
    customers = [one for one in customers if one.person_id != new.person_id]
    counts = {"people": len(customers), "groups": len(rooms)}
    if order.said and not order.confirmed:
        told = sum(_befriended(one) is not None and not one.opted_out for one in customers)
        return _wants_a_code(order, context, WILL_HAND.format(what=what, to=_called(new), told=told, **counts), new)
    return [
        fx.HandOver(
            owner_contact_id=new.contact_id,
            person_ids=tuple(one.person_id for one in customers),
            group_ids=tuple(room.id for room in rooms),
        ),
        *(note for one in customers for note in _tell(order, one, TO_MEMBER.format(owner=_called(new)))),
        *(_tell(order, new, TO_OWNER.format(what=what, **counts)) if new.wire_id != order.actor else ()),
        *_done(
            order, context, "handover", order.source, new.wire_id,
            HANDED.format(what=what, to=_called(new), **counts),
        ),
    ]  # fmt: skip


def _wants_a_code(order: HandoverOrder, context: Context, what: str, new: PersonView) -> list[Effect]:
    """What would happen; it is done when the same admin says the code where they asked or were told it."""
    merchant = context.merchant
    seconds = merchant.playbook.commands.code_seconds
    code = f"{int(chance(merchant.seed, f'code:{order.said}') * _CODES):04d}"
    source = next((one.wire_id for one in context.named.get(order.source, ())), order.source)
    line, own = f"/handover {source} {new.wire_id}", f"1:1:{order.account}"
    return [
        fx.PutPending(
            actor=order.actor,
            place=" ".join([*([order.room] if order.room else []), *([own] if order.aside or not order.room else [])]),
            code=code,
            lines=(line,),
            until=order.at + timedelta(seconds=seconds),
        ),
        fx.Audit(actor=order.actor, action="code", place=_place(order), reason=line[:60]),
        *_answer(order, context, CODE.format(what=what, seconds=seconds, code=code)),
    ]


def handoff(order: HandoffOrder, context: Context) -> list[Effect]:
    """转人工: they wait for one of us, and get a word. Whoever looks after them hears of it, else the chiefs."""
    try:
        person = _one(context, order.person)
        account = _befriended(person, order.account)
        if account is None:
            raise _Unclear(f"{_called(person)} {NOT_OURS}")
    except _Unclear as why:
        return _refuse(order, context, "handoff", order.person, str(why))
    owner = context.owners.get(person.person_id)
    people = [one for one in ((owner,) if owner else context.staff) if one.wire_id != order.actor]
    key = f"handoff:{person.wire_id}:{order.at:%Y%m%dT%H%M%S%f}"
    return [
        fx.OpenTicket(contact_id=person.contact_id, account=account, text=HANDED_OFF),
        *staff.notes_to(people, account, key, TO_HUMAN.format(**_about(person)), Cause.HANDOFF, person),
        fx.Send(
            key=key,
            account=account,
            lane=Lane.SERVICE,
            cause=Cause.HANDOFF,
            contact_id=person.contact_id,
            text=WAITS_FOR_HUMAN,
        ),
        *_done(order, context, "handoff", person.wire_id, "", WILL_ANSWER.format(who=_called(person))),
    ]


def _handed(order: HandoverOrder, context: Context, new: PersonView) -> tuple[list[PersonView], list[GroupView], str]:
    """The customers and groups that change hands, and what to call them. Raises `_Unclear`."""
    group = context.groups.get(order.source)
    if group is not None and group.tier:
        return list(context.customers), [group], f"「{group.topic or group.wire_id}」"
    former = _one(context, order.source)
    if former.person_id == new.person_id:
        raise _Unclear(SAME.format(who=_called(new)))
    rooms = [one for one in context.groups.values() if one.tier and one.owner_contact_id == former.contact_id]
    if context.customers or rooms:
        return list(context.customers), rooms, f"{_called(former)} 的客户"
    if former.person_id not in context.owners:
        raise _Unclear(NOTHING.format(to=new.wire_id, **_about(former)))
    return [former], [], _called(former)


def move(order: MoveOrder, context: Context) -> list[Effect]:
    """A human says where somebody belongs; no cool-down holds them back, but no full group takes them either."""
    playbook = context.merchant.playbook
    wanted = context.groups.get(order.to)
    tier = playbook.tier(wanted.tier if wanted else order.to)
    try:
        person = _one(context, order.person)
        if tier is None:
            raise _Unclear(
                NO_SUCH_TIER.format(to=order.to, tiers="、".join(one.name for one in playbook.tiers) or "无")
            )
        if person.opted_out:
            raise _Unclear(OPTED_OUT.format(who=_called(person)))
        if _befriended(person) is None:
            raise _Unclear(f"{_called(person)} {NOT_OURS}")
        is_there = wanted.id in person.groups if wanted else tier.name in placement.tiers_of(person, context)
        if is_there:
            raise _Unclear(THERE.format(who=_called(person), tier=tier.name))
    except _Unclear as why:
        return _refuse(order, context, "move", order.person, str(why))
    effects, group = placement.seated(order.at, tier, context, person, wanted, moved=True)
    told = (
        INVITED.format(who=_called(person), tier=tier.name, group=group.topic or group.wire_id)
        if group
        else FULL.format(who=_called(person), tier=tier.name)
    )
    return [*effects, *_done(order, context, "move", person.wire_id, order.to, told)]


def _one(context: Context, word: str) -> PersonView:
    """The person who is meant. Raises `_Unclear`."""
    found = context.named.get(word, ())
    people = {one.person_id: one for one in reversed(found)}
    if not people:
        raise _Unclear(NOBODY.format(word=word[:64]))
    if len(people) > 1:
        ids = "、".join(one.wire_id for one in found[:5])
        raise _Unclear(SEVERAL.format(word=word[:64], count=len(people), ids=ids))
    (person,) = people.values()
    if person.is_ours:
        raise _Unclear(NOT_A_MEMBER.format(who=_called(person)))
    return person


def _tell(order: HandoverOrder, person: PersonView, text: str) -> list[Effect]:
    """One message, where they are a friend of ours."""
    account = _befriended(person, order.account)
    if account is None:
        return []
    return [
        fx.Send(
            key=f"handover:{person.wire_id}:{order.at:%Y%m%dT%H%M%S%f}",
            account=account,
            lane=Lane.SERVICE,
            cause=Cause.HANDOFF,
            contact_id=person.contact_id,
            text=text,
        )
    ]


def _befriended(person: PersonView, first: str = "") -> str | None:
    friends = sorted(name for name, one in person.friendships.items() if one.state == FriendshipState.FRIEND)
    return first if first in friends else next(iter(friends), None)


def _called(person: PersonView) -> str:
    return person.name or person.wire_id


def _about(person: PersonView) -> dict[str, str]:
    return {"who": _called(person), "contact": person.wire_id}


def _done(order: StaffOrder, context: Context, action: str, target: str, reason: str, text: str) -> list[Effect]:
    return [
        fx.Audit(actor=order.actor, action=action, target=target, place=_place(order), reason=reason),
        *_answer(order, context, text),
        fx.Answered(text=text),
    ]


def _refuse(order: StaffOrder, context: Context, action: str, target: str, why: str) -> list[Effect]:
    return [
        fx.Audit(
            actor=order.actor,
            action=action,
            target=target[:64],
            place=_place(order),
            result="refused",
            reason=why[:200],
        ),
        *_answer(order, context, why),
        fx.Answered(refused=why),
    ]


def _place(order: StaffOrder) -> str:
    return (order.room or "1:1") if order.said else ""


def _answer(order: StaffOrder, context: Context, text: str) -> list[Effect]:
    """Said to who gave a slash-command; an operator's is answered by `Answered`."""
    person = context.person
    if not order.said or person is None:
        return []
    in_room = bool(order.room) and not order.aside
    return [
        fx.Send(
            key=f"command:{person.wire_id}:{order.said}",
            account=order.account,
            lane=Lane.REPLY,
            cause=Cause.COMMAND,
            contact_id=None if in_room else person.contact_id,
            group_id=context.group.id if in_room and context.group else None,
            text=text,
        )
    ]
