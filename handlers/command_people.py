"""Commands about single people: who, tags, notes, remarks, invitations, forgetting."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import placement
from handlers.command_call import Call, Refusal
from handlers.my_data import spoken_answers
from models import effects as fx
from models.command_views import FoundPerson
from models.context import GroupView
from models.deliveries import Cause, DeliveryKind, Lane
from models.effects import Effect
from models.orders import ErasePersonOrder, PersonChanged, SurveyFinished
from models.patterns import compile_later
from models.people import FriendshipState
from models.turning import unturned

TAGGED = "好，{who} 加了标签：{tags}。"
NO_TAG = "要写上标签，比如：/加标签 小林 常客。"
UNTAGGED = "好，{who} 去掉了标签：{tags}。"
WILL_TAG = "会给 {count} 位客人{done}标签「{tags}」。"
NOTED = "记下了（{who}）。"
REMARKED = "好，{who} 的备注改成「{remark}」。"
NO_FRIEND = "{who} 不是我们哪个号的好友，{what}。"
WILL_FORGET = "会把 {who}（{contact}）的资料、标签、聊天记录全部删掉，没发的消息取消，删了找不回来。"
FORGOTTEN = "好，那位的资料都删掉了，没发的消息也取消了。"  # an answer that named them would be erased too
CANNOT_FORGET = "{who} 在店里有角色，先 /收权，再删。"
IN_TIER = "{who}：{tiers}"
INVITED = "好，请 {who} 进「{tier}」；没位子就排队，我会告诉你。"
FULL_HERE = "本群满了（{members} 人{kept}），没请。进「{tier}」别的群就发 /邀请 {contact} {tier}。"
KEPT = "，还给人留着 {count} 个位子"
TOO_MANY = "「{who}」有 {count} 位，这个指令一次只能一位。"
NO_TIER = "没有「{tier}」这个层级。现有：{tiers}。"
_BETWEEN = compile_later(r"[,，、;；]")
_SURVEYS = {"open": "进行中", "resting": "搁着", "finished": "完成", "stopped": "停了"}


def called(found: FoundPerson) -> str:
    """What the staff calls somebody: their nickname, else their id."""
    return found.person.name or found.person.wire_id


def who(call: Call) -> tuple[str, list[Effect]]:
    """What is known of one person, a line each; what nobody said is left out."""
    found = _one(call)
    person = found.person
    remark = next((one.remark for one in person.friendships.values() if one.remark), "")
    told = {
        "编号": person.wire_id,
        "备注": remark,
        "标签": "、".join(sorted(person.tags)),
        "建档": _SURVEYS.get(person.survey.state, "") if person.survey else "没开始",
        **spoken_answers(call.context, person),
        "所在群": "、".join(found.where),
        "归属": f"{found.owner_name}（{found.owner}）" if found.owner_name else found.owner,
        "在排队": found.waiting_for,
        "来源": person.source,
        "记一笔": found.note,
        "退订": "已退订" if person.opted_out else "",
        "同意": {"given": "同意", "refused": "不同意"}.get(person.consent or "", ""),
    }
    return "\n".join([called(found), *(f"{name}：{value}" for name, value in told.items() if value)]), []


def tag(call: Call) -> tuple[str, list[Effect]]:
    """Give tags, to one or to all that have a tag."""
    tags = _tags(call)
    effects = [fx.PutTags(person_id=one.person.person_id, add=tags, origin=call.person.wire_id) for one in call.people]
    return TAGGED.format(who=_them(call), tags="、".join(tags)), [*effects, *_moves(call, tags)]


def untag(call: Call) -> tuple[str, list[Effect]]:
    """Take tags away."""
    tags = _tags(call)
    effects = [
        fx.PutTags(person_id=one.person.person_id, remove=tags, origin=call.person.wire_id) for one in call.people
    ]
    return UNTAGGED.format(who=_them(call), tags="、".join(tags)), [*effects, *_moves(call, tags)]


def _tags(call: Call) -> tuple[str, ...]:
    """The tags, each once, however they are set apart: by blanks or by commas, with the # of the people who have it."""
    apart = (one.lstrip("#＃") for word in call.arguments[1:] for one in _BETWEEN.split(word))
    tags = tuple(dict.fromkeys(one for one in apart if one))
    if not tags:
        raise Refusal(NO_TAG)
    return tags


def _moves(call: Call, tags: Sequence[str]) -> list[Effect]:
    """Where they belong is looked at again, if that is a matter of these tags."""
    if not placement.follows(call.context.merchant.playbook, tags):
        return []
    event = call.event
    return [
        fx.Follow(event=PersonChanged(merchant=event.merchant, at=event.at, contact=one.person.wire_id))
        for one in call.people
    ]


def will_tag(call: Call) -> str | None:
    """Tags for many need a code."""
    return _will(call, "加上")


def will_untag(call: Call) -> str | None:
    """So does taking them away."""
    return _will(call, "去掉")


def note(call: Call) -> tuple[str, list[Effect]]:
    """记一笔: one line more."""
    found = _one(call)
    text = "\n".join(line for line in (found.note, unturned(call.argument(1))) if line)
    return NOTED.format(who=called(found)), [fx.PutNote(person_id=found.person.person_id, note=text)]


def remark(call: Call) -> tuple[str, list[Effect]]:
    """备注, set on the platform for each account that knows them."""
    found, text = _one(call), call.argument(1)
    friends = _friends(found)
    if not friends:
        raise Refusal(NO_FRIEND.format(who=called(found), what="改不了备注"))
    return REMARKED.format(who=called(found), remark=text), [
        fx.Send(
            key=f"remark:{found.person.wire_id}:{account}:{call.stamp}",
            account=account,
            kind=DeliveryKind.REMARK,
            lane=Lane.REPLY,
            cause=Cause.COMMAND,
            contact_id=found.person.contact_id,
            text=text,
        )
        for account in friends
    ]


def tier(call: Call) -> tuple[str, list[Effect]]:
    """Where somebody is."""
    found = _one(call)
    tiers = "、".join(sorted(found.person.tiers)) or "还没进哪个层级的群"
    waiting = f"，在排队等「{found.waiting_for}」" if found.waiting_for else ""
    return IN_TIER.format(who=called(found), tiers=tiers + waiting), []


def invite(call: Call) -> tuple[str, list[Effect]]:
    """A seat in a tier, or in the group of this place; the rules of placing people hold."""
    found = _one(call)
    playbook = call.context.merchant.playbook
    here = call.context.group if not call.argument(1) else None
    wanted = call.argument(1) or (call.context.group.tier if call.context.group else "") or ""
    tier = playbook.tier(wanted)
    if tier is None:
        raise Refusal(NO_TIER.format(tier=wanted, tiers="、".join(one.name for one in playbook.tiers) or "无"))
    if here is not None and tier.capacity is not None and here.members + here.reserved >= tier.capacity:
        raise Refusal(FULL_HERE.format(tier=tier.name, contact=found.person.wire_id, **_counts(here)))
    friends = _friends(found)
    if not friends:
        raise Refusal(NO_FRIEND.format(who=called(found), what="没法邀请"))
    account = call.event.account if call.event.account in friends else friends[0]
    finished = SurveyFinished(
        merchant=call.event.merchant,
        account=account,
        at=call.event.at,
        contact=found.person.wire_id,
        tier=wanted,
        group=here.wire_id if here else "",
    )
    return INVITED.format(who=called(found), tier=wanted), [fx.Follow(event=finished)]


def _counts(group: GroupView) -> dict[str, str]:
    kept = KEPT.format(count=group.reserved) if group.reserved else ""
    return {"members": str(group.members), "kept": kept}


def will_forget(call: Call) -> str | None:
    """Forgetting cannot be undone."""
    found = _one(call)
    if found.person.roles:
        raise Refusal(CANNOT_FORGET.format(who=called(found)))
    return WILL_FORGET.format(who=called(found), contact=found.person.wire_id)


def forget(call: Call) -> tuple[str, list[Effect]]:
    """As if an operator had ordered it."""
    contact = _one(call).person.wire_id
    order = ErasePersonOrder(merchant=call.event.merchant, at=call.event.at, actor=call.person.wire_id, contact=contact)
    return FORGOTTEN, [fx.Follow(event=order)]


def _friends(found: FoundPerson) -> list[str]:
    return sorted(name for name, one in found.person.friendships.items() if one.state == FriendshipState.FRIEND)


def _one(call: Call) -> FoundPerson:
    if len(call.people) != 1:
        raise Refusal(TOO_MANY.format(who=call.argument(0), count=len(call.people)))
    return call.people[0]


def _them(call: Call) -> str:
    people = call.people
    return called(people[0]) if len(people) == 1 else f"{len(people)} 位客人"


def _will(call: Call, done: str) -> str | None:
    people = call.people
    if len(people) == 1 and not call.argument(0).startswith("#"):
        return None
    return WILL_TAG.format(count=len(people), done=done, tags="、".join(_tags(call)))
